"""The measure stage: every metric over every breakdown and month, and peers beside it.

Curves beside those of lifelines and statsmodels stand in `bench_statistics`. The same counts
come out of a real load of the same cases. `CASE_AUDIT_BENCH_CASES=10000000 make bench
TEST_ARGS="-k measure_every"` measures at full size: a store of 7 GB, five minutes to make it.
"""

import os
import resource
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from lifelines import KaplanMeierFitter

from etl.load import load
from etl.store import Store
from etl.workspace import Workspace
from metrics.catalog import METRICS
from metrics.count import count
from metrics.metric import BREAKDOWNS, Metric
from metrics.statistics.survival import kaplan_meier, quantile
from tests.benchmarks.core_of_many import AS_OF, FIRST, built, exports, workspace_at

CASES = int(os.environ.get("CASE_AUDIT_BENCH_CASES", "200000"))
ROUNDS = 3
MEASURED = [metric for metric in METRICS if metric.sum_of is None]

# What each audit metric counts, and the columns it counts by: of the tables that peers join.
TABLES = {
    "report_frequency": ("cases", "received_on", []),
    "time_to_resolution": ("clocks", "started_on", ["ended", "days"]),
    "deadline_compliance": ("deadlines", "booked_on", ["rule", "result"]),
    "satisfaction": ("feedback", "offered_on", ["score"]),
}
_SELECTS = {
    "cases": "select case_key, unit, category, channel, severity, received_on from core.cases",
    "clocks": "select case_key, started_on, ended, days from core.clocks",
    "deadlines": f"select case_key, rule, result, if(result = 'not_due', date '{AS_OF}',"
    " due_on) as booked_on from core.deadlines where due_on is not null",
    "feedback": "select case_key, offered_on, score from core.feedback",
}  # fmt: skip


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = workspace_at(tmp_path_factory.mktemp("measure") / "audit")
    built(made, CASES)
    return made


def test_measured_cases_are_those_of_a_load(tmp_path: Path) -> None:
    drawn, loaded = (workspace_at(tmp_path / name) for name in ("drawn", "loaded"))
    built(drawn, 2000)
    files = exports(drawn.store_path, tmp_path / "exports")
    load(loaded, files, as_of=AS_OF, source="many", coverage_from=FIRST)
    cells = []
    for made in (drawn, loaded):
        with Store.open(made.store_path) as store:
            cells.append(count(store).cells)
    assert cells[0].height > 100_000
    assert cells[0].equals(cells[1])


def test_measure_every_metric(workspace: Workspace) -> None:
    with Store.open(workspace.store_path, mode="measure") as store:
        events = store.frame("select count(*) as n from core.events")["n"][0]
        wall, computing = time.perf_counter(), time.process_time()
        cells = count(store, MEASURED).cells.height
        wall, computing = time.perf_counter() - wall, time.process_time() - computing
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20)
    print(
        f"\n{CASES:,} cases, {events:,} events: {len(MEASURED)} metrics by month and five"
        f" breakdowns, {cells:,} cells in {wall:.1f} s, {computing:.1f} s of computing,"
        f" {peak:.1f} GiB at most, while the store was made or counted"
    )


def test_measure_beside_peers(workspace: Workspace) -> None:
    """The same counts of the audit metrics by month, level and outcome, from the same store.

    Peers read the tables that they join, as we do; that they hold them in memory already is
    told beside it. Ours alone are in order, with names, and kept for every metric at once.
    """
    metrics = [known for known in METRICS if known.name in TABLES]
    with Store.open(workspace.store_path) as store:
        frames = _frames(store)
        pandas = _as_pandas(frames)
        takers: dict[str, Callable[[], list[int]]] = {
            "ours": lambda: _ours(store, metrics),
            "polars lazy": lambda: _each(_polars, _frames(store)),
            "pandas": lambda: _each(_pandas, _as_pandas(_frames(store))),
            "polars lazy, in memory": lambda: _each(_polars, frames),
            "pandas, in memory": lambda: _each(_pandas, pandas),
        }
        seconds: dict[str, list[float]] = {taker: [] for taker in takers}
        computing: dict[str, list[float]] = {taker: [] for taker in takers}
        found: dict[str, list[int]] = {}
        for _ in range(ROUNDS):
            for taker, take in takers.items():
                wall, computed = time.perf_counter(), time.process_time()
                found[taker] = take()
                seconds[taker].append(time.perf_counter() - wall)
                computing[taker].append(time.process_time() - computed)
    print(f"\nthe four audit metrics, {CASES:,} cases, medians of {ROUNDS}:")
    _tell(seconds, computing)
    assert all(counts == found["ours"] for counts in found.values())


def _frames(store: Store) -> dict[str, pl.DataFrame]:
    return {each: store.frame(select) for each, select in _SELECTS.items()}


def _as_pandas(frames: Mapping[str, pl.DataFrame]) -> dict[str, pd.DataFrame]:
    return {each: frame.to_pandas() for each, frame in frames.items()}


def _ours(store: Store, metrics: list[Metric]) -> list[int]:
    counted = count(store, metrics).cells.group_by("metric").agg(pl.col("n").sum())
    sums = dict(counted.iter_rows())
    return [sums[name] for name in TABLES]


def _each(count_one: Callable[..., int], frames: Mapping[str, Any]) -> list[int]:
    return [count_one(frames, *told) for told in TABLES.values()]


def test_measure_the_time_to_resolution_beside_lifelines(workspace: Workspace) -> None:
    """Medians of every level: ours from the counts of all months, theirs from the cases."""
    metric = next(known for known in METRICS if known.name == "time_to_resolution")
    with Store.open(workspace.store_path) as store:
        cases = store.frame(_SELECTS["cases"]).join(
            store.frame(_SELECTS["clocks"]), on="case_key"
        )
        wall, computed = time.perf_counter(), time.process_time()
        ours = _medians(count(store, [metric]).cells)
        told = {"ours": (time.perf_counter() - wall, time.process_time() - computed)}
    wall, computed = time.perf_counter(), time.process_time()
    theirs = _by_lifelines(cases)
    told["lifelines"] = (time.perf_counter() - wall, time.process_time() - computed)
    print(f"\nmedian of each level, {CASES:,} cases, once (ours: with every month's counts):")
    _tell(
        {taker: [wall] for taker, (wall, _) in told.items()},
        {taker: [computed] for taker, (_, computed) in told.items()},
    )
    assert len(ours) > 400
    assert {level: ours[level] for level in theirs} == theirs


def _tell(seconds: dict[str, list[float]], computing: dict[str, list[float]]) -> None:
    ours = statistics.median(computing["ours"])
    for taker, times in seconds.items():
        computed = statistics.median(computing[taker])
        print(
            f"  {taker:<24} {statistics.median(times):7.2f} s {computed:7.2f} s of computing,"
            f" {computed / ours:6.1f} times ours"
        )


def _polars(frames: dict[str, pl.DataFrame], table: str, day: str, keys: list[str]) -> int:
    rows = frames[table].lazy()
    if table != "cases":
        rows = rows.join(frames["cases"].lazy(), on="case_key", how="inner")
    months = rows.with_columns(pl.col(day).dt.truncate("1mo").alias("month"))
    counts = [
        months.group_by("month", *keys, *([] if by == "all" else [by])).len()
        for by in BREAKDOWNS
    ]
    return int(sum(each["len"].sum() for each in pl.collect_all(counts)))


def _pandas(frames: dict[str, pd.DataFrame], table: str, day: str, keys: list[str]) -> int:
    rows = frames[table]
    if table != "cases":
        rows = rows.merge(frames["cases"], on="case_key")
    months = rows.assign(month=rows[day].astype("datetime64[ns]").dt.to_period("M"))
    total = 0
    for by in BREAKDOWNS:
        group = ["month", *keys] + ([] if by == "all" else [by])
        total += int(months.groupby(group, dropna=False, observed=True).size().sum())
    return total


def _medians(cells: pl.DataFrame) -> dict[tuple[str, str], float | None]:
    ended = pl.col("outcome").str.starts_with("ended")
    days = cells.group_by("breakdown", "level", "band", maintain_order=True).agg(
        pl.col("n").filter(ended).sum().alias("ended"),
        pl.col("n").filter(~ended).sum().alias("open"),
    )
    found = {}
    for (breakdown, level), rows in days.group_by("breakdown", "level"):
        curve = kaplan_meier(*(rows[name].to_numpy() for name in ("band", "ended", "open")))
        found[str(breakdown), str(level)] = quantile(curve, 0.5).value
    return found


def _by_lifelines(cases: pl.DataFrame) -> dict[tuple[str, str], float]:
    found = {}
    for by in BREAKDOWNS:
        parts = cases.group_by(by) if by != "all" else [(("all",), cases)]
        for (level,), rows in parts:
            fitted = KaplanMeierFitter().fit(rows["days"].to_numpy(), rows["ended"].to_numpy())
            if not np.isclose(fitted.survival_function_.to_numpy(), 0.5).any():
                # Where the curve is flat at one half conventions differ.
                found[by, str(level)] = float(fitted.median_survival_time_)
    return found
