"""Exact counts under one linear program over three quarters, all levels and metrics.

The organisations of `bench_eight`, larger, told to readers who need exact numbers. How many of
the small counts that are withheld an attacker who gives every case a whole profile finds, or
proves to be small, or narrows by more than the method promises. CASE_AUDIT_BENCH_ORGANISATIONS
says which: kind, seed and cases a month, such as "B_3_200".
"""

import math
import os
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from etl.store import Store
from metrics.disclosure.layers import layer_name
from metrics.disclosure.ledger import Ledger
from metrics.disclosure.policy import Policy
from metrics.release import Release, open_release
from tests.benchmarks.bench_eight import (
    ALIKE,
    AUDIENCES,
    BANDS,
    CALENDAR,
    CODES,
    DECLARED,
    ENDS,
    FIRST,
    KINDS,
    LEVELS,
    cases,
    counts,
    exported,
    month_of,
    promised,
)
from tests.benchmarks.eight_quarters import Known, Place
from tests.benchmarks.organisations import judge_until
from tests.benchmarks.profile_attack import Sum, sums
from tests.benchmarks.whole_profiles import (
    FREQUENCY,
    PROMISES,
    SURVEYS,
    TIMES,
    Calendar,
    Cell,
    Profiles,
)
from tests.specs import measured
from tests.specs.measured import sealed

NAMES = os.environ.get("CASE_AUDIT_BENCH_ORGANISATIONS", "B_3_200,C_3_200,D_3_80").split(",")
QUARTERS, MOST, THRESHOLD = 3, 400, 5  # counts attacked of each organisation
EXACT = Policy("annex", "suppression", threshold=THRESHOLD, min_denominator=20, bands=BANDS)
TOLD = Calendar(
    CALENDAR.months[: (ENDS[QUARTERS - 1] - FIRST).days + 1], CALENDAR.ends[:QUARTERS], BANDS
)
LATEST = 1e4  # cases, more than can have come too late for their times to be told


def cells_of(metric: str, part: str, month: int, outcome: str, band: int) -> frozenset[Cell]:
    """What a count of the quarter that begins with the month is the sum of."""
    bands = BANDS if metric == TIMES and "+" in outcome else (band,)
    return frozenset(
        (metric, part, at, ALIKE.get(name, name), days)
        for at in range(month, month + 3)
        for name in outcome.strip("+").split("+")
        for days in bands
    )


def said(release: Release) -> Iterator[tuple[Sum, tuple[float, float]]]:
    """What is told of each count, and that nothing is told of those withheld.

    Surveys that whole profiles hold to be alike are told one by one, and left out.
    """
    columns = ("level", "metric", "part", "month", "outcome", "band", "n")
    for level, metric, part, month, outcome, band, n in (
        release.table("cubes").select(columns).iter_rows()
    ):
        is_known = metric in {FREQUENCY, TIMES, PROMISES, SURVEYS}
        if level in {"all", *CODES} and is_known and outcome not in {*ALIKE, *ALIKE.values()}:
            key = level, cells_of(metric, part, month_of(month), outcome, band)
            yield key, (0, math.inf) if n is None else (n, n)


def released(
    folder: Path, name: str
) -> tuple[dict[Sum, tuple[float, float]], dict[Place, int]]:
    """What is told exactly, and by month what it stands for, as rounded counts of it do."""
    kind, seed, monthly = name.split("_")
    workspace = measured._workspace(folder, promised(KINDS[kind]), "", 1)
    key = f"the key of {name}".encode()
    told: dict[Sum, tuple[float, float]] = {}
    known = list(cases(int(seed), float(monthly)))
    board = folder / "board"
    board.mkdir()
    (board / "rules").symlink_to(folder / "rules")
    for until in ENDS[:QUARTERS]:
        with Store.open() as store:
            rows = exported(known, until)
            judge_until(store, rows, until, first=FIRST, levels=DECLARED, workspace=workspace)
            path = sealed(store, to=folder, policy=EXACT, everybody=(EXACT,), seed=key)
            told |= dict(said(open_release(path)))
            sealed(store, to=board, policy=AUDIENCES[0], everybody=AUDIENCES[:1], seed=key)
    stands_for = Ledger(board / "ledger", key).told(layer_name(AUDIENCES[0].base, BANDS))
    return told, counts(stands_for, "n_true")


@pytest.mark.parametrize("name", NAMES)
def test_quarters_of_exact_counts_give_no_small_number_away(tmp_path: Path, name: str) -> None:
    told, truth = released(tmp_path, name)
    numbers = {key: sum(truth.get((key[0], c), 0) for c in key[1]) for key in told}
    for key, (low, high) in told.items():
        assert low <= numbers[key] <= high
    rules = KINDS[name[0]]
    every = [
        cell for at in range(QUARTERS) for (cell, *more) in sums(rules, BANDS, at) if not more
    ]
    profiles = Profiles(rules, TOLD, [""])
    known = Known(profiles, LEVELS, every, truth)
    late = {
        (level, (FREQUENCY, "", month, "received", -1)): LATEST
        for level in known.names
        for month in range(3, 3 * QUARTERS, 3)
    }
    known.unexplained |= late
    possible = {key for key in told if any(("", c) in profiles.columns for c in key[1])}
    hidden = [key for key, (_, high) in told.items() if high == math.inf and key in possible]
    small = [key for key in hidden if numbers[key] < THRESHOLD]
    picked = np.random.default_rng(len(small)).permutation(len(small))[:MOST]
    spent = time.process_time()
    wanted = [small[at] for at in picked]
    found = list(known.narrowed(told, truth, THRESHOLD, wanted))
    exact = sum(one.low == one.high for one in found)
    proved = sum(0 < one.low < one.high < THRESHOLD for one in found)
    print(
        f"\n{name}: {len(told)} counts, {len(hidden)} withheld; of {len(wanted)} small ones"
        f" {exact} found exactly, {proved} proved small, {len(found) - exact - proved} narrower"
        f" than promised; {time.process_time() - spent:.0f} s CPU"
    )
    assert not found
