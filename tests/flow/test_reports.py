"""What a board member reads: the reports of the sample organisation, in words."""

import html
import io
import re

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tests.flow.conftest import case_audit

Q2 = "2026-04-01"


def words(page: str) -> str:
    """What the page says, without its marks, drawings and tables of numbers."""
    shown = re.sub(r"<(style|script|svg)\b.*?</\1>", " ", page, flags=re.DOTALL)
    plain = html.unescape(re.sub(r"<[^>]+>", " ", shown))
    return re.sub(r"\s+([.,;:])", r"\1", re.sub(r"\s+", " ", plain))


@pytest.fixture(scope="module")
def page_of(releases, tmp_path_factory):
    """The words of the HTML report of an audience's quarter."""
    folder = tmp_path_factory.mktemp("reports")

    def page(audience: str, quarter: str) -> str:
        path = releases[audience].path
        said = case_audit("report", path, "--quarter", quarter, "--to", folder)
        assert said.code == 0, said.err
        (made,) = [line.removeprefix("wrote ") for line in said.out.splitlines()]
        with open(made, encoding="utf-8") as file:  # noqa: PTH123  a name as it was printed
            return words(file.read())

    return page


def test_the_committee_reads_that_investigations_are_late_and_who_owns_it(page_of):
    page = page_of("committee", Q2)
    assert "Finish the investigation within 60 days. 68% against a target of 80%." in page
    assert "20 more on time would have met it. Owner: Investigations lead." in page


def test_the_committee_reads_which_unit_stands_out_and_since_when_posts_are_vacant(page_of):
    page = page_of("committee", Q2)
    assert "Field operations stands out at 27%" in page
    assert "2 February 2026: Three investigator posts vacant" in page


@pytest.mark.parametrize(
    "other", ["Client accounts", "Contact centre", "Finance", "Logistics", "Technology"]
)
@pytest.mark.parametrize("audience", ["committee", "leadership"])
def test_no_other_unit_is_said_to_stand_out(page_of, audience, other):
    assert f"{other} stands out" not in page_of(audience, Q2)


def test_the_committee_reads_that_escalations_slipped(page_of):
    page = page_of("committee", Q2)
    told = "Escalate high and critical within 2 working days. 68% against a target of 95%."
    assert told in page
    assert "Two of six commitments were not met in Q2 2026" in page


def test_the_committee_reads_that_acknowledgements_cannot_be_judged_and_what_they_could_be(
    page_of,
):
    page = page_of("committee", Q2)
    assert "26 deadlines cannot be judged because a date they need is missing" in page
    assert "Cannot say" in page


def test_leadership_reads_the_same_with_rounded_counts(page_of):
    page = page_of("leadership", Q2)
    assert "Field operations stands out" in page
    told = r"Finish the investigation within 60 days\. (6[79]|7[02])% against a target of 80%\."
    assert re.search(told, page)
    assert re.search(r"about 11[05] of 16[05]", page)
    assert "cannot be judged because a date they need is missing" in page


@pytest.mark.parametrize("audience", ["leadership", "public"])
def test_a_rounded_page_shows_no_number_of_the_tiny_unit(page_of, audience):
    page = page_of(audience, Q2)
    rows = re.findall(r"Records archive(.{0,200}?)(?:Technology|Not recorded)", page)
    assert rows
    for row in rows:
        numbers = r"\d+(\.\d+)?%(?! interval)|\d+ days\b|per 100 people \d"
        assert not re.search(numbers, row), row
        assert "too few to show" in row


@pytest.mark.parametrize("audience", ["committee", "leadership", "public"])
def test_a_csv_report_adds_up_to_the_release(audit, releases, audience):
    release = releases[audience]
    path = audit.folder / "reports" / release.id / "figures.csv"
    written = pl.read_csv(io.BytesIO(path.read_bytes()), infer_schema=False)
    figures = release.table("figures")
    assert written.height == figures.height
    numbers = ["numerator", "pending", "missing"]
    keys = ["metric", "measure", "breakdown", "period"]
    sums = [
        frame.select(*keys, *(pl.col(name).cast(pl.Int64, strict=False) for name in numbers))
        .group_by(keys)
        .agg(pl.col(numbers).fill_null(0).sum())
        .sort(keys)
        for frame in (written, figures)
    ]
    assert_frame_equal(*sums)


def test_the_committee_reads_which_channel_lost_the_dates(page_of):
    page = page_of("committee", Q2)
    assert "Most of them came by this channel: Web form." in page
