"""Kaplan-Meier by group on one table: ours, statsmodels, lifelines and plain SQL in DuckDB."""

import statistics
import time
from collections.abc import Callable

import duckdb
import numpy as np
import polars as pl
import pytest
from lifelines import KaplanMeierFitter
from statsmodels.duration.survfunc import SurvfuncRight

from metrics.statistics.survival import kaplan_meier_by_group, quantile

GROUPS = 20
ROUNDS = 5

SQL = """
with counted as (
    select grp, days, count(*) as n, sum(ended)::bigint as d from durations group by all
),
risk as (
    select *, sum(n) over latest_first as at_risk
    from counted
    window latest_first as (partition by grp order by days desc rows unbounded preceding)
)
select
    grp, days, product(1 - d / at_risk) over w as survival,
    sum(case when at_risk > d then d / (at_risk * (at_risk - d)) else 0 end) over w as greenwood
from risk
window w as (partition by grp order by days rows unbounded preceding)
order by all
"""


@pytest.mark.parametrize("cases", [100_000, 1_000_000])
@pytest.mark.filterwarnings("ignore")
def test_curves_of_twenty_groups_are_quick(cases: int) -> None:
    """Alternating, medians and ratios; all four must give the same medians of each group."""
    draw = np.random.default_rng(11)
    group = draw.integers(0, GROUPS, cases)
    days = np.minimum(draw.gamma(1.5, 40.0, cases).astype(np.int64), 900)
    ended = (draw.random(cases) < 0.7).astype(np.int64)
    connection = duckdb.connect()
    connection.register("rows", pl.DataFrame({"grp": group, "days": days, "ended": ended}))
    connection.execute("create table durations as select * from rows")
    takers: dict[str, Callable[[], list[float]]] = {
        "ours": lambda: _ours(group, days, ended),
        "DuckDB SQL": lambda: _sql(connection),
        "statsmodels": lambda: _statsmodels(group, days, ended),
        "lifelines": lambda: _lifelines(group, days, ended),
    }
    seconds: dict[str, list[float]] = {name: [] for name in takers}
    medians: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for name, take in takers.items():
            started = time.perf_counter()
            medians[name] = take()
            seconds[name].append(time.perf_counter() - started)
    ours = statistics.median(seconds["ours"])
    print(f"\n{cases:,} cases in {GROUPS} groups, medians of {ROUNDS} rounds:")
    for name, times in seconds.items():
        middle = statistics.median(times)
        print(f"  {name:<12} {1000 * middle:8.1f} ms  {middle / ours:6.1f} times ours")
    assert all(found == medians["ours"] for found in medians.values())
    assert ours <= min(statistics.median(times) for times in seconds.values())


def _ours(group: np.ndarray, days: np.ndarray, ended: np.ndarray) -> list[float]:
    curves = kaplan_meier_by_group(group, days, ended)
    return [quantile(curve, 0.5).value or np.nan for curve in curves]


def _sql(connection: duckdb.DuckDBPyConnection) -> list[float]:
    found = connection.execute(SQL).fetchnumpy()
    below = found["survival"] <= 0.5
    return [float(found["days"][below & (found["grp"] == at)][0]) for at in range(GROUPS)]


def _statsmodels(group: np.ndarray, days: np.ndarray, ended: np.ndarray) -> list[float]:
    return [
        float(SurvfuncRight(days[group == at], ended[group == at]).quantile(0.5))
        for at in range(GROUPS)
    ]


def _lifelines(group: np.ndarray, days: np.ndarray, ended: np.ndarray) -> list[float]:
    return [
        float(
            KaplanMeierFitter().fit(days[group == at], ended[group == at]).median_survival_time_
        )
        for at in range(GROUPS)
    ]
