"""The shape of a metric that says how many cases show a gap, of those that could be judged."""

from collections.abc import Callable
from typing import Literal

from etl.rules import Rules
from metrics.catalog.times import EXACT_ONLY
from metrics.metric import ANY_STEP, Counted, Measure, Metric, Pass

_WILSON = "Wilson (1927), J. Am. Stat. Assoc. 22: 209-212"
RESTS_ON = ("cases_have_a_received_date", "one_row_per_case", "events_are_in_order")
_FOUND = ("gap", "kept")

# The day that decides the period. Where a case is judged early because of what it came to, the
# judged ones of a young quarter are no fair sample: then the day of the judgement counts.
By = Literal["receipt", "judgement", "closing"]


def period_day(by: By, result: str, found_on: str) -> str:
    """SQL of the date that decides the period of a result, of `cases` and `parameters`."""
    if by == "receipt":
        return "cases.received_on"
    settled = "coalesce(cases.resolved_on, cases.received_on)"
    if by == "judgement":
        settled = f"if({result} = 'not_assessable', cases.received_on, {found_on})"
    return (
        f"if({result} = 'pending', least(parameters.as_of, parameters.coverage_until),"
        f" {settled})"
    )


_CONTRIBUTIONS = """
        select
            gaps.part,
            {day} as happened_on,
            cases.unit,
            cases.category,
            cases.channel,
            cases.severity,
            gaps.result as outcome,
            null::integer as days,
            cases.case_key,
            null::text[] as steps
        from core.step_gaps as gaps
        inner join core.cases as cases on gaps.case_key = cases.case_key
        cross join staging.parameters as parameters
        where gaps.gap = '{gap}'
"""


def _share(title: str, definition: str) -> Measure:
    return Measure(
        name="share",
        title=title,
        unit="share",
        better="lower",
        definition=definition,
        source=_WILSON,
        counted=Counted(("gap",), of=_FOUND, missing=("not_assessable",), pending=("pending",)),
    )


def gap_metric(
    name: str,
    *,
    title: str,
    question: str,
    cohort: str,
    definition: str,
    parts: Callable[[Rules], tuple[str, ...]],
    by: By = "receipt",
    read_with: Pass | None = None,
) -> Metric:
    """A metric of one kind of gap in core.step_gaps, or of a pass, whose name is its own."""
    day = period_day(by, "gaps.result", "gaps.found_on")
    alone = _CONTRIBUTIONS.format(gap=name, day=day)
    return Metric(
        name=name,
        title=title,
        question=question,
        cohort=cohort,
        kind="counted",
        outcomes=("gap", "kept", "pending", "not_assessable"),
        measures=(_share(title, definition),),
        contributions=alone if read_with is None else read_with.of(name),
        depends_on=RESTS_ON,
        charted="share",
        exact_only=EXACT_ONLY,
        parts=parts,
        doubted=True,
        moved_by=() if by == "receipt" else ANY_STEP,
        joined_by=ANY_STEP,
        read_with=read_with,
    )
