"""Broken files of delimited text: what of each is read, rejected, set aside or refused."""

import io

import pytest

from etl.errors import ExportError
from etl.readers.delimited import read_delimited

TITLE, HEADER, BLANK, FOOTER = "title", "header", "blank", "footer"


def read(data: str | bytes, **told):
    raw = data.encode() if isinstance(data, str) else data
    return read_delimited(io.BytesIO(raw), file="export.csv", **told)


def refusal(data: str | bytes, **told) -> str:
    with pytest.raises(ExportError) as caught:
        read(data, **told)
    message = str(caught.value)
    assert message.startswith("export.csv")
    assert "; " in message, "a remedy follows the problem"
    return message


# What of it is read: (line, values...), ragged (line, fields), damaged (line, last line).
CONFINED = {
    "text after a closing quote": (
        'id,unit\nA,1\nB,"two"x\nC,3\n',
        [(2, "A", "1"), (4, "C", "3")], [], [(3, 3)],
    ),
    "quotes inside that are not doubled": (
        'id,unit\nA,"he said "hi" to me"\nB,2\n',
        [(3, "B", "2")], [], [(2, 2)],
    ),
    "the same over two lines": (
        'id,unit\nA,"he said "hi"\nand left"\nB,2\n',
        [(4, "B", "2")], [], [(2, 3)],
    ),
    "the same over three lines": (
        'id,unit\nA,"he said "hi"\nand then\nhe, left"\nB,2\nC,"3"\n',
        [(5, "B", "2"), (6, "C", "3")], [], [(2, 4)],
    ),
    "quotes inside on each of two lines": (
        'id,unit\nA,"he said "hi"\nand "bye" too"\nB,2\n',
        [(4, "B", "2")], [], [(2, 3)],
    ),
    "a closing quote that was lost": (
        'id,unit\nA,"one\nB,"two"\nC,"3"\nD,4\n',
        [(4, "C", "3"), (5, "D", "4")], [], [(2, 3)],
    ),
    "a closing quote that was lost where all is quoted": (
        '"id","unit"\n"A","1"\n"B","2\n"C","3"\n"D","4"\n',
        [(2, "A", "1"), (5, "D", "4")], [], [(3, 4)],
    ),
    "an opening quote that was lost": (
        'id,unit\nA,"1"\nB,two"\nC,3\n',
        [(2, "A", "1"), (4, "C", "3")], [], [(3, 3)],
    ),
    "an opening quote that was lost before a delimiter": (
        'id,unit\nA,"1"\nB,one, two"\nC,3\n',
        [(2, "A", "1"), (4, "C", "3")], [(3, 3)], [],
    ),
    "a quote that was put in front of a value": (
        'id,unit\nA,"1\nB,2\nC,"3"\nD,4\n',
        [(5, "D", "4")], [], [(2, 4)],
    ),
    "a quote that was put behind a value": (
        'id,unit\nA,1"\nB,"2"\n',
        [(3, "B", "2")], [], [(2, 2)],
    ),
    "a quote in the middle of a value": (
        'id,unit\nA,1"2\nB,"2"\n',
        [(3, "B", "2")], [], [(2, 2)],
    ),
    "a blank before an opening quote": (
        'id,unit\nA, "1"\nB,"2"\n',
        [(3, "B", "2")], [], [(2, 2)],
    ),
    "a blank behind a closing quote": (
        'id,unit\nA,"1" \nB,"2"\n',
        [(3, "B", "2")], [], [(2, 2)],
    ),
    "two damages with good rows between": (
        'id,unit\nA,"1"x\nB,2\nC,3\nD,"4"y\nE,5\n',
        [(3, "B", "2"), (4, "C", "3"), (6, "E", "5")], [], [(2, 2), (5, 5)],
    ),
    "two damages with text between that is no row": (
        'id,unit\nA,"1"x\nB\nC\nD,"4"y\nE,5\n',
        [(6, "E", "5")], [], [(2, 5)],
    ),
    "a value of two lines below the damage": (
        'id,unit\nA,"1"x\nB,"2\n2"\nC,3\n',
        [(3, "B", "2\n2"), (5, "C", "3")], [], [(2, 2)],
    ),
    "a doubled quote below the damage": (
        'id,unit\nA,"1"x\nB,"2 ""two"""\n',
        [(3, "B", '2 "two"')], [], [(2, 2)],
    ),
    "damage on the last line": ('id,unit\nA,1\nB,"2"x', [(2, "A", "1")], [], [(3, 3)]),
    "damage at an end of CRLF": (
        'id,unit\r\nA,"1"x\r\nB,2\r\n', [(3, "B", "2")], [], [(2, 2)],
    ),
    "damage at an end of CR": ('id,unit\rA,"1"x\rB,2\r', [(3, "B", "2")], [], [(2, 2)]),
    "too many fields": ("id,unit\nA,1,2\nB,2\n", [(3, "B", "2")], [(2, 3)], []),
    "too few fields": ("id,unit\nA\nB,2\n", [(3, "B", "2")], [(2, 1)], []),
    "a line end that was put in": ("id,unit,at\nA,1\n,2\nB,2,3\n", [(4, "B", "2", "3")],
                                   [(2, 2), (3, 2)], []),
    "a line end that was lost": ("id,unit\nA,1B,2\nC,3\n", [(3, "C", "3")], [(2, 3)], []),
    "a delimiter that was lost": ("id,unit\nA1\nB,2\n", [(3, "B", "2")], [(2, 1)], []),
    "a delimiter of another kind": ("id,unit\nA;1\nB,2\n", [(3, "B", "2")], [(2, 1)], []),
    "NUL in a value": ("id,unit\nA,\x001\nB,2\n", [(3, "B", "2")], [], [(2, 2)]),
    "NUL instead of a line": ("id,unit\n\x00\x00\nB,2\n", [(3, "B", "2")], [(2, 1)], []),
    "a control character": ("id,unit\nA,\x081\nB,2\n", [(3, "B", "2")], [], [(2, 2)]),
    "a control character in a value of two lines": (
        'id,unit\nA,"x\n\x1a"\nB,2\n', [(4, "B", "2")], [], [(2, 3)],
    ),
    "a second header in the middle": (
        "id,unit\nA,1\nid,unit\nB,2\n",
        [(2, "A", "1"), (3, "id", "unit"), (4, "B", "2")], [], [],
    ),
    "blank lines between": ("id,unit\n\nA,1\n \n\t\nB,2\n\n", [(3, "A", "1"), (6, "B", "2")],
                            [], []),
    "CR, LF and CRLF in one file": (
        'id,unit\rA,1\nB,"2\r\n2"\r\nC,3\n',
        [(2, "A", "1"), (3, "B", "2\r\n2"), (5, "C", "3")], [], [],
    ),
    "quotes where nothing is quoted": (
        'id,unit\nA,5" pipe\nB,2\n', [(2, "A", '5" pipe'), (3, "B", "2")], [], [],
    ),
    "formula text": ("id,unit\nA,=1+1\nB,@x\n", [(2, "A", "=1+1"), (3, "B", "@x")], [], []),
    "leading zeros and long ids": (
        "id,unit\n007,9007199254740993\n", [(2, "007", "9007199254740993")], [], [],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CONFINED)
def test_damage_that_can_be_confined_costs_its_lines_alone(name):
    data, rows, ragged, damaged = CONFINED[name]
    table = read(data, delimiter=",")
    assert table.rows.rows() == rows
    assert table.ragged.rows() == ragged
    assert table.damaged.select("line", "last_line").rows() == damaged
    assert table.records == len(rows) + len(ragged) + len(damaged)


REFUSED = {
    "cut inside a quote": ('id,unit\nA,1\nB,"half', "line 3: the record that begins"),
    "a quote that is never closed": ('id,unit\nA,"1\nB,2\nC,3\n', "line 2: the record that"),
    "never closed behind other damage": ('id,unit\nA,"1"x\nB,"2\nC,3\n', "line 3: the record"),
    "cut inside a record": ("id,unit\nA,1\nB", "the last record has 1 of 2 fields"),
    "the end-of-file sign of old systems": ("id,unit\nA,1\n\x1a", "last record has 1 of 2"),
    "cut inside a header": ('id,"unit', "line 1: the record that begins here has a quoted"),
    "text after a quote in the header": ('id,"unit"x\nA,1\n', "line 1: text follows a closing"),
    "NUL in the header": ("id,\x00unit\nA,1\n", "line 1: this is not a text file"),
    "UTF-16 without its mark": ("id,unit\nA,1\n".encode("utf-16-le"), '"utf-16-le"'),
    "UTF-16 cut in half": ("id,unit\nA,1\n".encode("utf-16")[:-1], "middle of a character"),
    "UTF-8 cut in half": ("id,unit\né,é".encode()[:-1], "middle of a character"),
    "some lines of cp1252": (
        "id,unit\nA,é\n".encode() + "B,é\n".encode("cp1252"),
        "line 3: byte 0xE9 is not UTF-8",
    ),
    "neither UTF-8 nor cp1252": (b"id,unit\nA,\x81\n", "line 2: byte 0x81 is neither"),
    "empty": ("", "the file is empty"),
    "blank lines alone": ("\n \n", "blank lines only"),
    "a name twice": ("id,id\nA,1\n", 'the header has "id" twice'),
    "no name": ("id,\nA,1\n", "column 2 of 2 has no name"),
    "a web page": ("<html><body>", "a web page"),
    "a value too long": ('id,unit\nA,"' + "x" * 5_000_001 + '"\n', "more than 5,000,000"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_damage_that_cannot_be_confined_refuses_the_file(name):
    data, words = REFUSED[name]
    assert words in refusal(data)


def laid_out(data: str | bytes, **told):
    """Rows, and what each line is that is none."""
    table = read(data, **told)
    aside = [(kind, first, last) for kind, first, last in table.aside.rows() if kind != HEADER]
    return table.header, table.rows.rows(), aside


def test_a_title_of_single_cells_is_found_where_all_below_agrees():
    znuny = '"Tickets of May"\n"Ticket#";"State"\n"2023";"open"\n"2024";"closed"\n'
    assert laid_out(znuny) == (
        ("Ticket#", "State"),
        [(3, "2023", "open"), (4, "2024", "closed")],
        [(TITLE, 1, 1)],
    )


def test_a_title_with_another_delimiter_in_it_does_not_hide_the_header():
    data = "Cases, by unit\nid;unit;at\nA;1;2\nB;2;3\n"
    assert laid_out(data)[0] == ("id", "unit", "at")


def test_a_title_may_be_padded_with_delimiters_and_followed_by_blank_lines():
    data = "Report,,\nRun date: May,,\n\nid,unit,at\nA,1,2\n"
    assert laid_out(data) == (
        ("id", "unit", "at"),
        [(5, "A", "1", "2")],
        [(TITLE, 1, 1), (TITLE, 2, 2), (BLANK, 3, 3)],
    )


@pytest.mark.parametrize(
    "data",
    [
        "id\nA,1\nB\nC\n",
        "id\nA,1\n",
        "id\nA,1\nB,2\n",
        "id\nA\nB\n",
    ],
)
def test_a_header_of_one_column_is_not_taken_for_a_title(data):
    assert read(data, delimiter=",").header == ("id",)


@pytest.mark.parametrize("told", [{"header_line": 3}, {"header_starts_with": "Case"}])
def test_a_declared_header_is_taken_and_what_is_above_is_a_title(told):
    data = "Report, all cases\n\nCase no,unit\nA,1\n"
    assert laid_out(data, **told) == (
        ("Case no", "unit"),
        [(4, "A", "1")],
        [(TITLE, 1, 1), (BLANK, 2, 2)],
    )


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"header_line": 2}, "header_line = 2, where no record begins"),
        ({"header_line": 99}, "header_line = 99, where no record begins"),
        ({"header_starts_with": "Nr"}, 'no header starts with "Nr"'),
    ],
)
def test_a_declared_header_that_is_not_there_is_refused(told, words):
    assert words in refusal("title\n\nid,unit\nA,1\n", **told)


def test_a_header_that_no_row_fits_is_refused_with_the_declaration_that_helps():
    message = refusal("Cases of May\n2023,x,y\n2024,x,y\n2025,x,y\n", delimiter=",")
    assert "the header has 1 field here, and every record below it has 3" in message
    assert "declare header_line = 2" in message


def test_the_separator_line_of_excel_is_followed_and_set_aside():
    assert laid_out("sep=|\nid|unit,a;b\nA|1\n") == (
        ("id", "unit,a;b"),
        [(3, "A", "1")],
        [(TITLE, 1, 1)],
    )


def test_a_declared_footer_is_set_aside_to_the_end():
    data = 'id,unit\nA,1\n\nTotal,1\n"x"y\n\nRun by me\n'
    assert laid_out(data, footer_starts_with="Total") == (
        ("id", "unit"),
        [(2, "A", "1")],
        [(BLANK, 3, 3), (FOOTER, 4, 7)],
    )
    assert read(data, footer_starts_with="Total").damaged.is_empty()


def test_a_file_without_its_declared_footer_looks_cut_off():
    assert "looks cut off" in refusal("id,unit\nA,1\n", footer_starts_with="Total")


def test_a_row_below_the_footer_is_not_lost():
    data = "id,unit\nA,1\nTotal,1\nB,2\n"
    assert "line 4: a row stands below the footer" in refusal(data, footer_starts_with="Total")


def test_repeated_names_are_numbered_where_that_is_declared():
    data = "id,Comment,Comment,x,Comment\n1,2,3,4,5\n"
    assert read(data, repeats="number").header == (
        "id", "Comment", "Comment [2]", "x", "Comment [3]",
    )  # fmt: skip
    clash = "Comment,Comment,Comment [2]\n1,2,3\n"
    assert 'has "Comment [2]" twice' in refusal(clash, repeats="number")


def test_names_that_are_missing_are_told_by_their_place_where_that_is_declared():
    assert read("id,,unit,\n1,2,3,4\n", unnamed="number").header == (
        "id", "Column 2", "unit", "Column 4",
    )  # fmt: skip


def test_backslashes_before_quotes_are_read_where_that_is_declared():
    data = 'id,unit\nA,"he said \\"hi\\", and \\\\ "\nB,"2"x\nC,3\n'
    table = read(data, quotes="backslash")
    assert table.rows.rows() == [(2, "A", 'he said "hi", and \\ '), (4, "C", "3")]
    assert table.damaged.select("line", "last_line").rows() == [(3, 3)]


def test_backslashes_before_quotes_are_damage_where_that_is_not_declared():
    data = 'id,unit\nA,"he said \\"hi\\" to me"\nB,2\n'
    table = read(data)
    assert table.rows.rows() == [(3, "B", "2")]
    assert table.damaged.select("line", "last_line").rows() == [(2, 2)]
    assert 'quotes = "backslash"' in table.damaged.item(0, "remedy")


SPACED = 'id, unit\nA,  "north, ""old"""\n "B", \nC, "2"x\nD, "a\nb"\n'


def test_blanks_before_quotes_are_none_of_the_value_where_that_is_declared():
    table = read(SPACED, quotes="after blanks")
    assert table.header == ("id", "unit")
    assert table.rows.rows() == [(2, "A", 'north, "old"'), (3, "B", ""), (5, "D", "a\nb")]
    assert table.damaged.select("line", "last_line").rows() == [(4, 4)]


def test_blanks_before_quotes_are_damage_where_that_is_not_declared():
    table = read('id, unit\n"A", "1"\n"B", "2"\nC,3\n')
    assert table.rows.rows() == [(4, "C", "3")]
    assert '"after blanks" if blanks stand before' in table.damaged.item(0, "remedy")


def test_where_nothing_is_ever_quoted_a_quotation_mark_is_text():
    data = 'id\tSubject\n1\t"urgent" call\n2\t"\n'
    assert read(data, quotes="none").rows.rows() == [
        (2, "1", '"urgent" call'),
        (3, "2", '"'),
    ]


def test_lines_of_two_encodings_are_read_where_that_is_declared():
    data = "id,unit\nA,Zürich €\n".encode() + "B,Zürich €\n".encode("cp1252")
    table = read(data, encoding="utf-8 or cp1252")
    assert table.rows.get_column("c1").to_list() == ["Zürich €", "Zürich €"]
    assert table.encoding == "utf-8 or cp1252"
    message = refusal(data + b"C,\x81\n", encoding="utf-8 or cp1252")
    assert "line 4: byte 0x81 is not utf-8 or cp1252" in message


def test_ten_thousand_damages_take_no_more_than_their_lines():
    data = "id,unit\n" + 'A,"1"x\nB,2\n' * 10_000
    table = read(data)
    assert table.rows.height == table.damaged.height == 10_000
