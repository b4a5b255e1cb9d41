"""Claims about cases: one row each, received once, and happened before it was reported."""

from checks.verdict import Allowance, Check

_BY_CASE = (
    "report_frequency",
    "time_to_resolution",
    "escalation_compliance",
    "deadline_compliance",
)

CASES = (
    Check(
        name="one_row_per_case",
        title="Every case stands in the audit once",
        why="A case that stands in it twice is counted twice in every figure.",
        about="core.cases",
        severity="critical",
        examines="""
            select
                snapshot,
                line,
                received_on as happened_on,
                row_number() over (partition by case_key order by snapshot, line) > 1
                    as violated
            from core.cases
        """,
        affects=_BY_CASE,
        remedy="Check the column of the case's number in the source's description.",
    ),
    Check(
        name="cases_have_a_received_date",
        title="Every case has the day on which it was received",
        why="Without it a case belongs to no period: it is left out of every figure.",
        about="core.cases",
        severity="critical",
        examines="""
            select
                snapshot,
                line,
                cast(null as date) as happened_on,
                received_on is null as violated
            from core.cases
        """,
        affects=_BY_CASE,
        remedy="Fill in the date in the case system and export again.",
        allowed=Allowance(
            share=0.01,
            reason="so few, left out and counted, change no figure that can be seen",
        ),
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
                count(distinct occurred_on) > 1 as violated
            from core.events
            where kind = 'received'
            group by case_key
        """,
        affects=("report_frequency", "time_to_resolution", "deadline_compliance"),
        remedy="Correct the date in the case system, or the number of the case.",
    ),
    Check(
        name="rows_of_a_case_agree",
        title="The rows of a case agree about its unit, channel, severity, status and incident",
        why="Where they differ, one row was chosen, and another would change the breakdowns.",
        about="core.cases",
        severity="warning",
        examines="""
            select
                snapshot,
                line,
                received_on as happened_on,
                versions > 1 as violated
            from core.cases
            where export_rows > 1
        """,
        affects=_BY_CASE,
        remedy="Look at those cases in the case system and correct the one that is wrong.",
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
        affects=(),
        remedy="Ask for the date at intake; no published figure depends on it.",
    ),
    Check(
        name="incident_before_receipt",
        title="No matter happened after it was reported",
        why="One of the two dates is wrong, and the date of receipt is in every figure.",
        about="core.cases",
        severity="warning",
        examines="""
            select
                snapshot,
                line,
                received_on as happened_on,
                incident_on > received_on as violated
            from core.cases
            where incident_on is not null and received_on is not null
        """,
        affects=("report_frequency", "time_to_resolution"),
        remedy="Correct the date that is wrong in the case system.",
    ),
    Check(
        name="incident_date_real",
        title="No matter is dated with a day that stands for no date",
        why="Systems write 1 January 1970, or a day before 1930, where a date is missing.",
        about="core.cases",
        severity="warning",
        examines="""
            select
                snapshot,
                line,
                received_on as happened_on,
                incident_on < date '1930-01-01' or incident_on = date '1970-01-01' as violated
            from core.cases
            where incident_on is not null
        """,
        affects=(),
        remedy="Name the day under sentinels in the source's description.",
    ),
)
