"""What a release says of levels that have taken over the cases of others, such as units merged.

A quarter that was told keeps its numbers. Under the new level stand the sums of the old ones,
each rounded by itself, so that such a sum may be as many times further from the truth.
"""

import json
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

Level = tuple[str, str]  # breakdown and level
Gone = Mapping[Level, str]  # a level that is there no more, and the one that took it over


@dataclass(frozen=True, slots=True)
class Heir:
    """A level that took over others: its counts up to a month are sums of so many counts."""

    level: Level
    gone: tuple[str, ...]
    until: date
    parts: int

    def times(self, start: date) -> int:
        """Of how many told counts one of a period that begins on that day is the sum."""
        return self.parts if start <= self.until else 1


def heirs_of(told: Collection[tuple[str, str, date]], gone: Gone) -> tuple[Heir, ...]:
    """The heirs of levels that are gone, by (breakdown, level, month) as they were told."""
    found = []
    for breakdown, level in sorted({(name, gone[name, old]) for name, old in gone}):
        old = tuple(
            sorted(
                one for (name, one), heir in gone.items() if (name, heir) == (breakdown, level)
            )
        )
        until = max(month for name, one, month in told if name == breakdown and one in old)
        own = {*old, level}
        summed = Counter(month for name, one, month in told if name == breakdown and one in own)
        parts = max(n for month, n in summed.items() if month <= until)
        found.append(Heir((breakdown, level), old, until, parts))
    return tuple(found)


def heirs_in(manifest: Mapping[str, str]) -> tuple[Heir, ...]:
    """The heirs that a release's manifest names."""
    return tuple(
        Heir((breakdown, level), tuple(gone), date.fromisoformat(until), parts)
        for breakdown, level, gone, until, parts in json.loads(manifest.get("heirs", "[]"))
    )


def heirs_words(heirs: Collection[Heir]) -> dict[str, str]:
    """What a manifest says of them; nothing where there are none."""
    rows = [(*one.level, one.gone, one.until.isoformat(), one.parts) for one in heirs]
    return {"heirs": json.dumps(rows, ensure_ascii=False)} if rows else {}


def heirs_sentence(heirs: Collection[Heir], levels: pl.DataFrame) -> str:
    """What readers are told of those of which a count is a sum of several.

    `levels` has breakdown, level and title.
    """
    titles = {
        (breakdown, level): title
        for breakdown, level, title in levels.select("breakdown", "level", "title").iter_rows()
    }
    return "".join(
        f" Counts of {titles[one.level]} in months up to {one.until:%B %Y} are sums of"
        f" {one.parts} such counts, each rounded by itself."
        for one in heirs
        if one.parts > 1
    )


def times_at(heirs: Collection[Heir], level: Level, start: date) -> int:
    """Of how many told counts one of a level is the sum, in a period that begins so."""
    return max((one.times(start) for one in heirs if one.level == level), default=1)


def inherited(cells: pl.DataFrame, heirs: Collection[Heir]) -> pl.DataFrame:
    """Counts as they were told, those of levels that are gone with those of their heirs.

    A sum of which anything is withheld is null. Counts are the columns n and n_true.
    """
    if not heirs:
        return cells
    counts = [name for name in ("n", "n_true") if name in cells.columns]
    for one in heirs:
        breakdown, level = one.level
        is_gone = (pl.col("breakdown") == breakdown) & pl.col("level").is_in(one.gone)
        cells = cells.with_columns(
            level=pl.when(is_gone).then(pl.lit(level)).otherwise(pl.col("level"))
        )
    keys = [name for name in cells.columns if name not in counts]
    n = pl.col(counts)
    summed = pl.when(n.null_count() == 0).then(n.sum())
    return cells.group_by(keys).agg(summed).select(cells.columns)
