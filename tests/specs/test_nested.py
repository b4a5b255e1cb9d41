"""Two rules for the same step: who has met the shorter one has met the longer one too.

Rounded each by itself, "5 met within 3 days" (1 to 9) beside "0 met within 7" proves 1 to 4.
"""

from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from etl.rules import read_rules
from etl.store import Store
from metrics import declaring
from metrics.attack.nested import Pair, nested, pairs_in, waiting_in
from metrics.attack.profiles import COME, Profiles, narrowest
from metrics.attack.told import Told, read
from metrics.attack.withheld import withheld
from metrics.disclosure import following_room
from metrics.disclosure.across import Part, tells_more
from metrics.disclosure.nesting import Kept, Nested, Side, relations
from metrics.disclosure.policy import Policy
from metrics.disclosure.tables import Nest
from metrics.nests import nests
from metrics.sealed import _applies_to, _in_force
from metrics.sealing import UnsafeError
from tests.running import ends, manifest
from tests.specs.measured import filled, judge, sealed

BANDS = (0, 61)
BOARD = Policy("board", "rounding", base=5, min_denominator=20, bands=BANDS)
PUBLIC = Policy("public", "rounding", base=10, min_denominator=50, bands=BANDS)
START = date(2024, 1, 1)


def rule(name: str, within: int, unit: str = "calendar_days", more: str = "") -> str:
    """A rule for the acknowledgement."""
    return f"""
[[deadline]]
name = "{name}"
title = "{name}"
from = "received"
to = "acknowledged"
within = {within}
unit = "{unit}"
basis = "Policy, section 1"
{more}
"""


SOON_AND_LATER = rule("soon", 3) + rule("later", 7)


@pytest.fixture
def small_units(store: Store, tmp_path: Path, monkeypatch) -> Store:
    """Twelve units with a few cases each, acknowledged soon, later, late or not at all."""
    monkeypatch.setattr("tests.specs.measured.ACKNOWLEDGE", SOON_AND_LATER)
    events, units = ["case | kind | on"], ["case | unit"]
    for unit in range(12):
        for number in range(1 + unit % 5):
            name, received = f"{unit}-{number}", date(2024, 1 + number % 3, 25 - unit)
            events.append(f"{name} | received | {received}")
            days = (2, 5, 9, None)[(unit + number) % 4]
            if days:
                events.append(f"{name} | acknowledged | {received + timedelta(days=days)}")
            units.append(f"{name} | unit_{unit}")
    filled(
        store, tmp_path, as_of="2024-03-31", events="\n".join(events), cases="\n".join(units)
    )
    judge(store)
    return store


def test_rules_for_one_step_that_are_rounded_together_tell_no_more(small_units, tmp_path):
    paths = [
        sealed(small_units, to=tmp_path, policy=policy, everybody=(BOARD, PUBLIC))
        for policy in (BOARD, PUBLIC)
    ]
    told = [read(path) for path in paths]
    assert pairs_in(told[0]) == [Pair("soon", "later", 1, {}, {})]
    found = nested(told)
    assert [one.releases for one in found] == [1, 1, 2]
    assert all(one.targets > 500 for one in found)
    assert all(one.passed for one in found)


def test_rules_for_one_step_that_are_rounded_apart_stop_the_release(
    small_units, tmp_path, monkeypatch
):
    monkeypatch.setattr(declaring, "nests", lambda *_: ())
    # Nor is looked closer at how the days of both are apart.
    monkeypatch.setattr(following_room, "_apart", lambda *_: {})
    monkeypatch.setattr(following_room, "_known", following_room._known.__wrapped__)
    with pytest.raises(UnsafeError, match="board who holds rules for the same step"):
        sealed(small_units, to=tmp_path, policy=BOARD)


# Which rules are so, for the maker by the rules and for the attacker by a release's words -----


def made(folder: Path, rules: str) -> list[tuple[str, str, int, int]]:
    (folder / "rules").mkdir(exist_ok=True)
    (folder / "rules" / "rules.toml").write_text(rules, encoding="utf-8")
    read_again = read_rules(folder / "rules")
    by_rules = nests(read_again, START, ends())
    words = [
        {
            "rule": each.name,
            "clock": each.clock,
            "applies_to": _applies_to(each),
            "in_force": _in_force(each),
        }
        for each in read_again.deadlines
    ]
    told = manifest(read_again, ends())
    release = SimpleNamespace(table=lambda _: pl.DataFrame(words), manifest=told)
    by_words = waiting_in(SimpleNamespace(release=release))
    found = [(one.shorter, one.longer, one.latest) for one in by_rules]
    assert found == [(one.shorter, one.longer, one.latest) for one in by_words]
    for one, other in zip(by_rules, by_words, strict=True):
        assert bool(one.forward) == bool(one.backward) == other.same_step
        assert (one.shorter_for, one.longer_for) == (other.shorter_for, other.longer_for)
    return [(one.shorter, one.longer, one.soonest, one.latest) for one in by_rules]


@pytest.mark.parametrize(
    ("longer", "apart"),
    [
        (rule("later", 7), (0, 1)),
        (rule("later", 3, "working_days"), (0, 1)),  # 3 to 5 days, by the weekend
        (rule("later", 1, "weeks"), (0, 1)),
        (rule("later", 2, "months"), (1, 2)),  # 56 to 59 days after 3
        (rule("later", 1, "months"), (0, 1)),  # 25 to 28 days after
        (rule("later", 7, more='applies_to = { severity = ["high"] }'), (0, 1)),
    ],
)
def test_a_rule_that_never_ends_before_another_is_nested(tmp_path, longer, apart):
    assert made(tmp_path, rule("soon", 3) + longer) == [("soon", "later", *apart)]


@pytest.mark.parametrize(
    "other",
    [
        rule("later", 48, "hours"),
        rule("later", 7).replace('"received"', '"triaged"'),
        rule("later", 7, more='pauses = ["paused"]'),
    ],
)
def test_other_first_steps_and_clocks_that_stand_still_are_not(tmp_path, other):
    assert made(tmp_path, rule("soon", 3) + other) == []


UNTIL, SINCE = "in_force_until = 2024-02-15", "in_force_from = 2024-02-15"


def test_rules_in_versions_are_nested_where_every_version_is(tmp_path):
    """3 days until the middle of February and 5 since, beside a week."""
    soon = rule("soon", 3, more=UNTIL) + rule("soon", 5, more=SINCE)
    assert made(tmp_path, soon + rule("later", 7)) == [("soon", "later", 0, 1)]
    # Of 40 days and then of 80: a case may have 3 and 40, or 5 and 80, but never 5 and 40.
    later = rule("later", 40, more=UNTIL) + rule("later", 80, more=SINCE)
    assert made(tmp_path, soon + later) == [("soon", "later", 37 // 31, 3)]


@pytest.mark.parametrize(
    "soon",
    [
        rule("soon", 3, more=UNTIL) + rule("soon", 10, more=SINCE),
        rule("soon", 3, more=UNTIL)
        + rule("soon", 5, more=SINCE).replace('"received"', '"triaged"'),
        rule("soon", 3, more=UNTIL),
    ],
    ids=["longer since", "from another step since", "gone"],
)
def test_rules_in_versions_are_not_nested_otherwise(tmp_path, soon):
    assert made(tmp_path, soon + rule("later", 7)) == []


MOVED = 'roll = "next_working_day"'


def test_an_end_that_moves_to_a_working_day_is_never_before_one_that_does_not(tmp_path):
    assert made(tmp_path, rule("plain", 7) + rule("moved", 7, more=MOVED)) == [
        ("plain", "moved", 0, 1)
    ]
    assert made(tmp_path, rule("moved", 7, more=MOVED) + rule("plain", 8)) == []
    # By the weekend it moves two days.
    assert made(tmp_path, rule("moved", 7, more=MOVED) + rule("plain", 9)) == [
        ("moved", "plain", 0, 1)
    ]


def test_of_two_ends_that_move_none_moves_past_the_other(tmp_path):
    both = rule("soon", 7, more=MOVED) + rule("later", 14, more=MOVED)
    assert made(tmp_path, both) == [("soon", "later", 0, 1)]


def test_rules_of_one_length_hold_both_ways(tmp_path):
    assert made(tmp_path, rule("one", 7) + rule("other", 7)) == [
        ("one", "other", 0, 0),
        ("other", "one", 0, 0),
    ]


def test_months_fall_due_so_many_months_apart(tmp_path):
    rules = rule("soon", 1, "months") + rule("later", 3, "months")
    assert made(tmp_path, rules) == [("soon", "later", 2, 2)]
    days = rule("soon", 10, "working_days") + rule("later", 14)
    assert made(tmp_path, days) == [("soon", "later", 0, 1)]  # without a holiday 14 at most


def test_a_rule_for_some_holds_against_a_rule_for_all_where_all_are_those():
    high = {"severity": frozenset({"high"})}
    for one in (
        Nest("soon", "later", 0, 1, high, {}, (), ()),
        Nest("soon", "later", 0, 1, high, {"severity": frozenset({"high", "low"})}, (), ()),
    ):
        assert one.has_all_of_shorter(("all", "all"))
        assert not one.has_all_of_longer(("all", "all"))
        assert one.has_all_of_longer(("severity", "high"))
        assert not one.has_all_of_shorter(("severity", "low"))
        pair = Pair("soon", "later", 1, one.shorter_for, one.longer_for)
        levels = (("all", "all"), ("severity", "high"), ("unit", "plant"))
        assert [pair.holds_at(level) for level in levels] == [
            (True, False), (True, True), (True, False)
        ]  # fmt: skip


# What is not done when the quarter is told ---------------------------------------------------


def undone(*, stands: bool) -> list[tuple[Side, Side]]:
    """Two rules at one level, the second up to a month later: what is missed, what to come."""
    kept = (Kept((0,), (0,), dated=False),)
    nest = Nested("soon", "later", 0, 1, (0,), (0,), (), (), (1,), kept)
    counted = SimpleNamespace(truth=np.ones((1, 3, 2), dtype=np.int64))
    found = relations([nest], {"soon": counted, "later": counted}, [0, 1, 2], stands=stands)
    return [(each.fewer, each.more) for each in found if each.closer]


def test_who_missed_the_shorter_rule_missed_the_longer_one_up_to_a_month_later():
    assert (Side("soon", (0,), 0, 1), Side("later", (0,), 0, 2)) in undone(stands=True)


def test_or_has_it_still_to_come_at_the_end_of_the_quarter():
    of_march = Side("soon", (0,), 2, 3), Side("later", (0,), 2, 3, (1,))
    assert of_march in undone(stands=True)
    assert of_march not in undone(stands=False)  # nothing is told of what was to come then


def test_what_is_missed_can_be_seen_no_more_under_the_longer_rule(tmp_path):
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "rules.toml").write_text(SOON_AND_LATER, encoding="utf-8")
    (found,) = nests(read_rules(tmp_path / "rules"), START, ends())
    ((fewer, more, _),) = found.undone
    assert "missed" in fewer < more


# What the attacker makes of a few numbers -----------------------------------------------------


def left(base: int, **told: dict[int, int]) -> dict[tuple[int, str], tuple[int, int]]:
    """Of one month, in which both rules fall due: what is left of each outcome of either."""
    profiles = Profiles.of(0, (True, True), [START], [])
    n = np.zeros(len(profiles.rows))
    for at, row in enumerate(profiles.rows):
        n[at] = sum(told.get(COME[one], {}).get(row.rule, 0) for one in row.outcomes)
    low, high = np.maximum(n - base + 1, n > 0), n + base - 1
    found = narrowest(profiles, low, high, n, base)
    if found is None:
        return {}
    return {
        (row.rule, COME[row.outcomes[0]]): (low, high)
        for row, low, high in zip(found.rows, found.low, found.high, strict=True)
        if len(row.outcomes) == 1
    }


def test_who_met_the_shorter_rule_has_met_the_longer_one():
    found = left(5, met={0: 5}, met_late={1: 5})
    assert found[0, "met"] == (1, 4)
    assert found[1, "met"] == (1, 4)


def test_who_missed_the_longer_rule_has_missed_the_shorter_one():
    found = left(5, met={0: 5, 1: 5}, missed={1: 5})
    assert found[1, "missed"] == found[0, "missed"] == (1, 4)
    # The other way round it may have been done in between.
    found = left(5, met={0: 5, 1: 10}, missed={0: 5})
    assert found[0, "missed"][1] - found[0, "missed"][0] >= 4


def test_numbers_that_may_be_the_truth_are_left_their_room():
    found = left(5, met={0: 5, 1: 10}, met_late={0: 5})
    assert all(high - low >= 4 for low, high in found.values())
    assert not any(low >= 1 and high < 5 for low, high in found.values())


def test_numbers_of_no_cases_are_no_finding():
    assert left(5, met={0: 15}, missed={1: 15}) == {}


# Exact counts of one rule beside withheld ones of the other -----------------------------------

LEVELS = (("all", "all"), ("unit", "depot"), ("unit", "office"))
ADDED = np.array([[-1, 1, 1]])
FEW = 5
# Met, met late and still to come, of all and of both units. Of the depot two have met the
# shorter rule, which is withheld, and so is the office's count.
SHORTER = np.array([[[22, 13, 9]], [[2, 8, 4]], [[20, 5, 5]]])
LONGER = np.array([[[25, 10, 9]], [[5, 5, 4]], [[20, 5, 5]]])
HIDDEN = np.array([[[0, 0, 1]], [[1, 1, 1]], [[1, 1, 1]]], dtype=bool)
COLUMNS = [("met", -1), ("met_late", -1), ("not_due", -1)]
SAME_MONTH = Nested(
    "deadline_compliance soon",
    "deadline_compliance later",
    soonest=0,
    latest=0,
    ahead=(0, 1, 2),
    behind=(0, 1, 2),
    forward=(Kept((0,), (0,), dated=True),),
    backward=(),
    stocks=(2,),
)


def part(name: str, truth: np.ndarray, hidden: np.ndarray) -> Part:
    none = np.zeros((0, 3), dtype=np.int64)
    return Part(COLUMNS, truth, none, hidden, stocks=(2,), name=f"deadline_compliance {name}")


def test_exact_counts_of_the_longer_rule_would_narrow_those_withheld_of_the_shorter():
    """At most 20 of the office have met the shorter rule, so that 2 to 5 of the depot have."""
    shorter, longer = part("soon", SHORTER, HIDDEN), part("later", LONGER, HIDDEN & False)
    longer.hidden[:, :, 2] = True
    assert not tells_more(longer, [shorter], LEVELS, ADDED, FEW)
    assert tells_more(longer, [shorter], LEVELS, ADDED, FEW, [SAME_MONTH])
    # Where as many again have met the longer one, there is room enough.
    wide = np.array([[[30, 5, 9]], [[7, 3, 4]], [[23, 2, 5]]])
    longer = part("later", wide, longer.hidden)
    assert not tells_more(longer, [shorter], LEVELS, ADDED, FEW, [SAME_MONTH])


def told_exactly(*, names: tuple[str, str]) -> Told:
    """A release of two rules of one length, of which one has its small counts withheld."""
    cells = [
        {
            "metric": "deadline_compliance", "part": name, "breakdown": level[0],
            "level": level[1], "month": START, "outcome": outcome, "band": -1,
            "n": None if hidden[at, 0, cell] else int(truth[at, 0, cell]),
        }
        for name, truth, hidden in (
            (names[0], SHORTER, HIDDEN), (names[1], SHORTER, np.zeros_like(HIDDEN)),
        )
        for at, level in enumerate(LEVELS)
        for cell, (outcome, _) in enumerate(COLUMNS)
    ]  # fmt: skip
    rules = [
        {
            "rule": name,
            "clock": f"decided to informed, {days} calendar days",
            "applies_to": "every case",
            "in_force": "always",
        }
        for name, days in (("first", 3), ("second", 3))
    ]
    manifest = {"coverage_from": "2024-01-01", "as_of": "2024-03-31", "coverage_until": "x"}
    frames = {"rules": pl.DataFrame(rules)}
    release = SimpleNamespace(table=frames.get, manifest=manifest, as_of=START)
    known = pl.DataFrame(cells)
    return Told(
        release, "audit", "suppression", FEW, reach=0, threshold=FEW, loose={}, known=known
    )


def test_the_attacker_on_exact_counts_knows_it():
    (found,) = withheld([told_exactly(names=("first", "second"))])
    assert found.narrower_than_promised
    # Of two rules that are not for the same step nothing is known.
    (apart,) = withheld([told_exactly(names=("first", "other"))])
    assert apart.passed
