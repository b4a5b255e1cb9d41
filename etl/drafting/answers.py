"""Threads and comments: which rows of a conversation are answers that its reporter can read."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from etl.drafting.columns import Column
from etl.drafting.fields import Proposal
from etl.drafting.histories import RowStep, moves
from etl.drafting.matching import Match
from etl.drafting.words import EXACT, header_words, likeness, plain

# Who writes: one from outside, one of ours. A user is whichever the other one is not.
_THEIRS = frozenset({
    "customer", "client", "contact", "requester", "end user", "enduser", "lead", "visitor",
    "reporter", "complainant", "external", "whistleblower", "kunde", "melder", "cliente",
    "klant", "denunciante", "informante", "declarant", "segnalante",
})  # fmt: skip
_OURS = frozenset({
    "agent", "admin", "staff", "operator", "employee", "teammate", "support", "handler",
    "case manager", "investigator", "internal user", "mitarbeiter", "bearbeiter", "agente",
    "medewerker", "recipient",
})  # fmt: skip
_USER = "user"
# What is written: to the reporter, or among ourselves.
_ANSWERS = frozenset({
    "message", "reply", "comment", "email", "response", "public reply", "public comment",
    "answer", "chat", "phone", "sms", "nachricht", "antwort", "mensaje", "respuesta", "reponse",
    "messaggio", "risposta", "bericht", "antwoord", "mensagem", "resposta",
})  # fmt: skip
_NOTES = frozenset({
    "note", "notes", "internal note", "private note", "internal comment", "private comment",
    "work note", "notiz", "interne notiz", "nota", "nota interna", "note interne", "notitie",
})  # fmt: skip
# What has been sent, and what has not.
_SENT = frozenset({"published", "sent", "delivered"})
_UNSENT = frozenset({
    "draft", "drafted", "hidden", "underreview", "under review", "scheduled", "queued",
    "unsent",
})  # fmt: skip
# What a column of truths is called, and which of them is ours or open to the reporter.
_IS_OURS = {
    "incoming": False, "inbound": False, "is incoming": False, "is inbound": False,
    "outgoing": True, "outbound": True, "is outgoing": True, "is outbound": True,
}  # fmt: skip
_IS_OPEN = {
    "private": False, "is private": False, "internal": False, "is internal": False,
    "public": True, "is public": True,
}  # fmt: skip
_TRUE, _FALSE = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0"})
_NEARLY_ALL = 0.98
# A column that belongs to the cases around these rows, or to a list inside them, says nothing.
_ELSEWHERE = frozenset({"around", "inside", "empty"})


def answers_in(columns: Sequence[Column], number: Match) -> Proposal | None:
    """What rows inside cases tell of answers: where they say who wrote them, or to whom."""
    own = [c for c in columns if c.why_not not in _ELSEWHERE and c is not number.column]
    conditions = _conditions([c for c in own if c.dates is None])
    occurred = _written_at(own, number.column)
    if not conditions or occurred is None:
        return None
    return Proposal(
        grain="change",
        rows_per_case=number.column.rows / max(number.column.distinct, 1),
        fields={"case_id": number, "occurred": Match("occurred", occurred, EXACT)},
        steps={},
        is_history=False,
        numbers=(),
        rivals={},
        row_steps=(RowStep(conditions, kind="acknowledged"),),
    )


def _conditions(columns: Sequence[Column]) -> dict[str, tuple[str, ...]]:
    """Values of the columns by which an answer is known; none where nobody says who wrote."""
    told = {
        c.name: {plain(value): value for value in c.values.unique().sort()} for c in columns
    }
    by_author = _first(told, _by_author) or _first(told, partial(_truth, _IS_OURS))
    by_sort = _first(told, _by_sort) or _first(told, partial(_truth, _IS_OPEN))
    # A sort of its own for what reporters write says who wrote the others.
    speaks = any(_THEIRS & {*told[name]} for name in by_sort)
    return by_author | by_sort | _first(told, _by_sending) if by_author or speaks else {}


def _first(
    told: Mapping[str, dict[str, str]],
    says: Callable[[str, Mapping[str, str]], tuple[str, ...]],
) -> dict[str, tuple[str, ...]]:
    found = ((name, says(name, values)) for name, values in told.items())
    return next(({name: chosen} for name, chosen in found if chosen), {})


def _by_author(_: str, values: Mapping[str, str]) -> tuple[str, ...]:
    """The values of a column of authors' kinds that are ours; none of another column."""
    theirs, ours = _THEIRS & {*values}, _OURS & {*values}
    if _USER in values and bool(theirs) != bool(ours):
        theirs, ours = (theirs, ours | {_USER}) if theirs else (theirs | {_USER}, ours)
    return tuple(values[word] for word in sorted(ours)) if theirs and ours else ()


def _by_sort(_: str, values: Mapping[str, str]) -> tuple[str, ...]:
    """The values of a column of sorts of entries that reporters read; none of another."""
    answers = _ANSWERS & {*values}
    is_sort = answers and ((_NOTES | _THEIRS) & {*values})
    return tuple(values[word] for word in sorted(answers)) if is_sort else ()


def _by_sending(_: str, values: Mapping[str, str]) -> tuple[str, ...]:
    """The values of a column that tells drafts from what was sent; none of another column.

    Where all has been sent so far, a later export may have drafts.
    """
    says_so = {*values} <= _SENT | _UNSENT
    return tuple(values[word] for word in sorted(_SENT & {*values})) if says_so else ()


def _truth(said: Mapping[str, bool], name: str, values: Mapping[str, str]) -> tuple[str, ...]:
    """The truth of a column called so that speaks of answers; none of another column."""
    wanted = said.get(header_words(name))
    if wanted is None or not {*values} <= _TRUE | _FALSE or len(values) > 2:
        return ()
    return tuple(values[word] for word in sorted((_TRUE if wanted else _FALSE) & {*values}))


def _written_at(columns: Sequence[Column], number: Column) -> Column | None:
    """The date that each row has of its own, called after its making before its changing."""
    dated = [
        c
        for c in columns
        if c.dates is not None and c.filled >= _NEARLY_ALL * c.rows and moves(c, number) > 0
    ]
    called = ("received", "occurred")
    return max(
        dated,
        key=lambda c: (*(likeness(field, c.name) for field in called), -c.place),
        default=None,
    )
