"""The only door to the right: a release, read by pages, charts and reports."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from etl.store import Store, StoreError
from metrics.crosswalk import heirs_in, times_at
from metrics.reach import SUMS, loose_in, most_off, summed_in
from metrics.release_tables import TABLES as TABLES

# Without these a file says nothing; a sealed release lasts longer than the list of the others.
_NEEDED = ("manifest", "figures", "levels", "definitions")


def scope_of(audience: str, inputs: str) -> str:
    """Before whom the references of a release are spoken; before no other are they the same."""
    return f"{audience}|{inputs}"


@dataclass(frozen=True, slots=True)
class Release:
    """The protected figures of one as-of date for one audience, wholly in memory."""

    path: Path
    manifest: dict[str, str]
    tables: dict[str, pl.DataFrame]

    @property
    def id(self) -> str:
        """The name under which this release is kept and cited."""
        return self.manifest["release"]

    @property
    def audience(self) -> str:
        """Who it is for."""
        return self.manifest["audience"]

    @property
    def as_of(self) -> date:
        """The last day the figures know about."""
        return date.fromisoformat(self.manifest["as_of"])

    def table(self, name: str) -> pl.DataFrame:
        """Return one of the tables named in `TABLES`."""
        return self.tables[name]

    def figures(self, **wanted: str | date) -> pl.DataFrame:
        """Return the figures whose columns equal what is wanted, in their published order."""
        chosen = self.tables["figures"]
        for column, value in wanted.items():
            chosen = chosen.filter(pl.col(column) == value)
        return chosen

    def title_of(self, breakdown: str, level: str) -> str:
        """The words for a level, as the organisation declared them."""
        if breakdown == "all":
            return "All units"
        found = self.tables["levels"].filter(
            (pl.col("breakdown") == breakdown) & (pl.col("level") == level)
        )
        return str(found["title"][0]) if found.height else level

    def counts_within(
        self,
        metric: str,
        period: str,
        *,
        start: date,
        end: date,
        level: tuple[str, str] = ("all", "all"),
    ) -> int:
        """How far at most the truth is from a count of the metric that is told for a period."""
        own = SUMS.get(metric, metric)
        sums = summed_in(self.manifest).get(metric, 1)
        sums *= times_at(heirs_in(self.manifest), level, start)
        return sums * most_off(
            int(self.manifest["base"]),
            period,
            start=start,
            end=end,
            loose=loose_in(self.manifest),
            metric=own,
            year_starts=int(self.manifest["fiscal_year_start_month"]),
        )

    def quarters(self) -> list[date]:
        """First days of the quarters that have figures, oldest first."""
        starts = self.figures(period="quarter")["period_start"].unique().sort()
        return list(starts)


def open_release(path: Path) -> Release:
    """Read a sealed release.

    What earlier versions of this program did not tell yet has no rows. Raises StoreError where
    the file is missing or is not a release.
    """
    with Store.open(path, mode="read") as store:
        there = set(store.inside("main"))
        missing = [name for name in _NEEDED if name not in there]
        if missing:
            raise StoreError(f"{path}: not a release (it has no table {missing[0]})")
        tables = {name: _told(store, name, there) for name in TABLES}
    manifest = dict(tables["manifest"].iter_rows())
    return Release(path=path, manifest=manifest, tables=tables)


def audience_of(path: Path) -> str | None:
    """Whom a file is for, by its manifest alone; None where that cannot be read."""
    try:
        with Store.open(path, mode="read") as store:
            told = store.frame("select value from manifest where name = 'audience'")
    except StoreError:
        return None
    return str(told["value"][0]) if told.height else None


def readable(path: Path) -> Release | None:
    """The release in a file, or None where it cannot be read, so that others are read still."""
    try:
        return open_release(path)
    except StoreError:
        return None


def _told(store: Store, name: str, there: Collection[str]) -> pl.DataFrame:
    if name not in there:
        return pl.DataFrame(schema=TABLES[name])
    found = store.frame(f"select * from {name} order by rowid")  # noqa: S608  our names
    later = {c: kind for c, kind in TABLES[name].items() if c not in found.columns}
    return found.with_columns(pl.lit(None, dtype=kind).alias(c) for c, kind in later.items())


def releases_in(folder: Path) -> list[Path]:
    """Release files of a workspace, in the order in which they were published."""
    return sorted(folder.glob("*.duckdb"))


def states_file(folder: Path) -> Path:
    """Where it stands, beside the folder, in which state its releases are."""
    return folder.parent / "states.json"


def states_in(folder: Path) -> dict[str, str]:
    """The state of every release file of a folder, by its name without the ending.

    Without a list of states all were handed over as published; one not on it is "unknown".
    """
    listed = states_file(folder)
    names = [path.stem for path in releases_in(folder)]
    if not listed.is_file():
        return dict.fromkeys(names, "published")
    states = json.loads(listed.read_text(encoding="utf-8"))
    return {name: states.get(name, "unknown") for name in names}


def published_in(folder: Path) -> list[Path]:
    """Release files that readers may be shown, in the order in which they were sealed."""
    states = states_in(folder)
    return [path for path in releases_in(folder) if states[path.stem] == "published"]
