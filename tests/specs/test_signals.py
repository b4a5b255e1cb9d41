from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from etl.rules import Commitment
from metrics.catalog import METRICS
from metrics.reach import Off
from metrics.scorecard import results
from metrics.signals import signals
from tests.specs.estimated import cubes_of, estimated, setting_of

FIRST_YEAR = 2024


def months(count: int) -> list[date]:
    return [date(FIRST_YEAR + place // 12, place % 12 + 1, 1) for place in range(count)]


def found(cells, *, until: str, loose=None, **setting) -> pl.DataFrame:
    metric, part, *_ = cells[0]
    figures = estimated(cells, until=until, part=part, **setting)
    known = [known for known in METRICS if known.name == metric]
    rounding = setting_of(cubes_of(cells), until=until, base=setting.get("base", 1))
    return signals(figures, known, setting=replace(rounding, loose=loose or {}))


def deadlines(met, *, of=50, level="all", breakdown="all"):
    """Cells of one rule: so many met of `of` in each month."""
    return [
        ("deadline_compliance", "acknowledge", breakdown, level, month, outcome, -1, n)
        for month, kept in zip(months(len(met)), met, strict=True)
        for outcome, n in (("met", kept), ("missed", of - kept))
        if n
    ]


def reports(counts, *, level="all", breakdown="all"):
    return [
        ("report_frequency", "", breakdown, level, month, "received", -1, n)
        for month, n in zip(months(len(counts)), counts, strict=True)
    ]


STEADY = [44, 46, 45, 43, 47, 45, 44, 46, 45, 47, 43, 45]


def last(rows: pl.DataFrame, against: str = "history") -> dict:
    chosen = rows.filter(pl.col("against") == against).sort("period_start")
    return chosen.row(-1, named=True)


def test_a_steady_process_is_usual_month_after_month():
    rows = found(deadlines([*STEADY, *STEADY]), until="2025-12-31")
    history = rows.filter(pl.col("against") == "history")
    assert history.height == 24
    assert set(history["signal"]) == {"usual"}


def test_a_month_far_below_the_limits_is_worse_where_higher_is_better():
    row = last(found(deadlines([*STEADY, 20]), until="2025-01-31"))
    assert (row["signal"], row["value"]) == ("worse", 0.4)
    assert row["value"] < row["lower"] < row["centre"]
    assert row["reason"] != ""


def test_a_month_far_above_the_limits_is_better():
    lower = [25, 27, 24, 26, 25, 24, 26, 25, 27, 23, 25, 24]
    row = last(found(deadlines([*lower, 48]), until="2025-01-31"))
    assert row["signal"] == "better"


def test_limits_come_from_the_first_year_so_that_a_change_cannot_widen_them():
    once = last(found(deadlines([*STEADY, 20]), until="2025-01-31"))
    long = found(deadlines([*STEADY, *[20] * 12]), until="2025-12-31")
    assert last(long)["centre"] == pytest.approx(once["centre"])
    assert set(long.sort("period_start")["signal"].tail(12)) == {"worse"}


@pytest.mark.parametrize(("count", "signal"), [(100, "higher"), (10, "lower")])
def test_more_or_fewer_reports_are_neither_better_nor_worse(count, signal):
    usual = [48, 52, 50, 49, 51, 50, 52, 48, 50, 51, 49, 50]
    cells = reports([*usual, count])
    row = last(found(cells, until="2025-01-31", people={"north": 500.0}))
    assert row["signal"] == signal


def test_of_very_few_reports_one_more_is_no_signal():
    rare = [0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1]
    row = last(found(reports([*rare, 2]), until="2025-01-31", people={"north": 100.0}))
    assert row["signal"] == "usual"


def test_of_very_few_reports_a_crowd_is_a_signal_by_its_exact_chance():
    # A third of a report is expected a month: nine or more have a chance of 1 in 10 million.
    rare = [0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1]
    row = last(found(reports([*rare, 9]), until="2025-01-31", people={"north": 100.0}))
    assert row["signal"] == "higher"
    assert row["reason"] == "further above the average than chance gives"


def test_a_month_that_is_not_wholly_covered_is_not_judged():
    rows = found(deadlines([*STEADY, 2]), until="2025-01-20")
    assert rows["period_start"].max() == date(2024, 12, 1)


def test_limits_of_lengths_come_from_the_first_year_too():
    lengths = [20, 22, 21, 19, 20, 21, 23, 20, 19, 21, 22, 20, *[60] * 12]
    cells = [
        ("time_to_resolution", "", "all", "all", month, "ended", days, 9)
        for month, days in zip(months(24), lengths, strict=True)
    ]
    rows = found(cells, until="2025-12-31").sort("period_start")
    assert rows["centre"].to_list() == pytest.approx([sum(lengths[:12]) / 12] * 24)
    assert rows["signal"].to_list()[12:] == ["worse"] * 12


def test_at_most_the_last_24_months_are_charted():
    rows = found(deadlines(STEADY * 3), until="2026-12-31")
    charted = rows.filter(pl.col("against") == "history")["period_start"]
    assert (charted.min(), charted.max()) == (date(2025, 1, 1), date(2026, 12, 1))


def units(**met) -> pl.DataFrame:
    """One quarter of units with 100 deadlines each, in the first of its months."""
    whole = deadlines([sum(met.values()), 0, 0], of=100 * len(met))[:2]
    cells = [*whole]
    for unit, kept in met.items():
        cells += deadlines([kept], of=100, level=unit, breakdown="unit")
    return found(cells, until="2024-03-31").filter(pl.col("against") == "units")


def test_a_unit_beyond_the_limits_is_told_from_units_that_only_differ():
    rows = units(east=84, north=97, south=60, west=84)
    assert dict(rows.select("level", "signal").rows()) == {
        "east": "usual",
        "north": "better",
        "south": "worse",
        "west": "usual",
    }


def test_of_ten_units_that_differ_by_more_than_chance_none_is_named_for_that_alone():
    spread = {
        f"unit_{at}": kept for at, kept in enumerate([60, 70, 75, 80, 84, 86, 90, 95, 99])
    }
    few = units(**spread)
    assert set(few["signal"]) > {"usual"}  # nine: the spread is not estimated, chance decides
    many = units(**spread, unit_9=88)
    assert set(many["signal"]) == {"usual"}
    wide, narrow = many.row(0, named=True), few.row(0, named=True)
    assert wide["upper"] - wide["lower"] > narrow["upper"] - narrow["lower"]


def test_a_unit_is_compared_with_the_whole_organisation():
    rows = units(east=80, north=90)
    assert rows["centre"].unique().to_list() == [0.85]
    assert rows.filter(pl.col("lower") >= 0.85).is_empty()
    assert rows.filter(pl.col("upper") <= 0.85).is_empty()


def test_a_small_unit_needs_to_be_further_off_than_a_large_one():
    cells = deadlines([900], of=1000)
    cells += deadlines([6], of=10, level="small", breakdown="unit")
    cells += deadlines([60], of=100, level="large", breakdown="unit")
    rows = found(cells, until="2024-03-31").filter(pl.col("against") == "units")
    assert dict(rows.select("level", "signal").rows()) == {"large": "worse", "small": "usual"}


def test_a_unit_whose_share_is_withheld_is_not_compared():
    cells = deadlines([900], of=1000)
    cells += deadlines([0], of=10, level="small", breakdown="unit")
    rows = found(cells, until="2024-03-31", min_denominator=20)
    assert rows.filter(pl.col("against") == "units").is_empty()


def test_lengths_of_time_without_days_counted_one_by_one_are_shown_and_not_tested():
    cells = [
        ("time_to_resolution", "", breakdown, level, date(2024, 1, 1), "ended", 10, 30)
        for breakdown, level in (("all", "all"), ("unit", "north"))
    ]
    assert found(cells, until="2024-03-31").filter(pl.col("against") == "units").is_empty()


# Rounded counts: what only rounding makes unusual accuses nobody


def small_unit(kept: int, of: int, **setting) -> str:
    cells = deadlines([970], of=1000)
    cells += deadlines([kept], of=of, level="small", breakdown="unit")
    rows = found(cells, until="2024-03-31", **setting)
    return rows.filter(pl.col("against") == "units")["signal"].item()


def test_a_unit_is_not_called_worse_for_a_count_that_rounding_may_have_moved():
    # 20 of 25 may be 24 of 25 in truth, as good as all others.
    assert small_unit(20, 25) == "worse"
    assert small_unit(20, 25, base=5) == "usual"


def test_a_unit_that_is_worse_whatever_the_truth_is_called_so():
    assert small_unit(10, 40, base=5) == "worse"


def test_a_unit_without_a_rounded_report_is_not_called_silent():
    cells = reports([300, 0, 0]) + reports([0, 0, 0], level="north", breakdown="unit")
    people = {"north": 60.0, "south": 1940.0}
    exact = found(cells, until="2024-03-31", people=people)
    rounded = found(cells, until="2024-03-31", people=people, base=10)
    said = [
        rows.filter(pl.col("against") == "units")["signal"].item() for rows in (exact, rounded)
    ]
    assert said == ["lower", "usual"]


def test_months_in_a_row_that_rounding_may_have_put_below_the_average_are_usual():
    down = [45] * 12 + [40] * 8
    assert last(found(deadlines(down), until="2025-08-31"))["signal"] == "worse"
    assert last(found(deadlines(down), until="2025-08-31", base=5))["signal"] == "usual"


def test_only_counts_of_a_quarter_that_is_told_looser_are_read_as_further_off():
    loose = {("deadline_compliance", date(2024, 4, 1)): Off(2, 2)}
    cells = [
        ("deadline_compliance", "acknowledge", *level, month, outcome, -1, n)
        for month in (date(2024, 1, 1), date(2024, 4, 1))
        for level, met, missed in ((("all", "all"), 970, 30), (("unit", "small"), 10, 30))
        for outcome, n in (("met", met), ("missed", missed))
    ]
    rows = found(cells, until="2024-06-30", base=5, loose=loose)
    said = rows.filter(pl.col("against") == "units").sort("period_start")["signal"]
    assert said.to_list() == ["worse", "usual"]


def test_a_month_that_is_far_below_whatever_the_truth_is_worse():
    cells = deadlines([*[45] * 12, 15])
    row = last(found(cells, until="2025-01-31", base=5))
    assert (row["signal"], row["value"]) == ("worse", 0.3)


# On the scorecard, a quarter has the gravest signal of its months


MADE = Commitment(
    name="acknowledge",
    title="Acknowledge",
    metric="deadline_compliance",
    measure="share_met",
    part="acknowledge",
    target=0.5,
    owner="Intake desk",
)


def changes(met) -> list[str]:
    cells = deadlines(met)
    last_month = months(len(met) + 1)[-1]
    until = date.fromordinal(last_month.toordinal() - 1).isoformat()
    figures = estimated(cells, until=until, part=MADE.part)
    rows = results(figures, signals(figures, METRICS), [MADE])
    return rows["change_signal"].to_list()


def assured(met, target: float) -> str | None:
    cells = deadlines(met)
    figures = estimated(cells, until="2024-12-31", part=MADE.part)
    made = replace(MADE, target=target)
    return results(figures, signals(figures, METRICS), [made])["assurance"].to_list()[-1]


def test_the_limits_say_whether_the_process_as_it_is_will_meet_the_target():
    # About 90 % with limits from 77 % to 100 %.
    assert [assured(STEADY, target) for target in (0.6, 0.9, 0.95)] == [
        "pass",
        "hit_or_miss",
        "hit_or_miss",
    ]
    assert assured([25] * 12, 0.95) == "fail"


def test_a_quarter_with_one_bad_month_has_changed_for_the_worse():
    assert changes([*STEADY, 45, 20, 45]) == ["usual"] * 4 + ["worse"]


def test_a_bad_month_weighs_more_than_a_good_one():
    half = [25, 27, 24, 26, 25, 24, 26, 25, 27, 23, 25, 24]
    assert changes([*half, 48, 25, 25])[-1] == "better"
    assert changes([*half, 48, 2, 25])[-1] == "worse"
    assert changes([*half, 2, 48, 25])[-1] == "worse"


def test_a_quarter_before_the_months_that_are_charted_has_no_signal():
    assert changes(STEADY * 3)[:4] == [""] * 4
