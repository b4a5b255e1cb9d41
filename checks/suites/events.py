"""Claims about events: dated, of known cases, in a believable order and time."""

from checks.verdict import Check

EVENTS = (
    Check(
        name="no_date_after_as_of",
        title="No date is later than the day on which the export was taken",
        why="Nothing can have happened then: the date is mistyped, or planned and not done.",
        about="staging.events",
        severity="warning",
        examines="""
            select
                rows_of.snapshot,
                rows_of.line,
                snapshots.as_of as happened_on,
                rows_of.occurred_on > snapshots.as_of as violated
            from staging.events as rows_of
            inner join core.chosen_rows as chosen
                on
                    rows_of.snapshot = chosen.snapshot
                    and rows_of.case_key = chosen.case_key
                    and rows_of.line = coalesce(chosen.only_line, rows_of.line)
            inner join core.snapshots as snapshots on rows_of.snapshot = snapshots.snapshot
            where rows_of.occurred_on is not null
        """,
        affects=("time_to_resolution", "deadline_compliance", "escalation_compliance"),
        remedy="Correct the date in the case system, or load with the right --as-of.",
    ),
    Check(
        name="no_date_impossibly_early",
        title="No step is dated before 1990 or twenty years before the period covered",
        why="Such a date stands for no date, or is mistyped, and makes a duration of decades.",
        about="staging.events",
        severity="warning",
        examines="""
            select
                rows_of.snapshot,
                rows_of.line,
                cast(null as date) as happened_on,
                rows_of.occurred_on < greatest(
                    date '1990-01-01', parameters.coverage_from - interval 20 year
                ) as violated
            from staging.events as rows_of
            inner join core.chosen_rows as chosen
                on
                    rows_of.snapshot = chosen.snapshot
                    and rows_of.case_key = chosen.case_key
                    and rows_of.line = coalesce(chosen.only_line, rows_of.line)
            cross join staging.parameters as parameters
            where rows_of.occurred_on is not null
        """,
        affects=("time_to_resolution", "deadline_compliance", "escalation_compliance"),
        remedy="Name the day under sentinels in the source's description, or correct it.",
    ),
    Check(
        name="events_dated",
        title="Every step in a history has its date",
        why="A step without a date has no place in the order, and no deadline is judged by it.",
        about="staging.events",
        severity="warning",
        # In a history a row is a step that was taken; in a row of a case, a blank is no step.
        examines="""
            select
                rows_of.snapshot,
                rows_of.line,
                cast(null as date) as happened_on,
                rows_of.occurred_on is null as violated
            from staging.events as rows_of
            inner join core.chosen_rows as chosen
                on rows_of.snapshot = chosen.snapshot and rows_of.case_key = chosen.case_key
            inner join core.snapshots as snapshots on rows_of.snapshot = snapshots.snapshot
            where snapshots.grain = 'event'
        """,
        affects=("escalation_compliance", "deadline_compliance"),
        remedy="Fill in the dates in the case system and export the history again.",
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
        affects=("report_frequency", "escalation_compliance", "deadline_compliance"),
        remedy="Export cases and history over the same period; nothing is counted for these.",
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
        affects=("escalation_compliance", "deadline_compliance"),
        remedy="Correct the date that is wrong in the case system.",
    ),
)
