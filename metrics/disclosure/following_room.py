"""How much room told totals of metrics that follow each other leave."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import permutations

import numpy as np
import numpy.typing as npt

from metrics.disclosure.closing import is_narrow
from metrics.disclosure.following import Follower
from metrics.disclosure.spacing import Spacing
from metrics.disclosure.tables import Counts
from metrics.reach import AS_A_CELL, Off

Room = npt.NDArray[np.float32]  # of whole numbers, far below where they would be rounded
Spaced = tuple[tuple[int, Spacing], ...]  # by level how a follower comes


def narrowed(
    led: Counts,
    followers: Sequence[Follower],
    spans: Sequence[tuple[int, int]],
    base: int,
    further: Sequence[Mapping[int, Off]],
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
    known = [span for span in spans if span[1] > span[0] + 1]
    known += [(month, month + 1) for month in range(first, last)]
    totals = [led, *(each.told[:, :, each.flows].sum(axis=2) for each in followers)]
    size = last - first + 1
    places = [
        [(at * size + start - first, at * size + end - first) for start, end in known]
        for at in range(len(totals))
    ]
    spaced = tuple(tuple(each.link.spaced.items()) for each in followers)
    links, sure = _known(len(led), spaced, first, last)
    room = links.copy()
    for n, own_places, off in zip(totals, places, further, strict=True):
        for (start, end), (one, other) in zip(known, own_places, strict=True):
            told = n[:, start:end].sum(axis=1)
            _between(
                room, one, other, told, base * (1 + off.get(start, AS_A_CELL).over(end - start))
            )
    for at, each in enumerate(followers, start=1):
        for month in {*stood, *([last - 1] if each.link.settled else ())}:
            ends = [span for span in known if span[1] == month + 1]
            _stand(room, each, at * size, ends, first, base, further[at])
    room = _closed(room if first else _empty(room, spaced, size))
    pairs = [place for own in places for place in own]
    here, there = (np.array(ends) for ends in zip(*pairs, strict=True))
    # What cannot have come so soon is none, whatever is told.
    may_be = sure[:, here, there] > 0
    low, high = -room[:, there, here], room[:, here, there]
    return int((is_narrow(low.astype(float), high.astype(float), base) & may_be).sum())


@lru_cache(maxsize=8)
def _known(levels: int, spaced: tuple[Spaced, ...], first: int, last: int) -> tuple[Room, Room]:
    """What is known of (levels, added totals) without any number of them, and what follows.

    `spaced` has how each follower comes, as pairs of a level and its spacing. One draw after
    the other asks the same.
    """
    size = last - first + 1
    nodes = size * (len(spaced) + 1)
    links = np.full((levels, nodes, nodes), np.inf, dtype=np.float32)
    later = [at for at in range(nodes) if at % size]
    links[:, later, [at - 1 for at in later]] = 0  # no count is below 0
    starts = [(at * size, dict(each)) for at, each in enumerate(spaced, start=1)]
    for own, each in starts:
        _link(links, each, (0, own), first, last)
    for (one, sooner), (other, after) in permutations(starts, 2):
        _link(links, _apart(sooner, after), (one, other), first, last)
    return links, _closed(links if first else _empty(links, spaced, size))


def _closed(room: Room) -> Room:
    """The room of every two added totals over all the others."""
    found = room.copy()
    for via in range(room.shape[1]):
        np.minimum(found, found[:, :, via : via + 1] + found[:, via : via + 1, :], out=found)
    return found


def _empty(room: Room, spaced: Sequence[Spaced], size: int) -> Room:
    """The room where none was there before the first month that had not come by then.

    Those of each are `size`, the first of which stands for its begin. Not so where what is told
    speaks against it.
    """
    begins = room.copy()
    for at, each in enumerate(spaced, start=1):
        levels = [level for level, _ in each]
        begins[levels, at * size, 0] = np.minimum(begins[levels, at * size, 0], 0)
    is_so = np.all(np.diagonal(_closed(begins), axis1=1, axis2=2) >= 0, axis=1)
    found: Room = np.where(is_so[:, np.newaxis, np.newaxis], begins, room)
    return found


def _between(room: Room, here: int, there: int, told: Counts, base: int) -> None:
    """What a told total says of the difference of two added ones, at every level."""
    room[:, here, there] = np.minimum(room[:, here, there], told + base - 1)
    low = np.maximum(told - base + 1, told > 0)
    room[:, there, here] = np.minimum(room[:, there, here], -low)


def _apart(one: Mapping[int, Spacing], other: Mapping[int, Spacing]) -> dict[int, Spacing]:
    """How one that follows comes after another one, at the levels where that is known."""
    # By days alone, which all levels that are held by days have in common.
    known: dict[tuple[int, int], Spacing | None] = {}
    found = {}
    for level in one.keys() & other.keys():
        both = id(one[level].days), id(other[level].days)
        if both not in known:
            known[both] = one[level].until(other[level])
        apart = known[both]
        if apart:
            found[level] = apart
    return found


def _link(
    room: Room,
    spaced: Mapping[int, Spacing],
    starts: tuple[int, int],
    first: int,
    last: int,
) -> None:
    """What added totals are beside those that they follow, which begin at `starts`."""
    of, own = starts
    for level, spacing in spaced.items():
        here = room[level]
        for at in range(last - first + 1):
            behind, ahead = (end + 1 - first for end in spacing.at(first + at - 1))
            # Of what was led before these months less is known: no more than by their start.
            soonest = of + max(ahead, 0)
            here[soonest, own + at] = min(here[soonest, own + at], 0)
            if behind >= 0:
                here[own + at, of + behind] = min(here[own + at, of + behind], 0)


def _stand(
    room: Room,
    each: Follower,
    own: int,
    ends: Sequence[tuple[int, int]],
    first: int,
    base: int,
    further: Mapping[int, Off],
) -> None:
    """By the end of a month all that has not come yet was told as still to come.

    With what came in that month, and in the quarter that `ends` so too, it is a total.
    """
    plain, stop = list(each.link.plain), ends[0][1]
    still = each.told[plain, stop - 1][:, list(each.stocks)].sum(axis=1)
    here = room[plain]
    _between(here, own + stop - first, stop - first, still, base)
    for begins, _ in ends:
        come = each.told[plain, begins:stop][:, :, each.flows].sum(axis=(1, 2))
        off = base * (1 + further.get(begins, AS_A_CELL).over(stop - begins))
        _between(here, own + begins - first, stop - first, come + still, off)
    room[plain] = here
