"""Headline numbers with differential privacy: drawn once, paid once, nothing beside them."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from etl.rules import read_rules
from etl.store import Store
from metrics.approvals import Places
from metrics.attack.noisy import noisy_leaks
from metrics.attack.report import attack
from metrics.attack.told import Told, read
from metrics.disclosure.headlines import (
    Headline,
    MissingExtraError,
    bookings,
    spent,
)
from metrics.disclosure.ledger import Ledger
from metrics.disclosure.policy import Policy, PolicyError
from metrics.headlines import BudgetError, publish_headlines
from metrics.judged import BlockedError, PublishError
from metrics.release import TABLES, open_release
from metrics.verifying import kept
from tests.specs.measured import ABOUT, ACKNOWLEDGE, SEED, filled, judge, sealed
from tests.specs.test_verifying import rewritten

WINTER, SPRING = date(2024, 1, 1), date(2024, 4, 1)
RECEIVED = Headline("Concerns raised", "report_frequency", ("received",))
ANSWERED = Headline("Acknowledged", "deadline_compliance", ("met", "met_late"), "acknowledge")
WEBSITE = Policy(
    "website",
    "private",
    owner="Data protection officer",
    epsilon=Decimal("0.5"),
    budget=Decimal(2),
    headlines=(RECEIVED, ANSWERED),
)
BOARD = Policy("board", "rounding", base=5, min_denominator=20)
EVENTS = (
    "case | kind | on\n"
    + "\n".join(f"{n} | received | 2024-{1 + n % 6:02}-1{n % 9}" for n in range(60))
    + "\n60 | received | 2024-04-01"
    + "".join(f"\n{n} | acknowledged | 2024-04-20" for n in (3, 9))
)


@pytest.fixture(scope="module")
def half_a_year(tmp_path_factory) -> Iterator[Store]:
    with Store.open() as store:
        folder = tmp_path_factory.mktemp("half_a_year")
        yield filled(store, folder, as_of="2024-06-30", events=EVENTS)


@pytest.fixture
def loaded(half_a_year) -> Iterator[Store]:
    """Ten cases a month of half a year and one of 1 April; two of April are acknowledged."""
    judge(half_a_year)
    deadlines = half_a_year.frame("select * from core.deadlines")
    yield half_a_year
    half_a_year.replace("core.deadlines", deadlines)


@pytest.fixture
def places(tmp_path) -> Places:
    return shelf_in(tmp_path)


def shelf_in(folder: Path) -> Places:
    (folder / "rules").mkdir()
    (folder / "rules" / "rules.toml").write_text(ACKNOWLEDGE, encoding="utf-8")
    return Places(folder / "releases", Ledger(folder / "ledger", SEED))


def setting(places: Places) -> dict[str, Any]:
    rules = read_rules(places.releases.parent / "rules")
    return {"rules": rules, "about": ABOUT, "seed": SEED, "places": places}


@pytest.fixture
def told(loaded, places):
    """Publish headlines of a quarter, and open the release."""

    def publish(policy=WEBSITE, quarter=None):
        path = publish_headlines(loaded, policy, quarter=quarter, **setting(places))
        return open_release(path)

    return publish


def numbers(release) -> dict[tuple[str, date], int]:
    return {
        (row["metric"], row["month"]): row["n"] for row in release.table("cubes").to_dicts()
    }


# What is told


def test_a_release_has_its_headlines_of_the_last_whole_quarter_and_nothing_else(told):
    release = told()
    assert list(numbers(release)) == [
        ("report_frequency", SPRING),
        ("deadline_compliance", SPRING),
    ]
    filled_tables = {name for name in TABLES if release.table(name).height}
    assert filled_tables == {"manifest", "figures", "cubes", "definitions"}
    assert "inputs_sha256" not in release.manifest


def test_a_number_is_near_the_truth_and_says_how_near(told):
    release = told(replace(WEBSITE, epsilon=Decimal(1)))
    figure = release.figures(metric="report_frequency").row(0, named=True)
    # P(|noise| > 60) at epsilon 1 is 2 e^-61 / (1 + e^-1), less than 1e-26.
    assert abs(numbers(release)["report_frequency", SPRING] - 31) <= 60
    assert figure["reason"] == "Within 3 of the truth 95 times of 100; drawn with epsilon 1."
    assert figure["numerator"] is None


def test_noise_larger_than_the_number_is_no_zero_and_nothing_below_it(monkeypatch, told):
    monkeypatch.setattr("metrics.headlines.drawn", lambda counts, _: [-4 for _ in counts])
    figure = told().figures(metric="report_frequency").row(0, named=True)
    assert (figure["value"], figure["low"], figure["high"]) == (None, 0.0, 6.0)
    assert figure["state"] == "few"


def test_a_case_counts_once_however_many_of_its_deadlines_are_counted(
    loaded, monkeypatch, told
):
    once = loaded.frame("select * from core.deadlines")
    loaded.replace("core.deadlines", pl.concat([once, once]))
    assert counted(told, monkeypatch, SPRING) == [31, 2]


def test_a_quarter_ends_before_the_first_day_of_the_next(told, monkeypatch):
    assert counted(told, monkeypatch, WINTER) == [30, 0]


def counted(told, monkeypatch, quarter) -> list[int]:
    """The true counts that noise is added to."""
    seen: list[int] = []
    monkeypatch.setattr(
        "metrics.headlines.drawn", lambda counts, _: seen.extend(counts) or list(counts)
    )
    told(quarter=quarter)
    return seen


# Drawn once, paid once


def test_a_quarter_keeps_its_numbers_at_no_further_cost(told, places):
    first = told()
    later = told(replace(WEBSITE, version="2"))
    assert later.id != first.id
    assert numbers(later) == numbers(first)
    assert spent(bookings(places.ledger)) == 1
    assert (first.manifest["spent"], first.manifest["budget"]) == ("1.0", "2")


def test_the_same_again_is_the_release_that_is_there(told):
    assert told().path == told().path


def test_another_audience_is_told_the_number_that_was_drawn_already(told, places):
    first = told()
    other = told(replace(WEBSITE, audience="press", epsilon=Decimal("0.1")))
    assert numbers(other) == numbers(first)
    assert set(other.table("figures")["reason"]) == set(first.table("figures")["reason"])
    assert spent(bookings(places.ledger)) == 1


def test_every_quarter_costs_anew_until_the_budget_is_spent(told, places):
    told(quarter=WINTER)
    release = told(quarter=SPRING)
    assert {month for _, month in numbers(release)} == {WINTER, SPRING}
    assert spent(bookings(places.ledger)) == 2
    with pytest.raises(BudgetError, match=r"1 new numbers cost 0.5, .* there is 0.0 left"):
        told(replace(WEBSITE, headlines=(*WEBSITE.headlines, closed())))
    assert spent(bookings(places.ledger)) == 2


def closed() -> Headline:
    return Headline("Ended", "time_to_resolution", ("ended",))


def test_audiences_share_one_budget(loaded, places):
    press = replace(WEBSITE, audience="press", budget=Decimal(4))
    with pytest.raises(PolicyError, match="its budget of 2 is not that of press, 4; one case"):
        publish_headlines(loaded, WEBSITE, everybody=(press, BOARD), **setting(places))


def test_a_larger_budget_needs_another_version(told):
    told()
    with pytest.raises(PolicyError, match="promised a budget of 2 under version 1"):
        told(replace(WEBSITE, budget=Decimal(3)), quarter=WINTER)
    assert told(replace(WEBSITE, budget=Decimal(3), version="2"), quarter=WINTER)


def test_what_was_drawn_stays_drawn_where_the_release_is_refused(monkeypatch, told, places):
    def refuse(*_, **__):
        raise PublishError("refused")

    with monkeypatch.context() as broken:
        broken.setattr("metrics.headlines.seal", refuse)
        with pytest.raises(PublishError):
            told()
    (booked,) = bookings(places.ledger)
    assert sorted(booked.cells["n"]) == sorted(numbers(told()).values())


def test_a_headline_added_later_is_the_only_one_that_costs(told, places):
    first = told()
    more = replace(WEBSITE, headlines=(*WEBSITE.headlines, closed()))
    assert numbers(told(more)).items() > numbers(first).items()
    assert spent(bookings(places.ledger)) == Decimal("1.5")


# Refused before anything is drawn


def test_a_failed_critical_check_leaves_no_headline_out_but_all(loaded, told, places):
    judge(loaded, outcome="failed")
    with pytest.raises(BlockedError, match="Every case stands in the audit once"):
        told()
    assert bookings(places.ledger) == []


@pytest.mark.parametrize(
    ("quarter", "said"),
    [
        (date(2024, 2, 1), "no quarter begins on 2024-02-01"),
        (date(2024, 7, 1), "not the whole quarter from 2024-07-01"),
        (date(2023, 10, 1), "not the whole quarter from 2023-10-01"),
    ],
)
def test_only_whole_quarters_that_the_exports_cover_are_told(told, quarter, said):
    with pytest.raises(PublishError, match=said):
        told(quarter=quarter)


def test_a_rule_that_there_is_not_is_refused(told):
    with pytest.raises(PolicyError, match="there is no rule 'decide'; there are acknowledge"):
        told(replace(WEBSITE, headlines=(replace(ANSWERED, part="decide"),)))


@pytest.mark.parametrize(
    "change", ['unit = "hours"', 'limit = "no_earlier"'], ids=["in hours", "no earlier"]
)
def test_a_rule_that_other_cases_decide_with_is_refused(told, places, change):
    name = change.partition(" ")[0]
    plain = "\n".join(
        line for line in ACKNOWLEDGE.splitlines() if not line.startswith(f"{name} =")
    )
    rules = places.releases.parent / "rules" / "rules.toml"
    rules.write_text(f"{plain}\n{change}\n", encoding="utf-8")
    with pytest.raises(PolicyError, match="one case could move the number by more than one"):
        told()


def test_without_the_extra_nothing_is_drawn_and_it_says_what_to_install(
    monkeypatch, told, places
):
    monkeypatch.setitem(sys.modules, "opendp.measurements", None)
    with pytest.raises(
        MissingExtraError, match="install the extra `private`, or: pip install 'ope"
    ):
        told()
    assert bookings(places.ledger) == []


# The attacker, and whoever has the key


def test_an_attacker_reads_what_was_spent_and_finds_nothing(two_quarters):
    found = attack(two_quarters)
    assert found.passed
    assert found.noisy[-1].endswith(
        "4 numbers with noise, of the whole organisation; 2.0 of a budget of 2 spent"
    )


def test_headlines_stand_beside_rounded_counts_and_change_none_of_them(
    loaded, told, places, tmp_path
):
    before = sealed(loaded, to=tmp_path, policy=BOARD, everybody=(BOARD,))
    told()
    assert sealed(loaded, to=tmp_path, policy=BOARD, everybody=(BOARD, WEBSITE)) == before
    found = attack(places.known())
    assert found.passed
    assert len(found.releases) == 2
    assert kept(places).faults == ()


@pytest.fixture(scope="module")
def two_quarters(half_a_year, tmp_path_factory) -> tuple[Path, Path]:
    """A release of winter's headlines, and one of both quarters'."""
    judge(half_a_year)
    places = shelf_in(tmp_path_factory.mktemp("two_quarters"))
    winter, both = (
        publish_headlines(half_a_year, WEBSITE, quarter=quarter, **setting(places))
        for quarter in (WINTER, SPRING)
    )
    return winter, both


def spoilt(path, table, change) -> Told:
    """What a file would tell with other rows in one table."""
    told = read(path)
    tables = told.release.tables | {table: change(told.release.table(table))}
    manifest = dict(tables["manifest"].iter_rows())
    return replace(told, release=replace(told.release, tables=tables, manifest=manifest))


def entry(name, value):
    return lambda rows: rows.with_columns(
        value=pl.when(pl.col("name") == name).then(pl.lit(value)).otherwise("value")
    )


@pytest.mark.parametrize(
    ("table", "change", "said"),
    [
        ("figures", lambda rows: rows.with_columns(value=pl.lit(99.0)), "told otherwise than"),
        ("figures", lambda rows: rows.with_columns(pl.col("high") - 1), "told otherwise than"),
        ("figures", lambda rows: rows.with_columns(numerator=1), "told otherwise than its dra"),
        ("figures", lambda rows: rows.head(1), "its figures are not those of its numbers"),
        (
            "figures",
            lambda rows: rows.with_columns(pl.col("reason").str.replace("0.5", "0.9")),
            "told otherwise than its draw with epsilon 0.9 gives",
        ),
        ("cubes", lambda rows: rows.head(1), "its figures are not those of its numbers"),
        ("cubes", lambda rows: rows.with_columns(level=pl.lit("a")), "less than the whole org"),
        ("manifest", entry("spent", "0.5"), "it says that 0.5 is spent, and more has been"),
        ("manifest", entry("budget", "0.5"), "2.0 is spent of a budget of 0.5"),
        (
            "levels",
            lambda rows: pl.concat([rows, pl.DataFrame({"level": ["a"]})], how="diagonal"),
            "the table levels tells more than the headlines",
        ),
    ],
)  # fmt: skip
def test_the_attacker_finds_a_release_that_is_not_what_it_says(
    two_quarters, table, change, said
):
    _, both = two_quarters
    assert any(said in leak for leak in noisy_leaks([spoilt(both, table, change)]))


def test_the_attacker_finds_a_number_that_was_drawn_twice(two_quarters):
    winter, both = two_quarters
    change = pl.when(pl.col("month") == WINTER).then(pl.col("n") + 1).otherwise("n").alias("n")
    again = spoilt(both, "cubes", lambda rows: rows.with_columns(change))
    leaks = noisy_leaks([read(winter), again])
    assert any("2 numbers were told before otherwise" in leak for leak in leaks)


@pytest.mark.parametrize(
    ("table", "change", "said"),
    [
        ("manifest", entry("spent", "0.5"), "says 0.5 is spent, the ledger 1.0"),
        (
            "figures",
            lambda rows: rows.with_columns(pl.col("reason").str.replace("0.5", "0.9")),
            "a number that was not booked, or not at this noise",
        ),
        (
            "cubes",
            lambda rows: rows.with_columns(pl.col("n") + 1),
            "2 counts that differ from the ledger",
        ),
    ],
)
def test_whoever_has_the_key_finds_what_the_ledger_does_not_bear_out(
    told, places, table, change, said
):
    rewritten(told().path, table, change)
    assert said in "\n".join(kept(places).faults)
