"""The day on which a rule runs out, from the calendar alone, is the one that cases have."""

from datetime import date, timedelta

import numpy as np
import pytest

from etl.due_days import Calendars, due_days, is_by_day
from etl.rules import read_rules
from tests.rule_files import rule

SINCE, DAYS = date(2023, 12, 1), 500  # over a leap day, two Christmases and both Easters
ROLLS = {"roll": '"next_working_day"'}
SAME_DAY = {"day_one": '"same_day"'}
CLOCKS = [
    {"within": "7", "unit": '"calendar_days"', **SAME_DAY},
    {"within": "2", "unit": '"weeks"', **ROLLS},
    {"within": "10", "unit": '"working_days"'},
    {"within": "10", "unit": '"working_days"', **SAME_DAY},
    {"within": "0", "unit": '"working_days"'},
    {"within": "3", "unit": '"working_days"', "calendar": '"GB-SCT"', "force": '"advisory"'},
    {"within": "3", "unit": '"months"', **SAME_DAY},
    {"within": "1", "unit": '"months"', "whose": '"reporter"', **ROLLS},
    {"within": "1", "unit": '"years"', **ROLLS},
    {"within": "1", "unit": '"months"', "year_end": '"03-31"'},
]
LATE = [
    {"within": "2", "unit": '"working_days"', "after_hours": after}
    for after in (
        '{ closes = "17:00", counts_as = "next_day" }',
        '{ closes = "17:00", counts_as = "next_working_day" }',
    )
]


def received(hours: tuple[int, ...]) -> str:
    """Cases, one of each hour on each day."""
    lines = [
        f"{day}T{hour} | received | {day} | {day} {hour}:30"
        for day in (SINCE + timedelta(days=at) for at in range(DAYS))
        for hour in hours
    ]
    return "\n".join(["case | kind | on | at", *lines])


def known(store, folder):
    """The rule, and the days on which it runs out for the days of the cases."""
    (deadline,) = read_rules(folder / "rules").deadlines
    starts = np.arange(DAYS) + SINCE.toordinal()
    calendars = Calendars.of(store, read_rules(folder / "rules"))
    return deadline, due_days(deadline, starts, calendars)


def due(store, hour: int) -> list[int]:
    rows = store.frame(
        "select due_on from core.deadlines where case_key like '%T' || $hour order by case_key",
        {"hour": str(hour)},
    )
    return [day.toordinal() for day in rows["due_on"]]


@pytest.mark.parametrize("clock", CLOCKS, ids=str)
def test_the_calendar_says_when_a_rule_runs_out(core, tmp_path, clock):
    store = core(
        as_of="2025-06-01", rules=rule(**clock), events=received((10,)), calendar="GB-ENG"
    )
    deadline, ((ends, last),) = known(store, tmp_path)
    assert is_by_day(deadline)
    assert ends.tolist() == last.tolist() == due(store, 10)


@pytest.mark.parametrize("clock", LATE, ids=str)
def test_after_hours_the_hour_says_which_of_two_days_it_is(core, tmp_path, clock):
    store = core(
        as_of="2025-06-01", rules=rule(**clock), events=received((10, 20)), calendar="GB-ENG"
    )
    deadline, ((in_time, _), (late, _)) = known(store, tmp_path)
    assert is_by_day(deadline)
    assert (in_time.tolist(), late.tolist()) == (due(store, 10), due(store, 20))
    assert (in_time != late).any()


def test_of_hours_the_first_and_last_day_are_known(core, tmp_path):
    clock = {"within": "48", "unit": '"hours"'}
    store = core(as_of="2025-06-01", rules=rule(**clock), events=received((1, 23)))
    _, ((first, last),) = known(store, tmp_path)
    for hour in (1, 23):
        for day, fewest, most in zip(due(store, hour), first, last, strict=False):
            assert fewest <= day <= most


@pytest.mark.parametrize(
    "extension",
    [
        '{ event = "extended", within = 45, unit = "calendar_days" }',
        '{ event = "extended", adds = 15 }',
    ],
)
def test_an_extension_is_known_by_the_days_that_it_may_add(core, tmp_path, extension):
    """30 days; of a case in two it was extended, to 45."""
    clock = {"within": "30", "extensions": f"[{extension}]"}
    events = received((10,)).splitlines()
    events += [
        line.replace("received", "extended").replace(":30", ":45") for line in events[1::2]
    ]
    store = core(as_of="2025-06-01", rules=rule(**clock), events="\n".join(events))
    deadline, ((first, last),) = known(store, tmp_path)
    assert is_by_day(deadline)
    days = np.array(due(store, 10))
    assert (days[1::2] == first[1::2]).all()
    assert (days[::2] == last[::2]).all()
    assert (last - first == 15).all()


def test_what_moves_the_end_of_single_cases_is_not_in_the_calendar(tmp_path):
    named = rule(name='"named"', extensions='[{ event = "extended" }]')
    text = rule(pauses='["paused"]') + named
    (tmp_path / "rules.toml").write_text(text, encoding="utf-8")
    assert not any(map(is_by_day, read_rules(tmp_path).deadlines))
