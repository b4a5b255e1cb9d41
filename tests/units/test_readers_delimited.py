import io

import pytest

from etl.errors import ExportError
from etl.readers.delimited import read_delimited
from etl.readers.records import LONGEST


def read(data: bytes, **options):
    return read_delimited(io.BytesIO(data), file="export.csv", **options)


def rows_of(data: bytes, **options):
    return read(data, **options).rows.rows()


def refusal(data: bytes, **options) -> str:
    with pytest.raises(ExportError) as caught:
        read(data, **options)
    message = str(caught.value)
    assert message.startswith("export.csv")
    assert "; " in message, "a remedy follows the problem"
    return message


def test_each_record_is_a_row_of_text_with_its_line():
    table = read(b"id,unit\n007,1.50\nB,\n")
    assert table.header == ("id", "unit")
    assert table.rows.columns == ["line", "c0", "c1"]
    assert table.rows.rows() == [(2, "007", "1.50"), (3, "B", "")]
    assert table.ragged.is_empty()


def test_size_and_sha256_are_of_the_bytes():
    table = read(b"a\n")
    assert table.size == 2
    assert table.sha256 == "87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7"


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_lines_may_end_at_lf_cr_or_crlf(end):
    data = end.join(["id,unit", "A,1", f'B,"two{end}lines"', "C,3", ""]).encode()
    assert rows_of(data) == [(2, "A", "1"), (3, "B", f"two{end}lines"), (5, "C", "3")]


@pytest.mark.parametrize("character", ["\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_no_other_character_ends_a_line(character):
    assert rows_of(f"id,unit\nA,x{character}y\n".encode()) == [(2, "A", f"x{character}y")]


def test_a_last_record_without_line_end_is_a_record():
    assert rows_of(b"id,unit\nA,1") == [(2, "A", "1")]


@pytest.mark.parametrize("rule", ["-----", "+=====+", "  _______  "])
def test_a_rule_that_is_drawn_is_not_a_record_but_counts_as_a_line(rule):
    table = read(f"{rule}\nid,unit\n{rule}\nA,1\n{rule}\n".encode())
    assert table.header == ("id", "unit")
    assert table.rows.rows() == [(4, "A", "1")]
    assert table.ragged.is_empty()
    assert table.aside.rows() == [
        ("blank", 1, 1), ("header", 2, 2), ("blank", 3, 3), ("blank", 5, 5),
    ]  # fmt: skip


def test_strokes_are_a_value_like_any_other_beside_others_or_in_a_table_of_one_column():
    assert rows_of(b"id,unit\nA,-----\n") == [(2, "A", "-----")]
    assert rows_of(b"id\n-----\nA\n") == [(2, "-----"), (3, "A")]


def test_a_line_of_blanks_is_not_a_record_but_counts_as_a_line():
    table = read(b"\n  \nid,unit\n\nA,1\n \t \n\r\nB,2\n")
    assert table.rows.rows() == [(5, "A", "1"), (8, "B", "2")]
    assert table.ragged.is_empty()


def test_a_record_of_blank_fields_is_a_record():
    assert rows_of(b"id,unit\n,\n") == [(2, "", "")]


def test_in_a_single_column_a_quoted_blank_is_a_record_and_an_empty_line_is_not():
    assert rows_of(b'id\n""\n\nA\n') == [(2, ""), (4, "A")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_splits_the_header_most(delimiter):
    table = read(f"id{delimiter}unit{delimiter}at\nA{delimiter}1{delimiter}2\n".encode())
    assert table.delimiter == delimiter
    assert table.rows.rows() == [(2, "A", "1", "2")]


def test_a_delimiter_inside_quotes_does_not_count():
    table = read(b'id;"a,b,c,d";"say ""x"""\nA;1;2\n')
    assert table.header == ("id", "a,b,c,d", 'say "x"')


def test_a_header_that_two_delimiters_split_alike_is_refused():
    assert "declare the delimiter" in refusal(b"a,b;c\n")


def test_a_declared_delimiter_is_used_without_looking():
    assert read(b"a,b;c\n1;2\n", delimiter=";").header == ("a,b", "c")


def test_header_names_lose_the_blanks_around_them():
    assert read("  id ,\u00a0unit\n".encode()).header == ("id", "unit")


def test_a_repeated_header_name_is_refused_with_both_positions():
    message = refusal(b"id,Status,unit, Status \nA,1,2,3\n")
    assert 'export.csv line 1: the header has "Status" twice, as columns 2 and 4' in message


def test_a_blank_header_name_is_refused():
    assert "line 1: column 2 of 3 has no name" in refusal(b"id, ,unit\n")


def test_a_header_wider_than_a_table_is_refused():
    assert "20000 columns" in refusal(b",".join(b"c%d" % n for n in range(20_000)) + b"\n")


def test_records_with_too_many_or_too_few_fields_are_kept_apart_and_not_dropped():
    table = read(b"id,unit\nA\nB,2\nC,3,4\nD,5\n")
    assert table.rows.get_column("c0").to_list() == ["B", "D"]
    assert table.ragged.rows() == [(2, 1), (4, 3)]


def test_an_extra_delimiter_never_shifts_the_values_of_a_row():
    table = read(b"a,b,c\n1,,2,\n")
    assert table.rows.is_empty()
    assert table.ragged.rows() == [(2, 4)]


def test_a_header_alone_has_no_rows():
    table = read(b"id,unit\n")
    assert table.header == ("id", "unit")
    assert table.rows.shape == (0, 3)


def test_an_empty_file_is_refused():
    assert refusal(b"") == "export.csv: the file is empty; export it again"


@pytest.mark.parametrize("data", [b"\n\n", b"\xef\xbb\xbf", b"  \r\n"])
def test_a_file_of_blank_lines_is_refused(data):
    assert "blank lines only" in refusal(data)


def test_a_file_that_ends_inside_a_quoted_value_looks_cut_off():
    message = refusal(b'id,text\nA,one\nB,"half of\na')
    assert message.startswith("export.csv line 3: ")
    assert "line 4" in message
    assert "cut off" in message


@pytest.mark.parametrize("ending", [b"B", b"B,", b"\nB,  "])
def test_a_short_last_record_without_line_end_looks_cut_off(ending):
    message = refusal(b"id,unit,at\nA,1,2\n" + ending)
    assert "fields and no line end; the file looks cut off" in message


def test_a_short_last_record_with_a_line_end_is_only_ragged():
    assert read(b"id,unit\nA,1\nB\n").ragged.rows() == [(3, 1)]


def test_a_long_last_record_without_line_end_is_only_ragged():
    assert read(b"id,unit\nA,1\nB,2,3").ragged.rows() == [(3, 3)]


def test_a_short_record_before_the_last_one_is_only_ragged():
    assert read(b"id,unit\nA\nB,2").ragged.rows() == [(2, 1)]


def test_blanks_after_the_last_line_end_do_not_make_the_file_look_cut_off():
    assert read(b"id,unit\nA\n  ").ragged.rows() == [(2, 1)]


def test_a_value_longer_than_the_bound_is_refused_with_its_line():
    message = refusal(b"id,unit\nA,1\nB," + b"x" * (LONGEST + 1) + b"\n")
    assert message.startswith("export.csv line 3: ")
    assert "more than 5,000,000 characters" in message


def test_a_value_of_a_million_characters_is_read():
    assert len(read(b"a,b\n1," + b"x" * 1_000_000 + b"\n").rows.item(0, "c1")) == 1_000_000


def test_more_rows_than_one_chunk_keep_their_order():
    table = read(b"id\n" + b"".join(b"%d\n" % n for n in range(120_001)))
    assert table.rows.height == 120_001
    assert table.rows.row(-1) == (120_002, "120000")
    assert table.rows.get_column("line").is_sorted()
