"""The only door to the right: a release, read by pages, charts and reports."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from etl.store import Store, StoreError

# Columns of each table of a release, in order. `publish` writes exactly these.
TABLES: dict[str, dict[str, pl.DataType]] = {
    "manifest": {"name": pl.String(), "value": pl.String()},
    # One row per metric, measure, part, breakdown, level and period.
    "figures": {
        "metric": pl.String(),
        "measure": pl.String(),
        "part": pl.String(),
        "breakdown": pl.String(),
        "level": pl.String(),
        "period": pl.String(),
        "period_start": pl.Date(),
        "period_end": pl.Date(),
        "complete": pl.Boolean(),
        "value": pl.Float64(),
        "low": pl.Float64(),
        "high": pl.Float64(),
        "numerator": pl.Int64(),
        "denominator": pl.Float64(),
        "pending": pl.Int64(),
        "missing": pl.Int64(),
        "worst": pl.Float64(),
        "best": pl.Float64(),
        "state": pl.String(),
        "reason": pl.String(),
    },
    # One row per figure that was compared with its own history or with other units.
    "signals": {
        "metric": pl.String(),
        "measure": pl.String(),
        "part": pl.String(),
        "breakdown": pl.String(),
        "level": pl.String(),
        "period": pl.String(),
        "period_start": pl.Date(),
        "against": pl.String(),
        "value": pl.Float64(),
        "centre": pl.Float64(),
        "lower": pl.Float64(),
        "upper": pl.Float64(),
        "signal": pl.String(),
        "reason": pl.String(),
    },
    # One row per quarter and gap of the procedure, the one with most cases first.
    "gaps": {
        "metric": pl.String(),
        "part": pl.String(),
        "period_start": pl.Date(),
        "rank": pl.Int64(),
        "cases": pl.Int64(),
        "judged": pl.Int64(),
        "changed": pl.Boolean(),
        "unit": pl.String(),
        "unit_cases": pl.Int64(),
        "unit_judged": pl.Int64(),
        "named_by": pl.String(),
    },
    # One row per masked case behind a gap of five or more, where counts are exact; else none.
    "gap_cases": {
        "metric": pl.String(),
        "part": pl.String(),
        "period_start": pl.Date(),
        "reference": pl.String(),
        "unit": pl.String(),
        "category": pl.String(),
        "severity": pl.String(),
        "month": pl.Date(),
        "days": pl.Int64(),
        "is_open": pl.Boolean(),
    },
    # One row per practice, where counts are exact; else none.
    "practices": {
        "number": pl.Int64(),
        "name": pl.String(),
        "question": pl.String(),
        "state": pl.String(),
        "missing": pl.List(pl.String()),
    },
    # One row per count whose next quarter is bounded, for all and each unit.
    "outlook": {
        "metric": pl.String(),
        "measure": pl.String(),
        "breakdown": pl.String(),
        "level": pl.String(),
        "period_start": pl.Date(),
        "period_end": pl.Date(),
        "low": pl.Int64(),
        "high": pl.Int64(),
        "quarters": pl.Int64(),
        "ratio": pl.Float64(),
        "ratio_low": pl.Float64(),
        "ratio_high": pl.Float64(),
        "seasonal": pl.Boolean(),
        "state": pl.String(),
        "reason": pl.String(),
    },
    # One row per month of which cases are still being entered, where counts are exact.
    "late_months": {
        "metric": pl.String(),
        "month": pl.Date(),
        "seen": pl.Int64(),
        "complete": pl.Float64(),
        "low": pl.Int64(),
        "high": pl.Int64(),
        "grey": pl.Boolean(),
        "state": pl.String(),
        "reason": pl.String(),
    },
    # One row per quarter, and the whole span, with a survey, where counts are exact.
    "responses": {
        "metric": pl.String(),
        "period": pl.String(),
        "period_start": pl.Date(),
        "raw": pl.Float64(),
        "weighed": pl.Float64(),
        "low": pl.Float64(),
        "high": pl.Float64(),
        "response_rate": pl.Float64(),
        "p_value": pl.Float64(),
        "caution": pl.Boolean(),
        "state": pl.String(),
        "reason": pl.String(),
    },
    # One row per figure that others have published.
    "benchmarks": {
        "metric": pl.String(),
        "measure": pl.String(),
        "value": pl.Float64(),
        "data_year": pl.Int64(),
        "population": pl.String(),
        "source": pl.String(),
        "read": pl.String(),
        "our_year": pl.Date(),
        "ours": pl.Float64(),
        "our_low": pl.Float64(),
        "our_high": pl.Float64(),
        "state": pl.String(),
        "reason": pl.String(),
    },
    # One row per commitment.
    "commitments": {
        "commitment": pl.String(),
        "title": pl.String(),
        "metric": pl.String(),
        "measure": pl.String(),
        "part": pl.String(),
        "target": pl.Float64(),
        "owner": pl.String(),
        "position": pl.Int64(),
    },
    # One row per commitment, level (of "all" and "unit") and quarter.
    "results": {
        "commitment": pl.String(),
        "breakdown": pl.String(),
        "level": pl.String(),
        "period_start": pl.Date(),
        "verdict": pl.String(),
        "short_by": pl.Int64(),
        "previous": pl.Float64(),
        "year_ago": pl.Float64(),
        "change_signal": pl.String(),
        # Whether the process as it is will meet the target: pass, fail, hit_or_miss or null.
        "assurance": pl.String(),
    },
    "definitions": {
        "metric": pl.String(),
        "metric_title": pl.String(),
        "question": pl.String(),
        "cohort": pl.String(),
        "measure": pl.String(),
        "title": pl.String(),
        "unit_of_value": pl.String(),
        "better": pl.String(),
        "definition": pl.String(),
        "source": pl.String(),
        "depends_on": pl.List(pl.String()),
    },
    "rules": {
        "rule": pl.String(),
        "title": pl.String(),
        "clock": pl.String(),
        "applies_to": pl.String(),
        "basis": pl.String(),
        "verified": pl.Boolean(),
        "in_force": pl.String(),
    },
    "verdicts": {
        "name": pl.String(),
        "title": pl.String(),
        "why": pl.String(),
        "about": pl.String(),
        "severity": pl.String(),
        "outcome": pl.String(),
        "failing": pl.Int64(),
        "examined": pl.Int64(),
        "allowed": pl.String(),
        "since": pl.Date(),
        "affects": pl.List(pl.String()),
        "remedy": pl.String(),
        "doubt": pl.String(),
        "cause": pl.String(),
        "topic": pl.String(),
        "owner": pl.String(),
        "statement": pl.String(),
    },
    # One row per figure of everybody and of each unit: may it be used, how wrong may it be?
    "consequences": {
        "metric": pl.String(),
        "measure": pl.String(),
        "part": pl.String(),
        "breakdown": pl.String(),
        "level": pl.String(),
        "period": pl.String(),
        "period_start": pl.Date(),
        "affected": pl.Int64(),
        "absent": pl.Int64(),
        "low": pl.Float64(),
        "high": pl.Float64(),
        "use": pl.String(),
        "checks": pl.List(pl.String()),
        "reason": pl.String(),
    },
    # One row per check and run, the newest twelve of different data, oldest first.
    "check_history": {
        "name": pl.String(),
        "run": pl.Int32(),
        "as_of": pl.Date(),
        "outcome": pl.String(),
        "failing": pl.Int64(),
    },
    # One row per cause that made checks fail in runs that follow each other.
    "incidents": {
        "cause": pl.String(),
        "title": pl.String(),
        "severity": pl.String(),
        "owner": pl.String(),
        "status": pl.String(),
        "first_seen": pl.Date(),
        "last_seen": pl.Date(),
        "runs": pl.Int32(),
    },
    # Where rows that break a claim stand, counted; one row per check, field and level.
    "fault_places": {
        "name": pl.String(),
        "breakdown": pl.String(),
        "level": pl.String(),
        "failing": pl.Int64(),
    },
    # Rows that break a claim, as delivery and line: for the committee alone.
    "row_places": {
        "name": pl.String(),
        "source": pl.String(),
        "export": pl.String(),
        "snapshot": pl.Int32(),
        "line": pl.Int64(),
        "happened_on": pl.Date(),
    },
    "deliveries": {
        "source": pl.String(),
        "export": pl.String(),
        "as_of": pl.Date(),
        "fingerprint": pl.String(),
        "rows_in": pl.Int64(),
        "rows_loaded": pl.Int64(),
        "rows_rejected": pl.Int64(),
        "rows_repeated": pl.Int64(),
        "coverage_from": pl.Date(),
        "coverage_until": pl.Date(),
    },
    "reject_reasons": {
        "source": pl.String(),
        "export": pl.String(),
        "column_name": pl.String(),
        "reason": pl.String(),
        "row_count": pl.Int64(),
    },
    "annotations": {
        "happened_on": pl.Date(),
        "text": pl.String(),
        "owner": pl.String(),
        "part": pl.String(),
        "level": pl.String(),
    },
    # Declared codes only, so that an absent row says nothing.
    "levels": {
        "breakdown": pl.String(),
        "level": pl.String(),
        "title": pl.String(),
        "position": pl.Int64(),
    },
    "cubes": {
        "metric": pl.String(),
        "part": pl.String(),
        "breakdown": pl.String(),
        "level": pl.String(),
        "month": pl.Date(),
        "outcome": pl.String(),
        "band": pl.Int32(),
        "n": pl.Int64(),
    },
}


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

    def quarters(self) -> list[date]:
        """First days of the quarters that have figures, oldest first."""
        starts = self.figures(period="quarter")["period_start"].unique().sort()
        return list(starts)


def open_release(path: Path) -> Release:
    """Read a sealed release.

    Raises StoreError where the file is missing or is not a release.
    """
    with Store.open(path, mode="read") as store:
        missing = [name for name in TABLES if not store.has(name)]
        if missing:
            raise StoreError(f"{path}: not a release (it has no table {missing[0]})")
        tables = {
            name: store.frame(f"select * from {name} order by rowid")  # noqa: S608  our names
            for name in TABLES
        }
    manifest = dict(tables["manifest"].iter_rows())
    return Release(path=path, manifest=manifest, tables=tables)


def releases_in(folder: Path) -> list[Path]:
    """Release files of a workspace, in the order in which they were published."""
    return sorted(folder.glob("*.duckdb"))


def states_file(folder: Path) -> Path:
    """Where it stands in which state a folder's releases are: beside that folder."""
    return folder.parent / "states.json"


def states_in(folder: Path) -> dict[str, str]:
    """The state of every release file of a folder, by its name without the ending.

    A folder without a list of states was handed over: all that is in it is published. A file
    that the list does not name is none of its releases, and "unknown".
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
