"""Totals that follow those of another metric, so that the two together tell no more.

A deadline that every case has falls due once for each case received, some days later; no more
surveys are offered than cases were received. Whoever adds up both, month by month, has two
looks at the same cases: where one says 1 to 4 and the other none, it is proved small. So the
second one is rounded towards what the first one has told: added up, it is never above it, and
never further behind than it is in truth. Then the published numbers could be the truth in both
at once, and cases may be added to both until the base is reached.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from metrics.disclosure.rounding import Floats, Tether
from metrics.disclosure.tables import Counts

LONGEST_LAG = 12  # months, after which a metric does not follow another one closely


@dataclass(frozen=True, slots=True)
class Link:
    """How a metric follows another one in truth, up to some month.

    `lags` has every level at which its total, added up, is never above the other's; with
    after how many months it is never below, None where there is no such number. `settled`
    levels count all that has not come yet as still to come.
    """

    lags: dict[int, int | None]
    settled: tuple[int, ...]


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
    return Link(lags, tuple(common.lags) if common.stands else ())


def _lag(led: Counts, due: Counts) -> int | None:
    """After how many months all that was led is due, in truth; None where it takes too long."""
    months = len(due)
    for lag in range(min(months, LONGEST_LAG + 1)):
        if (led[: months - lag] <= due[lag:]).all():
            return lag
    return None


def towards(
    led: Counts, months: Sequence[int], followers: Sequence[Follower], *, base: int
) -> Tether:
    """Where the added totals `led` should be for all followers to keep to them.

    Only where one of them does not. Its weights have one cell.
    """
    weights = np.tril(np.ones((len(months), len(months)), dtype=np.int64))[:, :, np.newaxis]
    bounds = np.full((2, len(led), len(months)), np.inf)
    bounds[0] *= -1
    for follower in followers:
        begun = follower.begun(led)
        for level, lag in follower.link.lags.items():
            come = follower.told[level, follower.months[0] :][:, follower.flows].sum(axis=1)
            added = begun[level] + come.cumsum()
            _ask(bounds[:, level], led[level], months, added, follower.months[0], lag)
            if level in follower.link.settled:
                last = months[-1]
                still = int(follower.told[level, last, list(follower.stocks)].sum())
                now = int(added[last - follower.months[0]]) + still
                if now != led[level, last]:
                    bounds[:, level, -1] = now
    before = led[:, months[0] - 1] if months[0] else np.zeros(len(led), dtype=np.int64)
    lower, upper = (bounds - before[:, np.newaxis]) / base
    return Tether(weights, lower, upper)


def _ask(
    bounds: Floats,
    led: Counts,
    months: Sequence[int],
    added: Counts,
    first: int,
    lag: int | None,
) -> None:
    """Narrow the bounds (lower and upper, month) of one level where a follower is outside."""
    for at, month in enumerate(months):
        if added[month - first] > led[month]:
            bounds[0, at] = max(bounds[0, at], added[month - first])
        late = month + lag if lag is not None else months[-1] + 1
        if late <= months[-1] and added[late - first] < led[month]:
            bounds[1, at] = min(bounds[1, at], added[late - first])


def beside(
    led: Counts, followers: Sequence[Follower], widths: Sequence[int], *, base: int
) -> Tether:
    """What followers should keep to that are rounded with the table that they follow.

    `widths` are the numbers of cells of that table and of each follower, side by side.
    """
    months = followers[0].months
    before = led[:, months[0] - 1] if months[0] else np.zeros(len(led), dtype=np.int64)
    rows: list[tuple[Counts, Floats, Floats]] = []
    for each, start in zip(followers, np.cumsum(widths), strict=False):
        begun = each.begun(led)
        for lag in sorted({-1, *(lag for lag in each.link.lags.values() if lag is not None)}):
            rows += _rows(led, each, (int(start), sum(widths), widths[0]), begun, before, lag)
    weights, lower, upper = (np.array(part) for part in zip(*rows, strict=True))
    return Tether(weights, lower.T / base, upper.T / base)


def _rows(
    led: Counts,
    each: Follower,
    place: tuple[int, int, int],
    begun: Mapping[int, int],
    before: Counts,
    lag: int,
) -> Iterator[tuple[Counts, Floats, Floats]]:
    """Weights, lower and upper bounds: of each month, and of what is still to come.

    With a `lag` they say that the follower is not behind, with -1 that it is not ahead.
    """
    start, cells, wide = place
    flows = [start + cell for cell in each.flows]
    for at, month in enumerate(each.months):
        weights = np.zeros((len(each.months), cells), dtype=np.int64)
        weights[: at + 1, flows] = 1
        lower, upper = np.full(len(led), -np.inf), np.full(len(led), np.inf)
        if lag < 0:
            weights[: at + 1, :wide] = -1
            for level in each.link.lags:
                upper[level] = before[level] - begun[level]
        elif month >= lag:
            weights[: max(at + 1 - lag, 0), :wide] = -1
            then = before if lag <= at else led[:, month - lag]
            for level, own in each.link.lags.items():
                if own == lag:
                    lower[level] = then[level] - begun[level]
        yield weights, lower, upper
    if lag < 0 and each.link.settled:
        weights = np.zeros((len(each.months), cells), dtype=np.int64)
        weights[:, flows] = 1
        weights[-1, [start + cell for cell in each.stocks]] = 1
        weights[:, :wide] = -1
        lower, upper = np.full(len(led), -np.inf), np.full(len(led), np.inf)
        for level in each.link.settled:
            lower[level] = upper[level] = before[level] - begun[level]
        yield weights, lower, upper


def narrowed(
    led: Counts, followers: Sequence[Follower], spans: Sequence[tuple[int, int]], base: int
) -> int:
    """How many totals of these spans all series together leave less room than the base does.

    `led` are the totals (level, month) that are followed. A span is its first month and the
    one after its last; the spans must follow each other. Differences of added totals are all
    that is known, so that the room of each is a shortest path.
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
                base,
            )
    for at, each in enumerate(followers, start=1):
        _link(room, each, at * size, first, last, base)
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
        if level in each.link.settled:
            still = each.told[[level], last - 1][:, list(each.stocks)].sum(axis=1)
            end = last - first
            _between(room[level : level + 1], own + end, end, still, base)
