"""Levels beside a history's changes: a stage or tier that each row names, as `Stage 2`."""

from collections.abc import Sequence

from etl.drafting.columns import Column
from etl.drafting.fields import Proposal
from etl.drafting.histories import is_scale, moves
from etl.drafting.matching import Match
from etl.drafting.words import EXACT

_ELSEWHERE = ("around", "inside", "empty")


def levels_in(columns: Sequence[Column], history: Proposal) -> Proposal | None:
    """The level of a case after each row of a history, where a column of its own names it."""
    if history.grain != "change" or "occurred" not in history.fields:
        return None
    number = history.fields["case_id"]
    read = {match.column.name for match in history.fields.values()}
    read |= {name for step in history.row_steps for name in step.when}
    named = [
        column
        for column in columns
        if column.why_not not in _ELSEWHERE
        and column.name not in read
        and is_scale(column)
        and moves(column, number.column) > 0
    ]
    if len(named) != 1:
        return None
    told = {"case_id": number, "occurred": history.fields["occurred"]}
    return Proposal(
        grain="snapshot",
        rows_per_case=history.rows_per_case,
        fields=told | {"level": Match("level", named[0], EXACT)},
        steps={},
        is_history=False,
        numbers=(),
        rivals={},
        changes={"level": "escalation"},
    )
