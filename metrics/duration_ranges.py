"""How far cases in doubt could move a duration: ended when it counts most, or never."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import polars as pl

from metrics.durations import AGES, QUARTILES
from metrics.statistics.life_table import life_table
from metrics.statistics.survival import TOLERANCE, Curve, kaplan_meier, quantile, share_open

Counts = npt.NDArray[np.int64]

FOR_EVER = 100_000  # days


def duration_ranges(
    rows: pl.DataFrame, *, joining: int, exact: bool
) -> dict[str, tuple[float | None, float | None]]:
    """Lowest and highest value of every measure, by name.

    `rows` has outcome (ended or open), doubt, band and n for one figure's place; `joining` is
    the number of cases that may belong there too. At worst none of them ever ended.
    At best all ended on the very day that is asked for: among the fewer who are still waiting
    then, one ending lowers the curve by no less than on any day before.
    """
    sure = rows.filter((pl.col("doubt") == "") & (pl.col("band") >= 0))
    loose = int(rows.filter(pl.col("doubt") != "")["n"].sum()) + joining
    told = rows.filter(pl.col("band") >= 0)["band"].to_numpy()
    # Bands have no end after the last; days have one, and who never ends outlasts it.
    ends = [0, *AGES.values(), FOR_EVER] if exact else [0]
    bands = np.union1d(told, ends).astype(np.int64)
    ended, still = (_by_band(sure, outcome, bands) for outcome in ("ended", "open"))
    places = _places(bands, ended, still, loose) if exact else range(len(bands))
    best = [
        _curve(bands, ended + _at(place, loose, bands), still, exact=exact) for place in places
    ]
    worst = _curve(bands, ended, still + _at(-1, loose, bands), exact=exact)
    found: dict[str, tuple[float | None, float | None]] = {}
    for name, share in QUARTILES.items():
        lowest = _least(quantile(curve, share).value for curve in best)
        found[name] = (lowest, quantile(worst, share).value)
    for name, day in AGES.items():
        lowest = _least(share_open(curve, day).value for curve in best)
        found[name] = (lowest, share_open(worst, day).value)
    return found


def _places(bands: Counts, ended: Counts, still: Counts, loose: int) -> list[int]:
    """Where endings of the cases in doubt lower a share open, or a quartile, the most."""
    waiting = np.cumsum((ended + still)[::-1])[::-1]
    with_all = np.maximum(waiting + loose, 1)
    before = np.append(1.0, np.cumprod(1 - ended / with_all))[:-1]
    lowest = before * (waiting - ended) / with_all
    places = {0, *np.searchsorted(bands, list(AGES.values())).tolist()}
    for share in QUARTILES.values():
        reached = lowest <= 1 - share + TOLERANCE
        if reached.any():
            places.add(int(np.argmax(reached)))
    return sorted(places)


def _at(place: int, loose: int, bands: Counts) -> Counts:
    counts = np.zeros(len(bands), dtype=np.int64)
    counts[place] = loose
    return counts


def _least(values: Iterable[float | None]) -> float | None:
    return min((value for value in values if value is not None), default=None)


def _by_band(rows: pl.DataFrame, outcome: str, bands: Counts) -> Counts:
    counts = np.zeros(len(bands), dtype=np.int64)
    own = rows.filter(pl.col("outcome") == outcome)
    np.add.at(counts, np.searchsorted(bands, own["band"].to_numpy()), own["n"].to_numpy())
    return counts


def _curve(bands: Counts, ended: Counts, still: Counts, *, exact: bool) -> Curve:
    return (kaplan_meier if exact else life_table)(bands, ended, still)
