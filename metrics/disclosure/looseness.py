"""How far sums of rounded counts are from the truth beyond what a single count may be."""

from dataclasses import replace

import numpy as np

from metrics.disclosure.slices import Slice
from metrics.disclosure.tables import Counts
from metrics.reach import Off


def looseness(quarter: Slice, counts: Counts) -> tuple[Off, Off]:
    """By how many bases the furthest sum, and total, is further from the truth than a cell."""
    sums = quarter.windows() @ (counts - quarter.truth).ravel()
    further = np.abs(sums) // quarter.base
    total = replace(quarter, totals=1, months=1).slacks() > 0
    in_months = quarter.in_months
    sums, totals = (
        Off(*(int(further[of & at].max(initial=0)) for at in (in_months, ~in_months)))
        for of in (~total, total)
    )
    return sums, totals
