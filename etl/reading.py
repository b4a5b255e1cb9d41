"""Read an untrusted export in a process of its own, with bounds on what it may use.

A file made to crash or to exhaust its reader takes that process down and nothing else.
"""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Any

import polars as pl
import pyarrow as pa

from etl.errors import ExportError, file_name, shown
from etl.readers.layout import UNTOLD, Layout
from etl.readers.pages import Page
from etl.readers.rows import TextTable, text_rows

CHUNK_ROWS = 500_000
_PREFIX = "case-audit-"
_TOO_LITTLE_ROOM = 1 << 16
_LONGEST_NAME = 50  # characters, of up to four bytes each, beside those of the archive
_SMALLER = "split the export into smaller files, or export it again"


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may use: bytes of address space and of output, and seconds."""

    memory: int = 4 << 30
    output: int = 32 << 30
    cpu_seconds: int = 1200
    wall_seconds: float = 1800


@dataclass(frozen=True, slots=True)
class Reading:
    """One export that has been read: its TextTable without rows, which come in chunks."""

    told: TextTable
    kept: Path

    def chunks(self, rows: int) -> Iterator[TextTable]:
        """The table in pieces of about so many rows; what is not a row is in the first one.

        There is at least one, and they need not be in memory together.
        """
        told = self.told
        for frame in _frames(self.kept, rows):
            # Of an empty page nothing but its description says which columns it has.
            yield replace(told, rows=frame if frame.width > 1 else told.rows)
            told = replace(told, ragged=told.ragged.clear(), damaged=told.damaged.clear())

    @property
    def is_empty(self) -> bool:
        """Whether it is a list without a record, of which nobody can tell the columns."""
        return not self.told.header and next(iter(_frames(self.kept, 1))).is_empty()

    def as_empty(self, header: Sequence[str]) -> "Reading":
        """The same file, which holds no record, as a table of these columns without a row."""
        rows = text_rows([], (), width=len(header))
        return replace(self, told=replace(self.told, header=tuple(header), rows=rows))

    def whole(self) -> TextTable:
        """The table with all of its rows."""
        return replace(
            self.told, rows=pl.concat(chunk.rows for chunk in self.chunks(CHUNK_ROWS))
        )


def read_export(
    path: Path, layout: Layout = UNTOLD, *, limits: Limits | None = None, **told: Any
) -> TextTable:
    """Text of the export at `path`, read as its name says and its source declares.

    `.xlsx` and `.xls` are workbooks, `.json` and `.ndjson` records, `.xes` an event log, all
    else is delimited text; any of them may be packed as `.gz` or `.zip`. `told` are fields of a
    Layout by name, such as `delimiter=";"`, and take the place of those in `layout`. Raises
    ExportError for whatever is wrong with the file, including that it holds nothing and that
    reading it takes more than `limits`.
    """
    with reading(path, layout, limits=limits, **told) as read:
        if read.is_empty:
            at = f" at {shown(read.told.place)}" if read.told.place else ""
            raise ExportError.at(path, f"it holds no record{at}", remedy="leave it out")
        return read.whole()


@contextmanager
def reading(
    path: Path,
    layout: Layout = UNTOLD,
    *,
    limits: Limits | None = None,
    started: Callable[[subprocess.Popen[bytes]], object] = lambda _: None,
    **told: Any,
) -> Iterator[Reading]:
    """The export at `path` as `read_export` reads it, for as long as the block lasts.

    `started` is told of the process that reads it, which may be killed at any time.
    """
    bounds = limits or Limits()
    _sweep()
    with _opened(path) as descriptor, _scratch(path) as scratch:
        folder = Path(scratch)
        request = _request(path, descriptor, scratch, bounds)
        request["layout"] = asdict(replace(layout, **told))
        code = _run(request, folder, path, started, wall_seconds=bounds.wall_seconds)
        yield _taken_over(folder, path, code)


@contextmanager
def parts_of(
    path: Path, declared: Sequence[str] = (), *, limits: Limits | None = None
) -> Iterator[list[Path]]:
    """The exports of a .zip archive that holds several, for as long as the block lasts.

    Each is called after the archive and itself: `dump.zip, incidents.csv`. Empty for any other
    file, and where `declared`, the members that descriptions name, say which one is meant.
    Raises ExportError for an archive that is damaged or not safe to open.
    """
    if not path.name.lower().endswith(".zip"):
        yield []
        return
    bounds = limits or Limits()
    _sweep()
    with _opened(path) as descriptor, _scratch(path) as scratch:
        folder = Path(scratch)
        request = _request(path, descriptor, scratch, bounds) | {"declared": list(declared)}
        code = _run(request, folder, path, lambda _: None, wall_seconds=bounds.wall_seconds)
        yield [
            (folder / place).rename(_placed(folder / f"of {place}", path, name))
            for place, name in _answered(folder, path, code)["parts"]
        ]


def _placed(folder: Path, path: Path, name: str) -> Path:
    """Where a part of the archive is put, in a folder of its own."""
    folder.mkdir(mode=0o700)
    inner = name.replace("\\", "/").strip("/").replace("/", " - ")
    # A file system has no name of more than 255 bytes; what the part is, its ending says.
    return folder / f"{path.name[:40]}, {inner[-_LONGEST_NAME:]}"


def _request(path: Path, descriptor: int, scratch: str, bounds: Limits) -> dict[str, object]:
    return {
        "file": path.name,
        "descriptor": descriptor,
        "folder": scratch,
        "parent": os.getpid(),
        "limits": {
            "memory": bounds.memory,
            "cpu_seconds": bounds.cpu_seconds,
            "output": bounds.output,
        },
    }


@contextmanager
def _scratch(path: Path) -> Iterator[str]:
    """A folder for the text of one export, named after this process."""
    try:
        folder = TemporaryDirectory(prefix=f"{_PREFIX}{os.getpid()}-")
    except OSError as error:
        raise _gave_up(
            path, f"there is no place for temporary files ({error.strerror})"
        ) from None
    with folder as name:
        yield name


def _sweep() -> None:
    """Take away what loaders that were killed have left: it is the text of exports."""
    for folder in Path(gettempdir()).glob(f"{_PREFIX}*-*"):
        owner = folder.name.removeprefix(_PREFIX).partition("-")[0]
        with suppress(OSError):
            if folder.stat().st_uid == os.geteuid() and not _is_alive(owner):
                shutil.rmtree(folder, ignore_errors=True)


def _is_alive(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except (ValueError, OSError):
        return True
    return True


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    """Descriptor of the regular file at `path`; a pipe or device would block for ever."""
    try:
        # Before it is opened, which sets some devices going, and after, in case it changed.
        _refuse_irregular(path, os.stat(path).st_mode)  # noqa: PTH116
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise ExportError.at(
            path, f"cannot be opened ({reason})", remedy="check its name and permissions"
        ) from None
    try:
        _refuse_irregular(path, os.fstat(descriptor).st_mode)
        yield descriptor
    finally:
        os.close(descriptor)


def _refuse_irregular(path: Path, mode: int) -> None:
    if stat.S_ISREG(mode):
        return
    kind = "a folder" if stat.S_ISDIR(mode) else "a pipe, socket or device"
    raise ExportError.at(
        path, f"this is {kind}, not a file", remedy="name the exported file itself"
    )


def _run(
    request: dict[str, object],
    folder: Path,
    path: Path,
    started: Callable[[subprocess.Popen[bytes]], object],
    *,
    wall_seconds: float,
) -> int:
    """Run the child to its end; the exit code, negative for the signal that ended it."""
    with (folder / "stderr").open("wb") as stderr:
        child = subprocess.Popen(
            [sys.executable, "-m", "etl.readers"],
            stdin=subprocess.PIPE,
            # Nothing is written there: that it is closed tells of the end at once.
            stdout=subprocess.PIPE,
            stderr=stderr,
            # Python would take modules from the current folder before any other.
            cwd=folder,
            env=_environment(folder),
            pass_fds=(int(str(request["descriptor"])),),
        )
        with child:
            try:
                started(child)
                child.communicate(json.dumps(request).encode(), timeout=wall_seconds)
            except subprocess.TimeoutExpired:
                child.kill()
                raise _gave_up(path, f"it took longer than {wall_seconds:g} seconds") from None
            except BaseException:
                child.kill()
                raise
    return child.returncode


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    return kept | {
        "PYTHONPATH": os.pathsep.join(
            str(Path(entry).absolute()) for entry in sys.path if entry
        ),
        # Every thread takes address space, and there may be a hundred processors.
        "POLARS_MAX_THREADS": "2",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "TMPDIR": str(folder),
        "LC_ALL": "C.UTF-8",
    }


def _answered(folder: Path, path: Path, code: int) -> dict[str, Any]:
    if code != 0:
        raise _gave_up(path, _why(code, folder / "stderr"))
    answer: dict[str, Any] = json.loads((folder / "answer.json").read_text(encoding="ascii"))
    if "error" in answer:
        raise ExportError(answer["error"])
    if "gave_up" in answer:
        raise _gave_up(path, _REASONS[answer["gave_up"]])
    return answer


def _taken_over(folder: Path, path: Path, code: int) -> Reading:
    answer = _answered(folder, path, code)
    header = tuple(answer["header"])
    told = TextTable(
        header=header,
        rows=text_rows([], (), width=len(header)),
        ragged=pl.read_ipc(folder / "ragged.arrow"),
        encoding=answer["encoding"],
        delimiter=answer["delimiter"],
        size=answer["size"],
        sha256=answer["sha256"],
        kind=answer["kind"],
        damaged=pl.read_ipc(folder / "damaged.arrow"),
        aside=pl.read_ipc(folder / "aside.arrow"),
        place=answer.get("place", ""),
        places=tuple(answer.get("places", ())),
        page=Page(**answer["page"]) if "page" in answer else None,
    )
    return Reading(told, kept=folder / "rows.arrow")


def _frames(path: Path, rows: int) -> Iterator[pl.DataFrame]:
    """Frames of about `rows` rows each from a file of Arrow record batches, at least one."""
    with pa.memory_map(str(path)) as file:
        batches = pa.ipc.open_file(file)
        waiting: list[pa.RecordBatch] = []
        several = False
        for batch in map(batches.get_batch, range(batches.num_record_batches)):
            for first in range(0, batch.num_rows, rows):
                waiting.append(batch.slice(first, rows))
                if sum(piece.num_rows for piece in waiting) >= rows:
                    yield _frame(waiting, batches.schema)
                    waiting = []
                    several = True
        if waiting or not several:
            yield _frame(waiting, batches.schema)


def _frame(batches: list[pa.RecordBatch], schema: pa.Schema) -> pl.DataFrame:
    return pl.DataFrame(pa.Table.from_batches(batches, schema=schema))


_REASONS = {
    "memory": "it needs more memory than a file may take",
    "output": "what it unpacks to is larger than a file may become",
    "disk": "the disk that holds temporary files is full",
    "time": "it needs more computing time than a file may take",
}


def _why(code: int, stderr: Path) -> str:
    """Reason for the end of a child that gave no answer; never its words, which hold data."""
    with stderr.open("rb") as log:
        log.seek(0, os.SEEK_END)
        log.seek(max(0, log.tell() - 65_536))
        words = log.read()
    if shutil.disk_usage(stderr.parent).free < _TOO_LITTLE_ROOM:
        return _REASONS["disk"]
    if b"memory allocation" in words or b"MemoryError" in words:
        return _REASONS["memory"]
    if code == -signal.SIGXCPU:
        return _REASONS["time"]
    if code == -signal.SIGKILL:
        return "the system stopped it, most likely for want of memory"
    if code < 0:
        return f"its reader was brought down ({signal.Signals(-code).name})"
    last = words.rstrip().rpartition(b"\n")[2].partition(b":")[0]
    kind = last.decode("ascii", "replace").rpartition(".")[2]
    return f"its reader failed ({kind or f'exit code {code}'})"


def _gave_up(path: Path, reason: str) -> ExportError:
    return ExportError(f"{file_name(path)}: reading was given up, {reason}; {_SMALLER}")
