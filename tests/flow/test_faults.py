"""Whatever happens to a loading process, the audit is as it was or as it should be."""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from dashboard.cli import main
from etl.changing import changing
from etl.store import Store
from etl.workspace import Workspace, init
from tests.properties.test_deliveries import core_of

SOURCE = """
name = "harbour"
title = "Harbour"
time_zone = "Europe/London"
[codes.unit]
"N" = "north"
[exports.cases]
grain = "case"
same_case = "last"
[exports.cases.columns]
case_id = "Case"
unit = "Unit"
[exports.cases.events]
received = "Received"
resolved = "Resolved"
"""
KILLS = int(os.environ.get("CASE_AUDIT_KILLS", "50"))
CASES = 200


def described(folder: Path) -> Workspace:
    made = init(folder)
    (made.folder / "sources" / "harbour.toml").write_text(SOURCE, encoding="utf-8")
    return made


def export(folder: Path, number: int, cases: int = CASES) -> Path:
    """The delivery with this number: as many new cases, and a correction of an old one."""
    path = folder / f"{number:02}.csv"
    if not path.exists():
        told = [f"{number}-{case},N,2024-01-0{1 + case % 9},\n" for case in range(cases)]
        told.append(f"0-{number},N,2024-01-01,2024-02-{1 + number % 28:02}\n")
        path.write_text("Case,Unit,Received,Resolved\n" + "".join(told), encoding="utf-8")
    return path


def arguments(workspace: Workspace, *exports: Path) -> list[str]:
    told = ["load", *map(str, exports), "--as-of", "2024-06-30", "--source", "harbour"]
    return [*told, "--workspace", str(workspace.folder), "--quiet"]


def run(told: list[str]) -> None:
    """The whole command, in a process that is there to be killed."""
    with (
        Path(os.devnull).open("w") as nowhere,
        redirect_stdout(nowhere),
        redirect_stderr(nowhere),
    ):
        sys.exit(main(told))


def deliveries_in(workspace: Workspace) -> int:
    """Number of whole deliveries; fails where anything of another one is there."""
    if not workspace.store_path.exists():
        return 0
    with Store.open(workspace.store_path, mode="read") as store:
        number = store.frame("select count(*) from staging.deliveries").item()
        rows = "select count(*) from staging.cases union all select count(*) from core.cases"
        staged, known = store.frame(rows).to_series().to_list()
        current = store.frame(
            "select count(distinct snapshot) from core.snapshots"
            " where snapshot in (select snapshot from core.spoken_rows)"
        ).item()
    assert staged == number * (CASES + 1)
    # The correction of delivery 0 speaks of its own case, those of the others of a case of it.
    assert known in ({0} if number == 0 else {number * CASES, number * CASES + 1})
    assert current == number
    return int(number)


def test_a_loading_that_is_killed_leaves_the_audit_whole(tmp_path, processes):
    dice = random.Random(20260930)  # noqa: S311  nothing is protected with it
    interrupted = described(tmp_path / "killed")
    process = processes.Process(target=run, args=(arguments(interrupted, export(tmp_path, 0)),))
    start = time.monotonic()
    process.start()
    process.join()
    usual = time.monotonic() - start
    assert deliveries_in(interrupted) == 1
    outcomes = []
    for _ in range(KILLS):
        before = deliveries_in(interrupted)
        told = arguments(interrupted, export(tmp_path, before))
        process = processes.Process(target=run, args=(told,))
        process.start()
        process.join(dice.uniform(0, usual))
        os.kill(process.pid, signal.SIGKILL) if process.is_alive() else None
        process.join()
        after = deliveries_in(interrupted)
        assert after in {before, before + 1}
        outcomes.append(after - before)
    loaded = deliveries_in(interrupted)
    assert 0 in outcomes, "no point was early enough to lose the delivery"
    assert main(arguments(interrupted, export(tmp_path, loaded))) == 0
    undisturbed = described(tmp_path / "undisturbed")
    (undisturbed.folder / "secret.key").write_bytes(
        (interrupted.folder / "secret.key").read_bytes()
    )
    for number in range(loaded + 1):
        assert main(arguments(undisturbed, export(tmp_path, number))) == 0
    assert everything(interrupted) == everything(undisturbed)
    assert leftovers(interrupted) == set()


def everything(workspace: Workspace) -> dict[str, list[tuple]]:
    with Store.open(workspace.store_path, mode="read") as store:
        return core_of(store)


def leftovers(workspace: Workspace) -> set[str]:
    """Files that no workspace keeps."""
    kept = {"audit.duckdb", "audit.lock", "secret.key", "case-audit.toml"}
    found = {path.name for path in workspace.folder.iterdir() if path.name.startswith("audit")}
    return found - kept


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_a_first_loading_that_is_killed_leaves_no_audit_or_a_whole_one(
    tmp_path, processes, share
):
    workspace = described(tmp_path / "audit")
    told = arguments(workspace, export(tmp_path, 0))
    process = processes.Process(target=run, args=(told,))
    process.start()
    process.join(share * 1.5)
    process.kill()
    process.join()
    assert deliveries_in(workspace) in {0, 1}
    assert main(told) == 0
    assert deliveries_in(workspace) == 1
    assert leftovers(workspace) == set()


def test_what_a_killed_loading_read_is_not_left_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    left = tmp_path / f"case-audit-{dead.pid}-x"
    others = tmp_path / f"case-audit-{os.getpid()}-x"
    for folder in (left, others):
        folder.mkdir()
        (folder / "rows.arrow").write_text("of an export")
    assert main(arguments(described(tmp_path / "audit"), export(tmp_path, 0))) == 0
    assert not left.exists()
    assert others.exists()


# The disk is full


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 24 MB, where we may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = shutil.which("mount")
    told = [mount or "mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(place)]
    if mount is None or subprocess.run(told, capture_output=True, check=False).returncode != 0:
        pytest.skip("a full disk needs a tmpfs, and we may not mount one here")
    yield place
    subprocess.run([shutil.which("umount") or "umount", str(place)], check=True)


def fill(disk: Path, *, but: int) -> Path:
    """Fill the disk but for so many bytes."""
    filler = disk / "filler"
    filler.unlink(missing_ok=True)
    about = os.statvfs(disk)
    with filler.open("wb") as file:
        file.write(b"\0" * max(0, about.f_bavail * about.f_frsize - but))
    return filler


def test_a_full_disk_is_said_in_a_sentence_and_changes_nothing(tmp_path, small_disk, capsys):
    workspace = described(small_disk / "audit")
    assert main(arguments(workspace, export(tmp_path, 0))) == 0
    refused = 0
    for room in (0, 8 << 10, 64 << 10, 256 << 10, 512 << 10, 1 << 20, 2 << 20):
        before = deliveries_in(workspace)
        filler = fill(small_disk, but=room)
        capsys.readouterr()
        code = main(arguments(workspace, export(tmp_path, before)))
        told = capsys.readouterr().err
        filler.unlink()
        if code == 0:
            assert deliveries_in(workspace) == before + 1
            continue
        refused += 1
        assert code == 2
        assert len(told.splitlines()) == 1
        assert "disk is full" in told or "No space left" in told
        assert "as it was before" in told
        assert deliveries_in(workspace) == before
    assert refused
    before = deliveries_in(workspace)
    assert main(arguments(workspace, export(tmp_path, before))) == 0
    assert deliveries_in(workspace) == before + 1


def test_a_first_loading_onto_a_full_disk_leaves_no_audit(tmp_path, small_disk, capsys):
    workspace = described(small_disk / "audit")
    filler = fill(small_disk, but=200 << 10)
    assert main(arguments(workspace, export(tmp_path, 0))) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert not workspace.store_path.exists()
    filler.unlink()
    assert main(arguments(workspace, export(tmp_path, 0))) == 0
    assert leftovers(workspace) == set()


@pytest.mark.parametrize("room", [1, 2, 3, 5])
def test_a_disk_that_fills_while_rows_are_staged_is_said_in_a_sentence(
    tmp_path, small_disk, capsys, room
):
    workspace = described(small_disk / "audit")
    fill(small_disk, but=room << 20)
    assert main(arguments(workspace, export(tmp_path, 0, cases=150_000))) == 2
    assert "disk is full" in capsys.readouterr().err
    assert not workspace.store_path.exists()


def test_no_room_for_temporary_files_is_said_in_a_sentence(
    tmp_path, small_disk, capsys, monkeypatch
):
    workspace = described(tmp_path / "audit")
    monkeypatch.setattr(tempfile, "tempdir", str(small_disk))
    for room in (0, 16 << 10):
        fill(small_disk, but=room)
        assert main(arguments(workspace, export(tmp_path, 0, cases=2000))) == 2
        (told,) = capsys.readouterr().err.splitlines()
        assert "temporary files" in told
        assert not workspace.store_path.exists()


# Two at once


def test_of_two_loaders_the_second_is_told_who_the_first_is(tmp_path, capsys):
    workspace = described(tmp_path / "audit")
    load = arguments(workspace, export(tmp_path, 0))
    with changing(workspace.store_path) as store:
        store.create_schema("staging")
        assert main(load) == 2
    told = capsys.readouterr().err
    assert f"another case-audit is changing it (process {os.getpid()})" in told
    assert "wait until that has ended" in told
    workspace.store_path.unlink()
    assert main(load) == 0


def test_loaders_that_start_together_each_load_all_or_nothing(tmp_path, processes):
    workspace = described(tmp_path / "audit")
    main(arguments(workspace, export(tmp_path, 0)))
    several = [
        processes.Process(target=run, args=(arguments(workspace, export(tmp_path, number)),))
        for number in (1, 2, 3)
    ]
    for process in several:
        process.start()
    for process in several:
        process.join()
    codes = [process.exitcode for process in several]
    assert set(codes) <= {0, 2}
    assert 0 in codes
    assert deliveries_in(workspace) == 1 + codes.count(0)


def test_a_reader_keeps_a_loader_out_with_a_word(tmp_path, capsys):
    workspace = described(tmp_path / "audit")
    main(arguments(workspace, export(tmp_path, 0)))
    reader = (
        "import sys, duckdb; c = duckdb.connect(sys.argv[1], read_only=True);"
        " print('open', flush=True); sys.stdin.read()"
    )
    told = [sys.executable, "-c", reader, str(workspace.store_path)]
    with subprocess.Popen(told, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"open\n"
        capsys.readouterr()
        assert main(arguments(workspace, export(tmp_path, 1))) == 2
        assert "another process has it open" in capsys.readouterr().err
        process.stdin.close()
    assert main(arguments(workspace, export(tmp_path, 1))) == 0
    assert deliveries_in(workspace) == 2
