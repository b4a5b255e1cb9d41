"""Rows of which a check is asked: clean ones, those that break it, and those about it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import polars as pl

from checks.verdict import Check
from etl.store import Store
from tests.verdicts.tables import Tables, clean

Spoil = Callable[[Tables], object]


@dataclass(frozen=True, slots=True)
class Judged:
    """What a check says of rows: how many, how many break its claim, and a mark of which."""

    examined: int
    failing: int
    undecided: int
    which: int


def judged_by(store: Store, check: Check) -> Judged:
    found = store.frame(
        "select count(*) as examined, coalesce(count_if(found.violated), 0) as failing,"
        " coalesce(count_if(found.violated is null), 0) as undecided,"
        " coalesce(sum(hash(found)) filter (where found.violated), 0)::text as which"
        f" from (\n{check.statement}\n) as found"
    ).row(0)
    return Judged(*map(int, found))


@dataclass(frozen=True, slots=True)
class Around:
    """Clean rows spoilt in one way, and how many of them a check says break its claim."""

    check: str
    name: str
    spoil: Spoil
    failing: int
    examined: int | None = None


def limit(check: str, name: str, fine: Spoil, beyond: Spoil, broken: int) -> tuple[Around, ...]:
    """Rows on a limit, which are fine, and one step beyond it, which are not."""
    return Around(check, name, fine, 0), Around(check, f"beyond {name}", beyond, broken)


@contextmanager
def spoilt(clean_store: Store, spoil: Spoil) -> Iterator[object]:
    """The clean store with rows spoilt, and clean again afterwards; yields what `spoil` says.

    Only tables that differ are written: to write all of them would take longer than to judge.
    """
    tables, before = clean(), clean()
    said = spoil(tables)
    changed = [name for name in tables if tables[name] != before.get(name)]
    try:
        for name in changed:
            _put(clean_store, name, tables[name])
        yield said
    finally:
        for name in changed:
            _put(clean_store, name, before.get(name, []))


def _put(store: Store, table: str, rows: list[dict[str, object]]) -> None:
    store.execute(f"truncate {table}")
    if rows:
        store.append(table, pl.DataFrame(rows, infer_schema_length=None))
