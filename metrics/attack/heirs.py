"""Levels that took over others, as an attacker keeps them apart.

After two units were merged, a release has sums of what both were told before under the name of
one, beside the new quarters of both together. Those sums say nothing to whoever has the earlier
releases, and less than they to anybody else, so that they are left out; what the name counts
since is another level than what it counted before. A level that only has another name is one.
"""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from metrics.attack.told import CELL, Told
from metrics.crosswalk import Heir, Level, heirs_in, inherited


def aligned(told: Sequence[Told]) -> list[Told]:
    """The releases with one name for one level, each as its readers know it."""
    names: dict[Level, str] = {}
    for release in told:
        names |= _renamed(release)
    return [_as_one(release, names) for release in told]


def altered(before: Told, after: Told) -> int:
    """How many counts the later of two releases tells otherwise than the earlier one.

    Levels that took over others have the sums of what was told.
    """
    known = heirs_in(before.release.manifest)
    cells = inherited(
        before.cells, [one for one in heirs_in(after.release.manifest) if one not in known]
    )
    both = after.cells.join(cells, on=CELL, suffix="_before", nulls_equal=True)
    return both.filter(pl.col("n").ne_missing(pl.col("n_before"))).height


def _renamed(release: Told) -> dict[Level, str]:
    """Levels that have another name since, and nothing else."""
    return {
        (one.level[0], old): one.level[1]
        for one in heirs_in(release.release.manifest)
        if one.parts == 1
        for old in one.gone
    }


def _as_one(release: Told, names: dict[Level, str]) -> Told:
    heirs = [one for one in heirs_in(release.release.manifest) if one.parts > 1]
    if not heirs and not names:
        return release
    cells = release.cells
    for one in heirs:
        cells = _since(cells, one)
    for (breakdown, old), new in names.items():
        is_old = (pl.col("breakdown") == breakdown) & (pl.col("level") == old)
        level = pl.when(is_old).then(pl.lit(new)).otherwise(pl.col("level"))
        cells = cells.with_columns(level=level)
    return replace(release, known=cells)


def _since(cells: pl.DataFrame, heir: Heir) -> pl.DataFrame:
    """The cells since then of its breakdown, with a name of its own for the heir."""
    breakdown, level = heir.level
    is_own = pl.col("breakdown") == breakdown
    named = pl.when(is_own & (pl.col("level") == level)).then(
        pl.lit(f"{level} since {heir.until.isoformat()}")
    )
    return cells.filter(~is_own | (pl.col("month") > heir.until)).with_columns(
        level=named.otherwise(pl.col("level"))
    )
