"""Which cells may not be told as they are: the primary rules of suppression.

Rules that look at contributions follow the Handbook on Statistical Disclosure Control (second
edition, section 4.2): the parameters of dominance and of the p % rule stay secret.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from metrics.disclosure.linked import Booleans
from metrics.disclosure.tables import Counts


@dataclass(frozen=True, slots=True)
class Rules:
    """What makes a cell sensitive.

    `cases` and `persons` are the smallest numbers that may be told; 0 cases are few as well,
    unless `zeros` are told. `dominance` is (n, k): the n largest contributions may be k per
    cent of the total; `p` per cent is how near the second largest contributor may come to the
    largest.
    """

    cases: int
    persons: int = 0
    zeros: bool = False
    dominance: tuple[int, float] | None = None
    p: float | None = None


def few(n: Counts, least: int, *, zeros: bool = False) -> Booleans:
    """Cells with fewer than that many; a zero too, unless zeros may be told.

    A zero says of a whole group that it does not have what the cell counts, and where zeros
    are told a withheld cell is known not to be one.
    """
    found: Booleans = (n < least) & ~((n == 0) & zeros)
    return found


def nearly_all(n: Counts, of: Counts, least: int) -> Booleans:
    """The 0 % and 100 % rule: cells that leave fewer than `least` of their group outside.

    Who is in the group then has, or nearly surely has, what the cell counts (Handbook, 5.2).
    """
    return (of - n < least) & (of > 0)


def small_denominator(of: Counts, least: int) -> Booleans:
    """Cells whose share would be of fewer than that many."""
    return of < least


def dominated(contributions: Sequence[Sequence[float]], most: tuple[int, float]) -> Booleans:
    """Cells of which the n largest contributions are more than k per cent: the (n, k) rule."""
    count, per_cent = most
    return np.array(
        [
            sum(sorted(given, reverse=True)[:count]) > per_cent / 100 * sum(given)
            for given in contributions
        ],
        dtype=bool,
    )


def near_the_largest(contributions: Sequence[Sequence[float]], p: float) -> Booleans:
    """Cells whose second largest contributor can tell the largest to within p per cent."""
    found = []
    for given in contributions:
        first, second, *_ = [*sorted(given, reverse=True), 0.0, 0.0]
        found.append(bool(given) and sum(given) - first - second < p / 100 * first)
    return np.array(found, dtype=bool)


def sensitive(
    n: Counts,
    rules: Rules,
    *,
    persons: Counts | None = None,
    contributions: Sequence[Sequence[float]] | None = None,
) -> Booleans:
    """Cells that break any of the rules.

    `persons` are the distinct people behind each cell: twelve reports by one person are one
    person. `contributions` are, for each cell, what each person contributes.
    """
    found = few(n, rules.cases, zeros=rules.zeros)
    if rules.persons and persons is not None:
        found |= few(persons, rules.persons, zeros=rules.zeros)
    if contributions is not None and rules.dominance is not None:
        found |= dominated(contributions, rules.dominance)
    if contributions is not None and rules.p is not None:
        found |= near_the_largest(contributions, rules.p)
    return found
