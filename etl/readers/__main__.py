"""The child process that reads one export: a request on stdin, the answer in a folder.

See `etl.reading`, which starts it. The file to read is an open descriptor: no path of the
machine is looked up here.
"""

import ctypes
import errno
import json
import os
import resource
import signal
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from polars import CompatLevel

from etl.errors import ExportError
from etl.readers.contents import kind_of
from etl.readers.decoding import changed
from etl.readers.exports import fingerprint, read_content
from etl.readers.layout import Layout
from etl.readers.rows import TextTable, aside_frame, damaged_frame, ragged_frame
from etl.readers.unpacking import Content, unpack_parts, unpacked

if TYPE_CHECKING:
    from etl.readers.native import NativeText

# Below this the strict reader is as quick as the other one is to import.
QUICK_FROM = 2_000_000


def main() -> int:
    """Answer the request; what is wrong with the export is an answer too."""
    request = json.load(sys.stdin.buffer)
    _end_with(request["parent"])
    _confine(**request["limits"])
    folder = Path(request["folder"])
    try:
        answer = (_parts if "declared" in request else _answer)(request, folder)
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


def _end_with(parent: int) -> None:
    """Have the system end this process when the one that started it ends, killed or not."""
    set_parent_death_signal = 1
    with suppress(OSError, AttributeError):
        # Linux alone knows it; elsewhere the limits end us.
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)
    if os.getppid() != parent:
        # It was killed while we began: of that nobody tells us any more.
        sys.exit(1)


def _lack(error: OSError) -> str:
    # Polars tells the number of the system's error in its words alone.
    for number, what in ((errno.EFBIG, "output"), (errno.ENOSPC, "disk")):
        if error.errno == number or f"os error {number})" in str(error):
            return what
    raise error


def _answer(request: dict[str, Any], folder: Path) -> dict[str, object]:
    with os.fdopen(request["descriptor"], "rb") as stream:
        before = os.fstat(stream.fileno())
        layout = Layout(**request["layout"])
        with unpacked(stream, file=request["file"], member=layout.member) as content:
            answer = _natively(content, layout, folder) or _strictly(content, layout, folder)
        if content.stream is not stream:
            answer |= fingerprint(stream)
        after = os.fstat(stream.fileno())
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise changed(request["file"])
    return answer


def _parts(request: dict[str, Any], folder: Path) -> dict[str, object]:
    """Unpack the exports of an archive, if there are several."""
    with os.fdopen(request["descriptor"], "rb") as stream:
        parts = unpack_parts(
            stream, file=request["file"], to=folder, declared=request["declared"]
        )
    return {"parts": [(place.name, name) for place, name in parts]}


def _natively(content: Content, layout: Layout, folder: Path) -> dict[str, object] | None:
    """Read large text the quick way; None where it does not prove unambiguous."""
    size = content.stream.seek(0, os.SEEK_END)
    plain = Layout(delimiter=layout.delimiter, encoding=layout.encoding, member=layout.member)
    if kind_of(content.name) != "delimited" or layout != plain or size < QUICK_FROM:
        return None
    try:
        from etl.readers.native import into_file, read_native
    except ImportError:
        # Its libraries want more address space than there is to have.
        return None
    with into_file(folder / "rows.arrow") as sink:
        text = read_native(
            content.stream,
            file=content.file,
            delimiter=layout.delimiter,
            encoding=layout.encoding,
            sink=sink,
        )
    if text is None:
        return None
    ragged_frame(text.ragged).write_ipc(folder / "ragged.arrow")
    damaged_frame(()).write_ipc(folder / "damaged.arrow")
    aside_frame((("header", 1, 1),)).write_ipc(folder / "aside.arrow")
    return _about(text) | {"kind": "delimited"}


def _strictly(content: Content, layout: Layout, folder: Path) -> dict[str, object]:
    table = read_content(content, layout)
    # The form of Arrow that every reader of it knows.
    table.rows.write_ipc(folder / "rows.arrow", compat_level=CompatLevel.oldest())
    table.ragged.write_ipc(folder / "ragged.arrow")
    table.damaged.write_ipc(folder / "damaged.arrow")
    table.aside.write_ipc(folder / "aside.arrow")
    found = {"kind": table.kind, "place": table.place, "places": table.places}
    page = {"page": asdict(table.page)} if table.page is not None else {}
    return _about(table) | found | page


def _about(table: "TextTable | NativeText") -> dict[str, object]:
    return {
        "header": table.header,
        "encoding": table.encoding,
        "delimiter": table.delimiter,
        "size": table.size,
        "sha256": table.sha256,
    }


if __name__ == "__main__":
    sys.exit(main())
