"""Whatever happens to a file of text on its way: the truth, or a finding, and every line."""

import csv
import gzip
import io
import json
import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl.errors import ExportError
from etl.readers.delimited import read_delimited
from etl.readers.exports import read
from etl.readers.layout import Layout

LINE_END = re.compile("\r\n|\r|\n")
# Few signs, and those that matter.
SIGNS = st.text(st.sampled_from('ab "\n,;é'), max_size=6)
SOUP = st.lists(
    st.sampled_from(["a", "b", ",", ";", '"', '""', "\n", "\r\n", "\r", " ", "\\", "\0", "é"]),
    max_size=40,
).map("".join)


def physical_lines(text: str) -> int:
    ends = LINE_END.findall(text)
    return len(ends) + (LINE_END.split(text)[-1] != "")


def accounted(table, quotes: str = "doubled") -> int:
    """The last line, once every line from the first is found in exactly one block."""
    exact = [(line, last) for _, line, last in table.aside.rows()]
    exact += table.damaged.select("line", "last_line").rows()
    # A row has the line ends of its values and its own; where a ragged record ends is unknown.
    # A backslash before a line end is in the value one end, and in the file another.
    exact += [
        (line, line + sum(len(LINE_END.findall(value)) for value in values))
        if quotes != "backslash"
        else (line, None)
        for line, *values in table.rows.rows()
    ]
    inexact = [(line, None) for line, _ in table.ragged.rows()]
    blocks = sorted([*exact, *inexact], key=lambda block: block[0])
    expected = 1
    for (line, last), following in zip(blocks, [*blocks[1:], (None, None)], strict=True):
        assert line == expected, "no line is left out, and none is in two blocks"
        end = last or (following[0] or line + 1) - 1
        assert end >= line
        expected = end + 1
    return expected - 1


@settings(max_examples=150, deadline=None)
@given(SOUP, st.sampled_from(["doubled", "backslash", "after blanks", "none"]))
@example('"a"b\n1,"2"\n', "doubled")
@example('x,"\n\n"y,"\n"\n', "doubled")
def test_every_line_is_of_the_header_a_row_a_rejected_block_or_set_aside(body, quotes):
    text = "x,y\n1,2\n" + body
    try:
        table = read_delimited(
            io.BytesIO(text.encode()), file="a.csv", delimiter=",", quotes=quotes
        )
    except ExportError:
        return
    last = accounted(table, quotes)
    total = physical_lines(text)
    # Of the last block the first line alone may be known.
    assert last == total or (last < total and (table.ragged.height or quotes == "backslash"))


@st.composite
def written_tables(draw):
    """A table with its bytes in a random dialect, and how to read it."""
    width = draw(st.integers(2, 4))
    row = st.lists(SIGNS, min_size=width, max_size=width)
    # The first cell names the row, so that a wrong row cannot pass for another's.
    rows = [[f"k{n}", *cells[1:]] for n, cells in enumerate(draw(st.lists(row, max_size=8)))]
    out = io.StringIO()
    writer = csv.writer(
        out,
        delimiter=draw(st.sampled_from(",;\t|")),
        lineterminator=draw(st.sampled_from(["\n", "\r\n"])),
        quoting=draw(st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL])),
    )
    writer.writerows([[f"name {n}" for n in range(width)], *rows])
    return rows, out.getvalue().encode(), writer.dialect.delimiter


damages = st.tuples(
    st.floats(0, 1, exclude_max=True),
    st.sampled_from(["lose", "put in", "change"]),
    st.sampled_from([b'"', b",", b";", b"\n", b"\r", b"x", b"\0", b"\xff", b"\t"]),
)


def damaged(data: bytes, where: float, what: str, sign: bytes) -> bytes:
    """The bytes with one of them lost, put in or changed."""
    at = int(where * len(data))
    return data[:at] + (b"" if what == "lose" else sign) + data[at + (what != "put in") :]


@settings(max_examples=150, deadline=None)
@given(written_tables(), damages)
def test_a_table_with_a_damage_is_the_truth_or_has_a_finding(written, damage):
    rows, data, delimiter = written
    bad = damaged(data, *damage)
    try:
        table = read_delimited(io.BytesIO(bad), file="a.csv", delimiter=delimiter)
    except ExportError:
        return
    assert accounted(table) >= 1
    if not rows or table.header != tuple(f"name {n}" for n in range(len(rows[0]))):
        return  # another header binds to no source
    found = [list(cells) for _, *cells in table.rows.rows()]
    wrong = [cells for cells in found if cells not in rows]
    # What a byte within a value was before, nobody can tell: it costs the row that it is in.
    assert len(wrong) <= 1
    if table.ragged.is_empty() and table.damaged.is_empty():
        assert len(found) == len(rows)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_damaged_json_xes_and_archives_end_in_a_table_or_a_refusal(data):
    file, bad = data.draw(st.sampled_from(WHOLE))
    for damage in data.draw(st.lists(damages, min_size=1, max_size=3)):
        bad = damaged(bad, *damage)
    cut = bad[: data.draw(st.integers(0, len(bad)))] if data.draw(st.booleans()) else bad
    try:
        table = read(io.BytesIO(cut), file=file, layout=Layout())
    except ExportError:
        return
    assert table.records > 0 or table.header


_RECORDS = [{"id": n, "unit": {"name": "é" * n}, "tags": ["a", "b"]} for n in range(5)]
_LOG = "<log>\n" + "".join(
    f'<trace><string key="concept:name" value="{n}"/>\n<event>\n'
    f'<date key="time:timestamp" value="2024-01-0{n + 1}"/></event></trace>\n'
    for n in range(3)
)
WHOLE = [
    ("a.json", json.dumps({"cases": _RECORDS}, indent=1).encode()),
    ("a.ndjson", "\n".join(map(json.dumps, _RECORDS)).encode()),
    ("a.xes", (_LOG + "</log>").encode()),
    ("a.csv.gz", gzip.compress(b"id,unit\nA,1\nB,2\n", mtime=0)),
]
