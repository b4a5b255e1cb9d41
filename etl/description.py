"""Read the description of a source from its TOML file, and refuse what is amiss in it."""

import re
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl

from etl.errors import SourceError
from etl.source import CODED, DELIVERIES, FIELDS, FIXED, Export, Grain, Source, has_hours

SHIPPED = Path(__file__).parent / "sources"

_LAYOUT = (
    "files", "delimiter", "encoding", "sheet", "grain", "dates", "date_formats", "nulls",
    "sentinels", "ignored", "rejects_allowed", "rejects_reason", "columns", "constants",
    "events", "event_levels", "constant_kind", "scale", "delivery", "drop_allowed",
)  # fmt: skip
_LISTS = ("files", "nulls", "sentinels", "ignored")
_TABLES = ("date_formats", "columns", "constants", "events", "event_levels")
_CODE = re.compile(r"[a-z][a-z0-9_]*")


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
    found: dict[str, tuple[Path, Source]] = {}
    for path in paths:
        source = read_source(path)
        before = found.get(source.name)
        if before is not None and before[0].parent == path.parent:
            raise SourceError(
                f"{path.name}: {before[0].name} describes a source called {source.name!r} too;"
                " give one of them another name"
            )
        found[source.name] = (path, source)
    return {name: source for name, (_, source) in found.items()}


def _check_zone(file: str, zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError) as error:
        raise SourceError(f"{file}: time_zone {zone!r} is not a time zone's name") from error


def _check_codes(file: str, codes: Mapping[str, Mapping[str, object]]) -> None:
    for name, table in codes.items():
        if name not in CODED:
            raise SourceError(f"{file}: [codes.{name}] is not one of {', '.join(CODED)}")
        for code, canonical in table.items():
            if not isinstance(canonical, str) or not _CODE.fullmatch(canonical):
                raise SourceError(
                    f"{file}: [codes.{name}] {code!r} = {canonical!r} is not a code of ours;"
                    " write it in small letters, digits and _"
                )
            if name in FIXED and canonical not in FIXED[name]:
                raise SourceError(
                    f"{file}: [codes.{name}] {code!r} = {canonical!r} is not one of"
                    f" {', '.join(FIXED[name])}"
                )


def _export(
    file: str, source: str, name: str, layout: Mapping[str, Any], codes: Mapping[str, object]
) -> Export:
    where = f"{file}: [exports.{name}]"
    _check_layout(where, layout)
    grain = cast("Grain", layout["grain"])
    columns = layout.get("columns", {})
    _check_columns(file, name, grain, columns, codes)
    _check_constants(where, grain, columns, layout.get("constants", {}))
    events = layout.get("events", {})
    _check_kinds(where, layout)
    _check_events(where, grain, layout)
    _check_dates(where, layout)
    low, high = layout.get("scale", (1, 5))
    return Export(
        source=source,
        name=name,
        files=tuple(layout.get("files", ("csv", "tsv", "xlsx"))),
        delimiter=layout.get("delimiter", "detect"),
        encoding=layout.get("encoding", "detect"),
        sheet=layout.get("sheet"),
        grain=grain,
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
        delivery=layout.get("delivery", "undeclared"),
        drop_allowed=layout.get("drop_allowed", 0.2),
    )


def _check_layout(where: str, layout: Mapping[str, Any]) -> None:
    """Refuse what nobody would notice if it were passed over: a mistyped key, a lone text."""
    for key, told in layout.items():
        if key not in _LAYOUT:
            raise SourceError(f"{where} {key!r} is not known; use {', '.join(_LAYOUT)}")
        if key in _LISTS and not _is_texts(told):
            raise SourceError(f'{where} {key} must be a list of texts, such as ["..."]')
        if key in _TABLES and not (isinstance(told, dict) and _is_texts([*told.values()])):
            raise SourceError(f"{where} {key} must be a table [exports.NAME.{key}] of texts")
    if layout.get("grain") not in FIELDS:
        raise SourceError(f"{where} grain must be one of {', '.join(FIELDS)}")
    _check_delivery(where, layout)
    if layout.get("rejects_allowed", 0) > 0 and not layout.get("rejects_reason"):
        raise SourceError(f"{where} rejects_allowed needs a rejects_reason")


def _check_delivery(where: str, layout: Mapping[str, Any]) -> None:
    told = layout.get("delivery", "full")
    if told not in DELIVERIES:
        raise SourceError(
            f"{where} delivery = {told!r} is not one of {', '.join(DELIVERIES)}; full means"
            " that every export holds every case, delta that it holds what has changed"
        )
    allowed = layout.get("drop_allowed", 0.2)
    if not isinstance(allowed, int | float) or not 0 <= allowed <= 1:
        raise SourceError(f"{where} drop_allowed is the share of rows that may be gone, 0 to 1")


def _is_texts(told: object) -> bool:
    return isinstance(told, list) and all(isinstance(text, str) for text in told)


def _check_constants(
    where: str, grain: Grain, columns: Mapping[str, str], constants: Mapping[str, str]
) -> None:
    may = FIELDS[grain][1]
    for field_name, told in constants.items():
        if field_name not in may or field_name not in CODED:
            raise SourceError(f"{where} {field_name!r} cannot be a constant of a {grain} row")
        if field_name in columns:
            raise SourceError(f"{where} {field_name!r} is a column and a constant; keep one")
        if told not in FIXED.get(field_name, (told,)) or not _CODE.fullmatch(told):
            raise SourceError(f"{where} {field_name!r} cannot be {told!r}")


def _check_kinds(where: str, layout: Mapping[str, Any]) -> None:
    events = layout.get("events", {})
    constant = layout.get("constant_kind")
    for kind in (*events, *([constant] if constant is not None else [])):
        if kind not in FIXED["kind"]:
            raise SourceError(f"{where} {kind!r} is not a kind of event")
    for kind in layout.get("event_levels", {}):
        if kind not in events:
            raise SourceError(
                f"{where} has a level for {kind!r}, which is not among its events"
            )


def _check_events(where: str, grain: Grain, layout: Mapping[str, Any]) -> None:
    events = layout.get("events", {})
    constant = layout.get("constant_kind")
    if grain in {"case", "allegation"}:
        if "received" not in events:
            raise SourceError(f"{where} [.events] must say when a case is received")
    elif events:
        raise SourceError(f"{where} a {grain} row has no [.events]; it is one thing alone")
    if grain == "event" and (constant is None) == ("kind" not in layout.get("columns", {})):
        raise SourceError(f"{where} needs either a column for kind or a constant_kind")


def _check_dates(where: str, layout: Mapping[str, Any]) -> None:
    formats = layout.get("date_formats", {})
    read = {*layout.get("columns", {}).values(), *layout.get("events", {}).values()}
    for column in formats:
        if column not in read:
            raise SourceError(f"{where} has a date format for {column!r}, which is not read")
    for form in (layout.get("dates", "%Y-%m-%d"), *formats.values()):
        if not _reads_what_it_writes(form):
            raise SourceError(
                f"{where} {form!r} is not the form of a date; write it as %d/%m/%Y or"
                " %Y-%m-%dT%H:%M"
            )


def _reads_what_it_writes(form: object) -> bool:
    if not isinstance(form, str):
        return False
    day = pl.Series([datetime(2031, 12, 30, 23, 58, tzinfo=UTC)])
    try:
        written = day.dt.to_string(form)
        read = written.str.to_datetime(form) if has_hours(form) else written.str.to_date(form)
    except (pl.exceptions.PolarsError, ValueError):
        return False
    return bool((read.dt.date() == day.dt.date()).all())


def _check_columns(
    file: str, name: str, grain: Grain, columns: Mapping[str, str], codes: Mapping[str, object]
) -> None:
    must, may = FIELDS[grain]
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
