"""The child process that reads one export: a request on stdin, the answer in a folder.

See `etl.reading`, which starts it. The file to read is an open descriptor: no path of the
machine is looked up here.
"""

import errno
import json
import os
import resource
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from polars import CompatLevel

from etl.errors import ExportError
from etl.readers.contents import is_workbook
from etl.readers.delimited import read_delimited
from etl.readers.rows import TextTable, ragged_frame

if TYPE_CHECKING:
    from etl.readers.native import NativeText

# Below this the strict reader is as quick as the other one is to import.
QUICK_FROM = 2_000_000


def main() -> int:
    """Answer the request; what is wrong with the export is an answer too."""
    request = json.load(sys.stdin.buffer)
    _confine(**request["limits"])
    folder = Path(request["folder"])
    try:
        answer = _answer(request, folder)
    except ExportError as error:
        answer = {"error": str(error)}
    except MemoryError:
        answer = {"gave_up": "memory"}
    except OSError as error:
        answer = {"gave_up": _lack(error)}
    (folder / "answer.json").write_text(json.dumps(answer), encoding="ascii")
    return 0


def _confine(*, memory: int, cpu_seconds: int, output: int) -> None:
    os.umask(0o077)
    # A core dump would hold cases.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (output, output))


def _lack(error: OSError) -> str:
    # Polars tells the number of the system's error in its words alone.
    for number, what in ((errno.EFBIG, "output"), (errno.ENOSPC, "disk")):
        if error.errno == number or f"os error {number})" in str(error):
            return what
    raise error


def _answer(request: dict[str, Any], folder: Path) -> dict[str, object]:
    with os.fdopen(request["descriptor"], "rb") as stream:
        before = os.fstat(stream.fileno())
        answer = _natively(stream, request, folder) or _strictly(stream, request, folder)
        after = os.fstat(stream.fileno())
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise ExportError.at(
            request["file"],
            "the file changed while it was being read",
            remedy="wait until it is complete and load it again",
        )
    return answer


def _natively(
    stream: BinaryIO, request: dict[str, Any], folder: Path
) -> dict[str, object] | None:
    """Read large text the quick way; None where it does not prove unambiguous."""
    size = os.fstat(stream.fileno()).st_size
    if is_workbook(request["file"]) or size < QUICK_FROM:
        return None
    try:
        from etl.readers.native import into_file, read_native
    except ImportError:
        # Its libraries want more address space than there is to have.
        return None
    with into_file(folder / "rows.arrow") as sink:
        text = read_native(
            stream,
            file=request["file"],
            delimiter=request["delimiter"],
            encoding=request["encoding"],
            sink=sink,
        )
    if text is None:
        return None
    ragged_frame(text.ragged).write_ipc(folder / "ragged.arrow")
    return _about(text)


def _strictly(stream: BinaryIO, request: dict[str, Any], folder: Path) -> dict[str, object]:
    table = _read(stream, request)
    # The form of Arrow that every reader of it knows.
    table.rows.write_ipc(folder / "rows.arrow", compat_level=CompatLevel.oldest())
    table.ragged.write_ipc(folder / "ragged.arrow")
    return _about(table)


def _about(table: "TextTable | NativeText") -> dict[str, object]:
    return {
        "header": table.header,
        "encoding": table.encoding,
        "delimiter": table.delimiter,
        "size": table.size,
        "sha256": table.sha256,
    }


def _read(stream: BinaryIO, request: dict[str, Any]) -> TextTable:
    file = request["file"]
    if not is_workbook(file):
        return read_delimited(
            stream, file=file, delimiter=request["delimiter"], encoding=request["encoding"]
        )
    # Slow to import, and needed for workbooks alone.
    from etl.readers.workbook import read_workbook

    return read_workbook(stream, file=file, sheet=request["sheet"])


if __name__ == "__main__":
    sys.exit(main())
