"""Which tables follow which, and how they do so in truth."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache

from metrics.disclosure.arriving import Arrival
from metrics.disclosure.closing import Bound, holding
from metrics.disclosure.following import Common, Link, link_of
from metrics.disclosure.runs import Run, held
from metrics.disclosure.series import Rounding
from metrics.disclosure.tables import Bases

Links = dict[tuple[str, date], Link]


def linked_in_truth(
    tables: Sequence[Rounding], quarter: date, months: Sequence[int], bases: Bases
) -> Links:
    """How each table that follows another one does so in truth, up to this quarter."""
    return {
        (other.name, quarter): _link(table, other, months, bases)
        for table in tables
        for other in following(tables, table)
    }


def _link(table: Rounding, other: Rounding, months: Sequence[int], bases: Bases) -> Link:
    known: Sequence[Bound] = other.floors(months) if other.floors else []
    left = (table.truth.sum(axis=2) - other.truth.sum(axis=2))[:, : months[0]].sum(axis=1)

    @cache
    def find_runs() -> tuple[Run, ...]:
        truth = {table.name: table.truth, other.name: other.truth}
        return held(other.runs(months) if other.runs else [], truth, bases.base)

    kept = holding(known, table.truth[:, months, :], other.truth[:, months, :], left)
    return replace(
        link_of(
            table.truth.sum(axis=2),
            other.truth,
            other.stocks,
            months[-1],
            Common(other.spaced, months[-1] == bases.stands_at),
        ),
        floors=kept,
        find_runs=find_runs,
        is_short=any(
            isinstance(one, Arrival) and one.sign > 0 and so.levels != one.levels
            for one, so in zip(known, kept, strict=True)
        ),
    )


def leading(tables: Sequence[Rounding]) -> list[Rounding]:
    """Those that follow none of the others."""
    names = {table.name for table in tables}
    return [table for table in tables if table.follows not in names]


def following(tables: Sequence[Rounding], table: Rounding) -> list[Rounding]:
    """Those that follow a table."""
    return [other for other in tables if other.follows == table.name]
