"""How far rounding may have moved a sum, quarter by quarter."""

from datetime import date

import polars as pl

from metrics.catalog import METRICS
from metrics.figures import Setting
from metrics.periods import periods
from metrics.reach import (
    AS_A_CELL,
    SUMS,
    Off,
    further_in,
    loose_in,
    loose_words,
    most_off,
    summed_in,
    withheld_words,
)

SPRING, SUMMER = date(2024, 4, 1), date(2024, 7, 1)
LOOSE = {("reports", SPRING): Off(1, 1), ("surveys", SUMMER): Off(month=2)}


def test_a_manifest_says_of_which_quarter_a_sum_may_be_further_off():
    words = loose_words(LOOSE)
    assert words == "reports:2024-04-01:1/1,surveys:2024-07-01:2/0"
    assert loose_in({"loose": words}) == LOOSE
    assert further_in(LOOSE, "reports", SUMMER) == AS_A_CELL
    assert loose_in({}) == loose_in({"loose": ""}) == {}


def test_a_release_that_told_months_and_quarters_by_one_number_is_still_read():
    assert loose_in({"loose": "reports:2024-04-01:2"}) == {("reports", SPRING): Off(2, 2)}


def test_a_release_that_told_it_of_all_its_quarters_is_still_read():
    old = loose_in({"loose": "reports:1"})
    assert further_in(old, "reports", SPRING) == further_in(old, "reports", SUMMER) == Off(1, 1)
    assert further_in(old, "surveys", SPRING) == AS_A_CELL
    span = {"start": SPRING, "end": date(2024, 10, 1), "metric": "reports"}
    assert most_off(5, "whole", loose=old, **span) == 4 * 9  # as it was told then
    assert most_off(5, "whole", loose=LOOSE, **span) == 4 * 4 + 5


def test_only_the_quarter_that_is_loose_is_further_off():
    def off(period: str, start: date, end: date) -> int:
        return most_off(5, period, start=start, end=end, loose=LOOSE, metric="reports")

    assert off("quarter", SPRING, SUMMER) == 9
    assert off("quarter", SUMMER, date(2024, 10, 1)) == 4
    assert off("month", date(2024, 5, 1), date(2024, 6, 1)) == 9
    assert off("year", date(2024, 1, 1), date(2025, 1, 1)) == 4 * 4 + 5


def test_where_months_alone_are_loose_quarters_and_years_stay_near():
    def off(period: str, start: date, end: date) -> int:
        return most_off(10, period, start=start, end=end, loose=LOOSE, metric="surveys")

    after = date(2024, 10, 1)
    assert off("month", SUMMER, date(2024, 8, 1)) == 29
    assert off("quarter", SUMMER, after) == 9
    assert off("year", date(2024, 1, 1), date(2025, 1, 1)) == 4 * 9
    # Months of a quarter that has not ended are added up, or those after them taken off.
    assert off("whole", SPRING, date(2024, 8, 1)) == 3 * 9 + 20
    assert off("whole", SPRING, date(2024, 9, 1)) == 3 * 9 + 20


def test_quarters_of_another_year_are_those_of_the_organisation():
    span = {"start": date(2024, 5, 1), "end": date(2024, 6, 1), "metric": "reports"}
    loose = {("reports", date(2024, 3, 1)): Off(1, 1)}
    assert most_off(5, "month", loose=loose, **span) == 4
    assert most_off(5, "month", loose=loose, year_starts=6, **span) == 9


def test_what_is_withheld_is_named_once_with_all_its_quarters():
    names = {"deadline_compliance": "Deadlines met", "inform": "Inform", "close": "Close"}
    withheld = {
        ("deadline_compliance", "close", SPRING),
        ("deadline_compliance", "close", SUMMER),
        ("deadline_compliance", "inform", SUMMER),
    }
    assert withheld_words(withheld, names) == (
        " Withheld, [c]: Close in the quarters from April 2024 and July 2024; Inform in the"
        " quarter from July 2024. Beside the other counts, numbers of so few cases would tell"
        " too much."
    )
    assert withheld_words((), names) == ""


def test_a_sum_of_several_rules_is_off_by_what_each_of_them_is():
    assert {metric.name: metric.sum_of for metric in METRICS if metric.sum_of} == SUMS
    assert summed_in({"summed": "escalation_compliance:2"}) == {"escalation_compliance": 2}
    calendar = periods(SPRING, date(2024, 6, 30), year_starts=1)
    setting = Setting(
        periods=calendar,
        levels=pl.DataFrame(),
        exposure=pl.DataFrame(),
        base=5,
        min_denominator=1,
        loose={("deadline_compliance", SPRING): Off(1, 1)},
        summed={"escalation_compliance": 2},
    )
    row = {"period": "quarter", "period_start": SPRING, "period_end": SUMMER}
    assert setting.of("deadline_compliance").off(row) == 9
    assert setting.of("escalation_compliance").off(row) == 18
    assert setting.of("escalation_compliance").off_in(SPRING) == 18
    assert setting.of("report_frequency").off(row) == 4
