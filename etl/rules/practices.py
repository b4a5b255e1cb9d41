"""What a programme promises to people, read from `[practices]` of a rules file."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from etl.errors import RuleError
from etl.rules import entries

Demand = Literal[
    "triage", "follow_up", "discipline", "news", "referral", "check_up", "exit", "review",
    "milestone", "harm", "own_decision", "consequence", "evidence", "note", "repeat",
    "workload", "duty", "equal",
]  # fmt: skip

# What an event calls for, by its kind: any of these kinds answers it.
ANSWERS: Mapping[str, tuple[str, ...]] = {
    "safeguard_required": ("safeguard_applied",),
    "red_flag": ("work_paused", "supervisor_authorised"),
    "consent_inconsistent": ("consent_reconfirmed",),
    "coercion_identified": ("rights_conversation",),
    "intermediary_accepted": ("intermediary_contact",),
    "review_requested": ("review_granted",),
    "review_completed": ("outcome_communicated",),
    # Whatever shows that somebody works on the case again.
    "waiting_for_resource": (
        "allocated", "reallocated", "resumed", "investigated", "reinvestigated", "interviewed",
        "decided", "resolved",
    ),
}  # fmt: skip
# Promises that are one number: sort and part, and the kinds of event that keep them. The
# number is days, but where the sort counts something.
_NUMBERS: Mapping[str, tuple[Demand, str, tuple[str, ...]]] = {
    "supervisor_review": ("review", "open_case", ("supervisor_review",)),
    "own_decision": ("own_decision", "review_completed", ("internal_decision",)),
    "consequence": ("consequence", "upheld", ("consequence",)),
    "evidence_sources": ("evidence", "decided", ("evidence_added",)),
    "notes_within": ("note", "note_written", ("note_written",)),
    "coaching_holds": ("repeat", "settled_early", ("coached", "mediated")),
    "cases_per_handler": ("workload", "overloaded_handler", ()),
    "assigned_within": ("workload", "nobody_assigned", ()),
}
_AMOUNTS = ("evidence_sources", "cases_per_handler")
# What tells the person who raised the case something, whether or not it is called an update.
NEWS = ("updated", "acknowledged", "holding_response", "feedback", "informed", "final_response")
# What is planned and done beside the cases, in duties.csv.
DUTIES = ("liaison_meeting", "protocol_review", "training_done")
# What nobody should suffer for having spoken up, or by how a case is handled.
HARMS = ("confidentiality_breach", "retaliation_reported", "adverse_action")

_KEYS = (
    "triage", "follow_up", "conference", "conference_within", "news", "referrals", "check_ups",
    "exit_plan", "supervisor_review", "milestones", "harm", "own_decision", "consequence",
    "evidence_sources", "notes_within", "coaching_holds", "cases_per_handler",
    "assigned_within", "duties", "equal_treatment", "basis", "verified",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Limit:
    """One thing that is demanded, within so many days where there is a limit of time.

    `amount` is how many there must be at least (sources of evidence) or may be at most (open
    cases of one person).
    """

    demand: Demand
    part: str
    days: int | None
    kinds: tuple[str, ...]
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class Practices:
    """Everything that is demanded, in the order in which it is told."""

    limits: tuple[Limit, ...] = ()
    basis: str = ""
    verified: bool = False

    def parts(self, demand: Demand) -> tuple[str, ...]:
        """The names of what is demanded of one sort, each once."""
        return tuple(limit.part for limit in self.limits if limit.demand == demand)


NO_PRACTICES = Practices()


def practices_in(files: Mapping[str, Mapping[str, Any]]) -> Practices:
    """What the rules files, as TOML by name, demand under `[practices]`; or nothing.

    Raises RuleError naming the file, the key and the remedy.
    """
    told = {name: given["practices"] for name, given in files.items() if "practices" in given}
    if len(told) > 1:
        raise RuleError(f"[practices] stands in {' and in '.join(told)}; keep one of them")
    for name, given in told.items():
        return _practices(f"{name}: practices", given)
    return NO_PRACTICES


def as_table(practices: Practices) -> pl.DataFrame:
    """The rows of staging.practice_limits."""
    return pl.DataFrame(
        [
            {
                "demand": limit.demand,
                "part": limit.part,
                "days": limit.days,
                "amount": limit.amount,
                "kinds": list(limit.kinds),
            }
            for limit in practices.limits
        ],
        schema={
            "demand": pl.String,
            "part": pl.String,
            "days": pl.Int32,
            "amount": pl.Int32,
            "kinds": pl.List(pl.String),
        },
    )


def _practices(where: str, told: object) -> Practices:
    if not isinstance(told, dict):
        raise RuleError(f"{where}: write it under [practices], in single brackets")
    entries.need(where, told, ("basis",), _KEYS)
    return Practices(
        limits=(
            *_triage(where, told),
            *_follow_up(where, told),
            *_conference(where, told),
            *_by_party(where, told, "news", "news", NEWS),
            *_by_party(where, told, "referrals", "referral", ("service_started",)),
            *_check_ups(where, told),
            *_exit(where, told),
            *_milestones(where, told),
            *_harm(where, told),
            *_numbers(where, told),
            *_duties(where, told),
            *_equal(where, told),
        ),
        basis=entries.text(where, told, "basis"),
        verified=entries.truth(where, told, "verified"),
    )


def _triage(where: str, told: Mapping[str, Any]) -> list[Limit]:
    acts = entries.kinds(where, "triage", told)
    return [Limit("triage", "triage", None, acts)] if acts else []


def _follow_up(where: str, told: Mapping[str, Any]) -> list[Limit]:
    found = _days_of(where, "follow_up", told)
    for kind in found:
        if kind not in ANSWERS:
            raise RuleError(
                f"{where}: follow_up: nothing is known that answers {kind!r}; there are"
                f" {', '.join(ANSWERS)}; for other kinds write a [[deadline]]"
            )
    return [Limit("follow_up", kind, days, ANSWERS[kind]) for kind, days in found.items()]


def _conference(where: str, told: Mapping[str, Any]) -> list[Limit]:
    names = entries.texts(where, "conference", told.get("conference", []))
    if bool(names) != ("conference_within" in told):
        raise RuleError(
            f'{where}: write conference = ["legal", "ethics"], the disciplines that must be'
            " there, and conference_within, the days until they meet, both or neither"
        )
    if len(set(names)) < len(names):
        raise RuleError(f"{where}: conference names a discipline twice")
    if not names:
        return []
    days = entries.whole(where, "conference_within", told["conference_within"])
    return [Limit("discipline", name, days, ("conference_held",)) for name in names]


def _by_party(
    where: str, told: Mapping[str, Any], key: str, demand: Demand, kinds: tuple[str, ...]
) -> list[Limit]:
    days = _days_of(where, key, told)
    return [Limit(demand, party, limit, kinds) for party, limit in days.items()]


def _check_ups(where: str, told: Mapping[str, Any]) -> list[Limit]:
    days = told.get("check_ups", [])
    if not isinstance(days, list):
        raise RuleError(f"{where}: write check_ups = [30, 60, 90], in days after the receipt")
    found = [entries.whole(where, "check_ups", each) for each in days]
    if found != sorted(set(found)) or 0 in found:
        raise RuleError(f"{where}: check_ups are days after the receipt, the earliest first")
    return [
        Limit("check_up", f"after_{each}_days", each, ("retaliation_check",)) for each in found
    ]


def _exit(where: str, told: Mapping[str, Any]) -> list[Limit]:
    if not entries.truth(where, told, "exit_plan"):
        return []
    return [Limit("exit", "end_of_service", None, ("disengagement_plan",))]


def _milestones(where: str, told: Mapping[str, Any]) -> list[Limit]:
    if not entries.truth(where, told, "milestones"):
        return []
    return [Limit("milestone", "announced_day", None, ("milestone_met",))]


def _harm(where: str, told: Mapping[str, Any]) -> list[Limit]:
    found = _days_of(where, "harm", told)
    for kind in found:
        if kind not in HARMS:
            raise RuleError(
                f"{where}: harm: {kind!r} is not a harm that is watched for; there are"
                f" {', '.join(HARMS)}"
            )
    return [Limit("harm", kind, days, (kind,)) for kind, days in found.items()]


def _duties(where: str, told: Mapping[str, Any]) -> list[Limit]:
    found = _days_of(where, "duties", told)
    for kind in found:
        if kind not in DUTIES:
            raise RuleError(
                f"{where}: duties: {kind!r} is no duty beside cases; there are"
                f" {', '.join(DUTIES)}"
            )
    return [Limit("duty", kind, days, ()) for kind, days in found.items()]


def _equal(where: str, told: Mapping[str, Any]) -> list[Limit]:
    if not entries.truth(where, told, "equal_treatment"):
        return []
    return [Limit("equal", "raised_by", None, ())]


def _numbers(where: str, told: Mapping[str, Any]) -> list[Limit]:
    """The promises of _NUMBERS that are made, in their order."""
    found = []
    for key, (demand, part, kinds) in _NUMBERS.items():
        if key not in told:
            continue
        number = entries.whole(where, key, told[key])
        if key in _AMOUNTS:
            if number == 0:
                raise RuleError(f"{where}: {key} is 1 or more")
            found.append(Limit(demand, part, None, kinds, amount=number))
        else:
            found.append(Limit(demand, part, number, kinds))
    return found


def _days_of(where: str, key: str, told: Mapping[str, Any]) -> dict[str, int]:
    found = told.get(key, {})
    if not isinstance(found, dict):
        raise RuleError(f"{where}: write [practices.{key}] name = days, one a line")
    return {name: entries.whole(where, f"{key}: {name}", days) for name, days in found.items()}
