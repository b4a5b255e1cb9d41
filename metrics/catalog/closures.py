"""What cases come to, whether they stay closed, and how many are still open."""

from metrics.metric import Counted, Measure, Metric

_WILSON = "Wilson (1927), J. Am. Stat. Assoc. 22: 209-212"
_DATES = ("closed_not_before_received", "closed_status_has_a_closing_date")
EXACT_ONLY = (
    "It counts the cases of time to resolution a second time; rounded twice, a count would be"
    " narrowed by the two."
)

_ENDINGS = ("received", "resolved", "reopened")
_FOUND = ("substantiated", "partly")
_WITH_FINDING = (*_FOUND, "unsubstantiated")

SUBSTANTIATION = Metric(
    name="substantiation",
    title="What cases came to",
    question="How many of the cases that were closed were substantiated?",
    cohort="cases closed for good in the period",
    kind="counted",
    outcomes=(*_WITH_FINDING, "insufficient", "without_finding", "not_recorded"),
    measures=(
        Measure(
            name="substantiated",
            title="Substantiated",
            unit="share",
            better="neutral",
            definition=(
                "Cases closed as wholly or partly substantiated, of those closed with a"
                " finding: substantiated, partly, or unsubstantiated. Insufficient information,"
                " referral and withdrawal are no findings; cases whose outcome is not recorded"
                " give the bounds."
            ),
            source=_WILSON,
            counted=Counted(_FOUND, of=_WITH_FINDING, missing=("not_recorded",)),
        ),
        Measure(
            name="closed",
            title="Closed",
            unit="cases",
            better="neutral",
            definition="Cases closed for good in the period, whenever they were received.",
            source="A count.",
            counted=Counted(
                (*_WITH_FINDING, "insufficient", "without_finding", "not_recorded")
            ),
        ),
        Measure(
            name="insufficient",
            title="Closed for want of information",
            unit="share",
            better="lower",
            definition="Cases closed as insufficient information, of all closed in the period.",
            source=_WILSON,
            counted=Counted(
                ("insufficient",),
                of=(*_WITH_FINDING, "insufficient", "without_finding"),
                missing=("not_recorded",),
            ),
        ),
    ),
    contributions="""
        select
            '' as part,
            resolved_on as happened_on,
            unit,
            category,
            channel,
            severity,
            case
                when outcome is null then 'not_recorded'
                when outcome in ('substantiated', 'partly', 'unsubstantiated', 'insufficient')
                    then outcome
                when outcome = 'unfounded' then 'unsubstantiated'
                else 'without_finding'
            end as outcome,
            null::integer as days,
            case_key,
            ['received', 'resolved', 'reopened'] as steps
        from core.cases
        where resolved_on >= received_on
    """,
    depends_on=_DATES,
    charted="substantiated",
    exact_only=EXACT_ONLY,
    doubted=True,
    moved_by=_ENDINGS,
    joined_by=_ENDINGS,
)

REOPENING_DAYS = 90

REOPENING = Metric(
    name="reopening",
    title="Reopened after closing",
    question="Do cases stay closed?",
    cohort="cases closed for the first time in the period",
    kind="counted",
    outcomes=("reopened", "stayed", "too_early"),
    measures=(
        Measure(
            name="reopened",
            title="Reopened after closing",
            unit="share",
            better="lower",
            definition=(
                f"Cases opened again within {REOPENING_DAYS} days of their first closing, of"
                " those first closed in the period. Cases closed less long ago are left out,"
                " reopened or not: to count only those that have been would overstate them."
            ),
            source=_WILSON,
            counted=Counted(("reopened",), of=("reopened", "stayed"), pending=("too_early",)),
        ),
    ),
    contributions=f"""
        with opened as (
            -- Few are: of no other case need the order be known.
            select case_key, sequence, occurred_on
            from core.events
            where kind = 'reopened'
        ),

        first_closed as (
            select case_key, min(sequence) as place
            from core.events
            where kind = 'resolved' and case_key in (select opened.case_key from opened)
            group by case_key
        ),

        next_opened as (
            select opened.case_key, min(opened.occurred_on) as reopened_on
            from opened
            inner join first_closed on opened.case_key = first_closed.case_key
            where opened.sequence > first_closed.place
            group by opened.case_key
        )

        select
            '' as part,
            firsts.resolved_on as happened_on,
            cases.unit,
            cases.category,
            cases.channel,
            cases.severity,
            case
                when firsts.resolved_on + {REOPENING_DAYS} > parameters.as_of
                    then 'too_early'
                when next_opened.reopened_on <= firsts.resolved_on + {REOPENING_DAYS}
                    then 'reopened'
                else 'stayed'
            end as outcome,
            null::integer as days,
            cases.case_key,
            ['received', 'resolved', 'reopened'] as steps
        from core.first_days as firsts
        inner join core.cases as cases on firsts.case_key = cases.case_key
        cross join staging.parameters as parameters
        left join next_opened on firsts.case_key = next_opened.case_key
        where firsts.resolved_on >= cases.received_on
    """,  # noqa: S608  a number of ours
    depends_on=("closed_not_before_received", "events_are_in_order"),
    charted="reopened",
    exact_only=EXACT_ONLY,
    doubted=True,
    moved_by=_ENDINGS,
    joined_by=_ENDINGS,
)

BACKLOG = Metric(
    name="backlog",
    title="Open cases",
    question="How many cases are open, and is as much closed as comes in?",
    cohort="cases open at the end of the period, whenever they were received",
    kind="stock",
    outcomes=("carried", "received", "resolved", "gone"),
    measures=(
        Measure(
            name="open_cases",
            title="Open at the end",
            unit="cases",
            better="lower",
            definition=(
                "Cases received up to the end of the period and not closed for good by then. A"
                " case that was reopened later counts as open all the while, and one that is"
                " gone from the exports up to the day on which it was last seen."
            ),
            source="A count.",
        ),
        Measure(
            name="clearance",
            title="Closed for each received",
            unit="ratio",
            better="higher",
            definition=(
                "Cases closed for good in the period for each case received in it. Below 1 the"
                " backlog grows."
            ),
            source="CourTools, Measure 2: clearance rates (National Center for State Courts)",
        ),
    ),
    contributions="""
        select
            '' as part,
            greatest(cases.received_on, parameters.coverage_from) as happened_on,
            cases.unit,
            cases.category,
            cases.channel,
            cases.severity,
            if(cases.received_on < parameters.coverage_from, 'carried', 'received') as outcome,
            null::integer as days,
            cases.case_key,
            ['received', 'resolved', 'reopened'] as steps
        from core.cases as cases
        cross join staging.parameters as parameters
        where
            cases.received_on is not null
            and coalesce(cases.resolved_on, cases.last_seen_on, parameters.as_of)
            >= greatest(parameters.coverage_from, cases.received_on)
        union all
        select
            '' as part,
            cases.resolved_on as happened_on,
            cases.unit,
            cases.category,
            cases.channel,
            cases.severity,
            'resolved' as outcome,
            null::integer as days,
            cases.case_key,
            ['received', 'resolved', 'reopened'] as steps
        from core.cases as cases
        cross join staging.parameters as parameters
        where
            cases.resolved_on >= parameters.coverage_from
            and cases.resolved_on >= cases.received_on
        union all
        select
            '' as part,
            cases.last_seen_on + 1 as happened_on,
            cases.unit,
            cases.category,
            cases.channel,
            cases.severity,
            'gone' as outcome,
            null::integer as days,
            cases.case_key,
            ['received', 'resolved', 'reopened'] as steps
        from core.cases as cases
        cross join staging.parameters as parameters
        where
            cases.resolved_on is null
            and cases.last_seen_on >= greatest(parameters.coverage_from, cases.received_on)
    """,
    depends_on=("cases_have_a_received_date", *_DATES),
    uncompared=(
        "a stock carries last month's with it, so that the rules for independent months do not"
        " hold; what comes in and how long it takes are tested."
    ),
    exact_only=EXACT_ONLY,
    doubted=True,
    moved_by=_ENDINGS,
    joined_by=_ENDINGS,
)

_AGES = ("under_30", "under_90", "under_180", "under_365", "over_365")


def _older(days: int, outcomes: tuple[str, ...]) -> Measure:
    return Measure(
        name=f"older_{days}",
        title=f"Open for {days} days or more",
        unit="share",
        better="lower",
        definition=(
            f"Cases open on the as-of day that were received {days} days before it or earlier,"
            " of all open on that day."
        ),
        source=_WILSON,
        counted=Counted(outcomes, of=_AGES),
    )


AGE_OF_OPEN_CASES = Metric(
    name="age_of_open_cases",
    title="Age of open cases",
    question="How long have the open cases been waiting?",
    cohort="cases open on the as-of day, in the period of that day",
    kind="counted",
    outcomes=_AGES,
    measures=(
        _older(90, ("under_180", "under_365", "over_365")),
        _older(180, ("under_365", "over_365")),
        _older(365, ("over_365",)),
    ),
    contributions="""
        select
            '' as part,
            least(parameters.as_of, parameters.coverage_until) as happened_on,
            cases.unit,
            cases.category,
            cases.channel,
            cases.severity,
            case
                when parameters.as_of - cases.received_on < 30 then 'under_30'
                when parameters.as_of - cases.received_on < 90 then 'under_90'
                when parameters.as_of - cases.received_on < 180 then 'under_180'
                when parameters.as_of - cases.received_on < 365 then 'under_365'
                else 'over_365'
            end as outcome,
            null::integer as days,
            cases.case_key,
            ['received', 'resolved', 'reopened'] as steps
        from core.cases as cases
        cross join staging.parameters as parameters
        where
            cases.received_on is not null
            and cases.resolved_on is null
            and cases.last_seen_on is null
    """,
    depends_on=("cases_have_a_received_date", *_DATES),
    charted="older_90",
    exact_only=EXACT_ONLY,
    doubted=True,
    moved_by=_ENDINGS,
    joined_by=_ENDINGS,
)
