"""A table as it may be told with cells withheld: coarser where it would be too sparse."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from metrics.disclosure.fewest import LARGEST, fewest_suppressed
from metrics.disclosure.linked import Booleans, Hierarchy, Key, Linked, crossed
from metrics.disclosure.ranges import Known
from metrics.disclosure.sensitive import Rules, sensitive
from metrics.disclosure.suppression import Pattern, Wanted, suppressed, wanted
from metrics.disclosure.tables import ProtectionError

MOST_WITHHELD = 0.6  # of the cells; a table of gaps says less than a coarser one


@dataclass(frozen=True, slots=True)
class Told:
    """A table, what of it is withheld, and the dimensions that are left of those asked for."""

    tables: Linked
    pattern: Pattern
    dimensions: tuple[Hierarchy, ...]


def least_withheld(tables: Linked, want: Wanted, known: Known | None = None) -> Pattern:
    """The exact solution for a small system, else that of the heuristic."""
    if len(tables.keys) <= LARGEST:
        exact = fewest_suppressed(tables, want, known)
        if exact is not None:
            return exact
    return suppressed(tables, want, known)


def told(
    finest: Mapping[Key, int],
    dimensions: Sequence[Hierarchy],
    rules: Rules,
    *,
    coarsen: Sequence[int],
    most_withheld: float = MOST_WITHHELD,
) -> Told:
    """The table with what must be withheld, in coarser codes where too much would be.

    `coarsen` names the dimensions that may become coarser, the first one first, again and
    again. Raises ProtectionError where even the coarsest table would be nothing but gaps.
    """
    left = list(dimensions)
    steps = [at for at in coarsen for _ in range(len(left[at].sums))]
    cells = dict(finest)
    while True:
        tables = crossed(cells, left)
        small = sensitive(tables.values, rules)
        if small.mean() <= most_withheld:
            pattern = least_withheld(tables, wanted(tables, small, threshold=rules.cases))
            if pattern.hidden.mean() <= most_withheld:
                return Told(tables, pattern, tuple(left))
        if not steps:
            raise ProtectionError(
                f"more than {most_withheld:.0%} of the cells would be withheld even in the"
                " coarsest table; publish a longer period or fewer breakdowns"
            )
        at = steps.pop(0)
        coarser = left[at].coarser()
        if coarser == left[at]:
            continue
        left[at] = coarser
        cells = _summed(tables, at, coarser)


def _summed(tables: Linked, at: int, coarser: Hierarchy) -> dict[Key, int]:
    """The cells that are the finest once a dimension is coarser."""
    finest: Booleans = tables.places([key for key in tables.keys if key[at] in coarser.finest])
    return {
        key: int(n)
        for key, n, kept in zip(tables.keys, tables.values, finest, strict=True)
        if kept
    }
