"""Cases that are known too late: booked in the period that is told next.

A month that has been told keeps its numbers, or the difference between two releases would be
the late cases themselves. What has come to it since is counted in the first month told now, so
that the sum over time is right. Cases that only changed (were moved to another unit, or ended)
stay as they were told: they are no new cases.
"""

from collections.abc import Sequence

import numpy as np

from metrics.disclosure.tables import Counts


def late_bookings(
    change: Counts, faces: Counts, *, stocks: Sequence[int], into: int | None
) -> Counts:
    """Counts (level, cell) to add to the new month: additive, and never below 0.

    `change` is what the told months would count now less what they were told to count.
    `stocks` are cells of what is open on a day, which no later month takes over. `into`, where
    given, is the one cell that late cases go to. What cannot be booked without taking a case
    away somewhere waits, and is tried again in the next release.
    """
    counted = [cell for cell in range(change.shape[1]) if cell not in stocks]
    left = max(0, int(change[0, counted].sum()))
    if into is None:
        wanted, cells = np.maximum(change, 0), counted
    else:
        wanted, cells = np.zeros_like(change), [into]
        wanted[:, into] = np.maximum(change[:, counted].sum(axis=1), 0)
    booked = np.zeros_like(change)
    for cell in cells:
        every = [wanted[face > 0, cell].sum() for face in faces]
        here = int(min([wanted[0, cell], left, *every]))
        booked[0, cell] = here
        for face in faces:
            booked[face > 0, cell] = _first(wanted[face > 0, cell], here)
        left -= here
    return booked


def _first(wanted: Counts, total: int) -> Counts:
    """As many as wanted of each, from the first on, until the total is used up."""
    before = np.cumsum(wanted) - wanted
    taken: Counts = np.clip(total - before, 0, wanted)
    return taken
