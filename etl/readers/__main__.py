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
from typing import Any

from etl.errors import ExportError
from etl.readers.exports import read
from etl.readers.layout import Layout


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
        table = read(stream, file=request["file"], layout=Layout(**request["layout"]))
        after = os.fstat(stream.fileno())
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise ExportError.at(
            request["file"],
            "the file changed while it was being read",
            remedy="wait until it is complete and load it again",
        )
    table.rows.write_ipc(folder / "rows.arrow")
    table.ragged.write_ipc(folder / "ragged.arrow")
    table.damaged.write_ipc(folder / "damaged.arrow")
    table.aside.write_ipc(folder / "aside.arrow")
    return {
        "header": table.header,
        "encoding": table.encoding,
        "delimiter": table.delimiter,
        "size": table.size,
        "sha256": table.sha256,
        "kind": table.kind,
    }


if __name__ == "__main__":
    sys.exit(main())
