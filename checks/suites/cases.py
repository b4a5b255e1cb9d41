"""Claims about cases: one row each, received once, and happened before it was reported."""

from checks.suites.affected import BY_CASE, RECEIPTS
from checks.verdict import Allowance, Check, Rows


def of_cases(
    violated: str,
    *,
    among: str = "true",
    dated: str = "received_on",
    step: str = "cast(null as text)",
) -> Rows:
    """Rows of core.cases."""
    return Rows("core.cases", violated, among=among, dated=dated, step=step)


CASES = (
    Check(
        name="one_row_per_case",
        title="Every case stands in the audit once",
        why="A case that stands in it twice is counted twice in every figure.",
        about="core.cases",
        severity="critical",
        examines="""
            select
                max(snapshot) as snapshot,
                max(line) as line,
                min(received_on) as happened_on,
                count(*) > 1 as violated
            from core.cases
            group by case_key
        """,
        affects=BY_CASE,
        remedy="Check the column of the case's number in the source's description.",
        doubt="extra",
        mended_in="sources",
    ),
    Check(
        name="cases_have_a_received_date",
        title="Every case has the day on which it was received",
        why="Without it a case belongs to no period: it is left out of every figure.",
        about="core.cases",
        severity="critical",
        examines=of_cases("received_on is null", dated="cast(null as date)"),
        affects=BY_CASE,
        remedy="Fill in the date in the case system and export again.",
        allowed=Allowance(
            share=0.01,
            reason="so few, left out and counted, change no figure that can be seen",
        ),
        doubt="absent",
    ),
    Check(
        name="received_once",
        title="The rows of a case agree about the day on which it was received",
        why="Where they differ, the earliest counts, and the time to resolution grows with it.",
        about="core.events",
        severity="warning",
        examines="""
            select
                min(snapshot) as snapshot,
                min(line) as line,
                min(occurred_on) as happened_on,
                coalesce(min(occurred_on) < max(occurred_on), false) as violated
            from core.events
            where kind = 'received'
            group by case_key
        """,
        affects=RECEIPTS,
        remedy="Correct the date in the case system, or the number of the case.",
        doubt="misplaced",
    ),
    Check(
        name="rows_of_a_case_agree",
        title="The rows of a case agree about its unit, channel, severity, status and incident",
        why="Where they differ, one row was chosen, and another would change the breakdowns.",
        about="core.cases",
        severity="warning",
        examines=of_cases("versions > 1", among="export_rows > 1"),
        affects=BY_CASE,
        remedy="Look at those cases in the case system and correct the one that is wrong.",
        doubt="level",
        cause="rows_disagree",
    ),
    Check(
        name="incident_date_known",
        title="Every case says when the matter happened",
        why="Without it nobody can see how long people waited before they spoke up.",
        about="core.cases",
        severity="warning",
        # Only where a source records it at all.
        examines="""
            with recording as (
                select distinct source from core.cases where incident_on is not null
            )
            select
                cases.snapshot,
                cases.line,
                cases.received_on as happened_on,
                cases.incident_on is null as violated
            from core.cases as cases
            inner join recording on cases.source = recording.source
        """,
        affects=("incident_to_report",),
        remedy="Ask for the date at intake.",
        doubt="visible",
    ),
    Check(
        name="incident_before_receipt",
        title="No matter happened after it was reported",
        why="One of the two dates is wrong, and the date of receipt is in every figure.",
        about="core.cases",
        severity="warning",
        examines=of_cases(
            "incident_on > received_on",
            among="incident_on is not null and received_on is not null",
        ),
        affects=RECEIPTS,
        remedy="Correct the date that is wrong in the case system.",
        doubt="misplaced",
    ),
    Check(
        name="incident_date_real",
        title="No matter is dated with a day that stands for no date",
        why="Systems write 1 January 1970, or a day before 1930, where a date is missing.",
        about="core.cases",
        severity="warning",
        examines=of_cases(
            "incident_on < date '1930-01-01' or incident_on = date '1970-01-01'",
            among="incident_on is not null",
        ),
        affects=("incident_to_report",),
        remedy="Name the day under sentinels in the source's description.",
        doubt="unsure",
        mended_in="sources",
    ),
    Check(
        name="receipts_do_not_pile_up",
        title="No single day holds a tenth of a source's cases",
        why="A default that was never changed, or a migration, looks like a wave of reports.",
        about="core.cases",
        severity="warning",
        # Twenty cases at the least, of fifty or more: a small source may have a busy day.
        examines="""
            with daily as (
                select
                    source,
                    received_on,
                    count(*) as cases_then,
                    sum(count(*)) over (partition by source) as cases_ever
                from core.cases
                where received_on is not null
                group by source, received_on
            ),
            piles as (
                select source, received_on
                from daily
                where cases_then >= 20 and cases_ever >= 50 and 10 * cases_then > cases_ever
            )
            select
                cases.snapshot,
                cases.line,
                cases.received_on as happened_on,
                piles.received_on is not null as violated
            from core.cases as cases
            left join piles
                on cases.source = piles.source and cases.received_on = piles.received_on
            where cases.received_on is not null
        """,
        affects=RECEIPTS,
        remedy="Ask what happened on that day; name it under sentinels if it is a default.",
        doubt="misplaced",
        mended_in="sources",
    ),
)
