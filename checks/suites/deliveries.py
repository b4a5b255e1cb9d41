"""Claims about the deliveries: nothing lost on the way in, no month left out."""

from checks.suites.affected import EVERY_FIGURE, RECEIPTS
from checks.verdict import Check, Rows


def _of_deliveries(violated: str) -> Rows:
    return Rows("core.snapshots", violated, dated="as_of", line="cast(null as bigint)")


DELIVERIES = (
    Check(
        name="rows_reconciled",
        title="Every row of every delivery was loaded, rejected, an exact repeat or left out",
        why="A row that is none of these was lost, and nobody can say what figure it is in.",
        about="core.snapshots",
        severity="critical",
        examines=_of_deliveries(
            "rows_in <> rows_loaded + rows_rejected + rows_repeated"
            " + coalesce(rows_left_out, 0)"
        ),
        affects=EVERY_FIGURE,
        remedy="Load the delivery again into a new workspace; if it stays, report it to us.",
        mended_in="product",
    ),
    Check(
        name="rows_all_read",
        title="Every row of every delivery could be read",
        why="A row that cannot be read is missing from every figure it belongs to.",
        about="core.snapshots",
        severity="warning",
        examines=_of_deliveries("rows_rejected > 0"),
        affects=EVERY_FIGURE,
        remedy="Correct the rows that the load listed, or the source's description.",
        doubt="absent",
        cause="rows_unreadable",
    ),
    Check(
        name="rows_readable",
        title="No delivery has more than one unreadable row in twenty",
        why="An unreadable row is missing from every figure, and nothing bounds the damage.",
        about="core.snapshots",
        severity="critical",
        examines=_of_deliveries("20 * rows_rejected > rows_in"),
        affects=EVERY_FIGURE,
        remedy="Correct the rows that the load listed, or the source's description.",
        cause="rows_unreadable",
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
                where snapshots.grain in ('case', 'allegation', 'snapshot')
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
                compared.month as happened_on,
                5 * compared.reports < compared.usual as violated
            from compared
            anti join quality.explained_months as explained on compared.month = explained.month
            where compared.months_before >= 6 and compared.usual >= 5
        """,
        affects=RECEIPTS,
        remedy="Ask for the export of that month again, or explain it in annotations.csv.",
    ),
    Check(
        name="no_gap_between_deliveries",
        title="The deliveries of a source follow each other without a gap",
        why="Of days that no delivery tells of, nobody knows how many cases came.",
        about="core.coverage_gaps",
        severity="warning",
        # One row per gap, and one per source that has none.
        examines="""
            with told as (
                select distinct source
                from core.snapshots
                where grain in ('case', 'allegation') and coverage_from is not null
            )
            select
                cast(null as integer) as snapshot,
                cast(null as bigint) as line,
                gaps.gap_from as happened_on,
                gaps.source is not null as violated
            from told
            left join core.coverage_gaps as gaps on told.source = gaps.source
        """,
        affects=RECEIPTS,
        remedy="Ask for an export of the days between, and load it.",
    ),
    Check(
        name="pages_all_there",
        title="No delivery lacks pages of which its files speak",
        why="A page that nobody exported holds cases that are missing from every figure.",
        about="core.snapshots",
        severity="warning",
        examines="""
            select
                snapshots.snapshot,
                cast(null as bigint) as line,
                snapshots.as_of as happened_on,
                coalesce(paged.is_short and paged.counts_now, false) as violated
            from core.snapshots as snapshots
            left join core.paged_deliveries as paged on snapshots.snapshot = paged.snapshot
        """,
        affects=EVERY_FIGURE,
        remedy="Export the other pages, and load all of them together, as of one day.",
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
        mended_in="sources",
    ),
    Check(
        name="rows_are_in_the_store",
        title="The store holds as many rows of cases as each delivery gave it",
        why="A row that was counted as loaded and is not there is missing from every figure.",
        about="core.snapshots",
        severity="critical",
        examines="""
            with held as (
                select snapshot, count(*) as row_count from staging.cases group by snapshot
            )
            select
                snapshots.snapshot,
                cast(null as bigint) as line,
                snapshots.as_of as happened_on,
                coalesce(held.row_count, 0) <> snapshots.rows_loaded as violated
            from core.snapshots as snapshots
            left join held on snapshots.snapshot = held.snapshot
            where snapshots.grain in ('case', 'allegation')
        """,
        affects=EVERY_FIGURE,
        remedy="Load the delivery again into a new workspace; if it stays, report it to us.",
        mended_in="product",
    ),
    Check(
        name="codes_are_mapped",
        title="Every code of every delivery is in its source's description",
        why="A new value of a list makes its rows unreadable: the system has moved on.",
        about="core.snapshots",
        severity="warning",
        examines="""
            with strange as (
                select distinct snapshot
                from staging.rejects
                where starts_with(reason, 'not a code') or starts_with(reason, 'not a kind')
            )
            select
                snapshots.snapshot,
                cast(null as bigint) as line,
                snapshots.as_of as happened_on,
                strange.snapshot is not null as violated
            from core.snapshots as snapshots
            left join strange on snapshots.snapshot = strange.snapshot
        """,
        affects=EVERY_FIGURE,
        remedy="Add the codes that the load listed to the source's description.",
        doubt="absent",
        mended_in="sources",
        cause="rows_unreadable",
    ),
)
