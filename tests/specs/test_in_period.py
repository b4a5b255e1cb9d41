"""How long it would take at the pace of one quarter: late entry, and nothing after its end."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from lifelines import KaplanMeierFitter

from metrics.in_period import EMPTIED, TOO_FEW, in_period
from metrics.periods import periods

FIRST, NEW_YEAR, SPRING = date(2023, 10, 1), date(2024, 1, 1), date(2024, 4, 1)


def told(core, spans, *, as_of=date(2024, 6, 30)):
    """Rows of cases, each a day of receipt and of the end, or none: {(level, quarter): row}."""
    events, cases = ["case | kind | on"], ["case | unit"]
    for number, (received, closed) in enumerate(spans):
        cases.append(f"{number} | {'north' if number % 2 else 'south'}")
        events.append(f"{number} | received | {received}")
        if closed:
            events.append(f"{number} | resolved | {closed}")
    store = core(
        as_of=str(as_of),
        coverage_from=str(FIRST),
        cases="\n".join(cases),
        events="\n".join(events),
    )
    found = in_period(store, periods(FIRST, as_of, year_starts=1))
    rows = found.filter(pl.col("metric") == "time_to_resolution").iter_rows(named=True)
    return {(row["level"], row["period_start"]): row for row in rows}


def days_after(day, number):
    return day + timedelta(days=number)


def test_a_case_received_before_the_quarter_is_watched_from_the_age_it_had(core):
    # Ten are closed on 11 January at 10 days, ten that came ten days before it at 20. At 10
    # days twenty were at risk and half of them ended; from then on one half, until 20.
    early = [(days_after(NEW_YEAR, -10), days_after(NEW_YEAR, 10))] * 10
    late = [(NEW_YEAR, days_after(NEW_YEAR, 10))] * 10
    row = told(core, early + late)["all", NEW_YEAR]
    assert (row["value"], row["ended"], row["watched"], row["state"]) == (15.0, 20, 20, "ok")


def test_what_happens_after_the_quarter_changes_nothing_in_it(core):
    # Ten of thirty are closed by its end, at 30 days; twenty later. All are at risk until then.
    spans = [(NEW_YEAR, days_after(NEW_YEAR, 30))] * 10
    spans += [(NEW_YEAR, days_after(SPRING, number)) for number in range(20)]
    found = told(core, spans)
    assert (found["all", NEW_YEAR]["state"], found["all", NEW_YEAR]["ended"]) == (
        "not_reached",
        10,
    )
    # In the next quarter nobody was watched from the first day: ages below 91 have nobody.
    assert found["all", SPRING]["reason"] == EMPTIED


def test_an_old_case_that_nobody_follows_up_takes_no_median_away_from_the_others(core):
    # Twenty end at 5 to 24 days, half of them by 14; one of 92 days waits on.
    spans = [(NEW_YEAR, days_after(NEW_YEAR, number)) for number in range(5, 25)]
    row = told(core, [*spans, (FIRST, None)])["all", NEW_YEAR]
    assert (row["value"], row["state"]) == (14.5, "ok")


def test_where_one_alone_was_watched_at_first_and_ended_nothing_is_told(core):
    alone = [(NEW_YEAR, days_after(NEW_YEAR, 1))]
    later = [(days_after(NEW_YEAR, -10), days_after(NEW_YEAR, 10))] * 12
    row = told(core, alone + later)["all", NEW_YEAR]
    assert (row["value"], row["reason"]) == (None, EMPTIED)


def test_few_ends_and_a_quarter_that_is_not_over_say_nothing(core):
    spans = [(NEW_YEAR, days_after(NEW_YEAR, 5))] * 9
    found = told(core, spans, as_of=days_after(SPRING, 10))
    assert found["all", NEW_YEAR]["reason"] == TOO_FEW
    assert found["all", NEW_YEAR]["value"] is None
    assert ("all", SPRING) not in found


def test_each_unit_has_its_own_and_the_median_is_that_of_lifelines_with_late_entry(core):
    draw = np.random.default_rng(5)
    received = [days_after(FIRST, int(day)) for day in draw.integers(0, 182, 300)]
    took = draw.gamma(2.0, 20.0, 300).astype(int)
    spans = [
        (day, days_after(day, int(days)) if days_after(day, int(days)) < SPRING else None)
        for day, days in zip(received, took, strict=True)
    ]
    found = told(core, spans)
    for level in ("north", "south"):
        own = [
            span for number, span in enumerate(spans) if (number % 2 == 1) == (level == "north")
        ]
        rows = [span for span in own if span[1] is None or span[1] >= NEW_YEAR]
        ages = [((closed or SPRING - timedelta(days=1)) - came).days for came, closed in rows]
        # A case at risk on (entry, age]: one received in the quarter on its first day too.
        entry = [max((NEW_YEAR - came).days - 1, -1) for came, _ in rows]
        theirs = KaplanMeierFitter().fit(
            np.array(ages) + 1,
            [closed is not None for _, closed in rows],
            entry=np.array(entry) + 1,
        )
        row = found[level, NEW_YEAR]
        assert row["value"] == pytest.approx(theirs.median_survival_time_ - 1)
