"""What readers of both would learn if a told quarter were drawn again.

`python -m tests.benchmarks.drawn_again ONE OTHER` takes two workspaces that have told the same
exports, each under a key of its own, such as those of `case-audit demo` in two folders. It
counts the cells whose two numbers leave less together than either promises, and the told cells
of which the exports say something else by now, and by how many cases.
"""

import shutil
import sys
import tempfile
from pathlib import Path

import polars as pl

from etl.store import Store
from etl.workspace import Workspace, open_workspace
from metrics.count import count
from metrics.disclosure.layers import layer_name
from metrics.disclosure.ledger import Ledger
from metrics.disclosure.policy import BANDS
from metrics.disclosure.tables import KEY, banded


def told(workspace: Workspace, base: int) -> pl.DataFrame:
    """Every cell that the workspace ever told with this base."""
    ledger = Ledger(workspace.folder / "ledger", workspace.key())
    return ledger.told(layer_name(base, BANDS))


def of_two_draws(one: pl.DataFrame, other: pl.DataFrame, base: int) -> str:
    """How many cells two draws of the same truth narrow below what each promises."""
    both = one.join(other, on=[*KEY, "n_true"], suffix="_again")
    apart = both.filter(pl.col("n") != pl.col("n_again"))
    small = apart.filter(pl.min_horizontal("n", "n_again") == 0)
    return (
        f"base {base}: of {both.height:,} cells of one truth the second draw tells"
        f" {apart.height:,} otherwise and proves {small.height:,} to be 1 to {base - 1}, in"
        f" {blocks(apart)} of {blocks(both)} blocks (a metric and part in a quarter)"
    )


def of_corrections(store: Store, cells: pl.DataFrame, base: int) -> str:
    """How many told cells are counted otherwise now, and by how many cases."""
    now = banded(count(store).cells, BANDS).rename({"n": "now"})
    both = cells.join(now, on=KEY, how="left").with_columns(pl.col("now").fill_null(0))
    by = (pl.col("now") - pl.col("n_true")).abs()
    moved = both.with_columns(by=by).filter(pl.col("by") > 0)
    enough = moved.filter(pl.col("by") >= base)
    safe = moved.filter(pl.col("by").min().over(*BLOCK) >= base)
    return (
        f"base {base}: of {both.height:,} told cells {moved.height:,} are counted otherwise"
        f" now, {enough.height:,} of them by {base} cases or more; in {blocks(safe)} of"
        f" {blocks(moved)} blocks all that are"
    )


def window(told_as: int, base: int) -> set[int]:
    """What a count that is told so may truly be."""
    return set(range(max(told_as - base + 1, int(told_as > 0)), told_as + base))


def of_changes(base: int) -> str:
    """When a number and another after a known change leave as many values as each promises."""
    told_as = range(0, 6 * base, base)
    tried = [(a, b, c) for a in told_as for b in told_as for c in range(-3 * base, 3 * base)]
    wrong = 0
    for old, new, change in tried:
        both = {v for v in window(old, base) if v + change in window(new, base)}
        apart = new - old - change
        stays = abs(apart) < base and not ((old == 0 and apart < 0) or (new == 0 and apart > 0))
        wrong += stays != (len(both) >= base)
    return f"base {base}: the rule on changes holds in {len(tried) - wrong} of {len(tried)}"


BLOCK = ("metric", "part", pl.col("month").dt.truncate("1q"))


def blocks(cells: pl.DataFrame) -> int:
    """How many blocks these cells are in."""
    return cells.select(*BLOCK).unique().height


def main(one: Workspace, other: Workspace) -> None:
    """Print what drawing again would cost."""
    for base in (5, 10):
        print(of_two_draws(told(one, base), told(other, base), base))
        print(of_changes(base))
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / "audit.duckdb"
        shutil.copy(one.store_path, copy)
        with Store.open(copy) as store:
            print(of_corrections(store, told(one, 5), 5))


if __name__ == "__main__":
    main(*(open_workspace(Path(folder)) for folder in sys.argv[1:]))
