"""How often clocks stand still, and how many deadlines are met for that reason alone."""

from etl.rules import Rules
from metrics.catalog.times import EXACT_ONLY
from metrics.metric import ANY_STEP, Counted, Measure, Metric

_WILSON = "Wilson (1927), J. Am. Stat. Assoc. 22: 209-212"
_MET = ("met_running", "met_paused", "met_by_pause")
_STOOD = ("met_paused", "met_by_pause", "late_paused")


def _that_pause(rules: Rules) -> tuple[str, ...]:
    return tuple(dict.fromkeys(rule.name for rule in rules.deadlines if rule.pauses))


PAUSED_DEADLINES = Metric(
    name="paused_deadlines",
    title="Clocks that stood still",
    question="How many deadlines are met because their clock was stopped?",
    cohort=(
        "deadlines that fell due in the period, pauses included, of rules that take off the"
        " time for which a case was paused"
    ),
    kind="counted",
    outcomes=(*_MET, "late_running", "late_paused"),
    measures=(
        Measure(
            name="paused",
            title="Stood still for a time",
            unit="share",
            better="lower",
            definition=(
                "Deadlines whose clock stood still for a day or more before it stopped, of"
                " those whose due day has passed."
            ),
            source=_WILSON,
            counted=Counted(_STOOD, of=(*_MET, "late_running", "late_paused")),
        ),
        Measure(
            name="met_by_pause",
            title="Met because of a pause",
            unit="share",
            better="lower",
            definition=(
                "Deadlines met that would have been late by the days on the calendar, the"
                " extensions included, of those met. A clock that is stopped just before its"
                " end meets any deadline."
            ),
            source=_WILSON,
            counted=Counted(("met_by_pause",), of=_MET),
        ),
    ),
    contributions="""
        select
            deadlines.rule as part,
            deadlines.due_on as happened_on,
            cases.unit,
            cases.category,
            cases.channel,
            cases.severity,
            case
                when deadlines.result <> 'met'
                    then if(deadlines.paused_days > 0, 'late_paused', 'late_running')
                when deadlines.done_on > deadlines.unpaused_due_on then 'met_by_pause'
                else if(deadlines.paused_days > 0, 'met_paused', 'met_running')
            end as outcome,
            null::integer as days,
            cases.case_key,
            null::text[] as steps
        from core.deadlines as deadlines
        inner join core.cases as cases on deadlines.case_key = cases.case_key
        where
            deadlines.result in ('met', 'met_late', 'missed')
            and deadlines.rule in (
                select rules.rule from staging.rules as rules where rules.pauses is not null
            )
    """,
    depends_on=("no_pause_just_before_the_due_day", "events_are_in_order"),
    charted="met_by_pause",
    exact_only=EXACT_ONLY,
    parts=_that_pause,
    doubted=True,
    moved_by=ANY_STEP,
    joined_by=ANY_STEP,
)
