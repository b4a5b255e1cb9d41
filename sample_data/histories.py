"""The event histories of the two systems: one row per event, with its kind as a code."""

from collections.abc import Iterable
from datetime import date

from sample_data import AS_OF
from sample_data.dice import Dice
from sample_data.layouts import (
    CASEBOOK_CODES,
    CASEBOOK_HISTORY,
    HOURS,
    Row,
    british,
    case_number,
)
from sample_data.people import Act, acts
from sample_data.process import SEED, Case

# Whether it is a step of the case or something done for people, both systems say it alike.
CODES: dict[str, str] = {
    **{kind: CASEBOOK_CODES[kind] for kind in CASEBOOK_HISTORY},
    "risk_assessed": "RSK",
    "consent_reviewed": "CON",
    "ethics_consulted": "ETH",
    "consent_inconsistent": "CNI",
    "consent_reconfirmed": "CNR",
    "conflict_checked": "COI",
    "safeguard_required": "SGR",
    "safeguard_applied": "SGA",
    "red_flag": "FLG",
    "work_paused": "PAU",
    "supervisor_authorised": "AUT",
    "conference_required": "CFR",
    "conference_held": "CFH",
    "updated": "UPD",
    "referral_made": "REF",
    "referral_accepted": "RAC",
    "service_started": "SRV",
    "review_requested": "RVR",
    "review_granted": "RVG",
    "review_completed": "RVC",
    "outcome_communicated": "RVT",
    "retaliation_check": "CHK",
    "disengagement_plan": "PLN",
    "alternative_offered": "ALT",
    "service_ended": "END",
    "contacted": "REP",
    "named_later": "NAM",
    "supervisor_review": "SUP",
    "evidence_added": "EVI",
    "internal_decision": "IND",
    "consequence": "CSQ",
    "coercion_identified": "COE",
    "rights_conversation": "RIT",
    "intermediary_offered": "IMO",
    "intermediary_accepted": "IMA",
    "intermediary_contact": "IMC",
    "retaliation_reported": "RET",
    "adverse_action": "ADV",
    "confidentiality_breach": "BRE",
    "waiting_for_resource": "WRE",
    "allocated": "ALO",
    "note_written": "NOT",
    "milestone_announced": "MSA",
    "milestone_met": "MSM",
    "guidance_sought": "GUI",
    "coached": "COA",
}
PARTIES: dict[str, str] = {
    "": "",
    "reporter": "RP",
    "affected_person": "AP",
    "legal": "LEG",
    "ethics": "ETH",
    "human_resources": "HRD",
    "counselling_partner": "P1",
    "legal_aid_partner": "P2",
    "housing_partner": "P3",
    "witness": "WIT",
    "document": "DOC",
    "system_record": "SYS",
}
BEACON_HEADER = ("Case ref", "Event", "At", "By", "For", "Until")
CASEBOOK_HEADER = ("Case no", "Event", "Event date", "By", "For", "Until")
# What beacon notes in the columns of its cases, its history repeats with who did it.
_REPEATED = {"investigated": "Investigation finished", "decided": "Decided"}
_FIRST_HOUR = 12


def beacon_history(
    cases: Iterable[Case], rows: Iterable[Row], as_of: date = AS_OF
) -> list[Row]:
    """Beacon's history; `rows` are its cases as exported, whose instants it repeats."""
    exported = {row["Case ref"]: row for row in rows}
    found = [
        (_instant(act, case, exported[case_number(case)]), case_number(case), act)
        for case in cases
        if case_number(case) in exported
        for act in acts(case, as_of=as_of)
    ]
    kept = sorted(
        (each for each in found if each[0]),
        key=lambda each: (each[0], each[1], CODES[each[2].kind]),
    )
    return [
        dict(zip(BEACON_HEADER, (number, *_told(act, instant)), strict=True))
        for instant, number, act in kept
    ]


def _instant(act: Act, case: Case, row: Row) -> str:
    if act.kind in _REPEATED:
        noted = row[_REPEATED[act.kind]]
        # A step that the export dates before its receipt is wrong there, and here left out.
        return noted if noted >= row["Received"] else ""
    dice = Dice(f"{SEED}/hour/{case.number}/{act.kind}/{act.on}")
    return f"{act.on.isoformat()}T{_FIRST_HOUR}:{dice.whole(0, 59):02}"


def _told(act: Act, instant: str) -> tuple[str, str, str, str, str]:
    until = act.until.isoformat() if act.until else ""
    return CODES[act.kind], instant, act.by, PARTIES[act.party], until


def casebook_history(cases: Iterable[Case], as_of: date = AS_OF) -> list[Row]:
    """Casebook's history in the order of the days."""
    found = [
        (
            day,
            HOURS.get(kind, _FIRST_HOUR),
            case.number,
            CODES[kind],
            case_number(case),
            by,
            party,
            until,
        )
        for case in cases
        for kind, day, by, party, until in _of_casebook(case, as_of)
    ]
    return [
        dict(zip(CASEBOOK_HEADER, (number, code, british(day), by, party, until), strict=True))
        for day, _, _, code, number, by, party, until in sorted(found)
    ]


def _of_casebook(case: Case, as_of: date) -> list[tuple[str, date, str, str, str]]:
    done = acts(case, as_of=as_of)
    by = {act.kind: act.by for act in done if act.kind in _REPEATED}
    steps = [
        (kind, day, by.get(kind, ""), "", "")
        for kind, day in case.steps
        if kind in CASEBOOK_HISTORY and day <= as_of
    ]
    others = [
        (act.kind, act.on, act.by, PARTIES[act.party], british(act.until))
        for act in done
        if act.kind not in _REPEATED
    ]
    return [*steps, *others]
