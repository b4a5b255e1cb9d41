import polars as pl
import pytest

from metrics.catalog import METRICS
from metrics.outlook import TOO_SHORT, outlook
from tests.specs.measured import figures_of

PEOPLE = """
    unit  | from       | people
    north | 2020-01-01 | 100
"""


def rows_of(reports: list[int], *, base: int = 1) -> dict:
    """The outlook after quarters with so many reports each, from 2021 on."""
    days = [f"{2021 + at // 4}-{1 + 3 * (at % 4):02}-15" for at in range(len(reports))]
    events = [
        f"{at}-{number} | received | {day}"
        for at, (day, count) in enumerate(zip(days, reports, strict=True))
        for number in range(count)
    ]
    year, quarter = divmod(len(reports), 4)
    end = f"{2021 + year}-{1 + 3 * quarter:02}-01"
    figures = figures_of(
        as_of=str(pl.Series([end]).str.to_date().dt.offset_by("-1d")[0]),
        events="\n".join(["case | kind | on", *events]),
        headcount=PEOPLE,
        coverage_from="2021-01-01",
    )
    made = outlook(figures, METRICS, base=base)
    return made.filter(pl.col("breakdown") == "all").row(0, named=True)


def test_the_next_quarter_is_a_range_around_what_came_so_far():
    row = rows_of([10] * 8)
    assert (row["state"], row["quarters"]) == ("ok", 8)
    assert str(row["period_start"]) == "2023-01-01"
    assert str(row["period_end"]) == "2023-04-01"
    # Jeffreys: 80 reports in 8 quarters, then one more quarter.
    assert (row["low"], row["high"]) == (4, 17)


def test_below_eight_quarters_nothing_is_foretold():
    row = rows_of([10] * 7)
    assert (row["state"], row["low"], row["high"], row["reason"]) == (
        "few", None, None, TOO_SHORT,
    )  # fmt: skip


def test_the_last_quarter_is_compared_with_the_same_one_a_year_before():
    row = rows_of([10, 10, 10, 10, 10, 10, 10, 20])
    assert row["ratio"] == pytest.approx(2.0)
    assert row["ratio_low"] < 1 < row["ratio"] < row["ratio_high"]
    assert row["seasonal"] is None  # two years say nothing of seasons


def test_three_years_may_show_a_season_and_need_not():
    assert rows_of([40, 5, 5, 5] * 3)["seasonal"] is True
    assert rows_of([10] * 12)["seasonal"] is False


def test_rounded_counts_widen_the_range_and_give_no_ratio():
    exact, rounded = rows_of([10] * 8), rows_of([10] * 8, base=5)
    assert rounded["low"] < exact["low"]
    assert rounded["high"] > exact["high"]
    assert rounded["ratio"] is None
