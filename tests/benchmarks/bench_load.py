"""Our load beside the bare engine's, of the same files, in one run.

Ours proves that every row is accounted for, hashes, stages, makes pseudonyms and builds all
core tables with clocks and deadlines; DuckDB types the columns into tables, pandas into frames,
and `cat` reads the bytes. Each is a process of its own, start-up included; they take turns, and
medians are compared. CASE_AUDIT_BENCH_CASES says how many cases (six events each), such as
"100000,1000000"; CASE_AUDIT_BENCH_ROUNDS how often. Ten million once: 6 GiB of memory, 25 GB of
disk (3 of exports, 4 of text that was read, 9 of what DuckDB spills, 6 of the store, and what
is being written), and ten minutes of computing for our load alone.
"""

import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

SIZES = [int(n) for n in os.environ.get("CASE_AUDIT_BENCH_CASES", "100000").split(",")]
ROUNDS = int(os.environ.get("CASE_AUDIT_BENCH_ROUNDS", "3"))
PEERS = ("case-audit", "duckdb", "pandas", "cat")


def written(folder: Path, cases: int, *, every: int = 1, edition: int = 0) -> list[Path]:
    """The exports, made by another process: what we need ourselves counts for our peers too."""
    told = [folder, cases, every, edition]
    command = [sys.executable, "-m", "tests.benchmarks.large_exports", *map(str, told)]
    subprocess.run(command, check=True)
    return [folder / "cases.csv", folder / "events.csv"]


def measured(peer: str, exports: list[Path], place: Path) -> tuple[float, float, float]:
    """Seconds, seconds of computing, and gigabytes of memory at most of any one process."""
    command = [sys.executable, "-m", "tests.benchmarks.loaders", peer, place, *exports]
    start = time.perf_counter()
    process = subprocess.Popen([str(part) for part in command], stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, f"{peer} failed"
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / (1 << 20)


@pytest.mark.parametrize("cases", SIZES)
def test_a_load_beside_the_bare_engine(tmp_path: Path, cases: int) -> None:
    exports = written(tmp_path / "whole", cases)
    correction = written(tmp_path / "correction", cases, every=100, edition=1)
    seconds: dict[str, list[float]] = {}
    computing: dict[str, list[float]] = {}
    memory: dict[str, float] = {}

    def note(name: str, peer: str, files: list[Path], place: Path) -> None:
        took, computed, peak = measured(peer, files, place)
        seconds.setdefault(name, []).append(took)
        computing.setdefault(name, []).append(computed)
        memory[name] = max(memory.get(name, 0), peak)

    for number in range(ROUNDS):
        for peer in PEERS:
            place = tmp_path / f"{peer}{number}"
            note(peer, peer, exports, place)
            if peer == "case-audit":
                note("  the same again", peer, exports, place)
                note("  a correction of 1 %", peer, correction, place)
            shutil.rmtree(place, ignore_errors=True)
            place.unlink(missing_ok=True)
    megabytes = sum(export.stat().st_size for export in exports) / 1e6
    print(f"\n{cases:,} cases, {6 * cases:,} events, {megabytes:,.0f} MB, median of {ROUNDS}")
    told(seconds, computing, memory)
    assert set(seconds) >= set(PEERS)


def told(
    seconds: dict[str, list[float]], computing: dict[str, list[float]], memory: dict[str, float]
) -> None:
    """Print medians, and their ratios to the bare engine's and to our whole load's."""
    medians = {name: statistics.median(times) for name, times in seconds.items()}
    for name, median in medians.items():
        computed = statistics.median(computing[name])
        print(
            f"  {name:<22}{median:8.2f} s {computed:8.2f} s of computing"
            f" {median / medians['duckdb']:7.2f} x duckdb"
            f" {median / medians['case-audit']:6.2f} x whole load {memory[name]:6.2f} GB"
        )
