"""Several issues of a case side by side in its row: `Allegation 1`, `Finding 1`, and so on."""

import re
from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from etl.drafting.columns import Column, column_of
from etl.drafting.fields import Proposal

_FIELDS = ("category", "outcome")
_NUMBER = re.compile(r"^(?P<before>\D*?)[ _.#-]*(?P<number>\d{1,2})(?P<after>\D*)$")


def with_issues(columns: Sequence[Column], proposal: Proposal) -> Proposal:
    """The same with a finding for each issue that a row of a case has columns for.

    They are those whose names differ from the column of the category or outcome by a number
    alone; the outcome of the case itself is then the gravest of theirs.
    """
    if proposal.grain != "case":
        return proposal
    found: dict[int, dict[str, Column]] = {}
    for field in [field for field in _FIELDS if field in proposal.fields]:
        first = proposal.fields[field].column
        for column in columns:
            # An issue that no case has had yet may come.
            if (
                column.why_not in (None, "empty")
                and _named(column.name)[0] == _named(first.name)[0]
            ):
                found.setdefault(_named(column.name)[1], {})[field] = column
    issues = tuple(found[number] for number in sorted(found))
    if len(issues) < 2:
        return proposal
    told = any("outcome" in issue for issue in issues)
    fields = {n: m for n, m in proposal.fields.items() if not (told and n == "outcome")}
    return replace(proposal, fields=fields, issues=issues)


def _named(name: str) -> tuple[tuple[str, str], int]:
    """A column's name without its number, and the number; the first may have none."""
    found = _NUMBER.match(name.strip().casefold())
    if found is None:
        return (name.strip().casefold(), ""), 1
    return (found["before"].strip(), found["after"].strip()), int(found["number"])


def codes_of_issues(proposal: Proposal) -> dict[str, Column]:
    """The codes of all issues of the rows, field by field."""
    told: dict[str, Column] = {}
    for field in _FIELDS:
        columns = [issue[field] for issue in proposal.issues if field in issue]
        if columns:
            texts = pl.concat([column.texts.fill_null("") for column in columns])
            told[field] = column_of(columns[0].name, columns[0].place, texts)
    return told
