"""Totals that follow those of another metric, so that the two together tell no more.

A deadline that every case has falls due once for each case received, some days later; no more
surveys are offered than cases were received. Whoever adds up both, month by month, has two
looks at the same cases: where one says 1 to 4 and the other none, it is proved small. So the
second one is rounded towards what the first one has told: added up, it is never above what may
have come by then, and never further behind than it is in truth (`spacing`). Then the published
numbers could be the truth in both at once, and cases may be added to both until the base is
reached.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from metrics.disclosure.closing import Bound, rows_beside
from metrics.disclosure.programs import Floats
from metrics.disclosure.runs import Run
from metrics.disclosure.slices import Tether
from metrics.disclosure.spacing import BEFORE, NEVER, Spacing
from metrics.disclosure.tables import Counts

LONGEST_LAG = 12  # months, after which a metric does not follow another one closely


@dataclass(frozen=True, slots=True)
class Link:
    """How a metric follows another one in truth, up to some month.

    `spaced` has every level at which its total, added up, is never above the other's, with
    what is known of both. `settled` levels count all that has not come yet as still to come.
    `floors` are what readers know of its single cells beside those of the other one, in the
    quarter that is told, and `runs` of those of months in a row, which are not looked for
    (`find_runs`) before somebody asks: nobody does of a quarter that keeps its numbers. `plain`
    levels are those whose every case comes to it, as readers know. It `is_short` where not
    every case that is counted has come to it or waits: some came too late to be counted alike.
    """

    spaced: dict[int, Spacing]
    settled: tuple[int, ...]
    plain: tuple[int, ...] = ()
    floors: tuple[Bound, ...] = ()
    find_runs: Callable[[], Sequence[Run]] = tuple
    is_short: bool = False

    @property
    def runs(self) -> Sequence[Run]:
        """What is known of single cells of months in a row."""
        return self.find_runs()

    @property
    def by_month(self) -> "Link":
        """The same for who does not look at the days."""
        return replace(self, spaced={at: own.by_month for at, own in self.spaced.items()})

    def known(self, *, by_days: bool) -> "Link":
        """The same without what only the counts say: how far behind other levels are.

        For who looks at the days, or does not.
        """
        spaced = {
            level: (own if by_days else own.by_month)
            if level in self.plain
            else Spacing.lagged(0, None, len(own.ahead))
            for level, own in self.spaced.items()
        }
        return replace(self, spaced=spaced)


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
            return dict.fromkeys(self.link.spaced, 0)
        told = self.told[:, :first, self.flows].sum(axis=(1, 2))
        found = {}
        for level, own in self.link.spaced.items():
            behind, ahead = own.at(first - 1)
            least = _added(led, level, behind) if behind > NEVER else 0
            found[level] = min(max(int(told[level]), least), _added(led, level, ahead))
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
        begun, link = self.begun(led), self.link
        for level, own in link.spaced.items():
            for at, month in enumerate(self.months):
                behind, ahead = own.at(month)
                upper[level, at] = _added(led, level, ahead) - begun[level]
                if behind > NEVER:
                    lower[level, at] = _added(led, level, behind) - begun[level]
            if level in link.settled:
                rest = _added(led, level, self.months[-1]) - begun[level]
                lower[level, -1] = upper[level, -1] = rest
        return Tether(weights, lower / base, upper / base)


@dataclass(frozen=True, slots=True)
class Common:
    """What readers know of how a metric follows another one, by level.

    Where `stands`, what has not come yet is counted as still to come.
    """

    spaced: Mapping[int, Spacing]
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
    spaced = {
        level: own.eased(known[level], due[level])
        if (own := common.spaced.get(level))
        else Spacing.lagged(0, _lag(known[level], due[level]), led.shape[1])
        for level in range(len(due))
        if level in common.spaced or (due[level] <= known[level]).all()
    }
    plain = tuple(common.spaced)
    return Link(spaced, plain if common.stands else (), plain)


def _added(led: Counts, level: int, until: int) -> int:
    """An added total (level, month) by the end of a month; none before the first one."""
    return int(led[level, until]) if until >= 0 else 0


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
    rows: list[tuple[Counts, Floats, Floats]] = []
    for each, start in zip(followers, np.cumsum(widths), strict=False):
        place = _Place(int(start), sum(widths), widths[0])
        rows += _spaced(each, place, led)
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


def _spaced(
    each: Follower, place: _Place, led: Counts
) -> Iterator[tuple[Counts, Floats, Floats]]:
    """By the end of each month what has come lies between what was led by two others' ends.

    And what is still to come makes up the rest. Levels that know the same share a row.
    """
    first, link, begun = each.months[0], each.link, each.begun(led)

    def row(
        weights: Counts, ends: Mapping[int, int], *, lowest: bool, highest: bool
    ) -> tuple[Counts, Floats, Floats]:
        lower, upper = np.full(len(led), -np.inf), np.full(len(led), np.inf)
        for level, until in ends.items():
            room = _added(led, level, min(until, first - 1)) - begun[level]
            lower[level] = room if lowest else -np.inf
            upper[level] = room if highest else np.inf
        return weights, lower, upper

    for at, month in enumerate(each.months, start=1):
        for side in (0, 1):
            known = {level: own.at(month)[side] for level, own in link.spaced.items()}
            for until in sorted(set(known.values()) - {NEVER}):
                ends = {level: until for level, own in known.items() if own == until}
                weights = place.weights(each, at, until + 1 - first)
                if side or until > BEFORE:  # no count is below 0
                    yield row(weights, ends, lowest=not side, highest=bool(side))
    if link.settled:
        weights = place.weights(each, len(each.months), len(each.months))
        weights[-1, [place.start + cell for cell in each.stocks]] = 1
        ends = dict.fromkeys(link.settled, each.months[-1])
        yield row(weights, ends, lowest=True, highest=True)
