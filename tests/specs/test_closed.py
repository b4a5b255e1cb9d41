"""A deadline for the closing, beside the times that cases took to it: both count the cases.

Who was closed within two weeks has met a deadline of two weeks. Rounded each by itself, "5
closed within two weeks" beside "0 met" proves 1 to 4.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from etl.store import Store
from metrics import delays
from metrics.attack import closed as attacking
from metrics.attack.closed import closed, rules_in, timed_in
from metrics.attack.closing_days import NOT_YET, Dates, results
from metrics.attack.sums import Copy, Ground
from metrics.attack.sums import Table as CopiedTable
from metrics.attack.told import read
from metrics.disclosure.closing import lasts_of
from metrics.disclosure.fates import LATER, Months, fates, told_months
from metrics.disclosure.following import Link
from metrics.disclosure.lengths import FOR_EVER, Length, Lengths
from metrics.disclosure.nesting import Relation
from metrics.disclosure.nesting_room import Windows, nesting_gives_away
from metrics.disclosure.policy import Policy
from metrics.disclosure.runs import Run, Sides, Span, held, runs_of
from metrics.disclosure.series import Rounding
from metrics.disclosure.tables import Bases, Closing
from metrics.disclosure.turn import Turn
from metrics.reach import AS_A_CELL, Off
from metrics.sealing import UnsafeError
from tests.specs.measured import filled, judge, sealed

BANDS = (0, 8, 15, 31)
BOARD = Policy("board", "rounding", base=5, min_denominator=20, bands=BANDS)
PUBLIC = Policy("public", "rounding", base=10, min_denominator=50, bands=BANDS)
CLOSE = """
[[deadline]]
name = "close"
title = "Close within 14 days"
from = "received"
to = "resolved"
within = 14
unit = "calendar_days"
basis = "Policy, section 2"
"""
QUARTER = (date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1))
MARCH_31 = date(2024, 3, 31).toordinal()
RESULTS = ("met", "met_late", "missed", "ended", "open")
TWO_WEEKS = Closing(Lengths.always(14, 14), {name: frozenset({name}) for name in RESULTS})
OWN = [(name, -1) for name in ("met", "met_late", "missed", "not_due")]
LED = [(outcome, band) for outcome in ("ended", "open") for band in BANDS]
IN_WORKING_DAYS = (
    CLOSE.replace("14\nunit", "5\nunit").replace("calendar_days", "working_days")
    + 'force = "advisory"\ncalendar = "none"\n'
)


@pytest.fixture
def by_a_calendar(monkeypatch) -> None:
    monkeypatch.setattr("tests.specs.test_closed.CLOSE", IN_WORKING_DAYS)


@pytest.fixture
def closed_soon(store: Store, tmp_path: Path, monkeypatch) -> Store:
    """Eight units, the cases of which took a few days, or are still open after a month."""
    monkeypatch.setattr("tests.specs.measured.ACKNOWLEDGE", CLOSE)
    events, units = ["case | kind | on"], ["case | unit"]
    for unit in range(8):
        for number in range(1 + unit % 4):
            name = f"{unit}-{number}"
            events += [f"{name} | received | 2024-01-0{1 + number}"]
            events += [f"{name} | resolved | 2024-01-{10 + number}"] if number < 3 else []
            units += [f"{name} | unit_{unit}"]
    filled(
        store, tmp_path, as_of="2024-03-31", events="\n".join(events), cases="\n".join(units)
    )
    judge(store)
    return store


def test_deadlines_and_times_that_are_rounded_together_tell_no_more(closed_soon, tmp_path):
    paths = [
        sealed(closed_soon, to=tmp_path, policy=policy, everybody=(BOARD, PUBLIC))
        for policy in (BOARD, PUBLIC)
    ]
    told = [read(path) for path in paths]
    assert [(rule.within, rule.beyond) for rule in rules_in(told[0])] == [(14, 14)]
    found = closed(told)
    assert [one.releases for one in found] == [1, 1, 2]
    assert all(one.targets > 50 for one in found)
    assert all(one.passed for one in found)


def test_deadlines_and_times_that_are_rounded_apart_stop_the_release(
    closed_soon, tmp_path, monkeypatch
):
    monkeypatch.setattr(delays, "_closing", lambda *_: None)
    with pytest.raises(UnsafeError, match="board who holds deadlines against times"):
        sealed(closed_soon, to=tmp_path, policy=BOARD)


@pytest.mark.usefixtures("by_a_calendar")
def test_a_rule_by_a_calendar_and_advisory_is_held_against_times_too(request, tmp_path):
    """Received on a Saturday five working days are six days, on a Monday seven."""
    told = read(sealed(request.getfixturevalue("closed_soon"), to=tmp_path, policy=BOARD))
    assert [(rule.within, rule.beyond) for rule in rules_in(told)] == [(5, 7)]
    assert all(one.targets > 50 and one.passed for one in closed([told]))


@pytest.mark.usefixtures("by_a_calendar")
def test_such_a_rule_that_is_rounded_apart_stops_the_release(request, tmp_path, monkeypatch):
    monkeypatch.setattr(delays, "_closing", lambda *_: None)
    with pytest.raises(UnsafeError, match="board who holds deadlines against times"):
        sealed(request.getfixturevalue("closed_soon"), to=tmp_path, policy=BOARD)


# Rules for another step --------------------------------------------------------------------

ANSWER = CLOSE.replace("14\nunit", "7\nunit").replace("resolved", "acknowledged")


@pytest.fixture
def still_open(store: Store, tmp_path: Path, monkeypatch) -> Store:
    """Eight units, the cases of which were received in the last three weeks of the quarter."""
    monkeypatch.setattr("tests.specs.measured.ACKNOWLEDGE", ANSWER)
    events, units = ["case | kind | on"], ["case | unit"]
    for unit in range(8):
        for number in range(1 + unit % 4):
            name, day = f"{unit}-{number}", (10, 18, 23, 28)[(unit + number) % 4]
            events.append(f"{name} | received | 2024-03-{day}")
            units.append(f"{name} | unit_{unit}")
    filled(
        store, tmp_path, as_of="2024-03-31", events="\n".join(events), cases="\n".join(units)
    )
    judge(store)
    return store


def test_a_rule_for_any_step_is_held_against_who_is_open(still_open, tmp_path):
    told = read(sealed(still_open, to=tmp_path, policy=BOARD))
    assert [(rule.name, rule.closes) for rule in timed_in(told)] == [("close", False)]
    found = closed([told])
    assert found
    assert all(one.targets > 20 and one.passed for one in found)


def test_such_a_rule_that_is_rounded_apart_from_the_times_stops_the_release(
    still_open, tmp_path, monkeypatch
):
    monkeypatch.setattr(delays, "_coming", lambda _: None)
    with pytest.raises(UnsafeError, match="board who holds deadlines against times"):
        sealed(still_open, to=tmp_path, policy=BOARD)


DAYS = Months(tuple(on.toordinal() for on in (*QUARTER, date(2024, 4, 1))), (MARCH_31,) * 3)


def test_of_thirty_days_what_is_received_in_february_is_due_in_march():
    known = fates(Lengths.always(30, 30), lasts_of(LED), DAYS, first=0)
    january, february, march, april = range(4)
    assert known[february, "ended", 0] == {(march, "met")}
    assert known[february, "ended", 31] == {(march, "met_late")}
    assert known[february, "open", 31] == {(march, "missed")}
    # Of the first of March the day is the last of March, and it is open for 30 days by then.
    assert known[march, "open", 15] == {(march, "missed"), (april, LATER)}
    assert (january, "open", 15) not in known


def test_working_days_may_be_more_or_fewer_days():
    known = fates(Lengths.always(14, 30), lasts_of(LED), DAYS, first=0)
    assert known[1, "ended", 15] == {(1, "met"), (2, "met"), (1, "met_late"), (2, "met_late")}


def test_of_a_rule_that_was_changed_the_day_of_the_receipt_says_how_long_it_is():
    """30 days until the end of January, 14 since."""
    february = date(2024, 2, 1).toordinal()
    changed = Lengths((Length(30, 30, last=february - 1), Length(14, 14, february)))
    known = fates(changed, lasts_of(LED), DAYS, first=0)
    assert known[0, "ended", 15] == {(0, "met"), (1, "met"), (2, "met")}
    assert known[1, "ended", 15] == {(1, "met_late"), (2, "met_late")}


def test_a_quarter_was_told_as_of_the_first_look_after_its_end():
    quarters = dict.fromkeys(QUARTER, QUARTER[0])
    looks = [date(2024, 2, 3), date(2024, 7, 4), date(2024, 4, 15)]
    assert set(told_months(QUARTER, quarters, looks).told) == {date(2024, 4, 15).toordinal()}
    assert set(told_months(QUARTER, quarters, []).told) == {MARCH_31}


SIDES = Sides("close", "received", OWN, LED, ("not_due",))


def runs(closing: Closing, *, stands: bool = True) -> list[Run]:
    return runs_of(closing, SIDES, DAYS, 0, (0,), stands=stands)


def test_those_closed_early_of_months_in_a_row_have_met_their_deadline():
    early = (0, 1)  # 0 to 7 and 8 to 14 days
    closed = Span("received", ((0, early), (1, early)))
    met = Span("close", ((0, (0,)), (1, (0,)), (2, (0,))))
    assert Run(closed, met, (0,)) in runs(TWO_WEEKS)
    # Of March some are not due yet by its end: where that is not told, nothing follows.
    closed = Span("received", ((0, early), (1, early), (2, early)))
    come = Span("close", ((0, (0,)), (1, (0,)), (2, (0, 3))))
    assert Run(closed, come, (0,)) in runs(TWO_WEEKS)
    assert closed not in [run.fewer for run in runs(TWO_WEEKS, stands=False)]


def test_deadlines_are_met_by_cases_that_may_have_met_them_and_by_no_others():
    met = Span("close", ((2, (0,)),))
    # Who was received in January was due in January or in February.
    closed = Span("received", ((1, (0, 1)), (2, (0, 1))))
    assert Run(met, closed, (0,)) in runs(TWO_WEEKS)


def test_what_follows_from_others_is_left_out():
    found = {(run.fewer, run.more) for run in runs(TWO_WEEKS)}
    early = Span("received", ((0, (0, 1)),))
    assert early in [run.fewer for run in runs(TWO_WEEKS)]
    # Ended and open ones of January have no result in common, so that both follow from each.
    every = Span("received", ((0, tuple(range(8))),))
    assert every not in [fewer for fewer, _ in found]


def test_a_rule_that_is_longer_than_half_a_year_is_held_against_nothing():
    assert runs(replace(TWO_WEEKS, days=Lengths.always(200, 200))) != []
    months = tuple(date(2023, month, 1) for month in range(1, 13))
    starts = (*(on.toordinal() for on in months), date(2024, 1, 1).toordinal())
    year = Months(starts, (starts[-1] - 1,) * 12)
    long = replace(TWO_WEEKS, days=Lengths.always(200, 200))
    assert runs_of(long, SIDES, year, 9, (0,), stands=True) == []


def one_level(*cells: list[int]) -> np.ndarray:
    """Counts of one level: a row per month of the quarter."""
    return np.array([cells])


MET = Run(
    Span("received", ((0, (0, 1)), (1, (0, 1)))),
    Span("close", tuple((month, (0,)) for month in range(3))),
    (0,),
)
NO_MONTH = [0] * 8


def test_a_run_holds_where_it_is_so_in_truth_or_nearly():
    led = one_level([1, 1, *[0] * 6], NO_MONTH, NO_MONTH)
    two, one = ([[1, *[0] * 3], [met, *[0] * 3], [0] * 4] for met in (1, 0))
    assert held([MET], {"received": led, "close": one_level(*two)}, 1) == (MET,)
    # One of the two was opened again, and its deadline is not told as met.
    assert held([MET], {"received": led, "close": one_level(*one)}, 1) == ()
    # By fives they can be told as if it were, and readers will think that it is.
    assert held([MET], {"received": led, "close": one_level(*one)}, 5) == (MET,)


def told(name: str, counts: np.ndarray) -> Rounding:
    return Rounding(
        name=name,
        counts=counts,
        truth=counts,
        told=[False] * 3,
        faces=np.zeros((0, 1), dtype=np.int64),
        sums=np.zeros((0, counts.shape[2]), dtype=np.int64),
        stocks=[],
        draw=lambda *_: np.random.default_rng(0),
    )


@pytest.mark.parametrize(
    ("met", "further", "found"), [(5, AS_A_CELL, 0), (0, AS_A_CELL, 5), (0, Off(1, 1), 0)]
)
def test_counts_that_keep_to_a_run_leave_each_other_their_room(met, further, found):
    # "5 closed early" (1 to 9) beside "none met" (0 to 4): both are 1 to 4, and of the
    # others that were closed early there are no more than 3. Where the sum of those met may
    # be one base further off, it is 0 to 9.
    tables = {
        "received": told("received", one_level([5, *[0] * 7], NO_MONTH, NO_MONTH)),
        "close": told("close", one_level([0] * 4, [met, *[0] * 3], [0] * 4)),
    }
    windows = Windows(tables, 1, 5, dict.fromkeys(tables, further), [(0, 3)])
    assert nesting_gives_away([Relation(MET.fewer, MET.more, MET.levels)], windows) == found


def test_what_was_told_of_earlier_quarters_counts_apart():
    # "5 closed early" in March, told before, beside "none met" in April.
    march, april = QUARTER[0], date(2024, 4, 1)
    run = Run(Span("received", ((0, (0,)),)), Span("close", ((1, (0,)),)), (0,))
    tables = [told("received", one_level([5], [0])), told("close", one_level([0], [0]))]
    for table in tables:
        table.off = {march: (AS_A_CELL, AS_A_CELL)}
    spans, links = (
        {march: (0, 1), april: (1, 2)},
        {("close", april): Link({}, (), find_runs=lambda: (run,))},
    )
    turn = Turn(tables[0], tables[1:], april, [1], spans, Bases(5), links)
    assert turn.narrowed() == 0
    assert turn.closely() > 0


# The attacker's own way to the same links ---------------------------------------------------


HALFWAY = date(2024, 2, 11).toordinal()


@pytest.mark.parametrize(
    "versions",
    [
        [Length(14, 14)],
        [Length(30, 30)],
        [Length(14, 30)],
        [Length(45, 45)],
        [Length(30, 30, last=HALFWAY - 1), Length(14, 14, HALFWAY)],
        [Length(7, 7, last=HALFWAY - 1), Length(60, 60, HALFWAY)],
    ],
)
def test_the_attacker_finds_by_first_and_last_days_what_every_day_shows(versions):
    lasts = lasts_of(LED)
    dates = Dates(DAYS.starts, [MARCH_31] * 3, [MARCH_31] * 3)
    known = fates(Lengths(tuple(versions)), lasts, DAYS, first=0)
    assert {seen[1] for seen in known} == {"ended", "open"}
    lengths = [attacking.Length(one.fewest, one.most, one.first, one.last) for one in versions]
    is_exact = all(one.fewest == one.most for one in versions)
    for time in product(range(3), ("ended", "open"), lasts):
        found = {
            (2, NOT_YET) if name == LATER else (at, name) for at, name in known.get(time, ())
        }
        told = set(results(time, lasts, lengths, dates))
        assert told == found or (not is_exact and told > found)


FORTNIGHT = [attacking.Length(14, 14, 0, FOR_EVER)]


def test_who_may_have_been_counted_later_may_have_been_open_for_longer():
    lasts = lasts_of(LED)
    april = date(2024, 4, 30).toordinal()
    dates = Dates(DAYS.starts, [MARCH_31] * 3, [april] * 3)
    # Received in January and open for 8 to 14 days: nobody, on whatever day it was counted.
    assert set(results((0, "open", 8), lasts, FORTNIGHT, dates)) == set()
    # Received in March and closed after 31 days: nobody by the end of March, but of April.
    assert set(results((2, "ended", 31), lasts, FORTNIGHT, dates)) == {
        (2, "met_late"),
        (2, NOT_YET),
    }


def narrow(closed: int, met: int, *, late: Collection[int] = ()) -> set[tuple[float, float]]:
    """What is left, too little, of February's cases and of March's deadlines of 30 days."""
    ground = Ground([("all", "all")], QUARTER, [QUARTER[0]] * 3)
    rule = attacking.Rule("close", (attacking.Length(30, 30, 0, FOR_EVER),), "", ())
    dates = Dates(DAYS.starts, [MARCH_31] * 3, [MARCH_31] * 3)
    view = attacking.View(rule, dates, 0, 0, stands=True, late=frozenset(late))
    times = one_level(NO_MONTH, [closed, *[0] * 7], NO_MONTH)
    deadlines = one_level([0] * 4, [0] * 4, [met, *[0] * 3])
    tables = [
        CopiedTable(
            ground, cells, [Copy(n.astype(float), 5, [AS_A_CELL] * 3, frozenset())], sums
        )
        for cells, n, sums in ((LED, times, [(0, 1, 2, 3)]), (OWN, deadlines, []))
    ]
    ends = [(low[0], high[0]) for low, high in view.ends(*tables)]
    return {(low, high) for low, high in ends if high - low < 4 or (low >= 1 and high < 5)}


def test_an_attacker_holds_times_and_deadlines_against_each_other():
    assert narrow(closed=5, met=5) == set()
    assert (1, 4) in narrow(closed=5, met=0)
    assert (1, 4) in narrow(closed=0, met=5)


def test_late_cases_have_deadlines_and_no_time_that_is_told():
    # Those met in March may be of cases that were received long before, and are told with it.
    assert narrow(closed=0, met=5, late=[2]) == set()
    assert (1, 4) in narrow(closed=5, met=0, late=[2])
