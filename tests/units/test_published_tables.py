"""Tables and answers that others have published: rounding, singletons, primary rules.

Those of sdcTable, GaussSuppression, and Fischetti and Salazar are in
`test_disclosure_suppression`, beside the patterns that they are about.
"""

import numpy as np
import pytest

from metrics.disclosure.linked import Linked
from metrics.disclosure.ranges import Known, Ranges, nothing_known
from metrics.disclosure.round_linked import rounded_tables
from metrics.disclosure.sensitive import dominated, few, near_the_largest
from metrics.disclosure.suppression import suppressed, wanted
from tests.linked_tables import table

BASE = 5


# Handbook on Statistical Disclosure Control, second edition, 5.5: counts by area and sex, and
# a solution of controlled rounding to base 5.
AREAS = """
    male  female
A      1       0
B      3       3
C     12      20
"""
THEIRS = """
    male  female
A      5       0
B      0       5
C     10      20
"""


def drawn(tables: Linked, seed: int) -> tuple[int, ...]:
    rounded = rounded_tables(tables, BASE, np.random.default_rng(seed))
    return tuple(rounded.tolist())


def test_the_solution_of_the_handbook_is_one_that_we_may_draw():
    seen = {drawn(table(AREAS), seed) for seed in range(200)}
    assert tuple(table(THEIRS).values.tolist()) in seen
    assert len(seen) > 1


def behind(shown: int, truths: range) -> set[int]:
    """Those of the truths that may be told as this number."""
    found = set()
    for n in truths:
        tables = table(f"  a b\nx {n} 2\n")
        at = tables.at("x", "a")
        found |= {n for seed in range(20) if drawn(tables, seed)[at] == shown}
    return found


@pytest.mark.parametrize(
    ("shown", "truths"), [(0, range(5)), (5, range(1, 10)), (15, range(11, 20))]
)
def test_what_a_rounded_count_leaves_open_is_what_the_handbook_says(shown, truths):
    """5.5, as the manual of tau-Argus 4.1, 2.14: b - 1 to either side, and 0 to b - 1 for 0."""
    assert behind(shown, range(max(shown - 6, 0), shown + 7)) == set(truths)


# Manual of tau-Argus 4.1, 2.10, on singletons: the one contributor of A, X2 knows its 15, and
# A, X4 is the only other unsafe cell of the row.
SINGLETON = """
     X1  X2  X3  X4
A    52  15  62  17
B    24  18  31   8
"""
CORNERS = [("A", "X2"), ("A", "X4"), ("B", "X2"), ("B", "X4")]


def left_to_the_singleton(*hidden: tuple[str, str]) -> tuple[float, float]:
    """What its contributor can work out of A, X4."""
    tables = table(SINGLETON)
    known, own = nothing_known(len(tables.keys)), tables.at("A", "X2")
    known.low[own] = known.high[own] = tables.values[own]
    ranges = Ranges(tables, Known(known.low, known.high), tables.places(hidden))
    at = tables.at("A", "X4")
    return ranges.furthest(at, -1)[0], ranges.furthest(at, 1)[0]


def test_a_contributor_undoes_a_pattern_that_no_outsider_can():
    tables = table(SINGLETON)
    outsider = Ranges(tables, nothing_known(len(tables.keys)), tables.places(CORNERS))
    assert outsider.furthest(tables.at("A", "X4"), 1)[0] == 25
    assert left_to_the_singleton(*CORNERS) == (17, 17)


def test_a_third_cell_of_the_row_takes_that_away():
    low, high = left_to_the_singleton(*CORNERS, ("A", "X1"), ("B", "X1"))
    assert low == 0
    assert high > 17


# ACRO 1.0.1 (AI-SDC, MIT licence), test/test_tables.py on data/test_data.dta: charities by year
# and kind of grant; of each cell the two largest grants and the sum of all others, in
# thousands.
YEARS = range(2010, 2016)
CHARITIES = "     G   N   R  R/G\n" + "".join(f"{year} 15 59 71 8\n" for year in YEARS)
GRANTS = {
    (2010, "G"): (57_600, 46_628, 34_679), (2010, "N"): (0, 0, 0),
    (2010, "R"): (173_171, 165_531, 165_435), (2010, "R/G"): (36_645, 8_073, 1_826),
    (2011, "G"): (52_900, 44_369, 30_265), (2011, "N"): (960, 675, 5_557),
    (2011, "R"): (179_178, 171_565, 181_722), (2011, "R/G"): (39_118, 30_369, 58_893),
    (2012, "G"): (60_100, 57_500, 54_279), (2012, "N"): (983, 858, 5_939),
    (2012, "R"): (171_693, 150_663, 157_749), (2012, "R/G"): (42_228, 31_064, 61_188),
    (2013, "G"): (74_500, 69_100, 59_757), (2013, "N"): (712, 670, 7_347),
    (2013, "R"): (186_929, 173_006, 151_426), (2013, "R/G"): (44_385, 27_452, 62_288),
    (2014, "G"): (94_700, 85_300, 26_222), (2014, "N"): (646, 562, 6_652),
    (2014, "R"): (234_218, 176_550, 143_826), (2014, "R/G"): (43_780, 31_459, 67_527),
    (2015, "G"): (89_300, 18_759, 25_542), (2015, "N"): (951, 617, 6_933),
    (2015, "R"): (249_327, 165_548, 136_582), (2015, "R/G"): (43_693, 33_580, 68_956),
}  # fmt: skip


def contributions() -> list[list[float]]:
    """The others' parts do not matter but for their sum, as long as each is small."""
    return [[first, second, *[others / 100] * 100] for first, second, others in GRANTS.values()]


def test_acro_finds_six_cells_below_ten():
    """test_crosstab_threshold: 'MinimumThresholdCheck: fail - 6 cells'."""
    tables = table(CHARITIES)
    small = {
        key for key, found in zip(tables.keys, few(tables.values, 10), strict=True) if found
    }
    assert small == {(str(year), "R/G") for year in YEARS}


def test_acro_finds_one_cell_dominated_by_two():
    """test_crosstab_multiple: 'NKCheck: fail - 1 cells' by the rule of (2, 90 %)."""
    found = dominated(contributions(), (2, 90))
    assert [key for key, sensitive in zip(GRANTS, found, strict=True) if sensitive] == [
        (2010, "R/G")
    ]


def test_acro_finds_that_cell_by_ten_per_cent_and_one_of_nothing_at_all():
    """'PPercentCheck: fail - 2 cells': the other one is of grants of 0, where 0 / 0 is no p."""
    found = near_the_largest(contributions(), 10)
    assert [key for key, sensitive in zip(GRANTS, found, strict=True) if sensitive] == [
        (2010, "R/G")
    ]


def test_what_acro_withholds_can_be_taken_from_the_total_and_what_we_withhold_cannot():
    tables = table(CHARITIES)
    small = few(tables.values, 10)
    nothing = nothing_known(len(tables.keys))
    at = tables.at("2013", "R/G")
    theirs = Ranges(tables, nothing, small)
    assert (theirs.furthest(at, -1)[0], theirs.furthest(at, 1)[0]) == (8, 8)
    ours = Ranges(
        tables, nothing, suppressed(tables, wanted(tables, small, threshold=10)).hidden
    )
    assert ours.furthest(at, -1)[0] == 0
    assert ours.furthest(at, 1)[0] >= 10
