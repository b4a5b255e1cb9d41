"""Whether what policy demands was done in time, for every rule and for escalations."""

from etl.rules import Rules
from metrics.metric import Measure, Metric

_OUTCOMES = ("met", "met_late", "missed", "not_due", "not_applicable", "not_assessable")

# Booked on the due day; what is not due yet stands at the as-of day, and what has no due day at
# the day of receipt.
_CONTRIBUTIONS = """
    select
        deadlines.rule as part,
        case deadlines.result
            when 'not_due' then parameters.as_of
            else coalesce(deadlines.due_on, cases.received_on)
        end as happened_on,
        cases.unit,
        cases.category,
        cases.channel,
        cases.severity,
        deadlines.result as outcome,
        null::integer as days,
        cases.case_key,
        kinds.steps
    from core.deadlines as deadlines
    inner join core.cases as cases on deadlines.case_key = cases.case_key
    cross join staging.parameters as parameters
    left join (
        select
            rule,
            list(distinct from_kind) || list(distinct to_kind)
            || if(bool_or(pauses in ('paused', 'either')), ['paused', 'resumed'], [])
            || if(bool_or(pauses in ('closed', 'either')), ['resolved', 'reopened'], [])
                as steps
        from staging.rules
        group by rule
    ) as kinds on deadlines.rule = kinds.rule
"""

_COHORT = "deadlines that fell due in the period, whatever became of them"


def _share_met(title: str, what: str) -> Measure:
    return Measure(
        name="share_met",
        title=title,
        unit="share",
        better="higher",
        definition=(
            f"{what} met, of those whose due day has passed: met, met late and missed, where"
            " overdue and still open is missed. Not yet due is left out; those that cannot be"
            " judged are printed beside it. The interval is Wilson's; where counts are rounded"
            " it is widened by all that rounding may have moved."
        ),
        source="Wilson (1927), J. Am. Stat. Assoc. 22: 209-212",
    )


def _names(rules: Rules) -> tuple[str, ...]:
    return tuple(dict.fromkeys(rule.name for rule in rules.deadlines))


DEADLINE_COMPLIANCE = Metric(
    name="deadline_compliance",
    title="Deadlines met",
    question="Is each step of the procedure done in time?",
    cohort=_COHORT,
    kind="deadline",
    outcomes=_OUTCOMES,
    measures=(_share_met("Deadlines met", "Deadlines of the rule"),),
    contributions=_CONTRIBUTIONS,
    doubted=True,
    follows="report_frequency",
    depends_on=("deadlines_can_be_judged", "events_are_in_order", "no_date_after_as_of"),
    subtotals=(("met", "met_late", "missed"),),
    charted="share_met",
    parts=_names,
)

ESCALATION_COMPLIANCE = Metric(
    name="escalation_compliance",
    title="Escalated in time",
    question="Are serious cases passed to a higher level in time?",
    cohort=_COHORT,
    kind="deadline",
    outcomes=_OUTCOMES,
    measures=(_share_met("Escalated in time", "Deadlines for an escalation"),),
    contributions="",
    sum_of="deadline_compliance",
    depends_on=("deadlines_can_be_judged", "events_are_in_order", "severity_is_recorded"),
    charted="share_met",
)
