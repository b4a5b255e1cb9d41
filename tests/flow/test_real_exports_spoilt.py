"""Faults in real complaints, counted with Polars alone, and what they do to figures."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from statistics import median

import polars as pl
import pytest

from checks.verdict import Verdict
from etl.store import Store
from etl.workspace import open_workspace
from tests.flow.conftest import case_audit
from tests.flow.judging import judged
from tests.flow.ranges import figures_and_ranges, outside

pytestmark = pytest.mark.real_data

AS_OF = date(2022, 9, 26)
CLOSED = ("Closed/No Finding", "Closed at COPA", "Case Final")
LOST, NEVER, LONG_AGO, TOO_EARLY = (
    f"closing {what}" for what in ("lost", "9999", "1900", "-3")
)
# How many of the closed cases get which fault.
SPOILT = {LOST: 9, NEVER: 7, LONG_AGO: 5, TOO_EARLY: 6}


@pytest.fixture(scope="module")
def complaints(real_data) -> pl.DataFrame:
    path = real_data / "copa_2019_2022" / "complaints.csv"
    if not path.is_file():
        pytest.skip("The complaints of 2019 to 2022 are not among the real exports.")
    return pl.read_csv(path, infer_schema=False)


@pytest.fixture(scope="module")
def spoilt(complaints) -> pl.DataFrame:
    """The same with closings lost, of 9999, of 1900, and before the receipt."""
    closed = complaints.filter(pl.col("closed_date").is_not_null())["cr_id"].unique().sort()
    chosen = iter(closed.gather_every(101))
    fault = {next(chosen): name for name, count in SPOILT.items() for _ in range(count)}
    told = pl.col("cr_id").replace_strict(fault, default="")
    early = pl.col("complaint_date").str.to_date() - timedelta(days=3)
    return complaints.with_columns(
        pl.when(told == LOST).then(None)
        .when(told == NEVER).then(pl.lit("9999-12-31"))
        .when(told == LONG_AGO).then(pl.lit("1900-01-01"))
        .when(told == TOO_EARLY).then(early.dt.to_string())
        .otherwise("closed_date").alias("closed_date"),
        pl.when(told == "").then("days_to_closure").alias("days_to_closure"),
    )  # fmt: skip


def loaded(folder: Path, rows: pl.DataFrame, *, headcount: str = "") -> Path:
    case_audit("init", folder, "--quiet")
    path = folder / "complaints.csv"
    rows.write_csv(path)
    if headcount:
        (folder / "headcount.csv").write_text(headcount, encoding="utf-8")
    at = ("--workspace", folder, "--as-of", AS_OF, "--source", "copa")
    said = case_audit("load", path, *at)
    assert said.code == 0, said.err
    return folder


def verdicts_of(folder: Path) -> dict[str, Verdict]:
    with Store.open(folder / "audit.duckdb", mode="read") as store:
        return judged(store)


def test_faults_of_closings_are_found_as_often_as_they_are_there(spoilt, tmp_path):
    found = verdicts_of(loaded(tmp_path / "w", spoilt))
    rows = spoilt.with_columns(pl.col("closed_date", "complaint_date").str.to_date())
    cases = rows.group_by("cr_id").agg(
        pl.col("closed_date", "complaint_date", "current_status").last()
    )
    ended = pl.col("current_status").is_in(CLOSED)
    lost = cases.filter(ended & pl.col("closed_date").is_null()).height
    never = rows.filter(pl.col("closed_date") > AS_OF).height
    # Twenty years before the first day covered.
    long_ago = rows.filter(pl.col("closed_date") < date(1999, 2, 11)).height
    negative = cases.filter(pl.col("closed_date") < pl.col("complaint_date")).height
    assert {
        "closed_status_has_a_closing_date": found["closed_status_has_a_closing_date"].failing,
        "no_date_after_as_of": found["no_date_after_as_of"].failing,
        "no_date_impossibly_early": found["no_date_impossibly_early"].failing,
        "closed_not_before_received": found["closed_not_before_received"].failing,
    } == {
        "closed_status_has_a_closing_date": lost,
        "no_date_after_as_of": never,
        "no_date_impossibly_early": long_ago,
        "closed_not_before_received": negative,
    }
    assert (lost, negative) == (SPOILT[LOST], SPOILT[LONG_AGO] + SPOILT[TOO_EARLY])


def test_the_figures_of_the_sound_file_lie_in_the_ranges_of_the_spoilt_one(
    complaints, spoilt, tmp_path
):
    figures, stated = {}, {}
    for name, rows in (("sound", complaints), ("spoilt", spoilt)):
        audit = open_workspace(loaded(tmp_path / name, rows))
        with Store.open(audit.store_path) as store:
            figures[name], stated[name] = figures_and_ranges(store, audit, judged(store))
    assert outside(stated["spoilt"], figures["sound"]).is_empty()
    whole = stated["spoilt"].filter((pl.col("period") == "whole") & pl.col("low").is_not_null())
    assert {"time_to_resolution", "closed_cases", "backlog"} <= set(whole["metric"])
    (long,) = whole.filter(
        (pl.col("metric") == "time_to_resolution")
        & (pl.col("measure") == "median")
        & (pl.col("breakdown") == "all")
    ).iter_rows(named=True)
    assert long["low"] < long["high"]
    assert long["affected"] >= sum(SPOILT.values())


def test_a_last_month_cut_short_and_a_headcount_that_never_falls_are_found(
    complaints, tmp_path
):
    last = pl.col("complaint_date") >= "2022-08-04"
    kept = complaints.filter(~last | (pl.col("complaint_date") >= "2022-09-01"))
    people = "".join(
        f"copa,{2019 + n // 4}-{1 + n % 4 * 3:02}-01,{100 + 5 * n}\n" for n in range(15)
    )
    folder = loaded(tmp_path / "w", kept, headcount=f"unit,from,people\n{people}")
    found = verdicts_of(folder)
    first = kept.group_by("cr_id").agg(pl.col("complaint_date").min().str.to_date())
    told = Counter((day.year, day.month) for day in first["complaint_date"])
    months = [(year, month) for year in range(2019, 2023) for month in range(1, 13)]
    # Whole months alone: after that of the first complaint, before that of the as-of day.
    counts = [told[each] for each in months if (2019, 2) < each < (2022, 9)]
    empty = sum(
        5 * count < median(counts[max(0, place - 12) : place])
        for place, count in enumerate(counts)
        if place >= 6 and median(counts[max(0, place - 12) : place]) >= 5
    )
    assert found["no_month_is_nearly_empty"].failing == empty == 1
    assert found["headcount_lets_people_leave"].failing == 1
