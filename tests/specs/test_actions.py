"""Corrective actions: in time or not, did the figure change, and did the gap come back?"""

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from etl.actions import SCHEMA
from etl.errors import WorkspaceError
from etl.rules import read_rules
from metrics.actions import followed, require_known
from metrics.exposure import average_people
from metrics.figures import Setting
from metrics.periods import months_between, next_month, periods
from metrics.release import TABLES
from tests.specs.measured import ACKNOWLEDGE

FIRST, LAST = date(2024, 1, 1), date(2026, 6, 30)
MONTHS = months_between(FIRST, LAST)
DONE = date(2025, 4, 20)  # the sixteenth month: 15 before it, 14 after
ACTION = {
    "line": 2,
    "action": "A1",
    "finding": "Every third letter came late",
    "change": "Letters are drafted with the decision",
    "kind": "workflow",
    "owner": "Ethics office",
    "accepted_on": date(2025, 2, 3),
    "due_on": date(2025, 4, 30),
    "done_on": DONE,
    "metric": "deadline_compliance",
    "measure": "share_met",
    "part": "inform",
    "breakdown": "all",
    "level": "all",
    "told": "everybody",
}
LEVELS = pl.DataFrame({"breakdown": ["unit"], "level": ["legal"], "position": [0]})


def told(
    met: list[int],
    of: int = 20,
    *,
    as_of: date = LAST,
    base: int = 1,
    places: int | None = None,
    **changes: Any,
) -> dict[str, Any]:
    """What is told of one action, where `met` of `of` were kept in each month."""
    shown = months_of(met[:places], of)
    return release_of(shown, as_of=as_of, base=base, **changes)["actions"].row(0, named=True)


def release_of(
    figures: pl.DataFrame, *, as_of: date = LAST, base: int = 1, **changes: Any
) -> dict[str, pl.DataFrame]:
    calendar = periods(FIRST, LAST, year_starts=1)
    people = average_people(
        pl.DataFrame(
            schema={
                "unit": pl.String, "from_on": pl.Date, "until_on": pl.Date, "people": pl.Float64
            }
        ),
        calendar,
        coverage=(FIRST, LAST),
    )  # fmt: skip
    setting = Setting(calendar, LEVELS, people, base=base, min_denominator=1)
    actions = pl.DataFrame([ACTION | changes], schema=SCHEMA)
    return followed(actions, figures, setting, as_of=as_of)


def months_of(met: list[int], of: int) -> pl.DataFrame:
    """The figures of the first months, in time or not."""
    rows = []
    for month, k in zip(MONTHS, met, strict=False):
        row: dict[str, Any] = dict.fromkeys(TABLES["figures"])
        row |= {name: ACTION[name] for name in ("metric", "measure", "part", "breakdown")}
        row |= {"level": "all", "period": "month", "period_start": month}
        row |= {"period_end": next_month(month), "complete": True, "value": k / of}
        row |= {"numerator": k, "denominator": float(of), "state": "ok", "reason": ""}
        rows.append(row)
    return pl.DataFrame(rows, schema=TABLES["figures"])


STEADY = [14] * 30
BETTER = [14] * 16 + [19] * 14


@pytest.mark.parametrize(
    ("done", "as_of", "timing"),
    [
        (date(2025, 4, 30), LAST, "on_time"),
        (date(2025, 5, 1), LAST, "late"),
        (None, date(2025, 4, 30), "open"),
        (None, date(2025, 5, 1), "overdue"),
        (date(2025, 5, 9), date(2025, 5, 1), "overdue"),
    ],
)
def test_an_action_is_in_time_late_open_or_overdue(done, as_of, timing):
    assert told(STEADY, as_of=as_of, done_on=done)["timing"] == timing


def test_an_action_that_is_accepted_later_is_not_known_yet():
    assert release_of(months_of(STEADY, 20), as_of=date(2025, 2, 2))["actions"].is_empty()


def test_what_is_before_is_the_year_up_to_the_acceptance_and_the_months_up_to_the_day_done():
    row = told(BETTER)
    assert (row["before_from"], row["before_until"]) == (date(2024, 2, 1), date(2025, 4, 1))
    assert (row["after_from"], row["after_until"]) == (date(2025, 5, 1), date(2026, 5, 1))
    assert (row["before_count"], row["before_of"]) == (14 * 14, 14 * 20)
    assert (row["after_count"], row["after_of"]) == (12 * 19, 12 * 20)


def test_an_action_that_worked_is_told_with_the_interval_of_the_change():
    row = told(BETTER)
    assert (row["effect"], row["recurrence"]) == ("better", "not_recurred")
    assert (row["before"], row["after"]) == (0.7, 0.95)
    assert 0 < row["change_low"] < 0.25 < row["change_high"]


def test_an_action_after_which_nothing_changed_is_not_said_to_have_worked():
    row = told(STEADY)
    assert (row["effect"], row["recurrence"]) == ("no_change", "not_applicable")
    assert row["change_low"] < 0 < row["change_high"]


def test_an_action_after_which_it_became_worse_says_so():
    assert told([19] * 16 + [14] * 14)["effect"] == "worse"


@pytest.mark.parametrize(("months", "effect"), [(21, "too_early"), (22, "better")])
def test_before_six_whole_months_it_is_too_early_to_say(months, effect):
    assert told(BETTER, places=months)["effect"] == effect


def test_what_fell_back_within_the_year_has_recurred():
    assert told([14] * 16 + [20] * 6 + [14] * 8)["recurrence"] == "recurred"
    assert told(BETTER, places=24)["recurrence"] == "too_early"


def test_too_few_cases_show_no_effect():
    assert told([1] * 16 + [2] * 14, of=2, places=22)["effect"] == "too_few"


def test_an_action_that_is_not_done_has_no_effect_yet():
    assert told(STEADY, done_on=None)["effect"] == "not_done"


def test_a_figure_that_this_audience_has_not_says_so():
    assert told(STEADY, part="another")["effect"] == "not_told"


def test_limits_begin_anew_in_the_month_after_the_action_was_done():
    months = release_of(months_of(BETTER, 20))["action_months"]
    assert months["side"].to_list() == ["before"] * 16 + ["after"] * 14
    assert set(months.filter(side="before")["centre"]) == {0.7}
    assert set(months.filter(side="after")["centre"]) == {0.95}
    assert set(months["signal"]) == {"usual"}


def test_a_protected_audience_is_told_only_of_what_everybody_may_know():
    figures = months_of(STEADY, 20)
    assert release_of(figures, base=5, told="committee")["actions"].is_empty()
    assert release_of(figures, base=5)["actions"].height == 1
    assert release_of(figures, told="committee")["actions"].height == 1


def test_where_rounding_could_have_made_the_change_nobody_says_that_it_worked():
    assert told(BETTER)["effect"] == "better"
    assert told(BETTER, base=10)["effect"] == "too_rough"
    assert told([k * 50 for k in BETTER], of=1000, base=10)["effect"] == "better"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"metric": "happiness"}, "no metric 'happiness' here"),
        ({"measure": "median"}, "no measure with a better side and counts 'median'"),
        ({"part": "triage"}, "no part 'triage' here; there is inform"),
        ({"breakdown": "unit", "level": "sales"}, "no level 'sales' here; there is legal"),
    ],
)
def test_an_action_about_what_no_release_measures_is_refused_with_its_line(
    tmp_path, changes, said
):
    (tmp_path / "rules.toml").write_text(ACKNOWLEDGE.replace('"acknowledge"', '"inform"'))
    rules = read_rules(tmp_path)
    with pytest.raises(WorkspaceError, match=f"actions.csv line 2: there is {said}"):
        require_known(pl.DataFrame([ACTION | changes], schema=SCHEMA), rules, LEVELS)


def test_an_action_that_does_nothing_is_rarely_said_to_have_worked():
    """The worst of 8 units, picked by its last quarter; looks after 6, 9 and 12 months."""
    dice = np.random.default_rng(20260301)
    histories, said = 150, 0
    for _ in range(histories):
        units = dice.binomial(12, 0.8, size=(8, 30))
        met = units[units[:, 10:13].sum(axis=1).argmin()].tolist()
        looks = [told(met, of=12, places=places)["effect"] for places in (22, 25, 28)]
        said += "better" in looks
    assert said / histories <= 0.05


def test_an_action_that_works_is_seen():
    dice = np.random.default_rng(7)
    found = 0
    for _ in range(50):
        met = [*dice.binomial(20, 0.7, size=16), *dice.binomial(20, 0.92, size=14)]
        found += told([int(k) for k in met])["effect"] == "better"
    assert found >= 45


def fallen_back(later: float, *, histories: int = 60) -> float:
    """Of the histories that worked for six months, the share said to have fallen back."""
    dice = np.random.default_rng(12)
    worked = said = 0
    for _ in range(histories):
        shares = [0.7] * 16 + [0.92] * 6 + [later] * 8
        met = [int(k) for k in dice.binomial(40, shares)]
        looks = [told(met, of=40, places=places) for places in (25, 26, 27, 28)]
        worked += looks[-1]["effect"] == "better"
        said += any(look["recurrence"] == "recurred" for look in looks)
    assert worked > histories // 2
    return said / worked


def test_what_holds_is_rarely_said_to_have_fallen_back_and_what_falls_back_is():
    assert fallen_back(0.92) <= 0.05
    assert fallen_back(0.74) >= 0.9
