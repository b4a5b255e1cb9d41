"""A source: what the exports of one case system look like; `etl.description` reads it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from etl.kinds import OF_LAWS

Grain = Literal["case", "allegation", "finding", "event", "feedback"]

# Canonical fields that hold a code, and those whose codes are ours and not the organisation's.
CODED = ("unit", "category", "channel", "severity", "outcome", "status", "kind", "level")
FIXED: dict[str, tuple[str, ...]] = {
    "severity": ("low", "medium", "high", "critical"),
    "outcome": (
        "substantiated", "partly", "unsubstantiated", "insufficient", "referred", "withdrawn",
    ),
    "status": ("open", "closed"),
    "kind": (
        "received", "acknowledged", "triaged", "escalated", "assigned", "investigated",
        "decided", "informed", "resolved", "reopened", *OF_LAWS,
    ),
}  # fmt: skip

FIELDS: dict[Grain, tuple[tuple[str, ...], tuple[str, ...]]] = {
    # grain: (fields that must be there, fields that may be)
    "case": (
        ("case_id",),
        ("unit", "category", "channel", "severity", "outcome", "status", "incident_on",
         "source_days"),
    ),
    "allegation": (
        ("case_id",),
        ("unit", "category", "channel", "severity", "outcome", "status", "incident_on",
         "source_days"),
    ),
    "finding": (("case_id",), ("category", "outcome")),
    "event": (("case_id", "occurred"), ("kind", "level")),
    "feedback": (("case_id", "offered", "answered", "score"), ()),
}  # fmt: skip

_HOURS = re.compile(r"%[-_0]?[HIkl]|%[TRrXcs+]")


@dataclass(frozen=True, slots=True)
class Export:
    """How one kind of file of a source is laid out; it is recognised by its header."""

    source: str
    name: str
    files: tuple[str, ...]
    delimiter: str
    encoding: str
    sheet: str | None
    grain: Grain
    dates: str
    date_formats: Mapping[str, str]
    nulls: tuple[str, ...]
    sentinels: tuple[str, ...]
    ignored: tuple[str, ...]
    rejects_allowed: int
    rejects_reason: str
    columns: Mapping[str, str]
    constants: Mapping[str, str]
    events: Mapping[str, str]
    event_levels: Mapping[str, str]
    constant_kind: str | None
    scale: tuple[int, int]

    @property
    def needed(self) -> tuple[str, ...]:
        """Column names that a file of this kind must have, in the order of the description."""
        return tuple(dict.fromkeys((*self.columns.values(), *self.events.values())))

    @property
    def known(self) -> frozenset[str]:
        """Every column name that the description speaks of."""
        return frozenset(self.needed) | frozenset(self.ignored)

    def date_format(self, column: str) -> str:
        """The written form of the dates in `column`."""
        return self.date_formats.get(column, self.dates)


@dataclass(frozen=True, slots=True)
class Source:
    """A case system whose exports we can read."""

    name: str
    title: str
    time_zone: str
    file: str
    codes: Mapping[str, Mapping[str, str]]
    labels: Mapping[str, Mapping[str, str]]
    exports: tuple[Export, ...] = field(default=())

    def levels(self, breakdown: str) -> list[str]:
        """Canonical codes that this source may yield for a breakdown, in declared order."""
        if breakdown in FIXED:
            return list(FIXED[breakdown])
        coded = self.codes.get(breakdown, {}).values()
        constant = [e.constants[breakdown] for e in self.exports if breakdown in e.constants]
        return list(dict.fromkeys((*coded, *constant)))

    def label(self, breakdown: str, level: str) -> str:
        """The organisation's words for a canonical code."""
        plain = level.replace("_", " ").capitalize()
        return self.labels.get(breakdown, {}).get(level, plain)


def has_hours(form: str) -> bool:
    """Say whether dates written in this form are instants; else they are local days."""
    return _HOURS.search(form) is not None
