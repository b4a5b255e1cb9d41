"""Small organisations, eight quarters told one after the other to three audiences.

How many releases are refused, and of how many metrics in a quarter readers of a coarser
audience are told nothing. CPU seconds of one core, the attack on every file included.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from etl.store import Store
from metrics.disclosure.policy import Policy
from metrics.periods import months_between, next_month
from metrics.release import open_release
from metrics.sealing import UnsafeError
from tests.benchmarks.organisations import judge_until
from tests.specs import measured
from tests.specs.measured import ACKNOWLEDGE, sealed

RULES = f"""{ACKNOWLEDGE}
[[deadline]]
name = "close"
title = "Close within 30 days"
from = "received"
to = "resolved"
within = 30
unit = "calendar_days"
basis = "Policy, section 2"
"""
BANDS = (0, 31, 61, 91)
AUDIENCES = tuple(
    Policy(name, "rounding", base=base, min_denominator=50, bands=BANDS)
    for name, base in (("board", 5), ("staff", 10), ("public", 20))
)
LEVELS = {
    "unit": ("north", "south"),
    "severity": ("high", "low"),
    "category": ("pay", "safety"),
    "channel": ("phone", "web"),
}
FIRST, LAST = date(2024, 1, 1), date(2025, 12, 31)
ENDS = [next_month(on) - timedelta(days=1) for on in months_between(FIRST, LAST)[2::3]]
ORGANISATIONS = 5  # of each size


@dataclass(frozen=True)
class Case:
    """A case with its steps by day, the levels it has, and when it is told of."""

    name: str
    steps: tuple[tuple[str, date], ...]
    surveyed: tuple[date, date] | None
    levels: tuple[str, ...]
    known_on: date


def cases(seed: int, monthly: float) -> Iterator[Case]:
    """Two years: one in ten is told of a quarter too late, three in ten are surveyed."""
    draw = np.random.default_rng(seed)
    days = (FIRST + timedelta(days=at) for at in range((LAST - FIRST).days + 1))
    received = [on for on in days for _ in range(draw.poisson(monthly * 12 / 365))]
    for number, on in enumerate(received):
        wait = draw.integers(0, 4) if draw.random() < 0.9 else draw.integers(8, 20)
        closed = on + timedelta(days=int(min(draw.lognormal(3.4, 0.8), 400)))
        surveyed = (closed + timedelta(days=1), closed + timedelta(days=4))
        late = int(draw.integers(90, 200)) if draw.random() < 0.1 else 0
        yield Case(
            f"c{number}",
            (
                ("received", on),
                ("acknowledged", on + timedelta(days=int(wait))),
                ("resolved", closed),
            ),
            surveyed if draw.random() < 0.3 else None,
            tuple(str(draw.choice(codes, p=[0.35, 0.65])) for codes in LEVELS.values()),
            on + timedelta(days=late),
        )


def told(known: list[Case], until: date) -> dict[str, str]:
    """What the exports of a day have."""
    here = [case for case in known if case.known_on <= until]
    events = [
        f"{case.name} | {kind} | {on}"
        for case in here
        for kind, on in case.steps
        if on <= until
    ]
    surveys = [
        f"{case.name} | {case.surveyed[0]} | {case.surveyed[1]} | 4"
        for case in here
        if case.surveyed and case.surveyed[1] <= until
    ]
    rows = {
        "events": ["case | kind | on", *events],
        "cases": [
            " | ".join(("case", *LEVELS)),
            *(" | ".join((case.name, *case.levels)) for case in here),
        ],
        "feedback": ["case | offered_on | answered_on | score", *surveys] if surveys else [],
    }
    return {name: "\n".join(lines) for name, lines in rows.items()}


def released(folder: Path, seed: int, monthly: float, ends: list[date]) -> tuple[int, int]:
    """How many releases were refused, and how many metrics in a quarter withheld."""
    workspace = measured._workspace(folder, RULES, "", 1)
    key = f"the key of organisation {seed}".encode()
    known, refused, untold = list(cases(seed, monthly)), 0, 0
    for until in ends:
        with Store.open() as store:
            rows = told(known, until)
            judge_until(store, rows, until, first=FIRST, levels=LEVELS, workspace=workspace)
            for policy in AUDIENCES:
                try:
                    path = sealed(
                        store, to=folder, policy=policy, everybody=AUDIENCES, seed=key
                    )
                except UnsafeError:
                    refused += 1
                    continue
                cells = open_release(path).table("cubes").filter(pl.col("n").is_null())
                if until == ends[-1]:
                    untold += cells.select("metric", "part", "month").n_unique() // 3
    return refused, untold


@pytest.mark.parametrize("monthly", [2, 3, 4, 5])
def test_a_small_organisation_tells_every_audience_every_quarter(tmp_path, monthly):
    spent, refused, untold = time.process_time(), 0, 0
    for seed in range(ORGANISATIONS):
        folder = tmp_path / str(seed)
        folder.mkdir()
        found = released(folder, seed, monthly, ENDS)
        refused, untold = refused + found[0], untold + found[1]
    releases = ORGANISATIONS * len(ENDS) * len(AUDIENCES)
    print(
        f"\n{monthly} cases a month: {refused} of {releases} releases refused, {untold}"
        f" metrics in a quarter withheld; {time.process_time() - spent:.0f} s CPU"
    )
    assert refused == 0
