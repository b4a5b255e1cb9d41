"""Which files have been taken in already: by their bytes, and how those were read."""

import hashlib
import stat
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from etl.source import Export, Source
from etl.store import Store


def known_file(
    store: Store, path: Path, candidates: Mapping[str, Source], *, zone: str
) -> dict[str, Any] | None:
    """The delivery that brought these bytes; they are hashed where their number is known.

    Empty pages are alike whatever lies between them, so that none is known by its bytes.
    """
    sized = _of_that_size(store, path).filter(pl.col("rows_in") > 0)
    if sized.is_empty():
        return None
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    for before in sized.filter(pl.col("sha256") == sha256).iter_rows(named=True):
        source = candidates.get(before["source"])
        exports = source.exports if source is not None else ()
        for export in [export for export in exports if export.name == before["export"]]:
            if source and before["described"] == described_by(source, export, zone):
                return before
    return None


def may_be_known(store: Store, path: Path) -> bool:
    """Say whether a delivery had as many bytes; whether they are the same, hashing tells."""
    return not _of_that_size(store, path).is_empty()


def _of_that_size(store: Store, path: Path) -> pl.DataFrame:
    try:
        about = path.stat()
    except (OSError, ValueError):
        size = None
    else:
        size = about.st_size if stat.S_ISREG(about.st_mode) else None
    return store.frame("select * from staging.deliveries where bytes = $bytes", {"bytes": size})


def same_bytes(
    store: Store, sha256: str, source: Source, export: Export, *, as_of: date
) -> dict[str, Any] | None:
    """The delivery that brought bytes of this hash as this export; an empty one of that day."""
    found = store.frame(
        "select * from staging.deliveries"
        " where sha256 = $sha256 and source = $source and export = $export"
        " and (rows_in > 0 or as_of = $as_of)",
        {"sha256": sha256, "source": source.name, "export": export.name, "as_of": as_of},
    )
    return found.row(0, named=True) if found.height else None


def described_by(source: Source, export: Export, zone: str) -> str:
    """Changes whenever anything that decides how a file's rows are read and staged changes."""
    told = (source.name, source.time_zone, source.codes, export, zone)
    return hashlib.sha256(repr(told).encode()).hexdigest()
