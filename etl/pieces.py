"""Whether a history that nobody has declared comes whole each time, or in pieces."""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from etl.delivery import Delivery, Loading
from etl.joining import TOLD
from etl.store import Store

# Steps told before, from which on it shows whether they are told again.
_FEWEST = 5


def settle_pieces(store: Store, taken: Sequence[Delivery], loading: Loading) -> list[Delivery]:
    """Let a history that hardly repeats what was told of its cases count beside it.

    The newest delivery of an export speaks for a case, and a file that holds what has changed
    alone would silence all that happened before. What is taken for which is said, until the
    export's `delivery` is declared.
    """
    files = store.frame(
        "select * from staging.deliveries where rows_in > 0 and delivery = 'undeclared'"
        " order by as_of, loading, snapshot"
    )
    said: dict[tuple[str, str], str] = {}
    for (source, export, grain), rows in files.group_by("source", "export", "grain"):
        now = rows.filter(pl.col("loading") == loading.number)
        if grain in TOLD and now.height and now.height < rows.height:
            others = rows.filter(pl.col("loading") != loading.number)
            note = _settled(store, str(grain), now, others)
            said |= {(str(source), str(export)): note} if note else {}
    told = list(taken)
    for place, each in reversed(list(enumerate(taken))):
        note = said.pop((each.source, each.export), "") if each.known_as is None else ""
        told[place] = replace(each, notes=(*each.notes, note)) if note else each
    return told


def _settled(store: Store, grain: str, now: pl.DataFrame, others: pl.DataFrame) -> str:
    """What is said of the files of this loading beside those of the others."""
    day = now["as_of"].max()
    earlier = others.filter(pl.col("as_of") <= day)
    if earlier.height:
        known, missing, cases = _missing(store, grain, earlier, now)
    else:
        # An older delivery that is loaded later: what it tells may be in the next one.
        known, missing, cases = _missing(store, grain, now, others)
    is_piece = 2 * missing > known >= _FEWEST
    if is_piece:
        _keep_as_changes(store, now)
    export, source = now.row(0, named=True)["export"], now.row(0, named=True)["source"]
    where = f"under [exports.{export}] in the workspace's sources/{source}.toml"
    repeats = f"it tells again of {cases:,} case{'s'[cases == 1 :]}"
    if is_piece:
        return (
            f"{repeats} and repeats {known - missing:,} of their {known:,} earlier steps: it is"
            " taken for what has changed alone, and the others count on. Nobody has said:"
            f' declare delivery = "delta", or "full" if it is whole, {where}'
        )
    if missing and earlier.height:
        return (
            f"{repeats} without {missing:,} of their {known:,} earlier steps, which count no"
            f' longer. Nobody has said: declare delivery = "full", or "delta" if it holds what'
            f" has changed alone, {where}"
        )
    return ""


def _missing(
    store: Store, grain: str, before: pl.DataFrame, after: pl.DataFrame
) -> tuple[int, int, int]:
    """Steps told before of cases that are told of again, those not told now, and the cases."""
    table, columns = TOLD[grain]
    first, then = (_numbers(each) for each in (before, after))
    known, missing, cases = store.frame(
        f"with again as (select distinct case_key from staging.{table}"  # noqa: S608
        f"  where snapshot in ({then})),"
        f" before as (select distinct {columns} from staging.{table}"
        f"  semi join again using (case_key) where snapshot in ({first}){_counting(store)}),"
        f" missing as (from before except select {columns} from staging.{table}"
        f"  where snapshot in ({then}))"
        " select (select count(*) from before), (select count(*) from missing),"
        "  (select count(distinct case_key) from before)"
    ).row(0)
    return int(known), int(missing), int(cases)


def _counting(store: Store) -> str:
    """Leaves out what a later delivery has silenced already, as far as that is known."""
    if not store.has("core.chosen_rows"):
        return ""
    return (
        " and ((snapshot, case_key) in (select (snapshot, case_key) from core.chosen_rows)"
        " or snapshot not in (select snapshot from core.snapshots))"
    )


def _numbers(files: pl.DataFrame) -> str:
    return ", ".join(str(int(number)) for number in files["snapshot"])


def _keep_as_changes(store: Store, files: pl.DataFrame) -> None:
    store.remove("staging.deliveries", files.select("snapshot"))
    store.append("staging.deliveries", files.with_columns(delivery=pl.lit("delta")))
