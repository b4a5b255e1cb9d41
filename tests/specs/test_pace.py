"""Whether a unit takes longer than the whole: by what has ended, open cases included."""

from datetime import date

import polars as pl
import pytest

from metrics.catalog.time_to_resolution import TIME_TO_RESOLUTION
from metrics.pace import pace, paces
from metrics.signals import signals
from metrics.statistics.logrank import logrank
from tests.specs.estimated import cubes_of, estimated, setting_of

JANUARY = date(2024, 1, 1)
UNTIL = "2024-06-30"


def cells(**units):
    """Cells of cases received in January: a list of (days, outcome, how many) per unit."""
    rows = [
        ("time_to_resolution", "", breakdown, level, JANUARY, outcome, days, n)
        for unit, told in units.items()
        for days, outcome, n in told
        for breakdown, level in (("all", "all"), ("unit", unit))
    ]
    summed = (
        cubes_of(rows).group_by(pl.all().exclude("n"), maintain_order=True).agg(pl.sum("n"))
    )
    return summed.rows()


def paced(told):
    cube = cubes_of(told)
    found = pace(cube, TIME_TO_RESOLUTION, setting_of(cube, until=UNTIL))
    return {row["level"]: row for row in found.iter_rows(named=True)}


def test_what_was_to_be_expected_follows_from_the_daily_rates_of_all():
    # One of 4 ends on day 1, one of 3 on day 2, one of 2 on day 3: 1/4, 7/12 and 13/12 in all.
    found = paced(
        cells(
            north=[(1, "ended", 1), (2, "ended", 1)],
            south=[(3, "ended", 1), (3, "open", 1)],
        )
    )
    assert (found["north"]["observed"], found["south"]["observed"]) == (2, 1)
    assert found["north"]["expected"] == pytest.approx(1 / 4 + 7 / 12)
    assert found["south"]["expected"] == pytest.approx(2 * 13 / 12)


def test_it_is_the_expected_number_of_the_log_rank_test():
    told = {
        "north": [(4, "ended", 3), (9, "open", 2), (12, "ended", 5)],
        "south": [(4, "ended", 1), (10, "ended", 6), (12, "open", 4)],
        "west": [(0, "ended", 2), (30, "ended", 1)],
    }
    rows = [(unit, *row) for unit, listed in told.items() for row in listed]
    test = logrank(
        [unit for unit, *_ in rows],
        [days for _, days, _, _ in rows],
        [n if outcome == "ended" else 0 for *_, outcome, n in rows],
        [n if outcome == "open" else 0 for *_, outcome, n in rows],
    )
    found = paced(cells(**told))
    assert [found[unit]["observed"] for unit in test.groups] == test.observed.tolist()
    assert [found[unit]["expected"] for unit in test.groups] == pytest.approx(test.expected)


def named(told):
    cube = cubes_of(told)
    found = signals(
        estimated(told, until=UNTIL),
        [TIME_TO_RESOLUTION],
        pace=paces(cube, [TIME_TO_RESOLUTION], setting_of(cube, until=UNTIL)),
    ).filter(pl.col("against") == "units", pl.col("period") == "quarter")
    return {row["level"]: (row["signal"], row["reason"]) for row in found.iter_rows(named=True)}


# Two units end half of their cases by day 10; of the third nearly all are open on day 100.
SLOW = {
    "north": [(10, "ended", 30), (60, "ended", 30)],
    "south": [(10, "ended", 30), (60, "ended", 30)],
    "west": [(60, "ended", 2), (100, "open", 58)],
}


def test_a_unit_whose_cases_stay_open_is_worse_though_it_has_no_median_yet():
    found = named(cells(**SLOW))
    assert found["west"][0] == "worse"
    assert found["west"][1].startswith("2 cases have ended, where ")
    assert {found["north"][0], found["south"][0]} <= {"usual", "better"}


def test_units_that_take_alike_are_usual():
    alike = [(10, "ended", 30), (60, "ended", 20), (100, "open", 10)]
    found = named(cells(north=alike, south=alike, west=alike))
    assert found == dict.fromkeys(("north", "south", "west"), ("usual", ""))


def test_where_counts_are_rounded_no_unit_is_compared_by_its_days():
    cube = cubes_of(cells(**SLOW))
    assert paces(cube, [TIME_TO_RESOLUTION], setting_of(cube, until=UNTIL, base=5)) == {}
