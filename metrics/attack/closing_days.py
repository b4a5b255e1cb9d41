"""Which results of a rule for the closing go with which times, by first and last days.

Of a case that was received in some month and closed within so many days, the day by which it
had to be closed is between two others, so that the months in which it may have fallen due are
known, and often with what result.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

CLOSED, OPEN = "ended", "open"
MET, LATE, MISSED = "met", "met_late", "missed"
NOT_YET = "not_due"

Time = tuple[int, str, int]  # month of the receipt, whether it ended, first day of the band
Result = tuple[int, str]  # month of the due day and what it came to


@dataclass(frozen=True, slots=True)
class Dates:
    """Months by number, with days by number.

    `firsts` has the first day of each month and the one after the last. Of each month `ends`
    has the last day of its quarter, `looks` the as-of day of the release that first told it to
    these readers; it may have been counted on any day between the two.
    """

    firsts: Sequence[int]
    ends: Sequence[int]
    looks: Sequence[int]


@dataclass(frozen=True, slots=True)
class Length:
    """The fewest and most days of a rule, for cases received from one day to another."""

    fewest: int
    most: int
    first: int
    last: int


def results(
    time: Time, lasts: Mapping[int, float], lengths: Sequence[Length], dates: Dates
) -> Iterator[Result]:
    """What a case of this time may have come to; nothing where there can be none.

    `lasts` has the last day of each band. What falls due after the last month is not due yet,
    in that month.
    """
    for length in lengths:
        yield from _results(time, lasts, length, dates)


def _results(
    time: Time, lasts: Mapping[int, float], length: Length, dates: Dates
) -> Iterator[Result]:
    month, _, band = time
    due, until = _due(time, lasts[band], length, dates)
    count = len(dates.firsts) - 1
    for at in range(count) if due <= until else ():
        first = dates.firsts[at]
        if first <= until and due < dates.firsts[at + 1]:
            told = dates.ends[month], dates.looks[month]
            yield from ((at, name) for name in _named(time, lasts[band], length, first, told))
    if due <= until and until >= dates.firsts[count]:
        yield count - 1, NOT_YET


def _due(time: Time, last: float, length: Length, dates: Dates) -> tuple[int, float]:
    """The first and last day on which such a case may have fallen due; none in wrong order."""
    month, outcome, band = time
    fewest, most = length.fewest, length.most
    end, look = dates.ends[month], dates.looks[month]
    soonest = max(dates.firsts[month], length.first)
    latest = min(dates.firsts[month + 1] - 1, look - band, length.last)
    if outcome == OPEN:
        soonest = int(max(soonest, end - last))
    if soonest > latest:
        return 0, -1
    due, until = soonest + fewest, latest + most
    if outcome == OPEN and last < fewest:
        due = max(due, end + 1)
    if outcome == OPEN and band > most:
        until = min(until, look - 1)
    return due, until


def _named(
    time: Time, last: float, length: Length, first: int, told: tuple[int, int]
) -> Iterator[str]:
    """What a case may have come to that falls due in the month with that first day."""
    _, outcome, band = time
    fewest, most = length.fewest, length.most
    end, look = told
    if outcome == OPEN:
        yield MISSED
        if first > end:
            yield from (MET, LATE)
        return
    if band <= most:
        yield MET
    if last > fewest and first < look:
        yield LATE


def may_be_older(at: int, first: int, lengths: Sequence[Length], dates: Dates) -> bool:
    """Whether what fell due in a month may be of cases received before the first month."""
    before = dates.firsts[first] - 1
    ends = [min(each.last, before) + each.most for each in lengths if each.first <= before]
    return any(dates.firsts[at] <= end for end in ends)
