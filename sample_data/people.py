"""What is done at Lantern Services for people beside the steps of their case."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sample_data import AS_OF
from sample_data.dice import Dice
from sample_data.planted import GAPS, Gaps
from sample_data.process import SEED, Case

REPORTER, AFFECTED = "reporter", "affected_person"
DISCIPLINES = ("legal", "ethics", "human_resources")
PARTNERS: dict[str, float] = {
    "counselling_partner": 40,
    "legal_aid_partner": 30,
    "housing_partner": 30,
}
EVIDENCE = ("witness", "document", "system_record")
# Of these categories somebody is the victim, who is not always who raised the case.
HARMING = ("client_treatment", "harassment", "discrimination")
SERVING = "client_treatment"


@dataclass(frozen=True, slots=True)
class Act:
    """Something that was done: its kind and day, by whom and for or with whom, where told.

    `until` is the day that was announced, or on which a note of the day was written.
    """

    kind: str
    on: date
    by: str = ""
    party: str = ""
    until: date | None = None


def acts(case: Case, seed: str = SEED, *, gaps: Gaps = GAPS, as_of: date = AS_OF) -> list[Act]:
    """Everything done for people in the case that is noted on the as-of day, in order of day.

    `gaps` are those that are planted.
    """
    topics = (
        _triage, _conflict, _safety, _conference, _news, _referral, _review, _checks,
        _exit, _contact, _deciding, _supervision, _evidence, _rights, _harm, _waiting,
        _notes, _milestone, _guidance, _coaching,
    )  # fmt: skip
    found = [
        act
        for topic in topics
        for act in topic(case, Dice(f"{seed}/{topic.__name__.strip('_')}/{case.number}"), gaps)
        if act.on <= as_of and (act.kind != "note_written" or (act.until or act.on) <= as_of)
    ]
    return sorted(found, key=lambda act: act.on)


def _after(day: date, days: int) -> date:
    return day + timedelta(days=days)


def _is_harming(case: Case) -> bool:
    return case.categories[0] in HARMING


def _is_grave(case: Case) -> bool:
    return case.severity in {"high", "critical"}


def _triage(case: Case, dice: Dice, _: Gaps) -> Iterator[Act]:
    triaged_on = case.first("triaged")
    if triaged_on is None:
        return
    for kind in ("risk_assessed", "consent_reviewed", "ethics_consulted"):
        party = AFFECTED if kind == "consent_reviewed" and _is_harming(case) else ""
        if not dice.happens(0.012):
            yield Act(kind, triaged_on, party=party)
    doubtful, late = dice.happens(0.16), dice.happens(0.04)
    days = dice.whole(18, 30) if late else dice.whole(1, 12)
    if _is_harming(case) and doubtful:
        yield Act("consent_inconsistent", triaged_on)
        yield Act("consent_reconfirmed", _after(triaged_on, days))


def _conflict(case: Case, dice: Dice, gaps: Gaps) -> Iterator[Act]:
    triaged_on, days = case.first("triaged"), dice.whole(0, 4)
    usual, slipping = dice.happens(0.012), dice.happens(0.65)
    if triaged_on is None or case.outcome == "withdrawn" or usual:
        return
    is_planted = case.unit == gaps.unchecked_unit and case.received_on >= gaps.unchecked_from
    if not (is_planted and slipping):
        checked_on = _after(triaged_on, days)
        yield Act("conflict_checked", min(checked_on, case.first("investigated") or checked_on))


def _safety(case: Case, dice: Dice, _: Gaps) -> Iterator[Act]:
    triaged_on = case.first("triaged")
    late, other, days = dice.happens(0.04), dice.happens(0.5), dice.whole(0, 3)
    late_days, decided_in = dice.whole(6, 12), dice.whole(0, 2)
    if triaged_on is None or not _is_grave(case):
        return
    if _is_harming(case):
        yield Act("safeguard_required", triaged_on)
        yield Act("safeguard_applied", _after(triaged_on, late_days if late else days))
    if case.severity == "critical":
        yield Act("red_flag", triaged_on)
        kind = "supervisor_authorised" if other else "work_paused"
        yield Act(kind, _after(triaged_on, decided_in))


def _conference(case: Case, dice: Dice, _: Gaps) -> Iterator[Act]:
    triaged_on, days = case.first("triaged"), dice.whole(3, 12)
    there = [name for name in DISCIPLINES if not dice.happens(0.03)]
    if triaged_on is None or not _is_grave(case):
        return
    yield Act("conference_required", triaged_on)
    for name in there:
        yield Act("conference_held", _after(triaged_on, days), party=name)


def _news(case: Case, dice: Dice, gaps: Gaps) -> Iterator[Act]:
    until = case.resolved_on or AS_OF
    forgotten = {party: dice.happens(0.02) for party in (REPORTER, AFFECTED)}
    silent = dice.happens(0.55)
    for party in (REPORTER, AFFECTED) if _is_harming(case) else (REPORTER,):
        is_planted = party == AFFECTED and case.received_on >= gaps.silent_from
        told_on = _after(case.received_on, dice.whole(25, 40))
        if forgotten[party] or (is_planted and silent):
            told_on = _after(told_on, 60)
        while told_on < until:
            yield Act("updated", told_on, party=party)
            told_on = _after(told_on, dice.whole(28, 40))


def _referral(case: Case, dice: Dice, gaps: Gaps) -> Iterator[Act]:
    triaged_on, referred = case.first("triaged"), dice.happens(0.6)
    partner, days, late = dice.one(PARTNERS), dice.whole(3, 20), dice.happens(0.03)
    refusing = dice.happens(0.75)
    if triaged_on is None or not _is_harming(case) or not referred:
        return
    made_on = _after(triaged_on, dice.whole(0, 6))
    yield Act("referral_made", made_on, party=partner)
    is_planted = partner == gaps.partner and made_on >= gaps.refused_from
    if late or (is_planted and refusing):
        return
    yield Act("referral_accepted", _after(made_on, 1), party=partner)
    yield Act("service_started", _after(made_on, days), party=partner)


def _review(case: Case, dice: Dice, _: Gaps) -> Iterator[Act]:
    informed_on, asked = case.first("informed"), dice.happens(0.06)
    requested, granted = dice.whole(3, 20), dice.whole(2, 10)
    completed, told, late = dice.whole(15, 30), dice.whole(1, 9), dice.happens(0.04)
    undecided = dice.happens(0.03)
    if informed_on is None or not asked:
        return
    day = _after(informed_on, requested)
    yield Act("review_requested", day)
    yield Act("review_granted", day := _after(day, granted))
    yield Act("review_completed", day := _after(day, completed))
    if not undecided:
        yield Act("internal_decision", _after(day, 1))
    yield Act("outcome_communicated", _after(day, told + 20 if late else told))


def _checks(case: Case, dice: Dice, _: Gaps) -> Iterator[Act]:
    for days in (30, 60, 90):
        moved, missed = dice.whole(-4, 6), dice.happens(0.02)
        if case.is_named and not missed:
            yield Act("retaliation_check", _after(case.received_on, days + moved))


def _exit(case: Case, dice: Dice, _: Gaps) -> Iterator[Act]:
    decided_on, ended = case.first("decided"), dice.happens(0.7)
    days, before, unplanned = dice.whole(12, 40), dice.whole(1, 9), dice.happens(0.03)
    is_upheld = case.outcome in {"substantiated", "partly"}
    if decided_on is None or case.categories[0] != SERVING or not (is_upheld and ended):
        return
    ended_on = _after(decided_on, days)
    if not unplanned:
        yield Act("disengagement_plan", _after(ended_on, -before))
    yield Act("alternative_offered", _after(ended_on, -before))
    yield Act("service_ended", ended_on)


def _contact(case: Case, dice: Dice, _: Gaps) -> Iterator[Act]:
    came, days, named = dice.happens(0.32), dice.whole(2, 25), dice.happens(0.1)
    if not case.is_named and came:
        yield Act("contacted", _after(case.received_on, days))
        if named:
            yield Act("named_later", _after(case.received_on, days))


def _deciding(case: Case, dice: Dice, gaps: Gaps) -> Iterator[Act]:
    """Who finished the investigation, and who decided: two people, but where a breach is."""
    investigated_on, decided_on = case.first("investigated"), case.first("decided")
    by, other = dice.whole(1, 24), dice.whole(1, 23)
    usual, breach = dice.happens(0.006), dice.happens(0.6)
    is_planted = case.unit == gaps.one_person_unit and case.received_on >= gaps.one_person_from
    if investigated_on is not None:
        yield Act("investigated", investigated_on, by=_handler(by))
    if decided_on is not None:
        is_same = usual or (is_planted and breach)
        decider = by if is_same else (by + other - 1) % 24 + 1
        yield Act("decided", decided_on, by=_handler(decider))


def _supervision(case: Case, dice: Dice, _: Gaps) -> Iterator[Act]:
    looked_on, forgotten = _after(case.received_on, dice.whole(12, 27)), dice.happens(0.03)
    if forgotten:
        looked_on = _after(looked_on, 30)
    while looked_on < (case.resolved_on or AS_OF):
        yield Act("supervisor_review", looked_on)
        looked_on = _after(looked_on, dice.whole(20, 29))


def _evidence(case: Case, dice: Dice, _: Gaps) -> Iterator[Act]:
    """What the investigation rests on, and what came of it for whoever did wrong."""
    triaged_on, investigated_on = case.first("triaged"), case.first("investigated")
    sources = dice.several(list(EVIDENCE), dice.one({1: 3, 2: 62, 3: 35}))
    before = [dice.whole(0, 6) for _ in sources]
    days, spared = dice.whole(2, 15), dice.happens(0.03)
    if triaged_on is not None and investigated_on is not None:
        for source, each in zip(sources, before, strict=True):
            added_on = max(_after(investigated_on, -each), triaged_on)
            yield Act("evidence_added", added_on, party=source)
    decided_on = case.first("decided")
    if decided_on and case.outcome in {"substantiated", "partly"} and not spared:
        yield Act("consequence", _after(decided_on, days))


def _waiting(case: Case, dice: Dice, gaps: Gaps) -> Iterator[Act]:
    """Cases for which nobody has time at first."""
    triaged_on, some, many = case.first("triaged"), dice.happens(0.08), dice.happens(0.6)
    days, late = dice.whole(1, 12), dice.happens(0.03)
    is_planted = case.unit == gaps.waiting_unit and case.received_on >= gaps.waiting_from
    if triaged_on is None or case.outcome == "withdrawn" or not (many if is_planted else some):
        return
    yield Act("waiting_for_resource", _after(triaged_on, 2))
    if not is_planted:
        yield Act("allocated", _after(triaged_on, 2 + (days + 14 if late else days)))


def _notes(case: Case, dice: Dice, _: Gaps) -> Iterator[Act]:
    for kind in ("triaged", "investigated"):
        noted_on, late = case.first(kind), dice.happens(0.012)
        days = dice.whole(6, 14) if late else dice.whole(0, 2)
        if noted_on is not None:
            yield Act("note_written", noted_on, until=_after(noted_on, days))


def _milestone(case: Case, dice: Dice, _: Gaps) -> Iterator[Act]:
    """Whoever raised the case is told by when they will hear how it goes on."""
    triaged_on, told, late = case.first("triaged"), dice.happens(0.3), dice.happens(0.03)
    days = dice.whole(35, 50) if late else dice.whole(15, 29)
    if triaged_on is not None and case.is_named and told:
        yield Act("milestone_announced", triaged_on, until=_after(triaged_on, 30))
        yield Act("milestone_met", _after(triaged_on, days))


def _guidance(case: Case, dice: Dice, _: Gaps) -> Iterator[Act]:
    if dice.happens(0.06):
        yield Act("guidance_sought", case.received_on)


def _coaching(case: Case, dice: Dice, _: Gaps) -> Iterator[Act]:
    decided_on, early = case.first("decided"), dice.happens(0.4)
    is_upheld = case.outcome in {"substantiated", "partly"}
    if decided_on is not None and case.severity == "low" and is_upheld and early:
        yield Act("coached", _after(decided_on, 3))


def _rights(case: Case, dice: Dice, _: Gaps) -> Iterator[Act]:
    triaged_on, coerced, late = case.first("triaged"), dice.happens(0.3), dice.happens(0.03)
    days, accepted, contact = dice.whole(0, 6), dice.happens(0.5), dice.whole(2, 12)
    if triaged_on is None or case.categories[0] != SERVING or not coerced:
        return
    told_on = _after(triaged_on, days + 12 if late else days)
    yield Act("coercion_identified", triaged_on, party=AFFECTED)
    yield Act("rights_conversation", told_on, party=AFFECTED)
    yield Act("intermediary_offered", told_on, party=AFFECTED)
    if accepted:
        yield Act("intermediary_accepted", told_on, party=AFFECTED)
        yield Act("intermediary_contact", _after(told_on, contact), party=AFFECTED)


def _harm(case: Case, dice: Dice, _: Gaps) -> Iterator[Act]:
    suffers, dismissed, breach = dice.happens(0.012), dice.happens(0.3), dice.happens(0.004)
    days, later, broken = dice.whole(15, 160), dice.whole(5, 60), dice.whole(3, 40)
    if case.is_named and suffers:
        yield Act("retaliation_reported", _after(case.received_on, days))
        if dismissed:
            yield Act("adverse_action", _after(case.received_on, days + later))
    if breach:
        yield Act("confidentiality_breach", _after(case.received_on, broken))


def handler(case: Case, seed: str = SEED) -> str:
    """Who has the case, from its triage on."""
    number = Dice(f"{seed}/handler/{case.number}").whole(1, 24)
    return _handler(number) if case.first("triaged") else ""


def subject(case: Case, seed: str = SEED) -> str:
    """Whom the case is about, as a number; a few people are the subject of several cases."""
    return f"S{Dice(f'{seed}/subject/{case.number}').whole(1, 20_000):05}"


def _handler(number: int) -> str:
    return f"H{number:02}"
