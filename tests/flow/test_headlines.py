"""Headline numbers from the command line to their readers."""

import json

import pytest

from metrics.release import open_release
from tests import pdfs
from tests.flow.test_approvals import checked, states
from tests.pages.conftest import opened

__all__ = ["checked", "opened"]

WEBSITE = """
[audiences.website]
method = "private"
epsilon = 0.5
budget = 2
owner = "Data protection officer"
version = "1"
approvals = 1
approvers = ["Data protection officer"]

[[audiences.website.headlines]]
title = "Concerns raised"
metric = "report_frequency"
outcomes = ["received"]

[[audiences.website.headlines]]
title = "Acknowledged in time"
metric = "deadline_compliance"
part = "acknowledge"
outcomes = ["met"]
"""


@pytest.fixture(scope="module")
def shelf():
    """The pages are opened on a folder that the test names."""


def test_headlines_go_from_the_policy_to_their_readers(run, checked, opened, monkeypatch):
    told = checked / "case-audit.toml"
    told.write_text(told.read_text(encoding="utf-8") + WEBSITE, encoding="utf-8")
    made = run("publish", "--audience", "website", "--as", "Ann")
    assert made.code == 0, made.err
    assert "spent 1.0 of a budget of 2, for ever" in made.out
    assert run("approve", "website", "--as", "Bob").code == 2
    assert run("approve", "website", "--as", "Data protection officer").code == 0
    assert ("website", "published") in states(run)
    (path,) = (checked / "releases").glob("*-website-*.duckdb")
    release = open_release(path)

    assert run("report", "website").code == 0
    (page,) = (checked / "reports").glob("*.html")
    words = page.read_text(encoding="utf-8")
    assert "Concerns raised" in words
    assert "Of the budget of 2, 1.0 has been spent" in words
    assert release.manifest["method_sentence"] in words.replace("&#x27;", "'")
    assert run("report", "website", "--format", "pdf").code == 0
    (printed,) = (checked / "reports").glob("*.pdf")
    said = pdfs.words(printed.read_bytes())
    assert "Of the budget of 2, 1.0 has been spent" in said
    assert release.manifest["method_sentence"] in said
    assert run("report", "website", "--format", "csv").code == 0
    (figures,) = (checked / "reports").glob("*/figures.csv")
    assert len(figures.read_text(encoding="utf-8").splitlines()) == 3
    book = run("report", "website", "--format", "xlsx")
    assert (book.code, "headline numbers alone" in book.err) == (2, True)
    sheet = run("report", "website", "--format", "sheet")
    assert (sheet.code, "made of the public release alone" in sheet.err) == (2, True)
    listed = json.loads(run("figures", "website", "--json").out)
    assert [row["measure"] for row in listed] == ["received", "acknowledge:met"]
    assert {row["numerator"] for row in listed} == {None}

    shown = opened("40_data_quality", audiences="website", folder=checked / "releases")
    assert shown.title[0].value == "Cases in numbers"
    assert "Acknowledged in time" in "".join(each.body for each in shown.get("html"))

    # Counts that are rounded, and those with noise, are attacked and kept together.
    assert run("publish", "--audience", "leadership", "--as", "Ann").code == 0
    verified = run("verify")
    assert verified.code == 0, verified.out
    assert "2 numbers with noise, of the whole organisation; 1.0 of a budget of 2" in (
        verified.out
    )

    refused = run("publish", "--audience", "leadership", "--quarter", "2026-01-01")
    assert (refused.code, "leave it out" in refused.err) == (2, True)
    assert run("publish", "--audience", "website", "--quarter", "2025-10-01").code == 2
