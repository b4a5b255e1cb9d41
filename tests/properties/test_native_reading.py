"""The native reader gives what the strict one gives, or says that it is in doubt."""

import io
import time

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.errors import ExportError
from etl.readers import native
from etl.readers.delimited import read_delimited
from etl.readers.native import read_native

# Few signs, and those that matter: so that every ambiguity comes up.
signs = st.sampled_from(["a", "é", ",", ";", '"', '""', "\n", "\r\n", "\r", " ", "\t", "\0"])
bodies = st.lists(signs, max_size=40).map("".join)
values = st.text(st.sampled_from('aé,"\n \r\t;'), max_size=4)
tables = st.lists(st.lists(values, min_size=3, max_size=3), min_size=1, max_size=12)
HEADER = "x,y,z\n1,2,3\n"


@pytest.fixture(autouse=True)
def _small_first_blocks(monkeypatch):
    # The first block must show some rows: in the product those of 64 KB, here of 20 bytes.
    monkeypatch.setattr(native, "_SAMPLE", 20)


def natively(data: bytes, block: int = 1 << 20, **asked: str):
    """Header, rows and ragged records of the native reader; None where it is in doubt."""
    tables = []
    try:
        told = read_native(
            io.BytesIO(data), file="a.csv", sink=lambda _: tables.append, block=block, **asked
        )
    except ExportError:
        return None
    if told is None:
        return None
    rows = pl.concat([pl.from_arrow(table) for table in tables])
    return told.header, rows.rows(), list(told.ragged)


def strictly(data: bytes, **asked: str):
    """The same of the strict reader; None where it refuses the file."""
    try:
        table = read_delimited(io.BytesIO(data), file="a.csv", **asked)
    except ExportError:
        return None
    return table.header, table.rows.rows(), table.ragged.rows()


def quoted(row: list[str], style: str) -> str:
    marked = [
        '"' + value.replace('"', '""') + '"'
        if style == "all" or any(sign in value for sign in '",\n\r')
        else value
        for value in row
    ]
    return ",".join(marked)


@settings(max_examples=300, deadline=None)
@given(bodies, st.integers(1, 30))
def test_any_text_is_read_as_the_strict_reader_reads_it_or_left_to_it(body, block):
    data = (HEADER + body).encode()
    found = natively(data, block)
    assert found is None or found == strictly(data)


def test_a_rule_that_is_drawn_is_left_to_the_strict_reader():
    assert natively(b"x,y\n1,2\n-----\n3,4\n") is None


@settings(max_examples=100, deadline=None)
@given(tables, st.sampled_from(["all", "needed"]), st.sampled_from(["\n", "\r\n"]))
def test_what_is_quoted_well_is_read_as_it_was_written(rows, style, end):
    text = HEADER + end.join(quoted(row, style) for row in rows) + end
    data = text.encode()
    found = natively(data)
    assert found is None or found == strictly(data)
    if "\r" not in text.replace("\r\n", ""):
        assert found is not None


@pytest.mark.parametrize("block", [1, 7, 64, 1 << 20])
def test_lines_are_counted_through_quoted_line_ends_and_over_blocks(block):
    data = b'x,y\n1,2\n"a\nb\n",3\n"c ""d"", e",4\n5,6'
    assert natively(data, block) == (
        ("x", "y"),
        [(2, "1", "2"), (3, "a\nb\n", "3"), (6, 'c "d", e', "4"), (7, "5", "6")],
        [],
    )


def test_ragged_records_are_named_with_their_line_and_left_out():
    data = b"x,y\n" + b"1,2\n" * 8 + b"3,4,5\n6,7\n8,9\n"
    header, rows, ragged = natively(data, 44)
    assert header == ("x", "y")
    assert rows[-2:] == [(11, "6", "7"), (12, "8", "9")]
    assert ragged == [(10, 3)]
    assert natively(data) is None, "a record at the end may be a footer"


@pytest.mark.parametrize(
    "data",
    [
        b"x,y\n1,2\n\n3,4\n",
        b"x,y\n1,2\n3\n",
        b'x,y\n1,2\na"b,3\n',
        b'x,y\n1,2\n"a" ,3\n',
        b'x,y\n1,2\n"a,3\n',
        b"x,y\r1,2\r",
        b"title\nx,y\n1,2\n",
        b"x\n1\n2\n",
    ],
)
def test_what_is_not_proved_is_left_to_the_strict_reader(data):
    assert natively(data) is None


def test_other_encodings_are_read_too():
    for encoding in ("cp1252", "utf-16", "utf-8-sig"):
        text = "x;y\nä;1\né;2\n"
        found = natively(text.encode(encoding), 5)
        assert found == strictly(text.encode(encoding))
        assert found[1][1] == (3, "é", "2")


@given(st.text(st.sampled_from('a"\n'), max_size=30))
def test_the_last_record_ends_where_the_last_line_ends_after_whole_quotes(text):
    ends = [place + 1 for place, sign in enumerate(text) if sign == "\n"]
    whole = [end for end in ends if text.count('"', 0, end) % 2 == 0]
    assert native._last_record_end(text.encode()) == max(whole, default=0)


def test_a_lone_mark_does_not_cost_a_look_at_the_whole_for_every_line():
    begun = time.process_time()
    assert natively((HEADER + 'a"b,3,4\n' + "1,2,3\n" * 500_000).encode()) is None
    assert time.process_time() - begun < 10
