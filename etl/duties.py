"""What a programme does beside its cases, planned and done: the workspace's duties.csv."""

from pathlib import Path

import polars as pl

from etl.errors import WorkspaceError
from etl.rules.practices import DUTIES
from etl.workspace import csv_rows, day_in

NAME = "duties.csv"
COLUMNS = ("kind", "name", "due", "done")
SCHEMA: dict[str, pl.DataType] = {
    "kind": pl.String(),
    "name": pl.String(),
    "due_on": pl.Date(),
    "done_on": pl.Date(),
}


def read_duties(folder: Path) -> pl.DataFrame:
    """Every duty of a workspace in the order of the file: columns of `SCHEMA`; none is fine.

    `name` says with which partner, or of which protocol; `done_on` is null until it is done.
    Raises WorkspaceError naming line, value and remedy.
    """
    told: dict[tuple[str, str, str], int] = {}
    made = []
    for line, row in csv_rows(folder / NAME, COLUMNS):
        where = f"{NAME} line {line}"
        if row["kind"] not in DUTIES:
            raise WorkspaceError(
                f"{where}: kind {row['kind']!r} is none of {', '.join(DUTIES)}; write one of"
                " them"
            )
        if not row["name"].strip():
            raise WorkspaceError(
                f"{where}: name is blank; say with which partner, or of which protocol"
            )
        before = told.setdefault((row["kind"], row["name"].strip(), row["due"]), line)
        if before != line:
            raise WorkspaceError(
                f"{where}: it stands on line {before} already; keep one of them"
            )
        done = row["done"].strip()
        made.append(
            {
                "kind": row["kind"],
                "name": row["name"].strip(),
                "due_on": day_in(NAME, line, row["due"]),
                "done_on": day_in(NAME, line, done) if done else None,
            }
        )
    return pl.DataFrame(made, schema=SCHEMA)
