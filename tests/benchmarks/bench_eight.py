"""Eight quarters in a row to three audiences, under one linear program over all of them.

Organisations with cases that come late, steps and closings that are entered late, cases that
are opened again, and surveys. How many of the numbers, drawn at random and most of them small,
an attacker with every file of every audience proves to be small or knows more closely than the
finest method promises; and the public's readers with theirs. CASE_AUDIT_BENCH_ORGANISATIONS
says which: kind, seed and cases a month, such as "A_1_8".
"""

import math
import os
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from etl.store import Store
from metrics.disclosure.layers import layer_name
from metrics.disclosure.ledger import Ledger
from metrics.disclosure.policy import Policy
from metrics.reach import further_in, loose_in
from metrics.release import Release, open_release
from metrics.sealing import UnsafeError
from tests.benchmarks import bench_profiles
from tests.benchmarks.bench_profiles import ALIKE, BANDS, KINDS, promised
from tests.benchmarks.eight_quarters import Known, Place
from tests.benchmarks.organisations import judge_until
from tests.benchmarks.profile_attack import Sum, Told, sums, windows
from tests.benchmarks.whole_profiles import Calendar, Cell, Profiles
from tests.specs import measured
from tests.specs.measured import sealed

NAMES = os.environ.get("CASE_AUDIT_BENCH_ORGANISATIONS", "A_1_8,C_2_6,E_1_8").split(",")
LEVELS = {"unit": ("north", "south", "west"), "severity": ("high", "low")}
DECLARED = {**LEVELS, "category": ("unknown",), "channel": ("unknown",)}
CODES = [code for codes in LEVELS.values() for code in codes]
QUARTERS, MOST = 8, 150  # numbers attacked of each organisation
FIRST = date(2024, 1, 1)
STARTS = [date(2024 + at // 4, 3 * (at % 4) + 1, 1) for at in range(QUARTERS + 1)]
ENDS = [start - timedelta(days=1) for start in STARTS[1:]]
DAYS = [FIRST + timedelta(days=at) for at in range((ENDS[-1] - FIRST).days + 1)]


def month_of(day: date) -> int:
    """Months since the first one."""
    return 12 * (day.year - FIRST.year) + day.month - 1


CALENDAR = Calendar(
    tuple(map(month_of, DAYS)), tuple((end - FIRST).days for end in ENDS), BANDS
)
AUDIENCES = tuple(
    Policy(name, "rounding", base=base, min_denominator=50, bands=BANDS)
    for name, base in (("board", 5), ("public", 10), ("web", 20))
)


@dataclass(frozen=True)
class Case:
    """A case, its unit and severity, and by how many days each step is entered late."""

    name: str
    steps: tuple[tuple[str, date, int], ...]
    survey: tuple[date, date | None, int] | None
    levels: tuple[str, str]
    known_on: date


def cases(seed: int, monthly: float) -> Iterator[Case]:
    """One case in ten is late, so is one step in ten, and one case in thirty opened again."""
    draw = np.random.default_rng(seed)
    days, bench_profiles.DAYS = bench_profiles.DAYS, DAYS
    known = list(bench_profiles.cases(seed, monthly))
    bench_profiles.DAYS = days
    for case in known:
        steps = list(case.steps)
        if draw.random() < 0.03:
            again = dict(steps)["resolved"] + timedelta(days=int(draw.integers(1, 60)))
            ended = again + timedelta(days=int(draw.integers(1, 40)))
            steps += [("reopened", again), ("resolved", ended)]
        is_late = draw.random() < 0.1
        yield Case(
            case.name,
            tuple(
                (kind, on, int(draw.integers(20, 120)) if at and draw.random() < 0.1 else 0)
                for at, (kind, on) in enumerate(steps)
            ),
            case.survey,
            (case.unit, str(draw.choice(LEVELS["severity"], p=[0.3, 0.7]))),
            steps[0][1] + timedelta(days=int(draw.integers(60, 200)) if is_late else 0),
        )


def exported(known: list[Case], until: date) -> dict[str, str]:
    """What the exports of a day have."""
    events, facts, surveys = ["case | kind | on"], ["case | unit | severity"], []
    for case in (one for one in known if one.known_on <= until):
        facts.append(" | ".join((case.name, *case.levels)))
        entered = [
            (kind, on) for kind, on, late in case.steps if on + timedelta(days=late) <= until
        ]
        events += [f"{case.name} | {kind} | {on}" for kind, on in entered]
        if case.survey is None or case.survey[0] > until or "resolved" not in dict(entered):
            continue
        offered, answered, score = case.survey
        has_answered = answered is not None and answered <= until
        surveys.append(
            f"{case.name} | {offered} | {f'{answered} | {score}' if has_answered else ' | '}"
        )
    if surveys:
        surveys.insert(0, "case | offered_on | answered_on | score")
    told = {"events": events, "cases": facts, "feedback": surveys}
    return {name: "\n".join(lines) for name, lines in told.items()}


def counts(cells: pl.DataFrame, n: str = "n") -> dict[Place, int]:
    """Counts of everybody and of each level, those withheld left out."""
    found: dict[Place, int] = defaultdict(int)
    wanted = pl.col("level").is_in(["all", *CODES]) & pl.col(n).is_not_null()
    columns = ("level", "metric", "part", "month", "outcome", "band", n)
    for level, metric, part, month, outcome, days, number in (
        cells.filter(wanted).select(columns).iter_rows()
    ):
        band = CALENDAR.band(days) if metric == "time_to_resolution" else days
        cell = (metric, part, month_of(month), ALIKE.get(outcome, outcome), band)
        found[level, cell] += number
    return found


def said(release: Release, base: int, quarter: int) -> Told:
    """A release's counts, and the looseness that its manifest names."""
    loose = loose_in(release.manifest)
    looseness = {
        (metric, at): further_in(loose, metric, STARTS[at])
        for metric, _ in loose
        for at in range(quarter + 1)
    }
    return Told(base, quarter, looseness, counts(release.table("cubes")))


def released(folder: Path, name: str) -> tuple[dict[str, list[Told]], dict[Place, int], int]:
    """What each audience is told, what it stands for, and how many releases were refused."""
    kind, seed, monthly = name.split("_")
    workspace = measured._workspace(folder, promised(KINDS[kind]), "", 1)
    key = f"the key of {name}".encode()
    known, refused = list(cases(int(seed), float(monthly))), 0
    told: dict[str, list[Told]] = defaultdict(list)
    for quarter, until in enumerate(ENDS):
        with Store.open() as store:
            rows = exported(known, until)
            judge_until(store, rows, until, first=FIRST, levels=DECLARED, workspace=workspace)
            for one in AUDIENCES:
                try:
                    path = sealed(store, to=folder, policy=one, everybody=AUDIENCES, seed=key)
                except UnsafeError:
                    refused += 1
                    continue
                told[one.audience].append(said(open_release(path), one.base, quarter))
    stands_for = Ledger(folder / "ledger", key).told(layer_name(AUDIENCES[0].base, BANDS))
    return told, counts(stands_for, "n_true"), refused


def drawn(told: dict[Sum, int], base: int, possible: set[Sum]) -> list[Sum]:
    """Seven of ten small, the others none and more."""
    draw = np.random.default_rng(len(told))
    keys = [key for key in told if key in possible]
    small = [key for key in keys if 1 <= told[key] < base]
    others = [key for key in keys if not 1 <= told[key] < base]
    picked = (
        [some[at] for at in draw.permutation(len(some))[:many]]
        for some, many in ((small, MOST * 7 // 10), (others, MOST * 3 // 10))
    )
    return [key for some in picked for key in some]


@pytest.mark.parametrize("name", NAMES)
def test_eight_quarters_in_one_program_give_no_small_number_away(
    tmp_path: Path, name: str
) -> None:
    told, truth, refused = released(tmp_path, name)
    rules = KINDS[name[0]]
    every = [
        cell for at in range(QUARTERS) for (cell, *more) in sums(rules, BANDS, at) if not more
    ]
    profiles = Profiles(rules, CALENDAR, [""])
    known = Known(profiles, LEVELS, every, truth)
    print(f"\n{name}: {refused} releases refused; {len(known.unexplained)} counts unexplained")
    for readers, base in (("board", "public", "web"), 5), (("public",), 10):
        spent = time.process_time()
        found = windows([one for each in readers for one in told[each]], rules, BANDS, CODES)
        numbers = {key: sum(truth.get((key[0], c), 0) for c in key[1]) for key in found}
        for key, (low, high) in found.items():
            assert low <= numbers[key] <= high
        possible = {key for key in found if any(("", c) in profiles.columns for c in key[1])}
        wanted = drawn(numbers, base, possible)
        narrowed = list(known.narrowed(found, truth, base, wanted))
        small = [one for one in narrowed if one.low > 0 and one.high < base]
        print(
            f"readers of {', '.join(readers)}: of {len(wanted)} numbers {len(small)} proved"
            f" small, {len(narrowed) - len(small)} narrower than promised;"
            f" {time.process_time() - spent:.0f} s CPU"
        )
        assert not [one for one in narrowed if one.low == one.high]
        for one in narrowed:
            assert one.low <= one.truth <= one.high
    assert_is_no_fool(known, truth, every, [key for key in wanted if key[0] == "west"])


def assert_is_no_fool(
    known: Known, truth: dict[Place, int], every: list[Cell], wanted: list[Sum]
) -> None:
    """Where others are told exactly, all that the west has is found."""
    others = {
        (level, cell): truth.get((level, cell), 0)
        for level, cell in product(("all", "north", "south"), every)
    }
    leaked = {(level, frozenset([cell])): (n, n) for (level, cell), n in others.items()}
    free = dict.fromkeys(wanted, (0, math.inf))
    found = list(known.narrowed(leaked | free, truth, 5, wanted))
    assert len(found) == len(wanted) > 0
    assert all(one.low == one.truth == one.high for one in found)
