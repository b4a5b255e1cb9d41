"""Change the audit file: one process at a time, all of a change or nothing of it."""

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from etl.store import Store, StoreError


@contextmanager
def changing(path: Path) -> Iterator[Store]:
    """The store at `path` within one transaction, for this process alone.

    A store that is not there yet is made beside its place and put there when it is whole.
    However the process ends, killed or with a full disk, the store is as it was before or as
    it should be after, and what was left over is cleared away by the next change. Raises
    StoreError where another process is changing it, or where it cannot be written.
    """
    with _said_plainly(path), alone(path):
        beside = path.with_name(path.name + ".new")
        _clear(beside)
        is_new = not path.exists()
        place = beside if is_new else path
        try:
            with Store.open(place, mode="load") as store:
                place.chmod(0o600)
                with store.transaction():
                    yield store
                if is_new:
                    store.checkpoint()
            if is_new:
                _put(beside, path)
        finally:
            _clear(beside)
            shutil.rmtree(_spill(place), ignore_errors=True)


@contextmanager
def _said_plainly(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES}:
            raise
        raise StoreError(
            f"{path.name}: it cannot be changed ({error.strerror}); it is as it was before:"
            " make room, or check who may write there, and run it again"
        ) from error


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold the lock beside `path`; the system lets it go however this process ends.

    Raises StoreError, naming the process, where another one holds it.
    """
    lock = path.with_suffix(".lock")
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            who = os.read(descriptor, 20).decode("ascii", "replace").strip()
            raise StoreError(
                f"{path.name}: another case-audit is changing it"
                f"{f' (process {who})' if who else ''}; wait until that has ended and try again"
            ) from None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(descriptor)


def _put(beside: Path, path: Path) -> None:
    """Put a whole store in its place so that it is there after a power failure too."""
    if beside.with_name(beside.name + ".wal").exists():
        raise StoreError(f"{path.name}: it could not be written whole; nothing was loaded")
    for place in (beside, beside.parent):
        if place == beside.parent:
            beside.replace(path)
        descriptor = os.open(place, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _clear(beside: Path) -> None:
    beside.unlink(missing_ok=True)
    beside.with_name(beside.name + ".wal").unlink(missing_ok=True)
    shutil.rmtree(_spill(beside), ignore_errors=True)


def _spill(path: Path) -> Path:
    """Folder into which DuckDB puts what does not fit into memory."""
    return path.with_name(path.name + ".tmp")
