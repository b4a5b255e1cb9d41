"""A draft declares how a file is laid out: titles, headers, footers, quotation marks."""

import pytest

from etl.drafting import parts
from etl.drafting.draft import Draft, draft
from etl.errors import ExportError
from etl.reading import read_export
from tests.drafts import first_export
from tests.units.test_drafting_histories import understood
from tests.units.test_readers_workbook import cell, row, sheet, workbook


def listing(*lines: str, folder) -> Draft:
    (folder / "c.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return draft(folder / "c.csv", zone="UTC")


CASES = [f"A-{n},2024-01-{n + 1:02},2024-02-{n + 1:02}" for n in range(20)]


def test_a_title_above_the_header_is_declared(tmp_path):
    made = listing("Cases of 2024", "", "Case no,Received,Closed", *CASES, folder=tmp_path)
    assert first_export(made)["header_line"] == 3
    assert understood(made, tmp_path).exports[0].layout.header_line == 3


def test_the_rules_and_the_frame_of_a_printed_list_are_no_rows_of_it(tmp_path):
    rule = "-" * 40
    rows = [f"|A-{n:05}  |2024-01-{n + 1:02}|2024-02-{n + 1:02}  |" for n in range(9)]
    table = ["List of cases", rule, "|Case no  |Received  |Closed      |", rule, *rows, rule]
    made = listing(*table, folder=tmp_path)
    declared = first_export(made)
    assert (declared["delimiter"], declared["header_line"]) == ("|", 3)
    assert declared["columns"]["case_id"] == "Case no"
    assert declared["events"] == {"received": "Received", "closed": "Closed"}
    assert "footer_starts_with" not in declared


def test_rows_that_could_not_be_read_are_told_beside_those_that_were(tmp_path):
    made = listing(
        "Case no,Received,Closed", *CASES, "A-20,2024-03-01", *CASES, folder=tmp_path
    )
    assert "1 more could not be read" in made.toml
    whole = listing("Case no,Received,Closed", *CASES, folder=tmp_path)
    assert "could not be read" not in whole.toml


def test_a_workbook_that_cannot_be_read_is_not_tried_sheet_by_sheet(tmp_path, monkeypatch):
    read, seen = parts.read_export, []
    monkeypatch.setattr(parts, "read_export", lambda *told: seen.append(told) or read(*told))
    (tmp_path / "c.xls").write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(5_000))
    with pytest.raises(ExportError):
        draft(tmp_path / "c.xls", zone="UTC")
    assert {layout.sheet for _, layout in seen} == {1, 2}


def test_a_row_of_totals_is_the_footer_however_many_there_are(tmp_path):
    made = listing("Case no,Received,Closed", *CASES, "Total,20,20", folder=tmp_path)
    assert first_export(made)["footer_starts_with"] == "Total"


def test_zeros_in_the_place_of_a_day_are_no_day(tmp_path):
    dates = [f"{n + 1:02}.01.2024,{'00.00.0000' if n % 2 else '01.02.2024'}" for n in range(20)]
    rows = [f"A-{n},{told}" for n, told in enumerate(dates)]
    made = listing("Case no,Received,Closed", *rows, folder=tmp_path)
    assert "00.00.0000" in first_export(made)["nulls"]


def test_a_title_as_wide_as_its_table_is_declared_too(tmp_path):
    made = listing("Cases,,2024", "Case no,Received,Closed", *CASES, folder=tmp_path)
    assert first_export(made)["header_line"] == 2


def test_a_first_row_in_which_a_word_is_known_is_not_taken_for_the_header(tmp_path):
    rows = [f"{n}.5,{word},3" for n, word in enumerate("abc")]
    made = listing("A title", "COL1,COL2,COL3", *rows, folder=tmp_path)
    assert first_export(made)["header_line"] == 2


def test_a_header_of_two_rows_is_declared_where_one_alone_says_too_little(tmp_path):
    rows = [f"A-{n},2024-01-{n + 1:02},09:00,2024-02-{n + 1:02},10:00" for n in range(20)]
    made = listing(
        "Case,Received,,Closed,", "number,Date,Time,Date,Time", *rows, folder=tmp_path
    )
    assert first_export(made)["header_rows"] == 2
    assert first_export(made)["columns"]["case_id"] == "Case / number"
    assert first_export(made)["events"] == {
        step: {"columns": [f"{step.title()} / Date", f"{step.title()} / Time"], "joined": " "}
        for step in ("received", "closed")
    }


def test_below_the_title_of_a_workbook_two_rows_of_names_are_found(tmp_path):
    told = [["Hinweise 2026"], ["Fall", "", "Vorwurf 1", "Vorwurf 2"]]
    told += [["Nummer", "Eingang", "Art", "Art"]]
    told += [[f"A-{n}", f"{n + 1:02}/01/2026", "Untreue", "Untreue"] for n in range(20)]
    rows = [
        row(
            n,
            *(cell(f"{at}{n}", text) for at, text in zip("ABCD", texts, strict=False) if text),
        )
        for n, texts in enumerate(told, start=1)
    ]
    (tmp_path / "c.xlsx").write_bytes(workbook(Cases=sheet(*rows)))
    export = first_export(draft(tmp_path / "c.xlsx", zone="UTC"))
    assert (export["header_line"], export["header_rows"]) == (2, 2)
    assert export["columns"] == {"case_id": "Fall / Nummer", "category": "Vorwurf 1 / Art"}
    assert export["events"] == {"received": "Fall / Eingang"}
    assert export["findings"][1] == {"category": "Vorwurf 2 / Art"}


@pytest.mark.parametrize("footer", ["Total cases: 20", "Total cases: 20,,"])
def test_a_footer_below_the_table_is_declared_by_its_first_words(tmp_path, footer):
    made = listing("Case no,Received,Closed", *CASES, footer, folder=tmp_path)
    assert first_export(made)["footer_starts_with"] == "Total cases"
    assert "20 rows" in made.toml


def test_a_last_case_of_which_little_is_known_is_no_footer(tmp_path):
    header = "Case no,Received,Closed,Unit,Category"
    rows = [f"{row},North,Theft" for row in CASES]
    made = listing(header, *rows, "A-77,2024-03-01,,,", folder=tmp_path)
    assert "footer_starts_with" not in first_export(made)


SAID = ['"say \\"no\\""', '"a \\"b\\", c"']


@pytest.mark.parametrize(
    ("values", "quotes"),
    [
        (SAID, "backslash"),
        (['5" pipe', '"so" she said'], "none"),
        (["plain", '"a ""b"", c"'], None),
        (['"a, b"', '"so" she said'], None),
    ],
)
def test_how_quotation_marks_are_written_is_declared_where_it_leaves_no_damage(
    tmp_path, values, quotes
):
    rows = [f"{case},{values[n % 2]}" for n, case in enumerate(CASES)]
    made = listing("Case no,Received,Closed,Notes", *rows, folder=tmp_path)
    assert first_export(made).get("quotes") == quotes


def test_it_is_declared_where_the_header_itself_cannot_be_read_without(tmp_path):
    rows = [f"{case},x" for case in CASES]
    header = 'Case no,Received,Closed,"Notes \\"free\\""'
    assert first_export(listing(header, *rows, folder=tmp_path))["quotes"] == "backslash"


def test_a_file_that_was_cut_off_inside_a_value_is_refused_and_not_read_without_quoting(
    tmp_path,
):
    with pytest.raises(ExportError, match="looks cut off"):
        listing("Case no,Received,Closed", *CASES, 'A-77,2024-01-02,"20', folder=tmp_path)


def test_numbers_below_a_header_are_a_row_and_no_second_line_of_it(tmp_path):
    path = tmp_path / "cases.csv"
    path.write_text("7,none,0,0\n8,0,0,none\n9,none,,\n10,none,0,none\n11,0,0,\n12,0,0,\n")
    export = first_export(draft(path))
    assert "header_rows" not in export


@pytest.mark.parametrize(
    "header", ["Case no, Received, Closed", '"Case no", "Received", "Closed"']
)
def test_blanks_before_quotation_marks_are_declared(tmp_path, header):
    rows = [f'"A-{n}", "2024-01-{n + 1:02}", ""' for n in range(20)]
    made = listing(header, *rows, folder=tmp_path)
    declared = first_export(made)
    assert declared["quotes"] == "after blanks"
    assert declared["events"] == {"received": "Received", "closed": "Closed"}


COMMENTED = ["# Cases of 2024", "#", "# by site, unit", ""]


@pytest.mark.parametrize("title", [COMMENTED, ["# by site, then day, then end"]])
def test_lines_of_comment_above_the_header_are_a_title(tmp_path, title):
    made = listing(*title, "Case no,Received,Closed", *CASES, folder=tmp_path)
    assert first_export(made)["header_line"] == len(title) + 1
    assert first_export(made)["events"] == {"received": "Received", "closed": "Closed"}


SURVEY = ["Case no,Received,Closed,Q1", "Its number,First seen,Last seen,Which site?"]
ANSWERS = [f"{line},{'North' if n % 2 else 'South'}" for n, line in enumerate(CASES)]


def test_further_lines_of_a_header_are_left_out(tmp_path):
    ids = "{'id':'t'},{'id':'a'},{'id':'z'},{'id':'q'}"
    made = listing(*SURVEY, ids, *ANSWERS, folder=tmp_path)
    assert first_export(made)["leave_out"] == {"Case no": ["Its number", "{'id':'t'}"]}
    assert "written otherwise" not in made.toml
    assert made.questions == ()


@pytest.mark.parametrize(
    "first", ["Open,2024-01-01,Not yet,A", "None,None,None,B", "X,None,-,B", "A,B,C,North"]
)
def test_a_first_row_that_may_be_a_case_is_no_line_of_the_header(tmp_path, first):
    made = listing(SURVEY[0], first, *ANSWERS, folder=tmp_path)
    assert "leave_out" not in first_export(made)


def test_where_a_form_was_handed_in_at_once_another_date_may_be_the_end(tmp_path):
    lines = [f"A-{n},2024-01-{n:02},2024-01-{n:02},2024-02-01" for n in range(1, 20)]
    header = "Case no,Start date,End date,Case closed on"
    made = listing(header, *lines, "A-20,2024-01-20,2024-01-20,", folder=tmp_path)
    assert first_export(made)["events"]["closed"] == "Case closed on"
    assert made.questions == ()


def test_an_empty_workbook_is_not_tried_in_every_way(tmp_path, monkeypatch):
    reads = []

    def counted(*told, **more):
        reads.append(told)
        return read_export(*told, **more)

    monkeypatch.setattr(parts, "read_export", counted)
    export = tmp_path / "export.xlsx"
    export.write_bytes(workbook(Cases=sheet()))
    with pytest.raises(ExportError, match="the sheet is empty"):
        draft(export, name="harbour")
    assert len(reads) <= 2
