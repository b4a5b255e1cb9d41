"""What cases come to, and by when: each outcome keeps the others from happening."""

from metrics.catalog.times import EXACT_ONLY
from metrics.metric import Counted, Measure, Metric

_AALEN_JOHANSEN = "Aalen and Johansen (1978), Scand. J. Stat. 5: 141-150"
_WORDS = {
    "substantiated": "substantiated, wholly or in part,",
    "unsubstantiated": "closed as unsubstantiated",
    "without_finding": "closed without a finding, or with none recorded,",
}
_TITLES = {
    "substantiated": "Substantiated",
    "unsubstantiated": "Unsubstantiated",
    "without_finding": "Closed without a finding",
}


def _within(outcome: str, days: int) -> Measure:
    return Measure(
        name=f"{outcome}_{days}",
        title=f"{_TITLES[outcome]} within {days} days",
        unit="share",
        better="neutral",
        definition=(
            f"Share of the cases received in the period that are {_WORDS[outcome]} within"
            f" {days} days of receipt, by Aalen-Johansen: open cases count for as long as they"
            " have been watched. With the other ends and those still open it adds up to 1."
        ),
        source=_AALEN_JOHANSEN,
        counted=Counted((outcome,)),
        by_day=days,
    )


OUTCOMES_IN_TIME = Metric(
    name="outcomes_in_time",
    title="Outcomes in time",
    question="What do cases come to, and by when?",
    cohort="cases received in the period; open ones are watched up to the as-of date",
    kind="competing",
    outcomes=("open", "substantiated", "unsubstantiated", "without_finding"),
    measures=tuple(_within(outcome, days) for days in (90, 180) for outcome in _WORDS),
    contributions="""
        select
            '' as part,
            clocks.started_on as happened_on,
            cases.unit,
            cases.category,
            cases.channel,
            cases.severity,
            case
                when not clocks.ended then 'open'
                when cases.outcome in ('substantiated', 'partly') then 'substantiated'
                when cases.outcome in ('unsubstantiated', 'unfounded') then 'unsubstantiated'
                else 'without_finding'
            end as outcome,
            clocks.days,
            cases.case_key,
            ['received', 'resolved', 'reopened'] as steps
        from core.clocks as clocks
        inner join core.cases as cases on clocks.case_key = cases.case_key
        where clocks.clock = 'resolution' and clocks.days >= 0
    """,
    depends_on=(
        "cases_have_a_received_date",
        "one_row_per_case",
        "closed_not_before_received",
        "closed_status_has_a_closing_date",
    ),
    uncompared=(
        "a share of outcomes by a day has no exact tail while cases are open; substantiation"
        " is tested once they are closed."
    ),
    exact_only=EXACT_ONLY,
    doubted=True,
    joined_by=("received", "resolved", "reopened"),
)
