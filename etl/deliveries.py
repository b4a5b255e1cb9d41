"""One file of a delivery: read in chunks, staged, and accounted for row by row."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl

from etl.contradictions import contradictions
from etl.delivery import Delivery, Loading, as_known, note
from etl.errors import ExportError
from etl.known_files import described_by, known_file, same_bytes
from etl.leading_zeros import LeadingZeros
from etl.readers.rows import TextTable
from etl.reading import CHUNK_ROWS, Reading
from etl.recognition import found_within, recognised
from etl.repeats import Repeats
from etl.source import Export, Source
from etl.staging import Staged, stage
from etl.store import Store
from etl.watching import LOOKED_AT, watch, watch_codes
from etl.workspace import Workspace
from etl.written_order import settle

SHOWN_REJECTS = 20


@dataclass(slots=True)
class _Account:
    numbers: LeadingZeros
    rows_in: int = 0
    rejected: int = 0
    repeated: int = 0
    left_out: pl.Series = field(default_factory=lambda: pl.Series("line", [], pl.Int64))
    shown: list[dict[str, Any]] = field(default_factory=list)

    @property
    def loaded(self) -> int:
        """Rows that are none of the others."""
        return self.rows_in - self.rejected - self.repeated - self.left_out.len()

    def add(self, staged: Staged) -> None:
        """Count the rows of one more chunk."""
        self.numbers.look_at(staged.numbers)
        self.rows_in += staged.rows_in
        self.rejected += staged.rejects.height
        self.repeated += staged.rows_repeated
        self.left_out.append(staged.left_out)
        self.shown += staged.rejects.head(SHOWN_REJECTS - len(self.shown)).to_dicts()


def take_in(
    store: Store,
    workspace: Workspace,
    path: Path,
    candidates: Mapping[str, Source],
    loading: Loading,
    *,
    first: Callable[[Path], AbstractContextManager[Reading]],
    say: Callable[[str], None],
) -> tuple[Delivery, ...]:
    """Append one file's rows to staging, unless the same bytes are there already.

    A file may hold several exports, such as issues with their changes: each is a delivery of
    its own. Bytes that an earlier version of the description read are read again and replace
    what was there. `first` reads the file as it comes. Raises ExportError or SourceError; the
    transaction must then be undone.
    """
    zone = workspace.organisation.time_zone
    known = known_file(store, path, candidates, zone=zone)
    if known is not None:
        return (as_known(store, path, known, loading),)
    say(f"reading {path.name}")
    with recognised(path, list(candidates.values()), first=first) as (read, source, export):
        taken = [_taken_in(store, workspace, path, read, source, export, loading)]
        others = [other for other in source.exports if other.name in export.also]
        for other in others:
            with found_within(path, other) as more:
                if more is not None:
                    taken.append(
                        _taken_in(store, workspace, path, more, source, other, loading)
                    )
        told = {name for one in (export, *others) for name in one.known}
        return tuple(
            replace(one, unknown_columns=tuple(sorted({*one.unknown_columns} - told)))
            for one in taken
        )


def _taken_in(
    store: Store,
    workspace: Workspace,
    path: Path,
    read: Reading,
    source: Source,
    export: Export,
    loading: Loading,
) -> Delivery:
    described = described_by(source, export, workspace.organisation.time_zone)
    before = same_bytes(store, read.told.sha256, source, export, as_of=loading.as_of)
    if before is not None and before["described"] == described:
        return as_known(store, path, before, loading)
    snapshot = next_number(store)
    if before is not None:
        loading = _withdrawn(store, before, loading)
    sample = next(read.chunks(LOOKED_AT))
    # Without a row nothing says how a file is written.
    notes: tuple[str, ...] = ("it holds no record: an empty delivery",)
    if sample.records:
        notes = watch(store, path, sample, source, export, snapshot=snapshot)
    account = _staged(store, workspace, read, source, export, snapshot=snapshot)
    _reject_contradictions(store, export, account, snapshot=snapshot)
    home = workspace.organisation.time_zone
    notes += settle(store, source, export, snapshot=snapshot, home=home)
    _refuse_rejects(path, export, account, loading.accept_rejects)
    notes += watch_codes(store, path, source, export, snapshot=snapshot)
    notes += account.numbers.noted(store, source, export, snapshot=snapshot)
    told = replace(_told(path, read.told, export, account), notes=notes)
    note(store, read.told, export, told, loading, described=described, snapshot=snapshot)
    return told


def next_number(store: Store) -> int:
    """The next number of a snapshot or of a loading: higher than all of either kind."""
    highest = "select coalesce(max(greatest(snapshot, loading)), 0) from staging.deliveries"
    return int(store.frame(highest).item()) + 1


def _withdrawn(store: Store, before: Mapping[str, Any], loading: Loading) -> Loading:
    """Take an earlier reading of the same bytes out, and give its place in time to the new."""
    for table in staged_tables(store):
        store.remove(f"staging.{table}", pl.DataFrame({"snapshot": [before["snapshot"]]}))
    return replace(
        loading,
        number=before["loading"],
        as_of=before["as_of"],
        coverage_from=before["coverage_from"] if before["coverage_told"] else None,
    )


def staged_tables(store: Store, *, column: str = "snapshot") -> list[str]:
    """Tables of staging with a column: of deliveries, and those of rows with their `line`."""
    return store.frame(
        "select table_name from information_schema.columns"
        " where table_schema = 'staging' and column_name = $column order by table_name",
        {"column": column},
    )["table_name"].to_list()


def _staged(
    store: Store,
    workspace: Workspace,
    read: Reading,
    source: Source,
    export: Export,
    *,
    snapshot: int,
) -> _Account:
    """Stage a file chunk by chunk, and keep one while the next is staged."""
    account, repeats = _Account(LeadingZeros(store, source, workspace.key())), Repeats()
    with ThreadPoolExecutor(1) as keeper:
        kept: Future[None] | None = None
        for chunk in read.chunks(CHUNK_ROWS):
            staged = stage(
                chunk,
                source,
                export,
                workbook=chunk.kind == "workbook",
                key=workspace.key(),
                zone=workspace.organisation.time_zone,
            )
            repeats.look_at(chunk.rows)
            if kept is not None:
                kept.result()
            # Until the next chunk is staged, nobody else speaks to the store.
            kept = keeper.submit(_keep, store, staged, snapshot)
            account.add(staged)
        if kept is not None:
            kept.result()
    if repeats.chunks > 1:
        again = repeats.lines(lambda: (chunk.rows for chunk in read.chunks(CHUNK_ROWS)))
        _take_out(store, again, account, snapshot=snapshot)
    return account


def _keep(store: Store, staged: Staged, snapshot: int) -> None:
    number = pl.lit(snapshot).cast(pl.Int32).alias("snapshot")
    for table, rows in (staged.tables | {"rejects": staged.rejects.drop("value")}).items():
        if rows.height:
            store.append(f"staging.{table}", rows.with_columns(number))


def _take_out(store: Store, again: pl.Series, account: _Account, *, snapshot: int) -> None:
    """Take rows out again that an earlier chunk of the file said already."""
    account.repeated = again.len()
    account.left_out = account.left_out.filter(~account.left_out.is_in(again.implode()))
    lines = again.to_frame().with_columns(pl.lit(snapshot).alias("snapshot"))
    for table in staged_tables(store, column="line"):
        store.remove(f"staging.{table}", lines)
    kept = store.frame(
        "select count(*) as kept from staging.rejects where snapshot = $snapshot",
        {"snapshot": snapshot},
    )
    account.rejected = int(kept["kept"][0])


def _reject_contradictions(
    store: Store, export: Export, account: _Account, *, snapshot: int
) -> None:
    """Reject the rows of which nobody can say which is right."""
    odd = contradictions(store, export, snapshot=snapshot)
    if odd.is_empty():
        return
    number = pl.lit(snapshot).cast(pl.Int32).alias("snapshot")
    lines = odd.select("line", number)
    for table in staged_tables(store, column="line"):
        store.remove(f"staging.{table}", lines)
    store.append("staging.rejects", odd.drop("value").with_columns(number))
    account.rejected += odd.height
    account.shown += odd.head(SHOWN_REJECTS - len(account.shown)).to_dicts()


def _refuse_rejects(path: Path, export: Export, account: _Account, accepted: int) -> None:
    if account.rejected <= max(export.rejects_allowed, accepted):
        return
    more = account.rejected - 1
    rest = f"{more} more row{'s' if more > 1 else ''} cannot be read either. " if more else ""
    raise ExportError(
        f"{_sentence(path, account.shown[0])}. {rest}Nothing was loaded; to load the other rows"
        f" and keep account of the unread, add --accept-rejects {account.rejected}"
    )


def _sentence(path: Path, reject: Mapping[str, Any]) -> str:
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


def _told(path: Path, told: TextTable, export: Export, account: _Account) -> Delivery:
    return Delivery(
        file_name=path.name,
        source=export.source,
        export=export.name,
        sha256=told.sha256,
        rows_in=account.rows_in,
        rows_loaded=account.loaded,
        rows_rejected=account.rejected,
        rows_repeated=account.repeated,
        rows_left_out=account.left_out.len(),
        known_as=None,
        unknown_columns=tuple(sorted(set(told.header) - export.known)),
        rejects=tuple(_sentence(path, reject) for reject in account.shown),
    )
