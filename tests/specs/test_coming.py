"""A rule for any step beside how long cases are open: it alone says who has come to it."""

from datetime import date

from metrics.disclosure.closing import lasts_of
from metrics.disclosure.fates import LATER, Months, fates
from metrics.disclosure.lengths import Lengths
from metrics.disclosure.runs import Sides, Span, runs_of
from metrics.disclosure.tables import Closing
from tests.specs.test_closed import DAYS, LED, MARCH_31, OWN, QUARTER


def test_who_is_open_for_seven_days_has_come_to_a_rule_of_seven():
    known = fates(Lengths.always(7, 7), lasts_of(LED), DAYS, first=0, closes=False)
    march, april = 2, 3
    assert known[march, "open", 8] == {(march, "come")}
    assert known[march, "open", 0] == {(march, "come"), (april, LATER)}
    # Of 31 days it has come to nobody who is open for less.
    longer = fates(Lengths.always(31, 31), lasts_of(LED), DAYS, first=0, closes=False)
    assert longer[march, "open", 15] == {(april, LATER)}


def test_who_was_received_early_is_held_against_a_rule_for_any_step():
    """By how long they took or are open: those of eight days and more have come to seven."""
    names = {name: frozenset({name}) for name in ("ended", "open")}
    come = frozenset(name for name, _ in OWN[:3])
    seven = Closing(Lengths.always(7, 7), {**names, "come": come}, closes=False)
    found = runs_of(
        seven, Sides("own", "led", OWN, LED, ("not_due",)), DAYS, 0, (0,), stands=True
    )
    few = {frozenset(LED[at] for _, cells in run.fewer.months for at in cells) for run in found}
    long = {(name, band) for name in ("ended", "open") for band in (8, 15, 31)}
    assert any(each & long == each and ("ended", 31) in each for each in few)
    # How long a case took that ended soon says nothing of when it was received.
    assert ("ended", 0) not in set().union(*few)


def test_who_was_open_when_the_quarter_before_ended_comes_to_a_rule_in_this_one():
    # Open for 0 to 14 days on the last of March: due by eight weeks in the second half of May.
    firsts = (*QUARTER, *(date(2024, month, 1) for month in range(4, 8)))
    looks = (MARCH_31,) * 3 + (date(2024, 6, 30).toordinal(),) * 3
    months = Months(tuple(on.toordinal() for on in firsts), looks)
    come = frozenset(name for name, _ in OWN[:3])
    names = {"open": frozenset({"open"}), "ended": frozenset({"ended"}), "come": come}
    weeks = Closing(Lengths.always(56, 56), names, closes=False)
    sides = Sides("own", "led", OWN, LED, ("not_due",))
    found = {run.fewer: run.more for run in runs_of(weeks, sides, months, 3, (0,), stands=True)}
    march = Span("led", ((2, (LED.index(("open", 0)), LED.index(("open", 8)))),))
    assert found[march] == Span("own", ((4, (0, 1, 2)),))
    # Sums over the looks of two quarters say little that those of each do not.
    assert all({month < 3 for month, _ in few.months} != {True, False} for few in found)
