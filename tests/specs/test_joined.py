"""Two metrics that count the same cases, added up by somebody who knows that they do.

Every case has a deadline of seven days from its receipt, so that as many fall due as were
received, a week later. Rounded each by itself, "5 received" beside "0 due" proves 1 to 4.
"""

from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from etl.rules import Rules, read_rules
from etl.store import Store
from metrics import declaring
from metrics.attack.clocks import DaysOff
from metrics.attack.closed import rules_in
from metrics.attack.joined import joined, links_in
from metrics.attack.nested import scopes_in
from metrics.attack.told import read
from metrics.attack.versions import owed_in
from metrics.delays import arrivals, delays, scopes
from metrics.disclosure.following import Common, Follower, Link, beside, link_of
from metrics.disclosure.following_room import narrowed
from metrics.disclosure.lengths import ALWAYS, Length, Lengths
from metrics.disclosure.policy import Policy
from metrics.disclosure.spacing import Spacing
from metrics.reach import Off
from metrics.sealed import rules_table
from metrics.sealing import UnsafeError
from tests.running import ends, manifest
from tests.specs.measured import filled, judge, sealed

BANDS = (0, 61)
START = date(2024, 1, 1)
BOARD = Policy("board", "rounding", base=5, min_denominator=20, bands=BANDS)
PUBLIC = Policy("public", "rounding", base=10, min_denominator=50, bands=BANDS)
UNITS = 8


def little_of_many() -> tuple[str, str]:
    """Eight units with one to four cases each in the first month of a quarter."""
    events, units = ["case | kind | on"], ["case | unit"]
    for unit in range(UNITS):
        for number in range(1 + unit % 4):
            name = f"{unit}-{number}"
            events += [f"{name} | received | 2024-01-0{1 + number}"]
            events += [f"{name} | acknowledged | 2024-01-0{2 + number}"]
            units += [f"{name} | unit_{unit}"]
    return "\n".join(events), "\n".join(units)


@pytest.fixture
def small_units(store: Store, tmp_path: Path) -> Store:
    events, units = little_of_many()
    return (
        judge(filled(store, tmp_path, as_of="2024-03-31", events=events, cases=units)) or store
    )


def test_metrics_that_are_rounded_together_tell_no_more_together(small_units, tmp_path):
    paths = [
        sealed(small_units, to=tmp_path, policy=policy, everybody=(BOARD, PUBLIC))
        for policy in (BOARD, PUBLIC)
    ]
    told = [read(path) for path in paths]
    assert [link.lag for link in links_in(told[0])] == [1]
    for starts_empty in (False, True):
        found = joined(told, starts_empty=starts_empty)
        assert [one.releases for one in found] == [1, 1, 2]
        assert all(one.targets > 50 for one in found)
        assert all(one.passed for one in found)


def test_metrics_that_are_rounded_apart_stop_the_release(small_units, tmp_path, monkeypatch):
    table = declaring.Table
    monkeypatch.setattr(declaring, "Table", lambda **told: table(**told | {"follows": None}))
    with pytest.raises(UnsafeError, match="board who adds up its metrics"):
        sealed(small_units, to=tmp_path, policy=BOARD)


def follower(*told: int, lags: dict[int, int | None] | None = None) -> Follower:
    """One level with one cell in each month, all told now."""
    counts = np.array(told).reshape(1, len(told), 1)
    given = {0: 0} if lags is None else lags
    spaced = {level: Spacing.lagged(0, lag, len(told)) for level, lag in given.items()}
    return Follower(counts, range(len(told)), [], Link(spaced, ()))


@pytest.mark.parametrize(
    ("received", "due", "less"),
    [
        (5, 5, 0),
        (0, 0, 0),
        (5, 0, 2),  # both are 1 to 4
        (0, 5, 2),
        (10, 5, 2),  # both are 6 to 9
        (15, 15, 0),
    ],
)
def test_two_looks_at_the_same_cases_leave_less_room(received, due, less):
    led = np.array([[received]])
    found = narrowed(led, [follower(due)], [(0, 1)], 5, [{}, {}])
    assert found == less


def test_a_sum_that_may_be_further_off_leaves_more_room():
    led = np.array([[10]])
    assert narrowed(led, [follower(5)], [(0, 1)], 5, [{}, {0: Off(month=1)}]) == 0
    # A quarter may be as far off while its months are near, and the other way round.
    assert narrowed(led, [follower(5)], [(0, 1)], 5, [{}, {0: Off(quarter=1)}]) > 0


def test_what_is_due_a_month_later_may_be_told_a_month_later():
    led = np.array([[5, 0]])
    assert narrowed(led, [follower(0, 5, lags={0: 1})], [(0, 1), (1, 2)], 5, [{}, {}]) == 0
    assert narrowed(led, [follower(0, 5, lags={0: 0})], [(0, 1), (1, 2)], 5, [{}, {}]) > 0


def test_how_a_metric_follows_is_read_off_the_truth_unless_readers_know_it():
    led = np.array([[3, 2], [1, 1]])
    due = np.array([[2, 3], [2, 1]])[:, :, np.newaxis]
    after, at_once = Spacing.lagged(0, 1, 2), Spacing.lagged(0, 0, 2)
    assert link_of(led, due, [], 1, Common({})).spaced == {0: after}
    assert link_of(led, due, [], 1, Common({1: at_once})).spaced == {0: after, 1: at_once}


def test_what_follows_is_tethered_to_what_is_told_beside_it():
    tether = beside(np.array([[0, 0]]), [follower(0, 0, lags={0: 1})], [1, 1], base=5)
    # Columns: what is followed, what follows. Never ahead, by each month; never behind.
    assert tether.weights.tolist() == [
        [[-1, 1], [0, 0]],
        [[-1, 1], [0, 1]],
        [[-1, 1], [-1, 1]],
    ]
    assert tether.lower.tolist() == [[-np.inf, 0, -np.inf]]
    assert tether.upper.tolist() == [[0, np.inf, 0]]
    assert tether.off(np.array([[[1, 0], [1, 0]]])) == 1


# Ends that move to a working day ------------------------------------------------------------


def moved(name: str, within: int, unit: str, to: str = "acknowledged") -> str:
    return f"""
[[deadline]]
name = "{name}"
title = "{name}"
from = "received"
to = "{to}"
within = {within}
unit = "{unit}"
roll = "next_working_day"
basis = "Policy, section 1"
"""


def told_of(folder: Path, text: str) -> tuple[Rules, SimpleNamespace]:
    """Rules, and a release that tells of them in words."""
    (folder / "rules").mkdir()
    (folder / "rules" / "rules.toml").write_text(text, encoding="utf-8")
    rules = read_rules(folder / "rules")
    words = rules_table(rules.deadlines)
    told = manifest(rules, ends())
    release = SimpleNamespace(table=lambda _: words, manifest=told)
    return rules, SimpleNamespace(release=release)


def days_by_words(told) -> tuple[Length, ...]:
    """How long the one rule runs, by the release's words and days off."""
    [rule] = owed_in(told)
    found = DaysOff.of(told.release.manifest).lengths(rule)
    return tuple(
        Length(one.fewest, one.most, one.first if at else ALWAYS, one.last)
        for at, one in enumerate(found)
    )


def spread(lengths) -> tuple[int, int]:
    """The fewest and most days of cases received in 2024."""
    own = [each for each in lengths if each.last >= START.toordinal()]
    assert all(each.fewest == each.most for each in own), "the calendar says which day it is"
    return min(each.fewest for each in own), max(each.most for each in own)


@pytest.mark.parametrize(
    ("within", "unit", "lag", "days"),
    [
        (7, "calendar_days", 1, (7, 9)),
        (20, "calendar_days", 1, (20, 22)),
        (3, "months", 4, (90, 94)),
        (10, "working_days", 1, (12, 14)),
    ],
)
def test_an_end_that_moves_to_a_working_day_is_known_by_the_calendar(
    tmp_path, within, unit, lag, days
):
    rules, told = told_of(tmp_path, moved("reply", within, unit))
    made = delays(rules, START, ends())["reply"]
    assert spread(made.days.versions) == days
    assert days_by_words(told) == made.days.versions
    assert [made.months, *(link.lag for link in links_in(told))] == [lag, lag]


def test_a_closing_on_no_working_day_may_be_in_time(tmp_path):
    rules, told = told_of(tmp_path, moved("close", 30, "calendar_days", to="resolved"))
    closing = delays(rules, START, ends())["close"].closing
    assert spread(closing.days.versions) == (30, 32)
    assert [(rule.within, rule.beyond) for rule in rules_in(told)] == [(30, 32)]


def test_a_holiday_makes_ten_working_days_longer(tmp_path):
    """Received on Monday 18 March, they end on Monday 1 April, or a day later if it is off."""
    rules, _ = told_of(tmp_path, moved("reply", 10, "working_days"))
    easter = {date(2024, 4, 1): "Easter Monday"}
    on = date(2024, 3, 18).toordinal()
    found = [
        delays(rules, START, known)["reply"].days.at(on) for known in (ends(), ends(easter))
    ]
    assert found == [(14, 14), (15, 15)]


WEEK = [date(2024, 3, day).toordinal() for day in (4, 8)]  # Monday and Friday
STANDING = {
    "by a calendar of its own": ('calendar = "none"\n', (12, 14)),
    "advisory": ('force = "advisory"\n', (12, 14)),
    "the reporter's own": ('whose = "reporter"\n', (12, 14)),
    "from the day itself": ('day_one = "same_day"\n', (11, 13)),
}


@pytest.mark.parametrize(("term", "days"), STANDING.values(), ids=STANDING)
def test_what_stands_beside_a_clock_does_not_hide_when_it_runs_out(tmp_path, term, days):
    rules, told = told_of(tmp_path, moved("reply", 10, "working_days") + term)
    made = delays(rules, START, ends())["reply"]
    assert spread(made.days.versions) == days
    assert days_by_words(told) == made.days.versions


def test_where_the_hour_counts_the_day_is_known_but_for_a_working_day(tmp_path):
    late = 'after_hours = { closes = "17:00", counts_as = "next_working_day" }\n'
    rules, told = told_of(tmp_path, moved("reply", 2, "working_days") + late)
    made = delays(rules, START, ends())["reply"].days
    thursday, friday = (date(2024, 3, day).toordinal() for day in (7, 8))
    assert (made.at(thursday), made.at(friday)) == ((4, 5), (4, 5))
    assert days_by_words(told) == made.versions


LATER = (
    'pauses = ["paused"]\n',
    'restarts = ["reopened"]\n',
    'extensions = [{ event = "extended" }]\n',
)


@pytest.mark.parametrize("term", LATER)
def test_what_puts_off_single_clocks_leaves_it_known_how_soon_they_run_out(tmp_path, term):
    rules, told = told_of(tmp_path, moved("reply", 2, "working_days") + term)
    made = delays(rules, START, ends())["reply"]
    assert (made.months, made.closing) == (None, None)
    assert made.days.soonest(*WEEK) == date(2024, 3, 6).toordinal()
    assert made.days.at(WEEK[0])[1] > 10_000
    assert days_by_words(told) == made.days.versions
    assert not links_in(told)


@pytest.mark.parametrize("term", ['within = 10, unit = "working_days"', "adds = 8"])
def test_an_extension_puts_a_clock_off_so_far_and_no_further(tmp_path, term):
    rules, told = told_of(
        tmp_path,
        moved("reply", 2, "working_days")
        + f'extensions = [{{ event = "extended", {term} }}]\n',
    )
    made = delays(rules, START, ends())["reply"]
    assert made.days.at(WEEK[0]) == (2, 14)
    assert days_by_words(told) == made.days.versions
    assert [made.months, *(link.lag for link in links_in(told))] == [1, 1]


def test_a_case_that_needs_no_answer_has_its_day_all_the_same(tmp_path):
    lifted = 'lifted_by = { events = ["resolved"], within = 1, unit = "working_days" }\n'
    rules, told = told_of(tmp_path, moved("reply", 2, "working_days", "resolved") + lifted)
    made = delays(rules, START, ends())["reply"]
    assert made.days.at(WEEK[0]) == (2, 2)
    # That it was closed in time does not say with what result.
    assert (made.closing, rules_in(told)) == (None, [])


def test_a_clock_that_starts_elsewhere_or_for_some_reason_is_in_no_calendar(tmp_path):
    text = moved("reply", 2, "working_days")
    fallback = (
        'fallback = { from = "triaged", within = 3, unit = "weeks", when = "not_done" }\n'
    )
    rules, told = told_of(tmp_path, text + fallback)
    assert not delays(rules, START, ends())
    assert not links_in(told)


def test_a_rule_is_for_the_levels_that_one_of_its_versions_names(tmp_path):
    """And for those that nobody recorded, of which it is not known."""
    serious = 'applies_to = { severity = ["high"] }\n'
    both = 'applies_to = { severity = ["medium"], unit = ["depot"] }\n'
    changed = version(40, until="2024-06-01") + serious + version(7, since="2024-06-01") + both
    rules, told = told_of(tmp_path, changed)
    assert scopes(rules) == {"reply": {"severity": {"high", "medium", "unknown"}}}
    assert scopes_in(told) == {"reply": {"severity": {"high", "medium"}}}


def test_a_rule_for_all_is_for_every_level(tmp_path):
    rules, told = told_of(tmp_path, version(7))
    assert scopes(rules) == scopes_in(told) == {"reply": {}}


# Rules in several versions ------------------------------------------------------------------


def version(within: int, *, to: str = "acknowledged", since: str = "", until: str = "") -> str:
    """A rule called reply, in force between two days."""
    plain = moved("reply", within, "calendar_days", to).replace(
        'roll = "next_working_day"\n', ""
    )
    dates = (("in_force_from", since), ("in_force_until", until))
    return plain + "".join(f"{name} = {day}\n" for name, day in dates if day)


def test_a_rule_that_was_changed_is_held_against_the_cases_received_all_the_same(tmp_path):
    """Judged within 40 days until June and within 7 since, by the day of the receipt."""
    changed = version(40, until="2024-06-01") + version(7, since="2024-06-01")
    rules, told = told_of(tmp_path, changed)
    made = delays(rules, START, ends())["reply"]
    june = date(2024, 6, 1).toordinal()
    days = Lengths((Length(40, 40, last=june - 1), Length(7, 7, june)))
    assert (made.months, made.days) == (2, days)
    assert arrivals(rules, START, ends())["reply"].days == days
    [link] = links_in(told)
    assert link.lag == 2
    # By the end of July has come all of before July: of May in 40 days, of June in 7.
    months = [date(2024, month, 1) for month in range(4, 9)]
    assert link.due_by(months) == [1, 2, 3, 3, 4, 5]


def test_a_rule_for_the_closing_that_was_changed_tells_what_both_versions_do(tmp_path):
    changed = version(30, to="resolved", until="2024-06-01") + version(
        14, to="resolved", since="2024-06-01"
    )
    rules, told = told_of(tmp_path, changed)
    closing = delays(rules, START, ends())["reply"].closing
    june = date(2024, 6, 1).toordinal()
    assert closing.days == Lengths((Length(30, 30, last=june - 1), Length(14, 14, june)))
    [rule] = rules_in(told)
    assert [(one.fewest, one.most) for one in rule.lengths] == [(30, 30), (14, 14)]
    assert [one.first for one in rule.lengths] == [date.min.toordinal(), june]
    assert (rule.within, rule.beyond) == (14, 30)


@pytest.mark.parametrize(
    "changed",
    [
        version(30, until="2024-06-01") + version(7, since="2024-07-01"),
        version(30, until="2024-06-01"),
        version(30, since="2024-02-01"),
        version(30, until="2024-06-01")
        + version(7, since="2024-06-01").replace('"received"', '"triaged"'),
    ],
    ids=["a gap", "gone", "later", "from another step"],
)
def test_versions_that_leave_cases_out_or_start_elsewhere_say_nothing(tmp_path, changed):
    rules, told = told_of(tmp_path, changed)
    assert not delays(rules, START, ends())
    assert not links_in(told)
    assert not rules_in(told)
