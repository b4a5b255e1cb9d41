"""Files of one export that are drafted together, such as its pages or those of two years."""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from etl.drafting.parts import Part
from etl.readers.rows import TextTable

# Of records what nobody filled in is no column: pages of one list may differ by a few.
_SHARED = 0.8


def united(files: Sequence[Sequence[Part]]) -> list[tuple[list[Part], list[str]]]:
    """The tables of each export, with the names of the files that hold it.

    Drafted apart, nobody could tell of which of the two a file is.
    """
    found: list[tuple[list[Part], list[str]]] = []
    for parts in files:
        name = parts[0].path.name
        for place, (held, names) in enumerate(found):
            if _are_alike(held[0], parts[0]):
                found[place] = _merged(held, parts), [*names, name]
                break
        else:
            found.append(([*parts], [name]))
    return found


def _are_alike(one: Part, other: Part) -> bool:
    if (one.layout, one.text.place, one.text.kind) != (
        other.layout,
        other.text.place,
        other.text.kind,
    ):
        return False
    own, theirs = _names(one.text), _names(other.text)
    if one.text.kind != "records":
        return own == theirs and one.text.delimiter == other.text.delimiter
    return len(own & theirs) >= _SHARED * max(len(own), len(theirs))


def _names(text: TextTable) -> frozenset[str]:
    """The columns of a table, without what is said around its list of records."""
    return frozenset(name for name in text.header if not name.startswith("$."))


def _merged(held: Sequence[Part], more: Sequence[Part]) -> list[Part]:
    by_place = {part.text.place: part for part in more}
    told = [
        replace(part, text=_joined(part.text, by_place.pop(part.text.place).text))
        if part.text.place in by_place
        else part
        for part in held
    ]
    return [*told, *by_place.values()]


def _joined(one: TextTable, other: TextTable) -> TextTable:
    header = tuple(dict.fromkeys((*one.header, *other.header)))
    rows = [
        text.rows.select(
            "line",
            *(
                pl.col(f"c{text.header.index(name)}").alias(f"c{place}")
                if name in text.header
                else pl.lit("").alias(f"c{place}")
                for place, name in enumerate(header)
            ),
        )
        for text in (one, other)
    ]
    return replace(one, header=header, rows=pl.concat(rows))
