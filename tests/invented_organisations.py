"""The sample organisation with another seed, from its generator into the core tables."""

from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path

import polars as pl

import sample_data
from etl.load import build, prepare
from etl.store import Store
from etl.workspace import Workspace, init
from metrics.catalog.process_gaps import GAPS
from metrics.count import count
from metrics.estimate import estimate
from metrics.figures import Setting
from metrics.gaps import gaps
from metrics.metric import ProtectedCube
from metrics.periods import periods
from metrics.signals import signals
from sample_data import people, planted, process
from tests.specs.measured import levels_in


def gaps_of_seed(folder: Path, seed: str, planting: planted.Gaps) -> pl.DataFrame:
    """The gaps that the committee would be told of an organisation made with this seed."""
    workspace = _workspace(folder)
    with Store.open() as store:
        prepare(store)
        _stage(store, seed, planting)
        build(store, workspace, {})
        rules = workspace.rules()
        calendar = periods(sample_data.RECEIVED_FROM, date(2026, 10, 1), year_starts=1)
        setting = Setting(
            periods=calendar,
            levels=levels_in(store),
            exposure=pl.DataFrame(),
            engagements=pl.DataFrame(),
            base=1,
            min_denominator=10,
        )
        parts = {metric.name: metric.parts(rules) for metric in GAPS}
        cells = count(store, metrics=GAPS).cells
        figures = estimate(ProtectedCube(cells=cells, base=1), GAPS, parts, setting)
    return gaps(figures, signals(figures, GAPS))


def _workspace(folder: Path) -> Workspace:
    """The sample's workspace without its deadlines, which no gap needs."""
    made = init(folder, template=sample_data.WORKSPACE)
    (made.folder / "rules" / "deadlines.toml").unlink()
    return made


def _stage(store: Store, seed: str, planting: planted.Gaps) -> None:
    every = process.cases(seed)
    cases = [
        {
            "case_key": f"{case.number:032x}",
            "unit": case.unit,
            "category": case.categories[0],
            "channel": case.channel,
            "severity": case.severity,
            "outcome": case.outcome or None,
            "anonymity": "named" if case.is_named else "anonymous",
            "raised_by": case.raised_by,
            "assignee_key": people.handler(case, seed) or None,
            "subject_key": people.subject(case, seed),
        }
        for case in every
    ]
    events = [row for case in every for row in _events(case, seed, planting)]
    for number, (name, rows) in enumerate((("cases", cases), ("events", events)), start=1):
        frame = pl.DataFrame(rows, infer_schema_length=None).with_columns(
            pl.lit(number, pl.Int32).alias("snapshot"),
            pl.int_range(2, pl.len() + 2).alias("line"),
        )
        if name == "cases":
            # Of an event its file alone is kept, which says the source.
            frame = frame.with_columns(
                pl.lit("invented").alias("source"), pl.lit(name).alias("export")
            )
        store.append(f"staging.{name}", frame)
        store.append("staging.deliveries", _delivery(number, name, frame.height))


def _events(
    case: process.Case, seed: str, planting: planted.Gaps
) -> Iterator[dict[str, object]]:
    done = people.acts(case, seed, gaps=planting)
    by = {act.kind: act.by for act in done if act.by}
    for kind, day in case.steps:
        yield _event(case, kind, day, by=by.get(kind))
    for act in done:
        if not act.by:
            yield _event(case, act.kind, act.on, party=act.party or None, until=act.until)


def _event(
    case: process.Case,
    kind: str,
    day: date,
    *,
    by: str | None = None,
    party: str | None = None,
    until: date | None = None,
) -> dict[str, object]:
    return {
        "case_key": f"{case.number:032x}",
        "kind": kind,
        "occurred_on": day,
        "occurred_at": datetime.combine(day, time()),
        "actor_key": by,
        "party": party,
        "until_on": until,
    }


def _delivery(snapshot: int, name: str, rows: int) -> pl.DataFrame:
    told = {
        "snapshot": snapshot,
        "loading": 1,
        "source": "invented",
        "export": name,
        "grain": name.removesuffix("s"),
        "file_name": f"{name}.csv",
        "sha256": name,
        "as_of": sample_data.AS_OF,
        "rows_in": rows,
        "rows_loaded": rows,
        "rows_rejected": 0,
        "rows_repeated": 0,
        "coverage_from": sample_data.RECEIVED_FROM,
        "coverage_until": sample_data.AS_OF,
    }
    return pl.DataFrame([told])
