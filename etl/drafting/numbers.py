"""Which column is the case's number: by its name, by its values, or a question."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from etl.drafting.columns import Column
from etl.drafting.histories import moves
from etl.drafting.words import EXACT, header_words, likeness

# Names that a row's own number bears as often as a case's.
_OF_ANYTHING = {"id", "number", "reference", "ref", "record id", "record no", "documentkey"}
_COUNTS = _OF_ANYTHING | {"nummer", "numero", "numer", "nr", "no", "s no", "sr no"}
# Rows that one case may have before its number is rather that of a person or a place.
_FEWEST, _MOST = 1.02, 50
_ALIKE = 0.98
_ENOUGH = 5
_OFTEN = 0.5  # of the cases of a log, those with rows of several days
_MOSTLY = 0.8  # of the values of a column that holds numbers of cases, some of them gone
_SHARED = 0.1  # of the cases of one file must be in another whose column is called otherwise


@dataclass(frozen=True, slots=True)
class Number:
    """A column taken for the case's number, with 0 to 120 for how sure that is."""

    column: Column
    score: int


def number_of_case(
    columns: Sequence[Column], known: frozenset[str] = frozenset()
) -> Number | None:
    """The column that is called a case's number and is most of all one, if there is any.

    Where none is called so, or what is called so is none of them, the one whose values are
    numbers of cases that are `known`.
    """
    fitting = []
    for column in columns:
        told = likeness("case_id", column.name)
        if told and column.may_be_number_of_case and column.why_not in (None, "person"):
            # The more often each value comes, the less it is the number of one case.
            unique = column.distinct / column.filled
            fitting.append(Number(column, told + round(20 * unique)))
    fitting = [number for number in fitting if not _is_of_a_row(number.column, fitting)]
    best = max(fitting, key=lambda number: number.score, default=None)
    same = [c for c in columns if known and c.may_be_number_of_case and _is_of(c, known)]
    if best is not None and (not same or not known.isdisjoint(best.column.values)):
        return best
    if same:
        return Number(max(same, key=lambda column: column.distinct), 60)
    # One column alone in which no value comes twice is the number, whatever it is called.
    lone = [c for c in columns if c.may_be_number_of_case and c.distinct == c.filled]
    alike = lone or _of_a_log(columns)
    return Number(alike[0], 60) if len(alike) == 1 else None


def _of_a_log(columns: Sequence[Column]) -> list[Column]:
    """Columns whose values come several times, always in one shape, on several days."""
    dated = [column for column in columns if column.dates is not None]
    if len(dated) != 1:
        return []
    return [
        column
        for column in columns
        if column.why_not is None
        and _is_of_one_shape(column)
        and moves(dated[0], column) > _OFTEN
    ]


def _is_of_one_shape(column: Column) -> bool:
    """Whether its values are as `AB-0012`: not few, with as many letters and digits in each."""
    if not column.may_be_number_of_case or column.distinct <= max(
        _ENOUGH, column.rows // _MOST
    ):
        return False
    shapes = column.values.str.replace_all(r"\p{L}", "a").str.replace_all(r"\d", "9")
    often = shapes.value_counts(sort=True)["count"][0]
    return bool(often >= _ALIKE * column.filled and shapes.str.contains("9999|a.*9|9.*a").all())


def other_numbers(columns: Sequence[Column], best: Column) -> list[Column]:
    """Columns with another number of each case, by which other files may speak of it."""
    return [
        column
        for column in columns
        if column is not best
        and column.may_be_number_of_case
        and column.why_not is None
        and column.distinct == column.filled == column.rows
    ]


def names_cases(columns: Sequence[Column], known: frozenset[str]) -> bool:
    """Whether a column holds numbers of cases that are known."""
    return any(c.may_be_number_of_case and _is_of(c, known) for c in columns)


def _is_of(column: Column, known: frozenset[str]) -> bool:
    """Whether its values are those of cases, and of more than a few of them."""
    values = {*column.values}
    shared = len(values & known)
    is_within = shared >= max(_ALIKE * len(values), _SHARED * len(known))
    # A log goes on naming cases that are in no list any more.
    return is_within or shared >= max(_MOSTLY * len(values), _OFTEN * len(known))


def _is_of_a_row(column: Column, others: Sequence[Number]) -> bool:
    """Whether `Id` is the number of a row: a `CaseId` beside it says whose row it is."""
    words = header_words(column.name)
    named = [
        (other.column, header_words(other.column.name))
        for other in others
        if likeness("case_id", other.column.name) == EXACT
    ]
    if words in _COUNTS and counts_rows(column):
        return any(told not in _COUNTS for _, told in named)
    if words not in _OF_ANYTHING:
        return False
    return any(
        told not in _OF_ANYTHING
        and (told.endswith(f" {words}") or other.distinct < other.filled)
        for other, told in named
    )


def counts_rows(column: Column) -> bool:
    """Whether its values are 1, 2, 3 and so on, as in a list that numbers its own lines."""
    said = column.texts.cast(pl.Int64, strict=False)
    return said.equals(pl.Series(range(1, column.rows + 1), dtype=pl.Int64))


def candidates(columns: Sequence[Column]) -> list[Column]:
    """Columns with another value in every row, which a question about the number names.

    Where none may be a number, an instant that no two rows share tells cases apart too.
    """
    numbered = [
        column
        for column in columns
        if column.may_be_number_of_case
        and column.distinct == column.filled
        and column.why_not is None
    ]
    return numbered or [
        column
        for column in columns
        if column.dates is not None
        and column.dates.with_hours
        and column.distinct == column.rows
    ]


def doubtful_numbers(columns: Sequence[Column], best: Column | None) -> tuple[Column, ...]:
    """Columns that may be the case's number and count cases differently: nobody may choose."""
    if best is None:
        return ()
    if likeness("case_id", best.name) == EXACT and header_words(best.name) not in _OF_ANYTHING:
        return ()
    # Where the rows of one value tell the same days, they may well tell of one case.
    groups = [] if best.distinct < best.filled else _groups(columns)
    if likeness("case_id", best.name) == EXACT:
        named = [c for c in groups if likeness("case_id", c.name) > 0]
        return (best, *named) if named else ()
    others = [
        column
        for column in columns
        if column in groups
        or column is best
        or (
            column.may_be_number_of_case
            and column.why_not is None
            and likeness("case_id", column.name) > 0
            and column.distinct > column.rows // 10
        )
    ]
    return tuple(others) if len({column.distinct for column in others}) > 1 else ()


def _groups(columns: Sequence[Column]) -> list[Column]:
    """Columns whose values come several times, each time beside the same dates."""
    dated = [c for c in columns if c.dates is not None and c.distinct > _ENOUGH]
    if not dated:
        return []
    return [
        column
        for column in columns
        if column.may_be_number_of_case
        and column.why_not is None
        and _FEWEST < column.filled / column.distinct <= _MOST
        and _alike(column, dated)
    ]


def _alike(column: Column, dated: Sequence[Column]) -> bool:
    rows = pl.DataFrame(
        [column.texts.alias("n"), *(c.texts.alias(f"d{i}") for i, c in enumerate(dated))]
    ).drop_nulls("n")
    several = (
        rows.group_by("n")
        .agg(
            pl.len().alias("rows"), pl.struct(pl.exclude("n", "rows")).n_unique().alias("days")
        )
        .filter(pl.col("rows") > 1)
    )
    alike = several.filter(pl.col("days") == 1).height
    return several.height >= _ENOUGH and alike >= _ALIKE * several.height
