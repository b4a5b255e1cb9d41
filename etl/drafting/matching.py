"""How well a column holds a canonical field: by its name, and by what its values are."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from etl.drafting.columns import Column
from etl.drafting.words import EXACT, code_means, header_words, likeness, plain

COUNTS = ("source_days", "source_reopens")
NAMED_SO = 70  # of 100, for a name that says what a column is although its codes do not
_OF_AN_ENTRY = ("category", "channel", "outcome", "anonymity")
_MEANT = ("severity", "outcome", "status", "kind", "anonymity")
# Names of something else as often as of what they are taken for where nothing says it better:
# a ticket's title, the kind of record, what a priority is made of.
_WEAK = {"subject": 10, "subjects": 10, "type": 5, "urgency": 45, "impact": 45}
# By its values alone a column is taken for one of these where nearly all of them are known.
_KNOWN = 0.75
_KIND_OF_RECORD = re.compile(r"(?i)(^|[.\]])([$@_]?type|object)$")
# Says by itself what it is about, as no "yes" does.
_NAMELESS = re.compile("anon|nevtelen|익명|анон|ανων")
_FITS = 55
_TO_COME = frozenset({"due", "deadline", "target", "expected", "planned", "frist", "faellig"})
_EARLY = ("acknowledged", "triaged", "assigned", "investigated", "informed")
# Taken from a name's score where no value of its column is known for the field.
_UNKNOWN = 25


@dataclass(frozen=True, slots=True)
class Match:
    """A column proposed for a field: 0 to 200, and whether somebody should look at it."""

    field: str
    column: Column
    score: int

    @property
    def sure(self) -> bool:
        """Whether the name says exactly this and the values agree."""
        return self.score >= EXACT


def assigned(
    columns: Sequence[Column], fields: Sequence[str], score: Callable[[str, Column], int]
) -> dict[str, Match]:
    """Give each field its best column and each column one field, the best pair first."""
    matches = [
        Match(name, column, found)
        for name in fields
        for column in columns
        if (found := score(name, column)) >= _FITS
    ]
    given: dict[str, Match] = {}
    for match in sorted(matches, key=_first_the_best):
        taken = {other.column.name for other in given.values()}
        if match.field not in given and match.column.name not in taken:
            given[match.field] = match
    return given


def _first_the_best(match: Match) -> tuple[int, bool, bool, int]:
    # Of two that are called so, as Product and Category, the one with the field's own name.
    words = header_words(match.column.name)
    return -match.score, words in _WEAK, words != match.field, match.column.place


def code_score(field: str, column: Column) -> int:
    """0 to 120: how well a column's name and its codes say that it holds a coded field."""
    told = likeness(field, column.name)
    if field in COUNTS:
        return told if column.is_number and told else 0
    if not column.may_be_code:
        return 0
    if column.distinct == 1 and told < NAMED_SO:
        return 0  # What is alike in all rows tells no case from another.
    weak = _WEAK.get(header_words(column.name), 0)
    if field not in _MEANT:
        # Of a thing's number and its name people know the name, and what is alike in every row
        # tells nothing.
        less = 5 * column.is_number + 30 * (column.distinct == 1)
        less -= "@" in column.name  # a service's words for people, beside its own
        if field == "category":
            less += _is_no_category(column)
        return max(told - less - weak, 0)
    known = _share_known(field, column)
    if told:  # A name whose values say nothing of it is no more than a name.
        return told - weak + (round(20 * known) if known else -_UNKNOWN)
    # "Yes" and "no" answer any question.
    if field == "anonymity":
        known = _share_of_anonymity(column)
    return 60 if known >= _KNOWN and column.distinct > 1 else 0


def _share_of_anonymity(column: Column) -> float:
    """Which share of the codes say by themselves that a reporter gave a name or did not."""
    codes = column.values.unique()
    if not any(_NAMELESS.search(plain(code)) for code in codes):
        return 0
    return _share_known("anonymity", column)


def _is_no_category(column: Column) -> int:
    """What is taken from the score of a column of outcomes or states, or of a kind of record.

    In French `issue` is the outcome; in records `type` is often the kind of record. Nor is it
    one of anonymous and named reports, which is what a hotline may call the type of a report.
    """
    is_outcome = column.distinct > 1 and (
        any(_share_known(field, column) >= _KNOWN for field in ("outcome", "status"))
        or _share_of_anonymity(column) >= _KNOWN
    )
    is_kind = _KIND_OF_RECORD.search(column.name) and (
        column.distinct == 1 or "$" in column.name
    )
    return EXACT if is_outcome or is_kind else 0


def _share_known(field: str, column: Column) -> float:
    codes = column.values.unique()
    told = [code_means(field, code) for code in codes]
    # That nothing is said yet is written in columns of any kind.
    return sum(bool(known and known.meaning) for known in told) / max(codes.len(), 1)


def date_score(field: str, column: Column) -> int:
    """0 to 100: how well the name of a column of dates says that it holds this one."""
    if column.dates is None:
        return 0
    told = likeness(field, column.name)
    # "Acknowledged (due)" is neither the day of that step nor the deadline of the case.
    is_to_come = not _TO_COME.isdisjoint(header_words(column.name).split())
    is_of_a_step = any(likeness(step, column.name) >= _FITS for step in _EARLY)
    if told < EXACT and is_to_come and (field != "due" or is_of_a_step):
        return 0
    return told


def number_score(field: str, column: Column) -> int:
    """0 to 100: how well the name of a column of numbers says that it holds this one."""
    return likeness(field, column.name) if column.is_number else 0


def rivals_of(
    read: Sequence[Column], matches: dict[str, Match], taken: set[str]
) -> dict[str, tuple[str, ...]]:
    """Columns that no field has got, by the field that their names fit as well."""
    found = {
        field: tuple(
            column.name
            for column in read
            if column.name not in taken
            and likeness(field, column.name) >= _FITS
            and (field != "case_id" or column.may_be_number_of_case)
            and (column.dates is not None) == (match.column.dates is not None)
        )
        for field, match in matches.items()
    }
    return {field: names for field, names in found.items() if names}


def of_the_case(fields: dict[str, Match]) -> dict[str, Match]:
    """Without what an entry inside the record of its case says of itself: its type, its way in.

    The record around it has those of the case.
    """
    if "[]." not in fields["case_id"].column.name:
        return fields
    return {name: told for name, told in fields.items() if name not in _OF_AN_ENTRY}
