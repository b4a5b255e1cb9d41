"""Our load beside the bare engine's, on the same generated export, in one run.

Ours hashes, accounts for every row, stages, makes pseudonyms and builds all core tables with
clocks and deadlines; the engine only types the columns into a table. The ratio is what all of
that costs.
"""

import csv
import random
import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest

from etl.load import load
from etl.workspace import init

ROUNDS = 3
AS_OF = date(2026, 9, 30)
SOURCE = """
name = "bench"
title = "Benchmark"
time_zone = "Europe/London"
[codes.unit]
{units}
[codes.severity]
low = "low"
high = "high"
[exports.cases]
grain = "case"
[exports.cases.columns]
case_id = "case"
unit = "unit"
severity = "severity"
[exports.cases.events]
received = "received"
acknowledged = "acknowledged"
triaged = "triaged"
resolved = "resolved"
"""
COLUMNS = ("case", "unit", "severity", "received", "acknowledged", "triaged", "resolved")


def write_export(path: Path, cases: int) -> None:
    """An export with one row per case and a date per step, a fifth of the cases open."""
    dice = random.Random(7)  # noqa: S311  nothing is protected with it
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for number in range(cases):
            day = AS_OF - timedelta(days=dice.randrange(1000))
            steps = [day + timedelta(days=dice.randrange(gap)) for gap in (7, 14, 200)]
            told = [step.isoformat() if step <= AS_OF else "" for step in steps]
            row = (
                f"C{number}",
                f"unit_{number % 40}",
                dice.choice(("low", "high")),
                day,
                *told,
            )
            writer.writerow(row)


def timed(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


@pytest.mark.parametrize("cases", [20_000, 200_000])
def test_a_load_beside_the_bare_engine(tmp_path: Path, cases: int) -> None:
    export = tmp_path / "cases.csv"
    write_export(export, cases)
    places = iter(range(100))
    units = "\n".join(f'unit_{number} = "unit_{number}"' for number in range(40))

    def ours() -> None:
        workspace = init(tmp_path / f"ours{next(places)}")
        (workspace.folder / "sources" / "bench.toml").write_text(SOURCE.format(units=units))
        load(workspace, [export], as_of=AS_OF, source="bench")

    def engine() -> None:
        with duckdb.connect(str(tmp_path / f"engine{next(places)}.duckdb")) as connection:
            dates = ", ".join(f"'{name}': 'DATE'" for name in COLUMNS[3:])
            texts = ", ".join(f"'{name}': 'VARCHAR'" for name in COLUMNS[:3])
            connection.execute(
                "create table cases as select * from"
                f" read_csv('{export}', header = true, columns = {{{texts}, {dates}}})"
            )

    def polars() -> None:
        pl.read_csv(export, try_parse_dates=True)

    peers = {"case-audit": ours, "duckdb read_csv": engine, "polars read_csv": polars}
    seconds: dict[str, list[float]] = {name: [] for name in peers}
    for _ in range(ROUNDS):
        for name, run in peers.items():
            seconds[name].append(timed(run))
    medians = {name: statistics.median(times) for name, times in seconds.items()}
    print(f"\n{cases:,} cases, {export.stat().st_size / 1e6:.0f} MB, median of {ROUNDS}")
    for name, median in medians.items():
        ratio = medians["case-audit"] / median
        print(f"  {name:<18}{median:8.2f} s   ours takes {ratio:6.1f} times that")
    assert all(median > 0 for median in medians.values())
