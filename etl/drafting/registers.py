"""Lists beside the list of cases that tell more of the same: closures, escalations, ends."""

from collections.abc import Sequence
from dataclasses import replace

from etl.drafting.known import Known
from etl.drafting.words import header_words

_NEARLY_ALL = 0.98


def with_registers(known: Sequence[Known]) -> list[Known]:
    """The same; a list whose cases another describes with their receipt is a register of them.

    Of what the other list tells it is believed only where a column has the same name: a reason
    for an escalation is no category of the case.
    """
    lists = [told for told in known if told.proposal.grain == "case"]
    whole = [told for told in lists if "received" in told.proposal.steps]
    return [_register(told, whole) if told in lists else told for told in known]


def _register(known: Known, whole: Sequence[Known]) -> Known:
    if "received" in known.proposal.steps:
        return known
    own = _numbers(known)
    others = [told for told in whole if len(own & _numbers(told)) >= _NEARLY_ALL * len(own)]
    if not (own and others):
        return known
    elsewhere: dict[str, set[str]] = {}
    for told in others:
        for name, match in told.proposal.fields.items():
            elsewhere.setdefault(name, set()).add(header_words(match.column.name))
    own_fields = known.proposal.fields
    odd = {
        name: match.column.name
        for name, match in own_fields.items()
        if name in elsewhere.keys() - {"case_id"}
        and header_words(match.column.name) not in elsewhere[name]
    }
    return replace(
        known,
        columns=[
            replace(c, why_not="elsewhere") if c.name in odd.values() else c
            for c in known.columns
        ],
        proposal=replace(
            known.proposal, fields={n: match for n, match in own_fields.items() if n not in odd}
        ),
        vocabularies={n: told for n, told in known.vocabularies.items() if n not in odd},
        is_register=True,
    )


def _numbers(known: Known) -> set[str]:
    number = known.proposal.fields.get("case_id")
    return {*number.column.values} if number is not None else set()
