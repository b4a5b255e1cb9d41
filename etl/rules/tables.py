"""Rules as rows, for the statements that judge every case by every rule at once."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

import polars as pl

from etl.rules.deadline import Deadline, Length
from etl.rules.files import Rules
from etl.rules.route import Route

# Days that no holiday moves: `61_length_ends.sql` makes them, back to 1900.
EVERY_DAY = "every day"

_TEXTS = pl.List(pl.String)
_APPLIES = {
    "units": _TEXTS,
    "categories": _TEXTS,
    "channels": _TEXTS,
    "severities": _TEXTS,
    "outcomes": _TEXTS,
    "in_force_from": pl.Date,
    "in_force_until": pl.Date,
}
RULES: Mapping[str, Any] = {
    "position": pl.Int32,
    "rule": pl.String,
    "from_kind": pl.String,
    "to_kind": pl.String,
    "within": pl.Int64,
    "length_unit": pl.String,
    "length": pl.Int32,
    "calendar": pl.String,
    **_APPLIES,
    "from_receipt": pl.Boolean,
    "earlier_stops": pl.String,
    "fallback_first": pl.Int32,
    "fallback_second": pl.Int32,
    "fallback_when": pl.String,
    "fallback_counted": pl.String,
    "closes": pl.Int32,
    "late_length": pl.Int32,
    "waiting_length": pl.Int32,
    "lifted_length": pl.Int32,
    "year_month": pl.Int32,
    "year_day": pl.Int32,
    "lapse_rules": _TEXTS,
    "lapse_times": pl.Int32,
    "pauses": pl.String,
    "repeats": pl.Boolean,
    "rounds": pl.Boolean,
    "lifts": pl.Boolean,
    "on_request": pl.Boolean,
    "no_earlier": pl.Boolean,
    "whose": pl.String,
    "force": pl.String,
}
STEPS: Mapping[str, Any] = {
    "position": pl.Int32,
    "role": pl.String,
    "alternative": pl.Int32,
    "needed": pl.Int32,
    "kind": pl.String,
    "levels": _TEXTS,
}
LENGTHS: Mapping[str, Any] = {
    "length": pl.Int32,
    "calendar": pl.String,
    "within": pl.Int32,
    "unit": pl.String,
    "same_day": pl.Boolean,
    "rolls": pl.Boolean,
}
EXTENSIONS: Mapping[str, Any] = {
    "position": pl.Int32,
    "extension": pl.Int32,
    "kind": pl.String,
    "counts_from": pl.String,
    "length": pl.Int32,
}
LADDER: Mapping[str, Any] = {"level": pl.String, "rank": pl.Int32}
ROUTES: Mapping[str, Any] = {
    "position": pl.Int32,
    "route": pl.String,
    "demands": _TEXTS,
    "instead_of": _TEXTS,
    **_APPLIES,
}


def tables(rules: Rules, *, calendar: str) -> dict[str, pl.DataFrame]:
    """The rules as staging tables by name; `calendar` is the organisation's own.

    One row per version of a rule, per kind of event that a rule looks at, per length of time
    that some rule counts, per extension, per level of the ladder, and per route.
    """
    lengths = _Lengths(calendar)
    rows = [_row(rule, position, lengths) for position, rule in enumerate(rules.deadlines)]
    extensions = [
        row
        for position, rule in enumerate(rules.deadlines)
        for row in _extensions(rule, position, lengths)
    ]
    steps = [
        {"position": position, **step}
        for position, rule in enumerate(rules.deadlines)
        for step in _steps(rule, rules.ladder)
    ]
    return {
        "rules": pl.DataFrame(rows, schema=RULES),
        "rule_steps": pl.DataFrame(steps, schema=STEPS),
        "lengths": pl.DataFrame(lengths.rows(), schema=LENGTHS),
        "extensions": pl.DataFrame(extensions, schema=EXTENSIONS),
        "ladder": pl.DataFrame(
            [{"level": level, "rank": rank} for rank, level in enumerate(rules.ladder)],
            schema=LADDER,
        ),
        "routes": pl.DataFrame(
            [_route(route, position) for position, route in enumerate(rules.routes)],
            schema=ROUTES,
        ),
    }


def as_table(deadlines: Iterable[Deadline]) -> pl.DataFrame:
    """The deadlines as rows: one per version of a rule, a list null where any value fits."""
    return tables(Rules(tuple(deadlines), ()), calendar="none")["rules"]


class _Lengths:
    """Numbers the different lengths of time that rules count, each once."""

    def __init__(self, calendar: str) -> None:
        self._organisations = calendar
        self._known: dict[tuple[str, int, str, bool, bool], int] = {}

    def calendar(self, rule: Deadline) -> str:
        return rule.calendar or self._organisations

    def number(
        self,
        rule: Deadline,
        length: Length,
        *,
        day_one: Literal["day_after", "same_day"] = "day_after",
        rolls: Literal["rolls", "stays"] = "stays",
    ) -> int:
        idle = length.unit != "working_days" and rolls == "stays"
        within, unit = (
            (12 * length.within, "months") if length.unit == "years" else
            (length.within, length.unit)
        )  # fmt: skip
        key = (
            EVERY_DAY if idle else self.calendar(rule),
            within, unit, day_one == "same_day", rolls == "rolls",
        )  # fmt: skip
        return self._known.setdefault(key, len(self._known))

    def rows(self) -> list[dict[str, object]]:
        names = ("calendar", "within", "unit", "same_day", "rolls")
        return [
            {"length": number, **dict(zip(names, key, strict=True))}
            for key, number in self._known.items()
        ]


def _row(rule: Deadline, position: int, lengths: _Lengths) -> dict[str, object]:
    rolls: Literal["rolls", "stays"] = "stays" if rule.roll == "none" else "rolls"
    return {
        "position": position,
        "rule": rule.name,
        "from_kind": rule.from_kind,
        "to_kind": rule.to_kind,
        "within": rule.within,
        "length_unit": rule.length_unit,
        "length": lengths.number(rule, rule.length, day_one=rule.day_one, rolls=rolls),
        "calendar": lengths.calendar(rule),
        **_applies(rule),
        **_start(rule, lengths),
        **_fallback(rule, lengths, rolls),
        **_stop(rule, lengths),
        "pauses": _pauses(rule),
        "whose": rule.whose,
        "force": rule.force,
    }


def _start(rule: Deadline, lengths: _Lengths) -> dict[str, object]:
    late, waiting = rule.after_hours, rule.waiting
    rolls: Literal["rolls", "stays"] = (
        "rolls" if late and late.counts_as == "next_working_day" else "stays"
    )
    nothing = Length(0, "calendar_days")
    return {
        "from_receipt": _from_receipt(rule),
        "closes": 60 * late.closes.hour + late.closes.minute if late else None,
        "late_length": lengths.number(rule, nothing, rolls=rolls) if late else None,
        "waiting_length": lengths.number(rule, waiting.length) if waiting else None,
        "year_month": rule.year_end[0] if rule.year_end else None,
        "year_day": rule.year_end[1] if rule.year_end else None,
        "lapse_rules": list(rule.lapses.rules) if rule.lapses else None,
        "lapse_times": rule.lapses.times if rule.lapses else None,
        "on_request": bool(rule.on_request),
    }


def _stop(rule: Deadline, lengths: _Lengths) -> dict[str, object]:
    lifted = rule.lifted_by
    sets = any(len(kinds) > 1 for kinds in rule.stops)
    return {
        "earlier_stops": rule.earlier_stops,
        "repeats": rule.repeats,
        # Stops that cannot be told before the start is known.
        "rounds": sets or rule.earlier_stops == "ignored",
        "lifts": lifted is not None,
        "lifted_length": (
            lengths.number(rule, lifted.length) if lifted and lifted.length else None
        ),
        "no_earlier": rule.limit == "no_earlier",
    }


def _applies(rule: Deadline | Route) -> dict[str, object]:
    plural = {
        "unit": "units",
        "category": "categories",
        "channel": "channels",
        "severity": "severities",
        "outcome": "outcomes",
    }
    return {
        **{
            column: list(rule.applies_to[name]) if name in rule.applies_to else None
            for name, column in plural.items()
        },
        "in_force_from": rule.in_force_from,
        "in_force_until": rule.in_force_until,
    }


def _fallback(
    rule: Deadline, lengths: _Lengths, rolls: Literal["rolls", "stays"]
) -> dict[str, object]:
    """Two lengths, one after the other: first from the event of the fallback, then the rest."""
    fallback = rule.fallback
    if fallback is None:
        return {}
    parts = (fallback.length, rule.length)
    if fallback.counted == "after":
        first, second = lengths.number(rule, parts[1]), parts[0]
    else:
        # Where the law moves the end of a period, it moves the end of this one too.
        first, second = lengths.number(rule, parts[0], rolls=rolls), parts[1]
    return {
        "fallback_first": first,
        "fallback_second": lengths.number(rule, second, rolls=rolls),
        "fallback_when": fallback.when,
        "fallback_counted": fallback.counted,
    }


def _pauses(rule: Deadline) -> str | None:
    if len(rule.pauses) > 1:
        return "either"
    return rule.pauses[0] if rule.pauses else None


def _extensions(
    rule: Deadline, position: int, lengths: _Lengths
) -> Iterator[dict[str, object]]:
    """An extension counts from the start or from the day without it; a null length: neither."""
    rolls: Literal["rolls", "stays"] = "stays" if rule.roll == "none" else "rolls"
    for number, extension in enumerate(rule.extensions):
        length, counts_from = extension.length, "start"
        if extension.adds is not None:
            length, counts_from = Length(extension.adds, rule.length.unit), "due"
        day_one = rule.day_one if counts_from == "start" else "day_after"
        yield {
            "position": position,
            "extension": number,
            "kind": extension.event,
            "counts_from": counts_from,
            "length": (
                lengths.number(rule, length, day_one=day_one, rolls=rolls) if length else None
            ),
        }


def _from_receipt(rule: Deadline) -> bool:
    """Most clocks start with the receipt, which every case has among its own fields."""
    return rule.starts == ("received",) and rule.start == "first"


def _steps(rule: Deadline, ladder: tuple[str, ...]) -> Iterator[dict[str, object]]:
    """What each kind of event is to the rule; several kinds may have to come together."""
    high = ladder[ladder.index(rule.to_level) :] if rule.to_level in ladder else None
    stop = "stop" if rule.stop == "first" else "last_stop"
    for number, kinds in enumerate(rule.stops):
        for kind in kinds:
            yield _step(stop, kind, number, len(kinds), high)
            if len(rule.stops) > 1:
                yield _step("one_of_stops", kind, number, len(kinds), high)
    if rule.to_level is not None:
        yield _step("stop_anywhere", rule.to_kind)
    roles = {
        "start" if rule.start == "first" else "last_start": (
            () if _from_receipt(rule) else rule.starts
        ),
        "restart": rule.restarts,
        "fallback": (rule.fallback.from_kind,) if rule.fallback else (),
        "waited": rule.waiting.events if rule.waiting else (),
        "lifted": rule.lifted_by.events if rule.lifted_by else (),
        "requested": rule.on_request,
        "passed": rule.passed_by,
        # What was finished and opened again is not finished.
        "undone": ("reopened",) if rule.stop == "last" and _closes(rule) else (),
    }
    for role, listed in roles.items():
        for kind in listed:
            yield _step(role, kind)


def _closes(rule: Deadline) -> bool:
    return any("resolved" in kinds for kinds in rule.stops)


def _step(
    role: str,
    kind: str,
    alternative: int = 0,
    needed: int = 1,
    levels: tuple[str, ...] | None = None,
) -> dict[str, object]:
    return {
        "role": role,
        "alternative": alternative,
        "needed": needed,
        "kind": kind,
        "levels": list(levels) if levels else None,
    }


def _route(route: Route, position: int) -> dict[str, object]:
    return {
        "position": position,
        "route": route.name,
        "demands": list(route.demands),
        "instead_of": list(route.instead_of),
        **_applies(route),
    }
