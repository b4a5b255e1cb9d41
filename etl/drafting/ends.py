"""Dates that are called an end and are none: when a form was handed in."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from etl.drafting.columns import Column
from etl.drafting.dates import parsed
from etl.drafting.fields import Proposal
from etl.drafting.matching import Match
from etl.drafting.order import OPEN, Form
from etl.drafting.words import header_words

# What a case and a form may have.
_ENDS = ("end", "end date", "end time", "ended", "finished", "completed", "completion time")
_NEARLY_ALL, _MOSTLY = 0.98, 0.9
_FEWEST = 10


def without_ends_at_once(
    columns: Sequence[Column], proposal: Proposal, forms: Mapping[str, Form]
) -> list[Column]:
    """The columns, not to be read where an end is of the receipt's day in nearly all rows."""
    received = proposal.steps.get("received")
    at_once = {
        match.column.name
        for match in proposal.steps.values()
        if header_words(match.column.name) in _ENDS
        and _is_at_once(received, match.column, forms)
    }
    return [replace(c, why_not="at_once") if c.name in at_once else c for c in columns]


def _is_at_once(received: Match | None, end: Column, forms: Mapping[str, Form]) -> bool:
    if received is None:
        return False
    pair = {"received": received.column, "ended": end}
    if any(forms[column.name].form == OPEN for column in pair.values()):
        return False
    days = pl.DataFrame(
        [
            parsed(column.texts, forms[column.name].form).cast(pl.Date).alias(name)
            for name, column in pair.items()
        ]
    ).drop_nulls()
    same = days.filter(pl.col("received") == pl.col("ended")).height
    is_of_all = days.height >= max(_FEWEST, _MOSTLY * end.rows)
    return is_of_all and same >= _NEARLY_ALL * days.height
