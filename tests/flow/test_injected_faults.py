"""Each kind of fault, put alone into clean exports, is found, counted, and its harm bounded."""

import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from checks.record import record
from checks.verdict import Verdict
from etl.store import Store
from etl.workspace import Workspace, open_workspace
from metrics.absent_rows import absent_rows
from metrics.catalog import METRICS
from metrics.consequences import consequences
from metrics.count import count
from metrics.disclosure.policy import Policy
from metrics.doubts import AT_FAULT, together
from metrics.estimate import estimate
from metrics.exposure import average_people, total_engagements
from metrics.figures import KEY, Setting
from metrics.metric import ProtectedCube
from metrics.periods import periods
from tests.flow import clean_exports
from tests.flow.clean_exports import KINDS, deliver
from tests.flow.injected_faults import FAULTS, Fault
from tests.flow.judging import judged

BOUNDED = tuple(
    metric
    for metric in METRICS
    if metric.sum_of is None and (metric.doubted or metric.kind in {"rate", "deadline"})
)


def figures_and_ranges(
    store: Store, audit: Workspace, verdicts: dict[str, Verdict]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Figures that may have a range, and what the verdicts mean for them."""
    fingerprint = store.frame("select fingerprint from core.build").item()
    record(store, tuple(verdicts.values()), fingerprint=fingerprint)
    told = store.frame("select * from staging.parameters").row(0, named=True)
    covered = (told["coverage_from"], told["coverage_until"])
    calendar = periods(*covered, year_starts=1)
    setting = Setting(
        periods=calendar,
        # Ranges are told of everybody and of each unit.
        levels=store.frame("select * from staging.levels where breakdown = 'unit'"),
        exposure=average_people(
            store.frame("select * from core.exposure"), calendar, coverage=covered
        ),
        engagements=total_engagements(store.frame("select * from core.engagements"), calendar),
        base=1,
        min_denominator=1,
    )
    at_fault = [v for v in verdicts.values() if v.outcome in AT_FAULT]
    concerned = {name for verdict in at_fault for name in verdict.affects}
    bounded = [m for m in BOUNDED if not at_fault or m.name in concerned]
    # A rate's rows in doubt are counted with the time to resolution.
    bounded += [m for m in BOUNDED if m.kind == "rate" and m not in bounded]
    bounded += [m for m in BOUNDED if m.part_of and m not in bounded]
    cells = count(store, bounded).cells
    parts = {metric.name: metric.parts(audit.rules()) for metric in bounded}
    figures = estimate(ProtectedCube(together(cells), 1), bounded, parts, setting)
    policy = Policy(audience="committee", method="identity")
    rows = store.frame("select * from quality.verdicts")
    absent = absent_rows(store, bounded, policy)
    return figures, consequences(figures, cells, bounded, rows, absent, setting)


@pytest.fixture(scope="module")
def templates(tmp_path_factory) -> dict[str, Path]:
    """Audits of the clean exports without one kind of them; under '' the one of all."""
    folder = tmp_path_factory.mktemp("clean")
    made = {}
    for left_out in ("", *KINDS):
        audit = clean_exports.workspace(folder / f"without {left_out}")
        deliver(audit, clean_exports.clean(), kinds=set(KINDS) - {left_out})
        made[left_out] = audit.folder
    return made


@pytest.fixture(scope="module")
def truth(templates, tmp_path_factory) -> pl.DataFrame:
    """The figures of the clean exports, in which no check has anything to say."""
    folder = tmp_path_factory.mktemp("truth") / "w"
    shutil.copytree(templates[""], folder)
    audit = open_workspace(folder)
    with Store.open(audit.store_path) as store:
        verdicts = judged(store)
        assert {v.outcome for v in verdicts.values()} <= {"passed", "empty"}
        figures, ranges = figures_and_ranges(store, audit, verdicts)
    assert ranges["low"].null_count() == ranges.height
    return figures


@pytest.fixture
def spoilt(templates, tmp_path) -> Callable[[Fault], tuple[Workspace, int]]:
    """Load the exports with one fault in them, where the others are loaded already."""

    def load(fault: Fault) -> tuple[Workspace, int]:
        told, before = clean_exports.clean(), clean_exports.clean()
        expected = fault.spoil(told)
        changed = {kind for kind in KINDS if getattr(told, kind) != getattr(before, kind)}
        assert len(changed) <= 1
        shutil.copytree(templates[next(iter(changed), "")], tmp_path / "w")
        audit = open_workspace(tmp_path / "w")
        deliver(audit, told, kinds=changed)
        return audit, expected

    return load


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_found_counted_and_its_harm_bounded(fault, spoilt, truth):
    audit, expected = spoilt(fault)
    with Store.open(audit.store_path) as store:
        verdicts = judged(store)
        _, ranges = figures_and_ranges(store, audit, verdicts)
    found = verdicts[fault.check]
    assert (found.outcome, found.failing) == ("failed", expected)
    wrong = outside(ranges, truth)
    assert wrong.is_empty(), wrong


PLACE = ("metric", "measure", *KEY)


def outside(ranges: pl.DataFrame, truth: pl.DataFrame) -> pl.DataFrame:
    """Stated ranges that leave out the figure of the clean exports.

    Rows that were left out belong to no known period: what they may do to a figure is told
    beside the whole span alone.
    """
    left_out = ranges.filter((pl.col("absent") > 0) & (pl.col("period") == "whole"))
    stated = ranges.filter(
        (pl.col("low").is_not_null() | pl.col("high").is_not_null())
        & (
            (pl.col("period") == "whole")
            | ~pl.col("metric").is_in(left_out["metric"].to_list())
        )
    )
    both = stated.join(truth.select(*PLACE, pl.col("value").alias("truth")), on=PLACE)
    margin = 1e-9
    return both.filter(
        (pl.col("truth") < pl.col("low") - margin) | (pl.col("truth") > pl.col("high") + margin)
    ).select(*PLACE, "low", "truth", "high", "checks")
