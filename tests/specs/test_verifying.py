"""Whoever has the key finds what was done to a ledger, a release or a list of states."""

import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from etl.store import Store
from metrics.approvals import Person, Places, approve, withdraw
from metrics.disclosure.layers import commitment
from metrics.disclosure.ledger import NAME, Ledger
from metrics.disclosure.policy import Policy
from metrics.release import TABLES, open_release
from metrics.verifying import kept
from tests.specs.measured import ACKNOWLEDGE, SEED, filled, judge, sealed
from tests.units.test_publish import EVENTS

BOARD = Policy("board", "rounding", base=5, min_denominator=20, approvals=1)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory) -> Path:
    """A workspace with an exact release and one that somebody has approved."""
    folder = tmp_path_factory.mktemp("shelf")
    with Store.open() as store:
        judge(filled(store, folder, as_of="2024-03-31", events=EVENTS))
        (folder / "rules" / "rules.toml").write_text(ACKNOWLEDGE, encoding="utf-8")
        sealed(store, to=folder)
        name = sealed(store, to=folder, policy=BOARD).stem
    approve(places_in(folder), name, Person("Chair"), inputs=inputs(folder, name))
    return folder


def inputs(folder: Path, name: str) -> str:
    entries = places_in(folder).ledger.entries()
    return next(entry["inputs"] for entry in entries if entry.get("release") == name)


def places_in(folder: Path) -> Places:
    return Places(folder / "releases", Ledger(folder / "ledger", SEED))


@pytest.fixture
def places(shelf, tmp_path) -> Places:
    """A copy of it, for a test to spoil."""
    shutil.copytree(shelf, tmp_path / "copy")
    return places_in(tmp_path / "copy")


def board(places: Places) -> Path:
    return places.known()[1]


def entries(places: Places) -> list[str]:
    return (places.ledger.folder / NAME).read_text(encoding="utf-8").splitlines(keepends=True)


def found(places: Places) -> str:
    return "\n".join(kept(places).faults)


def test_what_was_written_is_found_as_it_was(places):
    told = kept(places)
    assert told.faults == ()
    assert told.releases == 2
    assert told.lines()[0].startswith("ok   the ledger: ")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda all_: [all_[0].replace("unnamed", "Ann"), *all_[1:]], "changed, or written"),
        (lambda all_: [all_[0], *all_[2:]], "entry 3 stands there, so entries are missing"),
        (lambda all_: [all_[0], all_[2], all_[1], *all_[3:]], "missing, moved or repeated"),
        (lambda all_: [*all_, all_[-1]], "missing, moved or repeated"),
        (lambda all_: [*all_, '{"number": 99}\n'], "written without the key"),
        (lambda all_: all_[:3], "some are cut off"),
    ],
    ids=["changed", "missing", "reordered", "repeated", "forged", "cut off"],
)
def test_a_fault_of_the_ledger_is_found_and_named(places, change, said):
    (places.ledger.folder / NAME).write_text("".join(change(entries(places))), encoding="utf-8")
    assert said in found(places)


def test_a_ledger_begun_anew_with_the_same_key_is_not_the_one_that_releases_know(places):
    (places.ledger.folder / NAME).unlink()
    for number in range(20):
        places.ledger.append(
            "release", release=f"other {number}", layer="", digest="", attack=""
        )
    assert "knows another ledger than this one" in found(places)


def rewritten(path: Path, table: str, change) -> None:
    """The same release with other rows in one table."""
    with Store.open(path, mode="read") as store:
        kept_rows = {
            name: store.frame(f"select * from {name} order by rowid") for name in TABLES
        }
    path.chmod(0o600)
    path.unlink()
    with Store.open(path) as store:
        for name, rows in kept_rows.items():
            store.replace(name, change(rows) if name == table else rows)


def test_a_release_copied_row_by_row_is_as_it_was_sealed(places):
    rewritten(board(places), "figures", lambda rows: rows)
    assert found(places) == ""


@pytest.mark.parametrize(
    ("table", "change", "said"),
    [
        (
            "figures",
            lambda rows: rows.with_columns(pl.col("numerator") + 1),
            "is not as it was",
        ),
        ("cubes", lambda rows: rows.with_columns(pl.col("n") + 5), "counts that differ from"),
        (
            "levels",
            lambda rows: rows.with_columns(title=pl.lit("x")),
            "is not as it was sealed",
        ),
    ],
)
def test_a_changed_release_is_found(places, table, change, said):
    rewritten(board(places), table, change)
    assert said in found(places)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("attack", "carries another proof than it was sealed with"),
        ("ledger_head", "knows another ledger than this one"),
        ("method_sentence", "is not as it was sealed"),
    ],
)
def test_a_changed_entry_of_a_manifest_is_found(places, entry, said):
    here = pl.col("name") == entry
    other = pl.when(here).then(pl.lit("{}")).otherwise("value").alias("value")
    rewritten(board(places), "manifest", lambda rows: rows.with_columns(other))
    assert said in found(places)


def test_a_missing_strange_or_broken_file_is_named(places):
    path = board(places)
    stranger = path.with_name("0009-2024-03-31-board-00000009.duckdb")
    path.rename(stranger)
    (path.parent / "0010-2024-03-31-board-00000010.duckdb").write_bytes(b"no release")
    said = found(places)
    assert f"release {path.stem} is in the ledger and missing" in said
    assert f"release {stranger.stem} is not in the ledger" in said
    assert "0010-2024-03-31-board-00000010.duckdb cannot be read as a release" in said


def test_a_state_that_nobody_gave_it_is_named(places):
    withdraw(places, board(places).stem, Person("Chair"), reason="wrong")
    listed = places.releases.parent / "states.json"
    states = json.loads(listed.read_text(encoding="utf-8"))
    listed.write_text(json.dumps(states | {board(places).stem: "published"}), encoding="utf-8")
    assert f"states.json says published of release {board(places).stem}, which is wi" in found(
        places
    )
    listed.write_text("no states", encoding="utf-8")
    assert found(places) == "states.json cannot be read"


def test_what_was_put_aside_is_not_missed(places):
    places.ledger.append("release", release="0007", audience="board", approvals=1)
    assert "release 0007 is in the ledger and missing" in found(places)
    withdraw(places, "0007", Person("Chair"), reason="a draft")
    assert found(places) == ""


def test_approvals_past_the_program_are_found(places):
    about = {"release": "0008", "audience": "board", "by": "Ann", "digest": "", "attack": ""}
    places.ledger.append("release", **about, approvals=2, layer="")
    places.ledger.append("approved", release="0008", by=" ann")
    places.ledger.append("published", release="0008", by="Ann")
    said = found(places)
    assert "release 0008 was approved by who made it" in said
    assert "release 0008 was published with 1 of 2 approvals" in said


def test_a_seed_that_the_release_is_not_bound_to_is_found(places):
    release = board(places)
    path = places.proofs / f"{release.stem}.json"
    proof = json.loads(path.read_text(encoding="utf-8"))
    (layer, seed), *_ = proof["seed_opening"].items()
    assert commitment(bytes.fromhex(seed)) == open_release(release).manifest["seed_commitment"]
    proof["seed_opening"] = {layer: "00" * 32}
    path.write_text(json.dumps(proof), encoding="utf-8")
    assert found(places).endswith("is bound to another seed than lies with its proof")
