"""What readers of both would learn if a told quarter were drawn again.

`python -m tests.benchmarks.drawn_again WORKSPACE` takes a workspace that has told quarters,
such as the demo's. It publishes its data twice to an invented audience, under two keys, and
counts the cells whose two numbers leave less together than either promises; and it counts the
cells of which the data now say something else than when they were told, and by how many cases.
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
from metrics.disclosure.policy import BANDS, Policy
from metrics.disclosure.tables import KEY, banded
from metrics.publish import publish
from metrics.release import open_release
from metrics.sealed import About
from metrics.sealing import Places


def drawn(workspace: Workspace, base: int, folder: Path, *, key: bytes) -> pl.DataFrame:
    """The cells of a release of the workspace under another key."""
    about = workspace.organisation
    with Store.open(folder / "audit.duckdb") as store:
        path = publish(
            store,
            Policy("readers", "rounding", base=base, min_denominator=20),
            rules=workspace.rules(),
            annotations=workspace.annotations(),
            about=About(about.name, about.case_word, about.case_word_plural, "0"),
            seed=key,
            places=Places(folder / key.hex() / "releases", Ledger(folder / key.hex(), key)),
        )
    return open_release(path).table("cubes")


def of_two_draws(one: pl.DataFrame, other: pl.DataFrame, base: int) -> str:
    """How many cells two draws of the same truth narrow below what each promises."""
    both = one.join(other, on=KEY, suffix="_again")
    apart = both.filter(pl.col("n") != pl.col("n_again"))
    small = apart.filter(pl.min_horizontal("n", "n_again") == 0)
    return (
        f"base {base}: of {both.height:,} cells {apart.height:,} are told otherwise by the"
        f" second draw and narrowed to {base - 1} values, {small.height:,} of them proved to be"
        f" 1 to {base - 1}"
    )


def of_corrections(store: Store, ledger: Ledger, base: int) -> str:
    """How many told cells are counted otherwise now, and by how many cases."""
    told = ledger.told(layer_name(base, BANDS))
    now = banded(count(store).cells, BANDS).rename({"n": "now"})
    both = told.join(now, on=KEY, how="left").with_columns(pl.col("now").fill_null(0))
    moved = both.with_columns(by=(pl.col("now") - pl.col("n_true")).abs()).filter(
        pl.col("by") > 0
    )
    enough = moved.filter(pl.col("by") >= base)
    return (
        f"base {base}: of {both.height:,} told cells {moved.height:,} are counted otherwise"
        f" now, {enough.height:,} of them by {base} cases or more"
    )


def main(workspace: Workspace) -> None:
    """Print what drawing again would cost."""
    ledger = Ledger(workspace.folder / "ledger", workspace.key())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(workspace.store_path, folder / "audit.duckdb")
        for base in (5, 10):
            one, other = (
                drawn(workspace, base, folder, key=bytes([base, letter]) * 16)
                for letter in b"ab"
            )
            print(of_two_draws(one, other, base))
        with Store.open(folder / "audit.duckdb") as store:
            for base in (5, 10):
                print(of_corrections(store, ledger, base))


if __name__ == "__main__":
    main(open_workspace(Path(sys.argv[1])))
