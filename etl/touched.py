"""Compute anew only the cases of which new deliveries speak, by the very same statements.

The statements run on doubles of the schemas. `touched` stands in for staging and holds the
rows of those cases alone; `fresh` stands in for core and receives what they make of it;
`merged` shows core as it will be. Only when all is known does it take its place in core.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from etl.store import Store

# Whether these hold a case depends on deliveries that do not speak of it.
_WHOLE = ("vanished_cases",)
# These tell of deliveries; what they say of one does not change with another.
_OF_DELIVERIES = ("snapshots", "paged_deliveries", "coverage_gaps", "vanished_cases")
# What these hold of all cases is what they hold of some and what they hold of the others.
_DISTINCT = ("recorded_kinds",)
_DOUBLES = ("touched", "fresh", "merged")
_OF_CORE = re.compile(r"\bcore\.([a-z_]+)")


def rebuild_touched(store: Store, added: Sequence[int], files: Sequence[Path]) -> bool:
    """Bring the core tables up to date with the snapshots `added`.

    False where that cannot be done case by case: then nothing was done, and all of `files`
    must run.
    """
    made = {path.stem.partition("_")[2] for path in files if not is_on_the_way(path)}
    if not made <= set(store.inside("core")):
        return False
    for double in _DOUBLES:
        store.drop_schema(double)
        store.create_schema(double)
    _narrow(store, added)
    keyed = _tables_with(store, "core", "case_key") - set(_WHOLE)
    asked = _asked_whole(files, keyed)
    is_done = all(_made(store, path, keyed, asked) for path in files)
    if is_done:
        _take_over(store, [path for path in files if not is_on_the_way(path)], keyed)
    store.drop_temporary()
    for double in _DOUBLES:
        store.drop_schema(double)
    return is_done


def _narrow(store: Store, added: Sequence[int]) -> None:
    """Let `touched` hold staging, of the cases of which the snapshots `added` speak."""
    keyed = _tables_with(store, "staging", "case_key")
    numbers = ", ".join(str(int(number)) for number in added)
    spoken = " union ".join(
        f"select case_key from staging.{table} where snapshot in ({numbers})"  # noqa: S608
        for table in sorted(keyed)
    )
    # A full delivery says of every case of its export whether it is still there.
    spoken += (
        " union select earlier.case_key from core.spoken_rows as earlier"  # noqa: S608
        " inner join staging.deliveries as told on earlier.snapshot = told.snapshot"
        " semi join (select source, export from staging.deliveries"
        f" where snapshot in ({numbers}) and delivery = 'full'"
        " and grain in ('case', 'allegation')) as whole"
        " on told.source = whole.source and told.export = whole.export"
    )
    store.materialise("touched.case_keys", spoken)
    for table in sorted(store.inside("staging")):
        if table in keyed:
            store.materialise(
                f"touched.{table}",
                f"select * from staging.{table} semi join touched.case_keys"  # noqa: S608
                " using (case_key)",
            )
        else:
            store.look_through(f"touched.{table}", f"from staging.{table}")


def is_on_the_way(path: Path) -> bool:
    """Say whether a table is only needed on the way to the core tables."""
    return path.read_text(encoding="utf-8").startswith("-- temp.")


def makes(path: Path) -> Literal["table", "view"]:
    """Say whether a statement makes a table, or a view that is computed when it is read."""
    is_view = "create or replace view" in path.read_text(encoding="utf-8")
    return "view" if is_view else "table"


def _asked_whole(files: Sequence[Path], keyed: set[str]) -> set[str]:
    """The tables of cases that a statement needs of all cases, for a table that is of none."""
    whole = [
        path.read_text(encoding="utf-8")
        for path in files
        if not is_on_the_way(path) and path.stem.partition("_")[2] not in keyed
    ]
    return {name for text in whole for name in _OF_CORE.findall(text)}


def _made(store: Store, path: Path, keyed: set[str], asked: set[str]) -> bool:
    """Make one table as far as these cases go; False where others may depend on it."""
    name = path.stem.partition("_")[2]
    if is_on_the_way(path):
        store.run_file(path, schemas={"staging": "touched", "core": "fresh"})
        return True
    if name not in keyed:
        return _made_whole(store, path, name)
    store.run_file(path, schemas={"staging": "touched", "core": "fresh"})
    if name in asked:
        store.look_through(
            f"merged.{name}",
            f"from core.{name} anti join touched.case_keys using (case_key)"
            f" union all by name from fresh.{name}",
        )
    return True


def _made_whole(store: Store, path: Path, table: str) -> bool:
    """Make a table that is not of cases; False where other cases may depend on it."""
    if table in _DISTINCT and _told_by_touched(store, path, table):
        return True
    store.run_file(path, schemas={"core": "merged"})
    store.look_through(f"fresh.{table}", f"from merged.{table}")
    if table in _OF_DELIVERIES:
        return True
    before, after = (
        store.frame(f"select * from {schema}.{table} order by all")  # noqa: S608
        for schema in ("core", "merged")
    )
    return before.equals(after)


def _told_by_touched(store: Store, path: Path, table: str) -> bool:
    """Say whether these cases alone give all that a table holds, so that no other is looked at.

    Then `merged` and `fresh` show the table as it is.
    """
    store.run_file(path, schemas={"core": "fresh"})
    before, told = (
        store.frame(f"select * from {schema}.{table} order by all")  # noqa: S608
        for schema in ("core", "fresh")
    )
    if not before.equals(told):
        store.drop(f"fresh.{table}")
        return False
    store.look_through(f"merged.{table}", f"from fresh.{table}")
    return True


def _take_over(store: Store, files: Sequence[Path], keyed: set[str]) -> None:
    for path in files:
        table = path.stem.partition("_")[2]
        if makes(path) == "view":
            # It shows what the tables hold by now, and its statement is what it was.
            continue
        if table in keyed:
            store.remove_also(f"core.{table}", "touched.case_keys", "case_key")
            store.append_from(f"core.{table}", f"fresh.{table}")
        else:
            store.materialise(f"core.{table}", f"select * from merged.{table}")  # noqa: S608


def _tables_with(store: Store, schema: str, column: str) -> set[str]:
    return set(
        store.frame(
            "select table_name from information_schema.columns"
            " where table_schema = $schema and column_name = $column",
            {"schema": schema, "column": column},
        )["table_name"]
    )
