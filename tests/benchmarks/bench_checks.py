"""The suite beside one hand-written pass of the same predicates, and beside pandas.

Ours goes through Great Expectations inside DuckDB, the building of its suites included and its
import not (it is told apart). The hand-written pass (`hand_written`) knows nothing of how ours
is compiled, and must come to the same counts. On pandas stand the row-wise claims about cases
that Great Expectations has expectations for, the frame loaded beforehand.

Each runs in a process of its own, in turn, and the median is told: seconds on the clock,
seconds of the processors (which other users of the machine hardly lengthen) and the most
memory held.
CASE_AUDIT_BENCH_CHECKS says how many cases, such as "100000" or "1000000,10000000"; each has
six events and two deadlines. CASE_AUDIT_BENCH_ROUNDS says how often (3).
"""

import multiprocessing
import os
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median

import pytest

from checks.suites import CHECKS
from checks.verdict import batches
from etl.store import Store
from tests.benchmarks.audit_of_many import built
from tests.benchmarks.hand_written import STATEMENTS, counted_by_hand

SIZES = [int(n) for n in os.environ.get("CASE_AUDIT_BENCH_CHECKS", "100000").split(",")]
ROUNDS = int(os.environ.get("CASE_AUDIT_BENCH_ROUNDS", "3"))
MOST = 1.5  # times the processors' time of the hand-written pass
START_UP = 2.0  # seconds in which Great Expectations builds its suites, whatever the size
GIGABYTE = 2**30
MOST_MEMORY = 4 * GIGABYTE
LARGEST_FRAME = 1_000_000  # cases; pandas holds every one of them as objects
# Those that Great Expectations has an expectation for on a frame.
ROW_WISE = frozenset(
    {
        "one_row_per_case",
        "cases_have_a_received_date",
        "closed_not_before_received",
        "unit_is_recorded",
        "category_is_recorded",
        "channel_is_recorded",
        "severity_is_recorded",
    }
)


@dataclass(frozen=True)
class Taken:
    """What one run in a process of its own took, and what it found."""

    seconds: float
    processor: float
    memory: int
    found: object


Contestant = Callable[[Path], Callable[[], object]]


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _measured(make: Contestant, path: Path, to: Connection) -> None:
    run = make(path)
    start, before = time.perf_counter(), _processor()
    found = run()
    seconds, processor = time.perf_counter() - start, _processor() - before
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    to.send(Taken(seconds, processor, memory, found))


def ours(path: Path) -> Callable[[], object]:
    from checks.run import run

    return lambda: {each.name: (each.examined, each.failing) for each in run(path)}


def ours_of_pandas(path: Path) -> Callable[[], object]:
    from checks.run import run

    checks = [check for check in CHECKS if check.name in ROW_WISE]
    return lambda: all(not each.failing for each in run(path, checks=checks))


def by_hand(path: Path) -> Callable[[], object]:
    def run() -> object:
        with Store.open(path, mode="read") as store:
            return counted_by_hand(store)

    return run


def on_pandas(path: Path) -> Callable[[], object]:
    """The claims of ROW_WISE about cases in a frame."""
    import great_expectations as gx
    from great_expectations import expectations as of
    from great_expectations.data_context.types.base import ProgressBarsConfig

    with Store.open(path, mode="read") as store:
        frame = store.frame("select * from core.cases").to_pandas()
    claims = [
        of.ExpectColumnValuesToBeUnique(column="case_key"),
        of.ExpectColumnValuesToNotBeNull(column="received_on"),
        of.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A="resolved_on", column_B="received_on", or_equal=True
        ),
        *(
            of.ExpectColumnValuesToNotBeInSet(column=name, value_set=["unknown"])
            for name in ("unit", "category", "channel", "severity")
        ),
    ]
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("frame").add_dataframe_asset("cases")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
    suite = gx.ExpectationSuite(name="cases", expectations=claims)

    assert len(claims) == len(ROW_WISE)
    return lambda: batch.validate(suite, result_format="BOOLEAN_ONLY").success


def alone(make: Contestant, path: Path) -> Taken:
    """One run in a fresh process, whose memory is its own."""
    context = multiprocessing.get_context("spawn")
    mine, its = context.Pipe(duplex=False)
    process = context.Process(target=_measured, args=(make, path, its))
    process.start()
    its.close()
    taken: Taken = mine.recv()
    process.join()
    return taken


def _told(name: str, runs: list[Taken]) -> str:
    return (
        f"  {name:<30} {median(r.seconds for r in runs):8.2f} s"
        f" {median(r.processor for r in runs):8.2f} s of processors"
        f" {max(r.memory for r in runs) / GIGABYTE:6.2f} GB"
    )


@pytest.mark.parametrize("cases", SIZES)
def test_the_suite_takes_no_longer_than_a_hand_written_pass(tmp_path: Path, cases: int) -> None:
    path = tmp_path / "audit.duckdb"
    built(path, cases)
    contestants: dict[str, Contestant] = {"ours": ours, "hand-written": by_hand}
    if cases <= LARGEST_FRAME:
        told = f"{len(ROW_WISE)} claims about cases"
        contestants |= {f"ours, {told}": ours_of_pandas, f"pandas, {told}": on_pandas}
    runs: dict[str, list[Taken]] = {name: [] for name in contestants}
    for _ in range(ROUNDS):
        for name, make in contestants.items():
            runs[name].append(alone(make, path))
    clock, used = (
        median(getattr(r, of) for r in runs["ours"])
        / median(getattr(r, of) for r in runs["hand-written"])
        for of in ("seconds", "processor")
    )
    print(
        f"\n{cases:,} cases, {len(CHECKS)} checks: {len(batches(CHECKS))} statements of ours,"
        f" {len(STATEMENTS)} by hand; medians of {ROUNDS}, most memory:"
    )
    for name, taken in runs.items():
        print(_told(name, taken))
    print(f"  ours is {clock:.2f} times the hand-written pass ({used:.2f} of processors)")
    assert runs["ours"][0].found == runs["hand-written"][0].found
    limit = MOST * median(r.processor for r in runs["hand-written"]) + START_UP
    assert median(r.processor for r in runs["ours"]) <= limit
    assert max(r.memory for r in runs["ours"]) <= MOST_MEMORY


def test_nearly_every_check_has_something_to_find(tmp_path: Path) -> None:
    path = tmp_path / "audit.duckdb"
    built(path, 50_000)
    with Store.open(path, mode="read") as store:
        found = counted_by_hand(store)
    assert set(found) == {check.name for check in CHECKS}
    assert sum(failing > 0 for _, failing in found.values()) >= 35
