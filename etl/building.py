"""The core tables: made of staging, the rules, the calendar and the headcount."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import polars as pl

from etl import demands
from etl.duties import read_duties
from etl.source import FIXED, Source
from etl.store import Store
from etl.touched import is_on_the_way, makes, rebuild_touched
from etl.workspace import Workspace

SQL = Path(__file__).parent / "sql"
BREAKDOWNS = ("unit", "category", "channel", "severity")


def prepare(store: Store) -> None:
    """Make the schemas and the tables that are kept where they are missing.

    A store that an earlier version made receives the columns that have come since, empty, and
    the types in which columns are kept now; columns that are kept no longer go.
    """
    for schema in ("staging", "core", "quality", "metrics"):
        store.create_schema(schema)
    files = sorted(SQL.glob("0*.sql"))
    shape = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
    if _shape(store) == shape:
        return
    for path in files:
        store.run_file(path)
    _bring_up_to_date(store)
    store.replace("staging.shape", pl.DataFrame({"files": [shape]}))


def _shape(store: Store) -> str | None:
    """Which statements made the tables that are kept; none where an earlier version did."""
    if not store.has("staging.shape"):
        return None
    return str(store.frame("select files from staging.shape").item())


def _bring_up_to_date(store: Store) -> None:
    patterns = {schema: f"pattern_{schema}" for schema in ("staging", "quality")}
    for pattern in patterns.values():
        store.create_schema(pattern)
    for path in sorted(SQL.glob("0*.sql")):
        store.run_file(path, schemas=patterns)
    for schema, pattern in patterns.items():
        differing = store.frame(
            "select table_name, column_name, told.data_type as kind,"
            " there.data_type is not null as is_there"
            " from (from information_schema.columns where table_schema = $pattern) as told"
            " full join (from information_schema.columns where table_schema = $schema) as there"
            "  using (table_name, column_name)"
            " where there.data_type is distinct from told.data_type and table_name in ("
            "  select table_name from information_schema.tables where table_schema = $pattern)",
            {"schema": schema, "pattern": pattern},
        )
        for table, column, kind, is_there in differing.iter_rows():
            _change_column(store, f"{schema}.{table}", column, kind, is_there=is_there)
        store.drop_schema(pattern)


def _change_column(
    store: Store, table: str, column: str, kind: str | None, *, is_there: bool
) -> None:
    if kind is None:
        store.drop_column(table, column)
    elif is_there:
        store.change_column(table, column, kind)
    else:
        store.add_column(table, column, kind)


def build(
    store: Store, workspace: Workspace, known: dict[str, Source], *, as_of: date | None = None
) -> None:
    """Make the core tables anew from staging, the rules, the calendar and the headcount.

    `as_of` is the newest delivery's, or an earlier day to be asked again; a day that was asked
    with `ask` holds until then.
    """
    _declare(store, workspace, known, as_of or asked(store))
    _run_all(store)
    _sign(store, _signature(store))


def refresh(
    store: Store,
    workspace: Workspace,
    known: dict[str, Source],
    *,
    added: Sequence[int] | None = None,
) -> None:
    """Bring the core tables up to date with what they are made of.

    Nothing is done where that is unchanged. `added` are the snapshots, and the only ones, that
    were taken in since the tables were current: where nothing else has changed, only the cases
    of which they speak are computed anew. The tables are those that `build` makes.
    """
    before = _signed(store)
    _declare(store, workspace, known, asked(store))
    now = _signature(store)
    if before == now:
        return
    alike = ("constants", "day")
    if added and before and all(before[name] == now[name] for name in alike):
        is_done = rebuild_touched(store, added, core_files())
    else:
        is_done = False
    if not is_done:
        _run_all(store)
    _sign(store, now)


def is_current(store: Store) -> bool:
    """Say whether the core tables hold all deliveries that staging holds."""
    before = _signed(store)
    return before is not None and before["deliveries"] == _print([_told(store, "deliveries")])


def asked(store: Store) -> date | None:
    """The past day for which the tables are to be built; none for the newest delivery's."""
    if not store.has("staging.asked"):
        return None
    days = store.frame("select as_of from staging.asked")["as_of"]
    return days[0] if days.len() else None


def ask(store: Store, as_of: date | None) -> None:
    """Have the tables built as they were known on a past day, or as they are known now."""
    days = [as_of] if as_of is not None else []
    store.replace("staging.asked", pl.DataFrame({"as_of": days}, schema={"as_of": pl.Date}))


def core_files() -> list[Path]:
    """The statements that make the core tables, in their order."""
    return sorted(SQL.glob("[2-9]*.sql"))


def _run_all(store: Store) -> None:
    _clear_others(store)
    for path in core_files():
        store.run_file(path)
    store.drop_temporary()


def _clear_others(store: Store) -> None:
    """Take away what an earlier version made in core and this one makes in no such way."""
    kept = [path for path in core_files() if not is_on_the_way(path)]
    wanted = {path.stem.partition("_")[2]: makes(path) for path in kept}
    for name, kind in store.inside("core").items():
        if name != "build" and wanted.get(name) != kind:
            store.drop(f"core.{name}")


def _declare(
    store: Store, workspace: Workspace, known: dict[str, Source], as_of: date | None
) -> None:
    """Put what the core tables are made of, beside the exports, into staging."""
    organisation = workspace.organisation
    store.run_file(
        SQL / "10_parameters.sql",
        {
            "as_of": as_of,
            "time_zone": organisation.time_zone,
            "fiscal_year_start_month": organisation.fiscal_year_start_month,
        },
    )
    told = store.frame("select as_of, coverage_from from staging.parameters")
    last, first = told["as_of"][0], told["coverage_from"][0]
    made = workspace.rules()
    headcount = workspace.headcount()
    used = set(store.frame("select distinct source from staging.deliveries")["source"])
    levels = _levels([found for name, found in known.items() if name in used], headcount)
    demands.declare(
        store,
        made,
        calendar=organisation.calendar,
        folder=workspace.folder / "calendars",
        first=first,
        as_of=last,
    )
    store.replace("staging.headcount", headcount)
    store.replace("staging.engagements", workspace.engagements())
    store.replace("staging.duties", read_duties(workspace.folder))
    store.replace("staging.levels", levels)


def _levels(used: list[Source], headcount: pl.DataFrame) -> pl.DataFrame:
    """Declared codes of the breakdowns with their words; 'unknown' is always one of them."""
    rows: list[dict[str, object]] = []
    for breakdown in BREAKDOWNS:
        titles = {
            level: found.label(breakdown, level)
            for found in used
            for level in found.levels(breakdown)
            if level != "unknown"
        }
        if breakdown == "unit":
            for unit in headcount["unit"].unique().sort():
                titles.setdefault(unit, unit.replace("_", " ").capitalize())
        order = FIXED.get(breakdown) or sorted(titles, key=lambda level: titles[level])
        listed = [(level, titles[level]) for level in order if level in titles]
        rows += [
            {"breakdown": breakdown, "level": level, "title": title, "position": position}
            for position, (level, title) in enumerate([*listed, ("unknown", "Not recorded")])
        ]
    return pl.DataFrame(
        rows,
        schema={
            "breakdown": pl.String,
            "level": pl.String,
            "title": pl.String,
            "position": pl.Int64,
        },
    )


_CONSTANTS = ("confirmations", "headcount", "engagements", "duties", "levels", *demands.TABLES)


def _sign(store: Store, signature: dict[str, str]) -> None:
    store.replace("core.build", pl.DataFrame([signature]))


def _signature(store: Store) -> dict[str, str]:
    """What the core tables are made of, in short.

    `fingerprint` changes whenever anything does that their content depends on, `constants` with
    what holds for all cases and with the statements themselves, `day` with the as-of day.
    """
    statements = hashlib.sha256(b"".join(path.read_bytes() for path in core_files()))
    deliveries, parameters = _told(store, "deliveries"), _told(store, "parameters")
    constants = [_told(store, table) for table in _CONSTANTS]
    days = parameters.drop("coverage_from", "coverage_until")
    return {
        "fingerprint": _print([deliveries, parameters, *constants]),
        "deliveries": _print([deliveries]),
        "constants": _print(constants) + statements.hexdigest(),
        "day": days.write_json(),
    }


def _signed(store: Store) -> dict[str, str] | None:
    if not store.has("core.build"):
        return None
    signed = store.frame("select * from core.build").row(0, named=True)
    return signed if "constants" in signed else None


def _told(store: Store, table: str) -> pl.DataFrame:
    return store.frame(f"select * from staging.{table} order by all")  # noqa: S608


def _print(tables: Iterable[pl.DataFrame]) -> str:
    digest = hashlib.sha256()
    for rows in tables:
        digest.update(rows.write_json().encode())
    return digest.hexdigest()
