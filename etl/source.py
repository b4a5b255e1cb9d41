"""A source: what the exports of one case system look like; `etl.description` reads it."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from etl.contract import Contract
from etl.kinds import OF_LAWS, OF_PRACTICES
from etl.readers.layout import Layout

Grain = Literal[
    "case", "allegation", "finding", "event", "feedback", "snapshot", "change", "verdict"
]

# Canonical fields that hold a code, and those whose codes are ours and not the organisation's.
CODED = (
    "unit", "category", "channel", "severity", "outcome", "status", "kind", "level", "verdict",
    "clock", "anonymity", "raised_by", "question", "party",
)  # fmt: skip
# Those of which a code may say nothing: a pending outcome, a step of a log that means nothing.
MAY_BE_SILENT = (
    "unit", "category", "channel", "severity", "outcome", "kind", "anonymity", "raised_by",
)  # fmt: skip
FIXED: dict[str, tuple[str, ...]] = {
    "severity": ("low", "medium", "high", "critical"),
    # From the gravest to the least: a case came to what its gravest finding says.
    "outcome": (
        "substantiated", "partly", "unsubstantiated", "unfounded", "insufficient", "referred",
        "out_of_scope", "withdrawn",
    ),
    # `new`: nobody has looked at it; leaving it is the acknowledgement. `waiting`: time that
    # does not count. The last three end the case.
    "status": ("new", "open", "waiting", "resolved", "closed", "cancelled"),
    "kind": (
        "received", "acknowledged", "triaged", "escalated", "de_escalated", "assigned",
        "reassigned", "investigated", "decided", "informed", "paused", "resumed", "extended",
        "contacted", "resolved", "closed", "cancelled", "reopened", *OF_LAWS,
        *OF_PRACTICES,
    ),
    # At intake: somebody who gives a name later was anonymous all the same.
    "anonymity": ("anonymous", "named"),
    "raised_by": ("employee", "former_employee", "contractor", "client", "relative", "public"),
    # What a survey's score answers: satisfied with the process, or would speak up again.
    "question": ("process", "speak_up_again"),
    # What the source itself says of its own deadline: evidence, never a result of ours.
    "verdict": ("met", "breached", "running"),
}  # fmt: skip

# Dates, people and whole numbers among the canonical fields; the rest are codes and texts.
DATED = (
    "incident_on", "occurred", "until", "offered", "answered", "started", "stopped", "due",
)  # fmt: skip
PEOPLE = ("assignee", "reporter", "subject", "actor")
COUNTS = ("source_days", "source_reopens", "score", "order")

# What a change of a field may mean, and of which fields.
MEANINGS: dict[str, tuple[str, ...]] = {
    "progress": ("status",),
    "escalation": ("severity", "level"),
    "assignment": ("unit", "assignee"),
}

_OF_A_CASE = (
    "unit", "category", "channel", "severity", "outcome", "status", "incident_on", "due",
    "assignee", "reporter", "subject", "source_days", "source_reopens", "verdict", "offered",
    "answered", "score", "anonymity", "raised_by", "question", "alias",
)  # fmt: skip
FIELDS: dict[Grain, tuple[tuple[str, ...], tuple[str, ...]]] = {
    # grain: (fields that must be there, fields that may be)
    "case": (("case_id",), _OF_A_CASE),
    "allegation": (("case_id",), _OF_A_CASE),
    "finding": (("case_id",), ("category", "outcome")),
    "event": (
        ("case_id", "occurred"),
        ("kind", "level", "until", "order", "actor", "party"),
    ),
    "feedback": (("case_id", "score"), ("offered", "answered", "question")),
    "snapshot": (("case_id", "occurred"), (*_OF_A_CASE, "level", "order", "actor")),
    "change": (("case_id", "occurred"), ("before", "after", "text", "order", "actor")),
    "verdict": (("case_id", "verdict"), ("clock", "started", "stopped", "due")),
}  # fmt: skip

# What becomes of rows of one file that tell one case in different ways.
SAME_CASE = ("reject", "last")

# Whether an export holds every case each time, or only what has changed since the last one.
DELIVERIES = ("full", "delta")

_HOURS = re.compile(r"%[-_0]?[HIkl]|%[TRrXcs+]|^epoch")
_DAYS = re.compile(r"%[-_0]?[dejF]|%[DxvU+cs]|^epoch|^excel")
_MONTHS = re.compile(r"%[-_0]?[mbBh]")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands in a row: in the first of `columns` that is filled.

    With `joined` it is all of them put together by that text; `pattern` keeps the part that
    its group `value` matches; with `separator` it is a list, of which the first counts.
    """

    columns: tuple[str, ...]
    joined: str | None = None
    pattern: str | None = None
    separator: str | None = None

    def among(self, have: frozenset[str]) -> tuple[str, ...]:
        """The columns of this place that the file has."""
        return tuple(name for name in self.columns if name in have)

    def is_in(self, have: frozenset[str]) -> bool:
        """Say whether a file with these columns has this place."""
        found = self.among(have)
        return len(found) == len(self.columns) if self.joined is not None else bool(found)


@dataclass(frozen=True, slots=True)
class Step:
    """What a row of a history says, when its columns hold certain values or its text fits.

    It is an event of `kind`, or a change of the canonical field `change` with one of the
    MEANINGS. `when` maps columns to the values they must have; `pattern` is matched against
    the row's text, and its groups `before`, `after` and `occurred` tell the rest. `before` and
    `after` are columns of this step's own, where a row has several.
    """

    when: Mapping[str, tuple[str, ...]]
    pattern: str | None
    kind: str | None
    level: str | None
    change: str | None
    meaning: str | None
    before: str | None
    after: str | None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that this step reads beside those of its row."""
        own = (name for name in (self.before, self.after) if name is not None)
        return (*self.when, *own)


@dataclass(frozen=True, slots=True)
class Writing:
    """How an export writes its values: declared for the whole file, never found per value.

    `dates` are the forms of its dates, and `date_formats` those of single columns; `locale` is
    the language of month names, `zones` the offsets of zone abbreviations, `years_from` where
    the hundred years of two-digit years begin. `durations` is the unit of the source's own.
    `nulls` are texts that say nothing, `sentinels` dates that are none.
    """

    dates: tuple[str, ...]
    date_formats: Mapping[str, tuple[str, ...]]
    locale: str | None
    zones: Mapping[str, str]
    years_from: int | None
    decimal: str
    thousands: str
    durations: tuple[str, ...]
    nulls: tuple[str, ...]
    sentinels: tuple[str, ...]

    def date_forms(self, column: str) -> tuple[str, ...]:
        """The written forms of the dates in `column`."""
        return self.date_formats.get(column, self.dates)


@dataclass(frozen=True, slots=True)
class Export:
    """How one kind of file of a source is laid out; it is recognised by its header.

    `codes` are this export's own, in place of its source's. `also` are exports of the same
    source that stand in the same file, such as the changes inside the issues of a JSON file.
    `required` are the fields and kinds of events whose columns a file must have; None is all of
    them. `whole` maps columns that hold a list to those that say how long it is. `leave_out`
    maps columns to the values by which a row is no case of ours; none of them means any value.
    `may_lack` are those of its columns without which a file has no such row.
    """

    source: str
    name: str
    files: tuple[str, ...]
    layout: Layout
    grain: Grain
    written: Writing
    ignored: tuple[str, ...]
    required: tuple[str, ...] | None
    rejects_allowed: int
    rejects_reason: str
    columns: Mapping[str, Place]
    constants: Mapping[str, str]
    events: Mapping[str, Place]
    further_events: Mapping[str, tuple[str, ...]]
    event_levels: Mapping[str, str]
    event_untils: Mapping[str, Place]
    constant_kind: str | None
    changes: Mapping[str, str]
    steps: tuple[Step, ...]
    findings: tuple[Mapping[str, Place], ...]
    backfilled: tuple[str, ...]
    scale: tuple[int, int]
    scores: Mapping[str, int]
    unanswered: tuple[str, ...]
    unoffered: tuple[str, ...]
    codes: Mapping[str, Mapping[str, str]]
    also: tuple[str, ...]
    contract: Contract = field(default_factory=Contract)
    delivery: str = "undeclared"
    drop_allowed: float = 0.2
    same_case: str = "reject"
    whole: Mapping[str, str] = field(default_factory=dict)
    leave_out: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    may_lack: tuple[str, ...] = ()

    @property
    def dated_steps(self) -> tuple[tuple[str, str, Place], ...]:
        """Every date of a step of a case's row: what it is called, its kind and where it is.

        A step that may come again, such as a second closing, has a column for each time.
        """
        first = ((kind, kind, place) for kind, place in self.events.items())
        again = (
            (f"{kind} {number}", kind, Place((name,)))
            for kind, names in self.further_events.items()
            for number, name in enumerate(names, start=2)
        )
        return (*first, *again)

    @property
    def needed(self) -> tuple[str, ...]:
        """Columns that a file must have; of several that would do, the first."""
        of_fields = (name for place in self._must for name in _lead(place))
        return tuple(dict.fromkeys((*of_fields, *self._told_apart)))

    @property
    def read(self) -> tuple[str, ...]:
        """Every column that is read where the file has it, in the order of the description."""
        of_steps = (name for step in self.steps for name in step.columns)
        of_fields = (name for place in self._places for name in place.columns)
        of_lists = (name for pair in self.whole.items() for name in pair)
        return tuple(dict.fromkeys((*of_fields, *of_steps, *of_lists, *self.leave_out)))

    @property
    def known(self) -> frozenset[str]:
        """Every column name that the description speaks of."""
        return frozenset(self.read) | frozenset(self.ignored)

    @property
    def dated(self) -> frozenset[str]:
        """Columns that hold dates."""
        return frozenset(name for place in self.dates for name in place.columns)

    @property
    def dates(self) -> tuple[Place, ...]:
        """Where its dates stand."""
        of_fields = [self.columns[f] for f in DATED if f in self.columns]
        of_steps = (place for *_, place in self.dated_steps)
        return (*of_steps, *self.event_untils.values(), *of_fields)

    def lacks(self, have: Iterable[str]) -> tuple[str, ...]:
        """Columns that a file with the columns `have` would need and has not."""
        there = frozenset(have)
        lacking = (
            name
            for place in self._must
            if not place.is_in(there)
            for name in _lead(place)
            if name not in there
        )
        applicable = self._steps_in(there)
        # Of a name that no record has, a JSON file says nothing: those steps are not in it.
        told = applicable if applicable and "json" in self.files else self.steps
        conditions = (name for step in told for name in step.when if name not in there)
        apart = (name for name in self._told_apart if name not in there)
        return tuple(dict.fromkeys((*lacking, *conditions, *apart)))

    def named(self, header: Sequence[str]) -> tuple[str, ...]:
        """The same columns, by the description's names where capitals alone differ.

        Data loaders write names in capitals; two columns that differ by them stay as they are.
        """
        folded = Counter(name.casefold() for name in header)
        ours = {name.casefold(): name for name in sorted(self.known - {*header})}
        return tuple(
            ours.get(name.casefold(), name)
            if name not in self.known and folded[name.casefold()] == 1
            else name
            for name in header
        )

    def _steps_in(self, have: Iterable[str]) -> "tuple[Step, ...]":
        return tuple(step for step in self.steps if {*step.when} <= {*have})

    def bound_to(self, header: Iterable[str]) -> "Export":
        """The same, with only those places that a file with these columns has."""
        have = frozenset(header)
        return replace(
            self,
            columns={name: at for name, at in self.columns.items() if at.is_in(have)},
            events={kind: at for kind, at in self.events.items() if at.is_in(have)},
            further_events={
                kind: tuple(name for name in names if name in have)
                for kind, names in self.further_events.items()
            },
            event_untils={k: at for k, at in self.event_untils.items() if at.is_in(have)},
            steps=self._steps_in(have),
            changes={
                n: told for n, told in self.changes.items() if self.columns[n].is_in(have)
            },
            findings=tuple(
                group
                for told in self.findings
                if (group := {name: at for name, at in told.items() if at.is_in(have)})
            ),
        )

    def fields_told(self, header: Iterable[str]) -> tuple[str, ...]:
        """The canonical fields of which a file with these columns speaks, empty or not."""
        return tuple(sorted({*self.bound_to(header).columns, *self.constants}))

    @property
    def _places(self) -> tuple[Place, ...]:
        more = (place for finding in self.findings for place in finding.values())
        of_steps = (place for *_, place in self.dated_steps)
        dates = (*of_steps, *self.event_untils.values())
        return (*self.columns.values(), *dates, *more)

    @property
    def _told_apart(self) -> tuple[str, ...]:
        """Columns without which nobody can say which rows are to be left out."""
        # Records of which none has the column hold no row with anything in it.
        told = (name for name, values in self.leave_out.items() if values)
        return tuple(name for name in told if name not in self.may_lack)

    @property
    def _must(self) -> tuple[Place, ...]:
        named = [*self.columns.items(), *self.events.items()]
        asked = self.required
        return tuple(place for name, place in named if asked is None or name in asked)


@dataclass(frozen=True, slots=True)
class Source:
    """A case system whose exports we can read.

    `own_codes` are the fields whose codes are the organisation's own: a shipped source cannot
    list them, so a workspace does.
    """

    name: str
    title: str
    time_zone: str
    file: str
    codes: Mapping[str, Mapping[str, str]]
    labels: Mapping[str, Mapping[str, str]]
    exports: tuple[Export, ...] = field(default=())
    own_codes: frozenset[str] = frozenset()

    def levels(self, breakdown: str) -> list[str]:
        """Canonical codes that this source may yield for a breakdown, in declared order."""
        if breakdown in FIXED:
            return list(FIXED[breakdown])
        coded = filter(None, self.codes.get(breakdown, {}).values())
        constant = [e.constants[breakdown] for e in self.exports if breakdown in e.constants]
        return list(dict.fromkeys((*coded, *constant)))

    def label(self, breakdown: str, level: str) -> str:
        """The organisation's words for a canonical code."""
        plain = level.replace("_", " ").capitalize()
        return self.labels.get(breakdown, {}).get(level, plain)


def has_hours(form: str) -> bool:
    """Say whether dates written in this form are instants; else they are local days."""
    return _HOURS.search(form) is not None


def precision(form: str) -> str:
    """How exactly a date of this form is told: `instant`, `day`, `month` or `year`."""
    if has_hours(form):
        return "instant"
    if _DAYS.search(form):
        return "day"
    return "month" if _MONTHS.search(form) else "year"


def _lead(place: Place) -> tuple[str, ...]:
    return place.columns if place.joined is not None else place.columns[:1]
