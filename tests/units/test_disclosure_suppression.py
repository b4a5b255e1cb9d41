"""Suppression against answers that others have published, and against itself."""

import ctypes

import numpy as np
import pytest

from metrics.disclosure.fewest import fewest_suppressed
from metrics.disclosure.linked import Hierarchy, Linked, crossed, linked
from metrics.disclosure.ranges import Known, Ranges, nothing_known
from metrics.disclosure.sensitive import (
    Rules,
    dominated,
    few,
    near_the_largest,
    nearly_all,
    sensitive,
    small_denominator,
)
from metrics.disclosure.suppression import (
    UnprotectableError,
    audited,
    suppressed,
    wanted,
)
from tests.linked_tables import random_tables, table


def reached(tables: Linked, hidden: np.ndarray, *key: str) -> tuple[float, float]:
    """The smallest and the largest value that a reader can leave a cell."""
    ranges = Ranges(tables, nothing_known(len(tables.keys)), hidden)
    at = tables.at(*key)
    return ranges.furthest(at, -1)[0], ranges.furthest(at, 1)[0]


def beside(tables: Linked, hidden: np.ndarray, first: np.ndarray) -> set[tuple[str, ...]]:
    return {key for key, added in zip(tables.keys, hidden & ~first, strict=True) if added}


# Published answers ------------------------------------------------------------------------

INVESTMENT = """
      A   B   C
I    20  50  10
II    8  19  22
III  17  32  12
"""


def test_the_attacker_of_fischetti_and_salazar_narrows_the_cell_to_5_to_30():
    """Fischetti and Salazar (2001), Management Science 47, figure 1; 22 is sensitive."""
    tables = table(INVESTMENT)
    hidden = tables.places([("II", "A"), ("II", "C"), ("III", "A"), ("III", "C")])

    assert reached(tables, hidden, "II", "C") == (5, 30)


def test_the_solver_writes_nothing_into_what_a_program_reads(capfd):
    test_the_attacker_of_fischetti_and_salazar_narrows_the_cell_to_5_to_30()
    libc = ctypes.CDLL(None)
    libc.fflush(None)
    assert capfd.readouterr() == ("", "")


# sdcTable 0.34, tests/testthat/test-simpleheuristic.R: two or more are withheld in each row
# and column, and one of them can be worked out all the same.
HEURISTIC = """
     a    b    c    d
w   30   47   64   89
x   90  124    5   31
y   92  100   59   85
z  800  991  651  685
"""
WITHHELD = ["wa", "wb", "wc", "xa", "xc", "yb", "yd", "zb", "zd"]


def test_a_cell_is_worked_out_although_every_row_and_column_withholds_two():
    tables = table(HEURISTIC)
    first = tables.places([tuple(name) for name in WITHHELD])

    assert reached(tables, first, "w", "b") == (47, 47)


def test_the_pattern_of_sdctable_leaves_the_range_that_sdctable_reports():
    tables = table(HEURISTIC)
    hidden = tables.places([tuple(name) for name in [*WITHHELD, "xb"]])

    assert reached(tables, hidden, "w", "b") == (0, 141)


@pytest.mark.parametrize("method", [suppressed, fewest_suppressed])
def test_as_in_sdctable_one_more_cell_protects_it(method):
    tables = table(HEURISTIC)
    first = tables.places([tuple(name) for name in WITHHELD])

    pattern = method(tables, wanted(tables, first, threshold=1))

    assert len(beside(tables, pattern.hidden, first)) == 1
    low, high = reached(tables, pattern.hidden, "w", "b")
    assert low < 47 < high


# sdcTable 0.34, tests/testthat/test-linked-tables.r: offices by county, and by size.
OFFICES = {"A": 2, "B": 2, "I": 8, "J": 8, "K": 3, "L": 3, "M": 3, "N": 7}
BY_COUNTY = Hierarchy(
    "Total",
    (
        ("Total", ("county-1", "county-2")),
        ("county-1", tuple("ABIJ")),
        ("county-2", tuple("KLMN")),
    ),
)
BY_SIZE = Hierarchy(
    "Total", (("Total", ("big", "small")), ("big", tuple("LM")), ("small", tuple("ABIJKN")))
)


def offices(*hierarchies: Hierarchy) -> Linked:
    cells = {(name,): n for name, n in OFFICES.items()}
    return linked([crossed(cells, [hierarchy]) for hierarchy in hierarchies])


@pytest.mark.parametrize("by", [BY_COUNTY, BY_SIZE])
def test_each_of_two_linked_tables_is_safe_alone(by):
    tables = offices(by)
    small = few(tables.values, 4)

    pattern = fewest_suppressed(tables, wanted(tables, small, threshold=4))

    assert pattern is not None
    assert not beside(tables, pattern.hidden, small)


@pytest.mark.parametrize("method", [suppressed, fewest_suppressed])
def test_together_they_give_a_cell_away_unless_office_n_is_withheld(method):
    """County 1 and the small offices differ by K and N alone: 26, 36, and so K is 10 less N."""
    tables = offices(BY_COUNTY, BY_SIZE)
    small = few(tables.values, 4)
    assert reached(tables, small, "K") == (3, 3)

    pattern = method(tables, wanted(tables, small, threshold=4))

    assert beside(tables, pattern.hidden, small) == {("N",)}


SPAIN = """
       Iceland Portugal Spain
young        2        0     5
old          3        4     6
"""


def test_the_first_pattern_of_gausssuppression_leaves_0_to_2():
    """GaussSuppression 1.2, vignette on small counts, table 1: not exact, and still small."""
    tables = table(SPAIN)
    theirs = tables.places(
        [(age, geo) for age in ("young", "old") for geo in ("Iceland", "Portugal")]
    )

    assert reached(tables, theirs, "young", "Portugal") == (0, 2)


def test_we_withhold_what_lets_it_be_more_than_two():
    tables = table(SPAIN)
    small = few(tables.values, 2)

    pattern = suppressed(tables, wanted(tables, small, threshold=3))

    assert reached(tables, pattern.hidden, "young", "Portugal")[1] >= 3


def test_the_dominance_rule_of_one_calls_example_1_of_the_handbook_safe():
    """Handbook on SDC, second edition, 4.2, example 1: 50,000 and 49,000 of 100,000."""
    cell = [[50_000, 49_000, 1_000]]

    assert not dominated(cell, (1, 90)).any()
    assert near_the_largest(cell, 10).all()


def test_example_2_of_the_handbook_is_safe_by_p_and_not_by_dominance():
    """Handbook on SDC, second edition, 4.2, example 2: 52,000 and 50,000 of 110,000."""
    cell = [[52_000, 50_000, 8_000]]

    assert dominated(cell, (2, 90.9)).all()
    assert not near_the_largest(cell, 10).any()


def test_all_of_a_group_or_all_but_one_tells_of_the_others():
    """Handbook on SDC, second edition, 5.2: of 6 married 6 work full time, of 6 divorced 5."""
    full_time, part_time = np.array([6, 5, 2]), np.array([0, 1, 2])

    assert nearly_all(full_time, full_time + part_time, 2).tolist() == [True, True, False]


# Rules ------------------------------------------------------------------------------------


def test_twelve_reports_by_one_person_are_one_person():
    cases, persons = np.array([12, 12]), np.array([1, 12])

    found = sensitive(cases, Rules(cases=5, persons=5), persons=persons)

    assert found.tolist() == [True, False]


def test_none_is_few_unless_zeros_may_be_told():
    assert few(np.array([0, 4, 5]), 5).tolist() == [True, True, False]
    assert few(np.array([0, 4, 5]), 5, zeros=True).tolist() == [False, True, False]


def test_a_share_of_too_few_has_no_denominator():
    assert small_denominator(np.array([19, 20]), 20).tolist() == [True, False]


def test_contributions_are_judged_where_there_are_any():
    rules = Rules(cases=1, dominance=(1, 80), p=10)
    given = [[90, 10], [60, 5, 1], [40, 30, 30], []]

    found = sensitive(np.array([2, 3, 3, 4]), rules, contributions=given)

    assert found.tolist() == [True, True, False, False]


# Patterns ---------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(8))
def test_no_small_cell_is_narrower_than_wanted(seed):
    tables = random_tables(seed)
    small = few(tables.values, 5)

    pattern = suppressed(tables, wanted(tables, small, threshold=5))

    for at in np.flatnonzero(small):
        low, high = reached(tables, pattern.hidden, *tables.keys[at])
        assert low <= 0
        assert high >= 5


@pytest.mark.parametrize("seed", range(4))
def test_the_exact_pattern_protects_and_never_costs_more(seed):
    tables = random_tables(seed)
    want = wanted(tables, few(tables.values, 5), threshold=5)

    heuristic, exact = suppressed(tables, want), fewest_suppressed(tables, want)

    assert exact is not None
    assert audited(tables, want, exact.hidden) is not None
    assert want.costs[exact.hidden].sum() <= want.costs[heuristic.hidden].sum() + 1e-9


def test_a_small_cell_hidden_alone_is_found_by_subtraction():
    tables = table("a b\nx 2 10\ny 10 10")
    small = few(tables.values, 5)

    assert audited(tables, wanted(tables, small, threshold=5), small) is None


def test_whoever_takes_withheld_cells_to_be_at_least_one_is_kept_from_more():
    """With zeros told, the reader knows that no withheld cell is one."""
    tables = table("a b c\nx 1 1 9\ny 9 9 9\nz 0 9 9")
    small = few(tables.values, 3, zeros=True)
    at_least_one = Known(np.minimum(tables.values, 1.0), np.full(len(tables.keys), np.inf))
    want = wanted(tables, small, threshold=3)
    want.low[small] = 1

    pattern = suppressed(tables, want, at_least_one)

    ranges = Ranges(tables, at_least_one, pattern.hidden)
    assert ranges.furthest(tables.at("x", "a"), 1)[0] >= 3


def test_a_cell_that_must_be_told_is_told():
    tables = table("a b c\nx 2 10 10\ny 10 10 10\nz 10 10 10")
    small = few(tables.values, 5)
    kept = tables.places([("y", "a"), ("y", "b"), ("y", "c"), ("total", "a")])
    want = wanted(tables, small, threshold=5, kept=kept)

    for pattern in (suppressed(tables, want), fewest_suppressed(tables, want)):
        assert pattern is not None
        assert not (pattern.hidden & kept).any()


@pytest.mark.parametrize("method", [suppressed, fewest_suppressed])
def test_what_no_pattern_protects_is_refused(method):
    tables = table("a b\nx 1 1\ny 9 9")
    small = few(tables.values, 2)
    everything_but = tables.places([("total", "a"), ("x", "total"), ("y", "a")])
    want = wanted(tables, small, threshold=2, kept=everything_but)

    with pytest.raises(UnprotectableError, match="coarser table"):
        method(tables, want)


def test_a_coarser_hierarchy_has_divisions_in_place_of_offices():
    assert BY_COUNTY.coarser().codes == ("Total", "county-1", "county-2")
    assert BY_COUNTY.coarser().coarser().codes == ("Total",)


def test_totals_are_sums_over_every_dimension():
    tables = table("a b\nx 1 2\ny 3 4")

    assert tables.values[tables.at("total", "total")] == 10
    assert not (tables.equations @ tables.values).any()
