"""What a released file tells: read again from the file, as an outsider would."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import polars as pl

from metrics.periods import quarter_of
from metrics.reach import Loose, Off, further_in, loose_in
from metrics.release import Release, open_release

CELL = ("metric", "part", "breakdown", "level", "month", "outcome", "band")
IS_SUM = pl.col("outcome").str.contains("+", literal=True)  # of outcomes, told as a cell


@dataclass(frozen=True)
class Told:
    """One released file: who it is for, how it says it was protected, and what it counts.

    `known` are its cells where an attacker reads them otherwise than they stand there. What
    every attacker asks of it again is kept.
    """

    release: Release
    audience: str
    method: str
    base: int
    reach: int
    threshold: int
    loose: Loose
    known: pl.DataFrame | None = None

    @property
    def name(self) -> str:
        """The release's own name."""
        return self.release.id

    @property
    def cells(self) -> pl.DataFrame:
        """Columns of `CELL` and n, which is null where a cell is withheld."""
        return self.release.table("cubes") if self.known is None else self.known

    @cached_property
    def months(self) -> tuple[date, ...]:
        """The months that it tells of, oldest first."""
        return tuple(self.cells["month"].unique().sort())

    def of(self, metric: str, part: str = "", *, sums: bool = False) -> pl.DataFrame:
        """The cells of a metric and part; sums of outcomes that are told as a cell `sums`."""
        rows = (self._with_sums if sums else self._alone).get((metric, part))
        return self.cells.clear() if rows is None else rows

    def parts(self, metric: str) -> list[str]:
        """The parts of a metric that have cells."""
        return [str(part) for name, part in self._with_sums if name == metric]

    @cached_property
    def _with_sums(self) -> dict[tuple[object, ...], pl.DataFrame]:
        return self.cells.partition_by("metric", "part", as_dict=True)

    @cached_property
    def _alone(self) -> dict[tuple[object, ...], pl.DataFrame]:
        return {of: rows.filter(~IS_SUM) for of, rows in self._with_sums.items()}

    @property
    def protected(self) -> bool:
        """Whether its readers may not know exact counts."""
        return self.method != "identity"

    @property
    def codes(self) -> dict[str, list[str]]:
        """Declared levels by breakdown: the public code list."""
        levels = self.release.table("levels")
        names = levels["breakdown"].unique().sort()
        return {
            str(name): sorted(levels.filter(pl.col("breakdown") == name)["level"].unique())
            for name in names
        }

    def further(self, metric: str, month: date) -> Off:
        """By how many bases more sums of the metric may be off in the month's quarter."""
        return further_in(self.loose, metric, self.quarter(month))

    def quarter(self, month: date) -> date:
        """First month of the quarter of the organisation's year that holds the month."""
        starts = int(self.release.manifest["fiscal_year_start_month"])
        return quarter_of(month, year_starts=starts)


def read(path: Path) -> Told:
    """Read one released file.

    Raises StoreError where the file is missing or is not a release.
    """
    release = open_release(path)
    manifest = release.manifest
    base = int(manifest["base"])
    return Told(
        release=release,
        audience=release.audience,
        method=manifest["method"],
        base=base,
        reach=int(manifest.get("reach", base - 1)),
        threshold=int(manifest.get("threshold", base)),
        loose=loose_in(manifest),
    )


def readers(told: Sequence[Told]) -> list[tuple[str, list[Told]]]:
    """Each audience with its rounded releases, and all of them where there are several."""
    rounded = [release for release in told if release.method == "rounding"]
    names = sorted({release.audience for release in rounded})
    found = [(name, [one for one in rounded if one.audience == name]) for name in names]
    return [*found, ("all audiences", rounded)] if len(names) > 1 else found


def levels_in(told: Sequence[Told]) -> list[tuple[str, str]]:
    """Every breakdown and level that any of the releases tells of."""
    every = pl.concat(one.cells.select("breakdown", "level") for one in told).unique()
    return sorted(every.iter_rows())


def telling(told: Sequence[Told]) -> list[Told]:
    """The releases that say something which no later one to the same readers says again.

    A quarter keeps its numbers, so that most releases are wholly in the next one: to attack
    them again would cost as much as the first time and find the same.
    """
    return [
        release
        for at, release in enumerate(told)
        if not any(_covers(later, release) for later in told[at + 1 :])
    ]


def new_quarters(told: Sequence[Told], before: Sequence[Told]) -> set[date]:
    """Quarters of which the releases say anything that none before says to the same readers."""
    return {
        release.quarter(month)
        for release in told
        for month in _unsaid(release, [one for one in before if _alike(one, release)])
    }


def _unsaid(release: Told, before: Sequence[Told]) -> set[date]:
    cells = release.cells
    for one in before:
        cells = cells.join(one.cells, on=[*CELL, "n"], how="anti", nulls_equal=True)
    return set(cells["month"].unique())


def _alike(one: Told, other: Told) -> bool:
    names = ("audience", "method", "base", "reach", "threshold")
    loose, others = _loose_by_quarter(one), _loose_by_quarter(other)
    return all(getattr(one, name) == getattr(other, name) for name in names) and all(
        loose[quarter] == others[quarter] for quarter in loose.keys() & others.keys()
    )


def _loose_by_quarter(one: Told) -> dict[date, list[Off]]:
    """How far sums of each metric may be off in every quarter that the release tells of."""
    names = one.cells["metric"].unique().sort()
    quarters = {one.quarter(month) for month in one.months}
    return {quarter: [one.further(name, quarter) for name in names] for quarter in quarters}


def _covers(later: Told, earlier: Told) -> bool:
    return _alike(later, earlier) and not _unsaid(earlier, [later])
