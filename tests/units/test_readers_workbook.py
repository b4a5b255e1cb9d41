import io
import zipfile

import pytest

from etl.errors import ExportError
from etl.readers.rows import DIGITS_LOST
from etl.readers.workbook import read_workbook
from tests.workbooks import DAY, INSTANT, cell, row, sheet, workbook


def read(data: bytes, **options):
    return read_workbook(io.BytesIO(data), file="export.xlsx", **options)


def column(*values: str) -> list[str]:
    """What a column of the given cells, each made by `cell("A?", ...)`, reads as."""
    rows = (row(n, text.replace("A?", f"A{n}")) for n, text in enumerate(values, start=2))
    table = read(workbook(Cases=sheet(row(1, cell("A1", "h"), cell("B1", "i")), *rows)))
    return table.rows.get_column("c0").to_list()


def refusal(data: bytes, **options) -> str:
    with pytest.raises(ExportError) as caught:
        read(data, **options)
    return str(caught.value)


def test_cells_are_text_with_their_row_of_the_sheet():
    table = read(
        workbook(
            Cases=sheet(
                row(1, cell("A1", " id "), cell("B1", "unit")),
                row(2, cell("A2", "007"), cell("B2", 1.5)),
                row(4, cell("B4", "x")),
            )
        )
    )
    assert table.header == ("id", "unit")
    assert table.rows.rows() == [(2, "007", "1.5"), (4, "", "x")]
    assert table.ragged.is_empty()
    assert (table.encoding, table.delimiter) == ("", "")
    assert len(table.sha256) == 64


def test_a_table_that_starts_below_and_right_of_the_first_cell_keeps_its_rows():
    data = workbook(Cases=sheet(row(3, cell("C3", "id")), row(5, cell("C5", "A"))))
    assert read(data).rows.rows() == [(5, "A")]


def test_a_whole_number_has_no_fraction():
    assert column(cell("A?", 1042469), cell("A?", 1042469.0)) == ["1042469", "1042469"]


def test_a_text_that_looks_like_a_number_stays_as_it_is():
    assert column(cell("A?", "09"), cell("A?", "2.0")) == ["09", "2.0"]


def test_a_column_of_days_reads_as_days():
    assert column(cell("A?", 45000, DAY), cell("A?", 45001, INSTANT)) == [
        "2023-03-15",
        "2023-03-16",
    ]


def test_a_column_with_times_keeps_its_midnights():
    assert column(cell("A?", 45000, INSTANT), cell("A?", 45000.25, INSTANT)) == [
        "2023-03-15 00:00:00",
        "2023-03-15 06:00:00",
    ]


def test_an_instant_is_read_to_the_nearest_second():
    assert column(cell("A?", 45000.123456789, INSTANT)) == ["2023-03-15 02:57:47"]


def test_a_date_before_excel_began_does_not_break_the_reader():
    assert column(cell("A?", -5, DAY), cell("A?", 0, DAY)) == ["1899-12-26", "1899-12-31"]


def test_a_text_that_is_almost_an_instant_stays_as_it_is():
    impossible = "2023-02-30 10:00:00"
    assert column(cell("A?", impossible), cell("A?", 45000.5, INSTANT)) == [
        impossible,
        "2023-03-15 12:00:00",
    ]


def test_a_blank_between_dates_stays_blank():
    assert column(cell("A?", 45000, DAY), cell("B3", "x"), cell("A?", 45001, DAY)) == [
        "2023-03-15",
        "",
        "2023-03-16",
    ]


def test_an_error_cell_is_shown_and_never_taken_for_a_blank():
    error = '<c r="A?" t="e"><v>#VALUE!</v></c>'
    missing = '<c r="A?" t="e"><v>#N/A</v></c>'
    assert column(error, cell("A?", "x"), missing) == ["#VALUE!", "x", "#N/A"]


def test_the_result_of_a_formula_is_read():
    assert column('<c r="A?"><f>1+1</f><v>2</v></c>') == ["2"]


def test_the_dates_of_the_macintosh_are_four_years_later():
    data = workbook(Cases=sheet(row(1, cell("A1", "h")), row(2, cell("A2", 43538, DAY))))
    later = replaced(data, "xl/workbook.xml", "<sheets>", '<workbookPr date1904="1"/><sheets>')
    assert read(data).rows.item(0, "c0") == "2019-03-14"
    assert read(later).rows.item(0, "c0") == "2023-03-15"


def test_a_serial_number_that_is_not_marked_as_a_date_stays_a_number():
    assert column(cell("A?", 43285.46875), cell("A?", 43285)) == ["43285.46875", "43285"]


def test_truth_is_read_as_a_word():
    assert column('<c r="A?" t="b"><v>1</v></c>', '<c r="A?" t="b"><v>0</v></c>') == [
        "true",
        "false",
    ]


def test_long_ids_and_leading_zeros_stay_if_they_are_text():
    ids = ["0012", "9007199254740993", "12345678901234567890"]
    assert column(*(cell("A?", told) for told in ids)) == ids


@pytest.mark.parametrize("number", ["9007199254740993", "1.2345678901234567E+19", "-1E+20"])
def test_a_number_that_excel_has_cut_short_is_never_loaded_as_it_is(number):
    long = f'<c r="B3"><v>{number}</v></c>'
    table = read(
        workbook(
            Cases=sheet(
                row(1, cell("A1", "id"), cell("B1", "n")),
                row(2, cell("A2", "A"), cell("B2", 999999999999999)),
                row(3, cell("A3", "B"), long),
                row(4, cell("A4", "C"), cell("B4", "9007199254740993")),
            )
        )
    )
    assert table.rows.rows() == [
        (2, "A", "999999999999999"),
        (3, "B", DIGITS_LOST),
        (4, "C", "9007199254740993"),
    ]


REPORT = workbook(
    Cases=sheet(
        row(1, cell("B1", "Cases of the year")),
        row(3, cell("A3", "id"), cell("B3", "unit"), cell("C3", "on")),
        row(4, cell("A4", "A"), cell("B4", "x"), cell("C4", 45000, DAY)),
        row(5, cell("A5", "B"), cell("B5", "y")),
        row(7, cell("A7", "Total"), cell("B7", 2)),
        row(8, cell("A8", "Run by me")),
    )
)


def test_a_title_above_the_table_is_found_where_all_below_agrees():
    table = read(REPORT, footer_starts_with="Total")
    assert table.header == ("id", "unit", "on")
    assert table.rows.rows() == [(4, "A", "x", "2023-03-15"), (5, "B", "y", "")]
    assert table.aside.rows() == [
        ("title", 1, 1),
        ("blank", 2, 2),
        ("header", 3, 3),
        ("blank", 6, 6),
        ("footer", 7, 7),
        ("footer", 8, 8),
    ]


@pytest.mark.parametrize("told", [{"header_line": 3}, {"header_starts_with": "id"}])
def test_a_declared_header_is_taken(told):
    assert read(REPORT, **told).header == ("id", "unit", "on")
    assert read(REPORT, **told).rows.height == 4


def test_a_sheet_without_its_declared_footer_looks_cut_off():
    assert "looks cut off" in refusal(REPORT, footer_starts_with="Sum")


def test_a_row_below_the_footer_is_not_lost():
    assert "line 7: a row stands below" in refusal(REPORT, footer_starts_with="B")


def test_repeated_and_missing_names_are_numbered_where_that_is_declared():
    header = row(1, cell("A1", "id"), cell("B1", "id"), cell("D1", "unit"))
    data = workbook(Cases=sheet(header, row(2, cell("A2", "A"))))
    assert read(data, repeats="number", unnamed="number").header == (
        "id", "id [2]", "Column 3", "unit",
    )  # fmt: skip


def test_a_cell_right_of_the_named_columns_makes_its_row_ragged():
    table = read(
        workbook(
            Cases=sheet(
                row(1, cell("A1", "id")),
                row(2, cell("A2", "A"), cell("C2", "see there")),
                row(3, cell("A3", "B")),
            )
        )
    )
    assert table.rows.rows() == [(3, "B")]
    assert table.ragged.rows() == [(2, 3)]


def test_a_blank_header_name_is_refused():
    data = workbook(Cases=sheet(row(1, cell("A1", "id"), cell("C1", "unit"))))
    assert refusal(data).startswith("export.xlsx line 1: column 2 of 3 has no name")


def test_a_repeated_header_name_is_refused_with_both_positions():
    data = workbook(Cases=sheet(row(2, cell("A2", "id"), cell("B2", "id"))))
    assert 'line 2: the header has "id" twice, as columns 1 and 2' in refusal(data)


def replaced(data: bytes, part: str, old: str, new: str) -> bytes:
    """The workbook with a text of one of its parts changed."""
    archive = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(archive, "w") as after:
        for name in before.namelist():
            text = before.read(name).decode()
            after.writestr(name, text.replace(old, new) if name == part else text)
    return archive.getvalue()


TWO_ROWS = sheet(row(1, cell("A1", "one")), row(2, cell("A2", "x")))
TWO = workbook(First=sheet(row(1, cell("A1", "one"))), Second=sheet(row(1, cell("A1", "two"))))


@pytest.mark.parametrize(("wanted", "found"), [("Second", "two"), (1, "one"), (2, "two")])
def test_a_sheet_is_taken_by_name_or_position(wanted, found):
    assert read(TWO, sheet=wanted).header == (found,)


def test_between_several_sheets_none_is_chosen():
    message = refusal(TWO)
    assert 'several sheets, "First", "Second"; say which with sheet = "..."' in message


def test_the_one_visible_sheet_that_holds_anything_is_taken():
    data = workbook(Notes=sheet(), Cases=sheet(row(1, cell("A1", "id"))), Lists=TWO_ROWS)
    hidden = replaced(data, "xl/workbook.xml", 'name="Lists"', 'name="Lists" state="hidden"')
    assert read(hidden).header == ("id",)
    assert read(hidden, sheet="Lists").header == ("one",)


@pytest.mark.parametrize("wanted", ["Third", 0, 3])
def test_a_sheet_that_is_not_there_is_refused_with_those_that_are(wanted):
    assert 'its sheets are "First", "Second"' in refusal(TWO, sheet=wanted)


def test_a_header_alone_has_no_rows():
    table = read(workbook(Cases=sheet(row(1, cell("A1", "id")))))
    assert table.rows.shape == (0, 2)


@pytest.mark.parametrize("rows", [(), (row(1, cell("A1", " ")),)])
def test_an_empty_sheet_is_refused(rows):
    assert "the sheet is empty" in refusal(workbook(Cases=sheet(*rows)))


def test_an_empty_file_is_refused():
    assert refusal(b"") == "export.xlsx: the file is empty; export it again"


@pytest.mark.parametrize("kept", [30, 500, -30])
def test_a_truncated_workbook_is_damaged(kept):
    data = workbook(Cases=sheet(row(1, cell("A1", "id"))))
    assert "damaged or cut off" in refusal(data[:kept])


def test_a_workbook_whose_sheet_is_not_xml_is_damaged():
    assert "damaged" in refusal(workbook(Cases="<worksheet><sheetData><row"))


def test_a_workbook_without_a_sheet_is_damaged():
    assert "damaged" in refusal(workbook())


def test_a_workbook_locked_with_a_password_is_named_as_such():
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")
    assert "locked with a password" in refusal(locked)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "an old Excel or Office file"),
        (b"<html><table><tr><td>id", "a web page"),
        (b"id,unit\nA,1\n", "not an Excel workbook"),
    ],
)
def test_another_kind_of_file_called_xlsx_is_named_as_what_it_is(data, kind):
    assert refusal(data).startswith(f"export.xlsx: this is {kind}")


def test_an_archive_of_something_else_is_refused():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("word/document.xml", "<document/>")
    assert "not an .xlsx workbook" in refusal(archive.getvalue())


@pytest.mark.parametrize(
    "extra",
    [
        {"xl/media/zeros": bytes(10_000_000)},
        {f"xl/media/{n}": b"" for n in range(1_001)},
        {"../../outside": b""},
        {"/etc/outside": b""},
        {"..\\outside": b""},
    ],
    ids=["unpacks to a thousandfold", "too many parts", "upwards", "absolute", "backslash"],
)
def test_an_archive_that_is_not_safe_to_open_is_never_opened(extra):
    data = workbook(extra, Cases=sheet(row(1, cell("A1", "id"))))
    assert "not safe to open" in refusal(data)
