"""Which unit may be named for a gap: where nothing is planted, hardly ever one."""

import random
from datetime import date

import polars as pl

from metrics.catalog.process_gaps import SKIPPED
from metrics.gaps import gaps
from metrics.signals import signals
from tests.specs.estimated import estimated

UNITS = {f"unit {number}": 10 + 8 * number for number in range(8)}
STEPS = ("acknowledged", "triaged", "decided", "informed", "resolved")


def quarter(seed: int, *, failing: str = "", share: float = 0.1) -> pl.DataFrame:
    """Gaps of one quarter: every step skipped by the same chance in every unit but one."""
    draw = random.Random(seed)  # noqa: S311  not for secrets
    frames = []
    for step in STEPS:
        cells: list[tuple[object, ...]] = []
        total = {"gap": 0, "kept": 0}
        for unit, count in UNITS.items():
            chance = 0.6 if (unit, step) == (failing, "triaged") else share
            skipped = sum(draw.random() < chance for _ in range(count))
            for outcome, n in (("gap", skipped), ("kept", count - skipped)):
                total[outcome] += n
                if n:
                    cells.append(_cell(step, "unit", unit, outcome, n))
        cells += [_cell(step, "all", "all", outcome, n) for outcome, n in total.items() if n]
        figures = estimated(cells, until="2024-03-31", part=step)
        frames.append(figures.filter(pl.col("metric") == SKIPPED.name))
    told = pl.concat(frames)
    return gaps(told, signals(told, [SKIPPED]))


def _cell(step: str, breakdown: str, level: str, outcome: str, n: int) -> tuple[object, ...]:
    return (SKIPPED.name, step, breakdown, level, date(2024, 1, 1), outcome, -1, n)


def test_where_every_unit_is_alike_none_is_named_in_20_quarters_of_40_comparisons():
    # 800 comparisons beyond limits that hold 998 of 1,000; BH over each quarter's forty.
    named = [quarter(seed).filter(pl.col("unit") != "").height for seed in range(20)]
    assert sum(named) == 0


def test_a_unit_that_skips_a_step_is_named_for_that_step_alone():
    for seed in range(5):
        found = quarter(seed, failing="unit 5").filter(pl.col("unit") != "")
        assert found.select("part", "unit", "named_by").rows() == [
            ("triaged", "unit 5", "funnel")
        ]


def test_gaps_stand_in_the_order_of_their_cases():
    found = quarter(1, failing="unit 7")
    assert found["rank"].to_list() == list(range(1, len(STEPS) + 1))
    assert found["cases"].to_list() == sorted(found["cases"], reverse=True)
