"""Claims about how cases end: closing dates, the status they have, and the clock."""

from checks.verdict import Allowance, Check

# A case that its export calls closed, and whether the day is missing. A day after the as-of
# day is known, so it is not missing: `no_date_after_as_of` speaks of it.
_CLOSED = """
            with closed_later as (
                select distinct rows_of.case_key
                from staging.events as rows_of
                cross join staging.parameters as parameters
                where rows_of.kind = 'resolved' and rows_of.occurred_on > parameters.as_of
            )
            select
                cases.snapshot,
                cases.line,
                cases.received_on as happened_on,
                cases.resolved_on is null as violated
            from core.cases as cases
            anti join closed_later on cases.case_key = closed_later.case_key
            where cases.status = 'closed'
"""

CLOSURES = (
    Check(
        name="closed_not_before_received",
        title="No case was closed before it was received",
        why="Such a case has a negative duration; it is left out of the time to resolution.",
        about="core.cases",
        severity="warning",
        examines="""
            select
                snapshot,
                line,
                received_on as happened_on,
                resolved_on < received_on as violated
            from core.cases
            where resolved_on is not null and received_on is not null
        """,
        affects=("time_to_resolution", "deadline_compliance"),
        remedy="Correct the date that is wrong in the case system.",
    ),
    Check(
        name="closed_status_has_a_closing_date",
        title="Every closed case has its closing date",
        why="A closed case without it counts as still open, and the time to resolution grows.",
        about="core.cases",
        severity="warning",
        examines=_CLOSED,
        affects=("time_to_resolution", "deadline_compliance"),
        remedy="Fill in the closing date in the case system.",
    ),
    Check(
        name="closing_dates_kept",
        title="Nine of ten closed cases have their closing date",
        why="With more of them missing, the time to resolution measures who fills in dates.",
        about="core.cases",
        severity="critical",
        examines=_CLOSED,
        affects=("time_to_resolution", "deadline_compliance"),
        remedy="Name the closing date's column in the source's description, or fill it in.",
        allowed=Allowance(
            share=0.1, reason="as many are reported as a warning and named beside the figures"
        ),
    ),
    Check(
        name="open_cases_undated",
        title="No open case has a closing date",
        why="The case counts as resolved, though its status says that work goes on.",
        about="core.cases",
        severity="warning",
        examines="""
            select
                snapshot,
                line,
                resolved_on as happened_on,
                resolved_on is not null as violated
            from core.cases
            where status = 'open'
        """,
        affects=("time_to_resolution", "deadline_compliance"),
        remedy="Close the case, clear the date, or map the status in the source's description.",
    ),
    Check(
        name="one_clock_per_case",
        title="Every received case has exactly one clock for its resolution",
        why="A case without a clock, or with two, biases every duration.",
        about="core.clocks",
        severity="critical",
        examines="""
            with running as (
                select case_key, count(*) as clocks
                from core.clocks
                where clock = 'resolution'
                group by case_key
            )
            select
                cases.snapshot,
                cases.line,
                cases.received_on as happened_on,
                coalesce(running.clocks, 0) <> 1 as violated
            from core.cases as cases
            left join running on cases.case_key = running.case_key
            where cases.received_on is not null
        """,
        affects=("time_to_resolution",),
        remedy="Load the exports again; if it stays, report it to us.",
    ),
    Check(
        name="source_duration_agrees",
        title="The source's own duration agrees with ours to within a day",
        why="Where they differ, somebody counts otherwise, or changed a date afterwards.",
        about="core.clocks",
        severity="warning",
        examines="""
            select
                cases.snapshot,
                cases.line,
                cases.received_on as happened_on,
                abs(cases.source_days - clocks.days) > 1 as violated
            from core.clocks as clocks
            inner join core.cases as cases on clocks.case_key = cases.case_key
            where
                clocks.clock = 'resolution' and clocks.ended
                and cases.source_days is not null and clocks.days is not null
        """,
        affects=("time_to_resolution",),
        remedy="Ask the system's owner what its duration counts; ours counts calendar days.",
    ),
    Check(
        name="open_cases_have_no_duration",
        title="No open case has a duration from its closing in the export",
        why="It was closed once: its closing date was taken away or is missing.",
        about="core.cases",
        severity="warning",
        examines="""
            select
                snapshot,
                line,
                received_on as happened_on,
                source_days is not null as violated
            from core.cases
            where resolved_on is null
        """,
        affects=("time_to_resolution",),
        remedy="Look at those cases in the case system; if its duration runs on, leave it out.",
    ),
)
