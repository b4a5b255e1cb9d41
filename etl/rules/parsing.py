"""From an entry of a rules file to a deadline."""

from collections.abc import Mapping
from typing import Any

from etl.errors import RuleError
from etl.rules import entries
from etl.rules.deadline import (
    AfterHours,
    Deadline,
    Extension,
    Fallback,
    Lapses,
    Lift,
    Waiting,
)
from etl.rules.entries import Entry

MUST = ("name", "title", "from", "to", "within", "unit", "basis")
KNOWN = (
    *MUST, "applies_to", "passed_by", "in_force_from", "in_force_until", "verified",
    "jurisdiction", "owner", "target", "force", "start", "stop", "earlier_stops", "day_one",
    "after_hours", "roll", "calendar", "pauses", "restarts", "extensions", "fallback",
    "lifted_by", "on_request", "year_end", "waiting", "lapses", "repeats", "limit", "whose",
    "to_level",
)  # fmt: skip
# To change one of these is to change what the law says: no longer verified.
SUBSTANCE = frozenset(KNOWN) - {
    "name", "title", "basis", "applies_to", "passed_by", "owner", "target", "verified", "to",
    "calendar", "in_force_from", "in_force_until",
}  # fmt: skip
PAUSES = ("paused", "closed")


def deadline(file: str, entry: Entry, *, preset: str = "") -> Deadline:
    """Read one [[deadline]]. Raises RuleError naming the file, the entry and the remedy."""
    where = f"{file}: deadline {entry.get('name', 'without a name')!r}"
    entries.need(where, entry, MUST, KNOWN)
    first, until = entries.in_force(where, entry)
    rule = Deadline(
        name=entries.text(where, entry, "name"),
        title=entries.text(where, entry, "title"),
        starts=entries.starts(where, entry["from"]),
        stops=entries.stops(where, entry["to"]),
        length=entries.length(where, entry),
        applies_to=entries.applies_to(where, entry.get("applies_to", {})),
        passed_by=entries.kinds(where, "passed_by", entry),
        in_force_from=first,
        in_force_until=until,
        basis=entries.text(where, entry, "basis"),
        verified=entries.truth(where, entry, "verified"),
        force=entries.choice(where, entry, "force", ("binding", "advisory")),
        jurisdiction=entries.text(where, entry, "jurisdiction", default=""),
        owner=entries.text(where, entry, "owner", default=""),
        target=entries.share(where, entry["target"]) if "target" in entry else None,
        preset=preset,
        **_start(where, entry),
        **_stop(where, entry),
        **_end(where, entry),
    )
    _agree(where, rule)
    return rule


def _start(where: str, entry: Entry) -> dict[str, Any]:
    return {
        "start": entries.choice(where, entry, "start", ("first", "last")),
        "day_one": entries.choice(where, entry, "day_one", ("day_after", "same_day")),
        "after_hours": _optional(where, entry, "after_hours", _after_hours),
        "restarts": entries.kinds(where, "restarts", entry),
        "fallback": _optional(where, entry, "fallback", _fallback),
        "on_request": entries.kinds(where, "on_request", entry),
        "year_end": (
            entries.month_day(where, "year_end", entry["year_end"])
            if "year_end" in entry
            else None
        ),
        "waiting": _optional(where, entry, "waiting", _waiting),
        "lapses": _optional(where, entry, "lapses", _lapses),
    }


def _stop(where: str, entry: Entry) -> dict[str, Any]:
    rounds = bool(entry.get("restarts") or entry.get("repeats") or entry.get("start") == "last")
    # An escalation that was done before it was demanded fulfils the demand.
    usual = "count" if {"waiting", "lapses"} & entry.keys() else "out_of_order"
    ways = ("out_of_order", "ignored", "count")
    told = {"earlier_stops": "ignored" if rounds else usual, **entry}
    return {
        "stop": entries.choice(where, entry, "stop", ("first", "last")),
        "earlier_stops": entries.choice(where, told, "earlier_stops", ways),
        "repeats": entries.truth(where, entry, "repeats"),
        "limit": entries.choice(where, entry, "limit", ("no_later", "no_earlier")),
        "whose": entries.choice(where, entry, "whose", ("organisation", "reporter")),
        "to_level": entries.text(where, entry, "to_level") if "to_level" in entry else None,
    }


def _end(where: str, entry: Entry) -> dict[str, Any]:
    pauses = entries.texts(where, "pauses", entry.get("pauses", []))
    for pause in pauses:
        if pause not in PAUSES:
            raise RuleError(f"{where}: pauses knows {', '.join(PAUSES)}, not {pause!r}")
    extensions = entry.get("extensions", [])
    if not isinstance(extensions, list):
        raise RuleError(f'{where}: write extensions as [{{ event = "extended", ... }}]')
    return {
        "roll": entries.choice(where, entry, "roll", ("none", "next_working_day")),
        "calendar": entries.text(where, entry, "calendar") if "calendar" in entry else None,
        "pauses": pauses,
        "extensions": tuple(_extension(where, each) for each in extensions),
        "lifted_by": _optional(where, entry, "lifted_by", _lift),
    }


def _optional(where: str, entry: Entry, key: str, read: Any) -> Any:
    return read(where, entry[key]) if key in entry else None


def _after_hours(where: str, told: object) -> AfterHours:
    entry = entries.table(where, "after_hours", told, ("closes", "counts_as"))
    return AfterHours(
        closes=entries.local_time(where, "after_hours closes", entry.get("closes")),
        counts_as=entries.choice(where, entry, "counts_as", ("next_day", "next_working_day")),
    )


def _extension(where: str, told: object) -> Extension:
    entry = entries.table(where, "extensions", told, ("event", "within", "unit", "adds"))
    length = entries.maybe_length(f"{where}: extensions", entry)
    adds = entries.whole(where, "adds", entry["adds"]) if "adds" in entry else None
    if length and adds is not None:
        raise RuleError(f"{where}: an extension has within and unit, or adds, not both")
    return Extension(entries.kind(where, entry.get("event", "extended")), length, adds)


def _fallback(where: str, told: object) -> Fallback:
    entry = entries.table(
        where, "fallback", told, ("from", "within", "unit", "when", "counted")
    )
    return Fallback(
        from_kind=entries.kind(where, entry.get("from", "received")),
        length=_length_of_days(f"{where}: fallback", entry),
        when=entries.choice(where, entry, "when", ("not_done", "not_in_time")),
        counted=entries.choice(where, entry, "counted", ("before", "after")),
    )


def _lift(where: str, told: object) -> Lift:
    entry = entries.table(where, "lifted_by", told, ("events", "within", "unit"))
    found = entries.kinds(f"{where}: lifted_by", "events", entry)
    if not found:
        raise RuleError(f"{where}: lifted_by needs events")
    length = _length_of_days(f"{where}: lifted_by", entry) if "within" in entry else None
    return Lift(found, length)


def _waiting(where: str, told: object) -> Waiting:
    entry = entries.table(where, "waiting", told, ("for", "within", "unit"))
    found = entries.kinds(f"{where}: waiting", "for", entry) or ("resolved",)
    return Waiting(_length_of_days(f"{where}: waiting", entry), found)


def _lapses(where: str, told: object) -> Lapses:
    entry = entries.table(where, "lapses", told, ("rules", "times"))
    times = entries.whole(where, "lapses times", entry.get("times", 1))
    rules = entries.texts(where, "lapses rules", entry.get("rules"))
    if times < 1 or not rules:
        raise RuleError(f"{where}: lapses needs rules, and times of 1 or more")
    return Lapses(rules, times)


def _length_of_days(where: str, entry: Entry) -> Any:
    entries.need(where, entry, ("within", "unit"), entry)
    length = entries.length(where, entry)
    if length.unit == "hours":
        raise RuleError(f"{where}: unit is one of days, weeks or longer here, not hours")
    return length


def _agree(where: str, rule: Deadline) -> None:
    """Refuse what does not go together, with the reason."""
    hours = rule.length.unit == "hours"
    amiss: Mapping[str, bool] = {
        "a length in hours knows no day_one, roll, after_hours, fallback, waiting, lapses,"
        " extensions or year_end": hours
        and bool(
            rule.day_one == "same_day" or rule.roll != "none" or rule.after_hours
            or rule.fallback or rule.waiting or rule.lapses or rule.year_end
            or rule.extensions
        ),
        "to_level is for a deadline whose to is escalated": bool(
            rule.to_level and rule.stops != (("escalated",),)
        ),
        "a set in to cannot be combined with repeats or stop = last": any(
            len(kinds) > 1 for kinds in rule.stops
        )
        and (rule.repeats or rule.stop == "last"),
        "stop = last cannot be combined with what lets only later stops count: restarts,"
        " repeats, start = last": rule.stop == "last" and rule.earlier_stops == "ignored",
        "hours end with the first stop: no stop = last, no sets in to": hours
        and (rule.stop == "last" or any(len(kinds) > 1 for kinds in rule.stops)),
        "owner is missing beside target": rule.target is not None and not rule.owner,
        "lapses cannot be combined with pauses, extensions, repeats, restarts, fallback,"
        " waiting, after_hours, year_end, stop, lifted_by or on_request": rule.lapses
        is not None
        and bool(
            rule.pauses or rule.extensions or rule.repeats or rule.restarts or rule.fallback
            or rule.waiting or rule.after_hours or rule.year_end or rule.stop == "last"
            or rule.lifted_by or rule.on_request
        ),
    }  # fmt: skip
    for reason, found in amiss.items():
        if found:
            raise RuleError(f"{where}: {reason}")
