"""One file of a delivery: read in chunks, staged, and accounted for row by row."""

import hashlib
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from etl.errors import ExportError
from etl.readers.contents import is_workbook
from etl.recognition import recognised
from etl.repeats import Repeats
from etl.source import Export, Source
from etl.staging import stage
from etl.store import Store
from etl.workspace import Workspace

CHUNK_ROWS = 500_000
SHOWN_REJECTS = 20
FACTS = ("cases", "events", "findings", "feedback")


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one file: rows in = loaded + rejected + exact repeats.

    `known_as` is the number of the delivery that brought the same bytes before, and
    `known_on` its as-of day. `notes` are sentences about the delivery, for people.
    """

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
    known_on: date | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Loading:
    """What is told of all the files that are loaded together."""

    number: int
    as_of: date
    coverage_from: date | None
    accept_rejects: int


@dataclass(slots=True)
class _Account:
    rows_in: int = 0
    rejected: int = 0
    repeated: int = 0
    shown: list[dict[str, Any]] = field(default_factory=list)


def take_in(
    store: Store,
    workspace: Workspace,
    path: Path,
    candidates: dict[str, Source],
    loading: Loading,
    *,
    say: Callable[[str], None],
) -> Delivery:
    """Append one export's rows to staging, unless the same bytes are there already.

    Bytes that are there as another description read them are read again, and take the place of
    what was there. Raises ExportError or SourceError; then the transaction must be undone.
    """
    zone = workspace.organisation.time_zone
    known = _known(store, path, candidates, zone)
    if known is not None:
        return known
    say(f"reading {path.name}")
    with recognised(path, list(candidates.values())) as (read, source, export):
        described = description_of(source, export, zone)
        before = _same_bytes(store, read.told.sha256, source, export)
        if before is not None and before["described"] == described:
            return _as_known(path, before)
        as_told = _replaced(store, before, loading) if before is not None else loading
        snapshot = next_number(store, "snapshot")
        account = _Account()
        repeats = Repeats()
        for chunk in read.chunks(CHUNK_ROWS):
            staged = stage(
                chunk,
                source,
                export,
                workbook=is_workbook(path.name),
                key=workspace.key(),
                zone=zone,
            )
            repeats.look_at(chunk.rows)
            _append(store, staged.tables | {"rejects": staged.rejects.drop("value")}, snapshot)
            account.rows_in += staged.rows_in
            account.rejected += staged.rejects.height
            account.repeated += staged.rows_repeated
            room = SHOWN_REJECTS - len(account.shown)
            account.shown += staged.rejects.head(room).to_dicts() if room else []
        if repeats.chunks > 1:
            lines = repeats.lines(lambda: (c.rows for c in read.chunks(CHUNK_ROWS)))
            _take_out(store, account, lines, snapshot)
        _refuse(path, export, account, loading.accept_rejects)
        _note_delivery(store, path, read.told, source, export, account, as_told, snapshot, described)
