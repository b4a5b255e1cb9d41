"""One entry of a rules file: what each of its keys may hold, refused with a remedy."""

from collections.abc import Iterable, Mapping
from datetime import date, time
from difflib import get_close_matches
from typing import Any

from etl.errors import RuleError
from etl.rules.deadline import ALWAYS, FOR_EVER, UNITS, Length, LengthUnit
from etl.source import FIXED

APPLIES = ("unit", "category", "channel", "severity", "outcome")
# The day of the incident is a field of the case; a clock may start there all the same.
INCIDENT = "incident"

Entry = Mapping[str, Any]


def need(where: str, entry: Entry, keys: Iterable[str], known: Iterable[str]) -> None:
    """Refuse an entry that lacks one of `keys` or holds one that is not `known`."""
    for key in keys:
        if key not in entry:
            raise RuleError(f"{where}: {key} is missing")
    for key in entry:
        if key not in known:
            raise RuleError(f"{where}: {key!r} is not known; use {', '.join(known)}")


def text(where: str, entry: Entry, key: str, *, default: str | None = None) -> str:
    """A text in quotes."""
    told = entry.get(key, default)
    if not isinstance(told, str):
        raise RuleError(f"{where}: {key} must be a text in quotes")
    return told


def texts(where: str, key: str, told: object) -> tuple[str, ...]:
    """A list of texts."""
    if not isinstance(told, list) or not all(isinstance(each, str) for each in told):
        raise RuleError(f'{where}: {key} must be a list of texts, such as ["high"]')
    return tuple(told)


def choice(where: str, entry: Entry, key: str, among: tuple[str, ...]) -> Any:
    """One of a few words; the first of them where the entry says nothing."""
    told = entry.get(key, among[0])
    if told not in among:
        raise RuleError(f"{where}: {key} is one of {', '.join(among)}, not {told!r}")
    return told


def truth(where: str, entry: Entry, key: str) -> bool:
    """True or false; false where the entry says nothing."""
    told = entry.get(key, False)
    if not isinstance(told, bool):
        raise RuleError(f"{where}: {key} is true or false, without quotes")
    return told


def whole(where: str, key: str, told: object) -> int:
    """A whole number, 0 or more."""
    if type(told) is not int or told < 0:
        raise RuleError(f"{where}: {key} must be a whole number of days, 0 or more")
    return told


def kind(where: str, told: object) -> str:
    """A kind of event."""
    if told not in FIXED["kind"]:
        near = get_close_matches(str(told), FIXED["kind"], 1)
        hint = f" (did you mean {near[0]!r}?)" if near else ""
        raise RuleError(
            f"{where}: {told!r} is not a kind of event{hint}; use {', '.join(FIXED['kind'])}"
        )
    return str(told)


def kinds(where: str, key: str, entry: Entry) -> tuple[str, ...]:
    """A list of kinds of event; empty where the entry says nothing."""
    return tuple(kind(where, each) for each in texts(where, key, entry.get(key, [])))


def starts(where: str, told: object) -> tuple[str, ...]:
    """One kind of event or a list of them, or the day of the incident."""
    listed = [told] if isinstance(told, str) else told
    if not isinstance(listed, list) or not listed:
        raise RuleError(f"{where}: from must be a text in quotes, or a list of them")
    return tuple(each if each == INCIDENT else kind(where, each) for each in listed)


def stops(where: str, told: object) -> tuple[tuple[str, ...], ...]:
    """Alternatives that stop a clock; a list within the list is a set that must be whole."""
    listed = [told] if isinstance(told, str) else told
    if not isinstance(listed, list) or not listed:
        raise RuleError(f"{where}: to must be a text in quotes, or a list of them")
    sets = [[each] if isinstance(each, str) else each for each in listed]
    if not all(isinstance(each, list) and each for each in sets):
        raise RuleError(f'{where}: to is written as ["a", "b"] or [["a", "b"], ["c"]]')
    return tuple(tuple(kind(where, name) for name in each) for each in sets)


def length(where: str, entry: Entry) -> Length:
    """The keys within and unit together."""
    unit = text(where, entry, "unit")
    if unit not in UNITS:
        raise RuleError(f"{where}: unit must be {' or '.join(UNITS)}")
    found: LengthUnit = next(known for known in UNITS if known == unit)
    return Length(whole(where, "within", entry.get("within")), found)


def maybe_length(where: str, entry: Entry) -> Length | None:
    """The same, or nothing where neither is there."""
    if "within" not in entry and "unit" not in entry:
        return None
    need(where, entry, ("within", "unit"), entry)
    return length(where, entry)


def table(where: str, key: str, told: object, known: tuple[str, ...]) -> Entry:
    """A table in curly brackets with known keys."""
    if not isinstance(told, dict):
        raise RuleError(f"{where}: write {key} as {{ {known[0]} = ... }}")
    need(f"{where}: {key}", told, (), known)
    return told


def local_time(where: str, key: str, told: object) -> time:
    """A time of the day, written as 17:00."""
    try:
        return time.fromisoformat(told if isinstance(told, str) else "")
    except ValueError as error:
        raise RuleError(f'{where}: {key} is a time of the day, written as "17:00"') from error


def month_day(where: str, key: str, told: object) -> tuple[int, int]:
    """A day of every year, written as 03-31: month and day."""
    try:
        day = date.fromisoformat(f"2023-{told}")
    except ValueError as error:
        raise RuleError(f'{where}: {key} is a day of the year, written as "03-31"') from error
    return day.month, day.day


def in_force(where: str, entry: Entry) -> tuple[date, date]:
    """First day on which the rule is in force, and first day on which it no longer is."""
    days = (entry.get("in_force_from", ALWAYS), entry.get("in_force_until", FOR_EVER))
    # A date and time is a date to Python, but not to a calendar.
    if any(type(day) is not date for day in days):
        raise RuleError(f"{where}: write in_force_from and in_force_until as 2026-03-31")
    if days[0] >= days[1]:
        raise RuleError(f"{where}: in_force_until must be later than in_force_from")
    return days


def applies_to(where: str, told: object) -> Mapping[str, tuple[str, ...]]:
    """What a case must be for the rule to concern it: every field named, one of its values."""
    if not isinstance(told, dict):
        raise RuleError(f'{where}: write applies_to as {{ severity = ["high"] }}')
    for name in told:
        if name not in APPLIES:
            raise RuleError(f"{where}: applies_to knows {', '.join(APPLIES)}, not {name!r}")
    applies = {name: texts(where, f"applies_to {name}", given) for name, given in told.items()}
    for name, given in applies.items():
        for level in given:
            if level not in FIXED.get(name, given):
                raise RuleError(
                    f"{where}: {name} is one of {', '.join(FIXED[name])}, not {level!r}"
                )
    return applies


def share(where: str, told: object) -> float:
    """A share above 0 and up to 1."""
    if type(told) not in {int, float} or not 0 < float(str(told)) <= 1:
        raise RuleError(f"{where}: target is a share, 0.9 for 90 %")
    return float(str(told))
