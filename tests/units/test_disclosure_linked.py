"""Tables as one system: how they are made, rounded together, and told in coarser codes."""

import numpy as np
import pytest
from scipy import sparse

from metrics.disclosure.linked import Hierarchy, Linked, crossed, flat, linked
from metrics.disclosure.round_linked import rounded_tables
from metrics.disclosure.sensitive import Rules
from metrics.disclosure.tables import ProtectionError
from metrics.disclosure.withheld import told
from tests.linked_tables import random_tables, table


def test_two_tables_that_contradict_each_other_are_no_system():
    one, other = table("a b\nx 1 2\ny 3 4"), table("a b\nx 1 2\ny 3 5")

    with pytest.raises(ProtectionError, match="different values"):
        linked([one, other])


def test_an_undeclared_cell_is_refused():
    with pytest.raises(ProtectionError, match="not declared"):
        crossed({("x", "q"): 1}, [flat("total", ["x"]), flat("total", ["a"])])


# Rounding of the same tables ---------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_linked_tables_round_to_multiples_that_add_up(seed):
    tables = random_tables(seed)

    rounded = rounded_tables(tables, 5, np.random.default_rng(seed))

    assert not (rounded % 5).any()
    assert not (tables.equations @ rounded).any()
    assert np.abs(rounded - tables.values).max() < 5
    assert not rounded[tables.values == 0].any()


def test_rounding_is_right_on_average_and_the_same_for_the_same_draw():
    tables = table("a b\nx 1 2\ny 3 4")
    draws = [rounded_tables(tables, 5, np.random.default_rng(seed)) for seed in range(200)]

    assert draws[3].tolist() == rounded_tables(tables, 5, np.random.default_rng(3)).tolist()
    assert abs(np.mean(draws, axis=0) - tables.values).max() < 1.5


def test_multiples_stay_as_they_are():
    tables = table("a b\nx 5 10\ny 0 15")
    assert (
        rounded_tables(tables, 5, np.random.default_rng(1)).tolist() == tables.values.tolist()
    )


def test_tables_without_a_rounding_are_refused():
    """Three cells of 1 that are the same go up or down together; their total of 3 stays."""
    equations = [[1.0, 1.0, 1.0, -1.0], [1.0, -1.0, 0.0, 0.0], [0.0, 1.0, -1.0, 0.0]]
    keys = (("a",), ("b",), ("c",), ("total",))
    tables = Linked(keys, np.array([1, 1, 1, 3]), sparse.csr_array(np.array(equations)))

    with pytest.raises(ProtectionError, match="no additive rounding"):
        rounded_tables(tables, 3, np.random.default_rng(1))


# Coarser tables ---------------------------------------------------------------------------

DIVISIONS = Hierarchy(
    "all", (("all", ("north", "south")), ("north", ("n1", "n2")), ("south", ("s1", "s2")))
)
GRADES = flat("any", ("high", "low"))


def sparse_units() -> dict[tuple[str, str], int]:
    """Units with a case or two of each grade; divisions with nine or so."""
    return {
        (unit, grade): n
        for unit, numbers in {"n1": (6, 3), "n2": (3, 6), "s1": (4, 5), "s2": (5, 4)}.items()
        for grade, n in zip(("high", "low"), numbers, strict=True)
    }


def test_divisions_stand_in_for_units_that_are_too_sparse():
    found = told(
        sparse_units(),
        [DIVISIONS, GRADES],
        Rules(cases=8),
        coarsen=[0],
        most_withheld=0.3,  # 8 cells of units in 21 are below 8
    )

    assert found.dimensions[0].codes == ("all", "north", "south")
    assert not found.pattern.hidden.any()
    assert found.tables.values[found.tables.at("north", "high")] == 9


def test_a_table_that_is_full_enough_keeps_its_units():
    found = told(sparse_units(), [DIVISIONS, GRADES], Rules(cases=4), coarsen=[0])

    assert "n1" in found.dimensions[0].codes


def test_a_table_that_is_too_sparse_at_its_coarsest_is_refused():
    with pytest.raises(ProtectionError, match="longer period"):
        told(sparse_units(), [DIVISIONS, GRADES], Rules(cases=50), coarsen=[0, 1])
