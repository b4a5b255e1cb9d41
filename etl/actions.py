"""Corrective actions: what was decided after a gap, kept in the workspace's actions.csv."""

import csv
import io
import os
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import polars as pl

from etl.errors import WorkspaceError
from etl.workspace import csv_rows, day_in

NAME = "actions.csv"
KINDS = ("training", "policy", "workflow")
# Who may be told of an action: the committee alone, or the readers of every release.
TOLD = ("committee", "everybody")
COLUMNS = (
    "action", "finding", "change", "kind", "owner", "accepted", "due", "done",
    "metric", "measure", "part", "breakdown", "level", "told",
)  # fmt: skip
SCHEMA: dict[str, pl.DataType] = {
    "line": pl.Int64(),
    **{name: pl.String() for name in COLUMNS[:5]},
    "accepted_on": pl.Date(),
    "due_on": pl.Date(),
    "done_on": pl.Date(),
    **{name: pl.String() for name in COLUMNS[8:]},
}
_WORDED = ("action", "finding", "change", "owner", "metric", "measure")


def read_actions(folder: Path) -> pl.DataFrame:
    """Every action of a workspace in the order of the file: columns of `SCHEMA`; none is fine.

    Raises WorkspaceError naming line, value and remedy.
    """
    made = [_action(line, row) for line, row in csv_rows(folder / NAME, COLUMNS)]
    lines: dict[str, int] = {}
    for row in made:
        line = int(str(row["line"]))
        before = lines.setdefault(str(row["action"]), line)
        if before != line:
            raise WorkspaceError(
                f"{NAME} line {line}: action {row['action']!r} stands on line {before} already;"
                " give this one another name"
            )
    return pl.DataFrame(made, schema=SCHEMA)


def _action(line: int, row: Mapping[str, str]) -> dict[str, object]:
    where = f"{NAME} line {line}"
    for name in _WORDED:
        if not row[name].strip():
            raise WorkspaceError(f"{where}: {name} is blank; every action needs one")
    _one_of(where, "kind", row["kind"], KINDS)
    _one_of(where, "told", row["told"], TOLD)
    accepted, due = (day_in(NAME, line, row[name]) for name in ("accepted", "due"))
    done = day_in(NAME, line, row["done"]) if row["done"].strip() else None
    _not_before(where, "due", due, accepted)
    if done is not None:
        _not_before(where, "done", done, accepted)
    words = {name: row[name].strip() for name in COLUMNS}
    words["breakdown"] = words["breakdown"] or "all"
    words["level"] = words["level"] or "all"
    days = {"accepted_on": accepted, "due_on": due, "done_on": done}
    return {name: {**words, **days, "line": line}[name] for name in SCHEMA}


def _one_of(where: str, name: str, given: str, among: tuple[str, ...]) -> None:
    if given not in among:
        raise WorkspaceError(
            f"{where}: {name} {given!r} is none of {', '.join(among)}; write one of them"
        )


def _not_before(where: str, name: str, day: date, accepted: date) -> None:
    if day < accepted:
        raise WorkspaceError(
            f"{where}: {name} {day} is before {accepted}, the day on which it was accepted;"
            " correct one of them"
        )


def add_action(
    folder: Path,
    row: Mapping[str, str],
    *,
    judge: Callable[[pl.DataFrame], None] = lambda _: None,
) -> None:
    """Write one more action (the columns of `COLUMNS`) at the end of the file.

    Raises WorkspaceError, and leaves the file as it was, where the row could not be read again
    or `judge`, which is shown all actions, raises it.
    """
    rows = [*_as_written(folder), {name: row.get(name, "") for name in COLUMNS}]
    _written(folder, rows, judge)


def mark_done(folder: Path, action: str, *, on: date) -> None:
    """Write down the day on which an action was done.

    Raises WorkspaceError where there is no such action, or where it is done already.
    """
    rows = _as_written(folder)
    found = [row for row in rows if row["action"].strip() == action]
    if not found:
        names = ", ".join(row["action"] for row in rows) or "none"
        raise WorkspaceError(f"{NAME} has no action {action!r}; it has {names}")
    if found[0]["done"].strip():
        raise WorkspaceError(
            f"action {action!r} was done on {found[0]['done']}; to change that, edit {NAME}"
        )
    found[0]["done"] = on.isoformat()
    _written(folder, rows, lambda _: None)


def _as_written(folder: Path) -> list[dict[str, str]]:
    return [
        {name: row[name] for name in COLUMNS} for _, row in csv_rows(folder / NAME, COLUMNS)
    ]


def _written(
    folder: Path, rows: list[dict[str, str]], judge: Callable[[pl.DataFrame], None]
) -> None:
    """Replace the file by these rows, where all of them can be read again."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path, kept = folder / NAME, None
    if path.is_file():
        kept = path.read_bytes()
    _put(path, text.getvalue().encode())
    try:
        judge(read_actions(folder))
    except WorkspaceError:
        path.unlink() if kept is None else _put(path, kept)
        raise


def _put(path: Path, content: bytes) -> None:
    beside = path.with_name(f".{path.name}.draft")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    beside.replace(path)
