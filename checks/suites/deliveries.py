"""Claims about the deliveries: nothing lost on the way in, no month left out."""

from checks.verdict import Check

_EVERY_FIGURE = (
    "report_frequency",
    "time_to_resolution",
    "escalation_compliance",
    "deadline_compliance",
    "satisfaction",
)

DELIVERIES = (
    Check(
        name="rows_reconciled",
        title="Every row of every delivery was loaded, rejected or an exact repeat",
        why="A row that is none of these was lost, and nobody can say what figure it is in.",
        about="core.snapshots",
        severity="critical",
        examines="""
            select
                snapshot,
                cast(null as bigint) as line,
                as_of as happened_on,
                rows_in <> rows_loaded + rows_rejected + rows_repeated as violated
            from core.snapshots
        """,
        affects=_EVERY_FIGURE,
        remedy="Load the delivery again into a new workspace; if it stays, report it to us.",
    ),
    Check(
        name="rows_all_read",
        title="Every row of every delivery could be read",
        why="A row that cannot be read is missing from every figure it belongs to.",
        about="core.snapshots",
        severity="warning",
        examines="""
            select
                snapshot,
                cast(null as bigint) as line,
                as_of as happened_on,
                rows_rejected > 0 as violated
            from core.snapshots
        """,
        affects=_EVERY_FIGURE,
        remedy="Correct the rows that the load listed, or the source's description.",
    ),
    Check(
        name="rows_readable",
        title="No delivery has more than one unreadable row in twenty",
        why="An unreadable row is missing from every figure, and nothing bounds the damage.",
        about="core.snapshots",
        severity="critical",
        examines="""
            select
                snapshot,
                cast(null as bigint) as line,
                as_of as happened_on,
                20 * rows_rejected > rows_in as violated
            from core.snapshots
        """,
        affects=_EVERY_FIGURE,
        remedy="Correct the rows that the load listed, or the source's description.",
    ),
    Check(
        name="no_month_is_nearly_empty",
        title="No month has less than a fifth of its source's usual number of cases",
        why="A month that an export left out, or cut short, looks like a month without cases.",
        about="core.cases",
        severity="warning",
        # Whole months of a source's coverage; the usual number is the median of up to twelve
        # months before, where there are six and it is at least five.
        examines="""
            with windows as (
                select
                    snapshots.source,
                    min(snapshots.coverage_from) as first_day,
                    least(max(snapshots.coverage_until), max(parameters.as_of)) as last_day
                from core.snapshots as snapshots
                cross join staging.parameters as parameters
                where snapshots.grain in ('case', 'allegation')
                group by snapshots.source
            ),
            months as (
                select
                    source,
                    cast(unnest(generate_series(
                        date_trunc('month', first_day + interval 1 month - interval 1 day),
                        date_trunc('month', last_day + interval 1 day) - interval 1 month,
                        interval 1 month
                    )) as date) as month
                from windows
                where first_day is not null
            ),
            received as (
                select
                    source,
                    cast(date_trunc('month', received_on) as date) as month,
                    count(*) as reports
                from core.cases
                group by source, cast(date_trunc('month', received_on) as date)
            ),
            compared as (
                select
                    months.month,
                    coalesce(received.reports, 0) as reports,
                    median(coalesce(received.reports, 0)) over earlier as usual,
                    count(*) over earlier as months_before
                from months
                left join received
                    on months.source = received.source and months.month = received.month
                window earlier as (
                    partition by months.source order by months.month
                    rows between 12 preceding and 1 preceding
                )
            )
            select
                cast(null as integer) as snapshot,
                cast(null as bigint) as line,
                month as happened_on,
                5 * reports < usual as violated
            from compared
            where months_before >= 6 and usual >= 5
        """,
        affects=("report_frequency", "time_to_resolution"),
        remedy="Ask for the export of that month again, or explain it in annotations.csv.",
    ),
    Check(
        name="rows_per_case",
        title="No source has more than three export rows to a case",
        why="More usually means that something other than cases was counted, or joined twice.",
        about="core.cases",
        severity="warning",
        examines="""
            select
                cast(null as integer) as snapshot,
                cast(null as bigint) as line,
                cast(null as date) as happened_on,
                sum(export_rows) > 3 * count(*) as violated
            from core.cases
            group by source
        """,
        affects=("report_frequency",),
        remedy="Check the column of the case's number in the source's description.",
    ),
    Check(
        name="headcount_covers_units_and_months",
        title="Every case fell to a unit whose headcount of that day is known",
        why="Without people there is no rate; a case without exposure would inflate one.",
        about="core.exposure",
        severity="warning",
        examines="""
            select
                cases.snapshot,
                cases.line,
                cases.received_on as happened_on,
                not exists (
                    select 1
                    from core.exposure as exposure
                    where
                        exposure.unit = cases.unit
                        and exposure.from_on <= cases.received_on
                        and exposure.until_on > cases.received_on
                ) as violated
            from core.cases as cases
            cross join staging.parameters as parameters
            where cases.unit <> 'unknown' and cases.received_on >= parameters.coverage_from
        """,
        affects=("report_frequency",),
        remedy="Add the unit and its people to headcount.csv, from the first day covered.",
    ),
)
