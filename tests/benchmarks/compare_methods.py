"""What readers lose by rounding and by suppression, held against the exact counts.

`python -m tests.benchmarks.compare_methods WORKSPACE [METHOD...]` publishes the data of a
workspace, which are loaded and checked already, to invented audiences beside it, and prints a
table for each method, or for those that are named: the share of cells and of figures that are
told, how far told shares are from the exact ones, and how many verdicts and signals are those
that the exact counts give.
"""

import shutil
import sys
import tempfile
import time
from pathlib import Path

import polars as pl

from etl.store import Store
from etl.workspace import Workspace, open_workspace
from metrics.disclosure.ledger import Ledger
from metrics.disclosure.policy import Policy
from metrics.publish import publish
from metrics.release import Release, open_release
from metrics.sealed import About
from metrics.sealing import Places

FEWEST = 20
EXACT = Policy("exact", "identity", min_denominator=FEWEST)
COMPARED = (
    Policy("rounded5", "rounding", base=5, min_denominator=FEWEST),
    Policy("withheld5", "suppression", threshold=5, min_denominator=FEWEST),
    Policy("withheld10", "suppression", threshold=10, min_denominator=FEWEST),
)
PLACE = ("metric", "measure", "part", "breakdown", "level", "period", "period_start")
TOLD_TO_ALL = pl.col("breakdown").is_in(["all", "unit"])
MET, NOT_MET = {"met", "met_narrowly"}, {"not_met", "just_missed"}
UNUSUAL = ~pl.col("signal").is_in(["usual", ""])


def released(workspace: Workspace, policy: Policy, folder: Path) -> tuple[Release, float]:
    """A release of the workspace to an invented audience, and the CPU seconds it took."""
    about = workspace.organisation
    places = Places(folder / policy.audience / "releases", Ledger(folder / "ledger", b"k" * 32))
    with Store.open(folder / "audit.duckdb") as store:
        started = time.process_time()
        path = publish(
            store,
            policy,
            rules=workspace.rules(),
            annotations=workspace.annotations(),
            about=About(about.name, about.case_word, about.case_word_plural, "0"),
            seed=b"k" * 32,
            places=places,
        )
        return open_release(path), time.process_time() - started


def row_of(exact: Release, other: Release, seconds: float) -> dict[str, str]:
    """One method against the exact counts."""
    cells = other.table("cubes")
    figures, truth = (
        release.table("figures").filter(TOLD_TO_ALL & (pl.col("period") == "quarter"))
        for release in (exact, other)
    )
    both = figures.filter(pl.col("state") == "ok").join(
        truth.filter(pl.col("metric").is_in(truth["metric"].unique().implode())),
        on=PLACE,
        suffix="_told",
    )
    told = both.filter(pl.col("state_told") == "ok")
    shares = told.filter((pl.col("worst").is_not_null()) & (pl.col("denominator") >= FEWEST))
    off = (shares["value_told"] - shares["value"]).abs()
    days = told.filter(pl.col("measure") == "median")
    return {
        "method": other.manifest["method_sentence"].split(".")[0],
        "cells told": _share(cells["n"].count(), cells.height),
        "figures told": _share(told.height, both.height),
        "error of shares, mean": f"{off.mean() or 0:.3f}" if off.len() else "none told",
        "error of shares, largest": f"{off.max() or 0:.3f}" if off.len() else "none told",
        "error of medians, mean days": (
            f"{(days['value_told'] - days['value']).abs().mean():.1f}"
            if days.height
            else "none told"
        ),
        "verdicts unchanged": _verdicts(exact, other),
        "verdicts reversed": _reversed(exact, other),
        "signals kept": _signals(exact, other),
        "signals that are not there": _false_signals(exact, other),
        "CPU, protect and attack": f"{seconds:.0f} s",
    }


def _share(count: int, of: int) -> str:
    return f"{count:,} of {of:,} ({count / of:.0%})" if of else "none"


def _results(exact: Release, other: Release) -> pl.DataFrame:
    keys = ["commitment", "breakdown", "level", "period_start"]
    return exact.table("results").join(other.table("results"), on=keys, suffix="_told")


def _verdicts(exact: Release, other: Release) -> str:
    rows = _results(exact, other)
    same = rows.filter(pl.col("verdict") == pl.col("verdict_told")).height
    return _share(same, rows.height)


def _reversed(exact: Release, other: Release) -> str:
    """Met that is told as not met, or the other way round."""
    rows = _results(exact, other)
    found = [
        rows.filter(
            pl.col("verdict").is_in(sorted(one)) & pl.col("verdict_told").is_in(sorted(another))
        ).height
        for one, another in ((MET, NOT_MET), (NOT_MET, MET))
    ]
    return str(sum(found))


def _unusual(release: Release) -> pl.DataFrame:
    keys = [name for name in (*PLACE, "against") if name in release.table("signals").columns]
    return release.table("signals").filter(UNUSUAL).select(keys)


def _signals(exact: Release, other: Release) -> str:
    shared = other.table("figures")["metric"].unique().implode()
    truth = _unusual(exact).filter(pl.col("metric").is_in(shared))
    kept = truth.join(_unusual(other), on=truth.columns, how="semi")
    return _share(kept.height, truth.height)


def _false_signals(exact: Release, other: Release) -> str:
    return str(_unusual(other).join(_unusual(exact), on=PLACE, how="anti").height)


def main() -> None:
    """Print the comparison for the workspace that the command line names."""
    workspace = open_workspace(Path(sys.argv[1]))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(workspace.store_path, folder / "audit.duckdb")
        exact, _ = released(workspace, EXACT, folder)
        for policy in COMPARED:
            if sys.argv[2:] and policy.audience not in sys.argv[2:]:
                continue
            shutil.rmtree(folder / "ledger", ignore_errors=True)
            row = row_of(exact, *released(workspace, policy, folder))
            for measure, told in row.items():
                print(f"| {measure} | {told} |", flush=True)


if __name__ == "__main__":
    main()
