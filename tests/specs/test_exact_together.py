"""Exact counts of several metrics beside those withheld: what days say of them together."""

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from etl.store import Store
from metrics.attack.told import CELL, Told
from metrics.attack.withheld import withheld
from metrics.disclosure import across, room, withholding
from metrics.disclosure.across import Part, tells_more
from metrics.disclosure.fates import told_quarters
from metrics.disclosure.lengths import Lengths
from metrics.disclosure.policy import Policy
from metrics.disclosure.runs import Run, Span
from metrics.disclosure.suppression import suppressed
from metrics.disclosure.tables import Closing, Delay, Where
from metrics.release import open_release
from metrics.sealing import UnsafeError
from tests.specs.measured import filled, judge, sealed

LEVELS = (("all", "all"), ("unit", "depot"), ("unit", "office"))
FACES, FEW = np.array([[-1, 1, 1]]), 5
EVERY = (0, 1, 2)
FIRST, LAST = date(2024, 1, 1), date(2024, 3, 31)


def part(name: str, counts: str, columns: str) -> Part:
    """Counts of one quarter by level, line by line; those in brackets are withheld."""
    rows = [line.split() for line in counts.strip().splitlines()]
    truth = np.array([[[int(n.strip("[]")) for n in row]] for row in rows])
    hidden = np.array([[[n.startswith("[") for n in row]] for row in rows])
    cells = [(outcome, int(band)) for outcome, band in (c.split(":") for c in columns.split())]
    sums = np.zeros((0, len(cells)), dtype=np.int64)
    return Part(cells, truth, sums, hidden, name=name)


RECEIVED = part("received", "50 \n 15 \n 35", "received:-1")
# All 12 that are open for long, of which 4 in the depot and 8 in the office.
TIMES = part("times", "[18] 20 12 \n [1] 10 [4] \n [17] 10 [8]", "ended:0 open:0 open:31")
# Eight of the office have missed the rule, which is told.
MISSED = part(
    "close", "[18] [12] [20] \n [1] [4] [10] \n [17] 8 [10]", "met:-1 missed:-1 not_due:-1"
)


# Four of the depot are closed, by subtraction.
FOUR = part("times", "20 30 \n [4] [11] \n 16 19", "ended:0 open:0")
CLOSING = "received to resolved, 30 calendar days"


# A rule for the depot alone: 20 met of all are the depot's, so that of its 23 three missed it.
OF_DEPOT = part(
    "close", "20 [3] [23] \n [20] [3] 23 \n [0] [0] [0]", "met:-1 missed:-1 met+missed:-1"
)


def test_no_more_are_open_for_long_than_have_missed_the_closing():
    """So eight of the twelve at the most are the office's, and four at least the depot's."""
    times = replace(TIMES, sums=np.array([[1, 1, 1]]))
    times.hidden = np.dstack([times.hidden, np.zeros((3, 1, 1), dtype=bool)])
    missed, still_open = Span("close", ((0, (1,)),)), Span("times", ((0, (2,)),))
    is_so = Run(still_open, missed, EVERY)
    assert not tells_more(MISSED, [times], LEVELS, FACES, FEW)
    assert tells_more(MISSED, [times], LEVELS, FACES, FEW, runs=[is_so])
    # Where it is not so, cases were opened again, and it is no knowledge.
    is_not_so = Run(Span("times", ((0, (1,)),)), missed, EVERY)
    assert not tells_more(MISSED, [times], LEVELS, FACES, FEW, runs=[is_not_so])


def test_nobody_has_waited_for_longer_than_the_quarter_is():
    """Open cases are told together, so that those of 31 days are what none of 92 are not."""
    waiting = part("times", "30 [9] [0] \n 10 [4] [0] \n 20 [5] [0]", "o:0 o:31 o:92")
    waiting.sums = np.array([[1, 1, 1]])
    waiting.hidden = np.dstack([waiting.hidden, np.zeros((3, 1, 1), dtype=bool)])
    assert not tells_more(waiting, [], LEVELS, FACES, FEW)
    never = np.array([[False, False, True]])
    assert tells_more(replace(waiting, never=never), [], LEVELS, FACES, FEW)


def test_a_rule_for_the_depot_has_no_case_of_the_office():
    """Of all 20 that met it none is the office's, so that of the depot's 23 three missed it."""
    results = replace(OF_DEPOT, columns=OF_DEPOT.columns[:2], truth=OF_DEPOT.truth[:, :, :2])
    results.sums = np.array([[1, 1]])
    assert not tells_more(results, [], LEVELS, FACES, FEW)
    outside = np.array([False, False, True])[:, np.newaxis, np.newaxis]
    never = np.broadcast_to(outside, results.truth.shape)
    assert tells_more(replace(results, never=never), [], LEVELS, FACES, FEW)


def test_every_case_received_has_come_to_a_rule_from_another_step():
    """Of 30 and their 24 results six are left for what is withheld, and for no other."""
    received = part("received", "60 \n 30 \n 30", "received:-1")
    results = part("inform", "48 [9] \n 24 [4] \n 24 [5]", "met:-1 not_assessable:-1")
    results.truth[:, 0, 1] = (12, 6, 6)
    results.truth[1:, 0] = ((26, 4), (22, 8))
    results.follows = received
    assert not tells_more(results, [received], LEVELS, FACES, FEW)
    results.arrives = Where()
    assert tells_more(results, [received], LEVELS, FACES, FEW)


def test_what_is_known_without_a_part_is_no_reason_to_withhold_it():
    """Of 30 received in the depot 27 were closed, whatever surveys tell."""
    times = part("times", "60 [54] [6] \n 30 27 [3] \n 30 [27] [3]", "all:-1 ended:0 open:0")
    times.truth[:, 0, 0] = 0
    times.sums = np.array([[1, 1, 1]])
    times.hidden = np.dstack([times.hidden, np.zeros((3, 1, 1), dtype=bool)])
    surveys = part("surveys", "40 \n 20 \n 20", "answered:-1")
    surveys.follows = times
    assert tells_more(surveys, [times], LEVELS, FACES, FEW)
    nothing = np.ones_like(surveys.hidden)
    assert not tells_more(surveys, [times], LEVELS, FACES, FEW, untold=nothing)


def test_that_every_case_has_a_day_to_be_closed_by_is_no_reason_to_withhold():
    results = part("close", "50 [0] \n 15 [0] \n 35 [0]", "met:-1 not_applicable:-1")
    results.sums = np.array([[1, 1]])
    results.hidden = np.dstack([results.hidden, np.zeros((3, 1, 1), dtype=bool)])
    assert tells_more(results, [], LEVELS, FACES, FEW)
    names = ("met", "met_late", "missed", "ended", "open")
    closing = Closing(Lengths.always(30, 30), {name: frozenset({name}) for name in names})
    results.delay = Delay(1, closing=closing)
    assert not tells_more(results, [], LEVELS, FACES, FEW)


def test_what_cannot_be_tried_in_time_is_not_told(monkeypatch):
    """Three small counts of the results are withheld; nobody waits for the first answer."""
    received = part("received", "60 \n 30 \n 30", "received:-1")
    results = part("inform", "48 [9] \n 24 [4] \n 24 [5]", "met:-1 not_assessable:-1")
    results.follows = received
    assert not tells_more(results, [received], LEVELS, FACES, FEW)
    monkeypatch.setattr(room, "PATIENCE", 0)
    assert tells_more(results, [received], LEVELS, FACES, FEW)


def two_quarters(stood: tuple[int, ...]) -> tuple[Part, Part]:
    """Ten were to come at the end of the first of two quarters, which only the second tells."""
    received = part("received", "50 \n 20 \n 30", "received:-1")
    results = part("acknowledge", "40 0 \n 15 0 \n 25 0", "met:-1 not_due:-1")
    for each in (received, results):
        each.truth = np.concatenate([each.truth, each.truth], axis=1)
        each.hidden = np.zeros_like(each.truth, dtype=bool)
    results.truth[:, 1] = ((50, 10), (20, 5), (30, 5))
    results.stocks, results.follows, results.delay = [1], received, Delay(1)
    results.stood = stood
    return received, results


def test_how_many_were_to_come_is_known_where_a_release_ended_with_the_quarter():
    """Of the first quarter nobody was told how many: to take them for none would mislead."""
    received, results = two_quarters(stood=(1,))
    assert not tells_more(results, [received], LEVELS, FACES, FEW)
    received, results = two_quarters(stood=(0, 1))
    assert tells_more(results, [received], LEVELS, FACES, FEW)


def test_a_link_of_another_part_that_is_not_true_is_no_reason_to_withhold_it():
    received, results = two_quarters(stood=(0, 1))
    other = replace(results, name="inform", delay=None)
    assert not tells_more(other, [received, results], LEVELS, FACES, FEW)


def test_quarters_take_the_place_of_months():
    months = [date(2024, month, 1) for month in range(1, 7)]
    quarters = {on: months[0] if on.month < 4 else months[3] for on in months}
    known = told_quarters(months, quarters, [date(2024, 4, 20), date(2024, 6, 30)])
    first, second, after = (date(2024, month, 1).toordinal() for month in (1, 4, 7))
    assert known.starts == (first, second, after)
    assert known.told == (date(2024, 4, 20).toordinal(), after - 1)


def told_exactly(*parts: Part, clock: str, applies_to: str = "every case") -> Told:
    """A release that ends with March 2024 and has one rule."""
    series = {
        "received": ("report_frequency", ""),
        "times": ("time_to_resolution", ""),
        "close": ("deadline_compliance", "close"),
    }
    cells = [
        (*series[one.name], *level, FIRST, outcome, band, None if hidden else n)
        for one in parts
        for level, counts, gone in zip(LEVELS, one.truth[:, 0], one.hidden[:, 0], strict=True)
        for (outcome, band), n, hidden in zip(one.columns, counts.tolist(), gone, strict=True)
    ]
    rules = {"rule": "close", "clock": clock, "applies_to": applies_to, "in_force": "always"}
    frames = {"rules": pl.DataFrame([rules])}
    covered = ("coverage_from", FIRST), ("as_of", LAST), ("coverage_until", LAST)
    manifest = {name: str(day) for name, day in covered}
    release = SimpleNamespace(table=frames.get, manifest=manifest, as_of=LAST)
    told = pl.DataFrame(cells, schema=[*CELL, "n"], orient="row")
    return Told(
        release, "audit", "suppression", FEW, reach=0, threshold=FEW, loose={}, known=told
    )


@pytest.mark.parametrize(
    ("steps", "passed"), [("received to resolved", False), ("decided to informed", True)]
)
def test_the_attacker_on_exact_counts_knows_who_is_open_for_long(steps, passed):
    clock = f"{steps}, 30 calendar days"
    (found,) = withheld([told_exactly(RECEIVED, TIMES, MISSED, clock=clock)])
    assert found.passed is passed


def test_the_attacker_on_exact_counts_knows_how_long_a_quarter_is():
    waiting = part("times", "20 [9] [0] \n 10 [4] [0] \n 10 [5] [0]", "open:0 open:31 open:91")
    (found,) = withheld([told_exactly(waiting, clock="decided to informed, 3 calendar days")])
    assert found.targets == 3  # those of 31 days: of 91 there are none for certain


@pytest.mark.parametrize(
    ("applies_to", "exact"),
    [("every case", 0), ("unit: depot", 2), ("unit: depot, office", 0), ("severity: high", 0)],
)
def test_the_attacker_on_exact_counts_knows_whose_a_rule_is(applies_to, exact):
    clock = "decided to informed, 30 calendar days"
    (found,) = withheld([told_exactly(OF_DEPOT, clock=clock, applies_to=applies_to)])
    assert (found.exact, found.passed) == (exact, not exact)


def test_counts_are_attacked_where_no_link_holds(monkeypatch):
    """Reopened and late cases can break every one of them; four are found all the same."""
    monkeypatch.setattr("metrics.attack.withheld.links", lambda *_: [({0: 1.0}, -2.0, -1.0)])
    (found,) = withheld([told_exactly(RECEIVED, FOUR, clock=CLOSING)])
    assert found.exact == 1


def test_that_every_case_has_a_day_to_be_closed_by_is_no_finding():
    undated = part("close", "50 [0] \n 15 [0] \n 35 [0]", "met:-1 not_applicable:-1")
    times = part("times", "50 \n 15 \n 35", "ended:0")
    assert not withheld([told_exactly(RECEIVED, times, undated, clock=CLOSING)])
    clock = "decided to informed, 30 calendar days"
    informed = told_exactly(RECEIVED, times, undated, clock=clock)
    (found,) = withheld([informed])
    assert found.targets == 3


# From the exports to the attack ---------------------------------------------------------------

DECIDE = """
[[deadline]]
name = "decide"
title = "Decide within 10 days of the acknowledgement"
from = "acknowledged"
to = "resolved"
within = 10
unit = "calendar_days"
basis = "Policy, section 3"
"""
ANNEX = Policy("annex", "suppression", threshold=FEW, min_denominator=20, bands=(0, 31))


def organisation() -> dict[str, str]:
    """Of the depot three cases were closed and never acknowledged, of the office twelve."""
    draw = np.random.default_rng(1)
    events, cases = ["case | kind | on"], ["case | unit"]
    lacking = {"depot": 3, "office": 12}
    for number in range(240):
        unit, on = ("office", "depot")[number % 2], days_after(FIRST, draw.integers(0, 91))
        cases.append(f"{number} | {unit}")
        steps = {"received": on}
        if lacking[unit] and on < date(2024, 3, 1):
            lacking[unit] -= 1
            steps["resolved"] = days_after(on, 9)
        else:
            steps["acknowledged"] = days_after(on, draw.integers(1, 20))
            steps["resolved"] = days_after(steps["acknowledged"], draw.choice([3, 8, 25, 40]))
        events += [f"{number} | {kind} | {day}" for kind, day in steps.items() if day <= LAST]
    return {"events": "\n".join(events), "cases": "\n".join(cases)}


def days_after(day: date, count: int) -> date:
    return day + timedelta(days=int(count))


@pytest.fixture
def judged(store, tmp_path, monkeypatch):
    monkeypatch.setattr("tests.specs.measured.ACKNOWLEDGE", DECIDE)
    judge(filled(store, tmp_path, as_of=str(LAST), **organisation()))
    return store


def test_a_rule_that_says_how_many_have_no_day_is_told_of_all_together(judged, tmp_path):
    """Three of the depot have no day, 15 of all: whoever knew the units would know them."""
    cells = open_release(sealed(judged, to=tmp_path, policy=ANNEX)).table("cubes")
    is_told = pl.col("n").is_not_null()
    assert set(cells.filter(metric="report_frequency").filter(is_told)["n"]) == {240, 120}
    deadlines = cells.filter(metric="deadline_compliance").filter(is_told)
    assert set(deadlines["level"]) == {"all"}
    assert deadlines.filter(outcome="not_assessable")["n"].to_list() == [15]


def test_told_all_the_same_it_stops_the_release(judged, tmp_path, monkeypatch):
    monkeypatch.setattr(across._System, "_arrived", lambda *_: iter(()))
    with pytest.raises(
        UnsafeError, match=r"who knows how metrics are linked.* 1 found exactly"
    ):
        sealed(judged, to=tmp_path, policy=ANNEX)


# In the first quarter nobody came late --------------------------------------------------------

# Closed within 31 days and later, open for less and for longer.
UNITS = {"archive": (1, 0, 3, 3), "depot": (0, 0, 5, 8), "office": (6, 7, 6, 5)}
STEPS = (
    ("2024-01-05", "2024-01-20"),
    ("2024-01-05", "2024-02-20"),
    ("2024-03-20", None),
    ("2024-01-05", None),
)


def first_quarter() -> dict[str, str]:
    events, cases = ["case | kind | on"], ["case | unit"]
    for unit, counts in UNITS.items():
        for (received, closed), n in zip(STEPS, counts, strict=True):
            for _ in range(n):
                cases.append(f"{len(cases)} | {unit}")
                events.append(f"{len(cases) - 1} | received | {received}")
                events += [f"{len(cases) - 1} | resolved | {closed}"] if closed else []
    return {"events": "\n".join(events), "cases": "\n".join(cases)}


@pytest.fixture
def on_time(store, tmp_path):
    judge(filled(store, tmp_path, as_of=str(LAST), **first_quarter()))
    return store


def test_who_knows_that_nobody_came_late_finds_nothing(on_time, tmp_path):
    """All 44 cases of the first quarter have a time: those closed are all but the open."""
    cells = open_release(sealed(on_time, to=tmp_path, policy=ANNEX)).table("cubes")
    assert cells.filter(metric="report_frequency", level="all")["n"].to_list() == [44]


def test_that_nobody_came_late_is_known_to_the_attacker(on_time, tmp_path, monkeypatch):
    monkeypatch.setattr(
        withholding, "suppressed", lambda tables, want, _=None: suppressed(tables, want)
    )
    with pytest.raises(UnsafeError, match=r"who knows how metrics are linked"):
        sealed(on_time, to=tmp_path, policy=ANNEX)


def test_a_unit_of_which_all_came_late_is_told_all_the_same(on_time, tmp_path):
    """Who knows that both came late knows of two, whatever is withheld."""
    sealed(on_time, to=tmp_path, policy=ANNEX)
    rows = first_quarter()
    units = ["archive"] * 2 + ["depot"] * 20 + ["office"] * 30
    days = ["2024-02-01"] * 2 + ["2024-05-02"] * 50
    rows["cases"] += "".join(f"\nnew{n} | {unit}" for n, unit in enumerate(units))
    rows["events"] += "".join(f"\nnew{n} | received | {day}" for n, day in enumerate(days))
    (tmp_path / "later").mkdir()
    with Store.open() as later:
        judge(filled(later, tmp_path / "later", as_of="2024-06-30", **rows))
        cells = open_release(sealed(later, to=tmp_path, policy=ANNEX)).table("cubes")
    told = cells.filter(metric="report_frequency", level="all")["n"].to_list()
    assert told == [44, 52]


AFTER_HOURS = (
    '20\nunit = "working_days"\nafter_hours = { closes = "17:00", counts_as = "next_day" }'
)


@pytest.mark.parametrize(
    ("length", "is_told"),
    [
        ('30\nunit = "calendar_days"', True),
        ('20\nunit = "working_days"', True),
        (AFTER_HOURS, False),
    ],
    ids=["days", "working days", "by the hour"],
)
def test_a_rule_for_the_closing_is_told_exactly_where_its_days_are_known(
    store, tmp_path, monkeypatch, length, is_told
):
    """Where the hour of the receipt counts nobody but the organisation knows the day."""
    closing = DECIDE.replace("acknowledged", "received").replace(
        '10\nunit = "calendar_days"', length
    )
    monkeypatch.setattr("tests.specs.measured.ACKNOWLEDGE", closing)
    judge(filled(store, tmp_path, as_of=str(LAST), **organisation()))
    cells = open_release(sealed(store, to=tmp_path, policy=ANNEX)).table("cubes")
    deadlines = cells.filter(metric="deadline_compliance")
    assert deadlines.height > 0
    assert (deadlines["n"].null_count() < deadlines.height) is is_told
