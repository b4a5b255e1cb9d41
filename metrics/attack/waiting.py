"""What deadlines that are not due yet tell of each other: who waits 7 days waits 60 too.

Rules that run from one step have the same cases. Those whose day has not come under the shorter
one have not come to it under the longer one either, whatever either ends with.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date

import numpy as np
import polars as pl

from metrics.attack.joined import DEADLINES, IS_STOCK, Level
from metrics.attack.knowledge import Findings
from metrics.attack.nested import Pair, waiting_in
from metrics.attack.system import Floats
from metrics.attack.told import Told, readers
from metrics.periods import month_of

Windows = dict[Level, tuple[float, float]]


def waiting(told: Sequence[Told], quarters: Collection[date] | None = None) -> list[Findings]:
    """What readers of each audience, and those of all, find in what is not due yet.

    Each day up to which a release tells everything is attacked by itself, or those alone that
    end one of the quarters where some are named.
    """
    found = []
    for name, own in readers(told):
        base = min(release.base for release in own)
        who = (
            f"reader of all releases to {name} who holds what is not due yet against each other"
        )
        findings = Findings(who, len(own), promised=base - 1)
        for until in sorted({one.release.manifest["coverage_until"] for one in own}):
            seen = [one for one in own if one.release.manifest["coverage_until"] == until]
            ends = seen[-1].quarter(month_of(date.fromisoformat(until)))
            if quarters is not None and ends not in quarters:
                continue
            for pair in waiting_in(seen[-1]):
                for low, high in _beside(seen, pair):
                    where = f"{DEADLINES} {pair.shorter} and {pair.longer} on {until}"
                    findings.learn(low, high, base, where)
        found.append(findings)
    return [one for one in found if one.targets]


def _beside(seen: Sequence[Told], pair: Pair) -> Iterator[tuple[Floats, Floats]]:
    """What is left of both rules' counts of what is still to come."""
    shorter, longer = _windows(seen, pair.shorter), _windows(seen, pair.longer)
    levels = [level for level in shorter if level in longer and pair.holds_at(level)[0]]
    if not levels:
        return
    low, high = np.array([shorter[level] for level in levels]).T
    least, most = np.array([longer[level] for level in levels]).T
    so = low <= most  # elsewhere a case came too late to be counted alike
    yield low[so], np.minimum(high, most)[so]
    yield np.maximum(least, low)[so], most[so]


def _windows(seen: Sequence[Told], rule: str) -> Windows:
    """The fewest and most by level of what is not due yet, by all these releases."""
    known: Windows = {}
    for one in seen:
        if one.release.manifest["as_of"] != one.release.manifest["coverage_until"]:
            continue
        for level, n, off in _told(one, rule):
            low, high = known.get(level, (0.0, np.inf))
            known[level] = max(low, n - off, float(n > 0)), min(high, n + off)
    return known


def _told(one: Told, rule: str) -> Iterator[tuple[Level, int, int]]:
    """By level the number and how far off it may be; nothing where it is withheld."""
    last = one.months[-1]
    rows = one.of(DEADLINES, rule).filter(IS_STOCK & (pl.col("month") == last))
    sums = rows.group_by("breakdown", "level").agg(
        pl.col("n").sum(), pl.len().alias("cells"), pl.col("n").null_count().alias("withheld")
    )
    for breakdown, level, n, cells, _ in sums.filter(pl.col("withheld") == 0).iter_rows():
        further = one.further(DEADLINES, last).month if cells > 1 else 0
        yield (breakdown, level), n, one.base * (1 + further) - 1
