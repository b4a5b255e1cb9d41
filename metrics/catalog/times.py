"""How long the single steps of the procedure take, cases without the step included."""

from metrics.metric import Measure, Metric, Pass

_KAPLAN_MEIER = "Kaplan and Meier (1958), J. Am. Stat. Assoc. 53: 457-481"
_QUANTILES = f"{_KAPLAN_MEIER}; interval by Brookmeyer and Crowley (1982), Biometrics 38: 29-41"
_SHARES = {"q25": "a quarter", "median": "half", "q75": "three quarters", "p90": "nine in ten"}
EXACT_ONLY = (
    "It counts the cases of reports per 100 people a second time; rounded twice, a count would"
    " be narrowed by the two."
)


_RECEIVED = "cases received in the period"


def quantiles(
    names: tuple[str, ...], what: str, *, verb: str, of: str = _RECEIVED, done: str = ""
) -> tuple[Measure, ...]:
    """A measure per quantile: days within which that share of the cohort is `verb`."""
    return tuple(
        Measure(
            name=name,
            title=f"{_SHARES[name].capitalize()} {verb} within",
            unit="days",
            better="lower",
            definition=(
                f"Calendar days {what} within which {_SHARES[name]} of the {of}"
                f" {done or f'are {verb}'}, by Kaplan-Meier."
            ),
            source=_QUANTILES,
        )
        for name in names
    )


def still_waiting(days: int, what: str, *, verb: str) -> Measure:
    """The share of cases not yet `verb` after some days."""
    return Measure(
        name=f"open_{days}",
        title=f"Not {verb} after {days} days",
        unit="share",
        better="lower",
        definition=(
            f"Share of the {_RECEIVED} that are not {verb} within {days} days {what}, by"
            " Kaplan-Meier with log-log interval."
        ),
        source=_KAPLAN_MEIER,
    )


# In the order of the procedure.
_STEPS = ("acknowledged", "triaged", "investigated", "decided", "informed", "resolved")


def _until(name: str, kind: str, later: tuple[str, ...]) -> str:
    """Columns of a metric: days from receipt to the first event of a kind, as in a `Pass`.

    `later` steps prove that it is over.
    """
    first = f"firsts.{kind}_on"
    passed = " or ".join(f"firsts.{step}_on is not null" for step in later) or "false"
    waited = f"(coalesce({first}, parameters.as_of) - cases.received_on)"
    lost = f"({kind}.kind is null or {waited} < 0 or ({first} is null and ({passed})))"
    return f"""
            cases.received_on as {name}_on,
            case
                when {lost} then 'unrecorded' when {first} is null then 'open' else 'ended'
            end as {name},
            case when not {lost} then {waited} end::integer as {name}_days"""


def _first_events(times: dict[str, tuple[str, tuple[str, ...]]]) -> Pass:
    """Cases with a time to each kind of event, by the metric's name."""
    columns = ",".join(_until(name, *told) for name, told in times.items())
    recorded = "".join(
        f"""
        left join core.recorded_kinds as {kind}
            on cases.source = {kind}.source and {kind}.kind = '{kind}'"""
        for kind, _ in times.values()
    )
    return Pass(
        f"""
        select
            0 as part,
            cases.case_key,
            cases.unit,
            cases.category,
            cases.channel,
            cases.severity,{columns}
        from core.cases as cases
        cross join staging.parameters as parameters{recorded}
        left join core.first_days as firsts on cases.case_key = firsts.case_key
        where cases.received_on is not null
        """,  # noqa: S608  our own words
        timed=tuple(times),
        named=dict.fromkeys(times, "select 0 as part, '' as name"),
    )


TIMES = _first_events(
    {
        "time_to_acknowledgement": ("acknowledged", _STEPS[1:]),
        "time_to_triage": ("triaged", _STEPS[2:]),
        "time_to_decision": ("decided", _STEPS[4:]),
        "time_to_first_closure": ("resolved", ()),
    }
)


def _time_to(kind: str, *, name: str, noun: str, limit: int) -> Metric:
    return Metric(
        name=name,
        title=f"Time to {noun}",
        question=f"How long does it take from receipt to {noun}?",
        cohort=(
            "cases received in the period; where a later step is recorded and this one is not,"
            " its day is lost or it was passed over, and the case is printed beside the figure"
        ),
        kind="survival",
        outcomes=("ended", "open", "unrecorded"),
        measures=(
            *quantiles(("q25", "median", "q75", "p90"), "from receipt", verb=kind),
            still_waiting(limit, "of receipt", verb=kind),
        ),
        contributions=TIMES.of(name),
        depends_on=(
            "cases_have_a_received_date",
            "one_row_per_case",
            "events_are_in_order",
            "no_date_after_as_of",
        ),
        charted="median",
        exact_only=EXACT_ONLY,
        doubted=True,
        read_with=TIMES,
    )


_ENDINGS = ("received", "resolved", "reopened")

TIME_TO_ACKNOWLEDGEMENT = _time_to(
    "acknowledged", name="time_to_acknowledgement", noun="acknowledgement", limit=7
)
TIME_TO_TRIAGE = _time_to("triaged", name="time_to_triage", noun="triage", limit=7)
TIME_TO_DECISION = _time_to("decided", name="time_to_decision", noun="decision", limit=90)
TIME_TO_FIRST_CLOSURE = _time_to(
    "resolved", name="time_to_first_closure", noun="first closure", limit=90
)

# Measured from the day of the need: who came to need one is known only from then on, so that
# days before it, in which nobody could have got one, are no wait.
TIME_TO_SAFEGUARD = Metric(
    name="time_to_safeguard",
    title="Time to safeguard",
    question="How long are people without the safeguard that they were found to need?",
    cohort=(
        "cases received in the period for which a safeguard was found to be needed; one that"
        " was put in place without that, or before it, is printed beside the figure, and a case"
        " that was closed without one is still without it"
    ),
    kind="survival",
    outcomes=("ended", "open", "unrecorded"),
    measures=(
        *quantiles(("q25", "median", "q75", "p90"), "from the need", verb="safeguarded"),
        still_waiting(7, "of the need", verb="safeguarded"),
    ),
    contributions="""
        with marks as (
            select
                case_key,
                min(first_on) filter (where kind = 'safeguard_required') as required_on,
                min(first_on) filter (where kind = 'safeguard_applied') as applied_on
            from core.milestones
            where kind in ('safeguard_required', 'safeguard_applied')
            group by case_key
        ),

        needs as (
            select
                cases.*,
                marks.applied_on,
                coalesce(marks.applied_on, parameters.as_of) - marks.required_on as waited
            from marks
            inner join core.cases as cases on marks.case_key = cases.case_key
            cross join staging.parameters as parameters
            where cases.received_on is not null
        )

        select
            '' as part,
            received_on as happened_on,
            unit,
            category,
            channel,
            severity,
            case
                when coalesce(waited < 0, true) then 'unrecorded'
                when applied_on is null then 'open'
                else 'ended'
            end as outcome,
            case when waited >= 0 then waited end::integer as days,
            case_key,
            ['received', 'safeguard_required', 'safeguard_applied'] as steps
        from needs
    """,
    depends_on=(
        "cases_have_a_received_date",
        "one_row_per_case",
        "events_are_in_order",
        "no_date_after_as_of",
    ),
    charted="median",
    exact_only=EXACT_ONLY,
    doubted=True,
    joined_by=("safeguard_required", "safeguard_applied"),
)

ACTIVE_TIME = Metric(
    name="active_time",
    title="Active time",
    question="How long is a case worked on, without the time between closing and reopening?",
    cohort="cases received in the period; open ones are watched up to the as-of date",
    kind="survival",
    outcomes=("ended", "open", "unrecorded"),
    measures=(
        *quantiles(("q25", "median", "q75", "p90"), "of open time", verb="resolved"),
        still_waiting(90, "of open time", verb="resolved"),
    ),
    contributions="""
        with turns as (
            select
                case_key,
                kind,
                occurred_on,
                lag(kind) over by_case as kind_before,
                lag(occurred_on) over by_case as occurred_before
            from core.events
            where
                kind in ('resolved', 'reopened')
                -- Few are: nothing else need be put in order.
                and case_key in (
                    select opened.case_key from core.events as opened
                    where opened.kind = 'reopened'
                )
            window by_case as (partition by case_key order by sequence)
        ),

        closed_for as (
            select case_key, sum(occurred_on - occurred_before) as days
            from turns
            where kind = 'reopened' and kind_before = 'resolved'
            group by case_key
        )

        select
            '' as part,
            clocks.started_on as happened_on,
            cases.unit,
            cases.category,
            cases.channel,
            cases.severity,
            case when clocks.ended then 'ended' else 'open' end as outcome,
            greatest(clocks.days - coalesce(closed_for.days, 0), 0)::integer as days,
            cases.case_key,
            ['received', 'resolved', 'reopened'] as steps
        from core.clocks as clocks
        inner join core.cases as cases on clocks.case_key = cases.case_key
        left join closed_for on clocks.case_key = closed_for.case_key
        where clocks.clock = 'resolution' and clocks.days >= 0
    """,
    depends_on=(
        "cases_have_a_received_date",
        "one_row_per_case",
        "closed_not_before_received",
        "closed_status_has_a_closing_date",
    ),
    charted="median",
    exact_only=EXACT_ONLY,
    doubted=True,
    joined_by=_ENDINGS,
)

INCIDENT_TO_REPORT = Metric(
    name="incident_to_report",
    title="Incident to report",
    question="How long after a matter happened do people speak up?",
    cohort="cases received in the period of which the day of the matter is recorded",
    kind="survival",
    outcomes=("ended", "open", "unrecorded"),
    measures=(
        *quantiles(("q25", "median", "q75", "p90"), "from the matter", verb="reported"),
        still_waiting(9, "of the matter", verb="reported"),
        still_waiting(60, "of the matter", verb="reported"),
    ),
    contributions="""
        select
            '' as part,
            received_on as happened_on,
            unit,
            category,
            channel,
            severity,
            case when incident_on <= received_on then 'ended' else 'unrecorded' end as outcome,
            case when incident_on <= received_on then received_on - incident_on end::integer
                as days,
            case_key,
            []::text[] as steps
        from core.cases
        where received_on is not null
    """,
    depends_on=("cases_have_a_received_date", "one_row_per_case"),
    charted="median",
    exact_only=EXACT_ONLY,
    doubted=True,
)

CLOSED_CASES = Metric(
    name="closed_cases",
    title="Age of cases when they were closed",
    question="How old were the cases that were closed, for comparison with published figures?",
    cohort=(
        "cases closed for good in the period, whenever they were received; open cases are not"
        " in it, so it says nothing of how long a case takes"
    ),
    kind="survival",
    outcomes=("ended", "open", "unrecorded"),
    measures=(
        Measure(
            name="median",
            title="Half were closed at an age of",
            unit="days",
            better="neutral",
            definition=(
                "Median of the calendar days from receipt to final closure, of the cases closed"
                " in the period. Benchmarks publish this one. Closing old cases makes it longer"
                " and leaving them open makes it shorter: the time to resolution is the measure"
                " to steer by."
            ),
            source=_QUANTILES,
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
            'ended' as outcome,
            (resolved_on - received_on)::integer as days,
            case_key,
            ['received', 'resolved', 'reopened'] as steps
        from core.cases
        where resolved_on >= received_on
    """,
    depends_on=("closed_not_before_received", "closed_status_has_a_closing_date"),
    uncompared=(
        "it moves with what is chosen to be closed; the time to resolution is tested instead."
    ),
    exact_only=EXACT_ONLY,
    doubted=True,
    moved_by=_ENDINGS,
    joined_by=_ENDINGS,
)
