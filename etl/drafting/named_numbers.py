"""What the numbers of codes mean, where records tell both: `status.id` beside `status.name`."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from etl.drafting.columns import Column
from etl.drafting.known import Known
from etl.drafting.vocabulary import OPEN, Code, Vocabulary

_NAME, _NUMBER = ".name", ".id"


def with_names(known: Sequence[Known]) -> list[Known]:
    """The same, each number that a history writes for a code answered as the code's name is."""
    names: dict[str, dict[str, Code]] = {}
    for one in known:
        for field, vocabulary in one.vocabularies.items():
            names.setdefault(field, {}).update(_numbered(one, field, vocabulary))
    return [
        replace(
            one,
            vocabularies={
                field: _answered(vocabulary, names[field])
                for field, vocabulary in one.vocabularies.items()
            },
        )
        for one in known
    ]


def _numbered(known: Known, field: str, vocabulary: Vocabulary) -> dict[str, Code]:
    """The codes of a field by their number, if its column has one beside it in the record."""
    match = known.proposal.fields.get(field)
    if match is None or not match.column.name.endswith(_NAME):
        return {}
    number = match.column.name.removesuffix(_NAME) + _NUMBER
    beside = next((column for column in known.columns if column.name == number), None)
    codes = {code.written: code for code in vocabulary.codes}
    called = _called(beside, match.column) if beside is not None else {}
    return {told: codes[name] for told, name in called.items() if name in codes}


def _called(numbers: Column, names: Column) -> dict[str, str]:
    """The name of each number that has one alone."""
    pairs = pl.DataFrame({"number": numbers.texts, "name": names.texts}).drop_nulls().unique()
    alone = pairs.filter(pl.col("number").is_unique())
    return dict(alone.iter_rows())


def _answered(vocabulary: Vocabulary, names: Mapping[str, Code]) -> Vocabulary:
    codes = tuple(
        replace(code, ours=names[code.written].ours, called=names[code.written].written)
        if code.ours == OPEN and code.written in names
        else code
        for code in vocabulary.codes
    )
    return replace(vocabulary, codes=codes)
