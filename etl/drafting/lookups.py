"""Files beside the cases that only say what their codes are called: users, sites, teams."""

from collections.abc import Sequence

from etl.drafting.columns import Column
from etl.drafting.known import Known

_DESCRIBE = ("case", "allegation", "snapshot")
# What is said of cases and of nobody's account.
_OF_CASES = ("status", "category", "severity", "outcome", "channel")


def lookups(files: Sequence[Sequence[Known]]) -> frozenset[int]:
    """Places of the files that tell of no case, where another file describes the cases.

    Such a file speaks of none of their numbers, and has no date at all, or a row for each code
    that stands in another file's column and nothing of what a case is like.
    """
    described = [place for place, file in enumerate(files) if any(map(_describes, file))]
    return frozenset(
        place
        for place, file in enumerate(files)
        if any(
            _is_lookup(file, [*files[:place], *files[place + 1 :]], _numbers(files[other]))
            for other in described
            if other != place
        )
    )


def _describes(known: Known) -> bool:
    proposal = known.proposal
    return (
        proposal.grain in _DESCRIBE
        and "case_id" in proposal.fields
        and "received" in proposal.steps
    )


def _is_lookup(
    file: Sequence[Known], others: Sequence[Sequence[Known]], cases: frozenset[str]
) -> bool:
    if len(file) != 1 or file[0].proposal.grain != "case" or _numbers(file) & cases:
        return False
    columns = file[0].columns
    if all(column.dates is None for column in columns):
        return True
    if {*_OF_CASES} & {*file[0].proposal.fields}:
        return False
    keys = [frozenset(c.values) for c in columns if c.distinct == c.rows]
    return any(
        values <= key
        for other in others
        for column in other[0].columns
        if len(values := _codes(column)) > 1
        for key in keys
    )


def _codes(column: Column) -> frozenset[str]:
    """What stands several times in a column: a date or a number of a case seldom does."""
    told = column.dates is None and 0 < column.distinct < column.filled
    return frozenset(column.values) if told else frozenset()


def _numbers(file: Sequence[Known]) -> frozenset[str]:
    named = [known.proposal.fields.get("case_id") for known in file]
    return frozenset().union(*(match.column.values for match in named if match is not None))
