"""The sample's audit as CSV, reviewed like code.

`python -m tests.flow.golden_release` makes the demo in a temporary folder and writes the files
in `golden/` anew; what `git diff` then shows is what a change of the code does to an audit.
"""

import sys
import tempfile
from pathlib import Path

import polars as pl
import polars.selectors as cs

from dashboard.demo import demo
from metrics.release import Release, open_release

FOLDER = Path(__file__).parent / "golden"
LEFT_OUT = {
    "figures": ["breakdown", "level", "period", "period_end", "complete"],
    "results": ["breakdown", "level"],
    "verdicts": [
        "title",
        "why",
        "about",
        "allowed",
        "affects",
        "remedy",
        "cause",
        "topic",
        "owner",
        "statement",
    ],
}


def texts(release: Release) -> dict[str, str]:
    """File names and contents: figures of everybody by quarter, results and verdicts."""
    everybody = pl.col("breakdown") == "all"
    kept = {
        "figures": release.table("figures").filter(everybody & (pl.col("period") == "quarter")),
        "results": release.table("results").filter(everybody),
        "verdicts": release.table("verdicts"),
    }
    return {
        f"{name}.csv": rows.drop(LEFT_OUT[name]).with_columns(cs.float().round(6)).write_csv()
        for name, rows in kept.items()
    }


def main() -> int:
    """Write the golden files anew."""
    with tempfile.TemporaryDirectory() as folder:
        demo(
            Path(folder) / "demo",
            newest_alone=True,
            say=lambda line: sys.stderr.write(f"{line}\n") and None,
        )
        (path,) = (Path(folder) / "demo" / "releases").glob("*-committee-*.duckdb")
        told = texts(open_release(path))
    FOLDER.mkdir(exist_ok=True)
    for name, text in told.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
