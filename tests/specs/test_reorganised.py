"""Units that are merged, or get another name, between two releases of rounded counts.

What was told keeps its numbers: those of the new unit before are sums of the old ones'. An
attacker has all releases, and must neither take two units for one nor be told anything new.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from dashboard.listing import with_bounds
from etl.store import Store
from metrics.approvals import Places
from metrics.attack.heirs import aligned
from metrics.attack.report import Attack, attack
from metrics.attack.told import levels_in, read
from metrics.crosswalk import Heir, heirs_in, heirs_of
from metrics.disclosure.ledger import Ledger
from metrics.disclosure.policy import Policy
from metrics.release import Release, open_release
from metrics.verifying import kept
from tests.specs import measured
from tests.specs.measured import ACKNOWLEDGE, SEED, fill, judge, sealed
from tests.specs.test_attack import changed

BANDS = (0, 31)
AUDIENCES = tuple(
    Policy(name, "rounding", base=base, min_denominator=20, bands=BANDS)
    for name, base in (("board", 5), ("public", 10))
)
ENDS = (date(2024, 3, 31), date(2024, 6, 30), date(2024, 9, 30))
UNITS = ("north", "south", "west")
MERGED = {("unit", "south"): "north"}
RENAMED = {("unit", "south"): "midlands"}
SPRING, SUMMER = date(2024, 4, 1), date(2024, 7, 1)


def exports(until: date, crosswalk: dict[tuple[str, str], str]) -> dict[str, str]:
    """Seven cases a month of three units, by the names that these have."""
    events, cases = ["case | kind | on"], ["case | unit"]
    for number in range(84):
        received = date(2024, 1 + number % 12, 1 + number % 25)
        if received > until:
            continue
        unit = UNITS[number * 5 % 7 % 3]
        cases.append(f"{number} | {crosswalk.get(('unit', unit), unit)}")
        events.append(f"{number} | received | {received}")
        for step, days in (("acknowledged", number % 11), ("resolved", 3 + number % 40)):
            on = date.fromordinal(received.toordinal() + days)
            if on <= until:
                events.append(f"{number} | {step} | {on}")
    return {"events": "\n".join(events), "cases": "\n".join(cases)}


@dataclass(frozen=True)
class Told:
    """Three quarters' releases in a row, the last by the new units."""

    folder: Path
    paths: tuple[Path, ...]

    @property
    def board(self) -> list[Path]:
        """The board's releases."""
        return [path for path in self.paths if "-board-" in path.name]

    @property
    def newest(self) -> Release:
        """The board's newest release."""
        return open_release(self.board[-1])

    @property
    def places(self) -> Places:
        return Places(self.folder / "releases", Ledger(self.folder / "ledger", SEED))

    def counts(self, path: Path, *units: str) -> pl.DataFrame:
        """The counts of some units together, until the units changed."""
        keys = ("metric", "part", "month", "outcome", "band")
        cells = open_release(path).table("cubes")
        own = cells.filter(pl.col("level").is_in(units) & (pl.col("month") < SUMMER))
        return own.group_by(keys).agg(pl.col("n").sum()).sort(keys)


def told(
    folder: Path, renamed: dict[tuple[str, str], str], audiences: tuple[Policy, ...]
) -> Told:
    workspace = measured._workspace(folder, ACKNOWLEDGE, "", 1)
    paths = []
    for until in ENDS:
        crosswalk = renamed if until > SUMMER else {}
        with Store.open() as store:
            rows = exports(until, crosswalk)
            fill(store, rows, as_of=str(until), coverage_from="2024-01-01", workspace=workspace)
            judge(store)
            paths += [
                sealed(store, to=folder, policy=one, everybody=audiences, renamed=crosswalk)
                for one in audiences
            ]
    return Told(folder, tuple(paths))


@pytest.fixture(scope="module")
def merged(tmp_path_factory) -> Told:
    return told(tmp_path_factory.mktemp("merged"), MERGED, AUDIENCES)


@pytest.fixture(scope="module")
def renamed(tmp_path_factory) -> Told:
    return told(tmp_path_factory.mktemp("renamed"), RENAMED, AUDIENCES[:1])


def test_a_merged_unit_has_the_sums_of_what_was_told(merged):
    assert merged.counts(merged.board[-1], "north").equals(
        merged.counts(merged.board[1], "north", "south")
    )


def test_readers_are_told_of_which_counts_those_are_sums(merged):
    manifest = merged.newest.manifest
    assert manifest["method_sentence"].endswith(
        " Counts of north in months up to June 2024 are sums of 2 such counts, each rounded by"
        " itself."
    )
    assert heirs_in(manifest) == (Heir(("unit", "north"), ("south",), date(2024, 6, 1), 2),)


def test_counts_of_before_are_twice_as_far_off_and_later_ones_are_not(merged):
    figures = with_bounds(
        merged.newest,
        merged.newest.figures(metric="report_frequency", measure="reports", period="quarter"),
    )
    off = {
        (row["level"], row["period_start"]): row["numerator_most"] - row["numerator"]
        for row in figures.filter(pl.col("breakdown").is_in(["all", "unit"])).to_dicts()
    }
    one, now = off["all", SPRING], off["all", SUMMER]
    assert [off[level, SPRING] for level in ("north", "west")] == [2 * one, one]
    assert [off[level, SUMMER] for level in ("north", "west")] == [now, now]


@pytest.mark.parametrize("which", ["merged", "renamed"])
def test_an_attack_on_all_releases_and_a_look_at_the_ledger_find_nothing(which, request):
    every = request.getfixturevalue(which)
    assert attack(every.paths).lines()[-1] == "verdict: nothing was found"
    assert kept(every.places).faults == ()


def test_another_name_alone_is_no_sum(renamed):
    assert "sums of" not in renamed.newest.manifest["method_sentence"]
    assert renamed.counts(renamed.board[-1], "midlands").equals(
        renamed.counts(renamed.board[1], "south")
    )


def attacked(every: Told, copy: Path) -> Attack:
    return attack([*every.board[:-1], copy])


def test_a_merged_unit_that_is_not_the_sum_is_told_a_second_time(merged, tmp_path):
    """Were it rounded again, the sum of two told counts would be narrowed by a third."""

    def again(rows: pl.DataFrame) -> pl.DataFrame:
        is_one = (pl.col("level") == "north") & (pl.col("month") == date(2024, 1, 1))
        return rows.with_columns(n=pl.when(is_one).then(pl.col("n") + 5).otherwise("n"))

    copy = changed(merged.board[-1], tmp_path / merged.board[-1].name, cubes=again)
    found = attacked(merged, copy)
    assert any("counts differ from those of" in leak for leak in found.leaks)


def test_who_is_not_told_of_it_takes_two_units_for_one(merged, tmp_path):
    def silent(rows: pl.DataFrame) -> pl.DataFrame:
        return rows.filter(pl.col("name") != "heirs")

    copy = changed(merged.board[-1], tmp_path / merged.board[-1].name, manifest=silent)
    assert not all(one.passed for one in attacked(merged, copy).findings)


def test_an_attacker_keeps_the_merged_unit_apart_from_those_before(merged, renamed):
    old, new = (aligned([read(path) for path in every.board]) for every in (merged, renamed))
    assert [level for name, level in levels_in(old) if name == "unit"] == [
        "north",
        "north since 2024-06-01",
        "south",
        "west",
    ]
    before = old[-1].cells.filter(pl.col("month") < SUMMER)
    assert "unit" not in before["breakdown"].unique()
    assert [level for name, level in levels_in(new) if name == "unit"] == [
        "midlands",
        "north",
        "west",
    ]


def test_a_unit_that_was_given_two_names_one_after_the_other_is_no_sum():
    told = {("unit", name, date(2024, month, 1)) for name, month in (("a", 1), ("b", 2))}
    (heir,) = heirs_of(told, {("unit", "a"): "c", ("unit", "b"): "c"})
    assert heir == Heir(("unit", "c"), ("a", "b"), date(2024, 2, 1), 1)


def test_units_that_were_merged_one_after_the_other_are_sums_of_most_at_any_time():
    """First b went into a, then c; what a counted with b is one count of two."""
    told = {
        ("unit", name, date(2024, month, 1))
        for name, months in (("a", (1, 2)), ("b", (1,)), ("c", (1, 2)))
        for month in months
    }
    (heir,) = heirs_of(told, {("unit", "b"): "a", ("unit", "c"): "a"})
    assert (heir.until, heir.parts) == (date(2024, 2, 1), 3)
    assert [heir.times(date(2024, month, 1)) for month in (1, 2, 3)] == [3, 3, 1]
