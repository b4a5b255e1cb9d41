"""An extension counts where it was recorded in time, and to the day that it names itself."""

from datetime import date

import pytest

from tests.rule_files import rule

# Received on Monday 1 January: due on Monday 8 January without an extension.
OPEN = '[{ event = "extended" }]'
UP_TO_10_MORE = '[{ event = "extended", adds = 10 }]'
UP_TO_3_WEEKS = '[{ event = "extended", within = 3, unit = "weeks" }]'


def ended(core, events, *, as_of="2024-06-01", **rules):
    """Due day, result and branch of the one case, received on 1 January."""
    text = rule(**{"extensions": OPEN, **rules})
    header = "case | kind | on | until_on\nA | received | 2024-01-01 |\n"
    seen = "X | received | 2023-01-01 |\nX | acknowledged | 2023-01-02 |\n"
    store = core(as_of=as_of, rules=text, events=header + seen + events)
    found = store.frame(
        "select due_on, result, branch from core.deadlines where case_key = 'A'"
    )
    return found.row(0)


@pytest.mark.parametrize(
    ("done", "result", "branch"),
    [
        ("2024-01-20", "met", "done in time; put off in time"),
        ("2024-01-21", "met_late", "done after the day; put off in time"),
    ],
)
def test_an_extension_ends_on_the_day_that_it_names(core, done, result, branch):
    events = f"A | extended | 2024-01-05 | 2024-01-20\nA | acknowledged | {done} |"
    assert ended(core, events) == (date(2024, 1, 20), result, branch)


@pytest.mark.parametrize(
    ("recorded", "due"),
    [("2024-01-08", date(2024, 1, 20)), ("2024-01-09", date(2024, 1, 8))],
)
def test_it_counts_on_the_last_day_and_no_longer_on_the_day_after(core, recorded, due):
    assert ended(core, f"A | extended | {recorded} | 2024-01-20")[0] == due


@pytest.mark.parametrize(
    ("named", "due"),
    [
        pytest.param("2024-01-12", date(2024, 1, 12), id="four of the ten days"),
        pytest.param("2024-01-18", date(2024, 1, 18), id="all ten"),
        pytest.param("2024-01-19", date(2024, 1, 18), id="more than the rule allows"),
        pytest.param("", date(2024, 1, 18), id="no day named: what the rule allows"),
        pytest.param("2024-01-04", date(2024, 1, 8), id="a day before: nothing is put off"),
    ],
)
def test_the_named_day_counts_up_to_what_the_rule_allows(core, named, due):
    events = f"A | extended | 2024-01-05 | {named}"
    assert ended(core, events, extensions=UP_TO_10_MORE)[0] == due


@pytest.mark.parametrize(
    ("named", "due"), [("2024-01-15", date(2024, 1, 15)), ("2024-02-15", date(2024, 1, 22))]
)
def test_a_length_in_all_is_the_most_that_a_named_day_can_reach(core, named, due):
    events = f"A | extended | 2024-01-05 | {named}"
    assert ended(core, events, extensions=UP_TO_3_WEEKS)[0] == due


def test_without_a_named_day_an_open_extension_leaves_a_late_end_undecided(core):
    events = "A | extended | 2024-01-05 |\nA | acknowledged | 2024-01-09 |"
    assert ended(core, events)[:2] == (date(2024, 1, 8), "not_assessable")


def test_extensions_follow_one_another_while_each_is_recorded_in_time(core):
    events = """
        A | extended | 2024-01-08 | 2024-01-15
        A | extended | 2024-01-15 | 2024-01-25
        A | extended | 2024-01-25 | 2024-02-05
    """
    assert ended(core, events)[:2] == (date(2024, 2, 5), "missed")


def test_after_a_gap_in_the_chain_nothing_is_put_off_any_more(core):
    # The second came on the day after the first had run out, so that the third is late too.
    events = """
        A | extended | 2024-01-08 | 2024-01-15
        A | extended | 2024-01-16 | 2024-01-25
        A | extended | 2024-01-20 | 2024-02-05
    """
    assert ended(core, events)[0] == date(2024, 1, 15)


def test_a_named_day_has_the_pauses_before_it_in_itself_and_later_ones_put_it_off(core):
    # Two days paused before the extension was agreed, three after it.
    events = """
        A | paused   | 2024-01-02 |
        A | resumed  | 2024-01-04 |
        A | extended | 2024-01-05 | 2024-01-20
        A | paused   | 2024-01-10 |
        A | resumed  | 2024-01-13 |
    """
    assert ended(core, events, pauses='["paused"]')[0] == date(2024, 1, 23)


def test_an_earlier_as_of_day_knows_of_no_later_extension(core):
    events = "A | extended | 2024-01-05 | 2024-01-20"
    assert ended(core, events, as_of="2024-01-04")[0] == date(2024, 1, 8)
