"""Beside single cases: is everybody treated alike, and is what was planned held?"""

import math
from datetime import date
from typing import Any

import polars as pl

from dashboard.markup import Cell, Column, plain, table, two_lines
from dashboard.phrases import between, capital, count, days, listed, share, year_name
from metrics.release import Release

Row = dict[str, Any]
_BOTH = ("value", "others")  # None where half have not come so far: later than any day

_ASKED = {
    "triage": (
        "Half triaged within",
        "are triaged {} all others",
        ("faster than", "slower than", "at another pace than"),
    ),
    "upheld": (
        "Found true, of those with a finding",
        "are found to be right {} all others",
        ("less often than", "more often than", "not as often as"),
    ),
}


def alike(release: Release, quarter: date) -> tuple[str, str]:
    """What the year of a quarter says of each group of people, as a sentence and tables.

    Both are empty where the workspace promises no equal treatment, or counts are not exact.
    """
    rows = _of_year(release, quarter)
    if rows.is_empty():
        return "", ""
    told = list(rows.iter_rows(named=True))
    tables = "".join(
        _table(question, [row for row in told if row["question"] == question])
        for question in _ASKED
    )
    return _said(release, told), tables


def _of_year(release: Release, quarter: date) -> pl.DataFrame:
    rows = release.table("groups").filter(
        (pl.col("period") == "year") & (pl.col("period_start") <= quarter)
    )
    newest = rows["period_start"].max()
    return rows.filter(pl.col("period_start") == newest) if newest else rows


def _said(release: Release, rows: list[Row]) -> str:
    found = [
        f"{release.manifest['case_word_plural']} raised by {_people(row['person'])} {_how(row)}"
        for row in rows
        if row["differs"]
    ]
    few = sorted({_people(row["person"]) for row in rows if row["state"] == "few"})
    said = (
        f"{capital(listed(found))}: more than chance explains."
        if found
        else "No group is treated otherwise than all others, beyond what chance explains."
    )
    year = year_name(release, rows[0]["period_start"])
    said = f"Of those received in {year}: {said[0].lower()}{said[1:]}"
    return said + (f" Too few to compare: {listed(few)}." if few else "")


def _how(row: Row) -> str:
    """How a group differs; half of two groups may be done on one day, and the rest not."""
    _, sentence, (below, above, apart) = _ASKED[row["question"]]
    value, others = (math.inf if row[name] is None else row[name] for name in _BOTH)
    if value == others:
        return sentence.format(apart)
    return sentence.format(above if value > others else below)


def _table(question: str, rows: list[Row]) -> str:
    title = _ASKED[question][0]
    columns = [
        Column("Raised by"),
        Column("Cases", "number"),
        Column(title, "number"),
        Column("All others", "number"),
        Column("Beside the others"),
    ]
    shown = [
        [
            two_lines(capital(_people(row["person"])), "", size="bold"),
            plain(count(row["cases"])),
            _value(question, row),
            plain(_worded(question, row["others"])),
            plain(_verdict(row)),
        ]
        for row in rows
    ]
    return table(f"{title}, by who raised the case", columns, shown) if shown else ""


def _value(question: str, row: Row) -> Cell:
    if row["state"] == "few":
        return plain("too few")
    low, high = (row[end] for end in ("low", "high"))
    unit = "days" if question == "triage" else "share"
    known = low is not None and high is not None
    interval = f"95% interval {between(low, high, unit)}" if known else "no interval"
    return two_lines(_worded(question, row["value"]), interval, size="plain")


def _worded(question: str, value: float | None) -> str:
    if value is None:
        return "not reached yet" if question == "triage" else "no data"
    return days(value) if question == "triage" else share(value)


def _verdict(row: Row) -> str:
    if row["state"] != "ok":
        return str(row["reason"])
    return "more than chance explains" if row["differs"] else "could be chance"


def _people(person: str) -> str:
    """A group of people in words, as many: 'former_employee' are former employees."""
    return {"public": "members of the public"}.get(person, person.replace("_", " ") + "s")


def held(release: Release, quarter: date) -> str:
    """What was planned beside cases and not held in the quarter; nothing where none is told."""
    rows = release.figures(
        metric="duties", measure="share", breakdown="all", period="quarter",
        period_start=quarter,
    )  # fmt: skip
    said = [
        _duty(row) for row in rows.iter_rows(named=True) if row["denominator"] or row["pending"]
    ]
    return " ".join(said)


def _duty(row: Row) -> str:
    name = capital(row["part"].replace("_", " ")) + "s"
    judged = int(row["denominator"] or 0)
    verb = "is" if row["pending"] == 1 else "are"
    waits = f" {count(row['pending'])} {verb} still to come." if row["pending"] else ""
    if not judged:
        return f"{name}: none fell due.{waits}"
    return f"{name}: {count(row['numerator'])} of {count(judged)} not held as planned.{waits}"
