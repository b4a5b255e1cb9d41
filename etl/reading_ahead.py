"""Read the next export while the one before it is taken in."""

import subprocess
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from etl.reading import Reading, reading


class Ahead:
    """Readings that have begun before they are asked for, one at a time.

    What is wrong with a file is raised where its reading is asked for. At the end of the block
    a reading that nobody has asked for is given up.
    """

    def __init__(self) -> None:
        """Begin with no reading under way."""
        self._begun: dict[Path, Future[tuple[Reading, ExitStack]]] = {}
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="reading")
        self._child: subprocess.Popen[bytes] | None = None
        self._is_over = False

    def begin(self, path: Path) -> None:
        """Begin to read the export at `path`; at once, or when the one before is read."""
        self._begun[path] = self._worker.submit(self._read, path)

    @contextmanager
    def reading(self, path: Path) -> Iterator[Reading]:
        """The export at `path` as `etl.reading.reading` gives it, begun already or not."""
        begun = self._begun.pop(path, None)
        if begun is None:
            with reading(path) as read:
                yield read
            return
        read, kept = begun.result()
        with kept:
            yield read

    def __enter__(self) -> Self:
        """Return itself, to be closed at the end of the block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give up what nobody has asked for."""
        self._is_over = True
        if self._begun and self._child is not None:
            self._child.kill()
        self._worker.shutdown(cancel_futures=True)
        for begun in self._begun.values():
            if not begun.cancelled() and begun.exception() is None:
                begun.result()[1].close()

    def _read(self, path: Path) -> tuple[Reading, ExitStack]:
        with ExitStack() as readings:
            read = readings.enter_context(reading(path, started=self._started))
            return read, readings.pop_all()

    def _started(self, child: subprocess.Popen[bytes]) -> None:
        self._child = child
        if self._is_over:
            child.kill()
