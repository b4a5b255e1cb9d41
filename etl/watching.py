"""Hold each export against its source's contract: refuse, say, or accept what has changed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from etl.drift import Drift, Seen, alike, date_drifts, drifts, look_at, seen_from
from etl.errors import ExportError, SourceError, file_name
from etl.readers.rows import TextTable
from etl.reading import read_export
from etl.recognition import nearest
from etl.source import Export, Source
from etl.store import Store

LOOKED_AT = 20_000  # rows: enough to tell how a file is written


def watch(
    store: Store,
    path: Path,
    sample: TextTable,
    source: Source,
    export: Export,
    *,
    snapshot: int,
) -> tuple[str, ...]:
    """Compare a file's layout with the last one and keep it; the sentences to be said.

    Raises ExportError where the contract of the export refuses what has changed.
    """
    before, since = _last(store, export, snapshot=snapshot)
    now = look_at(sample, export)
    found = drifts(now, before, export, since=since)
    found += date_drifts(sample, now, before, export, since=since)
    for drift in found:
        if getattr(export.contract, drift.kind) == "refuse":
            raise _refused(path, drift, source, export)
    _keep(store, now, found, export, snapshot=snapshot)
    return tuple(
        drift.sentence
        for drift in found
        if getattr(export.contract, drift.kind) == "warn"
        # The account of every delivery lists what its description does not know.
        and (before is not None or drift.kind != "new_column")
    )


def watch_codes(
    store: Store, path: Path, source: Source, export: Export, *, snapshot: int
) -> tuple[str, ...]:
    """Name the columns with a new code; their rows are rejected, or the file is refused."""
    new = store.frame(
        "select column_name, count(*) as codes from staging.rejects"
        " where snapshot = $snapshot and reason like 'not a% listed in %'"
        " group by column_name order by column_name",
        {"snapshot": snapshot},
    )
    found = [
        Drift(
            "new_code",
            column,
            f'column "{column}" has codes that {source.file} does not list, in {rows:,}'
            f" row{'s'[rows == 1 :]}",
        )
        for column, rows in new.rows()
    ]
    if found and export.contract.new_code == "refuse":
        raise _refused(path, found[0], source, export)
    _keep_drifts(store, found, export, snapshot=snapshot)
    return tuple(f"{drift.sentence}, which are rejected" for drift in found)


@contextmanager
def renames_told(store: Store, path: Path, candidates: Mapping[str, Source]) -> Iterator[None]:
    """Say of a file that fits no source which column may have been renamed."""
    try:
        yield
    except SourceError as error:
        raise _explained(store, path, error, candidates) from error


def _explained(
    store: Store, path: Path, error: SourceError, candidates: Mapping[str, Source]
) -> SourceError:
    try:
        text = read_export(path)
    except ExportError:
        return error
    near = nearest(candidates.values(), text.header)
    if near is None:
        return error
    source, export = near
    before, since = _last(store, export, snapshot=None)
    if before is None:
        return error
    now = look_at(text, export)
    pairs = [
        (name, like)
        for name in export.lacks(text.header)
        if name in before.profiles
        and (like := alike(before.profiles[name], now, export, before.columns))
    ]
    told = [f'"{like}" is new since {since} and looks like "{name}"' for name, like in pairs]
    if not told:
        return error
    return SourceError(
        f"{error}. {'; '.join(told)}: if it was renamed, write the new name in {source.file}"
    )


def _last(store: Store, export: Export, *, snapshot: int | None) -> tuple[Seen | None, str]:
    if not store.has("staging.layouts"):
        return None, ""
    kept = store.frame(
        "select layouts.seen, deliveries.as_of from staging.layouts as layouts"
        " inner join staging.deliveries as deliveries on layouts.snapshot = deliveries.snapshot"
        " where layouts.source = $source and layouts.export = $export"
        " and layouts.snapshot <> coalesce($snapshot, 0)"
        " order by deliveries.as_of desc, layouts.snapshot desc limit 1",
        {"source": export.source, "export": export.name, "snapshot": snapshot},
    )
    if kept.is_empty():
        return None, ""
    return seen_from(kept["seen"][0]), f"the delivery of {kept['as_of'][0]}"


def _refused(path: Path, drift: Drift, source: Source, export: Export) -> ExportError:
    weaker = "reject" if drift.kind == "new_code" else "warn"
    remedy = f"correct the export or {source.file}"
    if drift.kind == "date_format":
        remedy += (
            f" (dates under [exports.{export.name}]; case-audit source codes proposes them)"
        )
    return ExportError(
        f"{file_name(path)}: {drift.sentence}. Nothing was loaded; {remedy}, or if it is right,"
        f' write {drift.kind} = "{weaker}" under [exports.{export.name}.contract]'
    )


def _keep(
    store: Store, now: Seen, found: list[Drift], export: Export, *, snapshot: int
) -> None:
    store.append(
        "staging.layouts",
        pl.DataFrame(
            {
                "snapshot": [snapshot],
                "source": [export.source],
                "export": [export.name],
                "header_sha256": [now.header_sha256],
                "seen": [now.as_json()],
            }
        ),
    )
    _keep_drifts(store, found, export, snapshot=snapshot)


def _keep_drifts(store: Store, found: list[Drift], export: Export, *, snapshot: int) -> None:
    told = [
        (snapshot, drift.kind, drift.column, str(getattr(export.contract, drift.kind)))
        for drift in found
    ]
    schema = {
        "snapshot": pl.Int32,
        "kind": pl.String,
        "column_name": pl.String,
        "action": pl.String,
    }
    if told:
        store.append("staging.drifts", pl.DataFrame(told, schema=schema, orient="row"))
