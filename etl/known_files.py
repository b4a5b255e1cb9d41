"""Which files have been taken in already: by their bytes, and how those were read."""

import hashlib
import stat
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import polars as pl

from etl.source import Export, Source
from etl.store import Store

# Much at a time: between two pieces a thread waits until the others let it go on.
_PIECE = 16 << 20


class Hashes:
    """Hashes of files, made beside whatever else is done until they are asked for."""

    def __init__(self) -> None:
        """Begin with none."""
        self._begun: dict[Path, Future[str]] = {}
        self._workers = ThreadPoolExecutor(2, thread_name_prefix="hashing")

    def begin(self, store: Store, paths: Iterable[Path]) -> None:
        """Begin with those of the files whose number of bytes a delivery had."""
        for path in paths:
            if may_be_known(store, path):
                self._begun[path] = self._workers.submit(_sha256, path)

    def of(self, path: Path) -> str:
        """SHA-256 of the file's bytes in hex. Raises OSError where it cannot be read."""
        begun = self._begun.pop(path, None)
        return begun.result() if begun is not None else _sha256(path)

    def __enter__(self) -> Self:
        """Return itself, to be closed at the end of the block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Begin no more of them."""
        self._workers.shutdown(cancel_futures=True)


def known_file(
    store: Store, path: Path, candidates: Mapping[str, Source], hashes: Hashes, *, zone: str
) -> dict[str, Any] | None:
    """The delivery that brought these bytes; they are hashed where their number is known."""
    sized = _of_that_size(store, path)
    if sized.is_empty():
        return None
    sha256 = hashes.of(path)
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


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    piece = memoryview(bytearray(_PIECE))
    with path.open("rb", buffering=0) as file:
        while read := file.readinto(piece):
            digest.update(piece[:read])
    return digest.hexdigest()


def same_bytes(
    store: Store, sha256: str, source: Source, export: Export
) -> dict[str, Any] | None:
    """The delivery that brought bytes of this hash as this export."""
    found = store.frame(
        "select * from staging.deliveries"
        " where sha256 = $sha256 and source = $source and export = $export",
        {"sha256": sha256, "source": source.name, "export": export.name},
    )
    return found.row(0, named=True) if found.height else None


def described_by(source: Source, export: Export, zone: str) -> str:
    """Changes whenever anything that decides how a file's rows are read and staged changes."""
    told = (source.name, source.time_zone, source.codes, export, zone)
    return hashlib.sha256(repr(told).encode()).hexdigest()
