"""How cases move between levels: asked for or not, step by step or by a leap, to and fro."""

from etl.rules import Rules
from metrics.catalog.times import EXACT_ONLY, quantiles
from metrics.metric import ANY_STEP, Counted, Measure, Metric

_WILSON = "Wilson (1927), J. Am. Stat. Assoc. 22: 209-212"
UNBOUNDED = (
    "A case may be passed on any number of times: one event that is lost or wrong may hide"
    " none, one or several."
)
_RESTS_ON = ("events_are_in_order", "no_date_after_as_of")
_PLACE = """
            '' as part,
            escalations.occurred_on as happened_on,
            cases.unit,
            cases.category,
            cases.channel,
            cases.severity,
"""
_FROM = """
        from core.escalations as escalations
        inner join core.cases as cases on escalations.case_key = cases.case_key
"""

ESCALATIONS = Metric(
    name="escalations",
    title="Cases passed on",
    question="How often are cases passed to another level, and did a rule ask for it?",
    cohort="times that a case was passed to another level in the period",
    kind="counted",
    outcomes=("demanded", "unprompted", "down", "same_level"),
    measures=(
        Measure(
            name="passed_up",
            title="Escalated",
            unit="cases",
            better="neutral",
            definition="Times that a case was passed to a higher level in the period.",
            source="A count.",
            counted=Counted(("demanded", "unprompted")),
        ),
        Measure(
            name="unprompted",
            title="Escalated without a rule that asks for it",
            unit="share",
            better="neutral",
            definition=(
                "Times that a case was passed to a higher level before, or without, a rule of"
                " the workspace asked for it, of all times it was passed to a higher level."
            ),
            source=_WILSON,
            counted=Counted(("unprompted",), of=("demanded", "unprompted")),
        ),
        Measure(
            name="passed_down",
            title="Passed back down",
            unit="share",
            better="neutral",
            definition=(
                "Times that a case was passed to a lower level, of all times that one was"
                " passed to another level."
            ),
            source=_WILSON,
            counted=Counted(("down",), of=("demanded", "unprompted", "down", "same_level")),
        ),
    ),
    contributions=f"""
        select {_PLACE}
            case
                when escalations.direction = 'down' then 'down'
                when escalations.direction = 'same' then 'same_level'
                when escalations.demanded then 'demanded'
                else 'unprompted'
            end as outcome,
            null::integer as days
        {_FROM}
    """,
    depends_on=_RESTS_ON,
    charted="unprompted",
    exact_only=EXACT_ONLY,
    unbounded=UNBOUNDED,
)

SKIPPED_LEVELS = Metric(
    name="skipped_levels",
    title="Levels skipped",
    question="Are cases passed up level by level, or over the heads of some?",
    cohort="times that a case was passed to a higher level in the period",
    kind="counted",
    outcomes=("skipped", "next_level", "not_recorded"),
    measures=(
        Measure(
            name="skipped",
            title="Passed over a level",
            unit="share",
            better="lower",
            definition=(
                "Times that a case was passed up by more than one level of the workspace's"
                " ladder, of those whose two levels are recorded."
            ),
            source=_WILSON,
            counted=Counted(
                ("skipped",), of=("skipped", "next_level"), missing=("not_recorded",)
            ),
        ),
    ),
    contributions=f"""
        select {_PLACE}
            case
                when escalations.skipped_levels is null then 'not_recorded'
                when escalations.skipped_levels > 0 then 'skipped'
                else 'next_level'
            end as outcome,
            null::integer as days
        {_FROM}
        where escalations.direction = 'up'
    """,
    depends_on=_RESTS_ON,
    charted="skipped",
    exact_only=EXACT_ONLY,
    unbounded=UNBOUNDED,
)

PING_PONG = Metric(
    name="ping_pong",
    title="Sent to and fro",
    question="Are cases sent to and fro between levels?",
    cohort="cases passed to another level for the first time in the period",
    kind="counted",
    outcomes=("turned", "straight"),
    measures=(
        Measure(
            name="turned",
            title="Sent to and fro",
            unit="share",
            better="lower",
            definition=(
                "Cases that were passed up and down again, or down and up, by the as-of day, of"
                " the cases passed to another level at all."
            ),
            source=_WILSON,
            counted=Counted(("turned",), of=("turned", "straight")),
        ),
    ),
    contributions="""
        with passed as (
            select
                case_key,
                min(occurred_on) as first_on,
                bool_or(turned) as turned
            from core.escalations
            group by case_key
        )

        select
            '' as part,
            passed.first_on as happened_on,
            cases.unit,
            cases.category,
            cases.channel,
            cases.severity,
            if(passed.turned, 'turned', 'straight') as outcome,
            null::integer as days,
            cases.case_key,
            null::text[] as steps
        from passed
        inner join core.cases as cases on passed.case_key = cases.case_key
    """,
    depends_on=_RESTS_ON,
    charted="turned",
    exact_only=EXACT_ONLY,
    doubted=True,
    moved_by=ANY_STEP,
    joined_by=ANY_STEP,
)


def _routes(rules: Rules) -> tuple[str, ...]:
    return tuple(dict.fromkeys(route.name for route in rules.routes))


RIGHT_ROUTE = Metric(
    name="right_route",
    title="Taken the right way",
    question="Do serious cases see a formal investigation, and early ones coaching?",
    cohort="cases received in the period that a route of the workspace concerns",
    kind="counted",
    outcomes=("met", "missed", "not_due", "not_applicable", "not_assessable"),
    measures=(
        Measure(
            name="met",
            title="Took the right route",
            unit="share",
            better="higher",
            definition=(
                "Cases that saw a step that their route demands, of those that took any route"
                " or were closed without one. Open cases that have taken none are not due."
            ),
            source=_WILSON,
            counted=Counted(
                ("met",),
                of=("met", "missed"),
                missing=("not_assessable",),
                pending=("not_due",),
            ),
        ),
    ),
    contributions="""
        select
            routes.route as part,
            cases.received_on as happened_on,
            cases.unit,
            cases.category,
            cases.channel,
            cases.severity,
            routes.result as outcome,
            null::integer as days,
            cases.case_key,
            null::text[] as steps
        from core.routes as routes
        inner join core.cases as cases on routes.case_key = cases.case_key
    """,
    depends_on=("events_are_in_order", "severity_is_recorded"),
    charted="met",
    exact_only=EXACT_ONLY,
    parts=_routes,
    doubted=True,
    joined_by=ANY_STEP,
)

DAYS_AT_LEVEL = Metric(
    name="days_at_level",
    title="Days on each level",
    question="How long do cases stay on each level?",
    cohort=(
        "stays on a level of the workspace's ladder that began in the period; a case that is"
        " still there is watched up to the as-of date, and one that comes back counts again"
    ),
    kind="survival",
    outcomes=("ended", "open", "unrecorded"),
    measures=quantiles(
        ("q25", "median", "q75", "p90"),
        "on the level",
        verb="passed on or closed",
        of="stays that began in the period",
        done="have ended",
    ),
    contributions="""
        select
            spans.level as part,
            spans.from_on as happened_on,
            cases.unit,
            cases.category,
            cases.channel,
            cases.severity,
            if(spans.ended, 'ended', 'open') as outcome,
            -- The span runs to the end of the as-of day; a stay is watched up to that day.
            (spans.days - if(spans.ended, 0, 1))::integer as days
        from core.level_spans as spans
        inner join core.cases as cases on spans.case_key = cases.case_key
        where spans.level in (select ladder.level from staging.ladder as ladder)
    """,
    depends_on=_RESTS_ON,
    charted="median",
    exact_only=EXACT_ONLY,
    unbounded=UNBOUNDED,
    parts=lambda rules: rules.ladder,
)
