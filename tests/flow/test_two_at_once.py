"""Loading and checking beside each other: one at a time, and the other is told."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dashboard.cli import main
from etl.errors import WorkspaceError
from etl.store import Store
from etl.workspace import Workspace
from tests.flow.test_faults import arguments, described, export, leftovers, run

KILLS = int(os.environ.get("CASE_AUDIT_KILLS", "10")) // 5 + 4
CLEAR = "another case-audit is changing it (process "


def checking(workspace: Workspace) -> list[str]:
    return ["check", "--workspace", str(workspace.folder)]


def started(told: list[str]) -> subprocess.Popen[str]:
    """The program itself, in a process of its own."""
    command = [sys.executable, "-m", "dashboard.cli", *told]
    root = Path(__file__).parents[2]
    return subprocess.Popen(
        command, cwd=root, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    made = described(tmp_path / "audit")
    assert ended(started(arguments(made, export(tmp_path, 0))))[0] == 0
    return made


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    told = process.communicate(timeout=120)[1]
    return process.returncode, told


def beside(process: subprocess.Popen[str], told: list[str]) -> tuple[int, str]:
    """How the program ends, with these words, while the process stands still."""
    process.send_signal(signal.SIGSTOP)
    try:
        return ended(started(told))
    finally:
        process.send_signal(signal.SIGCONT)


def until_it_is_locked(workspace: Workspace, process: subprocess.Popen[str]) -> None:
    """Wait until this process holds the lock, whose file names who holds it."""
    lock = workspace.store_path.with_suffix(".lock")
    for _ in range(3000):
        if lock.exists() and lock.read_text(encoding="ascii").strip() == str(process.pid):
            return
        time.sleep(0.01)
    raise AssertionError("it did not begin")


def runs_in(workspace: Workspace) -> list[int]:
    """Runs of the checks; fails where one is not whole."""
    with Store.open(workspace.store_path, mode="read") as store:
        if not store.has("quality.verdicts"):
            return []
        held = store.frame("select run, count(*) as n from quality.verdicts group by run")
    assert held["n"].n_unique() <= 1, "a run lacks some of its verdicts"
    return sorted(held["run"])


def test_a_loader_beside_a_check_is_told_who_checks(workspace, tmp_path):
    check = started(checking(workspace))
    # Twice: for a moment while the tables are brought up to date, and then until the end.
    until_it_is_locked(workspace, check)
    time.sleep(1)
    code, told = beside(check, arguments(workspace, export(tmp_path, 1)))
    assert (code, len(told.splitlines())) == (2, 1)
    assert f"{CLEAR}{check.pid})" in told
    assert ended(check)[0] in {0, 1}
    assert runs_in(workspace) == [1]
    assert ended(started(arguments(workspace, export(tmp_path, 1))))[0] == 0


def test_a_check_beside_a_loader_is_told_who_loads(workspace, tmp_path):
    load = started(arguments(workspace, export(tmp_path, 1)))
    until_it_is_locked(workspace, load)
    code, told = beside(load, checking(workspace))
    assert (code, len(told.splitlines())) == (2, 1)
    assert f"{CLEAR}{load.pid})" in told
    assert ended(load)[0] == 0
    assert runs_in(workspace) == []


def test_a_loader_beside_a_release_in_the_making_is_told_so(
    workspace, tmp_path, capsys, monkeypatch
):
    def making(*_: object, **__: object) -> None:
        assert main(arguments(workspace, export(tmp_path, 1))) == 2
        assert f"{CLEAR}{os.getpid()})" in capsys.readouterr().err
        raise WorkspaceError("that was all")

    monkeypatch.setattr("dashboard.publishing.publish", making)
    publish = ["publish", "--audience", "committee", "--workspace", str(workspace.folder)]
    assert main(publish) == 2
    assert "that was all" in capsys.readouterr().err


def test_a_check_that_is_killed_leaves_no_run_or_a_whole_one(workspace, processes):
    dice = random.Random(20261127)  # noqa: S311  nothing is protected with it
    before, usual = 0, 0.0
    for number in range(KILLS):
        process = processes.Process(target=run, args=(checking(workspace),))
        start = time.monotonic()
        process.start()
        # The first run says how long one takes; the others are killed in the midst of it.
        process.join(dice.uniform(0, 1.1 * usual) if number else None)
        os.kill(process.pid, signal.SIGKILL) if process.is_alive() else None
        process.join()
        assert number or process.exitcode == 0
        usual = usual or time.monotonic() - start
        runs = runs_in(workspace)
        assert runs == list(range(1, len(runs) + 1))
        assert len(runs) in {before, before + 1}
        before = len(runs)
    assert 0 < before < KILLS, "no point was early enough to lose the run"
    process = processes.Process(target=run, args=(checking(workspace),))
    process.start()
    process.join()
    assert runs_in(workspace) == list(range(1, before + 2))
    assert leftovers(workspace) <= {"audit.duckdb.wal"}
