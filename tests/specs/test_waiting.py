"""Deadlines that are not due yet: whoever waits for 7 days waits for 60 days as well.

Rounded apart, "5 not due within 7 days" (1 to 9) beside "0 not due within 60" proves 1 to 4,
whatever steps the two rules are for.
"""

from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest

from etl.store import Store
from metrics import declaring
from metrics.attack.nested import pairs_in, waiting_in
from metrics.attack.told import Told, read
from metrics.attack.waiting import waiting
from metrics.disclosure.policy import Policy
from metrics.sealing import UnsafeError
from tests.specs.measured import filled, judge, sealed
from tests.specs.test_nested import rule

BANDS = (0, 61)
BOARD = Policy("board", "rounding", base=5, min_denominator=20, bands=BANDS)
PUBLIC = Policy("public", "rounding", base=10, min_denominator=50, bands=BANDS)
RULES = rule("soon", 7) + rule("tell", 60).replace('"acknowledged"', '"informed"')
RULES = RULES.replace('"received"', '"decided"')


@pytest.fixture
def newcomers(store: Store, tmp_path: Path, monkeypatch) -> Store:
    """Forty units with some cases each, every other one decided in the quarter's last days."""
    monkeypatch.setattr("tests.specs.measured.ACKNOWLEDGE", RULES)
    events, units = ["case | kind | on"], ["case | unit"]
    for unit in range(40):
        for number in range(2 + unit % 7):
            name = f"{unit}-{number}"
            events.append(f"{name} | received | 2024-01-15")
            if number % 2:
                decided = date(2024, 3, 25) + timedelta(days=number % 6)
                events.append(f"{name} | decided | {decided}")
            units.append(f"{name} | unit_{unit}")
    told = {"events": "\n".join(events), "cases": "\n".join(units)}
    filled(store, tmp_path, as_of="2024-03-31", **told)
    judge(store)
    return store


def test_what_waits_under_two_rules_tells_no_more_together(newcomers, tmp_path):
    paths = [
        sealed(newcomers, to=tmp_path, policy=policy, everybody=(BOARD, PUBLIC))
        for policy in (BOARD, PUBLIC)
    ]
    told = [read(path) for path in paths]
    assert [(pair.shorter, pair.longer) for pair in waiting_in(told[0])] == [("soon", "tell")]
    assert pairs_in(told[0]) == []  # nothing else follows for two steps
    found = waiting(told)
    assert [one.releases for one in found] == [1, 1, 2]
    assert all(one.targets > 80 and one.passed for one in found)
    assert waiting(told, quarters=[date(2023, 10, 1)]) == []


def test_rules_that_are_rounded_apart_stop_the_release(newcomers, tmp_path, monkeypatch):
    monkeypatch.setattr(declaring, "nests", lambda *_: ())
    with pytest.raises(UnsafeError, match="board who holds what is not due yet"):
        sealed(newcomers, to=tmp_path, policy=BOARD)


def told_as(n: dict[str, int | None]) -> Told:
    """A release to one audience with what is not due yet under two rules."""
    cells = [
        {"metric": "deadline_compliance", "part": part, "breakdown": "all", "level": "all",
         "month": date(2024, 3, 1), "outcome": "not_due", "band": -1, "n": each}
        for part, each in n.items()
    ]  # fmt: skip
    words = [
        {"rule": name, "clock": f"received to {step}, {days} calendar days",
         "applies_to": "", "in_force": "always"}
        for name, step, days in (("soon", "acknowledged", 7), ("tell", "informed", 60))
    ]  # fmt: skip
    day = "2024-03-31"
    manifest = {"as_of": day, "coverage_until": day, "coverage_from": "2024-01-01"}
    release = SimpleNamespace(
        manifest=manifest | {"fiscal_year_start_month": "1"},
        table=lambda _: pl.DataFrame(words),
    )
    counts = pl.DataFrame(cells, schema_overrides={"n": pl.Int64})
    return Told(release, "board", "rounding", 5, reach=4, threshold=5, loose={}, known=counts)


def test_more_that_waits_under_the_shorter_rule_is_found():
    (found,) = waiting([told_as({"soon": 5, "tell": 0})])
    assert (found.targets, found.proven_small) == (2, 2)
    (found,) = waiting([told_as({"soon": 5, "tell": 5})])
    assert found.passed


def test_a_rule_that_is_withheld_says_nothing_of_the_other():
    assert waiting([told_as({"soon": 5, "tell": None})]) == []
