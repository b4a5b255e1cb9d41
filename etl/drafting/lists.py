"""Columns whose cells hold several values, as `Fraud;Theft`: the separator and the parts."""

import re
from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from etl.drafting.columns import FEWEST_SEEN, LONGEST_CODE, MOST_CODES, Column, column_of
from etl.drafting.fields import Proposal
from etl.drafting.lines import quoted
from etl.drafting.parts import is_of_people
from etl.drafting.words import EXACT, header_words, likeness
from etl.readers.leaves import JOINT

# The share of the parts that stand in other cells too: in a sentence and in a name with a comma
# hardly any does.
_SEPARATORS = {";": 0.8, "|": 0.8, ",": 1.0}
# A choice of several as Microsoft's lists export it: `["Fraud","Gifts"]`.
_CHOSEN, _BETWEEN = r'^(?:\[")?(?P<value>.*?)(?:"\])?$', '","'
_LIKELY = EXACT // 2
# The names in a list inside a record, such as the labels of GitHub's issues.
_NAMES_INSIDE = re.compile(r"([^\[\]]+\[\])\.name")


def of_parts(columns: Sequence[Column]) -> list[Column]:
    """The same; a list of categories is as many codes as it has parts, however they combine."""
    told = []
    for column in columns:
        parts = _parts(column) if likeness("category", column.name) > _LIKELY else None
        told.append(
            replace(column, distinct=parts[1].distinct, longest=parts[1].longest)
            if parts
            else column
        )
    return told


def with_list(proposal: Proposal) -> Proposal:
    """The same with the separator of a case's categories, where a cell holds several."""
    match = proposal.fields.get("category")
    found = _parts(match.column) if match and proposal.grain == "case" else None
    if match is None or found is None or proposal.issues:
        return proposal
    return _with_parts(proposal, *found)


def with_labels(columns: Sequence[Column], proposal: Proposal) -> Proposal:
    """The same with a list of few names or labels, where nothing says the category.

    It has a place and no column yet: whether it is the category, a person is asked.
    """
    if proposal.grain != "case" or "category" in proposal.fields or proposal.issues:
        return proposal
    for column in columns:
        found = _parts(column) if header_words(column.name) == "labels" else None
        if found is not None:
            return _with_parts(proposal, *found)
        told = _NAMES_INSIDE.fullmatch(column.name)
        if told is None or column.why_not != "inside" or is_of_people(told[1]):
            continue
        separator = JOINT.strip()
        cells = column.values.str.split(separator).explode().str.strip_chars()
        parts = column_of(column.name, column.place, cells)
        if parts.may_be_code and parts.distinct > 1:
            return _with_parts(proposal, separator, parts)
    return proposal


def _with_parts(proposal: Proposal, separator: str, parts: Column) -> Proposal:
    chosen = f", pattern = {quoted(_CHOSEN)}" if separator == _BETWEEN else ""
    place = f"{{ columns = [{quoted(parts.name)}]{chosen}, separator = {quoted(separator)} }}"
    return replace(
        proposal,
        places={**proposal.places, "category": place},
        codes={**proposal.codes, "category": parts},
    )


def _parts(column: Column) -> tuple[str, Column] | None:
    """The separator of a column of lists and a column of their parts; None for any other."""
    if column.why_not is not None or column.dates is not None or column.is_number:
        return None
    if column.filled and column.values.str.contains(r'^\[".*"\]$').all():
        inner = column.values.str.extract_groups(_CHOSEN).struct.field("value")
        parts = inner.str.split(_BETWEEN).explode()
        return _BETWEEN, column_of(column.name, column.place, parts)
    for separator, least in _SEPARATORS.items():
        texts = column.values
        if int(texts.str.contains(separator, literal=True).sum()) < FEWEST_SEEN:
            continue
        if _come_again(texts.unique(), separator) >= least:
            parts = texts.str.split(separator).explode().str.strip_chars()
            return separator, column_of(column.name, column.place, parts)
    return None


def _come_again(cells: pl.Series, separator: str) -> float:
    """The share of the parts of lists that stand in another cell too; 0 where it is no list."""
    told = cells.to_frame("cell").with_columns(part=pl.col("cell").str.split(separator))
    each = told.explode("part").with_columns(pl.col("part").str.strip_chars())
    seen = each.group_by("part").agg(pl.col("cell").n_unique().alias("cells"))
    several = each.filter(pl.col("cell").str.contains(separator, literal=True))
    listed = seen.join(several.select("part").unique(), on="part")
    is_code = listed["part"].str.len_chars().is_between(1, LONGEST_CODE).all()
    if not is_code or seen.height > min(MOST_CODES, cells.len()):
        return 0.0
    return listed.filter(pl.col("cells") > 1).height / listed.height
