"""Read the description of a source from its TOML file; `etl.refusals` says what is amiss."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from etl import refusals
from etl.contract import read_contract
from etl.errors import SourceError
from etl.questions import refuse_open
from etl.readers.layout import Layout
from etl.source import DELIVERIES, SAME_CASE, Export, Grain, Place, Source, Step, Writing

SHIPPED = Path(__file__).parent / "sources"

_Told = dict[str, Any]


def read_source(path: Path, *, shelf: Path | None = None) -> Source:
    """Read one source description, which may extend those in the folder `shelf`.

    Raises SourceError naming the file, the key and the remedy.
    """
    known: dict[str, _Told] = {}
    for other in sorted(shelf.glob("*.toml")) if shelf is not None else ():
        told = _told(other)
        known[told["name"]] = _whole(other.name, told, known)
    return _source(path.name, _told(path), known)


def read_sources(*folders: Path) -> dict[str, Source]:
    """Read every source of the folders; a later folder's source replaces an earlier one's.

    A source that `extends` another has all of it, and what it says itself besides.
    """
    found: dict[str, tuple[Path, Source]] = {}
    known: dict[str, _Told] = {}
    for path in (path for folder in folders for path in sorted(folder.glob("*.toml"))):
        told = _told(path)
        source = _source(path.name, told, known)
        before = found.get(source.name)
        if before is not None and before[0].parent == path.parent:
            raise SourceError(
                f"{path.name}: {before[0].name} describes a source called {source.name!r} too;"
                " give one of them another name"
            )
        found[source.name] = (path, source)
        known[source.name] = _whole(path.name, told, known)
    return {name: source for name, (_, source) in found.items()}


def _told(path: Path) -> _Told:
    try:
        text = path.read_text(encoding="utf-8")
        told = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SourceError(f"{path.name}: not valid TOML: {error}") from error
    refuse_open(path.name, text)
    return told


def _whole(file: str, told: _Told, known: Mapping[str, _Told]) -> _Told:
    """The description with all that it extends."""
    if "extends" not in told:
        return told
    if told["extends"] not in known:
        raise SourceError(
            f"{file}: it extends {told['extends']!r}, which is no source read before it; there"
            f" are {', '.join(sorted(known))}"
        )
    return _merged(known[told["extends"]], {k: v for k, v in told.items() if k != "extends"})


def _merged(under: _Told, over: _Told) -> _Told:
    merged = dict(under)
    for key, value in over.items():
        below = merged.get(key)
        if isinstance(value, dict) and isinstance(below, dict):
            merged[key] = _merged(below, value)
        else:
            merged[key] = value
    return merged


def _source(file: str, alone: _Told, known: Mapping[str, _Told]) -> Source:
    told = _whole(file, alone, known)
    refusals.check_source(file, told)
    own = told.get("own_codes", [])
    codes = {name: {} for name in own} | told.get("codes", {})
    exports = tuple(
        _export(file, told["name"], name, layout, codes)
        for name, layout in told["exports"].items()
    )
    refusals.check_receipts(file, told["exports"])
    return Source(
        name=told["name"],
        title=told["title"],
        time_zone=told["time_zone"],
        file=file,
        codes=codes,
        labels=told.get("labels", {}),
        exports=exports,
        own_codes=frozenset(own),
    )


def _export(
    file: str, source: str, name: str, layout: Mapping[str, Any], codes: dict[str, object]
) -> Export:
    _refuse_amiss(file, name, layout, codes)
    return Export(
        source=source,
        name=name,
        files=tuple(layout.get("files", ("csv", "tsv", "txt", "xlsx", "xls"))),
        layout=_layout(layout),
        grain=cast("Grain", layout["grain"]),
        written=_writing(layout),
        ignored=tuple(layout.get("ignored", ())),
        required=tuple(layout["required"]) if "required" in layout else None,
        rejects_allowed=layout.get("rejects_allowed", 0),
        rejects_reason=layout.get("rejects_reason", ""),
        columns=_places(layout.get("columns", {})),
        constants=layout.get("constants", {}),
        events=_places(layout.get("events", {})),
        further_events={k: tuple(v) for k, v in layout.get("further_events", {}).items()},
        event_levels=layout.get("event_levels", {}),
        event_untils=_places(layout.get("event_untils", {})),
        constant_kind=layout.get("constant_kind"),
        changes=layout.get("changes", {}),
        steps=tuple(_step(told) for told in layout.get("steps", ())),
        findings=tuple(_places(group) for group in layout.get("findings", ())),
        backfilled=tuple(layout.get("backfilled", ())),
        scale=tuple(layout.get("scale", (1, 5))),
        scores=layout.get("scores", {}),
        unanswered=tuple(layout.get("unanswered", ())),
        unoffered=tuple(layout.get("unoffered", ())),
        also=tuple(layout.get("also", ())),
        codes=layout.get("codes", {}),
        contract=read_contract(f"{file}: [exports.{name}]", layout.get("contract", {})),
        delivery=layout.get("delivery", "undeclared"),
        drop_allowed=layout.get("drop_allowed", 0.2),
        same_case=layout.get("same_case", "reject"),
        whole=layout.get("whole", {}),
        leave_out=_no_cases(layout.get("leave_out", {})),
        may_lack=tuple(layout.get("may_lack", ())),
    )


def _no_cases(told: Mapping[str, str | list[str]]) -> dict[str, tuple[str, ...]]:
    return {
        column: () if values == refusals.PRESENT else tuple(values)
        for column, values in told.items()
    }


def _layout(told: Mapping[str, Any]) -> Layout:
    mine: dict[str, Any] = {key: told[key] for key in refusals.OF_THE_READER if key in told}
    if isinstance(mine.get("records"), list):
        mine["records"] = tuple(mine["records"])
    return Layout(**mine)


def _refuse_amiss(
    file: str, name: str, layout: Mapping[str, Any], codes: dict[str, object]
) -> None:
    where = f"{file}: [exports.{name}]"
    refusals.check_layout(where, layout)
    _check_delivery(where, layout)
    refusals.check_codes(file, layout.get("codes", {}))
    refusals.check_export(file, name, layout, codes | layout.get("codes", {}))


def _places(told: Mapping[str, Any]) -> dict[str, Place]:
    return {name: place(where) for name, where in told.items()}


def _check_delivery(where: str, layout: Mapping[str, Any]) -> None:
    told = layout.get("delivery", "full")
    if told not in DELIVERIES:
        raise SourceError(
            f"{where} delivery = {told!r} is not one of {', '.join(DELIVERIES)}; full means"
            " that every export holds every case, delta that it holds what has changed"
        )
    if layout.get("same_case", "reject") not in SAME_CASE:
        raise SourceError(f"{where} same_case must be one of {', '.join(SAME_CASE)}")
    allowed = layout.get("drop_allowed", 0.2)
    if not isinstance(allowed, int | float) or not 0 <= allowed <= 1:
        raise SourceError(f"{where} drop_allowed is the share of rows that may be gone, 0 to 1")


def _writing(layout: Mapping[str, Any]) -> Writing:
    return Writing(
        dates=_forms(layout.get("dates", "%Y-%m-%d")),
        date_formats={
            column: _forms(told) for column, told in layout.get("date_formats", {}).items()
        },
        locale=layout.get("locale"),
        zones=layout.get("zones", {}),
        years_from=layout.get("years_from"),
        decimal=layout.get("decimal", "."),
        thousands=layout.get("thousands", ""),
        durations=_forms(layout.get("durations", "days")),
        nulls=tuple(layout.get("nulls", ("",))),
        sentinels=tuple(layout.get("sentinels", ())),
    )


def _forms(told: str | list[str]) -> tuple[str, ...]:
    return (told,) if isinstance(told, str) else tuple(told)


def place(told: str | list[str] | Mapping[str, Any]) -> Place:
    """A column, a list of columns of which the first that is filled counts, or a table."""
    if isinstance(told, str):
        return Place((told,))
    if isinstance(told, list):
        return Place(tuple(told))
    return Place(
        columns=_forms(told["columns"]),
        joined=told.get("joined"),
        pattern=told.get("pattern"),
        separator=told.get("separator"),
    )


def _step(told: Mapping[str, Any]) -> Step:
    return Step(
        when={column: _forms(values) for column, values in told.get("when", {}).items()},
        pattern=told.get("pattern"),
        kind=told.get("kind"),
        level=told.get("level"),
        change=told.get("change"),
        meaning=told.get("means"),
        before=told.get("before"),
        after=told.get("after"),
    )
