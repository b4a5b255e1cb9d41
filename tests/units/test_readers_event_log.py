import gzip
import io

import pytest

from etl.errors import ExportError
from etl.readers.event_log import read_event_log
from etl.readers.exports import read as read_any

HEAD = '<?xml version="1.0" encoding="UTF-8" ?>\n'
LOG = (
    HEAD
    + """<!-- a comment -->
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
 <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
 <global scope="event"><string key="concept:name" value="none"/></global>
 <classifier name="Activity" keys="concept:name lifecycle:transition"/>
 <string key="concept:name" value="the log"/>
 <trace>
  <string key="concept:name" value="HR &amp; 1"/>
  <event>
   <string key="concept:name" value="Accepted"/>
   <date key="time:timestamp" value="2012-05-01T10:00:00.000+02:00"/>
   <string key="org:group" value="2nd"><string key="level" value="2"/></string>
  </event>
  <event>
   <string key="concept:name" value="Completed"/>
   <date key="time:timestamp" value="2012-05-01T10:00:00.000+02:00"/>
   <int key="cost" value="007"/>
   <list key="tags"><values><id key="t" value="a"/><id key="t" value="b;"/></values></list>
  </event>
 </trace>
 <trace><string key="concept:name" value="empty"/></trace>
</log>
"""
)


def read(text: str | bytes):
    data = text.encode() if isinstance(text, str) else text
    return read_event_log(io.BytesIO(data), file="log.xes")


def rows(table) -> list[dict[str, object]]:
    return [
        {"line": line}
        | {name: cell for name, cell in zip(table.header, cells, strict=True) if cell}
        for line, *cells in table.rows.rows()
    ]


def refusal(text: str | bytes) -> str:
    with pytest.raises(ExportError) as caught:
        read(text)
    message = str(caught.value)
    assert message.startswith("log.xes")
    assert "; " in message, "a remedy follows the problem"
    return message


def log(inside: str) -> str:
    return f"<log>\n{inside}\n</log>"


def test_each_event_is_a_row_with_its_trace_in_the_order_of_the_file():
    table = read(LOG)
    assert rows(table) == [
        {
            "line": 10,
            "concept:name": "Accepted",
            "time:timestamp": "2012-05-01T10:00:00.000+02:00",
            "org:group": "2nd",
            "org:group.level": "2",
            "case:concept:name": "HR & 1",
        },
        {
            "line": 15,
            "concept:name": "Completed",
            "time:timestamp": "2012-05-01T10:00:00.000+02:00",
            "cost": "007",
            "tags": 'a; "b;"',
            "case:concept:name": "HR & 1",
        },
        {"line": 22, "case:concept:name": "empty"},
    ]
    assert table.kind == "event log"
    assert table.size == len(LOG.encode())


def test_a_packed_log_is_the_same_log():
    table = read_any(io.BytesIO(gzip.compress(LOG.encode(), mtime=0)), file="log.xes.gz")
    assert table.rows.equals(read(LOG).rows)


def test_the_case_may_be_told_after_its_events():
    text = log('<trace><event><id key="a" value="1"/></event><id key="b" value="2"/></trace>')
    assert rows(read(text)) == [{"line": 2, "a": "1", "case:b": "2"}]


def test_an_event_outside_of_a_trace_has_no_case():
    assert rows(read(log('<event><id key="a" value="1"/></event>'))) == [{"line": 2, "a": "1"}]


def test_a_container_names_what_is_in_it():
    inside = '<container key="sla"><int key="days" value="3"/></container>'
    assert rows(read(log(f"<trace><event>{inside}</event></trace>"))) == [
        {"line": 2, "sla.days": "3"}
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1"])
def test_the_encoding_is_the_one_that_the_document_tells(encoding):
    told = encoding.removesuffix("-sig")
    text = f'<?xml version="1.0" encoding="{told}"?>' + log(
        '<trace><event><string key="a" value="Zürich"/></event></trace>'
    )
    assert rows(read(text.encode(encoding))) == [{"line": 2, "a": "Zürich"}]


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ('<id key="a" value="1"/><id key="a" value="2"/>', 'two values called "a"'),
        ('<id value="1"/>', "an attribute has no key"),
        ('<id key="case:c" value="1"/>', "by the name of its trace's"),
    ],
)
def test_an_event_that_cannot_be_laid_out_costs_itself_alone(event, reason):
    text = (
        '<trace><id key="c" value="A"/>\n'
        f"<event>\n{event}\n</event>\n"
        '<event><id key="a" value="3"/></event></trace>'
    )
    table = read(log(text))
    assert rows(table) == [{"line": 6, "a": "3", "case:c": "A"}]
    line, last, told, _ = table.damaged.row(0)
    assert (line, last) == (3, 5)
    assert reason in told


DOCTYPE = '<!DOCTYPE log [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the file is empty"),
        (HEAD + DOCTYPE + log("<trace/>"), "document type of its own"),
        ('<!DOCTYPE log SYSTEM "file:///etc/passwd">' + log(""), "document type of its own"),
        ("<html><body>Please log in</body></html>", "a web page"),
        ("<rss/>", "line 1: this is XML but not an event log"),
        (log("<trace><note/></trace>"), "line 2: <note> is no element of an event log"),
        (log("<trace><trace/></trace>"), "line 2: <trace> is no element"),
        (log('<trace><event><event/></event></trace>'), "line 2: <event> is no element"),
        (log("<trace>") , "line 3: this is not XML"),
        (log("<trace></trace>") + "<log/>", "this is not XML"),
        (log('<trace><event><id key="a" value="&x;"/></event></trace>'), "this is not XML"),
        (log('<trace><id key="a" value="\0"/></trace>'), "this is not XML"),
        (log('<trace><id key="a" value="1"/><id key="a" value="2"/></trace>'), "two values"),
        (log("<trace>" + '<container key="a">' * 70), "nested more than 64 deep"),
        ("id,unit\nA,1\n", "this is not XML"),
        (b"PK\x03\x04", "an Excel workbook or zip archive"),
    ],
)  # fmt: skip
def test_what_is_not_an_event_log_is_refused(text, words):
    assert words in refusal(text)


def test_a_log_without_a_trace_has_no_row_and_no_column():
    table = read_event_log(io.BytesIO(log("").encode()), file="log.xes")
    assert (table.header, table.records) == ((), 0)


@pytest.mark.parametrize("cut", range(len(HEAD) + 20, len(LOG.rstrip()), 41))
def test_a_log_that_is_cut_off_anywhere_is_refused(cut):
    assert "looks cut off" in refusal(LOG[:cut])
