"""What cases come to and by when: outcomes that exclude one another, open cases included."""

from itertools import pairwise

import numpy as np
import polars as pl

from metrics.durations import NOT_WATCHED, TOO_EARLY, Histograms
from metrics.figures import Refusal, Setting, as_figures, by_row, grid, told
from metrics.metric import Measure, Metric
from metrics.shares import NOBODY
from metrics.statistics.competing_risks import Incidence, cumulative_incidence, incidence_at

OPEN = "open"
TOO_FEW = "Fewer than {count} cases: a share of so few says little and may point at people."


def competing(
    cells: pl.DataFrame, metric: Metric, parts: tuple[str, ...], setting: Setting
) -> pl.DataFrame:
    """Shares come to an outcome within so many days, by Aalen-Johansen; exact counts alone."""
    ends = _ends(metric)
    places = grid(setting, parts)
    counted = by_row(cells, metric, places, setting)
    wide = _counted(places, counted, ends)
    refusals = _refusals(setting)
    is_told = ~pl.any_horizontal(each.rows for each in refusals)
    histograms, incidences = _incidences(wide.filter(is_told), counted, ends)

    def of(measure: Measure) -> pl.DataFrame:
        found = _shares(measure, histograms, incidences, code=1 + ends.index(_end(measure)))
        early = pl.col("value").is_not_null() & pl.lit(
            histograms.too_early(
                np.full(histograms.row.size, measure.by_day), fewest=setting.min_denominator
            )
        )
        kept = found.with_columns(early=early).with_columns(
            pl.when(~pl.col("early")).then(pl.col("value", "low", "high"))
        )
        too_early = TOO_EARLY.format(count=setting.min_denominator)
        return told(
            wide.join(kept, on="row", how="left", maintain_order="left").with_columns(
                pl.when(is_told).then(_end(measure)).alias("numerator")
            ),
            [
                *refusals,
                Refusal(pl.col("early"), "not_reached", too_early),
                Refusal(pl.col("value").is_null(), "not_reached", NOT_WATCHED),
            ],
        )

    return as_figures(wide, metric, of)


def _shares(
    measure: Measure, histograms: Histograms, incidences: list[Incidence], *, code: int
) -> pl.DataFrame:
    """One row per curve: the share that has come to the outcome by the measure's day."""
    assert measure.by_day is not None  # noqa: S101  the catalogue's tests see to it
    estimates = [incidence_at(each, code, measure.by_day) for each in incidences]
    return pl.DataFrame(
        [(each.value, each.low, each.high) for each in estimates],
        schema=dict.fromkeys(("value", "low", "high"), pl.Float64),
        orient="row",
    ).with_columns(pl.Series("row", histograms.row))


def _refusals(setting: Setting) -> list[Refusal]:
    everybody, fewest = pl.col("denominator"), setting.min_denominator
    return [
        Refusal(everybody == 0, "no_data", NOBODY),
        Refusal(everybody < fewest, "few", TOO_FEW.format(count=fewest)),
    ]


def _ends(metric: Metric) -> list[str]:
    return [outcome for outcome in metric.outcomes if outcome != OPEN]


def _end(measure: Measure) -> str:
    assert measure.counted is not None  # noqa: S101  the catalogue's tests see to it
    return measure.counted.outcomes[0]


def _counted(places: pl.DataFrame, counted: pl.DataFrame, ends: list[str]) -> pl.DataFrame:
    """The grid with how many there are, how many are open, and how many came to each end."""
    n, outcome = pl.col("n"), pl.col("outcome")
    sums = counted.group_by("row").agg(
        n.sum().alias("denominator"),
        n.filter(outcome == OPEN).sum().alias("pending"),
        *(n.filter(outcome == end).sum().alias(end) for end in ends),
    )
    counts = ("denominator", "pending", *ends)
    return places.join(sums, on="row", how="left", maintain_order="left").with_columns(
        pl.col(*counts).fill_null(0)
    )


def _incidences(
    places: pl.DataFrame, counted: pl.DataFrame, ends: list[str]
) -> tuple[Histograms, list[Incidence]]:
    """The bands of some places of the grid, and the curves of each."""
    order = {outcome: code for code, outcome in enumerate((OPEN, *ends))}
    numbered = places.select("row").with_row_index("group")
    rows = (
        counted.join(numbered, on="row", how="inner")
        .with_columns(
            pl.col("outcome").replace_strict(order, return_dtype=pl.Int64).alias("code")
        )
        .group_by("group", "band", "code")
        .agg(pl.col("n").sum())
        .sort("group", "band", "code")
    )
    group, band, code, n = (
        rows[name].cast(pl.Int64).to_numpy() for name in ("group", "band", "code", "n")
    )
    ended = np.where(code > 0, n, 0)
    edges = np.searchsorted(group, np.arange(numbered.height + 1))
    incidences = [
        cumulative_incidence(band[a:b], code[a:b], outcomes=len(ends), counts=n[a:b])
        for a, b in pairwise(edges)
    ]
    return Histograms(numbered["row"].to_numpy(), group, band, ended, n - ended), incidences
