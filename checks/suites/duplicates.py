"""Claims about matters: each is one case, a real one, and none is gone."""

from checks.suites.affected import BY_CASE, EVERY_FIGURE
from checks.suites.cases import of_cases
from checks.verdict import Allowance, Check

DUPLICATES = (
    Check(
        name="no_near_duplicates",
        title="No two cases have the same facts on the same day",
        why="One matter that was entered twice counts as two reports.",
        about="core.cases",
        severity="warning",
        # No text is kept, so a matter is known by its facts: received on one day, by one
        # channel, in one unit and category, about one day. The first of them stands.
        examines="""
            with twins as (
                select
                    received_on,
                    incident_on,
                    unit,
                    category,
                    channel,
                    min(row(snapshot, line)) as first_place
                from core.cases
                where
                    incident_on is not null and received_on is not null
                    and unit <> 'unknown' and category <> 'unknown'
                group by received_on, incident_on, unit, category, channel
                having count(*) > 1
            )
            select
                cases.snapshot,
                cases.line,
                cases.received_on as happened_on,
                coalesce(row(cases.snapshot, cases.line) <> twins.first_place, false)
                    as violated
            from core.cases as cases
            left join twins
                on
                    cases.received_on = twins.received_on
                    and cases.incident_on = twins.incident_on
                    and cases.unit = twins.unit
                    and cases.category = twins.category
                    and cases.channel = twins.channel
            where cases.incident_on is not null and cases.received_on is not null
        """,
        affects=BY_CASE,
        remedy="Look at those cases in the case system; merge them if they are one matter.",
        allowed=Allowance(
            share=0.01, reason="two people may report one event on one day, as two cases"
        ),
        doubt="extra",
    ),
    Check(
        name="no_redacted_copies",
        title="No case is a copy of another with fields left blank",
        why="A redacted copy, or an earlier version, of a report is counted as a second one.",
        about="core.cases",
        severity="warning",
        # The same instant of receipt and day of closing, nothing that differs, fewer fields.
        examines="""
            with told as (
                select
                    *,
                    (unit = 'unknown')::integer + (category = 'unknown')::integer
                    + (channel = 'unknown')::integer + (severity = 'unknown')::integer
                    + (incident_on is null)::integer as blanks
                from core.cases
            ),
            copies as (
                select distinct poorer.case_key
                from told as poorer
                inner join told as richer
                    on
                        poorer.source = richer.source
                        and poorer.received_at = richer.received_at
                        and poorer.resolved_on is not distinct from richer.resolved_on
                        and poorer.blanks > richer.blanks
                where
                    poorer.blanks <= 3
                    and poorer.unit in ('unknown', richer.unit)
                    and poorer.category in ('unknown', richer.category)
                    and poorer.channel in ('unknown', richer.channel)
                    and poorer.severity in ('unknown', richer.severity)
                    and coalesce(poorer.incident_on = richer.incident_on, true)
            )
            select
                cases.snapshot,
                cases.line,
                cases.received_on as happened_on,
                copies.case_key is not null as violated
            from core.cases as cases
            left join copies on cases.case_key = copies.case_key
        """,
        affects=BY_CASE,
        remedy="Leave copies and versions out of the export, by the type of the record.",
        allowed=Allowance(
            share=0.01, reason="two cases of one day may agree in what little is recorded"
        ),
        doubt="extra",
    ),
    Check(
        name="no_test_cases",
        title="No case is a test or made for training",
        why="Cases that nobody raised are counted as reports.",
        about="core.cases",
        severity="warning",
        # A source's description declares the marker: it maps its code to one of these.
        examines=of_cases(
            "unit in ('test', 'test_case', 'training_case')"
            " or category in ('test', 'test_case', 'training_case')"
            " or channel in ('test', 'test_case', 'training_case')"
        ),
        affects=EVERY_FIGURE,
        remedy="Leave the cases with that marker out of the export.",
        doubt="extra",
    ),
    Check(
        name="no_case_vanished",
        title="Every case of an earlier delivery is in the newest one that covers its day",
        why="A case that was purged, expunged or withheld since is a fact that was taken back.",
        about="core.cases",
        severity="warning",
        examines="""
            -- The newest is of the latest day, whichever was loaded last.
            with deliveries as (
                select *, {'as_of': as_of, 'loading': loading} as told
                from staging.deliveries
            ),
            newest as (
                select
                    deliveries.source,
                    deliveries.export,
                    max(deliveries.told) as told,
                    arg_max(deliveries.coverage_from, deliveries.told) as coverage_from,
                    arg_max(deliveries.coverage_until, deliveries.told) as coverage_until
                from deliveries
                cross join staging.parameters as parameters
                where
                    deliveries.grain in ('case', 'allegation')
                    and deliveries.as_of <= parameters.as_of
                group by deliveries.source, deliveries.export
            ),
            -- Such a case is there, and nobody can say how it stands.
            unread as (
                select distinct rejects.case_key, deliveries.told
                from staging.rejects as rejects
                inner join deliveries on rejects.snapshot = deliveries.snapshot
                where rejects.case_key is not null
            )
            select
                cases.snapshot,
                cases.line,
                cases.received_on as happened_on,
                deliveries.told < newest.told and unread.case_key is null as violated
            from core.cases as cases
            inner join deliveries on cases.snapshot = deliveries.snapshot
            inner join newest
                on deliveries.source = newest.source and deliveries.export = newest.export
            left join unread
                on cases.case_key = unread.case_key and newest.told = unread.told
            where cases.received_on between newest.coverage_from and newest.coverage_until
        """,
        affects=EVERY_FIGURE,
        remedy="Ask why they are gone; keep what was purged by rule in the export as a count.",
        doubt="extra",
        cause="cases_vanished",
    ),
    Check(
        name="vanished_cases_explained",
        title="Every case that a newer full delivery lacks has an event that says why",
        why="It is counted as it was last seen; nobody knows whether it was taken back.",
        about="core.vanished_cases",
        severity="warning",
        # Of the exports that are declared to be whole and came more than once.
        examines="""
            with whole as (
                select source, export
                from core.snapshots
                where delivery = 'full' and grain in ('case', 'allegation')
                group by source, export
                having count(distinct loading) > 1
            ),
            vanished as (
                select case_key, source, min(missing_on) as missing_on
                from core.vanished_cases
                where explained_by is null and not is_unread
                group by case_key, source
            )
            select
                cases.snapshot,
                cases.line,
                coalesce(vanished.missing_on, cases.received_on) as happened_on,
                vanished.case_key is not null as violated
            from core.cases as cases
            inner join core.snapshots as snapshots on cases.snapshot = snapshots.snapshot
            inner join whole
                on snapshots.source = whole.source and snapshots.export = whole.export
            left join vanished
                on cases.case_key = vanished.case_key and cases.source = vanished.source
        """,
        affects=EVERY_FIGURE,
        remedy="Ask why they are gone; deliver a purge or a deletion as an event of the case.",
        doubt="extra",
        cause="cases_vanished",
    ),
)
