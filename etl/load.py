"""Take exports in: read, stage, and rebuild the core tables, all of it or nothing."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from etl import demands
from etl.errors import ExportError, SourceError
from etl.readers.contents import is_workbook
from etl.readers.rows import TextTable
from etl.recognition import recognised
from etl.source import FIXED, Export, Source
from etl.staging import Staged, stage
from etl.store import Store
from etl.workspace import Workspace

SQL = Path(__file__).parent / "sql"
BREAKDOWNS = ("unit", "category", "channel", "severity")


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one file: rows in = loaded + rejected + exact repeats."""

    file_name: str
    source: str
    export: str
    sha256: str
    rows_in: int
    rows_loaded: int
    rows_rejected: int
    rows_repeated: int
    known_as: int | None
    unknown_columns: tuple[str, ...]
    rejects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Taken:
    path: Path
    text: TextTable
    source: Source
    export: Export
    staged: Staged


def load(
    workspace: Workspace,
    exports: Sequence[Path],
    *,
    as_of: date,
    source: str | None = None,
    coverage_from: date | None = None,
    accept_rejects: int = 0,
    say: Callable[[str], None] = lambda _: None,
) -> tuple[Delivery, ...]:
    """Load exports as deliveries of `as_of` and rebuild the core tables.

    The exports are parts of one delivery: together they speak for a case. The same bytes twice
    change nothing. Up to `accept_rejects` rows of a file may be unreadable, or as many as its
    source's description allows. Raises ExportError, SourceError, RuleError or WorkspaceError,
    and then the store is as it was before.
    """
    known = workspace.sources()
    if source is not None and source not in known:
        raise SourceError(f"no source is called {source!r}; there are {', '.join(known)}")
    candidates = [known[source]] if source is not None else list(known.values())
    taken = [_take(workspace, path, candidates, say) for path in exports]
    for file in taken:
        _refuse_rejects(file, accept_rejects)
    with _restricted(workspace.store_path) as store, store.transaction():
        prepare(store)
        loading = _next_snapshot(store)
        deliveries = tuple(
            _keep(store, file, as_of, coverage_from, loading=loading) for file in taken
        )
        say("building the core tables")
        # Even of known files alone: the rules or the headcount may have changed.
        build(store, workspace, known)
    return deliveries


def rebuild(workspace: Workspace) -> None:
    """Make the core tables anew: the rules, the headcount or the calendar may have changed.

    Raises RuleError, SourceError or WorkspaceError, and then the store is as it was before.
    """
    known = workspace.sources()
    with Store.open(workspace.store_path) as store, store.transaction():
        build(store, workspace, known)


@contextmanager
def _restricted(path: Path) -> Iterator[Store]:
    """The store at `path`, for its owner alone; a new one goes again if it cannot be filled."""
    is_new = not path.exists()
    try:
        with Store.open(path) as store:
            path.chmod(0o600)
            yield store
    except BaseException:
        if is_new:
            path.unlink(missing_ok=True)
        raise


def prepare(store: Store) -> None:
    """Make the schemas and the staging tables where they are missing."""
    for schema in ("staging", "core", "quality", "metrics"):
        store.create_schema(schema)
    for path in sorted(SQL.glob("0*.sql")):
        store.run_file(path)


def build(
    store: Store, workspace: Workspace, known: dict[str, Source], *, as_of: date | None = None
) -> None:
    """Make the core tables anew from staging, the rules, the calendar and the headcount.

    `as_of` is the newest delivery's, or an earlier day to be asked again.
    """
    organisation = workspace.organisation
    store.run_file(
        SQL / "10_parameters.sql",
        {
            "as_of": as_of,
            "time_zone": organisation.time_zone,
            "fiscal_year_start_month": organisation.fiscal_year_start_month,
        },
    )
    told = store.frame("select as_of, coverage_from from staging.parameters")
    last, first = told["as_of"][0], told["coverage_from"][0]
    made = workspace.rules()
    headcount = workspace.headcount()
    used = set(store.frame("select distinct source from staging.deliveries")["source"])
    levels = _levels([found for name, found in known.items() if name in used], headcount)
    demands.declare(
        store,
        made,
        calendar=organisation.calendar,
        folder=workspace.folder / "calendars",
        first=first,
        as_of=last,
    )
    store.replace("staging.headcount", headcount)
    store.replace("staging.levels", levels)
    for path in sorted(SQL.glob("[2-9]*.sql")):
        store.run_file(path)
    store.replace("core.build", pl.DataFrame({"fingerprint": [_fingerprint(store)]}))


def _take(
    workspace: Workspace, path: Path, sources: list[Source], say: Callable[[str], None]
) -> _Taken:
    say(f"reading {path.name}")
    text, found, export = recognised(path, sources)
    if text.rows.height + text.ragged.height == 0:
        raise ExportError.at(
            path,
            "there is a header and no row below it",
            remedy="export it again, or leave the file out if the system holds nothing",
            line=1,
        )
    staged = stage(
        text,
        found,
        export,
        workbook=is_workbook(path.name),
        key=workspace.key(),
        zone=workspace.organisation.time_zone,
    )
    return _Taken(path=path, text=text, source=found, export=export, staged=staged)


def _refuse_rejects(file: _Taken, accepted: int) -> None:
    found = file.staged.rejects
    if found.height <= max(file.export.rejects_allowed, accepted):
        return
    more = found.height - 1
    rest = f"{more} more row{'s' if more > 1 else ''} cannot be read either. " if more else ""
    raise ExportError(
        f"{_sentence(file.path, found.row(0, named=True))}. {rest}Nothing was loaded; to load"
        f" the other rows and keep account of the unread, add --accept-rejects {found.height}"
    )


def _sentence(path: Path, reject: dict[str, Any]) -> str:
    """One reject in words: file, line, column, value, reason, remedy."""
    error = ExportError.at(
        path,
        reject["reason"],
        remedy=reject["remedy"],
        line=reject["line"],
        column=reject["column_name"],
        value=reject["value"],
    )
    return str(error)


def _next_snapshot(store: Store) -> int:
    last = store.frame("select coalesce(max(snapshot), 0) as last from staging.deliveries")
    return int(last["last"][0]) + 1


def _keep(
    store: Store, file: _Taken, as_of: date, coverage_from: date | None, *, loading: int
) -> Delivery:
    """Append one file's rows to staging, unless the same bytes are there already."""
    before = store.frame(
        "select snapshot from staging.deliveries"
        " where sha256 = $sha256 and source = $source and export = $export",
        {"sha256": file.text.sha256, "source": file.source.name, "export": file.export.name},
    )
    known_as = int(before["snapshot"][0]) if before.height else None
    if known_as is None:
        _append(store, file, as_of, coverage_from, loading=loading)
    return Delivery(
        file_name=file.path.name,
        source=file.source.name,
        export=file.export.name,
        sha256=file.text.sha256,
        rows_in=file.staged.rows_in,
        rows_loaded=file.staged.rows_loaded,
        rows_rejected=file.staged.rejects.height,
        rows_repeated=file.staged.rows_repeated,
        known_as=known_as,
        unknown_columns=tuple(sorted(set(file.text.header) - file.export.known)),
        rejects=tuple(
            _sentence(file.path, reject)
            for reject in file.staged.rejects.head(20).iter_rows(named=True)
        ),
    )


def _append(
    store: Store, file: _Taken, as_of: date, coverage_from: date | None, *, loading: int
) -> None:
    snapshot = _next_snapshot(store)
    number = pl.lit(snapshot).cast(pl.Int32).alias("snapshot")
    for table, rows in file.staged.tables.items():
        store.append(f"staging.{table}", rows.with_columns(number))
    kept = file.staged.rejects.drop("value").with_columns(number)
    store.append("staging.rejects", kept)
    store.append(
        "staging.deliveries",
        pl.DataFrame(
            {
                "snapshot": [snapshot],
                "loading": [loading],
                "source": [file.source.name],
                "export": [file.export.name],
                "grain": [file.export.grain],
                "file_name": [file.path.name],
                "sha256": [file.text.sha256],
                "as_of": [as_of],
                "rows_in": [file.staged.rows_in],
                "rows_loaded": [file.staged.rows_loaded],
                "rows_rejected": [file.staged.rejects.height],
                "rows_repeated": [file.staged.rows_repeated],
                "coverage_from": [coverage_from or _first_received(file.staged, as_of)],
                "coverage_until": [as_of],
            },
            schema_overrides={"coverage_from": pl.Date},
        ),
    )


def _first_received(staged: Staged, as_of: date) -> date | None:
    """The first believable day of receipt: nobody has told when the system was taken up."""
    events = staged.tables.get("events")
    if events is None:
        return None
    days = events.filter(
        (pl.col("kind") == "received")
        & (pl.col("occurred_on") <= as_of)
        & (pl.col("occurred_on") > date(1980, 1, 1))
    )["occurred_on"]
    # The lower thousandth may be a mistyped year; a coverage told on the command line wins.
    return days.sort()[days.len() // 1000] if days.len() else None


def _levels(used: list[Source], headcount: pl.DataFrame) -> pl.DataFrame:
    """Declared codes of the breakdowns with their words; 'unknown' is always one of them."""
    rows: list[dict[str, object]] = []
    for breakdown in BREAKDOWNS:
        titles = {
            level: found.label(breakdown, level)
            for found in used
            for level in found.levels(breakdown)
            if level != "unknown"
        }
        if breakdown == "unit":
            for unit in headcount["unit"].unique().sort():
                titles.setdefault(unit, unit.replace("_", " ").capitalize())
        order = FIXED.get(breakdown) or sorted(titles, key=lambda level: titles[level])
        listed = [(level, titles[level]) for level in order if level in titles]
        rows += [
            {"breakdown": breakdown, "level": level, "title": title, "position": position}
            for position, (level, title) in enumerate([*listed, ("unknown", "Not recorded")])
        ]
    return pl.DataFrame(
        rows,
        schema={
            "breakdown": pl.String,
            "level": pl.String,
            "title": pl.String,
            "position": pl.Int64,
        },
    )


def _fingerprint(store: Store) -> str:
    """Changes whenever anything that the core tables are made of changes."""
    digest = hashlib.sha256()
    for table in ("deliveries", "parameters", "headcount", "levels", *demands.TABLES):
        rows = store.frame(f"select * from staging.{table} order by all")  # noqa: S608
        digest.update(rows.write_json().encode())
    return digest.hexdigest()
