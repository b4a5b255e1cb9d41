"""What `bench_load` runs, each in a process of its own."""

import shutil
import sys
from pathlib import Path

from tests.benchmarks.large_exports import AS_OF, description

TYPES = {
    "cases": dict.fromkeys(
        ("case", "unit", "category", "channel", "severity", "outcome"), "VARCHAR"
    )
    | {"received": "TIMESTAMP"},
    "events": {"case": "VARCHAR", "step": "VARCHAR", "happened": "TIMESTAMP"},
}


def case_audit(exports: list[Path], place: Path) -> None:
    """Our load into the workspace at `place`, made where there is none."""
    from etl.load import load
    from etl.workspace import init, open_workspace

    if place.exists():
        workspace = open_workspace(place)
    else:
        workspace = init(place)
        (place / "sources" / "large.toml").write_text(description(), encoding="utf-8")
    taken = load(workspace, exports, as_of=AS_OF, source="large")
    assert all(
        told.rows_in == told.rows_loaded + told.rows_rejected + told.rows_repeated
        for told in taken
    )


def duckdb(exports: list[Path], place: Path) -> None:
    """The bare engine: typed columns into one table per file."""
    import duckdb

    with duckdb.connect(str(place)) as connection:
        for export in exports:
            columns = TYPES[export.stem]
            connection.execute(
                f"create table {export.stem} as select * from"
                f" read_csv('{export}', header = true, columns = {columns})"
            )


def pandas(exports: list[Path], place: Path) -> None:
    """Frames in memory, by the compiled reader of Arrow, with dates as dates."""
    import pandas

    for export in exports:
        dates = [name for name, kind in TYPES[export.stem].items() if kind == "TIMESTAMP"]
        frame = pandas.read_csv(export, engine="pyarrow", parse_dates=dates)
        assert len(frame)


def cat(exports: list[Path], place: Path) -> None:
    """Every byte once."""
    for export in exports:
        with export.open("rb") as file, Path("/dev/null").open("wb") as nowhere:
            shutil.copyfileobj(file, nowhere, 1 << 20)


if __name__ == "__main__":
    name, to, *files = sys.argv[1:]
    {"case-audit": case_audit, "duckdb": duckdb, "pandas": pandas, "cat": cat}[name](
        [Path(file) for file in files], Path(to)
    )
