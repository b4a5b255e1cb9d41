"""Which column holds which canonical field, by its name and by what its values are."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from etl.drafting.columns import MOST_CODES, Column
from etl.drafting.dates import parsed
from etl.drafting.histories import (
    Changes,
    RowStep,
    States,
    Verdicts,
    changes_alone,
    changes_in,
    moves,
    states_in,
    verdicts_in,
)
from etl.drafting.matching import (
    COUNTS,
    NAMED_SO,
    Match,
    assigned,
    code_score,
    date_score,
    number_score,
    of_the_case,
    rivals_of,
)
from etl.drafting.numbers import doubtful_numbers, number_of_case
from etl.drafting.words import EXACT, WITHIN, header_words, likeness
from etl.source import FIELDS, Grain

STEPS = (
    "received", "acknowledged", "triaged", "escalated", "assigned", "investigated", "decided",
    "informed", "resolved", "closed", "cancelled", "reopened",
)  # fmt: skip
_CODES = (
    "unit", "category", "channel", "severity", "outcome", "status", "kind", "level",
    "anonymity",
)  # fmt: skip
ORDER = (
    "case_id", "alias", "occurred", "kind", "level", "offered", "answered", "score", "unit",
    "category", "channel", "severity", "status", "outcome", "anonymity", "incident_on", "due",
    "source_days", "source_reopens", "clock", "verdict", "started", "stopped", "before",
    "after", "order",
)  # fmt: skip
# What a change of a field means where a row is the state of its case.
CHANGES = {
    "status": "progress", "severity": "escalation", "level": "escalation", "unit": "assignment",
}  # fmt: skip
_SOME_CASES, _MOST_CASES, _MOST_STATES = 0.1, 0.5, 20
_BEGUN = ("started", "started at", "started on", "date started", "work started")
_NEARLY_ALL = 0.98  # rows that have what every case has
_HARDLY_MORE = 1.02  # rows for each case, where a row is a case


@dataclass(frozen=True, slots=True)
class Proposal:
    """The grain of the rows, and the columns found for its fields and steps.

    `rivals` are columns whose name fits a field that another column has got; `numbers` are
    those of which one is the case's number, where their names do not say which.
    """

    grain: Grain
    rows_per_case: float
    fields: dict[str, Match]
    steps: dict[str, Match]
    is_history: bool
    numbers: tuple[Column, ...]
    rivals: dict[str, tuple[str, ...]]
    changes: dict[str, str] = field(default_factory=dict)
    row_steps: tuple[RowStep, ...] = ()
    codes: dict[str, Column] = field(default_factory=dict)
    verdicts: Verdicts | None = None
    backfilled: tuple[Column, ...] = ()
    places: dict[str, str] = field(default_factory=dict)
    issues: tuple[dict[str, Column], ...] = ()
    further: dict[str, Match] = field(default_factory=dict)  # "closed 2" and so on


def propose(
    columns: Sequence[Column],
    *,
    inner_number: str = "",
    known: frozenset[str] = frozenset(),
) -> Proposal:
    """Find the grain and the column of every field of it.

    `inner_number` is the column of the case's number where the rows stand inside a case;
    `known` are the numbers of the cases of another file of the system.
    """
    inner = next((c for c in columns if inner_number and c.name == inner_number), None)
    number = Match("case_id", inner, EXACT) if inner else _number(columns, known)
    per_case = number.column.rows / max(number.column.distinct, 1) if number else 1.0
    # Of a list inside a case's record it is the number of that record.
    is_known = bool(inner or (number and not known.isdisjoint(number.column.values)))
    if number is not None and (per_case > _HARDLY_MORE or inner):
        others = [c for c in columns if c is not number.column]
        told = _several(others, number, per_case)
        if told is not None:
            return replace(told, numbers=()) if is_known else told
    found = _of_a_case(columns, number)
    if number is not None and found.grain == "case" and not {*found.fields} & {*_DESCRIBING}:
        # One deadline for each case, and nothing of what the case is like.
        deadlines = verdicts_in(_readable(columns, number))
        if deadlines is not None:
            told = _of_verdicts(deadlines, number, per_case)
            return replace(told, numbers=()) if is_known else told
    if found.is_history and number is not None:
        # What all rows of a case share is of the case: the rest may be the log of its steps.
        log = _of_a_case([c for c in columns if moves(c, number.column)], number)
        found = log if log.grain == "event" and "kind" in log.fields else found
    if is_known:
        found = replace(found, numbers=())
    if inner is not None and found.grain in ("case", "allegation"):
        return replace(found, grain="finding", steps={}, fields=_only(found.fields, "finding"))
    return found


def _readable(columns: Sequence[Column], number: Match) -> list[Column]:
    return [
        c
        for c in columns
        if c is not number.column
        and (c.why_not is None or (c.dates is not None and c.why_not == "not_needed"))
    ]


def _number(columns: Sequence[Column], known: frozenset[str]) -> Match | None:
    found = number_of_case(columns, known)
    return Match("case_id", found.column, found.score) if found else None


def _only(fields: dict[str, Match], grain: Grain) -> dict[str, Match]:
    allowed = {name for names in FIELDS[grain] for name in names}
    return {name: match for name, match in fields.items() if name in allowed}


def _several(others: list[Column], number: Match, per_case: float) -> Proposal | None:
    """Rows that are changes, deadlines or states of a case, if they are any of these."""
    read = _readable(others, number)
    changes = changes_in([c for c in others if c.why_not in _MAY_BE_HISTORY])
    if changes is not None:
        return _of_changes(changes, number, per_case)
    verdicts = verdicts_in(read)
    if verdicts is not None:
        return _of_verdicts(verdicts, number, per_case)
    changes = changes_alone(read, number.column)
    if changes is not None:
        return _of_changes(changes, number, per_case)
    states = states_in(read, number.column)
    if states is None:
        return None
    found = _of_a_case([number.column, *read], number)
    # What differs in another field alone may as well be the parts of one case.
    return _of_states(states, found) if _changes(number, found.fields.get("status")) else None


# What a list of cases says of them, beside their days.
_DESCRIBING = ("unit", "category", "channel", "severity", "status", "outcome")

# What became of a field may be a name in some rows and a status in others, and stand in a list
# of its own, as trackers write `added` and `removed`.
_MAY_BE_HISTORY = (None, "not_needed", "person", "narrative", "address", "inside")


def _of_changes(told: Changes, number: Match, per_case: float) -> Proposal:
    named = {"occurred": told.occurred, "before": told.before, "after": told.after}
    fields = {n: Match(n, c, EXACT) for n, c in named.items() if c is not None}
    return Proposal(
        grain="change",
        rows_per_case=per_case,
        fields={"case_id": number} | fields,
        steps={},
        is_history=False,
        numbers=(),
        rivals={},
        row_steps=told.steps,
        codes=told.codes,
        places=told.places,
    )


def _of_verdicts(told: Verdicts, number: Match, per_case: float) -> Proposal:
    named = {"clock": told.clock, "verdict": told.verdict, **told.dates}
    fields = {n: Match(n, c, EXACT) for n, c in named.items() if c is not None}
    return Proposal(
        grain="verdict",
        rows_per_case=per_case,
        fields={"case_id": number} | fields,
        steps={},
        is_history=False,
        numbers=(),
        rivals={},
        verdicts=told,
    )


def _of_states(told: States, found: Proposal) -> Proposal:
    fields = {**found.fields, "occurred": Match("occurred", told.occurred, 60)}
    if told.order is not None:
        fields["order"] = Match("order", told.order, EXACT)
    late = {told.occurred.name, *(column.name for column in told.backfilled)}
    steps = {n: match for n, match in found.steps.items() if match.column.name not in late}
    for name in [name for name, match in fields.items() if match.column.name in late]:
        if name != "occurred":
            del fields[name]
    allowed = of_the_case(_only(fields, "snapshot"))
    return replace(
        found,
        grain="snapshot",
        is_history=False,
        fields={name: allowed[name] for name in ORDER if name in allowed},
        steps={name: match for name, match in steps.items() if name == "received"},
        changes=changes_of(allowed),
        rivals={},
        backfilled=told.backfilled,
    )


def changes_of(fields: dict[str, Match]) -> dict[str, str]:
    """What changes of these fields mean: of the status, and of what ever changes."""
    number = fields["case_id"].column
    return {
        name: means
        for name, means in CHANGES.items()
        if name in fields and (name == "status" or moves(fields[name].column, number) > 0)
    }


def _of_a_case(columns: Sequence[Column], number: Match | None) -> Proposal:
    own = number.column if number else None
    read = [c for c in columns if c.why_not is None and c is not own]
    per_case = number.column.rows / max(number.column.distinct, 1) if number else 1.0
    codes = assigned(read, (*_CODES, *COUNTS), code_score)
    codes = _called_status(read, codes) | codes
    dates = assigned(read, (*STEPS, "incident_on", "due"), date_score)
    is_log = number is not None and per_case > _HARDLY_MORE and _moves_on(read, number.column)
    if is_log:
        codes = _named_step(read, codes.get("status")) | codes
    grain = _grain(read, number, per_case, codes, dates, is_log=is_log)
    fields = {"case_id": number} if number else {}
    steps: dict[str, Match] = {}
    if grain == "feedback":
        fields |= assigned(read, ("offered", "answered"), date_score)
        fields |= assigned(read, ("score",), number_score)
    elif grain == "event":
        fields |= {name: codes[name] for name in ("kind", "level") if name in codes}
        fields |= _occurred(read)
    else:
        fields |= {name: codes[name] for name in codes if name not in ("kind", "level")}
        fields |= {name: dates[name] for name in ("incident_on", "due") if name in dates}
        steps = {step: dates[step] for step in STEPS if step in dates}
        if grain != "finding" and "received" not in steps:
            steps = _earliest(read, dates) | steps
        steps |= _begun(read, steps)
    allowed = {name for names in FIELDS[grain] for name in names}
    taken = {match.column.name for match in (*fields.values(), *steps.values())}
    return Proposal(
        grain=grain,
        rows_per_case=per_case,
        fields={name: fields[name] for name in ORDER if name in fields and name in allowed},
        steps=steps,
        numbers=doubtful_numbers(columns, own),
        is_history=grain == "allegation"
        and any(
            _changes(number, told) for told in (codes.get("status"), steps.get("received"))
        ),
        rivals=rivals_of(read, fields | steps, taken),
    )


def _grain(
    read: Sequence[Column],
    number: Match | None,
    per_case: float,
    codes: dict[str, Match],
    dates: dict[str, Match],
    *,
    is_log: bool,
) -> Grain:
    scored = assigned(read, ("score",), number_score)
    if scored and not {"status", "outcome"} & set(codes) and len(dates) <= 2:
        return "feedback"
    dated = [column for column in read if column.dates is not None]
    if number is None or per_case <= _HARDLY_MORE:
        return "case"
    # A log whose step nobody names is one all the same, unless its date is called a receipt.
    is_unnamed = is_log and not {"status", "received"} & {*codes, *dates}
    if len(dated) == 1 and ("kind" in codes or is_unnamed):
        return "event"
    if not dated:
        return "finding"
    return "allegation"


def _changes(number: Match | None, told: Match | None) -> bool:
    """Whether rows of one case differ in what it has one of: then they are its history."""
    if number is None or told is None:
        return False
    rows = pl.DataFrame({"case": number.column.texts, "told": told.column.texts})
    differ = rows.group_by("case").agg(pl.col("told").n_unique().alias("states"))
    return differ.filter(pl.col("states") > 1).height > _SOME_CASES * differ.height


def _moves_on(read: Sequence[Column], number: Column) -> bool:
    """Whether each row of a case has a date of its own, and no other, as those of a log."""
    dated = [column for column in read if column.dates is not None]
    return len(dated) == 1 and moves(dated[0], number) > _MOST_CASES


def _named_step(read: Sequence[Column], status: Match | None) -> dict[str, Match]:
    """The column that is called the step of a log, although no word explains its codes."""
    state = status.column if status is not None else None
    named = [
        Match("kind", column, told)
        for column in read
        if column.dates is None
        and column is not state
        and column.distinct <= MOST_CODES
        and (told := likeness("kind", column.name)) >= NAMED_SO
    ]
    best = max(named, key=lambda match: match.score, default=None)
    return {"kind": best} if best is not None else {}


def _called_status(read: Sequence[Column], codes: dict[str, Match]) -> dict[str, Match]:
    """The column whose name speaks of a status although no word explains its codes.

    Left out, it would leave cases open that are closed: what its codes mean is asked. Every
    case has a status; a column that some lack is of something else.
    """
    taken = {match.column.name for match in codes.values()}
    named = [
        Match("status", column, told)
        for column in read
        if column.may_be_code
        and 1 < column.distinct <= _MOST_STATES
        and column.filled >= _NEARLY_ALL * column.rows
        and column.name not in taken
        and (told := likeness("status", column.name)) > WITHIN
    ]
    best = max(named, key=lambda match: match.score, default=None)
    return {"status": best} if best is not None else {}


def _occurred(read: Sequence[Column]) -> dict[str, Match]:
    dated = [column for column in read if column.dates is not None]
    return {"occurred": Match("occurred", dated[0], EXACT)} if len(dated) == 1 else {}


def _earliest(read: Sequence[Column], dates: dict[str, Match]) -> dict[str, Match]:
    """The date that every row has and no other goes before: a case begins with its receipt."""
    taken = {match.column.name for match in dates.values()}
    whole = [
        column
        for column in read
        if column.dates is not None
        and column.name not in taken
        and column.filled >= _NEARLY_ALL * column.rows
    ]
    if len(whole) != 1:
        return {}
    return {"received": Match("received", whole[0], 60)}


def _begun(read: Sequence[Column], steps: dict[str, Match]) -> dict[str, Match]:
    """The day on which work on a case began: it is new no more, which is its acknowledgement.

    Where every row has it, it says of a form or of the record when that was begun.
    """
    named = [
        Match("acknowledged", column, WITHIN)
        for column in read
        if column.dates is not None
        and header_words(column.name) in _BEGUN
        and column.filled < column.rows
    ]
    is_told = "acknowledged" in steps or "received" not in steps
    return {} if is_told or not named else {"acknowledged": named[0]}


def before_receipt(received: Match, match: Match, forms: dict[str, str]) -> tuple[int, int]:
    """Rows in which a step's date lies before the receipt, of those that have both."""
    days = pl.DataFrame(
        [
            parsed(m.column.texts, forms[m.column.name]).alias(name)
            for name, m in (("received", received), ("then", match))
        ]
    ).drop_nulls()
    return days.filter(pl.col("then") < pl.col("received")).height, days.height


def likely_step(header: str) -> str | None:
    """The step whose date a column of this name holds, where it is called exactly so."""
    return next((step for step in STEPS if likeness(step, header) == EXACT), None)
