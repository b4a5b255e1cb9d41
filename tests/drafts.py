"""Drafts of small exports, without a file and without a process."""

import csv
import io
import tomllib
from typing import Any

from etl.drafting.draft import Draft, draft_of
from etl.readers.delimited import read_delimited


def drafted(columns: dict[str, list[str]], *, zone: str | None = "Europe/Oslo") -> Draft:
    """A draft of an export with these columns, the shorter ones repeated to the longest."""
    rows = max(map(len, columns.values()))
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    for row in range(rows):
        writer.writerow([values[row % len(values)] for values in columns.values()])
    read = read_delimited(io.BytesIO(text.getvalue().encode()), file="cases.csv")
    return draft_of(read, name="harbour", ending="csv", zone=zone)


def numbers(count: int) -> list[str]:
    return [f"A-{n}" for n in range(count)]


def told(made: Draft) -> dict[str, Any]:
    return tomllib.loads(made.toml)


def first_export(made: Draft) -> dict[str, Any]:
    return next(iter(told(made)["exports"].values()))


CASES = {
    "Case number": numbers(24),
    "Date received": [f"2024-01-{day:02}" for day in range(1, 25)],
}
