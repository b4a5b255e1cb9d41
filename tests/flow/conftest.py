"""The sample organisation's audit, made once for all tests through the command line."""

import contextlib
import fcntl
import hashlib
import io
import json
import multiprocessing
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from unittest import mock

import polars as pl
import pytest

from dashboard.cli import main
from etl.store import Store
from metrics.release import Release, open_release


@dataclass(frozen=True)
class Said:
    """What one run of the command line came to."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Audit:
    """The demo's workspace after two runs, the second for a program, and what each did."""

    folder: Path
    runs: tuple[Said, ...]
    left: tuple[dict[str, str], ...]

    @property
    def files(self) -> list[Path]:
        """Every file of the workspace."""
        return sorted(path for path in self.folder.rglob("*") if path.is_file())

    def store(self, select: str) -> pl.DataFrame:
        """Rows of the workspace's restricted store."""
        with Store.open(self.folder / "audit.duckdb", mode="read") as store:
            return store.frame(select)


def case_audit(*arguments: str | Path) -> Said:
    """Run the command line as a user would, in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as stopped:  # argparse leaves this way
            code = int(stopped.code or 0)
    return Said(code, out.getvalue(), err.getvalue())


@pytest.fixture(scope="session")
def audit(tmp_path_factory: pytest.TempPathFactory, worker_count: int) -> Audit:
    """The demo, built once for all processes that run tests, and built again over itself."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if worker_count > 1 else base) / "lantern"
    folder.mkdir(exist_ok=True)
    record = folder / "record.json"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not record.is_file():
            record.write_text(json.dumps(_made(folder / "demo")))
    told = json.loads(record.read_text())
    runs = tuple(Said(**run) for run in told["runs"])
    return Audit(folder=folder / "demo", runs=runs, left=tuple(told["left"]))


@pytest.fixture(scope="session")
def worker_count(request: pytest.FixtureRequest) -> int:
    """How many processes share the tests."""
    told = getattr(request.config, "workerinput", None)
    return int(told["workercount"]) if told else 1


@pytest.fixture(scope="session")
def releases(audit: Audit) -> dict[str, Release]:
    """The releases of the demo by audience."""
    opened = [open_release(path) for path in sorted((audit.folder / "releases").iterdir())]
    return {release.audience: release for release in opened}


@pytest.fixture(scope="session")
def committee(releases: dict[str, Release]) -> Release:
    """The one release with exact counts."""
    return releases["committee"]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[..., Said]]:
    """Run the command line in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CASE_AUDIT_WORKSPACE", raising=False)
    return case_audit


SECRET = hashlib.sha256(b"the key of the tests").hexdigest()


def _made(folder: Path) -> dict[str, object]:
    runs, left = [], []
    for form in ((), ("--json",)):
        # The key decides how counts are rounded: the same one each time, the same release.
        with mock.patch("secrets.token_hex", lambda length: SECRET[: 2 * length]):
            said = case_audit("demo", "--no-serve", "--newest-alone", *form, folder)
        runs.append(vars(said))
        left.append(
            {
                str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
                for path in sorted(folder.rglob("*"))
                if path.is_file()
            }
        )
    return {"runs": runs, "left": left}


@pytest.fixture(scope="module")
def processes() -> Iterator[multiprocessing.context.BaseContext]:
    """Processes that begin with the program imported: loading or checking is what is killed.

    They would begin with the main program too, and a test of a page leaves the page as that.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        [
            "dashboard.cli",
            "dashboard.steps",
            "dashboard.judging",
            "checks.run",
            "etl.load",
            "pyarrow",
        ]
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "__main__", ModuleType("__main__"))
        yield context
