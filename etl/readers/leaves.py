"""Values within values, as the text cells of one row: names joined by dots, lists by `; `."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from etl.errors import ExportError, shown
from etl.readers.layout import Layout
from etl.readers.rows import CHUNK, WIDEST, column_names

DEEPEST = 64
# Between the members of a list that are one text.
JOINT = "; "
_TOO_DEEP = f"it is nested more than {DEEPEST} deep"
# No text has these: control characters, and halves of a character that stand alone.
CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\ud800-\udfff]")
# What is called so has the fields that an administrator named; other names may be people's.
_FIELDS = re.compile(r"(?i)fields?$|field_?values$")
_BESIDE_PAIRS = {"name", "value", "id", "type", "$type", "multiple", "field_format"}
_AMBIGUOUS = re.compile(r'[;"\r\n]')


class LeafError(Exception):
    """A value that cannot be laid out in cells; the message says why."""


def add_leaves(
    into: dict[str, str], name: str, value: Any, *, lists: bool, depth: int = 0
) -> None:
    """Add the scalars of `value`, called `name`, to the cells of a row.

    `lists` says whether lists of objects are joined or left out. Raises LeafError for two
    values that would share a cell, and for what is nested too deep.
    """
    if value is None or isinstance(value, str):
        put(into, name, value or "")
    elif depth > DEEPEST:
        raise LeafError(_TOO_DEEP)
    elif isinstance(value, dict):
        for key, inner in value.items():
            called = f"{name}.{key}" if name else key
            add_leaves(into, called, inner, lists=lists, depth=depth + 1)
    elif isinstance(value, list):
        _add_list(into, name, value, lists=lists, depth=depth + 1)
    else:
        put(into, name, text_of(value))


def put(into: dict[str, str], name: str, text: str) -> None:
    """Fill the cell `name`, which must be free."""
    if name in into:
        raise LeafError(f"it has two values called {shown(name)}")
    into[name] = text


def text_of(value: Any) -> str:
    """A scalar as text: numbers come as they are written, and truth as true or false."""
    if value is None:
        return ""
    return value if isinstance(value, str) else str(value).lower()


def joined(members: Iterable[Any]) -> str:
    """One text of several, of which each can be told from the others."""
    return JOINT.join(
        f'"{text.replace(chr(34), chr(34) * 2)}"'
        if text is not None and (not text or _AMBIGUOUS.search(text))
        else text or ""
        for text in (None if member is None else text_of(member) for member in members)
    )


def _add_list(
    into: dict[str, str], name: str, members: list[Any], *, lists: bool, depth: int
) -> None:
    if not any(isinstance(member, dict | list) for member in members):
        put(into, name, joined(members))
    elif (key := _key_of_pairs(name, members)) is not None:
        for pair in members:
            called = f"{name}[{text_of(pair[key])}]"
            add_leaves(into, called, pair["value"], lists=lists, depth=depth)
    elif lists and all(isinstance(member, dict) for member in members):
        for called, texts in _by_name(members, depth=depth).items():
            put(into, f"{name}[].{called}", joined(texts))
    elif lists:
        _refuse_deep(members, depth)
        put(into, name, json.dumps(members, ensure_ascii=False))


def _refuse_deep(value: Any, depth: int) -> None:
    if depth > DEEPEST:
        raise LeafError(_TOO_DEEP)
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            _refuse_deep(inner, depth + 1)


def _key_of_pairs(name: str, members: Sequence[Any]) -> str | None:
    """The key that tells the pairs of a list apart; None where it is no list of pairs."""
    keys = {frozenset(m) if isinstance(m, dict) else frozenset() for m in members}
    by_id = all(told == {"id", "value"} for told in keys)
    by_name = _FIELDS.search(name) and all(
        told >= {"name", "value"} and told <= _BESIDE_PAIRS for told in keys
    )
    key = "id" if by_id else "name" if by_name else None
    called = [member[key] for member in members] if key else []
    is_told_apart = all(isinstance(one, str) for one in called) and len({*called}) == len(
        called
    )
    return key if is_told_apart else None


def _by_name(members: Sequence[Any], *, depth: int) -> dict[str, list[str | None]]:
    rows: list[dict[str, str]] = []
    for member in members:
        row: dict[str, str] = {}
        add_leaves(row, "", member, lists=True, depth=depth)
        rows.append(row)
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: [row.get(name) for row in rows] for name in names}


class LeafTable:
    """Rows of named cells that gather into a frame; a cell that a row lacks is blank."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._places: dict[str, str] = {}
        self._frames: list[pl.DataFrame] = []
        self._lines: list[int] = []
        self._rows: list[Mapping[str, str]] = []

    def add(self, line: int, row: Mapping[str, str]) -> None:
        """Take in one row that begins on `line`."""
        if not row.keys() <= self._places.keys():
            self._widen(row, line)
        self._lines.append(line)
        self._rows.append(row)
        if len(self._rows) == CHUNK:
            self._close()

    def constant(self, columns: Mapping[str, Sequence[str]]) -> None:
        """Add whole `columns`, each as long as there are rows."""
        self._close()
        whole = pl.concat(self._frames, how="diagonal")
        self._widen(columns, 1)
        added = [
            pl.Series(self._places[name], texts, dtype=pl.String)
            for name, texts in columns.items()
        ]
        self._frames = [whole.with_columns(added)]

    def finish(self, layout: Layout) -> tuple[tuple[str, ...], pl.DataFrame]:
        """Header and frame `rows` of a TextTable."""
        self._close()
        header = column_names(list(self._places), file=self._file, line=1, layout=layout)
        rows = pl.concat(self._frames, how="diagonal")
        return header, rows.select("line", pl.col(list(self._places.values())).fill_null(""))

    def _widen(self, names: Iterable[str], line: int) -> None:
        for name in names:
            if name not in self._places:
                self._places[name] = f"c{len(self._places)}"
                if CONTROL.search(name) or len(self._places) > WIDEST:
                    raise ExportError.at(
                        self._file,
                        "a name holds what no text has"
                        if len(self._places) <= WIDEST
                        else f"its records have more than {WIDEST} different names",
                        remedy="this is not a table that can be read; export it again",
                        line=line,
                    )

    def _close(self) -> None:
        columns = [pl.Series("line", self._lines, dtype=pl.Int64)]
        columns += [
            pl.Series(place, [row.get(name, "") for row in self._rows], dtype=pl.String)
            for name, place in self._places.items()
        ]
        self._frames.append(pl.DataFrame(columns))
        self._lines, self._rows = [], []
