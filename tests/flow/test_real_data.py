"""Real complaints, from the files as they were published to their quartiles."""

import contextlib
import csv
import json
import re
from datetime import date
from pathlib import Path
from statistics import median

import numpy as np
import polars as pl
import pytest
from statsmodels.duration.survfunc import SurvfuncRight

from metrics.release import open_release
from tests.flow.conftest import case_audit

pytestmark = pytest.mark.real_data

AS_OF = date(2022, 9, 26)
QUARTILES = {"q25": 0.25, "median": 0.5, "q75": 0.75}
AGES = {"open_30": 30, "open_60": 60, "open_90": 90}

# What R 4.2.2 with survival 3.5-3 prints, where d has a row for each case, its days to closure
# (ended: 1) or to 2022-09-26 (ended: 0), for
#     quantile(f, c(.25, .5, .75)) and summary(f, times = c(30, 60, 90)) of
#     f <- survfit(Surv(days, ended) ~ 1, data = d, conf.type = "log-log")
BY_R = {
    "q25": (42, 33, 49),
    "median": (228, 220, 238),
    "q75": (786, 715, 849),
    "open_30": (0.7636638, 0.7520522, 0.7748160),
    "open_60": (0.7189611, 0.7066675, 0.7308422),
    "open_90": (0.6869400, 0.6742364, 0.6992646),
}


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def complaints(real_data) -> Path:
    folder = real_data / "copa_2019_2022"
    if not folder.is_dir():
        pytest.skip("The complaints of 2019 to 2022 are not among the real exports.")
    return folder


@pytest.fixture(scope="module")
def lives(complaints) -> tuple[np.ndarray, np.ndarray]:
    """Days and whether they ended, of every case: read without anything of ours."""
    day = date.fromisoformat
    cases: dict[str, tuple[str, str]] = {}
    for row in rows_of(complaints / "complaints.csv"):
        cases.setdefault(row["cr_id"], (row["complaint_date"], row["closed_date"]))
    ends = [(day(closed) if closed else AS_OF) - day(came) for came, closed in cases.values()]
    ended = [bool(closed) for _, closed in cases.values()]
    return np.array([length.days for length in ends]), np.array(ended)


@pytest.fixture(scope="module")
def chain(complaints, tmp_path_factory):
    """The verbs that lead from the files to the figures, as they stand in the README."""
    folder = tmp_path_factory.mktemp("real")
    exports = sorted(path.resolve() for path in complaints.glob("*.csv"))
    with contextlib.chdir(folder):
        said = {
            "init": case_audit("init", "w"),
            "load": case_audit("load", *exports, "--source", "copa", "--as-of", AS_OF),
            "check": case_audit("check"),
            "publish": case_audit("publish", "--audience", "committee"),
            "figures": case_audit(
                "figures", "committee", "--metric", "time_to_resolution", "--period", "whole",
                "--breakdown", "all", "--format", "json",
            ),
        }  # fmt: skip
    assert {verb: told.code for verb, told in said.items()} == dict.fromkeys(said, 0), said
    (path,) = (folder / "w" / "releases").iterdir()
    return said, open_release(path)


@pytest.fixture(scope="module")
def figures(chain) -> dict[str, dict]:
    return {row["measure"]: row for row in json.loads(chain[0]["figures"].out)}


def failing(chain, name: str) -> int:
    rows = chain[1].table("verdicts").filter(pl.col("name") == name)
    assert rows["outcome"].item() == "failed"
    return rows["failing"].item()


def test_every_case_is_there_once_and_the_open_ones_with_them(figures, lives):
    row = figures["median"]
    assert (row["denominator"], row["pending"], row["numerator"]) == (5376, 1680, 3696)
    days, ended = lives
    assert (len(days), int((~ended).sum())) == (5376, 1680)


@pytest.mark.parametrize("measure", BY_R)
def test_quartiles_and_shares_open_are_those_that_r_prints(figures, measure):
    row = figures[measure]
    found = (row["value"], row["low"], row["high"])
    assert found == pytest.approx(BY_R[measure], abs=1e-6)


@pytest.mark.parametrize("measure", QUARTILES)
def test_quartiles_are_those_of_an_independent_estimate_of_the_raw_file(
    figures, lives, measure
):
    curve = SurvfuncRight(lives[0], lives[1].astype(int))
    share = QUARTILES[measure]
    row = figures[measure]
    assert row["value"] == curve.quantile(share)
    assert (row["low"], row["high"]) == curve.quantile_ci(share, method="cloglog")


@pytest.mark.parametrize("measure", AGES)
def test_shares_open_are_those_of_an_independent_estimate(figures, lives, measure):
    curve = SurvfuncRight(lives[0], lives[1].astype(int))
    at = np.searchsorted(curve.surv_times, AGES[measure], side="right") - 1
    assert figures[measure]["value"] == pytest.approx(curve.surv_prob[at], abs=1e-12)


def test_the_median_is_nowhere_near_that_of_the_closed_cases(figures, lives):
    days, ended = lives
    closed_only = median(days[ended])
    assert closed_only == 127
    assert figures["median"]["value"] > 1.7 * closed_only


def test_every_row_of_the_files_is_accounted_for(chain, complaints):
    rows = chain[1].table("deliveries")
    told = dict(rows.select("export", "rows_in").rows())
    assert told == {
        "complaints": len(rows_of(complaints / "complaints.csv")),
        "assignments": len(rows_of(complaints / "assignments.csv")),
        "findings": len(rows_of(complaints / "allegations.csv")),
    }
    whole = pl.col("rows_loaded") + pl.col("rows_rejected") + pl.col("rows_repeated")
    assert rows.filter(pl.col("rows_in") != whole).is_empty()


def test_missing_days_of_the_incident_are_reported(chain, complaints):
    undated = {
        row["cr_id"]
        for row in rows_of(complaints / "complaints.csv")
        if not row["incident_date"]
    }
    assert failing(chain, "incident_date_known") == len(undated) == 272


def test_assignments_of_cases_that_were_not_delivered_are_reported(chain, complaints):
    known = {row["cr_id"] for row in rows_of(complaints / "complaints.csv")}
    strange = [
        row for row in rows_of(complaints / "assignments.csv") if row["cr_id"] not in known
    ]
    assert failing(chain, "events_of_known_cases") == len(strange) == 8


def test_assignments_without_a_day_are_reported(chain, complaints):
    undated = [row for row in rows_of(complaints / "assignments.csv") if not row["assign_date"]]
    assert failing(chain, "events_dated") == len(undated) == 578


def test_incidents_after_their_complaint_are_reported(chain, complaints):
    by_case = {row["cr_id"]: row for row in rows_of(complaints / "complaints.csv")}
    later = [row for row in by_case.values() if row["incident_date"] > row["complaint_date"]]
    assert failing(chain, "incident_before_receipt") == len(later) == 6


def test_what_is_right_with_the_complaints_is_not_called_wrong(chain, complaints):
    by_case = {row["cr_id"]: row for row in rows_of(complaints / "complaints.csv")}
    verdicts = chain[1].table("verdicts")
    found = dict(verdicts.select("name", "failing").rows())
    for row in by_case.values():
        closed = row["current_status"].startswith(("Closed", "Case Final"))
        assert closed == bool(row["closed_date"])
        assert not row["closed_date"] or row["closed_date"] >= row["complaint_date"]
    assert found["closed_status_has_a_closing_date"] == found["open_cases_undated"] == 0
    assert found["closed_not_before_received"] == 0


def test_without_headcount_there_is_no_rate_and_it_is_said(chain):
    row = chain[1].figures(measure="rate", breakdown="all", period="whole").row(0, named=True)
    assert (row["value"], row["state"]) == (None, "not_assessable")


def test_no_complaint_number_is_in_the_release_or_in_what_was_said(chain, complaints):
    number = re.compile(rb"\b20\d\d-\d{7}\b")
    for row in rows_of(complaints / "complaints.csv"):
        assert number.fullmatch(row["cr_id"].encode())
    said, release = chain
    spoken = "".join(told.out + told.err for told in said.values())
    assert not number.search(spoken.encode())
    assert not number.search(release.path.read_bytes())
