"""What is refused in the description of a source, with the file, the key and the remedy."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields
from itertools import permutations
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl
from babel import Locale, UnknownLocaleError

from etl.dates import reads_otherwise, reads_what_it_writes
from etl.errors import SourceError
from etl.readers.layout import Layout
from etl.source import CODED, FIELDS, FIXED, MAY_BE_SILENT, MEANINGS

# What the reader of a file must be told and staging need not know.
OF_THE_READER = tuple(told.name for told in fields(Layout))
DURATIONS = (
    "days", "hours", "minutes", "seconds", "milliseconds", "since 1970", "words"
)  # fmt: skip

_LAYOUT = (
    "files", *OF_THE_READER, "grain", "dates", "date_formats",
    "locale", "zones", "years_from", "decimal", "thousands", "durations", "nulls", "sentinels",
    "ignored", "required", "rejects_allowed", "rejects_reason", "columns", "constants",
    "events", "further_events", "event_levels", "event_untils", "constant_kind", "changes",
    "steps", "findings", "backfilled", "scale", "scores", "unanswered", "unoffered", "also",
    "codes", "contract", "delivery", "drop_allowed", "same_case", "whole", "leave_out",
    "may_lack",
)  # fmt: skip
_LISTS = (
    "files", "nulls", "sentinels", "ignored", "required", "unanswered", "unoffered",
    "backfilled", "also", "may_lack",
)  # fmt: skip
_TABLES = ("constants", "event_levels", "changes", "zones", "whole")
_READER_WORDS = {
    "repeats": ("refuse", "number"),
    "unnamed": ("refuse", "number"),
    "quotes": ("doubled", "backslash", "after blanks", "none"),
}
_CODE = re.compile(r"[a-z][a-z0-9_]*")
_OFFSET = re.compile(r"[+-]\d\d:\d\d")
_STEP = ("when", "pattern", "kind", "level", "change", "means", "before", "after")
_LONGEST_PATTERN = 500
# What stands in the place of values where a row is left out for any of them.
PRESENT = "present"


def check_source(file: str, told: Mapping[str, Any]) -> None:
    """Refuse what is amiss at the top of a description and in its codes."""
    for key in ("name", "title", "time_zone", "exports"):
        if key not in told:
            raise SourceError(f"{file}: {key} is missing; add it at the top of the file")
    zone = told["time_zone"]
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError) as error:
        raise SourceError(f"{file}: time_zone {zone!r} is not a time zone's name") from error
    check_codes(file, {name: {} for name in told.get("own_codes", [])})
    check_codes(file, told.get("codes", {}))


def check_receipts(file: str, layouts: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse a source whose exports describe cases, and of which none says when they came."""
    describing = [n for n, told in layouts.items() if told["grain"] in {"case", "allegation"}]
    if describing and not any(
        "received" in told.get("events", {}) for told in layouts.values()
    ):
        raise SourceError(
            f"{file}: [exports.{describing[0]}] [.events] must say when a case is received, or"
            " another export of the source its receipt"
        )


def check_codes(file: str, codes: Mapping[str, object]) -> None:
    """Refuse codes of fields that have none, and codes of ours that do not exist."""
    for name, table in codes.items():
        if name not in CODED:
            raise SourceError(f"{file}: [codes.{name}] is not one of {', '.join(CODED)}")
        _check_codes(file, name, table)


def _check_codes(file: str, name: str, table: object) -> None:
    if not isinstance(table, dict):
        raise SourceError(f"{file}: [codes.{name}] must be a table of texts")
    for code, canonical in table.items():
        if canonical == "" and name in MAY_BE_SILENT:
            continue
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


def check_layout(where: str, layout: Mapping[str, Any]) -> None:
    """Refuse what nobody would notice if it were passed over: a mistyped key, a lone text."""
    for key, told in layout.items():
        _check_key(where, key, told)
    for key, may in _READER_WORDS.items():
        if layout.get(key, may[0]) not in may:
            raise SourceError(f"{where} {key} must be one of {', '.join(may)}")
    if layout.get("grain") not in FIELDS:
        raise SourceError(f"{where} grain must be one of {', '.join(FIELDS)}")
    if layout.get("rejects_allowed", 0) > 0 and not layout.get("rejects_reason"):
        raise SourceError(f"{where} rejects_allowed needs a rejects_reason")
    for key in ("columns", "events", "event_untils"):
        _check_places(where, key, layout.get(key, {}))
    for group in layout.get("findings", ()):
        _check_places(where, "findings", group)


def _check_key(where: str, key: str, told: object) -> None:
    if key not in _LAYOUT:
        raise SourceError(f"{where} {key!r} is not known; use {', '.join(_LAYOUT)}")
    if key in _LISTS and not _is_texts(told):
        raise SourceError(f'{where} {key} must be a list of texts, such as ["..."]')
    if key == "records" and not (isinstance(told, str) or (told and _is_texts(told))):
        raise SourceError(f"{where} records must be a place in a JSON file, or a list of them")
    if key in _TABLES and not (isinstance(told, dict) and _is_texts([*told.values()])):
        raise SourceError(f"{where} {key} must be a table [exports.NAME.{key}] of texts")


def _is_texts(told: object) -> bool:
    return isinstance(told, list) and all(isinstance(text, str) for text in told)


def _check_places(where: str, key: str, places: object) -> None:
    if not isinstance(places, dict):
        raise SourceError(f"{where} {key} must be a table [exports.NAME.{key}] of texts")
    for name, told in places.items():
        if isinstance(told, str) or (_is_texts(told) and told):
            continue
        if not isinstance(told, dict) or "columns" not in told:
            raise SourceError(
                f"{where} {key} {name!r} must name a column, several, or a table with columns"
            )
        for part in told:
            if part not in ("columns", "joined", "pattern", "separator"):
                raise SourceError(f"{where} {key} {name!r} has {part!r}, which is not known")
        if "pattern" in told:
            _check_pattern(f"{where} {key} {name!r}", told["pattern"], ("value",))


def _check_pattern(where: str, pattern: str, groups: Iterable[str]) -> None:
    """Only what a linear-time engine reads, of bounded length and with groups of ours."""
    try:
        pl.Series(["x"]).str.contains(pattern)
        named = set(re.findall(r"\(\?P<(\w+)>", pattern))
    except (pl.exceptions.PolarsError, TypeError) as error:
        raise SourceError(f"{where} {pattern!r} is not a pattern that can be read") from error
    strange = named - set(groups)
    if strange or len(pattern) > _LONGEST_PATTERN:
        told = f"groups {', '.join(groups)}; at most {_LONGEST_PATTERN} characters"
        raise SourceError(f"{where} {pattern!r} may have the {told}")


def check_export(
    file: str, name: str, layout: Mapping[str, Any], codes: Mapping[str, object]
) -> None:
    """Refuse an export whose fields, codes, events, changes or dates contradict its grain."""
    where = f"{file}: [exports.{name}]"
    _check_columns(file, name, layout, codes)
    _check_constants(where, layout)
    _check_kinds(where, layout)
    _check_events(where, layout)
    _check_changes(where, layout)
    _check_steps(where, layout, codes)
    _check_names(where, layout)
    _check_numbers(where, layout)
    _check_dates(where, layout)
    _check_leave_out(where, layout)


def _check_columns(
    file: str, name: str, layout: Mapping[str, Any], codes: Mapping[str, object]
) -> None:
    must, may = FIELDS[layout["grain"]]
    columns = layout.get("columns", {})
    for wanted in must:
        if wanted not in columns:
            raise SourceError(f"{file}: [exports.{name}.columns] {wanted} is missing")
    of_findings = {field for group in layout.get("findings", ()) for field in group}
    for given in columns:
        if given not in (*must, *may):
            raise SourceError(
                f"{file}: [exports.{name}.columns] {given!r} is not a field of a"
                f" {layout['grain']} row; use {', '.join((*must, *may))}"
            )
    for given in (*columns, *sorted(of_findings)):
        if given in CODED and given not in codes:
            raise SourceError(
                f"{file}: {given!r} is read, so it needs its table [codes.{given}]"
            )
    for given in of_findings - {"category", "outcome"}:
        raise SourceError(f"{file}: [exports.{name}] a finding has no {given!r}")


def _check_constants(where: str, layout: Mapping[str, Any]) -> None:
    grain, columns = layout["grain"], layout.get("columns", {})
    may = FIELDS[layout["grain"]][1]
    for field_name, told in layout.get("constants", {}).items():
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
    for kind, told in layout.get("further_events", {}).items():
        if not _is_texts(told):
            raise SourceError(f"{where} further_events {kind!r} must be a list of columns")
    words = {"event_levels": "a level", "event_untils": "an end", "further_events": "dates"}
    for key, word in words.items():
        for kind in layout.get(key, {}):
            if kind not in events:
                raise SourceError(
                    f"{where} has {word} for {kind!r}, which is not among its events"
                )


def _check_events(where: str, layout: Mapping[str, Any]) -> None:
    grain, events = layout["grain"], layout.get("events", {})
    constant = layout.get("constant_kind")
    if events and grain not in {"case", "allegation", "snapshot"}:
        raise SourceError(f"{where} a {grain} row has no [.events]; it is one thing alone")
    if grain == "event" and (constant is None) == ("kind" not in layout.get("columns", {})):
        raise SourceError(f"{where} needs either a column for kind or a constant_kind")


def _check_changes(where: str, layout: Mapping[str, Any]) -> None:
    changes = layout.get("changes", {})
    if changes and layout["grain"] != "snapshot":
        raise SourceError(f"{where} only a snapshot has [.changes]; a history has [[.steps]]")
    for field_name, meaning in changes.items():
        if field_name not in layout.get("columns", {}):
            raise SourceError(f"{where} {field_name!r} has changes and no column")
        _check_meaning(where, field_name, meaning)


def _check_meaning(where: str, field_name: str, meaning: object) -> None:
    if field_name not in MEANINGS.get(str(meaning), ()):
        told = "; ".join(f"{m} of {' or '.join(of)}" for m, of in MEANINGS.items())
        raise SourceError(
            f"{where} a change of {field_name!r} cannot mean {meaning!r}; there are {told}"
        )


def _check_steps(where: str, layout: Mapping[str, Any], codes: Mapping[str, object]) -> None:
    steps = layout.get("steps", [])
    if bool(steps) != (layout["grain"] == "change"):
        raise SourceError(f"{where} a change row has [[.steps]], and no other row has")
    for step in steps:
        _check_step(where, layout, step, codes)


def _check_step(
    where: str, layout: Mapping[str, Any], step: Mapping[str, Any], codes: Mapping[str, object]
) -> None:
    for key in step:
        if key not in _STEP:
            raise SourceError(f"{where} [[.steps]] {key!r} is not known")
    if ("kind" in step) == ("change" in step):
        raise SourceError(f"{where} [[.steps]] needs either a kind or a change")
    if "kind" in step and step["kind"] not in FIXED["kind"]:
        raise SourceError(f"{where} {step['kind']!r} is not a kind of event")
    if "pattern" in step:
        _check_text(where, layout, step["pattern"])
    if "change" in step:
        _check_change(where, layout, step, codes)


def _check_text(where: str, layout: Mapping[str, Any], pattern: str) -> None:
    if "text" not in layout["columns"]:
        raise SourceError(f"{where} [[.steps]] has a pattern, so [.columns] needs text")
    _check_pattern(f"{where} [[.steps]]", pattern, ("before", "after", "occurred"))


def _check_change(
    where: str, layout: Mapping[str, Any], step: Mapping[str, Any], codes: Mapping[str, object]
) -> None:
    _check_meaning(where, step["change"], step.get("means"))
    told = "after" in layout["columns"] or "after" in step
    if not told and "(?P<after>" not in step.get("pattern", ""):
        raise SourceError(f"{where} [[.steps]] tells of a change, so [.columns] needs after")
    if step["change"] in CODED and step["change"] not in codes:
        raise SourceError(
            f"{where} {step['change']!r} is read, so it needs [codes.{step['change']}]"
        )


def _check_names(where: str, layout: Mapping[str, Any]) -> None:
    names = {*layout.get("columns", {}), *layout.get("events", {})}
    for key in ("required", "backfilled"):
        for told in layout.get(key, ()):
            if told not in names:
                raise SourceError(f"{where} {key} has {told!r}, which is not read")
    if layout.get("backfilled") and "status" not in layout["columns"]:
        raise SourceError(f"{where} backfilled needs a column for status")


def _check_numbers(where: str, layout: Mapping[str, Any]) -> None:
    durations = layout.get("durations", "days")
    for told in [durations] if isinstance(durations, str) else durations:
        if told not in DURATIONS:
            raise SourceError(f"{where} durations must be one of {', '.join(DURATIONS)}")
    signs = (layout.get("decimal", "."), layout.get("thousands", ""))
    if signs[0] not in (".", ",") or signs[1] not in ("", ".", ",", " ", "'"):
        raise SourceError(f"{where} decimal and thousands must be signs such as . and ,")
    if signs[0] == signs[1]:
        raise SourceError(f"{where} decimal and thousands are the same sign")
    for told in layout.get("scores", {}).values():
        if not isinstance(told, int) or isinstance(told, bool):
            raise SourceError(f"{where} scores must map what is written to whole numbers")


def _check_dates(where: str, layout: Mapping[str, Any]) -> None:
    formats = layout.get("date_formats", {})
    read = {
        column
        for key in ("columns", "events")
        for told in layout.get(key, {}).values()
        for column in _columns(told)
    }
    for column in formats:
        if column not in read:
            raise SourceError(f"{where} has a date format for {column!r}, which is not read")
    for told in (layout.get("dates", "%Y-%m-%d"), *formats.values()):
        _check_forms(where, [told] if isinstance(told, str) else told)
    for name, offset in layout.get("zones", {}).items():
        if not _OFFSET.fullmatch(offset):
            raise SourceError(f'{where} zones {name} must be an offset such as "-06:00"')
    if "locale" in layout:
        try:
            Locale.parse(layout["locale"])
        except (UnknownLocaleError, ValueError, TypeError) as error:
            raise SourceError(f"{where} locale {layout['locale']!r} is not known") from error


def _check_leave_out(where: str, layout: Mapping[str, Any]) -> None:
    """Refuse what would leave rows out that nobody meant, or none."""
    told = layout.get("leave_out", {})
    if not isinstance(told, dict):
        raise SourceError(f"{where} leave_out must be a table [exports.NAME.leave_out]")
    if unknown := {*layout.get("may_lack", ())} - {*told}:
        raise SourceError(f"{where} may_lack has {min(unknown)!r}, which leave_out has not")
    for column, values in told.items():
        if values != PRESENT and not (values and _is_texts(values) and all(values)):
            raise SourceError(
                f"{where} leave_out {column!r} must be a list of the values of rows that are"
                f' no cases, or "{PRESENT}" for those in which anything stands there'
            )
        if column in layout.get("ignored", ()):
            raise SourceError(f"{where} leave_out has {column!r}, which is ignored; keep one")
        for value in values if values != PRESENT else ():
            if value in layout.get("nulls", ()) or value != value.strip():
                raise SourceError(
                    f"{where} leave_out {column!r} has {value!r}, which no value is: blanks"
                    " around a value do not count, and what is among the nulls is none"
                )


def _columns(told: Any) -> list[str]:
    if isinstance(told, dict):
        told = told["columns"]
    return [told] if isinstance(told, str) else list(told)


def _check_forms(where: str, forms: object) -> None:
    told: list[Any] = forms if isinstance(forms, list) else [forms]
    for form in told:
        if not isinstance(form, str) or not reads_what_it_writes(form):
            raise SourceError(
                f"{where} {form!r} is not the form of a date; write it as %d/%m/%Y or"
                " %Y-%m-%dT%H:%M"
            )
    for form, other in permutations(told, 2):
        if reads_otherwise(form, other):
            raise SourceError(
                f"{where} a date may be read by {form!r} and otherwise by {other!r}; the"
                " form is one for a whole file, so keep one of them"
            )
