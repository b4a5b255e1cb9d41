"""The kinds of broken CSV file of Pollock's benchmark, each in small: no crash, no wrong row.

The kinds are those of Vitagliano and others, "Pollock: A Data Loading Benchmark" (2023),
https://github.com/HPI-Information-Systems/Pollock; the files here are our own. A file may be
refused, or a row of it set apart; but what is read under the header that a description binds is
a row of the table as it was before, and every line is in one block of the account. Where a file
is quoted in a way that its description must declare, and where a row was cut in two, the rest
of it is a finding.
"""

import io
import re
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from etl.errors import ExportError
from etl.readers.delimited import read_delimited
from tests.properties.test_damage import accounted, physical_lines

HEADER = ["number", "received", "unit", "note"]
ROWS = [
    ["C-1", "2024-01-05", "north", "plain"],
    ["C-2", "2024-01-06", "south, annex", 'she said "no"'],
    ["C-3", "2024-01-07", "north", "two\nlines"],
    ["C-4", "2024-01-08", "", "the last"],
]
TRUE = {tuple(row) for row in ROWS}


def cell(value: str, *, delimiter: str = ",", quote: str = '"', escape: str = '"') -> str:
    if not any(sign in value for sign in (delimiter, quote, "\n")):
        return value
    return f"{quote}{value.replace(quote, escape + quote)}{quote}"


def lines(*tables: list[list[str]], end: str = "\n", **told: str) -> list[str]:
    delimiter = told.get("delimiter", ",")
    rows = [row for table in tables for row in table]
    return [delimiter.join(cell(value, **told) for value in row) + end for row in rows]


def delimiter(line: str, place: int) -> int:
    """Where in the line its delimiter at `place` stands, counted over those outside quotes."""
    return [n for n, sign in enumerate(line) if sign == "," and line[:n].count('"') % 2 == 0][
        place
    ]


def cut(line: str, place: int) -> str:
    found = delimiter(line, place)
    return line[:found] + line[found + 1 :]


def put(sign: str, line: str, place: int) -> str:
    found = delimiter(line, place)
    return line[:found] + sign + line[found:]


PLAIN = lines([HEADER], ROWS)
TEXT = "".join(PLAIN)
FILES: dict[str, str] = {
    "no payload": "",
    "no header": "".join(PLAIN[1:]),
    "header only": PLAIN[0],
    "one data row": "".join(PLAIN[:2]),
    "no trailing newline": TEXT[:-1],
    "double trailing newline": TEXT + "\n",
    "preamble": "Cases of the year\n\n" + TEXT,
    "preamble with delimiters": "Cases,,,\nof,the,year,\n" + TEXT,
    "header of two rows": "Case,,Where,\n" + TEXT,
    "second table, wider": TEXT + "".join(lines([["a", "b", "c", "d", "e"]] * 3)),
    "second table, narrower": TEXT + "".join(lines([["a", "b"]] * 3)),
    "second table after a blank line": TEXT + "\n" + "".join(lines([["a", "b"]] * 3)),
    "footer": TEXT + "4 cases\n",
    "carriage returns": "".join(lines([HEADER], ROWS, end="\r")),
    "carriage returns and newlines": "".join(lines([HEADER], ROWS, end="\r\n")),
    "semicolons": "".join(lines([HEADER], ROWS, delimiter=";")),
    "tabs": "".join(lines([HEADER], ROWS, delimiter="\t")),
    "comma and blank": "".join(lines([HEADER], ROWS)).replace(",", ", "),
    "single quotes": "".join(lines([HEADER], ROWS, quote="'", escape="'")),
    "backslashes": "".join(lines([HEADER], ROWS, escape="\\")),
    "no escape": "".join(lines([HEADER], ROWS, escape="")),
    "two names alike": TEXT.replace("unit", "number", 1),
    "a name missing": TEXT.replace("unit", "", 1),
}


FOUND = ("comma and blank", "single quotes", "a line end more")


def each_row(spoilt: Callable[[str, int], str]) -> Iterator[str]:
    """The table with one line of it spoilt, for every line and every place in it."""
    for number, line in enumerate(PLAIN):
        for place in range(len(HEADER) - 1):
            yield "".join([*PLAIN[:number], spoilt(line, place), *PLAIN[number + 1 :]])


SPOILT: dict[str, Callable[[str, int], str]] = {
    "a delimiter less": cut,
    "a delimiter more": partial(put, ","),
    "a delimiter more at the end": lambda line, place: line[:-1] + "," * (place + 1) + "\n",
    "a quote more": partial(put, '"'),
    "a quote before": lambda line, _: '"' + line,
    "a quote at the end": lambda line, _: line[:-1] + '"\n',
    "another delimiter": lambda line, _: line.replace(",", ";"),
    "blanks between": lambda line, _: line.replace(",", " "),
    "no line end": lambda line, _: line[:-1],
    "a line end more": partial(put, "\n"),
    "a carriage return": lambda line, _: line[:-1] + "\r",
}


def judged(text: str, *, finding_will_do: bool = False) -> None:
    """Refused with a remedy; or nothing but true rows, and every line accounted for."""
    try:
        table = read_delimited(io.BytesIO(text.encode()), file="export.csv")
    except ExportError as error:
        refusal = str(error)
    else:
        refusal = ""
    if refusal:
        assert re.match(r"export\.csv.*; ", refusal), "a remedy follows the problem"
        return
    assert accounted(table) == physical_lines(text)
    if list(table.header) == HEADER:
        read = {tuple(value.strip(" ") for value in row[1:]) for row in table.rows.rows()}
        assert read <= TRUE or (finding_will_do and table.ragged.height), "no row of the table"


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_each_kind_is_read_truly_or_refused(name):
    judged(FILES[name], finding_will_do=name in FOUND)


@pytest.mark.parametrize("name", SPOILT)
def test_a_line_spoilt_in_each_way_costs_no_other_its_truth(name):
    for text in each_row(SPOILT[name]):
        judged(text, finding_will_do=name in FOUND)
