"""Which tables follow which, and how they do so in truth."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from metrics.disclosure.closing import holding
from metrics.disclosure.following import Common, Link, link_of
from metrics.disclosure.runs import held
from metrics.disclosure.series import Rounding
from metrics.disclosure.tables import Bases

Links = dict[tuple[str, date], Link]


def linked_in_truth(
    tables: Sequence[Rounding], quarter: date, months: Sequence[int], bases: Bases
) -> Links:
    """How each table that follows another one does so in truth, up to this quarter."""
    return {
        (other.name, quarter): replace(
            link_of(
                table.truth.sum(axis=2),
                other.truth,
                other.stocks,
                months[-1],
                Common(other.spaced, months[-1] == bases.stands_at),
            ),
            floors=holding(
                other.floors(months) if other.floors else [],
                table.truth[:, months, :],
                other.truth[:, months, :],
                (table.truth.sum(axis=2) - other.truth.sum(axis=2))[:, : months[0]].sum(axis=1),
            ),
            runs=held(
                other.runs(months) if other.runs else [],
                {table.name: table.truth, other.name: other.truth},
            ),
        )
        for table in tables
        for other in following(tables, table)
    }


def leading(tables: Sequence[Rounding]) -> list[Rounding]:
    """Those that follow none of the others."""
    names = {table.name for table in tables}
    return [table for table in tables if table.follows not in names]


def following(tables: Sequence[Rounding], table: Rounding) -> list[Rounding]:
    """Those that follow a table."""
    return [other for other in tables if other.follows == table.name]
