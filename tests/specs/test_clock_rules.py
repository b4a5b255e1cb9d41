"""What moves a clock: hours, day rules, pauses, fallbacks, rounds, sets of steps."""

from datetime import date

import pytest

from etl.working_days import public_holidays
from tests.rule_files import rule


def judged(store, *columns):
    columns = columns or ("due_on", "result")
    found = store.frame(
        f"select case_key, {', '.join(columns)} from core.deadlines order by all"
    )
    return {row[0]: row[1:] if len(columns) > 1 else row[1] for row in found.iter_rows()}


HOURS = {"within": "24", "unit": '"hours"'}


def at(*lines):
    """Events with the day in London and the instant in UTC."""
    return "\n".join(["case | kind | on | at", *lines])


# The first day


@pytest.mark.parametrize(
    ("received", "due"),
    [
        pytest.param("2024-06-07 15:59", date(2024, 6, 10), id="Friday, 16:59 in London"),
        pytest.param("2024-06-07 16:00", date(2024, 6, 11), id="Friday, 17:00: as on Monday"),
        pytest.param("2024-06-08 09:00", date(2024, 6, 11), id="Saturday: as on Monday"),
    ],
)
def test_a_start_after_hours_counts_as_the_next_working_day_s(core, received, due):
    late = '{ closes = "17:00", counts_as = "next_working_day" }'
    rules = rule(within="1", unit='"working_days"', after_hours=late)
    events = at(f"A | received | {received[:10]} | {received}")
    assert judged(core(as_of="2024-07-01", rules=rules, events=events), "due_on") == {"A": due}


def test_a_start_after_hours_may_count_as_the_next_day_s(core):
    late = '{ closes = "17:00", counts_as = "next_day" }'
    events = at("A | received | 2024-06-07 | 2024-06-07 16:00")
    store = core(as_of="2024-07-01", rules=rule(after_hours=late), events=events)
    assert judged(store, "due_on") == {"A": date(2024, 6, 15)}


@pytest.mark.parametrize(
    ("within", "unit", "start", "due"),
    [
        ("1", "months", "2024-01-31", date(2024, 2, 29)),
        ("1", "months", "2023-01-30", date(2023, 2, 28)),
        ("6", "months", "2023-08-29", date(2024, 2, 29)),
        ("1", "years", "2024-02-29", date(2025, 2, 28)),
        ("2", "weeks", "2024-03-18", date(2024, 4, 1)),
    ],
)
def test_months_end_on_the_day_of_the_same_number_or_the_month_s_last(
    core, within, unit, start, due
):
    events = f"case | kind | on\nA | received | {start}"
    rules = rule(within=within, unit=f'"{unit}"')
    assert judged(core(as_of="2025-06-01", rules=rules, events=events), "due_on") == {"A": due}


def test_an_end_on_no_working_day_moves_only_where_the_rule_says_so(core):
    events = "case | kind | on\nA | received | 2024-03-22"
    for roll, due in (("none", date(2024, 3, 29)), ("next_working_day", date(2024, 4, 2))):
        store = core(as_of="2024-06-01", rules=rule(roll=f'"{roll}"'), events=events,
                     calendar="GB-ENG")  # fmt: skip
        assert judged(store, "due_on")["A"] == due
        store.execute("delete from staging.events")
        store.execute("delete from staging.cases")
        store.execute("delete from staging.deliveries")


def test_a_rule_may_have_a_calendar_of_its_own(core):
    events = "case | kind | on\nA | received | 2024-03-28"
    rules = rule(within="2", unit='"working_days"', calendar='"GB-SCT"')
    store = core(as_of="2024-06-01", rules=rules, events=events, calendar="GB-ENG")
    assert judged(store, "due_on") == {"A": date(2024, 4, 2)}


# Pauses


def paused(core, events, **more):
    header = "case | kind | on | level\n" + "A | received | 2024-01-01 |\n"
    rules = rule(**{"pauses": '["paused"]', **more})
    seen = "X | received | 2023-01-01 |\nX | acknowledged | 2023-01-02 |\n"
    store = core(as_of="2024-02-01", rules=rules, events=header + seen + events)
    found = store.frame(
        "select due_on, result, paused_days from core.deadlines where case_key = 'A'"
    )
    return found.row(0)


def test_time_that_is_paused_does_not_count(core):
    events = "A | paused | 2024-01-03 |\nA | resumed | 2024-01-06 |"
    assert paused(core, events) == (date(2024, 1, 11), "missed", 3)


def test_without_a_word_in_the_rule_no_pause_counts(core):
    events = "A | paused | 2024-01-03 |\nA | resumed | 2024-01-06 |"
    assert paused(core, events, pauses="[]") == (date(2024, 1, 8), "missed", 0)


def test_two_pauses_at_once_are_one(core):
    events = """
        A | paused  | 2024-01-03 | police
        A | paused  | 2024-01-04 | illness
        A | resumed | 2024-01-06 | police
        A | resumed | 2024-01-09 | illness
    """
    assert paused(core, events) == (date(2024, 1, 14), "missed", 6)


def test_two_paused_states_in_a_row_are_one_pause(core):
    events = "A | paused | 2024-01-03 |\nA | paused | 2024-01-04 |\nA | resumed | 2024-01-06 |"
    assert paused(core, events)[0] == date(2024, 1, 11)


def test_a_pause_when_the_time_is_used_up_gives_none_back(core):
    events = "A | paused | 2024-01-09 |\nA | resumed | 2024-01-20 |"
    assert paused(core, events) == (date(2024, 1, 8), "missed", 11)


def test_a_second_pause_counts_where_the_first_one_made_room_for_it(core):
    events = """
        A | paused  | 2024-01-07 |
        A | resumed | 2024-01-10 |
        A | paused  | 2024-01-11 |
        A | resumed | 2024-01-13 |
    """
    assert paused(core, events)[0] == date(2024, 1, 13)


def test_a_pause_that_nobody_ended_runs_to_the_end_of_the_as_of_day(core):
    events = "A | paused | 2024-01-03 |"
    assert paused(core, events) == (date(2024, 2, 7), "not_due", 30)


def test_paused_working_time_leaves_out_the_weekends_within_it(core):
    # Four working days from Monday; paused from Thursday to Tuesday: three working days.
    events = "A | paused | 2024-01-04 |\nA | resumed | 2024-01-09 |"
    working = {"within": "4", "unit": '"working_days"'}
    assert paused(core, events, **working)[0] == date(2024, 1, 10)


def test_a_pause_over_a_weekend_alone_gives_no_working_day_back(core):
    events = "A | paused | 2024-01-06 |\nA | resumed | 2024-01-08 |"
    working = {"within": "6", "unit": '"working_days"'}
    assert paused(core, events, **working)[:1] == (date(2024, 1, 9),)


def test_paused_hours_are_counted_by_the_instant(core):
    events = at(
        "A | received     | 2024-01-08 | 2024-01-08 09:00",
        "A | paused       | 2024-01-08 | 2024-01-08 12:00",
        "A | resumed      | 2024-01-08 | 2024-01-08 18:30",
        "A | acknowledged | 2024-01-09 | 2024-01-09 15:30",
        "B | received     | 2024-01-08 | 2024-01-08 09:00",
        "B | acknowledged | 2024-01-09 | 2024-01-09 15:30",
    )
    store = core(as_of="2024-02-01", rules=rule(**HOURS, pauses='["paused"]'), events=events)
    assert judged(store, "result") == {"A": "met", "B": "met_late"}


def test_the_time_that_a_case_was_closed_counts_unless_the_rule_says_otherwise(core):
    events = "A | resolved | 2024-01-03 |\nA | reopened | 2024-01-10 |"
    assert paused(core, events, pauses='["paused"]')[0] == date(2024, 1, 8)


def test_the_time_that_a_case_was_closed_may_be_left_out(core):
    events = "A | resolved | 2024-01-03 |\nA | reopened | 2024-01-10 |"
    assert paused(core, events, pauses='["closed"]')[0] == date(2024, 1, 15)


def test_pauses_and_closed_time_at_once_are_one(core):
    events = """
        A | resolved | 2024-01-03 |
        A | paused   | 2024-01-05 |
        A | reopened | 2024-01-10 |
        A | resumed  | 2024-01-12 |
    """
    assert paused(core, events, pauses='["paused", "closed"]')[0] == date(2024, 1, 17)


# The last time, and several ways to stop


def test_the_last_closure_may_be_the_one_that_counts(core):
    events = """
        case | kind     | on
        A    | received | 2024-01-01
        A    | resolved | 2024-01-03
        A    | reopened | 2024-01-05
        A    | resolved | 2024-01-20
        B    | received | 2024-01-01
        B    | resolved | 2024-01-03
        B    | reopened | 2024-01-05
    """
    for stop, told in (("first", ("met", "met")), ("last", ("met_late", "missed"))):
        rules = rule(to='"resolved"', stop=f'"{stop}"', name=f'"{stop}"')
        store = core(as_of="2024-03-01", rules=rules, events=events)
        found = store.frame("select result from core.deadlines order by case_key")
        assert tuple(found["result"]) == told
        for table in ("events", "cases", "deliveries"):
            store.execute(f"delete from staging.{table}")


def test_the_fallback_may_count_as_soon_as_the_start_is_late(core):
    events = """
        case | kind         | on
        A    | received     | 2024-01-01
        A    | acknowledged | 2024-01-08
        B    | received     | 2024-01-01
        B    | acknowledged | 2024-01-09
        C    | received     | 2024-01-01
    """
    fallback = '{ from = "received", within = 7, unit = "calendar_days", when = "not_in_time" }'
    rules = rule(from_='"acknowledged"', to='"informed"', within="1", unit='"months"',
                 fallback=fallback)  # fmt: skip
    store = core(as_of="2024-01-20", rules=rules, events=events)
    assert judged(store, "due_on") == dict.fromkeys("ABC", date(2024, 2, 8))


def test_a_rule_may_be_for_cases_that_came_to_something(core):
    cases = "case | outcome\nA | substantiated\nB | unsubstantiated\nC |\nD |"
    events = """
        case | kind     | on
        A    | received | 2024-01-01
        A    | resolved | 2024-01-10
        B    | received | 2024-01-01
        B    | resolved | 2024-01-10
        C    | received | 2024-01-01
        C    | resolved | 2024-01-10
        D    | received | 2024-01-01
    """
    rules = rule(
        from_='"resolved"', to='"informed"', applies_to='{ outcome = ["substantiated"] }'
    )
    store = core(as_of="2024-03-01", rules=rules, events=events + "A | informed | 2024-01-11\n",
                 cases=cases)  # fmt: skip
    assert judged(store, "result") == {"A": "met", "C": "not_assessable", "D": "not_applicable"}


def test_an_update_is_owed_every_so_many_days_until_the_end(core):
    events = """
        case | kind     | on
        A    | received | 2024-01-01
        A    | updated  | 2024-01-08
        A    | updated  | 2024-01-20
        B    | received | 2024-01-01
    """
    rules = rule(to='"updated"', repeats="true", lifted_by='{ events = ["resolved"] }')
    store = core(as_of="2024-01-31", rules=rules, events=events)
    found = store.frame("select case_key, round, result from core.deadlines order by all")
    assert found.rows() == [
        ("A", 1, "met"), ("A", 2, "met_late"), ("A", 3, "missed"), ("B", 1, "missed"),
    ]  # fmt: skip


# Calendars that stay as they were


def test_a_later_list_of_holidays_changes_no_day_that_was_judged(core):
    events = "case | kind | on\nA | received | 2024-03-27"
    rules = rule(within="2", unit='"working_days"')
    store = core(as_of="2024-06-01", rules=rules, events=events, calendar="GB-ENG")
    kept = store.frame(
        "select distinct calendar, list from staging.holidays where day = date '2024-03-29'"
    )
    assert kept.row(0)[0] == "GB-ENG"
    assert kept.row(0)[1].startswith("holidays ")
    until = store.frame("select kept_until from staging.calendars")["kept_until"]
    assert until.to_list() == [date(2024, 6, 1)]


def test_a_changed_library_of_holidays_does_not_change_what_was_judged(core, monkeypatch):
    told = {
        "as_of": "2024-06-01",
        "rules": rule(within="2", unit='"working_days"'),
        "events": "case | kind | on\nA | received | 2024-03-27",
        "calendar": "GB-ENG",
    }
    assert judged(core(**told), "due_on") == {"A": date(2024, 4, 2)}
    # A later library knows nothing of Easter, and has a holiday on the day that is due.
    monkeypatch.setattr(
        "holidays.country_holidays", lambda *_, **__: {date(2024, 4, 2): "Invented"}
    )
    assert public_holidays("GB-ENG", first=2024, last=2024) == {date(2024, 4, 2): "Invented"}
    store = core(**told | {"deliveries": AGAIN, "cases": "case | snapshot\nA | 3"})
    assert judged(store, "due_on") == {"A": date(2024, 4, 2)}


# The same desk delivers again.
AGAIN = """
    snapshot | source | export  | grain | as_of
    3        | desk   | cases   | case  | 2024-06-01
"""
