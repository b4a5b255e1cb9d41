import csv as plain_csv
import json
import re
from hashlib import sha256
from io import StringIO
from itertools import pairwise
from typing import Any
from urllib.parse import quote

import pytest

from dashboard.report import csv, html
from metrics.release import TABLES, Release
from tests.releases import MONTHS, QUARTER, release
from tests.units.test_tables import HOSTILE, Outline, hostile, words


@pytest.fixture(scope="module")
def page() -> str:
    return html.render(release(), QUARTER)


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    return csv.render(release(audience="public", base="10"))


def rows_of(text: str) -> list[dict[str, str]]:
    return list(plain_csv.DictReader(StringIO(text)))


# The page


def test_the_page_asks_for_nothing_from_anywhere(page: str):
    local = page.replace(quote('"http://www.w3.org/2000/svg"'), "")
    assert "http:" not in local
    assert "https:" not in local
    assert "url(" not in local
    outline = Outline(page)
    assert not {"script", "link", "iframe", "object"} & {tag for tag, _ in outline.tags}
    assert all(str(a["src"]).startswith("data:") for t, a in outline.tags if t == "img")


def test_the_page_forbids_everything_but_its_own_style(page: str):
    policy = next(
        str(a["content"]) for t, a in Outline(page).tags
        if a.get("http-equiv") == "Content-Security-Policy"
    )  # fmt: skip
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert page.count("<style>") == 1
    assert " style=" not in page


def test_every_element_of_the_page_is_closed(page: str):
    assert Outline(page).open == []


def test_headings_are_in_order(page: str):
    levels = [int(tag[1]) for tag, _ in Outline(page).tags if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_the_verdict_comes_before_the_evidence_and_the_method_last(page: str):
    order = ["One of six commitments", "Six commitments, Q3 2026", "Four measures, Q3 2026",
             "What needs attention", "Can these figures be trusted?",
             "How these figures are made"]  # fmt: skip
    assert sorted(order, key=page.index) == order


def test_there_is_a_chart_for_each_exception_and_for_no_other(page: str):
    titles = re.findall(r"<title>([^<]*), by month\.", page)
    assert sorted(set(titles)) == [
        "Finish investigation within 60 days",
        "Tell the reporter within 10 days of decision",
    ]


def test_a_chart_says_its_finding_and_has_its_numbers_beneath(page: str):
    charts = [a for tag, a in Outline(page).tags if tag == "svg"]
    assert "Sep 2026: 63%, worse than usual" in str(charts[0]["aria-label"])
    assert "|September 2026|Value|63%|" in words(page)


def test_events_are_lettered_dated_and_owned(page: str):
    assert (
        "|A|6 July 2026: Three investigator posts vacant"
        " (Field operations, entered by Investigations lead)|"
    ) in words(page)


def test_an_event_is_drawn_only_where_it_bears_on_the_figure():
    event = release().table("annotations").to_dicts()[0]
    known = release(
        annotations=[
            event | {"part": "triage", "text": "Of another deadline"},
            event | {"part": "", "level": "", "text": "Of everything"},
            event | {"happened_on": MONTHS[0], "text": "Long ago"},
        ]
    )
    page = html.render(known, QUARTER)
    assert page.count("Of everything") == 2
    assert "Of another deadline" not in page
    assert "Long ago" not in page


def test_a_quarter_without_exceptions_needs_no_attention():
    rows = [r | {"verdict": "met"} for r in release().table("results").to_dicts()]
    assert "What needs attention" not in html.render(release(results=rows), QUARTER)


def test_where_every_unit_has_too_few_a_sentence_says_so_in_place_of_a_table():
    few = {"state": "few", "value": None}
    figures = [
        row | (few if row["breakdown"] == "unit" else {})
        for row in release().table("figures").to_dicts()
    ]
    section = html.attention(release(figures=figures), QUARTER)
    assert section.count("By unit there are too few to show.") == section.count("<section>")
    assert ", by unit, " not in section
    assert ", by unit, " in html.attention(release(), QUARTER)


def test_the_same_release_gives_the_same_page(page: str):
    assert html.render(release(), QUARTER) == page


def test_the_page_says_which_release_it_shows(page: str):
    assert "Release committee-2026-10-31, data to 31 October 2026." in page


def test_nothing_people_wrote_becomes_part_of_the_page():
    text = html.render(hostile(), QUARTER)
    assert HOSTILE not in text
    assert not any("onerror" in attributes for _, attributes in Outline(text).tags)


def test_an_empty_release_is_still_a_document():
    nothing: dict[str, Any] = {name: [] for name in TABLES if name != "manifest"}
    assert Outline(html.render(release(**nothing), QUARTER)).open == []


# The files


def test_the_files_are_figures_definitions_and_their_description(files: dict[str, str]):
    always = {"figures.csv", "definitions.csv", "datapackage.json", "README.txt"}
    assert set(files) == always | {"bounds.csv"}
    assert set(csv.render(release())) == always  # exact counts are their own bounds


def test_bounds_are_told_of_every_quarter_and_year_of_rounded_counts(files: dict[str, str]):
    rows = rows_of(files["bounds.csv"])
    kept = {(row["metric"], row["period"], row["period_start"]): row["within"] for row in rows}
    assert len(kept) == len(rows) == 5 * (11 + 3)
    assert kept["satisfaction", "quarter", "2026-07-01"] == "9"
    assert kept["satisfaction", "year", "2025-01-01"] == "36"
    assert {row["within_months"] for row in rows if row["period"] == "quarter"} == {"9"}
    assert {row["within_months"] for row in rows if row["period"] == "year"} == {"[z]"}
    assert "bounds.csv" in files["README.txt"]
    (told,) = (
        each
        for each in json.loads(files["datapackage.json"])["resources"]
        if each["name"] == "bounds"
    )
    assert [field["name"] for field in told["schema"]["fields"]] == list(rows[0])


def test_every_combination_has_a_row_whether_or_not_it_has_a_figure(files: dict[str, str]):
    measures, levels = 15, 1 + 5
    periods = len(MONTHS) + 11 + 3 + 1
    rows = rows_of(files["figures.csv"])
    assert len(rows) == measures * levels * periods
    assert len({tuple(row[name] for name in csv.KEY) for row in rows}) == len(rows)


def row_for(files: dict[str, str], **wanted: str) -> dict[str, str]:
    (row,) = (
        row for row in rows_of(files["figures.csv"])
        if all(row[name] == value for name, value in wanted.items())
    )  # fmt: skip
    return row


QUARTER_OF = {"period": "quarter", "period_start": "2026-07-01"}


def test_a_figure_is_written_with_its_counts_and_its_state(files: dict[str, str]):
    row = row_for(files, part="investigate", level="all", **QUARTER_OF)
    assert (row["numerator"], row["denominator"], row["state"]) == ("120", "190", "ok")
    assert float(row["value"]) == pytest.approx(120 / 190, abs=1e-6)
    assert row["period_name"] == "Q3 2026"


def test_a_withheld_figure_has_a_marker_in_every_number(files: dict[str, str]):
    row = row_for(files, part="investigate", level="legal", **QUARTER_OF)
    numbers = [name for name, (kind, _) in csv.COLUMNS.items() if kind == "number"]
    assert {row[name] for name in numbers} == {"[c]"}
    assert row["state"] == "withheld"


def test_an_absent_figure_is_no_data_and_says_so(files: dict[str, str]):
    row = row_for(files, part="investigate", level="high", **QUARTER_OF)
    assert (row["value"], row["state"], row["reason"]) == ("[x]", "no_data", csv.ABSENT)


def test_a_number_that_does_not_apply_is_not_blank(files: dict[str, str]):
    row = row_for(files, measure="reports", level="all", **QUARTER_OF)
    assert row["low"] == "[z]"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_a_text_that_a_spreadsheet_would_run_is_disarmed(text: str):
    assert csv.cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Legal", "60 days", "'=1", "", "[c]"])
def test_other_text_is_left_alone(text: str):
    assert csv.cell(text) == text


def test_a_negative_number_is_a_number():
    assert csv.cell(-0.5, number=True) == "-0.5"


@pytest.mark.parametrize(
    ("value", "text"), [(0.1 + 0.2, "0.3"), (12.0, "12"), (3, "3"), (True, "true")]
)
def test_numbers_are_written_without_noise(value: float, text: str):
    assert csv.cell(value, number=True) == text


def dangerous() -> Release:
    levels = release().table("levels").to_dicts()
    levels[0]["title"] = '=HYPERLINK("x")'
    return release(levels=levels)


def test_a_level_named_like_a_formula_is_disarmed_in_the_file():
    rows = rows_of(csv.render(dangerous())["figures.csv"])
    titles = {row["level_title"] for row in rows}
    assert '\'=HYPERLINK("x")' in titles
    assert not [title for title in titles if title.startswith("=")]


def test_the_package_describes_every_column_and_carries_the_hashes(files: dict[str, str]):
    package = json.loads(files["datapackage.json"])
    for described in package["resources"]:
        text = files[described["path"]]
        names = [field["name"] for field in described["schema"]["fields"]]
        assert next(plain_csv.reader(StringIO(text))) == names
        assert described["hash"] == f"sha256:{sha256(text.encode()).hexdigest()}"
    assert package["manifest"]["audience"] == "public"


def test_every_marker_in_the_files_is_explained(files: dict[str, str]):
    used = set(re.findall(r"\[[a-z]\]", files["figures.csv"]))
    package = json.loads(files["datapackage.json"])
    assert used
    assert used <= set(package["markers"])
    assert used <= set(package["resources"][0]["schema"]["missingValues"])
    assert all(marker in files["README.txt"] for marker in used)


def test_an_empty_release_is_a_header():
    nothing: dict[str, Any] = {name: [] for name in TABLES if name != "manifest"}
    assert rows_of(csv.render(release(**nothing))["figures.csv"]) == []
