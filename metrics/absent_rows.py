"""Rows that belong to a figure and stand in no period that is covered."""

from collections.abc import Iterable, Sequence

from etl.store import Store
from metrics.disclosure.policy import Policy
from metrics.metric import Metric
from metrics.told_checks import FEWEST


def absent_rows(
    store: Store,
    metrics: Iterable[Metric],
    policy: Policy,
    *,
    at_fault: Sequence[str] | None = None,
) -> dict[str, int]:
    """How many rows belong to a metric and stand in no covered month, by metric.

    Unreadable rows, cases without a day of receipt or with one that cannot be, rows about
    cases that were not delivered, by the failed checks `at_fault` or by any. They are in no
    cell; where counts are rounded their number is rounded up, and a few are none. So many
    bases are few too: told, they would be rounded to what they are. Where small counts are
    withheld, none is told, since no range is.
    """
    if policy.method == "suppression":
        return {}
    unread = store.frame(
        "select coalesce(sum(rows_rejected) filter (where grain in ('case', 'allegation')), 0)"
        "::bigint as cases, coalesce(sum(rows_rejected) filter (where grain = 'feedback'), 0)"
        "::bigint as surveys from core.snapshots"
    ).row(0, named=True)
    told = None if at_fault is None else list(at_fault)
    found = {}
    for metric in metrics:
        lost = store.frame(_ABSENT, {"metric": metric.name, "told": told})
        of_files = unread["surveys" if metric.kind == "survey" else "cases"]
        number = int(lost["cases"][0]) + int(of_files if lost["unread"][0] else 0)
        is_told = policy.method == "identity" or number > FEWEST * policy.base
        found[metric.name] = -(-number // policy.base) * policy.base if is_told else 0
    return found


_ABSENT = """
    with at_fault as (
        select name, doubt
        from quality.verdicts
        where
            run = (select max(verdicts.run) from quality.verdicts as verdicts)
            and outcome in ('failed', 'known')
            and list_contains(affects, $metric)
            and ($told is null or list_contains($told, name))
    ),
    placed as (
        select cases.case_key
        from core.cases as cases
        cross join staging.parameters as parameters
        where
            cases.received_on >= date_trunc('month', parameters.coverage_from)
            and cases.received_on <= last_day(parameters.coverage_until)
    )
    select
        count(distinct affected.case_key)::bigint as cases,
        exists (select 1 from at_fault where name = 'rows_all_read') as unread
    from quality.affected_cases as affected
    inner join at_fault on affected.name = at_fault.name
    anti join placed on affected.case_key = placed.case_key
    where
        at_fault.doubt = 'absent'
        or at_fault.doubt = 'misplaced'
        or (at_fault.doubt = 'unsure' and affected.step = 'received')
"""
