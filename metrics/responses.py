"""Who answers a survey: does it depend on how the case ended, and what would all have said?"""

from datetime import date
from typing import Any

import polars as pl

from etl.store import Store
from metrics.catalog.satisfaction import SATISFACTION
from metrics.release import TABLES
from metrics.statistics.data_behaviour import missingness
from metrics.statistics.surveys import post_stratified

DIFFERS = 0.05  # p value below which who answers is said to depend on the outcome
FEW_ANSWER = 0.5  # response rate below which an opinion is that of a minority
NOBODY = "Nobody has answered in this period."
SILENT = "Of the cases that came to one of the outcomes, nobody has answered."

_COUNTED = f"""
    with answers as (
        {SATISFACTION.contributions}
    )
    select
        date_trunc('month', answers.happened_on)::date as month,
        coalesce(cases.outcome, 'none') as stratum,
        count(*) filter (where answers.outcome = 'satisfied')::bigint as satisfied,
        count(*) filter (where answers.outcome in ('satisfied', 'other'))::bigint as answered,
        count(*)::bigint as asked
    from answers
    inner join core.cases as cases on answers.case_key = cases.case_key
    group by all
"""  # noqa: S608  a declaration of ours


def responses(store: Store, periods: pl.DataFrame) -> pl.DataFrame:
    """One row per quarter, and the whole span, in which a survey was offered.

    Columns as in `metrics.release.TABLES["responses"]`. `weighed` is the share satisfied if of
    the cases with each outcome all had answered like those who did (`post_stratified`), with
    its interval; `p_value` tests whether the share who answered differs by outcome
    (`missingness`), null where there is only one. `caution` where it does, or where fewer than
    half answered at all.
    """
    counted = store.frame(_COUNTED)
    spans = periods.filter(pl.col("period").is_in(["quarter", "whole"]))
    summed = (
        counted.join(spans.select("month", "period", "period_start"), on="month", how="inner")
        .group_by("period", "period_start", "stratum")
        .agg(pl.col("satisfied", "answered", "asked").sum())
        .sort("period", "period_start", "stratum")
    )
    rows = [
        _row(str(period), start, strata)
        for (period, start), strata in summed.group_by(
            "period", "period_start", maintain_order=True
        )
    ]
    return pl.DataFrame(rows, schema=TABLES["responses"])


def _row(period: str, start: Any, strata: pl.DataFrame) -> dict[str, Any]:
    began: date = start
    satisfied, answered, asked = (
        strata[name].to_numpy() for name in ("satisfied", "answered", "asked")
    )
    found = post_stratified(satisfied, answered, asked)
    p_value = missingness(asked - answered, asked).p_value
    rate = float(answered.sum() / asked.sum())
    state = "ok" if found.share is not None else "not_assessable"
    if found.raw is None:
        state = "no_data"
    return {
        "metric": SATISFACTION.name,
        "period": period,
        "period_start": began,
        "raw": found.raw,
        "weighed": found.share,
        "low": found.low,
        "high": found.high,
        "response_rate": rate,
        "p_value": p_value,
        "caution": rate < FEW_ANSWER or (p_value is not None and p_value < DIFFERS),
        "state": state,
        "reason": {"ok": "", "no_data": NOBODY, "not_assessable": SILENT}[state],
    }
