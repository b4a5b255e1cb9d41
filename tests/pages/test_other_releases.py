"""Releases that another version sealed, or that were damaged, among those of a server."""

import pytest

from dashboard.access import Shelf
from etl.store import Store
from metrics.release import TABLES, Release, open_release
from tests.pages.reading import words
from tests.releases import release
from tests.shelves import put

LATER = ("in_period", "paused_days", "late_months", "responses", "groups", "benchmarks")
PAGES = ("10_audit", "20_gaps", "30_metrics", "40_data_quality", "50_methods", "60_export")


def without(made: Release, tables: tuple[str, ...], columns: dict[str, str]) -> Release:
    kept = {name: frame for name, frame in made.tables.items() if name not in tables}
    for name, column in columns.items():
        kept[name] = kept[name].drop(column)
    return Release(path=made.path, manifest=made.manifest, tables=kept)


@pytest.fixture
def older(tmp_path):
    """A folder with a release from before some tables and columns were thought of."""
    made = without(release(), LATER, {"gaps": "days"})
    path = tmp_path / f"{made.id}.duckdb"
    with Store.open(path) as store, store.transaction():
        for name in made.tables:
            store.replace(name, made.table(name))
    return path


def test_what_an_earlier_version_did_not_tell_has_no_rows(older):
    opened = open_release(older)
    for name in LATER:
        assert opened.table(name).is_empty()
        assert opened.table(name).columns == list(TABLES[name])
    assert opened.table("gaps")["days"].is_null().all()
    assert opened.figures().height > 0


@pytest.mark.parametrize("page", PAGES)
def test_every_page_of_an_earlier_versions_release_opens(opened, older, page):
    assert words(opened(page, folder=older.parent))


def test_a_damaged_release_is_named_and_the_one_before_it_is_shown(opened, tmp_path):
    put(tmp_path, release(release="0001-2026-10-31-committee"))
    (tmp_path / "0002-2026-11-30-committee-x.duckdb").write_bytes(b"cut off")
    said = words(opened(folder=tmp_path))
    assert "cannot be read and is not shown: 0002-2026-11-30-committee-x" in said
    assert "0001-2026-10-31-committee" in words(opened("50_methods", folder=tmp_path))


def test_a_damaged_release_alone_is_named_where_nothing_else_is(opened, tmp_path):
    (tmp_path / "0002-2026-11-30-committee-x.duckdb").write_bytes(b"cut off")
    said = words(opened(folder=tmp_path))
    assert "Nothing has been published here yet" in said
    assert "0002-2026-11-30-committee-x" in said


def test_a_release_that_ends_after_its_manifest_is_named_and_the_one_before_it_shown(
    opened, tmp_path
):
    put(tmp_path, release(release="0001-2026-10-31-committee"))
    cut = release(release="0002-2026-11-30-committee-x")
    with Store.open(tmp_path / f"{cut.id}.duckdb") as store, store.transaction():
        store.replace("manifest", cut.table("manifest"))
    said = words(opened(folder=tmp_path))
    assert "cannot be read and is not shown: 0002-2026-11-30-committee-x" in said
    assert "0001-2026-10-31-committee" in words(opened("50_methods", folder=tmp_path))


def test_only_the_newest_release_of_each_audience_is_read_whole(tmp_path, monkeypatch):
    for number, audience in enumerate(("public", "committee", "public", "committee")):
        put(tmp_path, release(release=f"{number}-{audience}-x", audience=audience))
    read = []

    def reading(path):
        read.append(path.stem)
        return open_release(path)

    monkeypatch.setattr("metrics.release.open_release", reading)
    shelf = Shelf(folder=tmp_path, audiences=("public",))
    assert shelf.newest() == {"public": tmp_path / "2-public-x.duckdb"}
    assert shelf.unreadable() == []
    assert shelf.take("public").id == "2-public-x"
    assert read == ["2-public-x"]
