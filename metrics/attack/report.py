"""The attack on a set of released files, and what may be said of it."""

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations, pairwise
from pathlib import Path

from metrics.attack.arrived import arrived
from metrics.attack.closed import closed
from metrics.attack.closure import other_leaks, turned
from metrics.attack.heirs import aligned, altered
from metrics.attack.joined import joined
from metrics.attack.knowledge import AT_LEAST_ONE, Findings, profiles, systems_of, tried
from metrics.attack.nested import nested
from metrics.attack.noisy import METHOD as NOISY
from metrics.attack.noisy import in_words, noisy_leaks
from metrics.attack.surveyed import surveyed
from metrics.attack.system import System
from metrics.attack.told import Told, new_quarters, read
from metrics.attack.waiting import waiting
from metrics.attack.withheld import withheld

# What the tables of several metrics tell together.
TOGETHER = (joined, surveyed, withheld)
ATTACKER = "12"  # counts up when the attacker learns something: an older proof proves less


@dataclass(frozen=True, slots=True)
class Attack:
    """What was tried against some releases, and whether anything was found."""

    releases: tuple[str, ...]
    exact: tuple[str, ...]
    findings: tuple[Findings, ...]
    leaks: tuple[str, ...]
    noisy: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether nothing was found."""
        return not self.leaks and all(found.passed for found in self.findings)

    def told(self) -> dict[str, object]:
        """The result for the manifest and for programs: numbers, and no place of a cell."""
        return {
            "attacker": ATTACKER,
            "releases": list(self.releases),
            "exact_releases": list(self.exact),
            "noisy_releases": list(self.noisy),
            "profiles": [found.told() for found in self.findings],
            "leaks": list(self.leaks),
            "verdict": "passed" if self.passed else "failed",
        }

    def worst(self) -> dict[str, str]:
        """The block of each profile's narrowest interval: for the proof, never published."""
        return {found.profile: found.worst for found in self.findings}

    def lines(self) -> tuple[str, ...]:
        """The result in words."""
        lines = [f"{len(self.releases)} release(s) read, as an outsider reads them"]
        lines += [f"  {name}: exact counts, nothing to protect" for name in self.exact]
        lines += self.noisy
        for found in self.findings:
            mark = "ok  " if found.passed else "FAIL"
            width = "none" if found.narrowest is None else str(found.narrowest + 1)
            lines.append(
                f"{mark} {found.profile}: {found.targets:,} counts attacked,"
                f" {found.exact} found exactly, {found.proven_small} proved small,"
                f" at most {found.proven_present:,} proved not to be none; the narrowest has"
                f" {width} possible values ({found.promised + 1} promised)"
                + (f"; {found.contradictions} contradict" if found.contradictions else "")
            )
        if self.findings and not any(found.profile == AT_LEAST_ONE for found in self.findings):
            lines.append(
                f"     {AT_LEAST_ONE}: not tried, no count is withheld for being small"
            )
        lines += [f"FAIL {leak}" for leak in self.leaks]
        verdict = "nothing was found" if self.passed else "the promise is broken"
        return (*lines, f"verdict: {verdict}")


def attack(
    paths: Sequence[Path],
    *,
    looked_at: Collection[Path] = (),
    say: Callable[[str], None] = lambda _: None,
) -> Attack:
    """Attack all these releases together, in the order of their names.

    `looked_at` are those that were attacked together before, and passed. Their tables beside
    the counts are not compared with them again; quarters of which the others say nothing new
    are not attacked again, if it was by an attacker who knew as much. Raises StoreError where a
    file is missing or is not a release.
    """
    every = sorted((read(path) for path in paths), key=lambda release: release.name)
    # No count is ruled out by a number with noise, so that these narrow none of the others.
    noisy = [release for release in every if release.method == NOISY]
    files = [release for release in every if release.method != NOISY]
    told = aligned(files)
    findings: dict[str, Findings] = {}
    before: dict[tuple[object, ...], Findings] = {}
    read_by: dict[tuple[object, ...], list[System]] = {}
    quarters = _quarters(told, looked_at)
    for profile in profiles(told):
        if profile.key not in before:
            say(f"attacking as a {profile.name}")
            if profile.reading not in read_by:
                read_by[profile.reading] = systems_of(profile, quarters)
            before[profile.key] = tried(profile, read_by[profile.reading])
        findings[profile.name] = replace(
            before[profile.key], profile=profile.name, releases=profile.files
        )
    say("attacking the totals of all metrics together")
    together = [found for tried_on in TOGETHER for found in tried_on(told)]
    together += closed(told, _fresh(told, looked_at))
    together += arrived(told, _fresh(told, looked_at))
    together += waiting(told, _fresh(told, looked_at))
    together += nested(told, looked_at, quarters)
    findings |= {found.profile: found for found in together}
    return Attack(
        releases=tuple(release.name for release in every),
        exact=tuple(release.name for release in told if not release.protected),
        findings=tuple(findings.values()),
        leaks=(*_leaks(files, looked_at), *noisy_leaks(noisy)),
        noisy=tuple(in_words(release) for release in noisy),
    )


def _leaks(told: Sequence[Told], looked_at: Collection[Path]) -> Iterator[str]:
    """What the files tell beside their counts, and otherwise than each other."""
    for release in told:
        if release.release.path not in looked_at:
            yield from (f"{release.name}: {leak}" for leak in other_leaks(release))
    yield from _changed(told)
    yield from _turned(told, looked_at)


def _quarters(told: Sequence[Told], looked_at: Collection[Path]) -> set[date] | None:
    """Quarters of which something is said for the first time; None where all are attacked."""
    known = [release for release in told if release.release.path in looked_at]
    hidden = [release for release in known if release.protected]
    if not hidden or any(_attacker_of(release) != ATTACKER for release in hidden):
        return None
    return _fresh(told, looked_at)


def _fresh(told: Sequence[Told], looked_at: Collection[Path]) -> set[date]:
    """Quarters of which something is said for the first time, whoever attacked the others.

    What an earlier version has told of a quarter stays told: to refuse the next one would
    take nothing of it back. `verify` says what is found in it.
    """
    hidden = [release for release in told if release.protected]
    known = [release for release in hidden if release.release.path in looked_at]
    return new_quarters([release for release in hidden if release not in known], known)


def _attacker_of(release: Told) -> str:
    attacked = json.loads(release.release.manifest.get("attack", "{}"))
    return str(attacked.get("attacker", "")) if attacked.get("verdict") == "passed" else ""


def _turned(told: Sequence[Told], looked_at: Collection[Path]) -> list[str]:
    """Verdicts on cases that two releases tell of one quarter, and not alike."""
    rounded = [release for release in told if release.method == "rounding"]
    return [
        leak
        for one, other in combinations(rounded, 2)
        if other.release.path not in looked_at
        for leak in turned(one, other)
    ]


def _changed(told: Sequence[Told]) -> list[str]:
    """Cells that were told to one audience twice, with different numbers."""
    found = []
    for audience in sorted({release.audience for release in told if release.protected}):
        own = [release for release in told if release.audience == audience]
        for before, after in pairwise(own):
            apart = altered(before, after)
            if apart:
                found.append(
                    f"{after.name}: {apart} counts differ from those of {before.name}, which"
                    " the same readers have"
                )
    return found
