"""A deadline that starts with another step: every case of a quarter has one, due or not.

Its day has come, or not yet, or it has none. Rounded each by itself, "5 received" (1 to 9)
beside "no deadline" (0 to 4) proves 1 to 4.
"""

import shutil
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from etl.rules import read_rules
from etl.store import Store
from metrics import declaring
from metrics.attack import report as reporting
from metrics.attack.arrived import _no_fewer, _Totals, arrived, soonest
from metrics.attack.clocks import DaysOff
from metrics.attack.report import attack
from metrics.attack.told import read
from metrics.attack.versions import owed_in
from metrics.delays import arrivals
from metrics.disclosure.arriving import Arrival
from metrics.disclosure.arriving import arrivals as made
from metrics.disclosure.closing import Further
from metrics.disclosure.lengths import Lengths
from metrics.disclosure.policy import Policy
from metrics.disclosure.runs import Run, Span, come_since
from metrics.disclosure.tables import Grid, Where
from metrics.sealing import UnsafeError
from tests.running import ends
from tests.specs.measured import filled, judge, sealed

BOARD = Policy("board", "rounding", base=5, min_denominator=20, bands=(0, 15, 31))
PUBLIC = Policy("public", "rounding", base=10, min_denominator=50, bands=(0, 15, 31))
START = date(2024, 1, 1)
TELL = """
[[deadline]]
name = "tell"
title = "Tell within 10 days of the decision"
from = "decided"
to = "informed"
within = 10
unit = "calendar_days"
basis = "Policy, section 3"
"""
LONG = """
[[deadline]]
name = "inform"
title = "Inform within 60 days"
from = "received"
to = "informed"
within = 60
unit = "calendar_days"
basis = "Policy, section 3"
"""
UNITS = ("archive", "depot", "harbour", "office")


def cases(until: date, *, monthly: int) -> dict[str, str]:
    """Two of three cases are decided within two months, and told within three weeks."""
    draw = np.random.default_rng(2)
    events, units = ["case | kind | on"], ["case | unit"]
    for number in range(monthly * 6):
        received = START + timedelta(days=int(draw.integers(180)))
        decided = received + timedelta(days=int(draw.integers(2, 60)))
        days = {
            "received": received,
            "decided": decided,
            "informed": decided + timedelta(days=int(draw.integers(20))),
        }
        known = ["received"] if number % 3 == 0 else list(days)
        unit = draw.choice(UNITS, p=[0.05, 0.65, 0.1, 0.2])
        if received > until:
            continue
        units.append(f"{number} | {unit}")
        events += [f"{number} | {kind} | {days[kind]}" for kind in known if days[kind] <= until]
    return {"events": "\n".join(events), "cases": "\n".join(units)}


cases_known = cases


def audit(store: Store, folder: Path, until: str) -> Store:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    judge(
        filled(store, folder, as_of=until, **cases_known(date.fromisoformat(until), monthly=14))
    )
    store.execute("update staging.parameters set coverage_from = date '2024-01-01'")
    store.execute(
        "update staging.deliveries set coverage_told = true, coverage_from = date '2024-01-01'"
    )
    return store


@pytest.fixture(autouse=True)
def _rule(monkeypatch) -> None:
    monkeypatch.setattr("tests.specs.measured.ACKNOWLEDGE", TELL)


def told(folder: Path, *days: str, rules: str = TELL) -> list[Path]:
    """Two quarters to two audiences, as they came to be known, or those that end with a day."""
    paths = []
    for until in days or ("2024-03-31", "2024-06-30"):
        with Store.open() as store:
            audit(store, folder / until, until)
            folder.joinpath("rules").mkdir(exist_ok=True)
            folder.joinpath("rules", "rules.toml").write_text(rules, encoding="utf-8")
            paths += [
                sealed(store, to=folder, policy=policy, everybody=(BOARD, PUBLIC))
                for policy in (BOARD, PUBLIC)
            ]
    return paths


def test_cases_and_their_deadlines_tell_no_more_than_either(tmp_path):
    releases = [read(path) for path in told(tmp_path)]
    assert [rule.rule for rule in owed_in(releases[0])] == ["tell"]
    found = arrived(releases)
    assert [one.releases for one in found] == [2, 2, 4]
    assert all(one.targets > 50 for one in found)
    assert all(one.passed for one in found)


def test_rounded_each_by_itself_they_are_found_and_the_release_is_refused(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(declaring, "arrivals", lambda *_: {})
    with pytest.raises(UnsafeError, match="every case has its deadlines"):
        told(tmp_path)


def known_late(until: date, *, monthly: int) -> dict[str, str]:
    """Every third case of the first quarter is known after its end alone."""
    rows = cases(until, monthly=monthly)
    if until > date(2024, 3, 31):
        return rows

    def is_known(line: str) -> bool:
        name = line.partition(" | ")[0]
        return not name.isdigit() or int(name) % 3 > 0

    return {
        table: "\n".join(line for line in text.splitlines() if is_known(line))
        for table, text in rows.items()
    }


def test_where_late_cases_lack_their_deadlines_a_release_says_so_and_readers_know_nothing(
    tmp_path, monkeypatch
):
    """A told "no deadline" that has one since takes the place of a late case's own."""
    monkeypatch.setattr(f"{__name__}.cases_known", known_late)
    releases = [read(path) for path in told(tmp_path)]
    says = [one.release.manifest.get("came_late") for one in releases]
    assert says == [None, None, "yes", "yes"]
    words = [one.release.manifest["method_sentence"] for one in releases]
    assert ["fewer deadlines than cases" in each for each in words] == [
        False,
        False,
        True,
        True,
    ]
    found = arrived(releases)
    assert all(one.passed for one in found)
    assert [one.targets for one in found] == [
        one.targets for one in arrived(releases, quarters={START})
    ]


@pytest.fixture
def long_rule(monkeypatch) -> None:
    monkeypatch.setattr("tests.specs.measured.ACKNOWLEDGE", LONG)


@pytest.mark.usefixtures("long_rule")
def test_no_day_of_the_last_months_cases_has_come_under_a_long_rule(tmp_path):
    releases = [read(path) for path in told(tmp_path, rules=LONG)]
    march = date(2024, 3, 1), date(2024, 3, 31)
    off = DaysOff.of(releases[0].release.manifest)
    first = [soonest(off.lengths(rule), *march) for rule in owed_in(releases[0])]
    assert first == [date(2024, 4, 30).toordinal()]
    assert all(one.targets > 50 and one.passed for one in arrived(releases))


def test_a_rule_of_60_days_holds_the_last_59_days_of_a_quarter_to_what_is_not_due():
    """Of March's and February's cases no day has come by 31 March, of January's some."""
    grid = Grid((("all", "all"),), (START, date(2024, 2, 1), date(2024, 3, 1)))
    own, led = [("met", -1), ("not_due", -1)], [("received", -1)]
    bounds = made(Where(days=Lengths.always(60, 60)), own, [1], led, grid, [0, 1, 2])
    assert [bound.first for bound in bounds if bound.own == (1,)] == [1, 2]
    assert all(bound.own == (0, 1) for bound in made(Where(), own, [1], led, grid, [0, 1, 2]))


def test_less_that_is_not_due_than_cases_leaves_both_too_little_room():
    """Received 5 (1 to 9), not due yet 0 (0 to 4): both are 1 to 4."""
    few, none = np.array([[1.0]]), np.array([[0.0]])
    cases = _Totals(few, few + 8, few[0], few[0] + 8)
    to_come = _Totals(none, none + 4, none[0], none[0] + 4)
    left = [(low.tolist(), high.tolist()) for low, high in _no_fewer(to_come, cases, 0)]
    assert left == [([[1]], [[4]]), ([1], [4]), ([[1]], [[4]]), ([1], [4])]


def test_what_an_older_version_told_does_not_stop_the_next_quarter(tmp_path, monkeypatch):
    """It stays told: what is told since keeps to the rule, and `verify` says what is found."""
    with monkeypatch.context() as older:
        older.setattr(declaring, "arrivals", lambda *_: {})
        older.setattr(reporting, "arrived", lambda *_: [])
        told(tmp_path, "2024-03-31")
    paths = told(tmp_path, "2024-03-31", "2024-06-30")
    assert not attack(paths).passed
    later = arrived([read(path) for path in paths], {date(2024, 4, 1)})
    assert all(one.passed for one in later)


def test_in_the_first_quarter_of_all_there_are_as_many(store, tmp_path):
    folder = tmp_path / "organisation"
    path = sealed(audit(store, folder, "2024-03-31"), to=folder, policy=BOARD)
    cells = read(path).cells.group_by("metric", "breakdown", "level").agg(pl.col("n").sum())
    received, deadlines = (
        cells.filter(pl.col("metric") == name).drop("metric").sort("breakdown", "level")
        for name in ("report_frequency", "deadline_compliance")
    )
    assert received.equals(deadlines)


SERIOUS = 'applies_to = { severity = ["high"] }\n'
OF_TWO = 'applies_to = { severity = ["high"], unit = ["depot"] }\n'
LATER = "in_force_from = 2024-02-01\n"
NEXT = TELL + "in_force_until = 2024-02-01\n" + TELL + LATER
GAP = TELL + "in_force_until = 2024-01-20\n" + TELL + LATER
PLAIN = TELL.replace('"decided"', '"received"')


@pytest.mark.parametrize(
    ("rules", "where"),
    [
        (TELL, Where(within=1)),
        (TELL + SERIOUS, Where("severity", ("high",), within=1)),
        (NEXT, Where(within=1)),
        (TELL + OF_TWO, None),
        (TELL + LATER, None),
        (GAP, None),
        (PLAIN, Where(days=Lengths.always(10, 10), within=1)),
        (TELL.replace("within = 10", "within = 40"), Where(within=2)),
        (TELL + 'pauses = ["paused"]\n', Where()),
    ],
    ids=["all", "some", "versions", "of two", "later", "gap", "received", "longer", "pauses"],
)
def test_whose_every_case_has_one(tmp_path, rules, where):
    (tmp_path / "rules.toml").write_text(rules, encoding="utf-8")
    assert arrivals(read_rules(tmp_path), START, ends()).get("tell") == where


def counts(*months: int) -> np.ndarray:
    return np.array([[[n] for n in months]])


@pytest.mark.parametrize(
    ("within", "stands", "come"),
    [
        (1, False, ((3, (0, 1)),)),
        (2, False, ((3, (0, 1)), (4, (0, 1)))),
        (4, True, ((3, (0, 1)), (4, (0, 1)), (5, (0, 1, 2)))),
        (4, False, None),
    ],
    ids=["a month", "two months", "longer than the quarter", "and what is to come is not told"],
)
def test_what_was_still_to_come_has_come_since(within, stands, come):
    """Of a rule with two cells of what has come, 0 and 1, and one of what is to come."""
    rule = ("deadlines tell", (2,), (0, 1))
    found = come_since(rule, within, [3, 4, 5], (0,), stands=stands)
    before = Span("deadlines tell", ((2, (2,)),))
    after = [Run(before, Span("deadlines tell", come), (0,))] if come else []
    assert found == after
    assert not come_since(rule, within, [0, 1, 2], (0,), stands=stands)


@pytest.mark.parametrize(
    ("received", "deadlines", "is_narrow"),
    [
        ((5, 0, 0), (5, 0, 0), False),
        ((5, 0, 0), (0, 0, 5), False),
        ((0, 0, 5), (10, 0, 0), False),
        ((5, 0, 0), (0, 0, 0), True),
        ((10, 0, 0), (5, 0, 0), True),
    ],
)
def test_fewer_deadlines_than_cases_leave_both_too_little_room(received, deadlines, is_narrow):
    bound = Arrival((0,), 1, 0, (0,))
    assert bool(bound.narrow(counts(*received), counts(*deadlines), 5, Further())) == is_narrow
    turned = Arrival((0,), 1, 0, (0,), sign=-1)
    assert bool(turned.narrow(counts(*deadlines), counts(*received), 5, Further())) == is_narrow
