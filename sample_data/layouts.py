"""The same cases as two case systems and their surveys write them: columns, codes and dates."""

from dataclasses import dataclass
from datetime import date, timedelta

from sample_data import AS_OF, people
from sample_data.dice import Dice
from sample_data.process import SEED, Case

Row = dict[str, str]

BEACON_CODES: dict[str, str] = {
    "field_operations": "Field Ops",
    "contact_centre": "Contact Centre",
    "client_accounts": "Client Accounts",
    "logistics": "Logistics",
    "technology": "Technology",
    "finance": "Finance",
    "people_and_culture": "People",
    "records_archive": "Archive",
    "harassment": "HAR",
    "client_treatment": "CLI",
    "conflict_of_interest": "COI",
    "discrimination": "DIS",
    "theft_and_fraud": "FRA",
    "health_and_safety": "HSE",
    "data_protection": "GDPR",
    "retaliation": "RET",
    "web_form": "WEB",
    "telephone": "TEL",
    "email": "MAIL",
    "low": "P4",
    "medium": "P3",
    "high": "P2",
    "critical": "P1",
    "substantiated": "Upheld",
    "partly": "Partly upheld",
    "unsubstantiated": "Not upheld",
    "insufficient": "No finding",
    "referred": "Passed on",
    "withdrawn": "Withdrawn",
    "open": "Open",
    "closed": "Closed",
    "": "",
}
CASEBOOK_CODES: dict[str, str] = {
    "field_operations": "4100",
    "contact_centre": "4200",
    "client_accounts": "4300",
    "logistics": "4400",
    "technology": "5100",
    "finance": "5200",
    "people_and_culture": "5300",
    "records_archive": "5900",
    "harassment": "01 Bullying \u2013 harassment",
    "client_treatment": "02 Client \u2013 treatment",
    "conflict_of_interest": "03 Conflict of interest",
    "discrimination": "04 Discrimination",
    "theft_and_fraud": "05 Theft \u2013 fraud",
    "health_and_safety": "06 Health \u2013 safety",
    "data_protection": "07 Data protection",
    "retaliation": "08 Retaliation",
    "manager": "LM",
    "in_person": "HR",
    "email": "EM",
    "letter": "LT",
    "low": "A",
    "medium": "B",
    "high": "C",
    "critical": "D",
    "substantiated": "S",
    "partly": "PS",
    "unsubstantiated": "NS",
    "insufficient": "IE",
    "referred": "RF",
    "withdrawn": "WD",
    "open": "O",
    "closed": "C",
    "escalated": "ESC",
    "investigated": "INV",
    "decided": "DEC",
    "informed": "INF",
    "resolved": "RES",
    "reopened": "REO",
    "": "",
}
BEACON_STEPS: dict[str, str] = {
    "received": "Received",
    "acknowledged": "Acknowledged",
    "triaged": "Triaged",
    "escalated": "Escalated",
    "investigated": "Investigation finished",
    "decided": "Decided",
    "informed": "Reporter told",
    "reopened": "Reopened",
}
CASEBOOK_HISTORY = ("escalated", "investigated", "decided", "informed", "resolved", "reopened")
# Satisfied with the process, and whether they would speak up again.
QUESTIONS = ("Q1", "Q2")
WHO: dict[str, str] = {
    "employee": "E",
    "former_employee": "F",
    "contractor": "S",
    "client": "C",
    "relative": "R",
    "public": "P",
}
# The hour at which each step is noted, so that the steps of one day stand in their order.
HOURS: dict[str, int] = {
    "received": 8,
    "acknowledged": 9,
    "escalated": 10,
    "triaged": 11,
    "reopened": 12,
    "investigated": 13,
    "decided": 14,
    "informed": 15,
    "resolved": 16,
}


def case_number(case: Case) -> str:
    """The case's number in its own system."""
    return f"BH-{case.number:05}" if case.system == "beacon" else f"C{40000 + case.number}"


def british(day: date | None) -> str:
    """`day` as casebook writes it."""
    return day.strftime("%d/%m/%Y") if day else ""


def beacon_row(case: Case) -> Row:
    """The case as the one row that beacon exports."""
    dice = Dice(f"{SEED}/minutes/{case.number}")
    codes, resolved_on = BEACON_CODES, case.resolved_on
    steps = {
        column: _noted(case.last(kind), kind, dice) for kind, column in BEACON_STEPS.items()
    }
    return {
        "Case ref": case_number(case),
        "Department": codes[case.unit],
        "Issue": codes[case.categories[0]],
        "Intake": codes[case.channel],
        "Priority": codes[case.severity],
        "Status": codes["closed" if resolved_on else "open"],
        "Outcome": codes[case.outcome],
        "Incident date": case.incident_on.isoformat() if case.incident_on else "",
        **steps,
        "Closed": _noted(resolved_on, "resolved", dice),
        "Days open": str((resolved_on - case.received_on).days) if resolved_on else "",
        "Anonymous": "N" if case.is_named else "Y",
        "Reporter is": WHO[case.raised_by],
        "Subject": people.subject(case),
        "Handler": people.handler(case),
        "Reporter name": _reporter(case),
        "Summary": f"Invented summary {case.number:05}",
    }


def _noted(day: date | None, kind: str, dice: Dice) -> str:
    minute = dice.whole(0, 59)
    return f"{day.isoformat()}T{HOURS[kind]:02}:{minute:02}" if day else ""


def _reporter(case: Case) -> str:
    return f"Reporter {case.number:04}" if case.is_named else ""


def casebook_rows(case: Case) -> list[Row]:
    """The case as casebook exports it: one row per allegation, the case's columns repeated."""
    codes = CASEBOOK_CODES
    return [
        {
            "Case no": case_number(case),
            "Allegation": str(place),
            "Allegation type": codes[category],
            "Cost centre": codes[case.unit],
            "Route": codes[case.channel],
            "Grade": codes[case.severity],
            "State": codes["closed" if case.resolved_on else "open"],
            "Finding": codes[case.outcome],
            "Date of incident": british(case.incident_on),
            "Date received": british(case.received_on),
            "Date acknowledged": british(case.first("acknowledged")),
            "Date triaged": british(case.first("triaged")),
            "Anonymous": "N" if case.is_named else "Y",
            "Reporter is": WHO[case.raised_by],
            "Person concerned": people.subject(case),
            "Handler": people.handler(case),
            "Reporter name": _reporter(case),
            "Summary": f"Invented summary {case.number:05}",
        }
        for place, category in enumerate(case.categories, start=1)
    ]


@dataclass(frozen=True, slots=True)
class Survey:
    """One survey offered after a case was closed, and what came back for each question."""

    case: Case
    offered_on: date
    answered_on: date | None
    scores: tuple[int | None, int | None]


def survey(case: Case, as_of: date = AS_OF) -> Survey | None:
    """The survey that the case's reporter was offered by the as-of day, if there is one."""
    dice = Dice(f"{SEED}/survey/{case.number}")
    if case.resolved_on is None or not case.is_named:
        return None
    offered_on = case.resolved_on + timedelta(days=14)
    if offered_on > as_of:
        return None
    answered_on = offered_on + timedelta(days=dice.whole(1, 12))
    score = dice.one({1: 5, 2: 7, 3: 10, 4: 46, 5: 32})
    if not dice.happens(0.28) or answered_on > as_of:
        return Survey(case, offered_on, None, (None, None))
    again = dice.one({1: 4, 2: 6, 3: 9, 4: 43, 5: 38})
    return Survey(case, offered_on, answered_on, (score, again))


def beacon_survey_rows(offered: Survey) -> list[Row]:
    """A survey as beacon's survey tool exports it, a row per question; blank: no answer."""
    return [
        {
            "Case ref": case_number(offered.case),
            "Survey sent": offered.offered_on.isoformat(),
            "Survey answered": offered.answered_on.isoformat() if offered.answered_on else "",
            "Question": question,
            "Score": str(score or ""),
        }
        for question, score in zip(QUESTIONS, offered.scores, strict=True)
    ]


def casebook_survey_rows(offered: Survey) -> list[Row]:
    """A survey as casebook exports it, a row per question; blank where nobody answered."""
    return [
        {
            "Case no": case_number(offered.case),
            "Sent": british(offered.offered_on),
            "Returned": british(offered.answered_on),
            "Question": question,
            "Rating": str(score or ""),
        }
        for question, score in zip(QUESTIONS, offered.scores, strict=True)
    ]
