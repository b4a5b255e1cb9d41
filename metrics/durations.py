"""Time to resolution from counts: by day where they are exact, by band where they are not."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import polars as pl

from metrics.figures import Refusal, Setting, as_figures, by_row, grid, told
from metrics.metric import Measure, Metric
from metrics.statistics.life_table import life_table
from metrics.statistics.many_curves import (
    Ends,
    kaplan_meier_each,
    quantile_each,
    share_open_each,
)
from metrics.statistics.survival import quantile, share_open

Counts = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

NOBODY = "There is nothing to count in this period."
TOO_FEW = "Fewer than {count} cases: a length of time of so few may point at one of them."
NOT_REACHED = "So many are still open that this point has not been reached."
NOT_WATCHED = "No case of this period has been watched for so long yet."
TOO_EARLY = (
    "Most cases of this period have not been watched for so long yet,"
    " and fewer than {count} of the others are still open then."
)
NOT_RECORDED = "The exports do not record what this length of time is measured by."

QUARTILES = {"q25": 0.25, "median": 0.5, "q75": 0.75, "p90": 0.9}
AGES = {"open_7": 7, "open_9": 9, "open_30": 30, "open_60": 60, "open_90": 90}
# Cases of which it cannot be known when the time began or ended: printed beside the figure.
UNRECORDED = "unrecorded"


@dataclass(frozen=True, slots=True)
class Histograms:
    """Cases of many groups by band of days, for those groups of which something is told.

    `group` numbers the groups, rising; `band` rises within each and begins at day 0. `row` is
    the place of each group in the grid.
    """

    row: Counts
    group: Counts
    band: Counts
    ended: Counts
    still: Counts

    def too_early(self, day: FloatArray, *, fewest: int) -> BoolArray:
        """Of each group, whether an estimate for its day stands on a few early cases.

        So it is where most cases were last seen open before the day, and fewer than `fewest`
        were seen on it: the first three decisions of a month say nothing of its other forty.
        """
        before = self.band < day[self.group]
        left, at_risk, everybody = (
            np.bincount(self.group, of, minlength=self.row.size)
            for of in (
                self.still * before,
                (self.ended + self.still) * (self.band >= day[self.group]),
                self.ended + self.still,
            )
        )
        return (at_risk < fewest) & (2 * left > everybody)


def durations(
    cells: pl.DataFrame, metric: Metric, parts: tuple[str, ...], setting: Setting
) -> pl.DataFrame:
    """Quartiles in days and shares still open, for every row of the grid.

    Exact counts give Kaplan-Meier by day; protected ones the actuarial estimate over the bands
    of the policy, so that no single case's duration can be read off.
    """
    places = grid(setting, parts)
    bands = _bands(by_row(cells, metric, places, setting))
    wide = _counted(places, bands)
    refusals = _refusals(setting)
    is_told = ~pl.any_horizontal(pl.col("withheld"), *(each.rows for each in refusals))
    histograms = _histograms(wide.filter(is_told), bands)
    curves = curves_of(histograms, exact=setting.exact)

    def of(measure: Measure) -> pl.DataFrame:
        day = AGES.get(measure.name)
        value, low, high = curves(measure.name)
        reached = ~np.isnan(value)
        asked = np.where(reached, value, 0.0) if day is None else np.full(value.size, day)
        early = reached & histograms.too_early(asked, fewest=setting.min_denominator)
        ends = {
            "value": np.where(early, np.nan, value),
            "low": np.where(early, np.nan, low),
            "high": np.where(early | ~reached, np.nan, high),
        }
        found = pl.DataFrame(ends, nan_to_null=True).with_columns(
            pl.Series("row", histograms.row), pl.Series("early", early)
        )
        unreached = Refusal(
            pl.col("value").is_null(),
            "not_reached",
            NOT_REACHED if day is None else NOT_WATCHED,
        )
        young = TOO_EARLY.format(count=setting.min_denominator)
        return told(
            wide.join(found, on="row", how="left", maintain_order="left"),
            [*refusals, Refusal(pl.col("early"), "not_reached", young), unreached],
            withheld=pl.col("withheld"),
        )

    return as_figures(wide, metric, of)


def _bands(counted: pl.DataFrame) -> pl.DataFrame:
    """One row per figure's row and band: cases ended, open and of no known length."""
    n, outcome = pl.col("n"), pl.col("outcome")
    own = {kind: outcome == kind for kind in ("ended", "open", UNRECORDED)}
    return (
        counted.filter(pl.any_horizontal(*own.values()))
        .with_columns(pl.when(of).then(n).otherwise(0).alias(kind) for kind, of in own.items())
        .group_by("row", "band")
        .agg(pl.col(*own).sum(), n.is_null().any().alias("withheld"))
    )


def _counted(places: pl.DataFrame, bands: pl.DataFrame) -> pl.DataFrame:
    """The grid with the counts that stand beside each figure."""
    sums = bands.group_by("row").agg(
        pl.col("ended", "open", UNRECORDED).sum(), pl.col("withheld").any()
    )
    return (
        places.join(sums, on="row", how="left", maintain_order="left")
        .with_columns(pl.col("withheld").fill_null(value=False))
        .with_columns(
            pl.col("ended").fill_null(0).alias("numerator"),
            (pl.col("ended") + pl.col("open")).fill_null(0).alias("denominator"),
            pl.col("open").fill_null(0).alias("pending"),
            pl.col(UNRECORDED).fill_null(0).alias("missing"),
            pl.col("ended").is_null().alias("is_empty"),
        )
    )


def _refusals(setting: Setting) -> list[Refusal]:
    """Places of which no length of time is told, whatever the curve."""
    everybody, lost = pl.col("denominator"), pl.col("missing")
    fewest = 1 if setting.exact else setting.min_denominator
    few = TOO_FEW.format(count=setting.min_denominator)
    nobody = everybody == 0
    return [
        Refusal(nobody & (lost >= fewest), "not_assessable", NOT_RECORDED),
        Refusal(pl.col("is_empty") | (nobody & setting.exact), "no_data", NOBODY),
        Refusal(everybody < setting.min_denominator, "few", few),
    ]


def _histograms(places: pl.DataFrame, bands: pl.DataFrame) -> Histograms:
    """The bands of some places of the grid."""
    numbered = places.select("row").with_row_index("group")
    rows = (
        bands.filter(pl.col("band") >= 0)  # those of no known length have no day
        .join(numbered, on="row", how="inner")
        .sort("group", "band")
    )
    group, band, ended, still = (
        rows[name].cast(pl.Int64).to_numpy() for name in ("group", "band", "ended", "open")
    )
    return Histograms(numbered["row"].to_numpy(), group, band, ended, still)


def curves_of(found: Histograms, *, exact: bool) -> Callable[[str], Ends]:
    """What gives a measure of every group: values, and both ends of their intervals."""
    groups = found.row.size
    if exact:
        curves = kaplan_meier_each(
            found.group, found.band, found.ended, found.still, groups=groups
        )
        return lambda name: (
            quantile_each(curves, QUARTILES[name])
            if name in QUARTILES
            else share_open_each(curves, AGES[name])
        )
    edges = np.searchsorted(found.group, np.arange(groups + 1))
    tables = [
        life_table(*(of[begin:end] for of in (found.band, found.ended, found.still)))
        for begin, end in pairwise(edges)
    ]

    def each(name: str) -> Ends:
        estimates = [
            quantile(table, QUARTILES[name])
            if name in QUARTILES
            else share_open(table, AGES[name])
            for table in tables
        ]
        value, low, high = (
            np.array([(one.value, one.low, one.high) for one in estimates], dtype=np.float64)
            .reshape(-1, 3)
            .T
        )
        return value, low, high

    return each
