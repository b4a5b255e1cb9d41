"""What a figure lies between where some of the counts that it is made of are in doubt."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from metrics.doubts import LACKING
from metrics.figures import KEY
from metrics.metric import Counted

Place = tuple[object, ...]  # what KEY names
Counts = Mapping[tuple[str, str], int]  # by outcome and doubt
Wide = dict[Place, dict[tuple[str, str], int]]

# Silence is no fault: what it could mean is told beside the share.
UNANSWERED = "unanswered"
ANY = ("unsure", "misplaced", "extra")
FLIPS = ("unsure", "misplaced")
EVERYTHING = ("", *ANY)


@dataclass(frozen=True, slots=True)
class Range:
    """Lowest and highest value of a figure, over everything that its rows in doubt may be.

    None for a bound that does not exist: the highest of a duration that may never be reached.
    `affected` are the rows in doubt among the `of` behind the figure, `absent` those that may
    belong to it and stand elsewhere or nowhere.
    """

    low: float | None
    high: float | None
    affected: int
    absent: int
    of: int


@dataclass(frozen=True, slots=True)
class Share:
    """Outcomes of a share: those of its numerator, of the rest, and unknown ones.

    Of those that `drop_in` only the ones in doubt may come to be counted.
    """

    hits: tuple[str, ...]
    rest: tuple[str, ...]
    unknown: tuple[str, ...]
    drop_in: tuple[str, ...]


def share_of(told: Counted, outcomes: Iterable[str], *, missing_in_doubt: bool) -> Share:
    """How a declared share is made of the outcomes of its metric.

    Missing ones are unknown where a check failed that speaks of them: where a source never
    records what is asked, nobody doubts it, and they are told beside the share.
    """
    unknown = tuple(n for n in told.missing if missing_in_doubt and n != UNANSWERED)
    return Share(
        hits=told.outcomes,
        rest=tuple(name for name in told.of if name not in told.outcomes),
        unknown=unknown,
        drop_in=(*(n for n in outcomes if n not in told.of and n not in unknown), LACKING),
    )


def by_place(counts: pl.DataFrame) -> Wide:
    """Counts by outcome and doubt, for every place that has any."""
    wide: Wide = {}
    grouped = counts.group_by(*KEY, "outcome", "doubt").agg(pl.col("n").sum())
    for row in grouped.iter_rows(named=True):
        place = tuple(row[name] for name in KEY)
        wide.setdefault(place, {})[(row["outcome"], row["doubt"])] = row["n"]
    return wide


def total(counts: Counts, outcomes: Iterable[str] | None, doubts: Iterable[str]) -> int:
    """How many have one of the outcomes (None: any) and one of the doubts."""
    wanted = None if outcomes is None else set(outcomes)
    kinds = set(doubts)
    return sum(
        n
        for (outcome, doubt), n in counts.items()
        if doubt in kinds and (wanted is None or outcome in wanted)
    )


def lacking(counts: Counts) -> int:
    """Cases in doubt that stand in the place and contribute nothing to it."""
    return total(counts, (LACKING,), EVERYTHING)


def joining_in(wide: Wide, absent: int) -> Callable[[Place], int]:
    """Of a place: how many rows of other periods, or of none, may belong to it.

    Rows of no known period are told beside the whole span alone: in every quarter they would
    be counted as often as there are quarters.
    """
    everywhere = {
        place[:3]: total(counts, None, ("misplaced",))
        for place, counts in wide.items()
        if place[3] == "whole"
    }

    def joining(place: Place) -> int:
        ours = total(wide.get(place, {}), None, ("misplaced",))
        nowhere = absent if place[3] == "whole" else 0
        return everywhere.get(place[:3], 0) - ours + nowhere

    return joining


def share_range(counts: Counts, told: Share, absent: int) -> Range | None:
    """Bounds of k of n: rows in doubt may turn, drop out, or drop in as one or the other.

    A row of another period can drop in, and so can one that was left out; to turn moves a
    share further than to drop out, so only what may be no row at all drops out.
    """
    k, n = (total(counts, names, EVERYTHING) for names in (told.hits, told.hits + told.rest))
    left_out = total(counts, told.unknown, EVERYTHING) + total(counts, told.drop_in, FLIPS)
    turned = [total(counts, names, FLIPS) for names in (told.hits, told.rest)]
    gone = [total(counts, names, ("extra",)) for names in (told.hits, told.rest)]
    joining = left_out + absent
    least_of, most_of = n - gone[0] + joining, n - gone[1] + joining
    if n == 0 or least_of == 0 or most_of == 0:
        return None
    behind = left_out - (lacking(counts) if LACKING in told.drop_in else 0)
    return Range(
        low=max(k - turned[0] - gone[0], 0) / least_of,
        high=min((k + turned[1] + joining) / most_of, 1.0),
        affected=sum(turned) + sum(gone) + behind,
        absent=absent,
        of=n + behind,
    )


def number_range(counts: Counts, outcomes: Iterable[str], absent: int) -> Range:
    """Bounds of a number of rows with one of the outcomes."""
    own = set(outcomes)
    count, loose = total(counts, own, EVERYTHING), total(counts, own, ANY)
    others = total(counts, None, FLIPS) - total(counts, own, FLIPS)
    return Range(
        low=float(count - loose),
        high=float(count + others + absent),
        affected=loose,
        absent=absent,
        of=count,
    )


def stock_range(value: float, in_doubt: int) -> Range:
    """Bounds of the cases open at an end: each in doubt is open then, or is not."""
    return Range(
        low=max(value - in_doubt, 0.0),
        high=value + in_doubt,
        affected=min(in_doubt, int(value)),
        absent=max(in_doubt - int(value), 0),
        of=int(value),
    )


def clearance_range(counts: Counts, in_doubt: int, absent: int) -> Range | None:
    """Bounds of cases resolved for each received, where any case in doubt may be either."""
    went, came = (total(counts, (name,), EVERYTHING) for name in ("resolved", "received"))
    gone, lost = (total(counts, (name,), ANY) for name in ("resolved", "received"))
    if came == 0:
        return None
    most = came + max(in_doubt - lost, 0) + absent
    least = came - lost
    return Range(
        low=(went - gone) / most,
        high=(went + max(in_doubt - gone, 0) + absent) / least if least > 0 else None,
        affected=gone + lost,
        absent=max(in_doubt - lost, 0) + absent,
        of=went + came,
    )
