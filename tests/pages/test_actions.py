"""The page of corrective actions: who was in time, what worked, and since when."""

from datetime import date

from dashboard import actions
from tests.pages.reading import charts, words
from tests.pages.test_loop import DONE, LATE
from tests.releases import MONTHS, release
from tests.shelves import put

SEEN = [
    {
        "action": "letters",
        "month": month,
        "side": "before" if month < date(2025, 5, 1) else "after",
        "count": 14 if month < date(2025, 5, 1) else 19,
        "of": 20.0,
        "value": 0.7 if month < date(2025, 5, 1) else 0.95,
        "centre": 0.7 if month < date(2025, 5, 1) else 0.95,
        "lower": 0.5,
        "upper": 1.0,
        "signal": "usual",
    }
    for month in MONTHS
]


def test_the_headline_counts_who_was_in_time_and_what_worked():
    assert actions.sentence([DONE, LATE]) == (
        "Of two actions, one was done in time and one is overdue."
    )
    assert actions.sentence([LATE]) == "One action: overdue."
    assert actions.effect_sentence([DONE, LATE]) == "Of the one that is done, one worked."
    assert actions.effect_sentence([LATE]) == (
        "None of them is done, so nothing can be said of what they changed."
    )
    again = DONE | {"recurrence": "recurred"}
    unknown = DONE | {"effect": "too_few", "recurrence": "not_applicable"}
    assert actions.effect_sentence([again, unknown]) == (
        "Of the two that are done, one worked and of one nothing can be said."
        " One fell back within a year."
    )


def test_the_page_says_what_worked_with_counts_and_interval_and_charts_it(opened, tmp_path):
    put(tmp_path, release(actions=[DONE, LATE], action_months=SEEN))
    test = opened("25_actions", folder=tmp_path)
    said = words(test)
    for part in (
        "Of two actions, one was done in time and one is overdue.",
        "70% (500 of 710) before, 95% (630 of 660) after. It held for twelve months.",
        "Change: +10 to +30 points (99% interval).",
        "A 20 April 2025: Letters are drafted with the decision; limits begin anew",
    ):
        assert part in said
    assert len(charts(test)) == 1


def test_an_action_without_a_figure_to_chart_is_listed_alone(opened, tmp_path):
    put(tmp_path, release(actions=[LATE]))
    test = opened("25_actions", folder=tmp_path)
    assert "Overdue" in words(test)
    assert charts(test) == []
