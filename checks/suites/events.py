"""Claims about events: dated, of known cases, in a believable order and time."""

from checks.suites.affected import RECEIPTS, STEPS
from checks.verdict import Check, Rows

# The rows that count: those of the delivery that speaks last of a case.
_STEPS = """staging.events as rows_of
inner join core.chosen_rows as chosen
    on
        rows_of.snapshot = chosen.snapshot
        and rows_of.case_key = chosen.case_key
        and rows_of.line = coalesce(chosen.only_line, rows_of.line)
inner join core.snapshots as snapshots on rows_of.snapshot = snapshots.snapshot
cross join staging.parameters as parameters"""


def _of_steps(violated: str, *, among: str, dated: str = "cast(null as date)") -> Rows:
    return Rows(
        _STEPS,
        violated,
        among=among,
        dated=dated,
        step="rows_of.kind",
        snapshot="rows_of.snapshot",
        line="rows_of.line",
    )


EVENTS = (
    Check(
        name="no_date_after_as_of",
        title="No date is later than the day on which the export was taken",
        why="Nothing can have happened then: the date is mistyped, or planned and not done.",
        about="staging.events",
        severity="warning",
        examines=_of_steps(
            "rows_of.occurred_on > snapshots.as_of",
            among="rows_of.occurred_on is not null",
            dated="snapshots.as_of",
        ),
        affects=RECEIPTS,
        remedy="Correct the date in the case system, or load with the right --as-of.",
        doubt="unsure",
    ),
    Check(
        name="no_date_impossibly_early",
        title="No step is dated before 1990 or twenty years before the period covered",
        why="Such a date stands for no date, or is mistyped, and makes a duration of decades.",
        about="staging.events",
        severity="warning",
        examines=_of_steps(
            "rows_of.occurred_on < greatest(date '1990-01-01',"
            " cast(parameters.coverage_from - interval 20 year as date))",
            among="rows_of.occurred_on is not null",
        ),
        affects=RECEIPTS,
        remedy="Name the day under sentinels in the source's description, or correct it.",
        doubt="unsure",
        mended_in="sources",
    ),
    Check(
        name="events_dated",
        title="Every step in a history has its date",
        why="A step without a date has no place in the order, and no deadline is judged by it.",
        about="staging.events",
        severity="warning",
        # In a history a row is a step that was taken; in a row of a case, a blank is no step.
        examines=_of_steps("rows_of.occurred_on is null", among="snapshots.grain = 'event'"),
        affects=STEPS,
        remedy="Fill in the dates in the case system and export the history again.",
        doubt="unsure",
    ),
    Check(
        name="events_of_known_cases",
        title="Every step in a history belongs to a case that was delivered",
        why="A step of an unknown case shows that the export of cases left some out.",
        about="staging.events",
        severity="warning",
        examines="""
            select
                rows_of.snapshot,
                rows_of.line,
                rows_of.occurred_on as happened_on,
                facts.case_key is null as violated
            from staging.events as rows_of
            inner join core.chosen_rows as chosen
                on rows_of.snapshot = chosen.snapshot and rows_of.case_key = chosen.case_key
            inner join core.snapshots as snapshots on rows_of.snapshot = snapshots.snapshot
            left join core.case_facts as facts on rows_of.case_key = facts.case_key
            where snapshots.grain = 'event'
        """,
        affects=RECEIPTS,
        remedy="Export cases and history over the same period; nothing is counted for these.",
        doubt="absent",
    ),
    Check(
        name="events_are_in_order",
        title="No step was taken before its case was received",
        why="A deadline between two dates in the wrong order cannot be judged.",
        about="core.events",
        severity="warning",
        examines="""
            select
                events.snapshot,
                events.line,
                cases.received_on as happened_on,
                events.kind as step,
                events.occurred_on < cases.received_on as violated
            from core.events as events
            inner join core.cases as cases on events.case_key = cases.case_key
            where
                events.kind in (
                    'acknowledged', 'triaged', 'escalated', 'assigned',
                    'investigated', 'decided', 'informed'
                )
                and cases.received_on is not null
        """,
        affects=STEPS,
        remedy="Correct the date that is wrong in the case system.",
        doubt="unsure",
    ),
    Check(
        name="no_backdating",
        title="No step that was missing is dated back in a later delivery",
        why="Filled in later with a date in time, it turns a missed deadline into a met one.",
        about="staging.events",
        severity="warning",
        # A fortnight for entries that come late; the case was delivered then, the step not.
        examines="""
            with deliveries as (
                select
                    source,
                    export,
                    loading,
                    lag(loading) over earlier as before,
                    lag(max(as_of)) over earlier as before_as_of
                from staging.deliveries
                group by source, export, loading
                -- Before it is what came of an earlier day, whichever was loaded first.
                window earlier as (
                    partition by source, export order by max(as_of), loading
                )
            ),
            later as (
                select
                    rows_of.snapshot,
                    rows_of.line,
                    rows_of.case_key,
                    rows_of.kind,
                    rows_of.occurred_on,
                    deliveries.source,
                    deliveries.export,
                    deliveries.before,
                    deliveries.before_as_of
                from staging.events as rows_of
                inner join staging.deliveries as files on rows_of.snapshot = files.snapshot
                inner join deliveries
                    on
                        files.source = deliveries.source
                        and files.export = deliveries.export
                        and files.loading = deliveries.loading
                where deliveries.before is not null and rows_of.occurred_on is not null
            ),
            earlier as (
                select
                    files.source,
                    files.export,
                    files.loading,
                    rows_of.case_key,
                    list(distinct rows_of.kind) as kinds
                from staging.events as rows_of
                inner join staging.deliveries as files on rows_of.snapshot = files.snapshot
                where files.loading in (select deliveries.before from deliveries)
                group by all
            )
            select
                later.snapshot,
                later.line,
                later.occurred_on as happened_on,
                later.kind as step,
                not list_contains(earlier.kinds, later.kind)
                and later.occurred_on < later.before_as_of - 14 as violated
            from later
            inner join earlier
                on
                    later.case_key = earlier.case_key
                    and later.source = earlier.source
                    and later.export = earlier.export
                    and later.before = earlier.loading
        """,
        affects=STEPS,
        remedy="Ask who entered the date and what shows that the step was taken then.",
        doubt="unsure",
    ),
)
