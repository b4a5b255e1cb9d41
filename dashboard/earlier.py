"""What a commitment came to a quarter and a year before, or why that is not told."""

from datetime import date

from dashboard.figure import Figure, Standing, months_after, quarterly
from dashboard.phrases import change_text
from metrics.release import Release

_UNTOLD = {
    "withheld": "withheld then [c]",
    "few": "too few then",
    "not_assessable": "not assessable then",
    "not_fit": "not fit for use then",
}


def moved_since(release: Release, row: Standing, quarter: date) -> tuple[str, str]:
    """How far a commitment moved since the quarter before, and whether that is unusual.

    Where the quarter before has no figure, why.
    """
    moved, usual = change_text(row.previous, row.figure.value, row.change_signal)
    if row.previous is None and row.figure.value is not None:
        state = figure_before(release, row, quarter, months=3).state
        return _UNTOLD.get(state, moved), usual
    return moved, usual


def figure_before(release: Release, row: Standing, quarter: date, *, months: int) -> Figure:
    """A commitment's figure of the quarter that began so many months before."""
    figure = row.figure
    names = (figure.level, figure.metric, figure.measure, figure.part)
    return quarterly(release, months_after(quarter, -months), *names)
