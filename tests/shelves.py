"""Releases written to real files, as `publish` leaves them, for tests of pages."""

from pathlib import Path

from etl.store import Store
from metrics.release import TABLES, Release
from tests.releases import release


def put(folder: Path, made: Release) -> Path:
    """Write a release into a folder under its own name."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{made.id}.duckdb"
    with Store.open(path) as store, store.transaction():
        for name in TABLES:
            store.replace(name, made.table(name))
    return path


def committee_and_public(folder: Path) -> Path:
    """A folder with one release for the committee and one for the public."""
    put(folder, release())
    put(
        folder,
        release(
            release="public-2026-10-31", audience="public", base="10", min_denominator="50"
        ),
    )
    return folder
