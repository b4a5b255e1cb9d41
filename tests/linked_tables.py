"""Small tables with margins, for the tests of disclosure control."""

import numpy as np

from metrics.disclosure.linked import Hierarchy, Linked, crossed, flat, linked


def table(text: str) -> Linked:
    """A two-way table with a row and a column of totals, from its inner cells as text."""
    head, *lines = (line.split() for line in text.strip().splitlines())
    inner = {
        (row, column): int(n)
        for row, *numbers in lines
        for column, n in zip(head, numbers, strict=True)
    }
    rows = [line[0] for line in lines]
    return crossed(inner, [flat("total", rows), flat("total", head)])


def random_tables(seed: int) -> Linked:
    """Units in divisions by category, and units by quarter: two tables that are linked."""
    draw = np.random.default_rng(seed)
    units = [f"unit{n}" for n in range(6)]
    by_division = Hierarchy(
        "all",
        (("all", ("north", "south")), ("north", tuple(units[:3])), ("south", tuple(units[3:]))),
    )
    counts = draw.poisson(draw.lognormal(1, 1, (6, 4, 3)))
    tables = []
    for axis, codes in ((2, ("a", "b", "c", "d")), (1, ("q1", "q2", "q3"))):
        seen = counts.sum(axis=axis)
        crossings = (flat("any", codes), flat("any", ()))
        dimensions = [by_division, *(crossings if axis == 2 else crossings[::-1])]
        cells = {}
        for unit, name in np.ndindex(*seen.shape):
            pair = (codes[name], "any") if axis == 2 else ("any", codes[name])
            cells[(units[unit], *pair)] = int(seen[unit, name])
        tables.append(crossed(cells, dimensions))
    return linked(tables)
