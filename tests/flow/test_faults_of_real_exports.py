"""Faults of real exports that have no shipped source, counted without anything of ours."""

from pathlib import Path

import polars as pl
import pytest

from checks.verdict import Verdict
from etl.store import Store
from tests.flow.conftest import case_audit
from tests.flow.judging import judged

pytestmark = pytest.mark.real_data

REQUESTS = """
name = "requests"
title = "Service requests"
time_zone = "America/New_York"
[codes.status]
"Open" = "open"
"Closed" = "closed"
[codes.verdict]
"ONTIME" = "met"
"OVERDUE" = "breached"
[exports.requests]
grain = "case"
also = ["targets"]
dates = "%Y-%m-%d %H:%M:%S"
[exports.requests.columns]
case_id = "case_enquiry_id"
status = "case_status"
[exports.requests.events]
received = "open_dt"
resolved = "closed_dt"
[exports.targets]
grain = "verdict"
dates = "%Y-%m-%d %H:%M:%S"
constants = { clock = "target" }
[exports.targets.columns]
case_id = "case_enquiry_id"
verdict = "ontime"
started = "open_dt"
stopped = "closed_dt"
due = "target_dt"
"""

# The published survey has neither numbers nor days: rows are numbered, and every one is of one
# invented day. What is real is who answered, and which score stands there.
SURVEY = """
name = "desk"
title = "Service desk"
time_zone = "UTC"
[exports.tickets]
grain = "case"
dates = "%Y-%m-%d"
[exports.tickets.columns]
case_id = "row"
[exports.tickets.events]
received = "day"
[exports.surveys]
grain = "feedback"
scale = [0, 1]
dates = "%Y-%m-%d"
[exports.surveys.columns]
case_id = "row"
offered = "sent"
answered = "answered"
score = "satisfied"
"""


def loaded(folder: Path, source: str, description: str, *exports: Path, as_of: str) -> Path:
    case_audit("init", folder, "--quiet")
    (folder / "sources" / f"{source}.toml").write_text(description, encoding="utf-8")
    at = ("--workspace", folder, "--as-of", as_of, "--source", source)
    said = case_audit("load", *exports, *at)
    assert said.code == 0, said.err
    return folder


def verdicts_of(folder: Path) -> dict[str, Verdict]:
    with Store.open(folder / "audit.duckdb", mode="read") as store:
        return judged(store)


def present(path: Path) -> Path:
    if not path.is_file():
        pytest.skip(f"{path.name} is not among the real exports.")
    return path


def test_requests_called_in_time_without_a_target_are_found(real_data, tmp_path):
    path = present(real_data / "boston_311" / "boston311-100.csv")
    rows = pl.read_csv(path, infer_schema=False)
    done = pl.col("closed_dt").is_not_null()
    aimless = rows.filter(done & pl.col("target_dt").is_null() & (pl.col("ontime") == "ONTIME"))
    late = pl.col("closed_dt") > pl.col("target_dt")
    odd = rows.filter(done & (late != (pl.col("ontime") == "OVERDUE")))
    found = verdicts_of(loaded(tmp_path / "w", "requests", REQUESTS, path, as_of="2022-12-31"))[
        "source_verdicts_fit_their_dates"
    ]
    assert found.failing == aimless.height + odd.height == 8
    # Those that are open and in time are running, whatever the file calls them.
    running = rows.filter(~done & (pl.col("ontime") == "ONTIME")).height
    assert found.examined == rows.height - running


def test_silence_that_a_survey_scores_as_dissatisfaction_is_found(real_data, tmp_path):
    path = present(real_data / "it_survey" / "all_incidents.csv")
    told = pl.read_csv(path).with_row_index("row", offset=1).with_columns(
        pl.lit("2024-01-10").alias("day"),
        pl.lit("2024-01-20").alias("sent"),
        pl.when(pl.col("user_responded") == 1).then(pl.lit("2024-01-22")).alias("answered"),
        (1 - pl.col("user_dissatisfied")).alias("satisfied"),
    )  # fmt: skip
    tickets, surveys = tmp_path / "tickets.csv", tmp_path / "surveys.csv"
    told.select("row", "day").write_csv(tickets)
    told.select("row", "sent", "answered", "satisfied").write_csv(surveys)
    workspace = tmp_path / "w"
    loaded(workspace, "desk", SURVEY, tickets, surveys, as_of="2024-01-31")
    silent = told.filter(
        (pl.col("user_responded") == 0) & (pl.col("user_dissatisfied") == 1)
    ).height
    found = verdicts_of(workspace)
    assert found["scores_were_given"].failing == silent == 103_142
    assert found["scores_were_given"].examined == told.height
    # So many of one score are no opinion, wherever they come from.
    everybody = told.group_by("satisfied").len()["len"].max()
    assert found["scores_vary"].failing == everybody
