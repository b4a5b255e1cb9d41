import io

from hypothesis import given, settings
from hypothesis import strategies as st

from etl.errors import ExportError
from etl.readers.delimited import DELIMITERS, read_delimited

NAMES = st.text("abcXYZ_ é", min_size=1, max_size=6).filter(lambda name: name == name.strip())
VALUES = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs", "Cc"]),
        st.sampled_from("\r\n\t\x0b\x0c\x1b\x85\u2028\",;|' "),
    ),
    max_size=12,
)
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"])


@st.composite
def tables(draw):
    header = draw(st.lists(NAMES, min_size=2, max_size=5, unique=True))
    record = st.lists(VALUES, min_size=len(header), max_size=len(header))
    return header, draw(st.lists(record, max_size=6))


@st.composite
def files(draw):
    """A table as (header, records, bytes, declared encoding) in some dialect."""
    header, records = draw(tables())
    delimiter = draw(st.sampled_from(DELIMITERS))
    end = draw(st.sampled_from(["\n", "\r", "\r\n"]))
    encoding = draw(ENCODINGS)
    if encoding == "cp1252":
        records = [[v.encode("cp1252", "ignore").decode("cp1252") for v in r] for r in records]
    always = draw(st.booleans())

    def field(value: str) -> str:
        special = always or any(c in value for c in '\r\n",;|\t')
        return '"' + value.replace('"', '""') + '"' if special else value

    lines = [delimiter.join(map(field, record)) for record in [header, *records]]
    text = end.join(lines) + (end if draw(st.booleans()) else "")
    declared = "cp1252" if encoding == "cp1252" else "detect"
    return header, records, text.encode(encoding), declared


def texts(table):
    return [list(record[1:]) for record in table.rows.rows()]


@settings(deadline=None)
@given(files())
def test_a_table_in_any_dialect_is_read_as_it_was_written(written):
    header, records, data, encoding = written
    table = read_delimited(io.BytesIO(data), file="a.csv", encoding=encoding)
    assert table.header == tuple(header)
    assert texts(table) == records
    assert table.ragged.is_empty()
    assert table.size == len(data)
    assert table.rows.get_column("line").is_sorted()


@settings(deadline=None)
@given(files(), st.data())
def test_of_a_file_cut_anywhere_all_but_the_last_record_are_read_or_none(written, data):
    header, records, whole, encoding = written
    cut = whole[: data.draw(st.integers(0, len(whole)))]
    try:
        table = read_delimited(io.BytesIO(cut), file="a.csv", encoding=encoding)
    except ExportError:
        return
    found = texts(table)
    if len(table.header) == len(header) and found:
        assert found[:-1] == records[: len(found) - 1]
        assert table.rows.height + table.ragged.height <= len(records)
    assert table.ragged.height == 0 or table.header != tuple(header)


@settings(deadline=None)
@given(st.lists(st.integers(0, 4), max_size=30))
def test_every_record_is_in_the_rows_or_among_the_ragged(widths):
    # One record fits: where all are alike and none does, the header is in doubt.
    lines = ["a,b", "1,2", *(",".join("x" * width) for width in widths)]
    data = ("\n".join(lines) + "\n").encode()
    table = read_delimited(io.BytesIO(data), file="a.csv")
    expected = {n: width for n, width in enumerate([2, *widths], start=2) if width}
    assert set(table.rows.get_column("line")) == {n for n, w in expected.items() if w == 2}
    assert dict(table.ragged.rows()) == {n: w for n, w in expected.items() if w != 2}


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_no_bytes_at_all_end_in_anything_but_a_table_or_a_refusal(data):
    try:
        table = read_delimited(io.BytesIO(data), file="a.csv")
    except ExportError:
        return
    assert table.header
