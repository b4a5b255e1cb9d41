"""What a programme does beside its cases: meetings, reviews of protocols, forms, guidance."""

from metrics.catalog.times import EXACT_ONLY
from metrics.metric import Counted, Measure, Metric

_WILSON = "Wilson (1927), J. Am. Stat. Assoc. 22: 209-212"
_OWN_PAPERS = (
    "They are the programme's own papers, which the committee reviews; no reader of protected"
    " counts judges anything by them."
)
# Places of breakdowns by number, as the counting has them: of what belongs to no level.
_NOWHERE = {
    breakdown: f"""(
                select places.place
                from metrics.places as places
                where places.breakdown = '{breakdown}' and places.level = 'unknown'
            ) as {breakdown}"""  # noqa: S608  our own columns
    for breakdown in ("unit", "category", "channel", "severity")
}
_NO_CHECK = "They stand in a file of the workspace, which no check of the exports speaks of."

DUTIES = Metric(
    name="duties",
    title="Not held as planned",
    question="Are meetings with partners held, and protocols reviewed, as planned?",
    cohort="meetings and reviews of duties.csv that were planned for the period",
    kind="counted",
    outcomes=("gap", "kept", "pending"),
    measures=(
        Measure(
            name="share",
            title="Not held as planned",
            unit="share",
            better="lower",
            definition=(
                "Meetings and reviews that were not done by the day they were planned for, and"
                " the days that the workspace's [practices] add, of all whose day has passed."
            ),
            source=_WILSON,
            counted=Counted(("gap",), of=("gap", "kept"), pending=("pending",)),
        ),
    ),
    contributions=f"""
        select
            duties.kind as part,
            duties.due_on as happened_on,
            {_NOWHERE["unit"]},
            {_NOWHERE["category"]},
            {_NOWHERE["channel"]},
            {_NOWHERE["severity"]},
            duties.result as outcome,
            null::integer as days
        from core.duties as duties
    """,  # noqa: S608  our own columns
    depends_on=(),
    uncompared="they belong to no unit, and a month has too few of them for a usual range.",
    exact_only=_OWN_PAPERS,
    parts=lambda rules: rules.practices.parts("duty"),
    unbounded=_NO_CHECK,
)

CONSENT_FORMS = Metric(
    name="consent_forms",
    title="Without a consent form",
    question="Do clients sign, at the start, a form that tells them how to pause or end?",
    cohort="engagements with clients in the months of the period of which forms are told",
    kind="counted",
    outcomes=("without", "signed"),
    measures=(
        Measure(
            name="without",
            title="Begun without a signed form",
            unit="share",
            better="lower",
            definition=(
                "Engagements with clients begun without a signed consent form, of all in the"
                " months of which engagements.csv tells the consent_forms."
            ),
            source=_WILSON,
            counted=Counted(("without",), of=("without", "signed")),
        ),
    ),
    contributions=f"""
        with told as (
            select
                unit,
                month,
                'signed' as outcome,
                consent_forms as many
            from core.engagements
            where consent_forms is not null
            union all
            select
                unit,
                month,
                'without' as outcome,
                engagements - consent_forms as many
            from core.engagements
            where consent_forms is not null
        ),

        each as (
            select
                unit,
                month,
                outcome,
                unnest(range(many::bigint)) as place
            from told
        )

        select
            '' as part,
            each.month as happened_on,
            units.place as unit,
            {_NOWHERE["category"]},
            {_NOWHERE["channel"]},
            {_NOWHERE["severity"]},
            each.outcome,
            null::integer as days
        from each
        inner join metrics.places as units
            on units.breakdown = 'unit' and each.unit = units.level
    """,  # noqa: S608  our own columns
    depends_on=(),
    charted="without",
    exact_only=_OWN_PAPERS,
    unbounded=_NO_CHECK,
)

GUIDANCE = Metric(
    name="guidance",
    title="Asking for guidance",
    question="Do people ask before something happens?",
    cohort="cases received in the period, from sources that record requests for guidance",
    kind="counted",
    outcomes=("guidance", "concern", "not_recorded"),
    measures=(
        Measure(
            name="guidance",
            title="Asked for guidance",
            unit="share",
            better="neutral",
            definition=(
                "Cases in which somebody sought guidance, of all received: questions beside"
                " allegations. Where people dare to ask, there are questions; a fall may be"
                " fear, and a rise may be a rule that nobody understands."
            ),
            source=_WILSON,
            counted=Counted(
                ("guidance",), of=("guidance", "concern"), missing=("not_recorded",)
            ),
        ),
    ),
    contributions="""
        select
            '' as part,
            cases.received_on as happened_on,
            cases.unit,
            cases.category,
            cases.channel,
            cases.severity,
            case
                when recorded.kind is null then 'not_recorded'
                when asked.case_key is not null then 'guidance'
                else 'concern'
            end as outcome,
            null::integer as days,
            cases.case_key,
            ['guidance_sought']::text[] as steps
        from core.cases as cases
        left join core.recorded_kinds as recorded
            on cases.source = recorded.source and recorded.kind = 'guidance_sought'
        left join core.milestones as asked
            on cases.case_key = asked.case_key and asked.kind = 'guidance_sought'
        where cases.received_on is not null
    """,
    depends_on=("cases_have_a_received_date", "one_row_per_case"),
    charted="guidance",
    exact_only=EXACT_ONLY,
    doubted=True,
)
