"""What an attacker finds in released files, and what must make the attack succeed.

Every release here is written to a file and read again: the attacker knows nothing else.
"""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from etl.store import Store
from metrics.attack.report import attack
from metrics.release import TABLES
from tests.specs.measured import filled, judge, sealed

BASE = 5
EVENTS = "case | kind | on\n" + "\n".join(
    f"{number} | {kind} | {day}"
    for number in range(60)
    for kind, day in (
        ("received", date(2024, 1 + number % 6, 1 + number % 20)),
        ("resolved", date(2024, 1 + number % 6, 2 + number % 26)),
    )
    if kind == "received" or number % 3
)
UNITS = "case | unit\n" + "\n".join(
    f"{number} | {'archive' if number % 10 == 0 else 'depot'}" for number in range(60)
)


def cells(path: Path) -> pl.DataFrame:
    with Store.open(path, mode="read") as store:
        return store.frame("select * from cubes order by rowid")


Change = Callable[[pl.DataFrame], pl.DataFrame]


def changed(path: Path, to: Path, **tables: Change) -> Path:
    """A copy of a release with other rows, or another manifest, in some tables."""
    with Store.open(path, mode="read") as store:
        kept = {name: store.frame(f"select * from {name} order by rowid") for name in TABLES}
    with Store.open(to) as store:
        for name, rows in kept.items():
            store.replace(name, tables[name](rows) if name in tables else rows)
    return to


def manifest(**told: str) -> Change:
    def change(rows: pl.DataFrame) -> pl.DataFrame:
        names = pl.col("name")
        kept = rows.filter(~names.is_in(list(told)))
        more = pl.DataFrame({"name": list(told), "value": list(told.values())})
        return pl.concat([kept, more])

    return change


@pytest.fixture
def board(store, tmp_path) -> Path:
    """A release to a board whose counts are multiples of 5."""
    from tests.units.test_publish import BOARD

    judge(filled(store, tmp_path, as_of="2024-06-30", events=EVENTS, cases=UNITS))
    return sealed(store, to=tmp_path, policy=BOARD)


def failed(*paths: Path) -> Mapping[str, list[str]]:
    """What was found, by the attacker who found it, and the other leaks."""
    found = attack(paths)
    assert found.told()["verdict"] == ("passed" if found.passed else "failed")
    parts = {
        one.profile: [
            name
            for name in ("exact", "proven_small", "narrower_than_promised", "contradictions")
            if getattr(one, name)
        ]
        for one in found.findings
        if not one.passed
    }
    return parts | ({"leaks": list(found.leaks)} if found.leaks else {})


def test_a_protected_release_passes_and_says_what_was_tried(board):
    found = attack([board])
    assert found.passed
    assert found.lines()[-1] == "verdict: nothing was found"
    names = [one.profile for one in found.findings]
    assert names == [
        "reader of the newest release to board",
        "reader who knows the headcounts",
        "insider who knows one case",
        "coalition that knows two cases",
        "reader of all releases to board who adds up its metrics",
        "reader of all releases to board who holds surveys against closings",
        "reader of all releases to board who holds deadlines against times",
        "reader of all releases to board who knows that every case has its deadlines",
    ]
    assert all(one.targets > 1000 for one in found.findings[:4])
    assert [one.narrowest for one in found.findings[:4]] == [4, 4, 3, 2]
    assert found.findings[4].targets > 50
    assert found.findings[4].narrowest >= 4


def test_exact_counts_are_not_attacked_and_named_as_such(store, tmp_path):
    judge(filled(store, tmp_path, as_of="2024-06-30", events=EVENTS, cases=UNITS))
    path = sealed(store, to=tmp_path)
    found = attack([path])
    assert found.passed
    assert found.exact == (path.stem,)
    assert not found.findings


def test_a_count_that_is_no_multiple_makes_the_attack_succeed(board, tmp_path):
    def off(rows: pl.DataFrame) -> pl.DataFrame:
        return rows.with_columns(n=pl.when(pl.col("n") > 0).then(pl.col("n") + 1).otherwise(0))

    assert any(
        "not a multiple" in leak
        for leak in failed(changed(board, tmp_path / "a", cubes=off))["leaks"]
    )


def test_levels_that_do_not_add_up_narrow_the_truth(board, tmp_path):
    def apart(rows: pl.DataFrame) -> pl.DataFrame:
        some = (pl.col("breakdown") == "all") & (pl.col("n") == BASE)
        return rows.with_columns(n=pl.when(some).then(0).otherwise(pl.col("n")))

    found = failed(changed(board, tmp_path / "a", cubes=apart))
    assert found["reader of the newest release to board"]


def test_the_same_period_rounded_anew_is_found(board, store, tmp_path):
    def anew(rows: pl.DataFrame) -> pl.DataFrame:
        # Cases of one unit and month, told as 5 before and as none now.
        return rows.with_columns(n=pl.when(pl.col("n") == BASE).then(0).otherwise(pl.col("n")))

    other = changed(board, tmp_path / "b", cubes=anew, manifest=manifest(release="0002"))
    found = failed(board, other)
    assert "narrower_than_promised" in found["reader of all releases to board"]
    assert any("differ from those" in leak for leak in found["leaks"])


def test_another_audiences_release_with_other_numbers_is_found(board, tmp_path):
    def coarser(rows: pl.DataFrame) -> pl.DataFrame:
        # A multiple of 10 at random, not one that is near the board's number.
        return rows.with_columns(
            n=pl.when(pl.col("n") == 0).then(0).otherwise(10).cast(pl.Int64)
        )

    public = changed(
        board,
        tmp_path / "p",
        cubes=coarser,
        manifest=manifest(release="0002", audience="public", base="10"),
    )
    found = failed(board, public)
    assert found["reader of all releases to all audiences"]


def test_counts_with_less_room_than_promised_are_found(board, tmp_path):
    found = failed(changed(board, tmp_path / "a", manifest=manifest(reach="1")))
    assert "narrower_than_promised" in found["reader of the newest release to board"]


def test_an_absent_row_is_a_leak(board, tmp_path):
    def without(rows: pl.DataFrame) -> pl.DataFrame:
        return rows.filter((pl.col("n") > 0) | (pl.col("level") != "archive"))

    found = failed(changed(board, tmp_path / "a", cubes=without))
    assert any("declared cells are absent" in leak for leak in found["leaks"])


@pytest.mark.parametrize(
    ("table", "column"),
    [("figures", "value"), ("figures", "denominator"), ("figures", "numerator")],
)
def test_a_figure_that_is_not_made_of_the_published_counts_is_a_leak(
    board, tmp_path, table, column
):
    def nearer(rows: pl.DataFrame) -> pl.DataFrame:
        return rows.with_columns(pl.col(column) + 1)

    found = failed(changed(board, tmp_path / "a", **{table: nearer}))
    assert [leak.split(": ")[1] for leak in found["leaks"]] == [
        f"the table {table} is not what the published counts give"
    ]


def test_reasons_for_which_rows_were_not_read_are_a_leak(board, tmp_path):
    """Five reasons beside "1 to 5 rows" would say that there are five."""

    def told(rows: pl.DataFrame) -> pl.DataFrame:
        return rows.clear(n=1).with_columns(reason=pl.lit("severity is not declared"))

    found = failed(changed(board, tmp_path / "a", reject_reasons=told))
    assert any("how many rows at least" in leak for leak in found["leaks"])


def test_exact_counts_of_rows_are_a_leak(board, tmp_path):
    def counted(rows: pl.DataFrame) -> pl.DataFrame:
        return rows.with_columns(failing=pl.lit(3, dtype=pl.Int64))

    found = failed(changed(board, tmp_path / "a", verdicts=counted))
    assert any("exact counts of rows" in leak for leak in found["leaks"])


def withheld(*, few: int) -> Change:
    """A board that reads exact counts, where only small ones are withheld."""

    def change(rows: pl.DataFrame) -> pl.DataFrame:
        of_units = pl.when(pl.col("level") == "archive").then(3).otherwise(40)
        exact = pl.when(pl.col("breakdown") == "unit").then(of_units).otherwise(43)
        known = pl.when(exact < few).then(None).otherwise(exact)
        counted = pl.col("metric") == "satisfaction"
        return rows.with_columns(n=pl.when(counted).then(known).otherwise(0).cast(pl.Int64))

    return change


def test_a_withheld_count_that_the_total_gives_back_is_found(board, tmp_path):
    path = changed(
        board,
        tmp_path / "a",
        cubes=withheld(few=5),
        manifest=manifest(method="suppression", base="1", threshold="5"),
    )
    found = failed(path)
    assert {"exact", "proven_small"} <= set(found["reader of the newest release to board"])


def test_files_that_contradict_each_other_are_no_proof(board, tmp_path):
    def elsewhere(rows: pl.DataFrame) -> pl.DataFrame:
        return rows.with_columns(n=pl.when(pl.col("n") > 0).then(pl.col("n") + 50).otherwise(0))

    other = changed(board, tmp_path / "b", cubes=elsewhere, manifest=manifest(release="0002"))
    assert "contradictions" in failed(board, other)["reader of all releases to board"]


def test_only_quarters_of_which_something_new_is_said_are_attacked_again(board, tmp_path):
    def spring_alone(rows: pl.DataFrame) -> pl.DataFrame:
        return rows.filter(pl.col("month") < date(2024, 4, 1))

    spring = changed(board, tmp_path / "a", cubes=spring_alone, manifest=manifest(release="0"))
    targets = [
        attack([spring, board], looked_at=known).findings[0].targets for known in ([], [spring])
    ]
    assert targets[1] == targets[0] / 2


def test_who_was_attacked_by_one_who_knew_less_is_attacked_again(board, tmp_path):
    older = manifest(release="0", attack='{"attacker": "1", "verdict": "passed"}')
    before = changed(board, tmp_path / "a", manifest=older)
    after = changed(board, tmp_path / "b", manifest=manifest(release="1"))
    again = attack([before, after], looked_at=[before])
    assert again.findings[0].targets == attack([before, after]).findings[0].targets
    same = changed(board, tmp_path / "c", manifest=manifest(release="0"))
    assert attack([same, after], looked_at=[same]).findings[0].targets == 0
