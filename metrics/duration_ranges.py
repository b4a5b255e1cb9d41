"""How far cases in doubt could move a duration: ended at once, or never."""

import numpy as np
import numpy.typing as npt
import polars as pl

from metrics.durations import AGES, QUARTILES
from metrics.statistics.life_table import life_table
from metrics.statistics.survival import Curve, kaplan_meier, quantile, share_open

Counts = npt.NDArray[np.int64]

FOR_EVER = 100_000  # days


def duration_ranges(
    rows: pl.DataFrame, *, joining: int, exact: bool
) -> dict[str, tuple[float | None, float | None]]:
    """Lowest and highest value of every measure, by name.

    `rows` has outcome (ended or open), doubt, band and n for one figure's place; `joining` is
    the number of cases that may belong there too. At best all in doubt ended on the first
    day, at worst none ever did; a curve falls when a case ends earlier, so these are bounds.
    """
    sure = rows.filter((pl.col("doubt") == "") & (pl.col("band") >= 0))
    loose = int(rows.filter(pl.col("doubt") != "")["n"].sum()) + joining
    told = rows.filter(pl.col("band") >= 0)["band"].to_numpy()
    # Bands have no end after the last; days have one, and who never ends outlasts it.
    bands = np.union1d(told, [0, FOR_EVER] if exact else [0]).astype(np.int64)
    ended, still = (_by_band(sure, outcome, bands) for outcome in ("ended", "open"))
    first, last = np.zeros_like(ended), np.zeros_like(still)
    first[0], last[-1] = loose, loose
    best = _curve(bands, ended + first, still, exact=exact)
    worst = _curve(bands, ended, still + last, exact=exact)
    found: dict[str, tuple[float | None, float | None]] = {}
    for name, share in QUARTILES.items():
        found[name] = (quantile(best, share).value, quantile(worst, share).value)
    for name, day in AGES.items():
        found[name] = (share_open(best, day).value, share_open(worst, day).value)
    return found


def _by_band(rows: pl.DataFrame, outcome: str, bands: Counts) -> Counts:
    counts = np.zeros(len(bands), dtype=np.int64)
    own = rows.filter(pl.col("outcome") == outcome)
    np.add.at(counts, np.searchsorted(bands, own["band"].to_numpy()), own["n"].to_numpy())
    return counts


def _curve(bands: Counts, ended: Counts, still: Counts, *, exact: bool) -> Curve:
    return (kaplan_meier if exact else life_table)(bands, ended, still)
