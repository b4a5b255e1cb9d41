"""What was published keeps its numbers, and nobody can change what is written down of it."""

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from metrics.disclosure.late import late_bookings
from metrics.disclosure.layers import layer_name, protected_by_layers, roundings
from metrics.disclosure.ledger import NAME, TOLD, Ledger, LedgerError, faults
from metrics.disclosure.policy import Policy, PolicyError
from metrics.disclosure.protect import Declared
from metrics.metric import ExactCube
from tests.specs.test_protection import (
    BASE,
    LEVELS,
    MONTHS,
    QUARTERS,
    SEED,
    TABLES,
    WINTER,
    Case,
    count,
    cube_of,
    plant_and_office,
)

BOARD = Policy("board", "rounding", base=BASE, min_denominator=20, bands=(0, 31))
PUBLIC = Policy("public", "rounding", base=10, min_denominator=50, bands=(0, 31))
SPRING = MONTHS[3:6]
BOTH = WINTER + SPRING
ROOT = Path(__file__).parents[2]


@pytest.fixture
def ledger(tmp_path) -> Ledger:
    return Ledger(tmp_path / "ledger", SEED)


SPENDING = """
import sys, time
from pathlib import Path
from metrics.disclosure.ledger import Ledger
ledger = Ledger(Path(sys.argv[1]), b"a seed that nobody outside knows")
with ledger.alone():
    spent = sum(entry["cost"] for entry in ledger.entries())
    time.sleep(1)
    if spent + 1 <= 1:
        ledger.append("booked", cost=1)
"""


def test_two_processes_at_once_spend_a_budget_once(tmp_path):
    command = [sys.executable, "-c", SPENDING, str(tmp_path / "ledger")]
    both = [
        subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) for _ in "ab"
    ]
    said = [process.communicate()[1] for process in both]
    assert sorted(process.returncode for process in both) == [0, 1]
    (first,) = (process for process in both if process.returncode == 0)
    (refused,) = (words for words in said if words)
    assert f"another case-audit is changing it (process {first.pid})" in refused
    entries = Ledger(tmp_path / "ledger", SEED).entries()
    assert [entry["cost"] for entry in entries] == [1]


def told(ledger, cube, *, months=BOTH, policy=BOARD, everybody=(BOARD, PUBLIC), **other):
    """Protect the cube for an audience and write down what is told now."""
    levels = other.pop("levels", LEVELS)
    made = protected_by_layers(
        cube.cells.filter(pl.col("month").is_in(months)),
        policy,
        everybody=everybody,
        secret=SEED,
        declared=Declared(TABLES, levels, months, QUARTERS),
        ledger=ledger,
        renamed=other.pop("renamed", {}),
    )
    for layer, cells in made.fresh.items():
        if cells.height:
            ledger.keep(layer, cells)
    return made.cells


def of_winter(cells: pl.DataFrame) -> pl.DataFrame:
    return cells.filter(pl.col("month").is_in(WINTER)).sort(pl.all())


# What was told stays as it was told ---------------------------------------------------------


def test_a_told_quarter_keeps_its_numbers_whatever_becomes_known_later(ledger):
    cube = plant_and_office()
    first = told(ledger, cube, months=WINTER)
    late = cube_of(Case(unit="six_people", severity="high", month=WINTER[1], n=2))
    more = type(cube)(cells=pl.concat([cube.cells, late.cells]))
    again = told(ledger, type(cube)(cells=more.cells.group_by(TOLD_KEY).agg(pl.col("n").sum())))
    assert of_winter(again).equals(first.sort(pl.all()))


TOLD_KEY = [name for name in TOLD if name not in {"n", "n_true"}]


def test_late_cases_are_booked_in_the_month_told_next(ledger):
    told(ledger, cube_of(Case(n=20)), months=WINTER)
    now = told(ledger, cube_of(Case(n=23), Case(month=SPRING[0], n=40)))
    stands_for = now.filter((pl.col("metric") == "reports") & (pl.col("level") == "plant"))
    true = dict(stands_for.group_by("month").agg(pl.col("n_true").sum()).iter_rows())
    assert true[WINTER[0]] == 20
    assert true[SPRING[0]] == 43


def test_a_case_that_moves_to_another_unit_stays_where_it_was_told(ledger):
    told(ledger, cube_of(Case(unit="plant", n=20)), months=WINTER)
    moved = cube_of(Case(unit="plant", n=19), Case(unit="office", n=1))
    now = told(ledger, moved)
    assert count(now, metric="reports", level="plant") == 20
    assert count(now, metric="reports", level="office") == 0


def test_a_quarter_that_is_told_steers_against_the_errors_of_those_before(ledger):
    cube = plant_and_office()
    told(ledger, cube, months=WINTER)
    apart = told(ledger, cube)
    assert apart.sort(TOLD_KEY).equals(told_at_once(cube).sort(TOLD_KEY))


def told_at_once(cube):
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        return told(Ledger(Path(folder), SEED), cube)


def test_what_a_unit_told_that_is_gone_stands_under_the_one_that_took_it_over(ledger):
    told(ledger, cube_of(Case(unit="office", n=20), Case(unit="plant", n=5)), months=WINTER)
    fewer = LEVELS | {"unit": ("plant", "six_people")}
    merged = cube_of(Case(unit="plant", n=25))
    with pytest.raises(PolicyError, match=r"unit 'office' was published and is no longer"):
        told(ledger, merged, levels=fewer)
    now = told(ledger, merged, levels=fewer, renamed={("unit", "office"): "plant"})
    assert count(now, metric="reports", level="plant") == 25


def test_a_new_unit_had_no_cases_in_what_was_told(ledger):
    told(ledger, cube_of(Case(n=20)), months=WINTER)
    wider = LEVELS | {"unit": (*LEVELS["unit"], "harbour")}
    now = told(ledger, cube_of(Case(n=20)), levels=wider)
    assert count(now, level="harbour") == 0


# Audiences ----------------------------------------------------------------------------------


def test_both_audiences_together_know_no_more_than_the_finer_one(ledger):
    cube = plant_and_office()
    board, public = told(ledger, cube), told(ledger, cube, policy=PUBLIC)
    both = board.join(public, on=TOLD_KEY, suffix="_public")
    assert (both["n_public"] % 10 == 0).all()
    assert ((both["n_public"] - both["n"]).abs() < 10).all()
    assert ((both["n_public"] - both["n_true"]).abs() < 10).all()


def test_the_order_in_which_audiences_are_told_changes_nothing(ledger, tmp_path):
    cube = plant_and_office()
    board, public = told(ledger, cube), told(ledger, cube, policy=PUBLIC)
    other = Ledger(tmp_path / "other", SEED)
    assert told(other, cube, policy=PUBLIC).equals(public)
    assert told(other, cube).equals(board)


def test_bases_that_do_not_divide_each_other_are_refused():
    odd = Policy("press", "rounding", base=7, min_denominator=20, bands=(0, 31))
    with pytest.raises(PolicyError, match="bases 5 and 7 of two audiences do not divide"):
        roundings(BOARD, (BOARD, odd))


def test_audiences_with_other_bands_of_days_are_refused():
    finer = Policy("press", "rounding", base=10, min_denominator=20, bands=(0, 8))
    with pytest.raises(PolicyError, match="its bands of days differ from those of press"):
        roundings(BOARD, (finer,))


def test_a_coarser_audience_goes_through_every_finer_rounding():
    assert roundings(PUBLIC, (BOARD, PUBLIC)) == [5, 10]
    assert roundings(BOARD, (BOARD, PUBLIC)) == [5]


def scattered(seed: int) -> ExactCube:
    """Twenty cases of one winter, spread over everything."""
    draw = np.random.default_rng(seed)
    return cube_of(
        *[
            Case(
                unit=str(draw.choice(["plant", "office", "six_people"])),
                severity=str(draw.choice(["high", "low"])),
                month=MONTHS[draw.integers(3)],
                deadline=str(draw.choice(["met", "late", "not_due"])),
                end=str(draw.choice(["ended", "open"])),
                days=int(draw.integers(60)),
            )
            for _ in range(20)
        ]
    )


@pytest.mark.parametrize("seed", [0, 1, 2, 5])
def test_a_finer_audience_is_rounded_so_that_the_coarser_ones_sums_stay_near(ledger, seed):
    """Each of these is loose when the board's counts are drawn without a look at the public."""

    def loose(everybody: tuple[Policy, ...], folder: str) -> Mapping[str, int]:
        return protected_by_layers(
            scattered(seed).cells,
            everybody[-1],
            everybody=everybody,
            secret=SEED,
            declared=Declared(TABLES, LEVELS, WINTER, QUARTERS),
            ledger=Ledger(ledger.folder / folder, SEED),
            renamed={},
        ).loose

    assert loose((BOARD,), "board") == {}
    assert loose((BOARD, PUBLIC), "public") == {}


# Bookings -----------------------------------------------------------------------------------

FACES = np.array([[-1, 1, 1, 0, 0], [-1, 0, 0, 1, 1]])


def change(*rows):
    return np.array(rows)


def test_new_cases_are_booked_whole():
    late = change([3, 0], [3, 0], [0, 0], [1, 0], [2, 0])
    assert (late_bookings(late, FACES, stocks=[], into=None) == late).all()


def test_what_only_changed_is_not_booked():
    moved = change([0, 0], [-1, 1], [1, -1], [0, 0], [0, 0])
    assert not late_bookings(moved, FACES, stocks=[], into=None).any()


def test_a_booking_never_takes_a_case_away_and_adds_up():
    mixed = change([2, 0], [-1, 0], [3, 0], [2, 0], [0, 0])
    booked = late_bookings(mixed, FACES, stocks=[], into=None)
    assert booked[:, 0].tolist() == [2, 0, 2, 2, 0]


def test_what_is_open_on_a_day_is_not_booked_again():
    stock = change([4, 1], [4, 1], [0, 0], [4, 1], [0, 0])
    booked = late_bookings(stock, FACES, stocks=[0], into=None)
    assert booked[:, 0].tolist() == [0, 0, 0, 0, 0]
    assert booked[:, 1].tolist() == [1, 1, 0, 1, 0]


def test_late_cases_of_a_whole_go_where_no_duration_is_told():
    late = change([1, 1], [1, 1], [0, 0], [0, 2], [1, -1])
    booked = late_bookings(late, FACES, stocks=[], into=1)
    assert booked[:, 0].tolist() == [0] * 5
    assert booked[:, 1].tolist() == [2, 2, 0, 2, 0]


# Nobody changes what is written down --------------------------------------------------------


@pytest.fixture
def written(ledger) -> Ledger:
    told(ledger, cube_of(Case(n=20)), months=WINTER)
    for number in (1, 2, 3):
        ledger.append("release", release=f"000{number}", digest="d", layer="")
    return ledger


def lines(ledger) -> list[str]:
    return (ledger.folder / NAME).read_text(encoding="utf-8").splitlines(keepends=True)


def rewrite(ledger, changed: list[str]) -> None:
    (ledger.folder / NAME).write_text("".join(changed), encoding="utf-8")


@pytest.mark.parametrize(
    "change_lines",
    [
        lambda all_: [all_[0].replace("counts", "nothing"), *all_[1:]],
        lambda all_: all_[1:],
        lambda all_: [all_[0], *all_[2:]],
        lambda all_: [all_[1], all_[0], *all_[2:]],
        lambda all_: [*all_[:2], all_[1], *all_[2:]],
        lambda all_: [*all_, "no entry\n"],
        lambda all_: [*all_, "[]\n"],
        lambda all_: [*all_, json.dumps({"number": len(all_) + 1}) + "\n"],
    ],
)
def test_an_entry_changed_moved_added_or_taken_out_is_found(written, change_lines):
    rewrite(written, change_lines(lines(written)))
    with pytest.raises(LedgerError, match="not as it was written from line"):
        written.entries()
    assert len(faults(written, {})) == 1


def test_without_the_key_no_entry_can_be_written(written):
    forged = Ledger(written.folder, b"another key altogether")
    with pytest.raises(LedgerError):
        forged.append("release", release="0009")


def test_counts_that_were_changed_or_deleted_are_found(written):
    (path,) = written.folder.glob("*.parquet")
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(LedgerError, match=r"00001.parquet of the ledger is missing or is not"):
        written.told(layer_name(5, (0, 31)))
    path.unlink()
    assert "00001.parquet" in faults(written, {})[0]


def manifest(ledger: Ledger) -> dict[str, str]:
    number, head = ledger.head()
    return {"ledger_entries": str(number), "ledger_head": head}


def test_a_ledger_that_was_cut_off_is_found_by_a_release_that_knows_its_end(written):
    known = {f"000{n}": (manifest(written), "d", pl.DataFrame(schema=TOLD)) for n in (1, 2, 3)}
    assert faults(written, known) == []
    rewrite(written, lines(written)[:-1])
    assert "which has" in " ".join(faults(written, known))


def test_a_release_of_another_ledger_is_found(written):
    strange = {"ledger_entries": "1", "ledger_head": "f" * 64}
    found = faults(written, {"0001": (strange, "d", pl.DataFrame(schema=TOLD))})
    assert "release 0001 knows another ledger than this one" in found


def test_releases_that_are_missing_unknown_or_changed_are_named(written):
    none = pl.DataFrame(schema=TOLD)
    found = faults(written, {"0001": ({}, "other", none), "0007": ({}, "d", none)})
    assert "release 0002 is in the ledger and missing" in found
    assert "release 0001 is not as it was sealed" in found
    assert "release 0007 is not in the ledger" in found


def test_a_count_that_differs_from_the_ledger_is_found(ledger):
    cells = told(ledger, cube_of(Case(n=20)), months=WINTER, everybody=(BOARD,))
    layer = layer_name(BOARD.base, BOARD.bands)
    ledger.append("release", release="0001", digest="d", layer=layer)
    assert faults(ledger, {"0001": ({}, "d", cells)}) == []
    off = cells.with_columns(n=pl.when(pl.col("n") == 20).then(25).otherwise(pl.col("n")))
    (found,) = faults(ledger, {"0001": ({}, "d", off)})
    assert found.startswith("release 0001 has ")


def test_the_ledger_is_for_its_owner_alone(written):
    assert date(2024, 1, 1) in written.told(layer_name(5, (0, 31)))["month"].to_list()
    modes = {path.stat().st_mode & 0o777 for path in written.folder.iterdir()}
    assert modes == {0o600}
    assert written.folder.stat().st_mode & 0o777 == 0o700
