"""Are people treated alike, whoever raised the case: every group beside all the others."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from scipy.stats import fisher_exact

from etl.store import Store
from metrics.release import TABLES
from metrics.statistics.intervals import wilson
from metrics.statistics.logrank import logrank
from metrics.statistics.multiplicity import benjamini_hochberg
from metrics.statistics.survival import kaplan_meier, quantile

FEWEST = 10  # cases of a group, and of the others, below which nothing is said
FALSE_DIFFERENCES = 0.05
SMALL = "Fewer than {} cases: so few say nothing of how a group is treated."
NO_END = "None of them has come so far that two groups could be compared."

_ROWS = """
    select
        date_trunc('month', cases.received_on)::date as month,
        cases.raised_by as person,
        coalesce(firsts.triaged_on, parameters.as_of) - cases.received_on as days,
        firsts.triaged_on is not null as is_triaged,
        case
            when cases.resolved_on is null then null
            when cases.outcome in ('substantiated', 'partly') then 1
            when cases.outcome in ('unsubstantiated', 'unfounded') then 0
        end as upheld
    from core.cases as cases
    cross join staging.parameters as parameters
    inner join staging.practice_limits as limits on limits.demand = 'equal'
    left join core.first_days as firsts on cases.case_key = firsts.case_key
    where
        cases.received_on is not null
        and cases.raised_by is not null
        and coalesce(firsts.triaged_on, parameters.as_of) >= cases.received_on
    order by all
"""
Row = dict[str, Any]


def groups(store: Store, calendar: pl.DataFrame) -> pl.DataFrame:
    """One row per year, and the whole span, question and group of people who raise cases.

    Columns as in `metrics.release.TABLES["groups"]`. Of `triage` the value is the median of
    days from receipt to triage (Kaplan-Meier, open cases included) with its interval, and the
    p value is that of the log-rank test of the group against all others. Of `upheld` it is the
    share found true, in whole or in part, of cases closed with a finding, with Wilson's
    interval, and the p value is that of Fisher's exact test. `differs` holds for those that
    Benjamini and Hochberg keep among all groups and both questions of a span. Nothing is
    compared unless the workspace promises it (`equal_treatment`), nor with fewer than ten
    cases on either side.
    """
    cases = store.frame(_ROWS)
    spans = calendar.filter(pl.col("period").is_in(["year", "whole"]))
    placed = cases.join(
        spans.select("month", "period", "period_start").unique(), on="month", how="inner"
    ).sort("period", "period_start")
    rows: list[Row] = []
    for (period, start), span in placed.group_by("period", "period_start", maintain_order=True):
        rows += _of_span(str(period), start, span)
    return pl.DataFrame(rows, schema=TABLES["groups"])


def _of_span(period: str, start: Any, cases: pl.DataFrame) -> list[Row]:
    began: date = start
    found = [
        {"question": question, "period": period, "period_start": began, **row}
        for question, compare in (("triage", _triage), ("upheld", _upheld))
        for row in compare(cases)
    ]
    tested = [row for row in found if row["p_value"] is not None]
    p_values = np.asarray([row["p_value"] for row in tested], dtype=np.float64)
    kept = benjamini_hochberg(p_values, q=FALSE_DIFFERENCES).rejected
    for row, is_real in zip(tested, kept, strict=True):
        row["differs"] = bool(is_real)
    return found


def _split(cases: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame, pl.DataFrame]]:
    for person in cases["person"].unique().sort():
        is_one = pl.col("person") == person
        yield person, cases.filter(is_one), cases.filter(~is_one)


def _triage(cases: pl.DataFrame) -> Iterator[Row]:
    for person, own, others in _split(cases):
        row = _blank(person, own.height, others.height)
        if row["state"] == "ok":
            median, rest = (_median(each) for each in (own, others))
            both = pl.concat([own, others])
            tested = logrank(
                (both["person"] == person).to_numpy(),
                both["days"].to_numpy(),
                both["is_triaged"].to_numpy(),
            )
            row |= {"value": median.value, "low": median.low, "high": median.high}
            row |= {"others": rest.value, "p_value": tested.p_value}
            if tested.p_value is None:
                row |= {"state": "not_assessable", "reason": NO_END}
        yield row


def _median(cases: pl.DataFrame) -> Any:
    curve = kaplan_meier(cases["days"].to_numpy(), cases["is_triaged"].to_numpy())
    return quantile(curve, 0.5)


def _upheld(cases: pl.DataFrame) -> Iterator[Row]:
    for person, own, others in _split(cases.filter(pl.col("upheld").is_not_null())):
        row = _blank(person, own.height, others.height)
        if row["state"] == "ok":
            (k, n), (j, m) = (
                (int(each["upheld"].sum()), each.height) for each in (own, others)
            )
            interval = wilson(k, n)
            row |= {"value": k / n, "others": j / m}
            row |= {"low": interval.low, "high": interval.high} if interval else {}
            row["p_value"] = float(fisher_exact([[k, n - k], [j, m - j]]).pvalue)
        yield row


def _blank(person: str, own: int, others: int) -> Row:
    is_few = min(own, others) < FEWEST
    return {
        "person": person,
        "cases": own,
        "value": None,
        "low": None,
        "high": None,
        "others": None,
        "p_value": None,
        "differs": False,
        "state": "few" if is_few else "ok",
        "reason": SMALL.format(FEWEST) if is_few else "",
    }
