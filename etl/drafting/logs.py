"""Logs that describe no case: what their rows say of the cases themselves."""

from collections.abc import Sequence
from dataclasses import replace

from etl.drafting.columns import Column, column_of
from etl.drafting.fields import ORDER, Proposal, changes_of
from etl.drafting.histories import moves
from etl.drafting.matching import Match, assigned, code_score
from etl.drafting.words import EXACT

_OFTEN = 0.5  # of the cases with several rows
_OF_A_LOG = ("unit", "category", "channel", "severity")


def states_of_log(columns: Sequence[Column]) -> Proposal:
    """An event log: every event is the state of its case after it, told by its name."""
    named = {column.name: column for column in columns}
    number, step = named["case:concept:name"], named["concept:name"]
    of_case = [c for c in columns if c.name.startswith("case:") and c.why_not is None]
    told = assigned([c for c in of_case if c is not number], _OF_A_LOG, code_score)
    fields = {"case_id": Match("case_id", number, EXACT)}
    fields |= {"occurred": Match("occurred", named["time:timestamp"], EXACT)}
    fields |= told
    places, codes = {}, {"status": step}
    lifecycle = named.get("lifecycle:transition")
    if lifecycle is not None and lifecycle.distinct > 1:
        both = (step.texts + "/" + lifecycle.texts).fill_null("")
        codes["status"] = column_of("status", step.place, both)
        listed = f'["{step.name}", "{lifecycle.name}"]'
        places["status"] = f'{{ columns = {listed}, joined = "/" }}'
    fields["status"] = Match("status", step, 60)
    return Proposal(
        grain="snapshot",
        rows_per_case=number.rows / max(number.distinct, 1),
        fields={name: fields[name] for name in ORDER if name in fields},
        steps={},
        is_history=False,
        numbers=(),
        rivals={},
        changes=changes_of(fields),
        codes=codes,
        places=places,
    )


def cases_of(columns: Sequence[Column], history: Proposal) -> Proposal:
    """What the rows of a history that stands alone say of the cases themselves."""
    taken = {match.column.name for match in history.fields.values()}
    read = [c for c in columns if c.why_not is None and c.name not in taken]
    told = {n: history.fields[n] for n in ("case_id", "occurred") if n in history.fields}
    found = assigned(read, _OF_A_LOG, code_score)
    if "case_id" in told:
        # A unit and a severity change; what else differs from row to row is the record's kind.
        number = told["case_id"].column
        found = {
            name: match
            for name, match in found.items()
            if name in ("unit", "severity") or moves(match.column, number) < _OFTEN
        }
    fields = told | found
    return replace(
        history,
        grain="snapshot",
        fields=fields,
        row_steps=(),
        codes={},
        places={},
    )
