"""Files whose bytes came before, as parts of the delivery that they are loaded with."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from etl.confirming import confirm
from etl.deliveries import next_number, staged_tables
from etl.delivery import Delivery, Loading
from etl.store import Store

# What shows that two files of a history tell the same; of lists it is the case itself.
TOLD = {
    "event": ("events", "case_key, occurred_on, occurred_at, kind"),
    "change": ("changes", "case_key, occurred_at, field"),
    "snapshot": ("cases", "case_key, stated_at"),
}
_LISTS = ("case", "allegation")


def join_parts(store: Store, taken: Sequence[Delivery], loading: Loading) -> list[Delivery]:
    """Let known files speak in the delivery of `loading` too; the accounts of all its files.

    A year's history that is closed comes unchanged beside that of the year that goes on, and
    the newest delivery speaks for a case. A file of which the others tell most already is an
    older one of theirs, and stays in its own delivery; and so do all of an export that holds
    changes alone.
    """
    known = {(each.source, each.sha256) for each in taken if each.known_as is not None}
    held = store.frame(
        "select * from staging.deliveries where rows_in > 0 and delivery <> 'delta'"
        " order by as_of, loading, snapshot"
    )
    joined: set[tuple[str, str]] = set()
    for _, files in held.group_by("source", "export", maintain_order=True):
        rows = files.to_dicts()
        again = [row for row in rows if (row["source"], row["sha256"]) in known]
        for row in _parts(store, rows, again, loading):
            joined.add((row["source"], row["sha256"]))
    until = _confirmed(store, known, loading)
    return [
        replace(
            each,
            is_part=(each.source, each.sha256) in joined,
            confirmed_until=until.get((each.source, each.export, each.sha256)),
        )
        if each.known_as is not None
        else each
        for each in taken
    ]


def _confirmed(
    store: Store, known: Iterable[tuple[str, str]], loading: Loading
) -> dict[tuple[str, ...], date]:
    """Until which day known files say that nothing had changed, by source, export and hash."""
    if not loading.is_as_of_told:
        return {}
    came: dict[str, list[str]] = {}
    for source, sha256 in known:
        came.setdefault(source, []).append(sha256)
    found = [confirm(store, source, told, loading.as_of) for source, told in came.items()]
    return {row[:3]: row[3] for rows in found for row in rows.iter_rows()}


def _parts(
    store: Store,
    files: Sequence[Mapping[str, Any]],
    again: Sequence[Mapping[str, Any]],
    loading: Loading,
) -> list[Mapping[str, Any]]:
    """The known files of one export that are parts of the delivery, which hold them then."""
    new = [row for row in files if row["loading"] == loading.number]
    base, as_of = (new, loading.as_of) if new else _newest(files, again, loading)
    covered = [row["snapshot"] for row in base]
    by_bytes = {row["sha256"]: row for row in again if row["snapshot"] not in covered}
    shown = {row["sha256"] for row in base}
    parts = []
    for row in reversed(by_bytes.values()):
        if base and row["sha256"] not in shown and _is_apart(store, row, covered):
            parts.append(row)
            covered.append(row["snapshot"])
    spoken = [row["snapshot"] for row in new]
    # Where nothing is new, the newest delivery grows by what is loaded with it now.
    for row in [*(base if parts and not new else ()), *parts]:
        others = spoken + ([] if row["delivery"] == "full" else _later(files, row))
        spoken.append(_again(store, row, others, replace(loading, as_of=as_of)))
    return parts


def _later(files: Sequence[Mapping[str, Any]], row: Mapping[str, Any]) -> list[int]:
    """The deliveries after a file's: what they tell of a case may have corrected it."""
    own = row["as_of"], row["loading"]
    return [each["snapshot"] for each in files if (each["as_of"], each["loading"]) > own]


def _newest(
    files: Sequence[Mapping[str, Any]], again: Sequence[Mapping[str, Any]], loading: Loading
) -> tuple[list[Mapping[str, Any]], date]:
    """The files of the newest delivery and its day, where all of them came again."""
    last = files[-1]
    newest = [row for row in files if row["loading"] == last["loading"]]
    as_of = loading.as_of if loading.is_as_of_told else last["as_of"]
    here = {row["sha256"] for row in again}
    is_whole = {row["sha256"] for row in newest} <= here and as_of >= last["as_of"]
    return (newest if is_whole else []), as_of


def _is_apart(store: Store, row: Mapping[str, Any], covered: Sequence[int]) -> bool:
    """Whether the others tell less than half of what a file tells."""
    own, theirs = (_told(store, row["grain"], told) for told in ([row["snapshot"]], covered))
    told, shared = store.frame(
        f"select (select count(*) from (select distinct * from ({own}))) as told,"  # noqa: S608
        f" (select count(*) from (({own}) intersect ({theirs}))) as shared"
    ).row(0)
    return bool(2 * shared < told)


def _told(store: Store, grain: str, snapshots: Sequence[int]) -> str:
    numbers = ", ".join(str(int(number)) for number in snapshots)
    told = [TOLD[grain]] if grain in TOLD else [(t, "case_key") for t in _of_cases(store)]
    return " union ".join(
        f"select {columns} from staging.{table} where snapshot in ({numbers})"  # noqa: S608
        for table, columns in told
    )


def _of_cases(store: Store) -> list[str]:
    """Tables of staging that hold rows of cases."""
    tables = {*staged_tables(store)} & {*staged_tables(store, column="case_key")}
    return sorted(tables)


def _again(
    store: Store, row: Mapping[str, Any], spoken: Sequence[int], loading: Loading
) -> int:
    """Give a file's rows to the delivery once more; the number of that snapshot.

    Of a list without the cases that `spoken`, the others, tell of: theirs are newer.
    """
    number = next_number(store)
    own = pl.lit(number).cast(pl.Int32)
    but = ""
    if row["grain"] in _LISTS and spoken:
        others = _told(store, row["grain"], spoken)
        but = f" and coalesce(case_key not in ({others}), true)"
    rows = {}
    for table in _of_cases(store):
        again = store.frame(
            f"select * from staging.{table} where snapshot = $snapshot{but}",  # noqa: S608
            {"snapshot": row["snapshot"]},
        )
        rows[table] = again.height
        store.append(f"staging.{table}", again.with_columns(snapshot=own))
    account = {
        "snapshot": number,
        "loading": loading.number,
        "as_of": loading.as_of,
        "coverage_until": loading.as_of,
    }
    if row["grain"] in _LISTS:
        account |= {
            "rows_in": rows["cases"] + rows["rejects"],
            "rows_loaded": rows["cases"],
            "rows_rejected": rows["rejects"],
            "rows_repeated": 0,
            "rows_left_out": 0,
        }
    before = store.frame(
        "select * from staging.deliveries where snapshot = $snapshot",
        {"snapshot": row["snapshot"]},
    )
    kept = [
        pl.lit(told).cast(before.schema[name]).alias(name) for name, told in account.items()
    ]
    store.append("staging.deliveries", before.with_columns(kept))
    return number
