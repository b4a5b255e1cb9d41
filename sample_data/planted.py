"""What is wrong with the exports on purpose; README.md prints these facts, tests count them."""

from dataclasses import dataclass
from datetime import date

INVESTIGATIONS_SLOW_FROM = date(2026, 2, 2)
LETTERS_DRAFTED_FROM = date(2025, 5, 1)
ACKNOWLEDGEMENTS_LOST_FROM = date(2026, 5, 4)
ESCALATIONS_SLIP_FROM = date(2026, 4, 1)
ESCALATIONS_SLIP_UNTIL = date(2026, 7, 1)  # excluded


@dataclass(frozen=True, slots=True)
class Gaps:
    """Where the procedure, and what is owed to people, fails on purpose, and since when.

    A unit skips the check for conflicts, in another who investigates decides as well, a
    partner takes no referrals, affected people are left without news, and in a third unit cases
    wait for somebody to work on them. The days are those of receipt; of the partner, of the
    referral.
    """

    unchecked_unit: str = "logistics"
    unchecked_from: date = date(2025, 10, 1)
    one_person_unit: str = "client_accounts"
    one_person_from: date = date(2025, 10, 1)
    partner: str = "housing_partner"
    refused_from: date = date(2025, 10, 1)
    silent_from: date = date(2026, 1, 1)
    waiting_unit: str = "field_operations"
    waiting_from: date = INVESTIGATIONS_SLOW_FROM


GAPS = Gaps()
NO_GAPS = Gaps(
    unchecked_from=date.max,
    one_person_from=date.max,
    refused_from=date.max,
    silent_from=date.max,
    waiting_from=date.max,
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing planted: how much of it, what exactly, and where it must show."""

    name: str
    count: int
    fact: str
    shows: str


SLOW_INVESTIGATIONS = Fault(
    "slow_investigations",
    76,
    "cases of Field operations received from 2026-02-02 on whose 60 days for the investigation"
    " end by the as-of day and were not kept: three investigator posts are vacant",
    "Quarterly audit, 2026 Q2 and Q3: finish investigation within 60 days is not met, and"
    " Field operations alone is beyond the 99.8 % limits",
)
LOST_ACKNOWLEDGEMENTS = Fault(
    "lost_acknowledgements",
    84,
    "beacon cases by web form, received from 2026-05-04 on, all without a date of"
    " acknowledgement, though most were triaged: the new form does not pass it on",
    "Quarterly audit, 2026 Q2 and Q3: acknowledgements that cannot be assessed could turn the"
    " result; Data quality: step passed without a date",
)
SLIPPED_ESCALATIONS = Fault(
    "slipped_escalations",
    13,
    "high and critical cases whose 2 working days for the escalation ended in 2026 Q2"
    " and were not kept; every other quarter meets its target",
    "Quarterly audit, 2026 Q2: escalate within 2 working days is not met",
)
LATE_LETTERS = Fault(
    "late_letters",
    273,
    "cases whose reporter should have heard of the decision by 2025-06-30 and did not in time:"
    " letters were drafted after the decision until 2025-05-01, and with it from then on",
    "Actions: the action “letters” worked and held; the action “triage_training” shows no"
    " change, since nothing changed with it",
)
TINY_UNIT = Fault(
    "tiny_unit",
    10,
    "cases of Records archive, a unit of 6 people, in three years: each is alone in its"
    " quarter and category",
    "Every release but the committee's: its numbers are protected or withheld",
)
REPEATED_ROWS = Fault(
    "repeated_rows",
    12,
    "rows repeated byte for byte: 8 of beacon, 4 of casebook",
    "Data quality: rows in = loaded + rejected + repeated",
)
CHANGED_ROWS = Fault(
    "changed_rows",
    3,
    "second rows of a beacon case, priority P3 where the row above says P4",
    "Data quality: rows of one case disagree",
)
CLOSED_BEFORE_RECEIVED = Fault(
    "closed_before_received",
    5,
    "beacon cases with a day of closing 1 to 9 days before their receipt",
    "Data quality: a step before the receipt",
)
DECIDED_BEFORE_RECEIVED = Fault(
    "decided_before_received",
    2,
    "beacon cases decided, and the reporter told, before receipt: a year too early",
    "Data quality: a step before the receipt",
)
IMPOSSIBLE_DATES = Fault(
    "impossible_dates",
    4,
    "rows received on a day that does not exist: 2 of beacon (2025-02-30, 2024-11-31), 2 of"
    " casebook (30/02/2025, 31/04/2026); they cannot be read",
    "Data quality: rejects, with line, column and reason",
)
TEST_CASES = Fault(
    "test_cases",
    2,
    "casebook rows of the invented category 99 TEST, which is not in the source description;"
    " they cannot be read",
    "Data quality: rejects, with line, column and reason",
)
SENTINEL_DATES = Fault(
    "sentinel_dates",
    3,
    "casebook cases acknowledged on 01/01/1900, which means: no date",
    "Data quality: step passed without a date (never a clock of 45,000 days)",
)
DATES_AFTER_AS_OF = Fault(
    "dates_after_as_of",
    2,
    "open beacon cases with a day of closing after the as-of day (2026-12-15)",
    "Data quality: dates after the as-of day; the cases stay open",
)
EVENTS_WITHOUT_CASE = Fault(
    "events_without_case",
    4,
    "rows of casebook's history whose case number (C99001 to C99004) no export holds",
    "Data quality: events of unknown cases",
)
SCORES_OFF_SCALE = Fault(
    "scores_off_scale",
    2,
    "answers of beacon's survey with a score of 7 or 9 on a scale of 1 to 5",
    "Data quality: scores outside their scale",
)
ANSWERED_UNASKED = Fault(
    "answered_unasked",
    1,
    "survey answer without a day on which the survey was offered",
    "Data quality: answers without an offer",
)

SKIPPED_CONFLICT_CHECKS = Fault(
    "skipped_conflict_checks",
    46,
    "cases of Logistics received from 2025-10-01 on that were investigated without a check for"
    " conflicts of interest; about six in ten there, one in a hundred elsewhere",
    "Process gaps, 2025 Q4 to 2026 Q3: conflict checked, skipped, Logistics",
)
DECIDED_BY_THE_INVESTIGATOR = Fault(
    "decided_by_the_investigator",
    44,
    "cases of Client accounts received from 2025-10-01 on that were decided by the person who"
    " investigated them; about six in ten there, one in a hundred elsewhere",
    "Process gaps, 2025 Q4 to 2026 Q3: investigated and decided, done by the same person,"
    " Client accounts",
)
REFUSED_REFERRALS = Fault(
    "refused_referrals",
    40,
    "referrals to the housing partner made from 2025-10-01 on whose 21 days ended before the"
    " as-of day without a service; the other partners take all but a few",
    "Process gaps, 2025 Q4 to 2026 Q2: housing partner, referred and not served",
)
SILENCE_TOWARDS_AFFECTED = Fault(
    "silence_towards_affected",
    78,
    "cases received from 2026-01-01 on in which the affected person had no news for more than"
    " 45 days; reporters are told as before",
    "Process gaps, 2026 Q1 to Q3: affected person, left without news, more than usual",
)

WAITING_FOR_RESOURCES = Fault(
    "waiting_for_resources",
    61,
    "cases of Field operations received from 2026-02-02 on that waited for more than 14 days"
    " until somebody worked on them; elsewhere one in four hundred does",
    "Process gaps, 2026 Q1 to Q3: waiting for resource, not followed up in time, more than"
    " usual, and Field operations in Q1",
)

FAULTS: tuple[Fault, ...] = (
    SLOW_INVESTIGATIONS,
    LOST_ACKNOWLEDGEMENTS,
    SLIPPED_ESCALATIONS,
    LATE_LETTERS,
    TINY_UNIT,
    REPEATED_ROWS,
    CHANGED_ROWS,
    CLOSED_BEFORE_RECEIVED,
    DECIDED_BEFORE_RECEIVED,
    IMPOSSIBLE_DATES,
    TEST_CASES,
    SENTINEL_DATES,
    DATES_AFTER_AS_OF,
    EVENTS_WITHOUT_CASE,
    SCORES_OFF_SCALE,
    ANSWERED_UNASKED,
)
PLANTED_GAPS: tuple[Fault, ...] = (
    SKIPPED_CONFLICT_CHECKS,
    DECIDED_BY_THE_INVESTIGATOR,
    REFUSED_REFERRALS,
    SILENCE_TOWARDS_AFFECTED,
    WAITING_FOR_RESOURCES,
)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a commitment must come to for the whole organisation in one quarter."""

    commitment: str
    quarter: str
    kept: int
    judged: int
    not_assessable: int


KEPT: tuple[Kept, ...] = (
    Kept("acknowledge", "2026 Q2", 135, 139, 26),
    Kept("triage", "2026 Q2", 161, 165, 0),
    Kept("escalate", "2026 Q2", 28, 41, 0),
    Kept("finish_investigation", "2026 Q2", 112, 165, 0),
    Kept("tell_reporter", "2026 Q2", 131, 140, 0),
    Kept("satisfaction", "2026 Q2", 24, 29, 0),
    Kept("acknowledge", "2026 Q3", 121, 124, 53),
    Kept("triage", "2026 Q3", 169, 177, 0),
    Kept("escalate", "2026 Q3", 40, 40, 0),
    Kept("finish_investigation", "2026 Q3", 128, 176, 0),
    Kept("tell_reporter", "2026 Q3", 161, 173, 0),
    Kept("satisfaction", "2026 Q3", 24, 32, 0),
)
