import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from importlib.resources import files
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from dashboard import downloads, steps
from dashboard.palette import LIGHT
from dashboard.report import html, pdf
from dashboard.report.fragments import Element, coloured, read
from etl.workspace import WorkspaceError
from metrics.release import TABLES
from tests import pdfs
from tests.releases import QUARTER, release
from tests.units.test_tables import HOSTILE, hostile

NOTICE = "Not published: this release waits."
MARKUP = [
    '#eval("1+1")',
    "$x$ *a* _b_ @ref <b> = [c]",
    '#import "@preview/x:1.0.0": *',
    "`raw` // c /* d */ \\u{41} ~ -- \"q\" 's'",
]


@pytest.fixture(scope="module")
def data() -> bytes:
    return pdf.render(release(), QUARTER)


def squeezed(text: str) -> str:
    """Text without spaces: a line may end where it will."""
    return re.sub(r"\s+", "", text)


def texts_of(found: list[Element | str]) -> list[str]:
    """Every text of a fragment that is to be printed."""
    return [
        text
        for each in found
        for text in ([each] if isinstance(each, str) else texts_of(each.inner))
        if text.strip()
    ]


# What it says


@pytest.mark.parametrize(
    "known",
    [
        release,
        lambda: release(audience="leadership", base="10"),
        lambda: release(verdicts=[]),
    ],
    ids=["exact", "rounded", "unchecked"],
)
def test_it_says_what_the_page_says_word_for_word(known):
    printed = squeezed(pdfs.words(pdf.render(known(), QUARTER)))
    for part in (html.evidence, html.attention, html.units, html.trust):
        for text in texts_of(read(part(known(), QUARTER))):
            assert squeezed(text) in printed, text
    for part in (html.method, html.footer):
        for text in texts_of(read(part(known()))):
            assert squeezed(text) in printed, text


def test_it_has_no_number_that_the_page_has_not(data: bytes):
    page = html.render(release(), QUARTER)
    foot = re.compile(r"Page \d+ of \d+")
    printed = " ".join(foot.sub("", text) for text in pdfs.pages(data))
    numbers = set(re.findall(r"\d[\d,.]*\d%?|\d%?", printed))
    assert {"63%", "89.6%", "119", "190"} <= numbers
    assert {number for number in numbers if number not in page} == set()


def test_the_verdict_comes_first_then_the_commitments_then_what_needs_attention(data: bytes):
    said = pdfs.words(data)
    order = [
        "Ethics concern audit, Q3 2026",
        "One of six commitments was not met",
        "Six commitments, Q3 2026",
        "What needs attention",
        "Can these figures be trusted?",
        "How these figures are made",
    ]
    assert sorted(order, key=said.index) == order
    assert "One of six commitments was not met" in pdfs.pages(data)[0]
    assert "Six commitments, Q3 2026" in pdfs.pages(data)[0]


def test_a_board_can_read_it_in_five_minutes(data: bytes):
    assert len(pdfs.pages(data)) <= 4


def test_a_figure_that_is_withheld_has_its_sign_and_no_number():
    rows = [
        row | {"state": "withheld", "value": 0.123456, "reason": "Withheld."}
        for row in release().table("figures").to_dicts()
    ]
    known = release(figures=rows, audience="leadership", base="10")
    said = pdfs.words(pdf.render(known, QUARTER))
    assert "[c]" in said
    assert "12%" not in said
    assert "12.3" not in said


def test_what_is_not_published_says_so_at_the_head_of_every_page():
    said = pdfs.pages(pdf.render(release(), QUARTER, notice=NOTICE))
    assert len(said) > 1
    assert all(page.startswith(NOTICE) for page in said)
    assert NOTICE not in pdfs.words(pdf.render(release(), QUARTER))


def test_every_page_says_whose_it_is_for_whom_and_which_of_how_many(data: bytes):
    said = pdfs.pages(data)
    for number, page in enumerate(said, start=1):
        assert "for: committee · committee-2026-10-31" in page
        assert f"Page {number} of {len(said)}" in page


def test_an_empty_release_is_still_a_document():
    nothing: dict[str, Any] = {name: [] for name in TABLES if name != "manifest"}
    said = pdfs.words(pdf.render(release(**nothing), QUARTER))
    assert "No commitment has been declared" in said


# How it is set


def test_it_is_tagged_for_who_hears_it_and_fit_for_the_archive(data: bytes):
    root = PdfReader(BytesIO(data)).root_object
    facts = root["/Metadata"].get_object().get_data().decode()
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "<pdfuaid:part>1</pdfuaid:part>" in facts
    assert "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in facts


def test_the_file_tells_of_itself_its_title_and_the_day_of_the_data_and_no_more(data: bytes):
    told = dict(PdfReader(BytesIO(data)).metadata or {})
    day = datetime(2026, 10, 31, tzinfo=UTC).strftime("D:%Y%m%d%H%M%SZ")
    assert told.pop("/Creator").startswith("Typst ")
    assert told == {
        "/Title": "Ethics concern audit, Q3 2026", "/CreationDate": day, "/ModDate": day,
    }  # fmt: skip


def test_headings_and_bookmarks_are_in_order(data: bytes):
    tags = [str(each["/S"]) for each in pdfs.elements(data)]
    levels = [int(tag[2]) for tag in tags if re.fullmatch(r"/H\d", tag)]
    assert tags.count("/Title") == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert "How these figures are made" in repr(PdfReader(BytesIO(data)).outline)


def test_every_picture_says_its_finding_and_every_table_has_heads_and_a_caption(data: bytes):
    told = pdfs.elements(data)
    pictures = [each for each in told if each["/S"] == "/Figure"]
    assert len(pictures) > 6
    assert all(str(each["/Alt"]).strip() for each in pictures)
    assert any("Sep 2026: 63%, worse than usual" in str(each["/Alt"]) for each in pictures)
    tags = [each["/S"] for each in told]
    assert tags.count("/Table") == tags.count("/THead") == tags.count("/Caption") > 4


def test_a_table_longer_than_a_page_has_its_heads_on_every_page():
    first = next(
        row for row in release().table("levels").to_dicts() if row["breakdown"] == "unit"
    )
    levels = [
        first | {"level": f"u{n}", "title": f"Unit {n}", "position": n} for n in range(80)
    ]
    said = pdfs.pages(pdf.render(release(levels=levels), QUARTER))
    of_units = [page for page in said if re.search(r"Unit \d\d", page)]
    assert len(of_units) > 3
    assert all(re.search(r"Unit\s+(Due|Reports per 100)", page) for page in of_units)


def test_the_last_page_is_never_left_with_an_end_alone():
    for many in range(1, 40, 6):
        notes = release().table("verdicts").to_dicts()
        failed = next(row for row in notes if row["outcome"] == "failed")
        rows = [failed | {"name": f"check {n}"} for n in range(many)]
        (*_, last) = pdfs.pages(pdf.render(release(verdicts=rows), QUARTER))
        assert "How these figures are made" in last


# What it can be trusted with


def test_the_same_release_gives_the_same_bytes(data: bytes):
    assert pdf.render(release(), QUARTER) == data


def test_another_process_on_another_machine_gives_the_same_bytes(data: bytes, tmp_path: Path):
    script = (
        "import sys; from dashboard.report import pdf;"
        " from tests.releases import QUARTER, release;"
        " sys.stdout.buffer.write(pdf.render(release(), QUARTER))"
    )
    root = str(Path(__file__).parents[2])
    elsewhere = {
        "HOME": str(tmp_path), "PATH": os.environ["PATH"], "PYTHONHASHSEED": "7",
        "PYTHONPATH": root, "TZ": "Pacific/Auckland", "SOURCE_DATE_EPOCH": "1",
        "TYPST_FONT_PATHS": str(tmp_path), "LANG": "de_DE.UTF-8",
    }  # fmt: skip
    made = subprocess.run(
        [sys.executable, "-c", script], env=elsewhere, cwd=tmp_path, capture_output=True,
        check=True,
    )  # fmt: skip
    assert made.stdout == data


def test_names_that_look_like_markup_are_printed_as_they_are():
    levels = release().table("levels").to_dicts()
    units = [row for row in levels if row["breakdown"] == "unit"]
    for row, name in zip(units, MARKUP, strict=False):
        row["title"] = name
    notes = release().table("annotations").to_dicts()
    notes[0]["text"] = MARKUP[-1]
    said = squeezed(pdfs.words(pdf.render(release(levels=levels, annotations=notes), QUARTER)))
    for name in [row["title"] for row in units] + [MARKUP[-1]]:
        assert squeezed(name) in said, name


def test_whatever_people_wrote_is_words_and_nothing_more():
    said = pdfs.words(pdf.render(hostile(), QUARTER))
    assert squeezed(HOSTILE) in squeezed(said)


def test_it_leads_nowhere_and_runs_nothing(data: bytes):
    assert not re.search(rb"/(URI|JavaScript|JS|Launch|EmbeddedFile|Annots|AA)\b", data)


def test_the_template_loads_nothing():
    template = (files("dashboard.report") / "pdf.typ").read_text(encoding="utf-8")
    assert not re.search(r"@preview|#?import |#?include |\beval\(|read\(|https?:", template)


def test_a_sign_that_cannot_be_printed_is_named_with_what_to_do():
    levels = [row | {"title": "東京"} for row in release().table("levels").to_dicts()]
    with pytest.raises(pdf.UnprintableError, match=r"東.*take the report as HTML"):
        pdf.render(release(levels=levels), QUARTER)


def test_who_asks_for_the_pdf_on_a_page_or_in_a_shell_is_told_so():
    levels = [row | {"title": "東京"} for row in release().table("levels").to_dicts()]
    known = release(levels=levels)
    told = downloads.printed("an edition", QUARTER, _release=known)
    assert isinstance(told, str)
    assert "東" in told
    with pytest.raises(WorkspaceError, match="take the report as HTML"):
        steps._rendered(known, "pdf", QUARTER, "")


@pytest.mark.parametrize("name", ["Αθήνα", "Київ", "Łódź", "Bureau d’étude №1", "ירושלים"])
def test_the_letters_of_many_languages_can_be_printed(name: str):
    levels = [row | {"title": name} for row in release().table("levels").to_dicts()]
    assert pdf.render(release(levels=levels), QUARTER)


# Fragments


def test_a_fragment_is_read_into_elements_texts_and_pictures():
    (note,) = read('<p class="ca-note">Five &lt; six,\n <strong>so</strong> it is.</p>')
    assert isinstance(note, Element)
    assert (note.tag, note.classes) == ("p", ("ca-note",))
    assert texts_of([note]) == ["Five < six, ", "so", " it is."]


def test_what_only_a_screen_needs_is_left_out():
    folded = '<details class="ca-details"><p>folded</p></details>'
    dark = '<img class="ca-spark ca-on-dark" alt="a" src="data:image/svg+xml,x">'
    label = '<td><span class="ca-label">Share</span><span class="ca-cell">9%</span></td>'
    assert texts_of(read(folded + dark + label)) == ["9%"]
    assert not [e for e in read(dark) if isinstance(e, Element)]


def test_a_chart_becomes_a_picture_that_stands_alone():
    chart = next(
        each.picture
        for section in read(html.attention(release(), QUARTER))
        if isinstance(section, Element)
        for each in section.inner
        if isinstance(each, Element) and each.picture
    )
    assert chart.startswith('<svg xmlns="http://www.w3.org/2000/svg" ')
    assert chart.endswith("</svg>")
    assert 'viewBox="' in chart
    assert LIGHT.concern in chart
    assert "var(" not in chart
    assert "@media" not in chart


def test_a_colour_of_the_page_becomes_that_of_paper():
    assert coloured('fill="var(--ca-concern-text)"') == f'fill="{LIGHT.concern_text}"'


def padded(rows: int, **changes: Any) -> list[str]:
    """The pages of a report with so many more commitments, each a row on the first page."""
    known = release().table("commitments").to_dicts()
    more = [
        known[0]
        | {"commitment": f"more_{n}", "title": f"Another promise {n}", "position": 90 + n}
        for n in range(rows)
    ]
    made = release(commitments=[*known, *more], **changes)
    return pdfs.pages(pdf.render(made, QUARTER))


def page_with(pages: list[str], words: str) -> int:
    (found,) = [at for at, page in enumerate(pages) if words in page]
    return found


@pytest.mark.parametrize("rows", range(0, 9, 2))
def test_a_chart_without_a_table_stands_on_the_page_of_its_heading(rows: int):
    few = {"state": "few", "value": None}
    figures = [
        row | (few if row["breakdown"] == "unit" else {})
        for row in release().table("figures").to_dicts()
    ]
    told = release().table("results").to_dicts()
    missed = [
        r | ({"verdict": "met"} if r["commitment"] != "investigate" else {}) for r in told
    ]
    pages = padded(rows, figures=figures, results=missed)
    heading = page_with(pages, "What needs attention")
    assert page_with(pages, "By unit there are too few to show.") == heading


@pytest.mark.parametrize("rows", range(0, 7, 2))
def test_what_is_said_of_trust_and_method_stands_on_one_page_where_it_fits(rows: int):
    pages = padded(rows)
    trust = page_with(pages, "Can these figures be trusted?")
    assert page_with(pages, "How these figures are made") == trust
    assert page_with(pages, "Questions about these figures") == trust
