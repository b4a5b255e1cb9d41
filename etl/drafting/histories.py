"""Files with several rows for a case: its changes, its states, its source's own deadlines."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from etl.drafting.arrows import arrow_in
from etl.drafting.columns import Column, codes_to_show, column_of
from etl.drafting.words import EXACT, code_means, header_words, likeness, named_fields, plain
from etl.readers.leaves import JOINT

_FITS = 55
_NAMES = 60  # for a field's name with a word beside it
_MEANS = {
    "status": "progress", "severity": "escalation", "level": "escalation",
    "unit": "assignment", "assignee": "assignment",
}  # fmt: skip
_CODES = ("status", "severity", "level", "unit")
# What is counted in steps as a case goes up, and how one of them is written.
_SCALES = frozenset({
    "stage", "level", "tier", "line", "l", "stufe", "ebene", "niveau", "nivel", "livello",
    "etapa", "etape", "fase", "trin", "niva", "taso",
})  # fmt: skip
_STEP = re.compile(r"(\D+?)[ _-]?\d$")
_TRUTHS = frozenset({"true", "false", "yes", "no", "1", "0", "ja", "nein", "oui", "non", "si"})
_YES = frozenset({"true", "yes", "1", "ja", "oui", "si"})
_MOSTLY, _MOST, _HALF = 0.98, 0.95, 0.5
# How columns begin or end that say what a field was, and what it became.
_WAS = frozenset({
    "from", "old", "previous", "prior", "before", "alter", "alte", "ancien", "ancienne",
    "anterior", "vecchio", "oude", "regi",
})  # fmt: skip
_BECAME = frozenset({
    "to", "new", "current", "after", "neuer", "neue", "nouveau", "nouvelle", "nuevo", "nueva",
    "nuovo", "nieuwe", "uj",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class RowStep:
    """Rows whose columns have the values in `when` tell a change of a field, or a kind of step.

    `before` and `after` are columns of its own, where it does not stand in those of the others.
    """

    when: Mapping[str, tuple[str, ...]]
    change: str = ""
    before: str | None = None
    after: str | None = None
    kind: str = ""

    @property
    def told(self) -> dict[str, str]:
        """What is declared of it beside its rows."""
        if self.kind:
            return {"kind": self.kind}
        told = {"change": self.change, "means": _MEANS[self.change]}
        own = {"before": self.before, "after": self.after}
        return told | {part: column for part, column in own.items() if column is not None}


@dataclass(frozen=True, slots=True)
class Changes:
    """A history: the columns that say when, from what and to what, and its steps."""

    occurred: Column
    before: Column | None
    after: Column
    steps: tuple[RowStep, ...]
    codes: dict[str, Column]
    places: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class States:
    """A log of states: when each was, what orders them, and what is not to be believed.

    `backfilled` are columns of dates that every row of a case has alike, the first one too.
    """

    occurred: Column
    order: Column | None
    backfilled: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Deadlines that the source keeps: whether they were met, and the dates of each."""

    verdict: Column
    is_breach: bool
    clock: Column | None
    dates: dict[str, Column]

    def means(self, code: str) -> str:
        """What a truth of its column says of the deadline."""
        return "breached" if (plain(code) in _YES) == self.is_breach else "met"


def changes_in(columns: Sequence[Column]) -> Changes | None:
    """The history that these columns are, if they are one."""
    arrow = arrow_in(columns)
    if arrow is None:
        return _changes_in(columns)
    told = _changes_in([*(c for c in columns if c is not arrow.column), *arrow.sides])
    if told is None or arrow.named(told.after) is told.after:
        return _changes_in(columns)
    after = arrow.named(told.after) or told.after
    return replace(told, before=arrow.named(told.before), after=after, places=arrow.places)


def _changes_in(columns: Sequence[Column]) -> Changes | None:
    dates = [c for c in columns if c.dates is not None]
    occurred = _best("occurred", dates) or (dates[0] if len(dates) == 1 else None)
    texts = [c for c in columns if c.dates is None and c.filled]
    after = _best_after(texts)
    before = _best("before", [c for c in texts if c is not after])
    others = [c for c in texts if c not in (after, before)]
    named = (_best("field", others), *filter(_names_fields, others))
    fields = [column for column in named if column is not None]
    if occurred is None:
        return None
    # What is called so may be alike in every row, and another column name the field.
    tellings = (_of_fields(field, texts) for field in fields if after is not None)
    told = next(filter(None, tellings), None)
    if told is None:
        told = _of_pairs(texts)
    if told is None and not fields and before and after:
        told = _of_one(before, after)
    return Changes(occurred, *told) if told else None


_Told = tuple[Column | None, Column, tuple[RowStep, ...], dict[str, Column]]


def _of_fields(field: Column, texts: Sequence[Column]) -> _Told | None:
    """A step for each field of ours among those whose changes are told."""
    shown, _ = codes_to_show(field, frozenset())
    least = EXACT - 10 if likeness("field", field.name) >= _FITS else _NAMES
    found: dict[str, list[str]] = {}
    for value in shown:
        meant = _field_called(value, least)
        if meant is not None:
            found.setdefault(meant, []).append(value)
    rows = {name: field.texts.is_in(v).fill_null(value=False) for name, v in found.items()}
    # A tracker has a list of names for one field, and a text or a time for another.
    others = [c for c in texts if c is not field]
    spoken = field.texts.is_in([value for values in found.values() for value in values])
    after = _best_after(others, among=spoken)
    before = _best("before", [c for c in others if c is not after], among=spoken)
    if after is None:
        return None
    told = {name: _values(name, before, after, chosen) for name, chosen in rows.items()}
    # Of a list of several nobody can say which of them the case has.
    is_list = "inside" in {after.why_not, before.why_not if before else None}
    single = [
        name
        for name, column in told.items()
        if not (is_list and column.values.str.contains(JOINT, literal=True).any())
    ]
    steps = tuple(RowStep({field.name: tuple(found[name])}, name) for name in single)
    codes = {name: told[name] for name in single if name != "assignee"}
    return (before, after, steps, codes) if steps else None


def is_scale(column: Column) -> bool:
    """Whether its values are steps of one scale, as `Stage 1` and `Stage 2`."""
    told = (
        [_STEP.match(value) for value in column.values.unique()] if column.may_be_code else []
    )
    things = {plain(step[1]) if step is not None else "" for step in told}
    return len(told) > 1 and len(things) == 1 and things <= _SCALES


def _names_fields(column: Column) -> bool:
    """Whether its few values name what was changed, as "Status changed"."""
    return (
        column.may_be_code
        and not is_scale(column)
        and any(_field_called(value, _NAMES) is not None for value in column.values.unique())
    )


def _field_called(value: str, least: int) -> str | None:
    # `status_id` is the status, told by its number.
    told = re.sub(r"(?i)[ _]id$", "", value)
    scored = [(likeness(name, told), name) for name in ("status", "severity", "level", "unit")]
    score, name = max(scored)
    if header_words(value) in named_fields("assignee"):
        return "assignee"
    return name if score >= least else None


def _of_one(before: Column | None, after: Column) -> _Told | None:
    """The one field whose changes are told without its name: by what its codes mean."""
    codes = _values("status", before, after, None)
    for name in ("status", "severity"):
        values = codes.values.unique()
        known = sum(code_means(name, code) is not None for code in values)
        if likeness(name, after.name) >= _FITS or 2 * known > values.len():
            return before, after, (RowStep({}, name),), {name: codes}
    return None


def _of_pairs(texts: Sequence[Column]) -> _Told | None:
    """The fields of which two columns of their own tell what they were and became."""
    was, became = _named_by(_WAS, texts), _named_by(_BECAME, texts)
    found: dict[str, tuple[Column, Column]] = {}
    for thing in [told for told in became if told in was]:
        pair = was[thing], became[thing]
        name = _field_called(thing, _NAMES)
        # Of the numbers and the names of codes, the names say what they mean.
        if name in _CODES and _known(name, pair) > _known(name, found.get(name, ())):
            found[name] = pair
    if not found:
        return None
    main = min(found, key=_CODES.index)
    steps = [
        RowStep({}, name, *(column.name for column in pair if name != main))
        for name, pair in found.items()
    ]
    codes = {name: _values(name, *pair, None) for name, pair in found.items()}
    return *found[main], tuple(steps), codes


def _known(name: str, pair: Sequence[Column]) -> float:
    """The share of the columns' codes that are known; less than none where there is none."""
    codes = {code for column in pair for code in column.values.unique()}
    known = sum(code_means(name, code) is not None for code in codes)
    return known / len(codes) if codes else -1.0


def changes_alone(columns: Sequence[Column], number: Column) -> Changes | None:
    """A log whose rows have, of each field, what it became, and nothing where it stayed."""
    dates = [c for c in columns if c.dates is not None and c.filled >= _MOSTLY * c.rows]
    if len(dates) != 1 or moves(dates[0], number) < _HALF:
        return None
    found: dict[str, Column] = {}
    for column in columns:
        name = _field_called(header_words(column.name), _NAMES) if column.may_be_code else None
        if name in _CODES and column.filled <= _MOST * column.rows:
            found.setdefault(name, column)
    if "status" not in found:
        return None
    # Where the status is blank another field says what changed; else it was left out.
    blank = pl.DataFrame([column.texts.alias(name) for name, column in found.items()]).filter(
        pl.col("status").is_null()
    )
    told = blank.select(pl.any_horizontal(pl.all().is_not_null()).sum()).item()
    if told < _HALF * blank.height:
        return None
    steps = [
        RowStep({}, name, after=column.name if name != "status" else None)
        for name, column in found.items()
    ]
    codes = {name: _values(name, None, column, None) for name, column in found.items()}
    return Changes(dates[0], None, found["status"], tuple(steps), codes)


def _named_by(sides: frozenset[str], columns: Sequence[Column]) -> dict[str, Column]:
    """Columns by what is left of their names without the one such word in them."""
    found = {}
    for column in columns:
        words = header_words(column.name).split()
        others = [word for word in words if word not in sides]
        if len(others) == len(words) - 1 and column.may_be_code:
            found[" ".join(others)] = column
    return found


def _values(
    name: str, before: Column | None, after: Column, chosen: pl.Series | None
) -> Column:
    """All that a field is said to have been or become, as one column of codes."""
    texts = [
        c.texts if chosen is None else c.texts.filter(chosen) for c in (before, after) if c
    ]
    return column_of(name, after.place, pl.concat([t.alias(name) for t in texts]).fill_null(""))


def states_in(columns: Sequence[Column], number: Column) -> States | None:
    """What makes rows of a case states of it: one date that moves on while others stay."""
    dates = [c for c in columns if c.dates is not None]
    moving = {c.name: moves(c, number) for c in dates}
    whole = [c for c in dates if c.filled >= _MOSTLY * c.rows and moving[c.name] > 0]
    if not whole:
        return None
    told = max(whole, key=lambda c: (round(moving[c.name], 1), likeness("occurred", c.name)))
    orders = [c for c in columns if c.is_number and likeness("order", c.name) >= _FITS]
    backfilled = [
        c for c in dates if c is not told and moving[c.name] == 0 and _ends(c) and c.filled
    ]
    return States(told, orders[0] if orders else None, tuple(backfilled))


def _ends(column: Column) -> bool:
    return max(likeness(step, column.name) for step in ("resolved", "closed")) >= _FITS


def moves(column: Column, number: Column) -> float:
    """Share of the cases with several rows in which a column is not always the same."""
    rows = pl.DataFrame({"case": number.texts, "value": column.texts})
    several = (
        rows.drop_nulls("case")
        .group_by("case")
        .agg(pl.len().alias("rows"), pl.col("value").n_unique().alias("values"))
        .filter(pl.col("rows") > 1)
    )
    return several.filter(pl.col("values") > 1).height / max(several.height, 1)


def verdicts_in(columns: Sequence[Column]) -> Verdicts | None:
    """The source's own deadlines, if these columns tell of them."""
    named = [c for c in columns if likeness("verdict", c.name) >= _FITS and _is_truth(c)]
    dates = {
        name: column
        for name in ("started", "stopped", "due")
        if (column := _best(name, [c for c in columns if c.dates is not None]))
    }
    if not named or "due" not in dates:
        return None
    verdict = max(named, key=lambda c: likeness("verdict", c.name))
    words = header_words(verdict.name)
    is_breach = any(stem in words for stem in ("breach", "miss", "verletz", "overdue"))
    clock = _best("clock", [c for c in columns if c.may_be_code and c is not verdict])
    return Verdicts(verdict, is_breach, clock, dates)


def _is_truth(column: Column) -> bool:
    return {plain(text) for text in column.values.unique()} <= _TRUTHS


def _best_after(columns: Sequence[Column], *, among: pl.Series | None = None) -> Column | None:
    """The column of what a field became, none that is rather called what it was."""
    may = [c for c in columns if likeness("before", c.name) <= likeness("after", c.name)]
    return _best("after", may, among=among)


def _best(
    field: str, columns: Sequence[Column], *, among: pl.Series | None = None
) -> Column | None:
    """The column called most like the field; of several, that with most values in `among`."""
    scored = [
        (
            likeness(field, column.name),
            column.texts.filter(among).count() if among is not None else 0,
            -column.place,
            column,
        )
        for column in columns
    ]
    found = max(scored, key=lambda told: told[:3], default=None)
    return found[3] if found is not None and found[0] >= _FITS else None
