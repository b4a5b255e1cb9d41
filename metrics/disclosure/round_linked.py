"""Controlled rounding of any linked tables: hierarchies, crossings, several tables at once.

What a release is made of has a structure of its own and is rounded by
`metrics.disclosure.rounding`, which also carries errors from quarter to quarter; here nothing
is known of the tables but their equations.
"""

import numpy as np
from scipy.optimize import LinearConstraint

from metrics.disclosure.linked import Linked
from metrics.disclosure.programs import Program
from metrics.disclosure.tables import Counts, ProtectionError


def rounded_tables(tables: Linked, base: int, draw: np.random.Generator) -> Counts:
    """Multiples of the base that every equation holds for, each less than a base away.

    Multiples, zeros included, stay as they are; another cell goes up with the probability that
    makes it right on average, as far as the equations let it. Cox (1987), J. Am. Stat. Assoc.
    82: 520-524, for two-way tables; Salazar-Gonzalez (2006), Math. Program. 105: 583-603, for
    all. Raises ProtectionError where no such rounding exists, or none is found.
    """
    values = tables.values
    residues = values % base
    moving = np.flatnonzero(residues)
    down = values - residues
    if not moving.size:
        return down
    steps = tables.equations[:, moving]
    owed = -(tables.equations @ down) / base
    # Up where the draw is below the residue; the margin by which it is says how dear it is.
    costs = draw.uniform(0, base, moving.size) - residues[moving]
    program = Program(costs, np.ones(moving.size), [LinearConstraint(steps, owed, owed)])
    found = program.solved()
    if found is None:
        raise ProtectionError("no additive rounding exists; use another base")
    rounded = down.copy()
    rounded[moving] += base * np.rint(found).astype(np.int64)
    if (tables.equations @ rounded).any() or (np.abs(rounded - values) >= base).any():
        raise ProtectionError("the rounding is wrong: tables do not add up")
    return rounded
