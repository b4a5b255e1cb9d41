"""A source: what the exports of one case system look like, read from one TOML file."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from etl.errors import SourceError

SHIPPED = Path(__file__).parent / "sources"

Grain = Literal["case", "allegation", "finding", "event", "feedback"]

# Canonical fields that hold a code, and those whose codes are ours and not the organisation's.
CODED = ("unit", "category", "channel", "severity", "outcome", "status", "kind")
FIXED: dict[str, tuple[str, ...]] = {
    "severity": ("low", "medium", "high", "critical"),
    "outcome": (
        "substantiated", "partly", "unsubstantiated", "insufficient", "referred", "withdrawn",
    ),
    "status": ("open", "closed"),
    "kind": (
        "received", "acknowledged", "triaged", "escalated", "assigned", "investigated",
        "decided", "informed", "resolved", "reopened",
    ),
}  # fmt: skip

_FIELDS: dict[Grain, tuple[tuple[str, ...], tuple[str, ...]]] = {
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


def read_source(path: Path) -> Source:
    """Read one source description.

    Raises SourceError naming the file, the key and the remedy.
    """
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SourceError(f"{path.name}: not valid TOML: {error}") from error
    for key in ("name", "title", "time_zone", "exports"):
        if key not in told:
            raise SourceError(f"{path.name}: {key} is missing; add it at the top of the file")
    _check_zone(path.name, told["time_zone"])
    codes = told.get("codes", {})
    _check_codes(path.name, codes)
    exports = tuple(
        _export(path.name, told["name"], name, layout, codes)
        for name, layout in told["exports"].items()
    )
    return Source(
        name=told["name"],
        title=told["title"],
        time_zone=told["time_zone"],
        file=path.name,
        codes=codes,
        labels=told.get("labels", {}),
        exports=exports,
    )


def read_sources(*folders: Path) -> dict[str, Source]:
    """Read every source of the folders; a later folder's source replaces an earlier one's."""
    paths = (path for folder in folders for path in sorted(folder.glob("*.toml")))
    return {source.name: source for source in map(read_source, paths)}


def recognise(
    sources: Iterable[Source], header: tuple[str, ...], *, file_name: str
) -> tuple[Source, Export]:
    """Find the one description whose columns the header holds.

    Raises SourceError where none fits (naming what the nearest lacks) or several do.
    """
    pairs = [(source, export) for source in sources for export in source.exports]
    have = frozenset(header)
    fitting = [pair for pair in pairs if have.issuperset(pair[1].needed)]
    if not fitting:
        raise SourceError(_no_fit(pairs, have, file_name))
    most = max(len(export.known & have) for _, export in fitting)
    best = [pair for pair in fitting if len(pair[1].known & have) == most]
    if len(best) > 1:
        names = " or ".join(f"{source.name} ({export.name})" for source, export in best)
        raise SourceError(f"{file_name} line 1: could be {names}; say which with --source")
    return best[0]


def _no_fit(pairs: list[tuple[Source, Export]], have: frozenset[str], file_name: str) -> str:
    if not pairs:
        return f"{file_name}: no source is described; add one to the workspace's sources/"
    source, export = max(pairs, key=lambda pair: _likeness(pair[1], have))
    lacking = [name for name in export.needed if name not in have]
    if len(lacking) == len(export.needed):
        return (
            f"{file_name} line 1: no known source has these columns; describe the system in"
            " the workspace's sources/ folder, or name one with --source"
        )
    unknown = sorted(have - export.known)
    hint = f"; the file has {_listed(unknown)} which it does not know" if unknown else ""
    return (
        f"{file_name} line 1: column {_listed(lacking)} is missing, which source"
        f" {source.name} ({export.name}) needs{hint}; export it again with that column, or"
        f" correct {source.file}"
    )


def _likeness(export: Export, have: frozenset[str]) -> tuple[float, int]:
    shared = len(have & frozenset(export.needed))
    return shared / len(export.needed), shared


def _listed(names: list[str]) -> str:
    return ", ".join(repr(name) for name in names[:5]) + (" and more" if names[5:] else "")


def _check_zone(file: str, zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SourceError(f"{file}: time_zone {zone!r} is not a time zone's name") from error


def _check_codes(file: str, codes: Mapping[str, Mapping[str, str]]) -> None:
    for name, table in codes.items():
        if name not in CODED:
            raise SourceError(f"{file}: [codes.{name}] is not one of {', '.join(CODED)}")
        for code, canonical in table.items():
            if name in FIXED and canonical not in FIXED[name]:
                raise SourceError(
                    f"{file}: [codes.{name}] {code!r} = {canonical!r} is not one of"
                    f" {', '.join(FIXED[name])}"
                )


def _export(
    file: str, source: str, name: str, layout: Mapping[str, Any], codes: Mapping[str, object]
) -> Export:
    grain = layout.get("grain")
    if grain not in _FIELDS:
        raise SourceError(f"{file}: [exports.{name}] grain must be one of {', '.join(_FIELDS)}")
    columns = layout.get("columns", {})
    _check_columns(file, name, cast("Grain", grain), columns, codes)
    events = layout.get("events", {})
    for kind in (*events, *([layout["constant_kind"]] if "constant_kind" in layout else [])):
        if kind not in FIXED["kind"]:
            raise SourceError(f"{file}: [exports.{name}] {kind!r} is not a kind of event")
    if grain in {"case", "allegation"} and "received" not in events:
        raise SourceError(f"{file}: [exports.{name}.events] must say when a case is received")
    if layout.get("rejects_allowed", 0) > 0 and not layout.get("rejects_reason"):
        raise SourceError(f"{file}: [exports.{name}] rejects_allowed needs a rejects_reason")
    low, high = layout.get("scale", (1, 5))
    return Export(
        source=source,
        name=name,
        files=tuple(layout.get("files", ("csv", "tsv", "xlsx"))),
        delimiter=layout.get("delimiter", "detect"),
        encoding=layout.get("encoding", "detect"),
        sheet=layout.get("sheet"),
        grain=cast("Grain", grain),
        dates=layout.get("dates", "%Y-%m-%d"),
        date_formats=layout.get("date_formats", {}),
        nulls=tuple(layout.get("nulls", ("",))),
        sentinels=tuple(layout.get("sentinels", ())),
        ignored=tuple(layout.get("ignored", ())),
        rejects_allowed=layout.get("rejects_allowed", 0),
        rejects_reason=layout.get("rejects_reason", ""),
        columns=columns,
        constants=layout.get("constants", {}),
        events=events,
        event_levels=layout.get("event_levels", {}),
        constant_kind=layout.get("constant_kind"),
        scale=(low, high),
    )


def _check_columns(
    file: str, name: str, grain: Grain, columns: Mapping[str, str], codes: Mapping[str, object]
) -> None:
    must, may = _FIELDS[grain]
    for wanted in must:
        if wanted not in columns:
            raise SourceError(f"{file}: [exports.{name}.columns] {wanted} is missing")
    for given in columns:
        if given not in (*must, *may):
            raise SourceError(
                f"{file}: [exports.{name}.columns] {given!r} is not a field of a {grain} row;"
                f" use {', '.join((*must, *may))}"
            )
        if given in CODED and given not in codes:
            raise SourceError(
                f"{file}: {given!r} is read, so it needs its table [codes.{given}]"
            )
