"""What may become of a case under a rule for its closing, by the days of both.

A case is seen twice: in the month of its receipt with the time that it took, or is open for,
and in the month of its due day with its result. Which goes with which follows from days alone:
of 30 days from a receipt in March, none is over in June.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from metrics.disclosure.lengths import Lengths
from metrics.periods import next_month

ENDED, OPEN = "ended", "open"
MET, MET_LATE, MISSED = RESULTS = ("met", "met_late", "missed")
COME = "come"  # whatever its result
LATER = "later"  # its day is after the last of the months
SHORTEST_MONTH, SHORTEST_QUARTER = 28, 90

Seen = tuple[int, str, int]  # month of the receipt, ended or open, first day of the band
Come = tuple[int, str]  # month of the due day, and the result
Fates = Mapping[Seen, frozenset[Come]]


@dataclass(frozen=True, slots=True)
class Months:
    """Months that follow each other, days being numbers.

    `starts` has the first day of each, and the one after the last; `told` as of which day the
    counts of each were told. None has fewer days than the `shortest`.
    """

    starts: tuple[int, ...]
    told: tuple[int, ...]
    shortest: int = SHORTEST_MONTH

    def __len__(self) -> int:
        return len(self.told)

    def at(self, day: int) -> int:
        """The month of a day; of one after the last month their number."""
        return min(bisect_right(self.starts, day) - 1, len(self))


def told_months(
    months: Sequence[date], quarters: Mapping[date, date], looks: Collection[date]
) -> Months:
    """These months, of whole quarters, each told as of the first look after its quarter."""
    starts = [month.toordinal() for month in (*months, next_month(months[-1]))]
    ends = {quarters[month]: after - 1 for month, after in zip(months, starts[1:], strict=True)}
    days = [day.toordinal() for day in looks]
    told = {on: min((d for d in days if d >= end), default=end) for on, end in ends.items()}
    return Months(tuple(starts), tuple(told[quarters[month]] for month in months))


def told_quarters(
    months: Sequence[date], quarters: Mapping[date, date], looks: Collection[date]
) -> Months:
    """The quarters of these months in the place of months."""
    known, own = told_months(months, quarters, looks), [quarters[month] for month in months]
    turns = [at + 1 for at, (one, other) in enumerate(pairwise(own)) if one != other]
    firsts = [0, *turns]
    starts = tuple(known.starts[at] for at in (*firsts, len(months)))
    return replace(
        known,
        starts=starts,
        told=tuple(known.told[at] for at in firsts),
        shortest=SHORTEST_QUARTER,
    )


def fates(
    lengths: Lengths,
    lasts: Mapping[int, float],
    months: Months,
    first: int,
    *,
    closes: bool = True,
) -> Fates:
    """All that may come of cases that were received in these months, from the `first` one on.

    Their day comes by its `lengths` after the receipt. `lasts` has the last day of each band by
    its first one. The rule is for the closing, or (not `closes`) for another step, so that only
    whether its day has come is known.
    """
    found: dict[Seen, set[Come]] = {}
    for month in range(first, len(months)):
        for received in range(months.starts[month], months.starts[month + 1]):
            watched = months.told[month] - received
            for days in _turns(*lengths.at(received), received, months.starts):
                due = months.at(received + days)
                for outcome, band, result in _results(days, watched, lasts):
                    known = result if closes else COME
                    come = (due, known if due < len(months) else LATER)
                    found.setdefault((month, outcome, band), set()).add(come)
    return {seen: frozenset(come) for seen, come in found.items()}


def _turns(fewest: int, most: int, received: int, starts: Sequence[int]) -> list[int]:
    """The fewest and most days in every month in which the due day may be."""
    turns = [start - received for start in starts if fewest < start - received <= most]
    return sorted({fewest, most, *turns, *(days - 1 for days in turns)})


def _results(
    days: int, watched: int, lasts: Mapping[int, float]
) -> Iterator[tuple[str, int, str]]:
    """Of a case that was watched for so long: ended or open, since when, and its result."""
    for band, last in lasts.items():
        if band <= min(days, watched):
            yield ENDED, band, MET
        if max(band, days + 1) <= min(last, watched):
            yield ENDED, band, MET_LATE
        if band <= watched <= last:
            yield from ((OPEN, band, each) for each in _after(days, watched))


def _after(days: int, watched: int) -> tuple[str, ...]:
    """What became of an open case whose day has come by then, or comes later."""
    return (MISSED,) if days <= watched else RESULTS
