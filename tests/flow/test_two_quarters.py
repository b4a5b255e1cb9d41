"""The demo as a user gets it: two quarters, told one after the other to three audiences."""

from datetime import date
from pathlib import Path
from unittest import mock

import polars as pl
import pytest

import sample_data
from dashboard import restatement
from dashboard.wording import headline
from metrics.release import Release, open_release
from tests.flow.conftest import SECRET, Said, case_audit

SPRING = date(2026, 4, 1)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Said, list[Release]]:
    folder = tmp_path_factory.mktemp("two") / "demo"
    with mock.patch("secrets.token_hex", lambda length: SECRET[: 2 * length]):
        said = case_audit("demo", "--no-serve", folder)
    assert said.code == 0, said.err
    paths = sorted(Path(folder / "releases").glob("*.duckdb"))
    return said, [open_release(path) for path in paths]


@pytest.fixture
def told(made) -> dict[tuple[str, date], Release]:
    return {(release.audience, release.as_of): release for release in made[1]}


def test_every_audience_is_told_of_both_quarters_in_their_order(made):
    as_of = [(release.audience, release.as_of) for release in made[1]]
    audiences = ("committee", "leadership", "public")
    days = (sample_data.EARLIER, sample_data.AS_OF)
    assert as_of == [(audience, day) for day in days for audience in audiences]


def test_what_was_told_of_the_spring_stands_in_the_autumn(told):
    for audience in ("committee", "leadership", "public"):
        first, second = (
            headline(told[audience, day], SPRING)
            for day in (sample_data.EARLIER, sample_data.AS_OF)
        )
        assert first == second, audience


def test_the_committee_is_told_what_moved_by_cases_entered_late_and_by_corrections(told):
    release = told["committee", sample_data.AS_OF]
    moved = release.table("restatements")
    late = moved.filter(
        (pl.col("cause") == "late")
        & (pl.col("metric") == "report_frequency")
        & (pl.col("measure") == "reports")
        & (pl.col("breakdown") == "all")
        & (pl.col("period_start") == SPRING)
    )
    entered = release.figures(
        metric="report_frequency", measure="reports", breakdown="all", period="quarter",
        period_start=SPRING,
    )["value"].item() - told["committee", sample_data.EARLIER].figures(
        metric="report_frequency", measure="reports", breakdown="all", period="quarter",
        period_start=SPRING,
    )["value"].item()  # fmt: skip
    assert entered > 0
    assert late["by"].item() == entered
    assert set(moved["cause"]) == {"late", "corrected", "happened_since"}
    assert "late cases" in restatement.sentence(release, "all")


def test_protected_audiences_keep_the_counts_that_they_were_told(told):
    for audience in ("leadership", "public"):
        release = told[audience, sample_data.AS_OF]
        assert release.table("restatements").is_empty()
        assert "keeps the counts" in restatement.sentence(release, "all")
