"""Totals that follow those of another metric, so that the two together tell no more.

A deadline that every case has falls due once for each case received, some days later; no more
surveys are offered than cases were received. Whoever adds up both, month by month, has two
looks at the same cases: where one says 1 to 4 and the other none, it is proved small. So the
second one is rounded towards what the first one has told: added up, it is never above it, and
never further behind than it is in truth. Then the published numbers could be the truth in both
at once, and cases may be added to both until the base is reached.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from metrics.disclosure.closing import Bound, rows_beside
from metrics.disclosure.rounding import Floats, Tether
from metrics.disclosure.runs import Run
from metrics.disclosure.tables import Counts

LONGEST_LAG = 12  # months, after which a metric does not follow another one closely


@dataclass(frozen=True, slots=True)
class Link:
    """How a metric follows another one in truth, up to some month.

    `lags` has every level at which its total, added up, is never above the other's; with
    after how many months it is never below, None where there is no such number. `settled`
    levels count all that has not come yet as still to come. `floors` are what readers know of
    its single cells beside those of the other one, in the quarter that is told, and `runs` of
    those of months in a row. `plain` levels are those whose every case comes to it, as readers
    know.
    """

    lags: dict[int, int | None]
    settled: tuple[int, ...]
    plain: tuple[int, ...] = ()
    floors: tuple[Bound, ...] = ()
    runs: tuple[Run, ...] = ()

    @property
    def as_known(self) -> "Link":
        """The same without what only the counts say: how far behind other levels are."""
        lags = {level: lag if level in self.plain else None for level, lag in self.lags.items()}
        return replace(self, lags=lags)


@dataclass(frozen=True, slots=True)
class Follower:
    """Counts (level, month, cell) that follow others, as they are told.

    `months` are those that are told now; `stocks` are the cells that count what is still to
    come, `flows` the others.
    """

    told: Counts
    months: Sequence[int]
    stocks: Sequence[int]
    link: Link

    @property
    def flows(self) -> list[int]:
        """The cells that count what has come."""
        return [cell for cell in range(self.told.shape[2]) if cell not in self.stocks]

    def left(self, led: Counts) -> Counts:
        """By level how much of what was led before, in total, has not come by then.

        `led` are the totals (level, month) that are followed.
        """
        first = self.months[0]
        told = self.told[:, :first, self.flows].sum(axis=(1, 2))
        found: Counts = np.maximum(led[:, :first].sum(axis=1) - told, 0)
        return found

    def begun(self, led: Counts) -> dict[int, int]:
        """What was told before, by level, as it should have been: the past is not made up for.

        `led` (level, month) are the added totals that are followed.
        """
        first = self.months[0]
        if not first:
            return dict.fromkeys(self.link.lags, 0)
        told = self.told[:, :first, self.flows].sum(axis=(1, 2))
        found = {}
        for level, lag in self.link.lags.items():
            behind = led[level, first - 1 - lag] if lag is not None and first > lag else 0
            found[level] = int(min(max(told[level], behind), led[level, first - 1]))
        return found

    def tether(self, led: Counts, *, base: int) -> Tether:
        """What the added totals should lie between, at every level that follows."""
        months, cells = len(self.months), self.told.shape[2]
        weights = np.zeros((months + 1, months, cells), dtype=np.int64)
        for at in range(months):
            weights[at, : at + 1, self.flows] = 1
        weights[-1, :, self.flows] = 1
        weights[-1, -1, list(self.stocks)] = 1
        lower = np.full((len(self.told), months + 1), -np.inf)
        upper = np.full((len(self.told), months + 1), np.inf)
        begun = self.begun(led)
        for level, lag in self.link.lags.items():
            ahead = led[level] - begun[level]
            upper[level, :-1] = ahead[list(self.months)]
            for at, month in enumerate(self.months):
                if lag is not None and month >= lag:
                    lower[level, at] = ahead[month - lag]
            if level in self.link.settled:
                lower[level, -1] = upper[level, -1] = ahead[self.months[-1]]
        return Tether(weights, lower / base, upper / base)


@dataclass(frozen=True, slots=True)
class Common:
    """What readers know of how a metric follows another one: by level after how many months.

    Where `stands`, what has not come yet is counted as still to come.
    """

    lags: Mapping[int, int]
    stands: bool = False


def link_of(
    led: Counts, truth: Counts, stocks: Sequence[int], until: int, common: Common
) -> Link:
    """How true counts (level, month, cell) follow true totals (level, month) up to a month.

    What readers know is taken as given: a few cases of which it is not so change nothing in
    what they make of the numbers.
    """
    flows = [cell for cell in range(truth.shape[2]) if cell not in stocks]
    known = led[:, : until + 1].cumsum(axis=1)
    due = truth[:, : until + 1, flows].sum(axis=2).cumsum(axis=1)
    lags = {
        level: common.lags.get(level, _lag(known[level], due[level]))
        for level in range(len(due))
        if level in common.lags or (due[level] <= known[level]).all()
    }
    plain = tuple(common.lags)
    return Link(lags, plain if common.stands else (), plain)


def _lag(led: Counts, due: Counts) -> int | None:
    """After how many months all that was led is due, in truth; None where it takes too long."""
    months = len(due)
    for lag in range(min(months, LONGEST_LAG + 1)):
        if (led[: months - lag] <= due[lag:]).all():
            return lag
    return None


def beside(
    led: Counts, followers: Sequence[Follower], widths: Sequence[int], *, base: int
) -> Tether:
    """What followers should keep to that are rounded with the table that they follow.

    `led` are that table's added totals (level, month), known before the months that are told
    now; `widths` are the numbers of cells of the table and of each follower, side by side.
    """
    months = followers[0].months
    before = led[:, months[0] - 1] if months[0] else np.zeros(len(led), dtype=np.int64)
    rows: list[tuple[Counts, Floats, Floats]] = []
    for each, start in zip(followers, np.cumsum(widths), strict=False):
        place = _Place(int(start), sum(widths), widths[0])
        begun = each.begun(led)
        rows += _never_ahead(
            each, place, {level: before[level] - n for level, n in begun.items()}
        )
        for lag in sorted({lag for lag in each.link.lags.values() if lag is not None}):
            rows += _never_behind(each, place, led, begun, lag)
        shape = (len(led), len(months), sum(widths))
        left = each.left(np.diff(led, axis=1, prepend=0))
        rows += rows_beside(each.link.floors, int(start), shape, left)
    weights, lower, upper = (np.array(part) for part in zip(*rows, strict=True))
    return Tether(weights, lower.T / base, upper.T / base)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a follower's cells begin, of how many; and how many those are that it follows."""

    start: int
    cells: int
    led: int

    def weights(self, each: Follower, come: int, led: int) -> Counts:
        """What has come in so many months, less what was led in so many."""
        found = np.zeros((len(each.months), self.cells), dtype=np.int64)
        found[:come, [self.start + cell for cell in each.flows]] = 1
        found[: max(led, 0), : self.led] = -1
        return found


def _free(levels: int) -> tuple[Floats, Floats]:
    return np.full(levels, -np.inf), np.full(levels, np.inf)


def _never_ahead(
    each: Follower, place: _Place, room: Mapping[int, int]
) -> Iterator[tuple[Counts, Floats, Floats]]:
    """By the end of each month; and what is still to come makes up the rest."""
    for at in range(1, len(each.months) + 1):
        lower, upper = _free(len(each.told))
        upper[list(room)] = list(room.values())
        yield place.weights(each, at, at), lower, upper
    if each.link.settled:
        weights = place.weights(each, len(each.months), len(each.months))
        weights[-1, [place.start + cell for cell in each.stocks]] = 1
        lower, upper = _free(len(each.told))
        for level in each.link.settled:
            lower[level] = upper[level] = room[level]
        yield weights, lower, upper


def _never_behind(
    each: Follower, place: _Place, led: Counts, begun: Mapping[int, int], lag: int
) -> Iterator[tuple[Counts, Floats, Floats]]:
    """At the levels that have this lag, by the end of each month."""
    first = each.months[0]
    for at, month in enumerate(each.months, start=1):
        if month < lag:
            continue
        known = min(first, month - lag + 1)  # months that were told before
        lower, upper = _free(len(each.told))
        for level, own in each.link.lags.items():
            if own == lag:
                lower[level] = (led[level, known - 1] if known else 0) - begun[level]
        yield place.weights(each, at, at - lag), lower, upper


def narrowed(
    led: Counts,
    followers: Sequence[Follower],
    spans: Sequence[tuple[int, int]],
    base: int,
    further: Sequence[Mapping[int, int]],
    stood: Sequence[int] = (),
) -> int:
    """How many totals of these spans all series together leave less room than the base does.

    `led` are the totals (level, month) that are followed. A span is its first month and the
    one after its last; the spans must follow each other. Differences of added totals are all
    that is known, so that the room of each is a shortest path. `further` is by how many bases
    more the totals of each may be off in each month's quarter, those of `led` first. With the
    `stood` months of these spans an earlier release ended, which told what was still to come.
    """
    first, last = spans[0][0], spans[-1][1]
    series = [led, *(each.told[:, :, each.flows].sum(axis=2) for each in followers)]
    size = last - first + 1
    room = np.full((len(led), size * len(series), size * len(series)), np.inf)
    known = [span for span in spans if span[1] > span[0] + 1]
    known += [(month, month + 1) for month in range(first, last)]
    for at, totals in enumerate(series):
        for start, end in known:
            _between(
                room,
                at * size + start - first,
                at * size + end - first,
                totals[:, start:end].sum(axis=1),
                base * (1 + further[at].get(start, 0)),
            )
    for at, each in enumerate(followers, start=1):
        _link(room, each, at * size, first, last, base)
        for month in stood:
            _stand(room, each, at * size, month, first, base)
    for via in range(room.shape[1]):
        np.minimum(room, room[:, :, via : via + 1] + room[:, via : via + 1, :], out=room)
    found = 0
    for at in range(len(series)):
        for start, end in known:
            here, there = at * size + start - first, at * size + end - first
            high, low = room[:, here, there], -room[:, there, here]
            found += int(((high - low < base - 1) | ((low >= 1) & (high < base))).sum())
    return found


def _between(room: Floats, here: int, there: int, told: Counts, base: int) -> None:
    """What a told total says of the difference of two added ones, at every level."""
    room[:, here, there] = np.minimum(room[:, here, there], told + base - 1)
    low = np.maximum(told - base + 1, told > 0)
    room[:, there, here] = np.minimum(room[:, there, here], -low)


def _link(room: Floats, each: Follower, own: int, first: int, last: int, base: int) -> None:
    for level, lag in each.link.lags.items():
        here = room[level]
        for at in range(last - first + 1):
            here[at, own + at] = min(here[at, own + at], 0)
            if lag is not None and at >= lag:
                here[own + at, at - lag] = min(here[own + at, at - lag], 0)
        if first == 0:
            here[own, 0] = min(here[own, 0], 0)
    if each.link.settled:
        _stand(room, each, own, last - 1, first, base)


def _stand(room: Floats, each: Follower, own: int, month: int, first: int, base: int) -> None:
    """By the end of the month all that has not come yet was told as still to come."""
    end = month + 1 - first
    for level in each.link.plain:
        still = each.told[[level], month][:, list(each.stocks)].sum(axis=1)
        _between(room[level : level + 1], own + end, end, still, base)
