"""From which day to which a release tells: for protected audiences, days of no single case."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import polars as pl

from etl.store import Store
from metrics.disclosure.layers import layers_of
from metrics.disclosure.ledger import Ledger
from metrics.disclosure.policy import Policy
from metrics.judged import PublishError
from metrics.periods import month_of, next_month, quarter_of

GUESSED = "is_guessed"  # whether the first day told is there because a case is


def told_span(
    store: Store, policy: Policy, everybody: Sequence[Policy], ledger: Ledger
) -> dict[str, Any]:
    """The store's parameters, with the days that the policy's audience is told of.

    Protected audiences are told whole quarters, from the day that somebody has said cases are
    counted since (`load --coverage-from`). Where nobody has, from the beginning of the quarter
    of the first case, if that quarter is told to have any: see `refuse_first_case`. What has
    begun once, begins there again: months before it came too late to be told.
    """
    told = store.frame("select * from staging.parameters").row(0, named=True) | {GUESSED: False}
    if policy.method == "identity":
        return told
    starts = told["fiscal_year_start_month"]
    ended = quarter_of(month_of(told["coverage_until"] + timedelta(days=1)), year_starts=starts)
    until = ended - timedelta(days=1)
    if until < told["coverage_from"]:
        raise PublishError(
            f"no quarter is complete by {told['coverage_until']}, and {policy.audience} is told"
            f" complete quarters only; publish when the quarter has ended"
        )
    told |= {"coverage_until": until}
    begun, last = _told(policy, everybody, ledger)
    if last and (after := next_month(last)) != quarter_of(after, year_starts=starts):
        raise PublishError(
            f"fiscal_year_start_month is {starts}, and {policy.audience} was told quarters that"
            f" end with other months, the newest of them with {last:%B %Y}: they keep their"
            " numbers, and quarters of another year cannot follow them; set it back in"
            " case-audit.toml"
        )
    if _is_said(store, told["coverage_from"]):
        return told | {"coverage_from": max(told["coverage_from"], begun or date.min)}
    first = quarter_of(month_of(told["coverage_from"]), year_starts=starts)
    return told | {"coverage_from": begun or first, GUESSED: begun is None}


def refuse_first_case(cells: pl.DataFrame, told: Mapping[str, Any], policy: Policy) -> None:
    """Raise PublishError where the first day told would say that there is a case after it.

    A quarter of which the audience is told cases anyway says so itself. Where it is told as 0,
    or withheld, that it is the first one would prove that it has at least one.
    """
    if not told[GUESSED]:
        return
    first = told["coverage_from"]
    months = [first, next_month(first), next_month(next_month(first))]
    counts = cells.filter(
        (pl.col("metric") == "report_frequency")
        & (pl.col("breakdown") == "all")
        & pl.col("month").is_in(months)
    )["n"]
    if counts.null_count() or not counts.sum():
        raise PublishError(
            "nobody has said since when cases are counted, and that the release begins with the"
            f" quarter from {first} would tell {policy.audience} that a case was received in"
            " it, which its counts do not; say since when, with the same exports: case-audit"
            " load EXPORT... --as-of DAY --coverage-from DAY"
        )


def _is_said(store: Store, day: date) -> bool:
    said = store.frame(
        "select 1 as said from staging.deliveries where coverage_told and coverage_from = $day",
        {"day": day},
    )
    return said.height > 0


def _told(
    policy: Policy, everybody: Sequence[Policy], ledger: Ledger
) -> tuple[date | None, date | None]:
    """The first and the last month that any audience of such counts has been told of."""
    every = [ledger.told(name)["month"] for name in layers_of(policy, everybody)]
    months = [month for each in every for month in each.unique() if isinstance(month, date)]
    last = max(months, default=None)
    if last and policy.method == "suppression":  # told by quarter, in the first month of it
        last = next_month(next_month(last))
    return min(months, default=None), last
