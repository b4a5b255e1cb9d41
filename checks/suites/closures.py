"""Claims about how cases end: closing dates, the status they have, and the clock."""

from checks.suites.affected import CLOSING, STEPS
from checks.suites.cases import of_cases
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
                'resolved' as step,
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
        examines=of_cases(
            "resolved_on < received_on",
            among="resolved_on is not null and received_on is not null",
            step="'resolved'",
        ),
        affects=STEPS,
        remedy="Correct the date that is wrong in the case system.",
        doubt="unsure",
    ),
    Check(
        name="closed_status_has_a_closing_date",
        title="Every closed case has its closing date",
        why="A closed case without it counts as still open, and the time to resolution grows.",
        about="core.cases",
        severity="warning",
        examines=_CLOSED,
        affects=STEPS,
        remedy="Fill in the closing date in the case system.",
        doubt="unsure",
        cause="closing_dates_lost",
    ),
    Check(
        name="closing_dates_kept",
        title="Nine of ten closed cases have their closing date",
        why="With more of them missing, the time to resolution measures who fills in dates.",
        about="core.cases",
        severity="critical",
        examines=_CLOSED,
        affects=CLOSING,
        remedy="Name the closing date's column in the source's description, or fill it in.",
        allowed=Allowance(
            share=0.1, reason="as many are reported as a warning and named beside the figures"
        ),
        doubt="unsure",
        mended_in="sources",
        cause="closing_dates_lost",
    ),
    Check(
        name="open_cases_undated",
        title="No open case has a closing date",
        why="The case counts as resolved, though its status says that work goes on.",
        about="core.cases",
        severity="warning",
        examines=of_cases(
            "resolved_on is not null",
            among="status = 'open'",
            dated="resolved_on",
            step="'resolved'",
        ),
        affects=STEPS,
        remedy="Close the case, clear the date, or map the status in the source's description.",
        doubt="unsure",
    ),
    Check(
        name="status_follows_the_history",
        title="No closed case was opened again after its last closing",
        why="Its history says that work goes on, so it counts as open; its status says not.",
        about="core.closures",
        severity="warning",
        examines="""
            select
                cases.snapshot,
                cases.line,
                cases.received_on as happened_on,
                'resolved' as step,
                closures.reopened_place > coalesce(closures.closed_place, 0) as violated
            from core.closures as closures
            inner join core.cases as cases on closures.case_key = cases.case_key
            where cases.status = 'closed' and closures.reopened_place is not null
        """,
        affects=STEPS,
        remedy="Add the last closing to the history, or correct the status.",
        doubt="unsure",
    ),
    Check(
        name="nothing_after_the_closing",
        title="No case was worked on after it was closed for good",
        why="Closed first and worked on later, it looks quicker than it was.",
        about="core.events",
        severity="warning",
        examines="""
            with later as (
                select events.case_key
                from core.events as events
                inner join core.cases as cases on events.case_key = cases.case_key
                where
                    events.kind in ('triaged', 'assigned', 'investigated', 'decided')
                    and events.occurred_on > cases.resolved_on
                    and cases.received_on <= cases.resolved_on
                group by events.case_key
            )
            select
                cases.snapshot,
                cases.line,
                cases.received_on as happened_on,
                'resolved' as step,
                later.case_key is not null as violated
            from core.cases as cases
            left join later on cases.case_key = later.case_key
            where cases.resolved_on is not null
        """,
        affects=STEPS,
        remedy="Close cases when the work is done; record that a case was opened again.",
        doubt="unsure",
    ),
    Check(
        name="no_mass_closing",
        title="No twenty cases were closed together",
        why="Cases closed in one go were done earlier, or were not done at all.",
        about="core.events",
        severity="warning",
        # Within ten minutes where a source records the time of day, else on one day; and ten
        # times as many as is usual there.
        examines="""
            with clocks as (
                select source, count(distinct cast(occurred_at as time)) > 4 as has_time
                from core.events
                where kind = 'resolved'
                group by source
            ),
            closings as materialized (
                select
                    events.snapshot,
                    events.line,
                    events.source,
                    events.case_key,
                    events.occurred_on,
                    if(
                        clocks.has_time,
                        time_bucket(interval 10 minute, events.occurred_at),
                        date_trunc('day', events.occurred_at)
                    ) as slot
                from core.events as events
                inner join clocks on events.source = clocks.source
                where events.kind = 'resolved'
            ),
            slots as (
                select source, slot, count(distinct case_key) as cases_then
                from closings
                group by source, slot
            ),
            bursts as (
                select source, slot
                from slots
                qualify cases_then >= 20
                    and cases_then > 10 * median(cases_then) over (partition by source)
            )
            select
                closings.snapshot,
                closings.line,
                closings.occurred_on as happened_on,
                'resolved' as step,
                bursts.slot is not null as violated
            from closings
            left join bursts
                on closings.source = bursts.source and closings.slot = bursts.slot
        """,
        affects=STEPS,
        remedy="Ask who closed them and when the work on them ended.",
        doubt="unsure",
    ),
    Check(
        name="not_closed_at_once",
        title="No case was closed within ten minutes of its receipt",
        why="No matter is looked into in ten minutes: it was closed by rule, or entered late.",
        about="core.events",
        severity="warning",
        examines="""
            select
                closings.snapshot,
                closings.line,
                cases.received_on as happened_on,
                'resolved' as step,
                closings.occurred_at > cases.received_at
                and closings.occurred_at < cases.received_at + interval 10 minute as violated
            from core.events as closings
            inner join core.cases as cases on closings.case_key = cases.case_key
            where closings.kind = 'resolved' and cases.received_at is not null
        """,
        affects=STEPS,
        remedy="Ask why; leave contacts that are no cases out of the export.",
        allowed=Allowance(
            share=0.02, reason="calls that are no concern at all may be closed while they last"
        ),
        doubt="unsure",
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
        affects=CLOSING,
        remedy="Load the exports again; if it stays, report it to us.",
        mended_in="product",
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
                'resolved' as step,
                abs(cases.source_days - clocks.days) > 1 as violated
            from core.clocks as clocks
            inner join core.cases as cases on clocks.case_key = cases.case_key
            where
                clocks.clock = 'resolution' and clocks.ended
                and cases.source_days is not null and clocks.days is not null
        """,
        affects=STEPS,
        remedy="Ask the system's owner what its duration counts; ours counts calendar days.",
        doubt="unsure",
    ),
    Check(
        name="open_cases_have_no_duration",
        title="No open case has a duration from its closing in the export",
        why="It was closed once: its closing date was taken away or is missing.",
        about="core.cases",
        severity="warning",
        examines=of_cases(
            "source_days is not null", among="resolved_on is null", step="'resolved'"
        ),
        affects=STEPS,
        remedy="Look at those cases in the case system; if its duration runs on, leave it out.",
        doubt="unsure",
    ),
)
