"""From a few events to a figure: small tables go through the product's own core and count.

`figures_of` measures, `spec` compares one figure, `published` goes the whole way to a release.
"""

import tempfile
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from etl.load import build
from etl.rules import Rules, read_rules
from etl.store import Store
from etl.workspace import Organisation, Workspace
from metrics.approvals import Places
from metrics.catalog import METRICS
from metrics.count import count
from metrics.disclosure.ledger import Ledger
from metrics.disclosure.policy import Policy
from metrics.estimate import estimate
from metrics.exposure import average_people, total_engagements
from metrics.figures import Setting
from metrics.metric import BREAKDOWNS, ProtectedCube
from metrics.periods import periods
from metrics.publish import publish
from metrics.release import TABLES, Release, open_release
from metrics.sealed import About
from tests.specs.estimated import estimated
from tests.tables import prepare_plainly, table

COMMITTEE = Policy("committee", "identity", min_denominator=1)
SEED = b"a seed that nobody outside knows"
ABOUT = About(
    organisation="Invented",
    case_word="case",
    case_word_plural="cases",
    product_version="0",
)
ACKNOWLEDGE = """
[[deadline]]
name = "acknowledge"
title = "Acknowledge within 7 days"
from = "received"
to = "acknowledged"
within = 7
unit = "calendar_days"
passed_by = ["triaged"]
basis = "Policy, section 1"
"""
_STAGED = {
    "cases": (1, "cases", "case"),
    "events": (2, "history", "event"),
    "feedback": (3, "surveys", "feedback"),
}
_SCALE = {"score": pl.Int32, "scale_low": pl.Int32, "scale_high": pl.Int32}


def spec(*, metric: str, expect: Mapping[str, object], **told: Any) -> None:
    """Measure the data of `told` and compare the one figure that it names.

    `measure`, `part`, `breakdown`, `level`, `period` and `start` name it (default: the first
    measure, over the whole span, of everybody); the rest goes to `figures_of`.
    """
    named = ("measure", "part", "breakdown", "level", "period", "start")
    where = {name: told.pop(name) for name in named if name in told}
    row = one(figures_of(**told), metric=metric, **where)
    assert {name: row[name] for name in expect} == {
        name: pytest.approx(value, rel=1e-9) if isinstance(value, float) else value
        for name, value in expect.items()
    }


def one(
    figures: pl.DataFrame,
    *,
    metric: str,
    measure: str | None = None,
    part: str | None = None,
    breakdown: str = "all",
    level: str = "all",
    period: str = "whole",
    start: str | None = None,
) -> dict[str, Any]:
    """The single figure with these names."""
    declared = next(known for known in METRICS if known.name == metric)
    found = figures.filter(
        (pl.col("metric") == metric)
        & (pl.col("measure") == (measure or declared.measures[0].name))
        & (pl.col("breakdown") == breakdown)
        & (pl.col("level") == level)
        & (pl.col("period") == period)
        & (pl.lit(part is None) | (pl.col("part") == (part or "")))
        & (pl.lit(start is None) | (pl.col("period_start") == _day(start or "2000-01-01")))
    )
    assert found.height == 1, f"{found.height} figures are meant"
    return found.row(0, named=True)


def figures_of(
    *,
    as_of: str,
    events: str,
    cases: str = "",
    feedback: str = "",
    headcount: str = "",
    engagements: str = "",
    duties: str = "",
    rules: str = ACKNOWLEDGE,
    coverage_from: str | None = None,
    fiscal_year_start_month: int = 1,
    min_denominator: int = 1,
) -> pl.DataFrame:
    """Exact figures of the data, as the committee would see them."""
    told = {"cases": cases, "events": events, "feedback": feedback}
    with tempfile.TemporaryDirectory() as folder, Store.open() as store:
        workspace = _workspace(
            Path(folder), rules, headcount, fiscal_year_start_month, engagements
        )
        if duties:
            table(duties).write_csv(workspace.folder / "duties.csv")
        fill(store, told, as_of=as_of, coverage_from=coverage_from, workspace=workspace)
        return measured(store, workspace.rules(), min_denominator=min_denominator)


def measured(store: Store, rules: Rules, *, min_denominator: int = 1) -> pl.DataFrame:
    """Exact figures of a store's core tables, without those that are sums of others."""
    told = store.frame("select * from staging.parameters").row(0, named=True)
    span = (told["coverage_from"], told["coverage_until"])
    calendar = periods(*span, year_starts=told["fiscal_year_start_month"])
    setting = Setting(
        periods=calendar,
        levels=levels_in(store),
        exposure=average_people(
            store.frame("select * from core.exposure"), calendar, coverage=span
        ),
        engagements=total_engagements(store.frame("select * from core.engagements"), calendar),
        base=1,
        min_denominator=min_denominator,
    )
    counted = [metric for metric in METRICS if metric.sum_of is None]
    parts = {metric.name: metric.parts(rules) for metric in counted}
    return estimate(ProtectedCube(cells=count(store).cells, base=1), counted, parts, setting)


def published(
    folder: Path,
    *,
    as_of: str,
    events: str,
    cases: str = "",
    feedback: str = "",
    headcount: str = "",
    rules: str = ACKNOWLEDGE,
    coverage_from: str | None = None,
    policy: Policy = COMMITTEE,
) -> Release:
    """A sealed release of the data, judged and found good."""
    told = {"cases": cases, "events": events, "feedback": feedback}
    with Store.open() as store:
        workspace = _workspace(folder, rules, headcount, 1)
        fill(store, told, as_of=as_of, coverage_from=coverage_from, workspace=workspace)
        judge(store)
        return open_release(sealed(store, to=folder, policy=policy))


def filled(
    store: Store,
    folder: Path,
    *,
    as_of: str,
    events: str,
    cases: str = "",
    feedback: str = "",
) -> Store:
    """The store with core tables of the events, and their rules in the folder."""
    workspace = _workspace(folder, ACKNOWLEDGE, "", 1)
    told = {"events": events, "cases": cases, "feedback": feedback}
    fill(store, told, as_of=as_of, coverage_from=None, workspace=workspace)
    return store


def sealed(
    store: Store,
    *,
    to: Path,
    policy: Policy = COMMITTEE,
    everybody: Sequence[Policy] = (),
    seed: bytes = SEED,
    renamed: Mapping[tuple[str, str], str] | None = None,
) -> Path:
    """Publish a store as it stands, by the rules in the folder."""
    return publish(
        store,
        policy,
        rules=read_rules(to / "rules"),
        annotations=pl.DataFrame(schema=TABLES["annotations"]),
        about=ABOUT,
        seed=seed,
        places=Places(to / "releases", Ledger(to / "ledger", seed)),
        everybody=everybody,
        renamed=renamed,
    )


def judge(store: Store, **told: object) -> None:
    """Give the store one verdict on its core tables as they are now; `told` changes it."""
    verdict = dict.fromkeys(TABLES["verdicts"], "") | {
        "run": 1,
        "fingerprint": store.frame("select * from core.build")["fingerprint"][0],
        "name": "one_row_per_case",
        "title": "Every case stands in the audit once",
        "severity": "critical",
        "outcome": "passed",
        "failing": int(told.get("outcome") == "failed"),
        "examined": 1,
        "since": None,
        "affects": ["report_frequency"],
        "doubt": "extra",
        **told,
    }
    kinds = {"run": pl.Int64, "fingerprint": pl.String, **TABLES["verdicts"]}
    store.replace("quality.verdicts", pl.DataFrame([verdict], schema=kinds))


def fill(
    store: Store,
    told: Mapping[str, str],
    *,
    as_of: str,
    coverage_from: str | None,
    workspace: Workspace,
    loading: int = 1,
) -> None:
    """Stage the rows beside what is there, as deliveries of the as-of day, and build core."""
    prepare_plainly(store)
    rows = {name: _rows(name, text) for name, text in told.items() if text}
    rows.setdefault("cases", _cases_of(rows["events"]))
    for name, frame in rows.items():
        number = pl.col("snapshot") + pl.lit(10 * (loading - 1), dtype=pl.Int32)
        first = coverage_from or _first(rows["events"])
        delivery = _delivery(name, frame.height, as_of, first).with_columns(number)
        loaded = pl.lit(loading, dtype=pl.Int32).alias("loading")
        # An event's source and export are those of its file.
        kept = frame.drop("source", "export") if name == "events" else frame
        store.append(f"staging.{name}", kept.with_columns(number))
        store.append("staging.deliveries", delivery.with_columns(loaded))
    build(store, workspace, {})
    store.replace("staging.levels", levels_in(store))


def levels_in(store: Store) -> pl.DataFrame:
    """Every level that the data has, since no source description declares them here."""
    frames = [
        store.frame(
            f"select distinct '{name}' as breakdown, {name} as level, {name} as title"
            " from core.cases order by level"
        ).with_row_index("position")
        for name in BREAKDOWNS
        if name != "all"
    ]
    return pl.concat(frames).with_columns(pl.col("position").cast(pl.Int64))


def _workspace(
    folder: Path, rules: str, headcount: str, month: int, engagements: str = ""
) -> Workspace:
    (folder / "rules").mkdir()
    (folder / "rules" / "rules.toml").write_text(rules, encoding="utf-8")
    table(headcount or "unit | from | people").write_csv(folder / "headcount.csv")
    table(engagements or "unit | month | engagements").write_csv(folder / "engagements.csv")
    about = Organisation("Invented", "Europe/London", month, "case", "cases", calendar="none")
    return Workspace(folder=folder, organisation=about, audiences={})


def _rows(name: str, text: str) -> pl.DataFrame:
    snapshot, export, _ = _STAGED[name]
    frame = table(text, {key: kind for key, kind in _SCALE.items() if key in text})
    frame = frame.rename({"case": "case_key", "on": "occurred_on"}, strict=False)
    given = {
        "snapshot": pl.lit(snapshot, dtype=pl.Int32),
        "line": pl.int_range(2, pl.len() + 2, dtype=pl.Int64),
        "source": pl.lit("desk"),
        "export": pl.lit(export),
        "scale_low": pl.lit(1, dtype=pl.Int32),
        "scale_high": pl.lit(5, dtype=pl.Int32),
    }
    if name == "events":
        given["occurred_at"] = pl.col("occurred_on").cast(pl.Datetime)
    if name != "feedback":
        del given["scale_low"], given["scale_high"]
    new = [value.alias(key) for key, value in given.items() if key not in frame.columns]
    return frame.with_columns(new)


def _cases_of(events: pl.DataFrame) -> pl.DataFrame:
    """Nothing is known of the cases but that they are there."""
    return events.select(
        pl.lit(1, dtype=pl.Int32).alias("snapshot"),
        pl.int_range(2, pl.len() + 2, dtype=pl.Int64).alias("line"),
        "source",
        pl.lit("cases").alias("export"),
        "case_key",
    ).unique("case_key", keep="first", maintain_order=True)


def _delivery(name: str, height: int, as_of: str, first: date | str | None) -> pl.DataFrame:
    snapshot, export, grain = _STAGED[name]
    return pl.DataFrame(
        {
            "snapshot": [snapshot],
            "loading": [1],
            "source": ["desk"],
            "export": [export],
            "grain": [grain],
            "file_name": [f"{export}.csv"],
            "sha256": [export],
            "as_of": [_day(as_of)],
            "rows_in": [height],
            "rows_loaded": [height],
            "rows_rejected": [0],
            "rows_repeated": [0],
            "coverage_from": [_day(first) if isinstance(first, str) else first],
            "coverage_until": [_day(as_of)],
            # What a test says of its first day, or takes it to be, is said.
            "coverage_told": [True],
        },
        schema_overrides={
            "snapshot": pl.Int32,
            "loading": pl.Int32,
            "coverage_from": pl.Date,
        },
    )


def _first(events: pl.DataFrame) -> date | None:
    received = events.filter(pl.col("kind") == "received")["occurred_on"]
    first = received.min()
    return first if isinstance(first, date) else None


def _day(text: str) -> date:
    return date.fromisoformat(text)


def after(day: str, days: int) -> str:
    """The day that many days later, as it is written in a table."""
    return (_day(day) + timedelta(days=days)).isoformat()


def deadlines_judged(
    *, met: int, missed: int = 0, not_assessable: int = 0, not_due: int = 0, **setting: Any
) -> dict[str, Any]:
    """The figure of one rule whose deadlines ended like this in one quarter."""
    outcomes = {
        "met": met,
        "missed": missed,
        "not_assessable": not_assessable,
        "not_due": not_due,
    }
    return counted("deadline_compliance", outcomes, part="acknowledge", **setting)


def counted(
    metric: str,
    outcomes: Mapping[str, int],
    *,
    part: str = "",
    measure: str | None = None,
    base: int = 1,
    min_denominator: int = 1,
) -> dict[str, Any]:
    """The figure of one quarter, estimated from counts alone."""
    cells = [
        (metric, part, "all", "all", _day("2024-01-01"), outcome, -1, n)
        for outcome, n in outcomes.items()
        if n > 0 or base > 1
    ]
    figures = estimated(
        cells, until="2024-03-31", part=part, base=base, min_denominator=min_denominator
    )
    return one(figures, metric=metric, measure=measure, part=part, period="quarter")
