"""What a rate is per: average headcount of a unit and period, or its client engagements."""

from datetime import date

import polars as pl


def average_people(
    spans: pl.DataFrame, calendar: pl.DataFrame, *, coverage: tuple[date, date]
) -> pl.DataFrame:
    """Person-days over the covered days of each period, divided by those days.

    `spans` has unit, from_on, until_on (excluded) and people; `calendar` is the frame of
    `metrics.periods.periods`. Returns unit ('all' for everybody), period, period_start and
    people; a period in which nobody is known has no row. Neither has one with covered days
    before the first row of the headcount: nobody has told how many there were, which is not
    the same as a unit that has no people yet.
    """
    first, last = coverage
    first_told = pl.lit(spans["from_on"].min(), dtype=pl.Date)
    covered = (
        calendar.select("period", "period_start", "period_end")
        .unique()
        .select(
            "period",
            "period_start",
            pl.max_horizontal("period_start", pl.lit(first)).alias("start"),
            pl.min_horizontal("period_end", pl.lit(last).dt.offset_by("1d")).alias("stop"),
        )
    )
    each = pl.concat([spans, spans.with_columns(pl.lit("all").alias("unit"))])
    overlap = (
        pl.min_horizontal("until_on", "stop") - pl.max_horizontal("from_on", "start")
    ).dt.total_days()
    length = (pl.col("stop") - pl.col("start")).dt.total_days()
    return (
        each.join(covered, how="cross")
        .with_columns(overlap.clip(lower_bound=0).alias("days"), length.alias("length"))
        .filter((pl.col("days") > 0) & (pl.col("start") >= first_told))
        .group_by("unit", "period", "period_start")
        .agg(
            ((pl.col("people") * pl.col("days")).sum() / pl.col("length").first()).alias(
                "people"
            )
        )
    )


def total_engagements(months: pl.DataFrame, calendar: pl.DataFrame) -> pl.DataFrame:
    """Engagements with clients in each period, where every month of it has been told.

    `months` has unit, month and engagements; `calendar` is the frame of
    `metrics.periods.periods`. Returns unit ('all' for everybody), period, period_start and
    engagements. A period with a month that nobody has told of has no row: a rate over the other
    months alone would be too high. Everybody has one where all units that are told of at all
    have theirs.
    """
    units = pl.concat(
        [
            months.select("unit", "month", "engagements"),
            months.group_by("month")
            .agg(pl.col("engagements").sum(), pl.col("unit").n_unique().alias("told"))
            .filter(pl.col("told") == months["unit"].n_unique())
            .select(pl.lit("all").alias("unit"), "month", "engagements"),
        ]
    )
    spans = calendar.select("month", "period", "period_start").unique()
    return (
        spans.join(units.select("unit").unique(), how="cross")
        .join(units, on=["unit", "month"], how="left")
        .group_by("unit", "period", "period_start")
        .agg(
            pl.col("engagements").sum(),
            pl.col("engagements").is_null().any().alias("lacking"),
        )
        .filter(~pl.col("lacking"))
        .drop("lacking")
    )
