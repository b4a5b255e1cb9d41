"""What `case-audit source` does: draft a description, try it, list and show what is known."""

import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl

from dashboard.steps import Told, left_out
from etl.archives import unpacked
from etl.description import SHIPPED, read_source, read_sources
from etl.drafting import own_codes
from etl.drafting.draft import draft
from etl.drafting.own_dates import OwnDates
from etl.drafting.own_layout import OwnLayout
from etl.drafting.parts import is_table
from etl.drafting.words import name_for
from etl.errors import SourceError, file_name
from etl.questions import asks_something
from etl.source import Source
from etl.trial import Refusal, Trial, short_of_pages, try_out
from etl.workspace import Workspace

_WIDEST = 18
_OF_EVENTS = ("event", "change")


def draft_source(
    exports: Sequence[Path],
    *,
    name: str | None,
    to: Path | None,
    workspace: Workspace | None,
) -> Told:
    """Propose one description of all these exports; print it or write it to a new file.

    Raises SourceError where the file is there, ExportError where the export cannot be read.
    """
    if to is not None and to.exists():
        raise SourceError(f"{to} is there already; give another name with --to, or move it")
    zone = workspace.organisation.time_zone if workspace is not None else None
    with unpacked(exports, {}) as given:
        told = [path for path in given.paths if path not in given.parts or is_table(path)]
        called = name or name_for(exports[0].name.partition(".")[0], other="source")
        made = draft(*(told or given.paths), name=called, zone=zone)
        left = [file_name(path) for path in given.paths if path not in told]
    data = {"name": made.name, "questions": list(made.questions), "toml": made.toml}
    if to is None:
        return Told(lines=(made.toml.rstrip("\n"),), data=data)
    descriptor = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(made.toml)
    said = [path for path in exports if path.name not in made.left_out]
    count = len(made.questions)
    asked = f"{count or 'no'} question{'s'[count == 1 :]}"
    answer = 'replace every "?", ' if count else ""
    return Told(
        lines=(
            f"wrote {to}, {asked} for you",
            *(f"  {n}. {question}" for n, question in enumerate(made.questions, start=1)),
            *(f"left out, since it holds no table: {each}" for each in left),
            *(f"left out, since it tells of no case: {each}" for each in made.left_out),
            f"next: read it, {answer}then: case-audit source test"
            f" {' '.join(map(str, (to, *said)))}",
        ),
        data={**data, "file": str(to)},
    )


def try_source(named: str, exports: Sequence[Path], *, workspace: Workspace | None) -> Told:
    """Try a source on exports; blocked where more rows would be rejected than allowed.

    Of an archive of several exports each that fits the source is tried.
    """
    source = _source(named, workspace)
    key = workspace.key() if workspace is not None else secrets.token_bytes(32)
    zone = workspace.organisation.time_zone if workspace is not None else source.time_zone
    tried: list[tuple[Path, Trial]] = []
    with unpacked(exports, {named: source}) as given:
        for path in given.paths:
            with given.passing_over(path):
                tried.append((path, try_out(path, source, key=key, zone=zone)))
    # What one file lacks another may tell, as a history the days on which cases were closed.
    ends = [trial for _, trial in tried if trial.grain in _OF_EVENTS and trial.tells_ends]
    lines = [_lines(trial, path, ends) for path, trial in tried]
    lines += [
        (f"{file_name(path)} fits no export of {source.name} and was not tried",)
        for path in given.passed_over
    ]
    short = short_of_pages(trial for _, trial in tried)
    lines += [tuple(short)] if short else []
    data = [_data(trial) | {"pages_missing": short} for _, trial in tried]
    return Told(
        lines=tuple(line for told in lines for line in ("", *told))[1:],
        data=data[0] if len(given.paths) == 1 else data,
        blocked=not all(trial.would_load for _, trial in tried),
    )


def list_codes(exports: Sequence[Path], workspace: Workspace) -> Told:
    """List in the workspace what is the organisation's own: codes, dates, layout.

    Raises ExportError or SourceError where an export cannot be read or holds no codes.
    """
    known = workspace.sources()
    found: dict[str, own_codes.Found] = {}
    dates: dict[str, dict[str, OwnDates]] = {}
    layouts: dict[str, dict[str, OwnLayout]] = {}
    for own in _own_of(exports, known):
        for field, told in own.codes.items():
            mine = found.setdefault(own.source.name, {}).setdefault(field, [])
            mine += [code for code in told if code not in mine]
        for odd in own.dates:
            dates.setdefault(own.source.name, {}).setdefault(odd.export, odd)
        if own.layout is not None:
            layouts.setdefault(own.source.name, {}).setdefault(own.layout.export, own.layout)
    lines, asks = [], False
    for name in dict.fromkeys((*found, *dates, *layouts)):
        listed = _listed(
            workspace,
            known[name],
            found.get(name, {}),
            [*dates.get(name, {}).values()],
            [*layouts.get(name, {}).values()],
        )
        lines += [f"listed in {listed}"] if listed else []
        asks = asks or (
            bool(listed) and asks_something(_text(_own_file(workspace, known[name])))
        )
    if not lines:
        return Told(lines=("every code of these exports is listed already",), data=found)
    answer = 'replace every "?", ' if asks else ""
    after = f"next: look through that file, {answer}then load the exports"
    return Told(lines=(*lines, after), data=found)


def _own_of(exports: Sequence[Path], known: Mapping[str, Source]) -> Iterator[own_codes.Own]:
    """What is the organisation's own in each export; archives hold several."""
    with unpacked(exports, known) as given:
        for path in given.paths:
            with given.passing_over(path):
                yield own_codes.unlisted(path, known.values())


def _listed(
    workspace: Workspace,
    source: Source,
    codes: own_codes.Found,
    dates: list[OwnDates],
    layouts: list[OwnLayout],
) -> str:
    """List these in the workspace's description of the source; what was listed, in words."""
    file = _own_file(workspace, source)
    before = _text(file) if file.exists() else None
    new = own_codes.newly(dates, before)
    told = [f"{len(listed)} of {field}" for field, listed in codes.items()]
    told += [f"the dates of {own.export}" for own in new]
    told += [f"the layout of {own.export}" for own in layouts]
    if told:
        text = own_codes.listing(source, codes, before=before, dates=new, layouts=layouts)
        file.write_text(text, encoding="utf-8")
        file.chmod(0o600)
    return f"sources/{file.name}: {', '.join(told)}" if told else ""


def _own_file(workspace: Workspace, source: Source) -> Path:
    own = workspace.folder / "sources" / source.file
    return own if own.exists() else own.with_name(f"{source.name}.toml")


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def list_sources(workspace: Workspace | None) -> Told:
    """Every source that is known here, with the exports it describes."""
    known = _known(workspace)
    return Told(
        lines=tuple(
            line
            for name, source in known.items()
            for line in (
                f"{name}: {source.title} ({_whose(name, workspace)})",
                *(
                    f"  {export.name}: one row per {export.grain}; {', '.join(export.files)}"
                    for export in source.exports
                ),
            )
        ),
        data=[
            {
                "name": name,
                "title": source.title,
                "file": str(_file(name, workspace)),
                "exports": [
                    {"name": export.name, "grain": export.grain, "columns": list(export.needed)}
                    for export in source.exports
                ],
            }
            for name, source in known.items()
        ],
    )


def show_source(name: str, workspace: Workspace | None) -> Told:
    """The description of a source as it was written."""
    file = _file(name, workspace)
    text = file.read_text(encoding="utf-8")
    return Told(
        lines=(text.rstrip("\n"),), data={"name": name, "file": str(file), "toml": text}
    )


def _known(workspace: Workspace | None) -> dict[str, Source]:
    return workspace.sources() if workspace is not None else read_sources(SHIPPED)


def _source(named: str, workspace: Workspace | None) -> Source:
    path = Path(named)
    if path.suffix == ".toml" or path.is_file():
        if not path.is_file():
            raise SourceError(f"{named}: no such file")
        return read_source(path)
    try:
        known = _known(workspace)
    except SourceError:
        # Another description with a question still open is no reason not to try this one.
        own = workspace.folder / "sources" / f"{named}.toml" if workspace is not None else path
        if not own.is_file():
            raise
        return read_source(own, shelf=SHIPPED)
    if named not in known:
        raise SourceError(f"no source is called {named!r}; there are {', '.join(known)}")
    return known[named]


def _file(name: str, workspace: Workspace | None) -> Path:
    known = _known(workspace)
    if name not in known:
        raise SourceError(f"no source is called {name!r}; there are {', '.join(known)}")
    own = workspace.folder / "sources" / known[name].file if workspace is not None else None
    return own if own is not None and own.is_file() else SHIPPED / known[name].file


def _whose(name: str, workspace: Workspace | None) -> str:
    return "shipped" if _file(name, workspace).parent == SHIPPED else "of this workspace"


def _lines(trial: Trial, export: Path, ends: Sequence[Trial]) -> tuple[str, ...]:
    verdict = "would be loaded" if trial.would_load else "would NOT be loaded"
    return (
        f"{export.name} as {trial.source} ({trial.export}): {verdict}",
        f"  {trial.rows_in:,} rows in = {trial.rows_loaded:,} loaded"
        f" + {trial.rows_rejected:,} rejected + {trial.rows_repeated:,} exact repeats"
        f"{left_out(trial.rows_left_out)}",
        *_facts(trial, ends),
        "",
        f"the first {trial.sample.height} rows as the store would hold them:",
        *_table(trial.sample),
        *_rejected(trial),
        *_other_columns(trial),
        *(line for other in trial.also for line in ("", *_lines_of_another(other))),
    )


def _lines_of_another(trial: Trial) -> tuple[str, ...]:
    return (
        f"in the same file ({trial.export}, one row per {trial.grain}):",
        f"  {trial.rows_in:,} rows in = {trial.rows_loaded:,} loaded"
        f" + {trial.rows_rejected:,} rejected + {trial.rows_repeated:,} exact repeats"
        f"{left_out(trial.rows_left_out)}",
        *_facts(trial, ()),
        *(_rejected(trial) if trial.refusals else ()),
    )


def _facts(trial: Trial, ends: Sequence[Trial]) -> list[str]:
    lines = [f"  {trial.cases:,} cases"]
    if trial.closed_cases is not None:
        lines[0] += f": {trial.open_cases:,} open, {trial.closed_cases:,} closed"
        if trial.undated_ends:
            lines[0] += f" ({trial.undated_ends:,} of them without the date)"
            lines.append(f"  {_where_ends_are(trial, ends)}")
        if trial.doubtful_ends:
            lines.append(
                f"  {trial.doubtful_ends:,} of the closed have a date of closing, and a status"
                " that says otherwise: are they open again? Then name what tells their"
                " reopening"
            )
    if trial.first_day is not None:
        lines.append(f"  from {trial.first_day} to {trial.last_day}")
    if trial.events:
        told = ", ".join(f"{kind} {count:,}" for kind, count in trial.events.items())
        lines.append(f"  events: {told}")
    if trial.findings:
        lines.append(f"  issues, each with its outcome once it has one: {trial.findings:,}")
    return lines


def _where_ends_are(trial: Trial, ends: Sequence[Trial]) -> str:
    for other in (*trial.also, *ends):
        if other.grain in _OF_EVENTS:
            return f"the dates are those that the {other.export} below tell"
    return "name the column of the closing date, or a history that tells it"


def _rejected(trial: Trial) -> list[str]:
    if not trial.refusals:
        return ["", "no row would be rejected"]
    allowed = f"; up to {trial.rejects_allowed:,} are allowed" if trial.rejects_allowed else ""
    return [
        "",
        f"{trial.rows_rejected:,} rows would be rejected{allowed}:",
        *(line for refusal in trial.refusals for line in _refused(refusal)),
    ]


def _refused(refusal: Refusal) -> list[str]:
    column = f'"{refusal.column}"' if refusal.column is not None else "whole row"
    lines = ", ".join(map(str, refusal.lines))
    more = ", ..." if refusal.rows > len(refusal.lines) else ""
    told = [f"  {refusal.rows:,} x {column}: {refusal.reason} (line {lines}{more})"]
    if refusal.values:
        told.append(f"      codes: {', '.join(map(repr, refusal.values))}")
    return [*told, f"      {refusal.remedy}"]


def _other_columns(trial: Trial) -> list[str]:
    lines = []
    if trial.left_out:
        lines += ["", f"columns left out as the source says: {', '.join(trial.left_out)}"]
    if trial.unknown_columns:
        unknown = ", ".join(trial.unknown_columns)
        lines += ["", f"unknown to the source, and not read: {unknown}"]
    return lines


def _table(rows: pl.DataFrame) -> list[str]:
    texts = [[_cell(value) for value in row] for row in (rows.columns, *rows.rows())]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    return ["  " + _row(row, widths) for row in texts]


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    pairs = zip(cells, widths, strict=True)
    return "  ".join(cell.ljust(width) for cell, width in pairs).rstrip()


def _cell(value: object) -> str:
    text = "-" if value is None else str(value)
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "…"


def _data(trial: Trial) -> dict[str, object]:
    return {
        "source": trial.source,
        "export": trial.export,
        "would_load": trial.would_load,
        "rows_in": trial.rows_in,
        "rows_loaded": trial.rows_loaded,
        "rows_rejected": trial.rows_rejected,
        "rows_repeated": trial.rows_repeated,
        "rows_left_out": trial.rows_left_out,
        "rejects_allowed": trial.rejects_allowed,
        "cases": trial.cases,
        "open_cases": trial.open_cases,
        "undated_ends": trial.undated_ends,
        "doubtful_ends": trial.doubtful_ends,
        "closed_cases": trial.closed_cases,
        "first_day": trial.first_day,
        "last_day": trial.last_day,
        "events": dict(trial.events),
        "findings": trial.findings,
        "sample": trial.sample.to_dicts(),
        "rejects": [
            {
                "column": refusal.column,
                "reason": refusal.reason,
                "remedy": refusal.remedy,
                "rows": refusal.rows,
                "lines": list(refusal.lines),
                "values": list(refusal.values),
            }
            for refusal in trial.refusals
        ],
        "unknown_columns": list(trial.unknown_columns),
        "left_out": list(trial.left_out),
        "also": [_data(other) for other in trial.also],
    }
