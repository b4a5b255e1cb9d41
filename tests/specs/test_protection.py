"""What protection promises, and an attack that tries to break the promise.

Published counts and their sums are turned into a system of inequalities over the true
counts; linear programming then finds the smallest and the largest value that each truly small
count can have. The attack reads published frames only.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, floor

import numpy as np
import polars as pl
import pytest
from scipy.optimize import linprog

from metrics.disclosure.policy import Policy
from metrics.disclosure.protect import protect
from metrics.disclosure.tables import KEY, SCHEMA, Table
from metrics.metric import ExactCube, ProtectedCube

SEED = b"a seed that nobody outside knows"
BASE = 5
BOARD = Policy("board", "rounding", base=BASE, min_denominator=20, bands=(0, 31))
LEVELS = {"unit": ("office", "plant", "six_people"), "severity": ("high", "low")}
MONTHS = [date(2024, month, 1) for month in range(1, 8)]
QUARTERS = {month: date(2024, (month.month - 1) // 3 * 3 + 1, 1) for month in MONTHS}
DEADLINES = Table(
    "deadlines", ("met", "late", "not_due"), parts=("reply",), subtotals=(("met", "late"),)
)
REPORTS = Table("reports", ("reported",))
TIMES = Table("times", ("ended", "open"), timed=True, part_of="reports")
TABLES = (DEADLINES, REPORTS, TIMES)
JANUARY, WINTER = MONTHS[0], MONTHS[:3]


@dataclass(frozen=True)
class Case:
    """Cases alike in everything that is published."""

    unit: str = "plant"
    severity: str = "low"
    month: date = JANUARY
    deadline: str = "met"
    end: str = "ended"
    days: int = 5
    n: int = 1


def cube_of(*cases: Case) -> ExactCube:
    rows = []
    for case in cases:
        for metric, part, outcome, band in (
            ("deadlines", "reply", case.deadline, -1),
            ("reports", "", "reported", -1),
            ("times", "", case.end, case.days),
        ):
            rows += [
                (metric, part, *level, case.month, outcome, band, case.n)
                for level in (("all", "all"), ("unit", case.unit), ("severity", case.severity))
            ]
    frame = pl.DataFrame(rows, schema=dict(SCHEMA), orient="row")
    return ExactCube(cells=frame.group_by(KEY).agg(pl.col("n").sum()).sort(KEY))


DECLARED = {"tables": TABLES, "levels": LEVELS, "months": MONTHS, "quarters": QUARTERS}


def released(cube: ExactCube, *, seed=SEED, policy=BOARD, **declared) -> ProtectedCube:
    return protect(cube, policy, seed=seed, **(DECLARED | declared))


def plant_and_office() -> ExactCube:
    """A busy plant, an office, and a unit of six people with three late cases."""
    draw = np.random.default_rng(3)
    busy = [
        Case(
            unit=str(draw.choice(["plant", "office"], p=[0.7, 0.3])),
            severity=str(draw.choice(["high", "low"])),
            month=MONTHS[draw.integers(7)],
            deadline=str(draw.choice(["met", "late", "not_due"])),
            end=str(draw.choice(["ended", "open"])),
            days=int(draw.integers(60)),
        )
        for _ in range(150)
    ]
    few = [Case(unit="six_people", severity="high", deadline="late", n=3)]
    return cube_of(*busy, *few)


def count(cells: pl.DataFrame, **wanted: object) -> int:
    for column, value in wanted.items():
        values = value if isinstance(value, list) else [value]
        cells = cells.filter(pl.col(column).is_in(values))
    return int(cells["n"].sum())


# The attack -------------------------------------------------------------------------------

ATOM = ("breakdown", "level", "month", "outcome", "band")
SUMMED = (
    ("breakdown", "level", "month", "outcome"),
    ("breakdown", "level", "month"),
    ("breakdown", "level", "outcome", "band"),
    ("breakdown", "level", "outcome"),
    ("breakdown", "level"),
)


@dataclass(frozen=True)
class Claim:
    """The sum of some true counts lies within `off` of what is published."""

    atoms: Sequence[int]
    published: int
    off: int


def claims_of(cells: pl.DataFrame, sums: pl.DataFrame, *, off: int) -> Iterator[Claim]:
    """What one quarter of one metric says: its cells, and sums of cells within `off`."""
    for at, n in enumerate(cells["n"]):
        yield Claim([at], n, BASE - 1)
    numbered = cells.with_row_index("at").drop("n").join(sums, on=ATOM)
    judged = numbered.filter(pl.col("outcome").is_in(["met", "late"]))
    for rows, keys in [(numbered, keys) for keys in SUMMED] + [
        (judged, keys) for keys in (("breakdown", "level", "month"), ("breakdown", "level"))
    ]:
        grouped = rows.group_by(*keys, maintain_order=True).agg("at", pl.col("n").sum())
        for atoms, n in grouped.select("at", "n").iter_rows():
            yield Claim(atoms, n, off)


def balances_of(cells: pl.DataFrame) -> np.ndarray:
    """Equations that everybody knows: the levels of each breakdown add up to all."""
    numbered = cells.with_row_index("at")
    every = numbered.filter(pl.col("breakdown") == "all")
    rows = []
    for breakdown in LEVELS:
        levels = numbered.filter(pl.col("breakdown") == breakdown)
        for at, *key in every.select("at", "month", "outcome", "band").iter_rows():
            row = np.zeros(len(cells))
            row[at] = -1
            same = pl.all_horizontal(
                pl.col(name) == value
                for name, value in zip(("month", "outcome", "band"), key, strict=True)
            )
            row[levels.filter(same)["at"].to_numpy()] = 1
            rows.append(row)
    return np.array(rows)


def attack(
    truth: pl.DataFrame, cells: pl.DataFrame, sums: pl.DataFrame, *, off: int
) -> list[str]:
    """What an outsider learns about truly small cells that the method promised to hide."""
    claims = list(claims_of(cells, sums, off=off))
    known = np.zeros((len(claims), len(cells)))
    for row, claim in enumerate(claims):
        known[row, claim.atoms] = 1
    value = np.array([claim.published for claim in claims])
    margin = np.array([claim.off for claim in claims])
    balances = balances_of(cells)
    exact = np.vstack([balances, known[margin == 0]])
    true = cells.join(truth, on=ATOM, how="left", suffix="_true")["n_true"].fill_null(0)
    found = []
    for at in [at for at, n in enumerate(true) if 0 < n < BASE]:
        target = np.zeros(len(cells))
        target[at] = 1
        ends = [
            linprog(
                sign * target,
                A_ub=np.vstack([known, -known]),
                b_ub=np.concatenate([value + margin, margin - value]),
                A_eq=balances,
                b_eq=np.zeros(len(balances)),
            )
            for sign in (1, -1)
        ]
        assert all(end.success for end in ends), ends
        low, high = ceil(ends[0].fun - 1e-6), floor(-ends[1].fun + 1e-6)
        weights = np.linalg.lstsq(exact.T, target, rcond=None)[0]
        if np.allclose(exact.T @ weights, target):
            found.append("solved")
        if high - low < BASE - 1:
            found.append("narrowed")
        if low >= 1 and high < BASE:
            found.append("proved small")
    return found


def quarter_of(cells: pl.DataFrame, metric: str) -> pl.DataFrame:
    wanted = (pl.col("metric") == metric) & pl.col("month").is_in(WINTER)
    return cells.filter(wanted).select(*ATOM, "n")


def banded(cells: pl.DataFrame) -> pl.DataFrame:
    day = pl.col("band")
    band = pl.when(day >= 31).then(31).when(day >= 0).then(0).otherwise(-1).cast(pl.Int32)
    return cells.with_columns(band=band).group_by(KEY).agg(pl.col("n").sum())


@pytest.mark.parametrize("metric", ["deadlines", "times", "reports"])
def test_no_small_count_of_a_release_can_be_solved_narrowed_or_proved_small(metric):
    cube = plant_and_office()
    truth = quarter_of(banded(cube.cells), metric)
    cells = quarter_of(released(cube).cells, metric)
    assert truth.filter(pl.col("n") < BASE).height > 1
    assert attack(truth, cells, cells, off=BASE - 1) == []


def found_where_sums_are_within(off: int) -> list[str]:
    """What the attack finds in the same cells with sums of the true counts beside them."""
    cube = plant_and_office()
    truth = quarter_of(banded(cube.cells), "deadlines")
    cells = quarter_of(released(cube).cells, "deadlines")
    exact = cells.drop("n").join(truth, on=ATOM, how="left")
    return attack(truth, cells, exact.with_columns(pl.col("n").fill_null(0)), off=off)


def test_the_attack_breaks_a_release_whose_sums_are_exact():
    found = found_where_sums_are_within(0)
    assert {"solved", "narrowed", "proved small"} <= set(found)


def test_the_attack_breaks_a_release_whose_sums_are_nearer_than_its_cells():
    assert "narrowed" in found_where_sums_are_within(2)


# The promises -----------------------------------------------------------------------------


def test_every_count_is_a_multiple_of_the_base():
    cells = released(plant_and_office()).cells
    assert cells.filter(pl.col("n") % BASE != 0).is_empty()


def test_units_and_severities_add_up_to_all():
    cells = released(plant_and_office()).cells
    sums = cells.group_by("metric", "part", "month", "outcome", "band", "breakdown").agg(
        pl.col("n").sum()
    )
    apart = sums.group_by("metric", "part", "month", "outcome", "band").agg(
        pl.col("n").n_unique()
    )
    assert apart["n"].to_list() == [1] * apart.height


def test_resolved_and_open_cases_add_up_to_the_reports():
    cells = released(plant_and_office()).cells
    for unit in LEVELS["unit"]:
        reports = count(cells, metric="reports", level=unit)
        assert reports == count(cells, metric="times", level=unit)


@pytest.mark.parametrize(
    "outcomes", [["met"], ["late"], ["met", "late"], ["met", "late", "not_due"]]
)
def test_outcomes_denominators_and_totals_are_within_one_base_each_month_and_quarter(outcomes):
    cube = plant_and_office()
    cells = released(cube).cells
    for months in [[month] for month in MONTHS] + [WINTER, MONTHS[3:6], MONTHS[6:]]:
        for level in ("all", *LEVELS["unit"], *LEVELS["severity"]):
            wanted = {"metric": "deadlines", "outcome": outcomes, "month": months}
            published = count(cells, level=level, **wanted)
            assert abs(published - count(cube.cells, level=level, **wanted)) < BASE


def test_none_stays_none():
    cube = cube_of(Case(unit="plant", n=7))
    cells = released(cube).cells
    assert count(cells, level="office") == count(cells, outcome="late") == 0


def test_an_exact_multiple_stays_as_it_is():
    cube = cube_of(Case(unit="plant", n=10), Case(unit="office", n=15))
    cells = released(cube).cells
    assert count(cells, metric="reports", level="plant") == 10
    assert count(cells, metric="reports", level="all") == 25


def test_the_same_seed_gives_the_same_counts_in_any_order_of_rows_and_declarations():
    cube = plant_and_office()
    shuffled = ExactCube(cells=cube.cells.sample(fraction=1, shuffle=True, seed=1))
    again = released(
        shuffled,
        tables=TABLES[::-1],
        levels={name: LEVELS[name][::-1] for name in reversed(LEVELS)},
        months=MONTHS[::-1],
    )
    assert again.cells.equals(released(cube).cells)


def test_another_seed_rounds_otherwise():
    cube = plant_and_office()
    other = released(cube, seed=b"another seed that nobody knows")
    assert not other.cells.equals(released(cube).cells)


def test_a_unit_of_six_people_is_published_as_0_or_5_and_never_as_3():
    published = {
        count(
            released(plant_and_office(), seed=bytes([n]) * 16).cells,
            metric="deadlines",
            level="six_people",
        )
        for n in range(8)
    }
    assert published == {0, 5}


def test_a_declared_level_without_cases_is_published_as_none_in_every_month():
    cells = released(cube_of()).cells
    atoms = 3 + 1 + 2 * 2
    levels = 1 + 3 + 2
    assert cells.height == atoms * levels * len(MONTHS)
    assert cells["n"].sum() == 0


def test_a_new_level_without_cases_changes_no_other_count():
    cube = plant_and_office()
    wider = released(cube, levels=LEVELS | {"unit": ("archive", *LEVELS["unit"])})
    kept = wider.cells.filter(pl.col("level") != "archive")
    assert kept.equals(released(cube).cells)


def test_a_later_quarter_changes_no_earlier_one():
    cube = plant_and_office()
    before = ExactCube(cells=cube.cells.filter(pl.col("month").is_in(WINTER)))
    earlier = released(before, months=WINTER)
    both = released(cube).cells.filter(pl.col("month").is_in(WINTER))
    assert both.equals(earlier.cells)


def test_errors_of_quarters_cancel_out_over_the_years():
    months = [date(2020 + n // 12, n % 12 + 1, 1) for n in range(48)]
    cube = cube_of(*(Case(month=month, n=1) for month in months))
    quarters = {m: date(m.year, (m.month - 1) // 3 * 3 + 1, 1) for m in months}
    cells = released(cube, months=months, quarters=quarters).cells
    assert abs(count(cells, metric="reports", level="all") - 48) < 2 * BASE


def test_identity_changes_nothing():
    cube = plant_and_office()
    committee = Policy("committee", "identity", min_denominator=10)
    same = released(cube, policy=committee)
    assert same.base == 1
    assert same.cells.equals(cube.cells)
