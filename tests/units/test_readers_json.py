import io
import json

import pytest

from etl.errors import ExportError
from etl.readers.json_records import read_json
from etl.readers.layout import Layout

JIRA = """{
 "total": 9007199254740993,
 "issues": [
  {"changelog": {"histories": [
     {"id": "1", "created": "2024-01-02", "items": [
        {"field": "status", "from": null, "toString": "Open"},
        {"field": "priority", "from": "3", "toString": "High"}]},
     {"id": "2", "created": "2024-01-05", "items": []}]},
   "key": "HR-1", "fields": {"status": {"name": "Done"}, "labels": ["a", "b;c", ""]}},
  {"key": "HR-2", "changelog": null},
  {"key": "HR-3", "changelog": {"total": 1, "histories": [
     {"created": "2024-02-01", "items": [{"field": "status", "toString": "Neu\\u0301"}]}]}}
 ],
 "isLast": true
}
"""


def read(
    text: str | bytes,
    records: str | tuple[str, ...] | None = None,
    file: str = "export.json",
    **told,
):
    data = text.encode() if isinstance(text, str) else text
    return read_json(io.BytesIO(data), file=file, layout=Layout(records=records, **told))


def rows(table) -> list[dict[str, object]]:
    """Rows as dictionaries of the cells that are filled."""
    return [
        {"line": line}
        | {name: cell for name, cell in zip(table.header, cells, strict=True) if cell}
        for line, *cells in table.rows.rows()
    ]


def refusal(text: str | bytes, *args, **told) -> str:
    with pytest.raises(ExportError) as caught:
        read(text, *args, **told)
    message = str(caught.value)
    assert "; " in message, "a remedy follows the problem"
    return message


def test_a_record_has_its_own_cells_and_those_of_the_objects_around_it():
    found = rows(read(JIRA, "issues[].changelog.histories[].items[]"))
    assert found[0] == {
        "line": 6,
        "field": "status",
        "toString": "Open",
        "issues[].key": "HR-1",
        "issues[].fields.status.name": "Done",
        "issues[].fields.labels": 'a; "b;c"; ""',
        "histories[].id": "1",
        "histories[].created": "2024-01-02",
        "$.total": "9007199254740993",
        "$.isLast": "true",
    }
    assert [(row["line"], row["issues[].key"], row["field"]) for row in found] == [
        (6, "HR-1", "status"),
        (7, "HR-1", "priority"),
        (12, "HR-3", "status"),
    ]
    assert found[2]["issues[].changelog.total"] == "1"


def test_a_cell_that_one_record_has_and_another_lacks_is_blank():
    table = read(JIRA, "issues[].changelog.histories[].items[]")
    assert table.rows.get_column(f"c{table.header.index('from')}").to_list() == ["", "3", ""]
    assert not any(table.rows.null_count().row(0))


def test_the_one_list_of_objects_is_found_where_none_is_declared():
    assert [row["key"] for row in rows(read(JIRA))] == ["HR-1", "HR-2", "HR-3"]


def test_the_lists_of_a_record_are_joined_scalar_by_scalar():
    found = rows(read(JIRA))[0]
    assert found["changelog.histories[].created"] == "2024-01-02; 2024-01-05"


def test_between_several_places_none_is_chosen():
    message = refusal('{"a": [{"x": 1}], "b": {"c": [{"x": 1}]}}')
    assert "could be at a[] or b.c[]; declare records" in message


@pytest.mark.parametrize(
    ("text", "file"),
    [
        ('[{"id": 1}, {"id": 2}]', "a.json"),
        ('{"id": 1}\n{"id": 2}\n', "a.json"),
        ('{"id": 1}\n\n{"id": 2}', "a.ndjson"),
        ('{"id": 1}\r\n{"id": 2}\r\n', "a.jsonl"),
    ],
)
@pytest.mark.parametrize("records", [None, "[]"])
def test_a_list_at_the_top_and_a_value_per_line_are_the_same(text, file, records):
    table = read(text, records, file)
    assert table.header == ("id",)
    assert table.rows.get_column("c0").to_list() == ["1", "2"]


@pytest.mark.parametrize("file", ["a.json", "a.ndjson"])
def test_a_place_is_looked_for_in_each_line(file):
    text = '{"key": "A", "h": [{"x": 1}, {"x": 2}]}\n{"h": [{"x": 3}], "key": "B"}\n'
    wanted = [("A", "1"), ("A", "2"), ("B", "3")]
    inner = rows(read(text, "h[]", file))
    assert [(row["$.key"], row["x"]) for row in inner] == wanted
    inner = rows(read(text, "[].h[]", file))
    assert [(row["[].key"], row["x"]) for row in inner] == wanted


ISSUES = ['{"key": "HR-1", "log": {"items": [{"to": "Done"}]}}', '{"key": "HR-2", "log": {}}']
PAGES = f'[{{"issues": [{ISSUES[0]}]}}, {{"issues": [{ISSUES[1]}]}}]'
WRAPPED = {
    "a list of them": ("export.json", f"[{', '.join(ISSUES)}]"),
    "one a line": ("export.ndjson", "\n".join(ISSUES)),
    "pages in a list": ("export.json", PAGES),
}


@pytest.mark.parametrize("way", WRAPPED)
def test_records_that_should_stand_in_an_object_are_found_without_it(way):
    file, text = WRAPPED[way]
    assert [row["key"] for row in rows(read(text, "issues[]", file))] == ["HR-1", "HR-2"]
    (inner,) = rows(read(text, "issues[].log.items[]", file))
    assert (inner["issues[].key"], inner["to"]) == ("HR-1", "Done")


def test_one_record_may_come_alone():
    assert [row["key"] for row in rows(read(ISSUES[0], "issues[]"))] == ["HR-1"]
    assert [row["to"] for row in rows(read(ISSUES[0], "issues[].log.items[]"))] == ["Done"]


@pytest.mark.parametrize("text", ['{"issues": null}', '{"total": 0, "list": []}'])
def test_an_object_without_the_list_is_no_record(text):
    assert 'it holds no record at "issues[].log[]"' in refusal(text, "issues[].log[]")


EMPTY = ('{"issues": [], "total": 0}', '[{"issues": []}]', '{"issues": [{"n": 1, "log": []}]}')


@pytest.mark.parametrize("text", EMPTY)
def test_an_empty_list_is_a_table_without_a_row(text):
    table = read(text, "issues[].log[]")
    assert (table.header, table.rows.height, table.damaged.height) == ((), 0, 0)


def test_of_several_places_one_that_is_empty_says_that_there_is_no_record():
    places = ("result[]", "records[]", "result")
    assert [read(text, places).records for text in ('{"result": []}', '{"records": []}')] == [
        0,
        0,
    ]


def test_of_several_places_the_first_with_records_counts():
    places = ("result[]", "records[]", "result")
    for text in ('{"result": [{"n": 1}]}', '{"records": [{"n": 1}]}', '{"result": {"n": 1}}'):
        assert rows(read(text, places)) == [{"line": 1, "n": "1"}]


def test_one_object_may_be_the_record():
    assert rows(read('{"id": 7, "list": []}', "$")) == [{"line": 1, "id": "7"}]
    assert rows(read('{"case": {"id": 7}, "n": 1}', "case")) == [
        {"line": 1, "id": "7", "$.n": "1"}
    ]


def test_the_line_is_the_number_of_the_record_where_the_file_is_one_line():
    found = read('[{"id": 1}, {"id": 2}, {"id": 3}]\n')
    assert found.rows.get_column("line").to_list() == [1, 2, 3]


@pytest.mark.parametrize(
    "number", ["9007199254740993", "0.1000", "1e400", "-0", "123456789012345678901234567890"]
)
def test_a_number_keeps_the_digits_it_is_written_with(number):
    assert read('[{"id": ' + number + "}]").rows.item(0, "c0") == number


def test_pairs_of_id_and_value_have_a_column_per_id():
    fields = '[{"id": 360001, "value": "HR"}, {"id": 360002, "value": ["a", "b"]}]'
    found = rows(read('[{"custom_fields": ' + fields + "}]"))
    assert found == [
        {"line": 1, "custom_fields[360001]": "HR", "custom_fields[360002]": "a; b"}
    ]


def test_fields_of_name_and_value_have_a_column_per_name():
    site = '{"name": "Site", "value": {"name": "N"}}'
    fields = '[{"id": 1, "name": "Outcome", "value": "x"}, ' + site + "]"
    found = rows(read('[{"customFields": ' + fields + "}]"))
    assert found == [{"line": 1, "customFields[Outcome]": "x", "customFields[Site].name": "N"}]


@pytest.mark.parametrize(
    "told",
    [
        '{"parties": [{"name": "Jo Doe", "value": "x"}]}',
        '{"custom_fields": [{"name": "a", "value": "x"}, {"name": "a", "value": "y"}]}',
        '{"custom_fields": [{"name": "a", "value": "x", "by": "y"}]}',
    ],
)
def test_names_of_people_repeated_or_with_more_to_tell_are_no_columns(told):
    (found,) = rows(read(f"[{told}]"))
    assert any(column.endswith("[].name") for column in found)


def test_a_name_may_hold_an_object_here_and_a_text_there():
    found = rows(read('[{"rating": "offered"}, {"rating": {"score": "good"}}]'))
    assert found == [{"line": 1, "rating": "offered"}, {"line": 2, "rating.score": "good"}]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_mark_says_the_encoding(encoding):
    assert rows(read('[{"id": "Zürich €"}]'.encode(encoding))) == [
        {"line": 1, "id": "Zürich €"}
    ]


def test_another_encoding_must_be_declared():
    data = '[{"id": "Zürich"}]'.encode("cp1252")
    assert "byte 0xFC is not utf-8" in refusal(data)
    assert rows(read(data, encoding="cp1252"))[0]["id"] == "Zürich"


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ('{"id": 1, "id": 2}', 'an object has the name "id" twice'),
        ('{"a": {"x": 1, "x": 2}}', 'an object has the name "x" twice'),
        ('{"a.b": 1, "a": {"b": 2}}', 'it has two values called "a.b"'),
        ('"text"', "it is not an object"),
        ("null", "it is not an object"),
        ('{"id": "a\\u0000b"}', "a character that no text has"),
        ('{"id": "half \\ud800"}', "a character that no text has"),
        ('{"id": ' + "[" * 80 + "]" * 80 + "}", "nested more than 64 deep"),
    ],
)
def test_a_record_that_cannot_be_laid_out_costs_itself_alone(record, reason):
    table = read(f'[{{"id": 1}},\n{record},\n{{"id": 3}}]')
    assert table.rows.rows() == [(1, "1"), (3, "3")]
    line, last, told, remedy = table.damaged.row(0)
    assert (line, last, remedy) == (2, 2, "export it again")
    assert reason in told


def test_a_pair_of_escapes_that_makes_one_character_is_that_character():
    assert rows(read('[{"id": "\\ud83d\\ude00"}]')) == [{"line": 1, "id": "\U0001f600"}]


@pytest.mark.parametrize("line", ["{", '{"id": 1', "not json", '{"id": 1} {', '{"id": 01}'])
def test_a_broken_line_of_ndjson_costs_itself_alone(line):
    table = read(f'{{"id": 1}}\n{line}\n{{"id": 3}}\n', file="a.ndjson")
    assert table.rows.rows() == [(1, "1"), (3, "3")]
    assert table.damaged.select("line", "last_line").rows() == [(2, 2)]


def test_a_last_line_of_ndjson_that_is_broken_off_looks_cut_off():
    assert "line 2: the file ends inside" in refusal('{"id": 1}\n{"id": 2', file="a.ndjson")


@pytest.mark.parametrize("cut", range(1, len(JIRA.rstrip()), 7))
def test_a_file_that_is_cut_off_anywhere_is_refused(cut):
    message = refusal(JIRA[:cut], "issues[].changelog.histories[].items[]")
    assert "looks cut off" in message or "in the middle of a character" in message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the file is empty"),
        ("  \n ", "looks cut off"),
        ('[{"id": 1}] trailing', "line 1: text follows where the value should have ended"),
        ('[{"id": 1}]\n[{"id": 2}]', "line 2: text follows"),
        ('[{"id": 1},\n]', "line 2: there is no value where one should be"),
        ('[{"id": 1}\n{"id": 2}]', "line 2: a comma or the end of the list is missing"),
        ('{"a": [{"id": 1}\n{"id": 2}]}', "line 2: this is not JSON"),
        ('[{"id": NaN}]', "this is not JSON"),
        ('[{"id": "a\nb"}]', "this is not JSON"),
        ("[1, 2]", "it is not an object"),
        ("7", "no list where"),
        ("<html><body>Please log in</body></html>", "a web page"),
        ("[" * 100_000, "nested too deep"),
        ("PK\x03\x04", "an Excel workbook or zip archive"),
    ],
)
def test_what_is_not_json_is_refused_with_its_line(text, words):
    assert words in refusal(text)


@pytest.mark.parametrize(
    ("text", "records", "words"),
    [
        ('{"a": 1}', "b.c[]", 'no record at "b.c[]"'),
        ('{"a": {"b": 1}}', "a[]", 'no list where "a" should be one'),
        ('{"a": 1}', "a.b[]", 'no object where "b" should be in one'),
        ('{"a": [{}], "a": [{}]}', "a[]", 'the name "a" twice'),
        ('{"x": {"y": 1, "y": 2}, "a": [{}]}', "a[]", 'the name "y" twice'),
        ('{"x.y": 1, "x": {"y": 2}, "a": [{"i": 1}]}', "a[]", "two values called"),
        ('{"a": [{"i": 1}] "b": 1}', "a[]", "a comma or the end of the object is missing"),
        ('{"a": [{"i": 1}],}', "a[]", "a name is missing after a comma"),
        ('{"a" [{"i": 1}]}', "a[]", "a colon is missing"),
        ("{}", "a..b", "which is no place"),
        ("{}", "a[0]", "which is no place"),
    ],
)
def test_a_place_that_leads_nowhere_is_refused(text, records, words):
    assert words in refusal(text, records)


def test_more_rows_than_a_chunk_keep_their_order_and_their_names():
    text = "\n".join(json.dumps({"id": n, f"x{n // 4000}": n}) for n in range(9_001))
    table = read(text, file="a.ndjson")
    assert table.header == ("id", "x0", "x1", "x2")
    assert table.rows.row(-1) == (9_001, "9000", "", "", "9000")
    assert table.rows.row(0) == (1, "0", "0", "", "")
