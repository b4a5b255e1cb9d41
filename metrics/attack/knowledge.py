"""What different attackers know, and what each of them finds."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from metrics.attack.bounds import Booleans, ContradictionError, Promise, Reach, reach
from metrics.attack.system import (
    Block,
    Floats,
    System,
    blocks_of,
    counts_in,
    sums_told,
    system_of,
)
from metrics.attack.told import Told, telling

ENOUGH = 100  # broken promises, after which a profile does not go on
AT_LEAST_ONE = "reader who takes a withheld cell to be at least one"
INSIDERS = 3  # places in each block at which an insider's own case is tried


@dataclass(frozen=True, slots=True)
class Profile:
    """An attacker: the releases at hand and what is known beside them.

    `files` is how many releases there are; `told` are those of them that say something.
    """

    name: str
    told: tuple[Told, ...]
    files: int
    at_least: int = 0
    own_cases: int = 0
    headcount: bool = False

    @property
    def key(self) -> tuple[object, ...]:
        """What two attackers share who find the same."""
        return *self.reading, self.own_cases, self.headcount

    @property
    def reading(self) -> tuple[object, ...]:
        """What two attackers share who read the same in the same releases."""
        return tuple(release.name for release in self.told), self.at_least

    @property
    def promised(self) -> int:
        """The narrowest interval that may be left: one less for each case known already."""
        finest = min(release.threshold for release in self.told)
        return max(finest - 1 - self.own_cases, 1)

    @property
    def threshold(self) -> int:
        """Counts from 1 to below this are small."""
        return min(release.threshold for release in self.told)


@dataclass(slots=True)
class Findings:
    """What one profile found, in numbers that may be told to everybody.

    `worst` names the block of the narrowest interval: for the proof inside the workspace.
    """

    profile: str
    releases: int
    targets: int = 0
    exact: int = 0
    proven_small: int = 0
    proven_present: int = 0
    narrower_than_promised: int = 0
    promised: int = 0
    narrowest: int | None = None
    programs: int = 0
    contradictions: int = 0
    worst: str = field(default="", repr=False)

    def learn(self, low: Floats, high: Floats, base: int, where: str) -> None:
        """Count what intervals of targets, each of a rounded count, give away."""
        self.targets += low.size
        self.exact += int((high == low).sum())
        self.proven_small += int(((low >= 1) & (high < base)).sum())
        self.proven_present += int((low >= 1).sum())
        self.narrower_than_promised += int((high - low < base - 1).sum())
        narrowest = int((high - low).min(initial=np.iinfo(np.int32).max))
        if low.size and (self.narrowest is None or narrowest < self.narrowest):
            self.narrowest, self.worst = narrowest, where

    @property
    def broken(self) -> int:
        """How often the promise was broken, as far as that was counted."""
        return (
            self.exact + self.proven_small + self.narrower_than_promised + self.contradictions
        )

    @property
    def passed(self) -> bool:
        """Whether the promise held against this attacker."""
        return self.broken == 0

    def told(self) -> dict[str, int | str | None]:
        """The findings without the place of any of them."""
        names = (
            "profile",
            "releases",
            "targets",
            "exact",
            "proven_small",
            "proven_present",
            "narrower_than_promised",
            "promised",
            "narrowest",
            "programs",
            "contradictions",
        )
        return {name: getattr(self, name) for name in names}


def profiles(told: Sequence[Told]) -> Iterator[Profile]:
    """Every attacker that is tried against these releases, protected ones alone.

    The readers of each audience have all its releases; a leak joins all audiences. A reader
    of exact counts, such as the committee, has nothing left to find and is not among them.
    """
    hidden = [release for release in told if release.protected]
    if not hidden:
        return
    news = {release.name for release in telling(hidden)}
    names = sorted({release.audience for release in hidden})

    def profile(name: str, own: Sequence[Told]) -> Profile:
        said = tuple(release for release in own if release.name in news)
        return Profile(name, said, len(own))

    for name in names:
        own = [release for release in hidden if release.audience == name]
        yield profile(f"reader of the newest release to {name}", own[-1:])
        if len(own) > 1:
            yield profile(f"reader of all releases to {name}", own)
    if len(names) > 1:
        yield profile("reader of all releases to all audiences", hidden)
    # Where no zero is told, what is withheld may well be none.
    if any(_tells_zeros_and_withholds(release) for release in hidden):
        yield replace(profile(AT_LEAST_ONE, hidden), at_least=1)
    yield replace(profile("reader who knows the headcounts", hidden), headcount=True)
    yield replace(profile("insider who knows one case", hidden), own_cases=1)
    yield replace(profile("coalition that knows two cases", hidden), own_cases=2)


def _tells_zeros_and_withholds(release: Told) -> bool:
    n = release.cells["n"]
    # Rounding withholds the whole table of a quarter, whatever is in it.
    return bool(release.method == "suppression" and n.null_count() and (n == 0).any())


def systems_of(profile: Profile, quarters: Collection[date] | None = None) -> list[System]:
    """What its releases say of every block, of these quarters where some are named.

    Blocks of two quarters have no cell in common.
    """
    return [
        system_of(block, profile.told, at_least=profile.at_least)
        for block in blocks_of(profile.told, quarters)
    ]


def tried(profile: Profile, systems: Iterable[System]) -> Findings:
    """Attack every block with what the profile knows beside what its releases say."""
    found = Findings(profile.name, profile.files, promised=profile.promised)
    for system in systems:
        if found.broken >= ENOUGH:
            break
        if np.isinf(system.upper).all():
            continue  # withheld from these readers whole
        own = _with_headcount(system, profile.told) if profile.headcount else system
        for known, cells in _known(own, profile):
            promise = _promise(known, profile, cells)
            try:
                result = reach(known, promise)
            except ContradictionError:
                found.contradictions += 1
                found.worst = found.worst or _named(system.block)
                continue
            _judge(found, known, result, promise)
    return found


def _known(system: System, profile: Profile) -> Iterator[tuple[System, list[int]]]:
    """The system as it is, or once for each place at which an insider stands."""
    if not profile.own_cases:
        yield system, []
        return
    for cells in _places(system):
        yield system.knowing(cells, profile.own_cases), cells


def _places(system: System) -> list[list[int]]:
    """Cells that some insiders' own cases stand in: where least is published first."""
    block = system.block
    _, months, columns = block.shape
    if block.metric.part_of:
        columns -= 1  # nobody is asked about what has no name
    point = system.lower if system.point is None else system.point
    table = point.reshape(block.shape)
    names = [name for name, _ in block.levels]
    found: list[list[int]] = []
    seen: set[float] = set()
    for month, column in np.ndindex(months, columns):
        cells = [_cell(block, 0, month, column)]
        for face in block.breakdowns:
            of_face = [at for at, name in enumerate(names) if name == face]
            least = min(of_face, key=lambda at: table[at, month, column])
            cells.append(_cell(block, least, month, column))
        value = float(sum(point[cells]))
        room = system.upper[cells].min()
        if value not in seen and room >= 2:
            seen.add(value)
            found.append(cells)
        if len(found) == INSIDERS:
            break
    return found


def _cell(block: Block, level: int, month: int, column: int) -> int:
    _, months, columns = block.shape
    return (level * months + month) * columns + column


def _with_headcount(system: System, told: Sequence[Told]) -> System:
    """Nobody reports more often than once a month, thinks an attacker who knows headcounts."""
    block = system.block
    people = _people(told)
    upper = system.upper.copy().reshape(block.shape)
    for place, (breakdown, level) in enumerate(block.levels):
        for at, month in enumerate(block.months):
            known = people.get((breakdown, level, month))
            if known is not None:
                upper[place, at] = np.minimum(upper[place, at], np.floor(known))
    return replace(system, upper=upper.ravel())


def _people(told: Sequence[Told]) -> dict[tuple[str, str, object], float]:
    """Published headcounts by breakdown, level and month: denominators of rates."""
    return {
        (row["breakdown"], row["level"], row["period_start"]): row["denominator"]
        for release in told
        for row in release.release.figures(measure="rate", period="month").iter_rows(named=True)
        if row["breakdown"] in {"all", "unit"} and row["denominator"] is not None
    }


def _promise(system: System, profile: Profile, own: list[int]) -> Promise:
    mine = np.zeros(system.block.size)
    mine[own] = profile.own_cases
    return Promise(
        width=profile.promised,
        threshold=profile.threshold - profile.own_cases,
        own=np.concatenate([mine, system.block.sums @ mine]),
        hidden=_hidden(system, profile),
        small_alone=all(release.method == "suppression" for release in profile.told),
    )


def _hidden(system: System, profile: Profile) -> Booleans:
    """Targets that are protected: not those published exactly, nor sums nothing is said of."""
    exact = np.zeros(system.block.shape, dtype=bool)
    hidden = np.isfinite(system.sum_upper)
    for release in profile.told:
        if release.method == "suppression":
            exact |= np.isfinite(counts_in(system.block, release))
            told = sums_told(system.block, release)
            hidden = (hidden | np.isneginf(told)) & ~np.isfinite(told)
    return np.concatenate([~exact.ravel(), hidden])


def _judge(found: Findings, system: System, result: Reach, promise: Promise) -> None:
    """Count what was found about others: an insider's own cases are taken off first."""
    asked = promise.given(result.low) & ~np.isnan(result.low)
    low = np.maximum(result.low - promise.own, 0)[asked]
    high = (result.high - promise.own)[asked]
    width = high - low
    found.targets += int(asked.sum())
    found.exact += int((width == 0).sum())
    found.proven_small += int(((low >= 1) & (high < promise.threshold)).sum())
    found.proven_present += int((low >= 1).sum())
    found.narrower_than_promised += int((width < promise.width).sum())
    found.programs += result.programs
    if width.size and (found.narrowest is None or width.min() < found.narrowest):
        found.narrowest = int(min(width.min(), np.iinfo(np.int32).max))
        found.worst = _named(system.block)


def _named(block: Block) -> str:
    return f"{block.metric.name} {block.part}".strip() + f", quarter from {block.quarter}"
