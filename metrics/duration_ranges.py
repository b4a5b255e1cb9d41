"""How far cases in doubt could move a duration: ended when it counts most, or never."""

from collections.abc import Callable, Collection, Iterable

import numpy as np
import numpy.typing as npt
import polars as pl

from metrics.durations import AGES, QUARTILES, Histograms, curves_of
from metrics.metric import Measure
from metrics.statistics.risk_sets import FloatArray
from metrics.statistics.steps import TOLERANCE

Counts = npt.NDArray[np.int64]

FOR_EVER = 100_000  # days


def duration_ranges(
    rows: pl.DataFrame, *, joining: int, exact: bool, names: Collection[str]
) -> dict[str, tuple[float | None, float | None]]:
    """Lowest and highest value of the measures with these names.

    `rows` has outcome (ended or open), doubt, band and n for one figure's place; `joining` is
    the number of cases that may belong there too. At worst none of them ever ended.
    At best all ended on the very day that is asked for: among the fewer who are still waiting
    then, one ending lowers the curve by no less than on any day before.
    """
    # Arrays: a frame's filters would take most of the time, of thousands of places.
    band, n = (rows[name].to_numpy() for name in ("band", "n"))
    is_sure = (rows["doubt"] == "").to_numpy()
    has_ended = (rows["outcome"] == "ended").to_numpy()
    loose = int(n[~is_sure].sum()) + joining
    known = band >= 0
    told = band[known]
    # Bands have no end after the last; days have one, and who never ends outlasts it.
    quartiles = {name: share for name, share in QUARTILES.items() if name in names}
    ages = {name: day for name, day in AGES.items() if name in names}
    ends = [0, *ages.values(), FOR_EVER] if exact else [0]
    # A case in doubt may end on a day of its own, and tells most when others have just left.
    after = told + 1 if exact else told
    bands = np.unique(np.concatenate([told, after, ends])).astype(np.int64)
    is_open = (rows["outcome"] == "open").to_numpy()
    ended, still = (
        _by_band(band[own], n[own], bands)
        for own in (known & is_sure & has_ended, known & is_sure & is_open)
    )
    if exact:
        places = sorted({0, *np.searchsorted(bands, list(ages.values())).tolist()})
    else:
        places = list(range(len(bands)))
    best = [(ended + _at(place, loose, bands), still) for place in places]
    worst = (ended, still + _at(-1, loose, bands))
    values = _values(bands, [*best, worst], exact=exact)
    lowest = _lowest(ended, still, loose)
    found: dict[str, tuple[float | None, float | None]] = {}
    for name, share in quartiles.items():
        *firsts, last = values(name)
        first = _first(bands, lowest, share) if exact else _least(firsts)
        found[name] = (first, last)
    for name in ages:
        *leasts, last = values(name)
        found[name] = (_least(leasts), last)
    return found


def incidence_range(rows: pl.DataFrame, measure: Measure, *, loose: int) -> tuple[float, float]:
    """Lowest and highest share come to an outcome by a day, where `loose` cases are in doubt.

    Every case has at least its own part of the whole, and those that are watched no longer hand
    theirs on to others; so the share is no less than that of the sure cases with the outcome,
    and no more than what the sure cases with another outcome, or open after the day, leave.
    """
    assert measure.counted is not None  # noqa: S101  the catalogue's tests see to it
    assert measure.by_day is not None  # noqa: S101
    sure = rows.filter(pl.col("doubt") == "")
    everybody = int(sure["n"].sum()) + loose
    by_then = pl.col("band") <= measure.by_day
    own = pl.col("outcome").is_in(measure.counted.outcomes)
    came = int(sure.filter(own & by_then)["n"].sum())
    others = sure.filter(~by_then | (by_then & ~own & (pl.col("outcome") != "open")))
    return came / everybody, 1 - int(others["n"].sum()) / everybody


def _lowest(ended: Counts, still: Counts, loose: int) -> FloatArray:
    """S at the end of each day if all cases in doubt ended on that very day."""
    waiting = np.cumsum((ended + still)[::-1])[::-1]
    with_all = np.maximum(waiting + loose, 1)
    before = np.append(1.0, np.cumprod(1 - ended / with_all))[:-1]
    lowest: FloatArray = before * (waiting - ended) / with_all
    return lowest


def _first(bands: Counts, lowest: FloatArray, share: float) -> float | None:
    """The first day by which so large a share can have ended.

    Where S is flat at it the estimate is a midpoint, never an earlier day; and other endings
    may give a nearer midpoint than those that are tried.
    """
    reached = lowest <= 1 - share + TOLERANCE
    return float(bands[np.argmax(reached)]) if reached.any() else None


def _at(place: int, loose: int, bands: Counts) -> Counts:
    counts = np.zeros(len(bands), dtype=np.int64)
    counts[place] = loose
    return counts


def _least(values: Iterable[float | None]) -> float | None:
    return min((value for value in values if value is not None), default=None)


def _by_band(band: Counts, n: Counts, bands: Counts) -> Counts:
    counts = np.zeros(len(bands), dtype=np.int64)
    np.add.at(counts, np.searchsorted(bands, band), n)
    return counts


def _values(
    bands: Counts, tries: list[tuple[Counts, Counts]], *, exact: bool
) -> Callable[[str], list[float | None]]:
    """What gives the value of a measure for each of several numbers ended and still open."""
    ended, still = (np.concatenate(each) for each in zip(*tries, strict=True))
    tried = np.repeat(np.arange(len(tries)), len(bands))
    found = Histograms(np.arange(len(tries)), tried, np.tile(bands, len(tries)), ended, still)
    ends = curves_of(found, exact=exact)
    return lambda name: [None if np.isnan(each) else float(each) for each in ends(name)[0]]
