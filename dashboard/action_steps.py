"""Corrective actions of a workspace: written down, done, and listed."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from dashboard.phrases import day_text
from dashboard.steps import Told
from etl.actions import add_action, mark_done, read_actions
from etl.store import Store
from etl.workspace import Workspace
from metrics.actions import require_known, timing

TIMING = {
    "open": "open, due on {due}",
    "overdue": "overdue since {due}",
    "on_time": "done on {done}, in time",
    "late": "done on {done}, late: it was due on {due}",
}


def add(workspace: Workspace, row: Mapping[str, str]) -> Told:
    """Write down an action, where a release can follow what it names.

    Raises WorkspaceError, and writes nothing, where it cannot.
    """
    rules = workspace.rules()
    levels = _levels(workspace)
    add_action(
        workspace.folder, row, judge=lambda actions: require_known(actions, rules, levels)
    )
    line = f"action {row['action']}: {row['change']}; {row['owner']}, due on {row['due']}"
    return Told(lines=(line,), data=dict(row))


def done(workspace: Workspace, action: str, *, on: date) -> Told:
    """Write down that an action was done."""
    mark_done(workspace.folder, action, on=on)
    said = f"action {action} was done on {on}; from the month after it, limits begin anew"
    return Told(lines=(said,), data={"action": action, "done": str(on)})


def listing(workspace: Workspace, *, as_of: date) -> Told:
    """Every action with its owner and whether it is in time."""
    rows = read_actions(workspace.folder)
    found = [{**row, "timing": timing(row, as_of)} for row in rows.iter_rows(named=True)]
    lines = [
        f"{row['action']}  {row['change']} ({row['kind']}, {row['owner']}): {_said(row)}"
        for row in found
    ]
    return Told(lines=tuple(lines or ["there are no actions"]), data=found)


def _said(row: Mapping[str, object]) -> str:
    words = {
        name: day_text(day)
        for name, day in (("due", row["due_on"]), ("done", row["done_on"]))
        if isinstance(day, date)
    }
    return TIMING[str(row["timing"])].format(**words)


def _levels(workspace: Workspace) -> pl.DataFrame:
    """Levels that the exports declare; none before any was loaded."""
    nothing = pl.DataFrame(schema={"breakdown": pl.String, "level": pl.String})
    if not workspace.store_path.is_file():
        return nothing
    with Store.open(workspace.store_path, mode="read") as store:
        return store.frame("select breakdown, level from staging.levels")
