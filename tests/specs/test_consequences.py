"""What a failed check means for a figure: every truth that it allows lies in the range."""

from datetime import date
from itertools import product

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from metrics.catalog import METRICS
from metrics.consequences import consequences
from metrics.disclosure.tables import SCHEMA
from metrics.doubts import kinds_of, outcomes_with, subtotals_with, together
from metrics.duration_ranges import duration_ranges
from metrics.estimate import estimate
from metrics.figures import Setting
from metrics.metric import ProtectedCube
from metrics.periods import periods
from metrics.scorecard import verdict
from metrics.statistics.survival import kaplan_meier, quantile, share_open

JANUARY, QUARTER = date(2024, 1, 1), date(2024, 1, 1)
RULE = "acknowledge"
PEOPLE = 200.0
DEADLINES, RESOLUTION, FREQUENCY = (
    "deadline_compliance",
    "time_to_resolution",
    "report_frequency",
)

VERDICT = {
    "name": "some_check",
    "title": "Some claim",
    "severity": "warning",
    "outcome": "failed",
    "doubt": "unsure",
    "affects": [FREQUENCY, RESOLUTION, DEADLINES, "satisfaction"],
}


def three_months() -> Setting:
    spans = periods(JANUARY, date(2024, 3, 31), year_starts=1)
    exposed = spans.select("period", "period_start").unique()
    return Setting(
        periods=spans,
        levels=pl.DataFrame(
            schema={"breakdown": pl.String, "level": pl.String, "position": pl.Int64}
        ),
        exposure=exposed.with_columns(
            pl.lit("all").alias("unit"), pl.lit(PEOPLE).alias("people")
        ),
        base=1,
        min_denominator=1,
    )


def cells(metric: str, counts: dict, *, month=JANUARY, part="") -> list[dict]:
    """One row per outcome, or outcome and day."""
    made = []
    for key, n in counts.items():
        outcome, band = key if isinstance(key, tuple) else (key, -1)
        place = {"breakdown": "all", "level": "all", "month": month, "band": band}
        made.append({"metric": metric, "part": part, **place, "outcome": outcome, "n": n})
    return made


def told(rows: list[dict], *verdicts: dict, absent: int = 0) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=SCHEMA)
    cube = ProtectedCube(cells=together(frame), base=1)
    parts = {m.name: (RULE,) if m.name == DEADLINES else ("",) for m in METRICS}
    figures = estimate(cube, METRICS, parts, three_months())
    found = pl.DataFrame([VERDICT | each for each in verdicts], schema_overrides={})
    return consequences(
        figures, frame, METRICS, found, dict.fromkeys(parts, absent), three_months()
    )


def of(frame: pl.DataFrame, metric: str, measure: str, period="quarter") -> dict:
    start = JANUARY
    return frame.filter(
        (pl.col("metric") == metric)
        & (pl.col("measure") == measure)
        & (pl.col("period") == period)
        & (pl.col("period_start") == start)
    ).row(0, named=True)


UNSURE, MISPLACED, EXTRA, VISIBLE, UNBOUNDED = (
    {"doubt": doubt} for doubt in ("unsure", "misplaced", "extra", "visible", "unbounded")
)


def test_a_row_that_is_unsure_may_have_been_in_time_or_late():
    counts = {"met": 90, "met_unsure": 4, "missed": 4, "missed_unsure": 2}
    row = of(told(cells(DEADLINES, counts, part=RULE), UNSURE), DEADLINES, "share_met")
    assert (row["low"], row["high"]) == (90 / 100, 96 / 100)
    assert (row["affected"], row["use"]) == (6, "fit")


def test_a_deadline_that_cannot_be_judged_may_be_one_or_the_other():
    counts = {"met": 90, "missed": 5, "not_assessable": 5}
    row = of(told(cells(DEADLINES, counts, part=RULE), VISIBLE), DEADLINES, "share_met")
    assert (row["low"], row["high"]) == (90 / 100, 95 / 100)


def test_what_may_be_no_row_at_all_drops_out_and_turns_nothing():
    counts = {"met": 89, "met_extra": 1, "missed": 10}
    row = of(told(cells(DEADLINES, counts, part=RULE), EXTRA), DEADLINES, "share_met")
    assert (row["low"], row["high"]) == (89 / 99, 90 / 100)


def test_a_row_of_another_month_may_belong_to_this_one():
    rows = cells(DEADLINES, {"met": 90, "missed": 10}, part=RULE)
    rows += cells(DEADLINES, {"met_misplaced": 5}, month=date(2024, 3, 1), part=RULE)
    row = of(told(rows, MISPLACED), DEADLINES, "share_met", "month")
    assert (row["low"], row["high"]) == (90 / 105, 95 / 105)
    assert (row["affected"], row["absent"]) == (0, 5)


def test_a_rate_counts_rows_out_that_may_be_none_and_rows_in_that_are_missing():
    rows = cells(FREQUENCY, {"received": 40})
    rows += cells(RESOLUTION, {("ended", 5): 38, ("ended_extra", 5): 2})
    frame = told(rows, EXTRA, {"doubt": "absent"}, absent=6)
    assert (of(frame, FREQUENCY, "rate")["low"], of(frame, FREQUENCY, "rate")["high"]) == (
        100 * 38 / PEOPLE,
        100 * 40 / PEOPLE,
    )
    assert of(frame, FREQUENCY, "reports", "whole")["high"] == 46


def test_a_duration_lies_between_all_in_doubt_ended_at_once_and_none_ever_did():
    counts = {("ended", 10): 4, ("ended", 20): 2, ("open", 30): 2, ("open_unsure", 30): 2}
    rows = cells(RESOLUTION, counts) + cells(FREQUENCY, {"received": 10})
    row = of(told(rows, UNSURE), RESOLUTION, "median")
    best = kaplan_meier([0, 10, 20, 30], [2, 4, 2, 0], [0, 0, 0, 2])
    worst = kaplan_meier([10, 20, 30, 999], [4, 2, 0, 0], [0, 0, 2, 2])
    assert (row["low"], row["high"]) == (
        quantile(best, 0.5).value,
        quantile(worst, 0.5).value,
    )
    assert row["low"] < row["high"]


def test_where_nothing_failed_there_is_no_range_and_no_caution():
    frame = told(cells(DEADLINES, {"met": 90, "missed": 10}, part=RULE), {"outcome": "passed"})
    row = of(frame, DEADLINES, "share_met")
    assert (row["low"], row["high"], row["use"], row["checks"]) == (None, None, "fit", [])


def test_a_known_defect_makes_figures_as_doubtful_as_an_unknown_one():
    counts = {"met": 90, "met_unsure": 10}
    row = of(
        told(cells(DEADLINES, counts, part=RULE), UNSURE | {"outcome": "known"}),
        DEADLINES,
        "share_met",
    )
    assert (row["low"], row["high"]) == (0.9, 1.0)


@pytest.mark.parametrize(
    ("counts", "failed", "use"),
    [
        ({"met": 90, "met_unsure": 1, "missed": 9}, UNSURE, "fit"),
        ({"met": 70, "met_unsure": 20, "missed": 10}, UNSURE, "caution"),
        ({"met": 20, "met_unsure": 70, "missed": 10}, UNSURE, "not_fit"),
        ({"met": 90, "missed": 10}, UNBOUNDED, "caution"),
        ({"met": 90, "missed": 10}, UNSURE | {"severity": "critical"}, "not_fit"),
        ({"not_due": 10}, UNSURE, ""),
    ],
)
def test_a_figure_is_fit_or_used_with_caution_or_not_fit(counts, failed, use):
    frame = told(cells(DEADLINES, counts, part=RULE), failed)
    assert of(frame, DEADLINES, "share_met")["use"] == use


FIGURE = {
    "metric": DEADLINES,
    "state": "ok",
    "numerator": 97,
    "denominator": 100.0,
    "missing": 0,
    "low": 0.92,
    "high": 0.99,
}


@pytest.mark.parametrize(
    ("within", "word"),
    [
        (None, "met_narrowly"),
        ((0.96, 0.99), "met_narrowly"),
        ((0.95, 0.99), "met_narrowly"),
        ((0.94, 0.99), "cannot_say"),
    ],
)
def test_a_commitment_that_could_flip_inside_its_range_cannot_be_told(within, word):
    assert verdict(FIGURE, 0.95, within=within) == word


# Any truth that the doubts allow


@settings(deadline=None, max_examples=40)
@given(st.lists(st.sampled_from(["hit", "miss"]), min_size=1, max_size=4), st.data())
def test_no_truth_about_the_rows_in_doubt_lies_outside_the_range(shown, data):
    doubts = [data.draw(st.sampled_from(["unsure", "misplaced", "extra"])) for _ in shown]
    names = {"hit": "met", "miss": "missed"}
    counts: dict[str, int] = {"met": 3, "missed": 2}
    for outcome, doubt in zip(shown, doubts, strict=True):
        key = f"{names[outcome]}_{doubt}"
        counts[key] = counts.get(key, 0) + 1
    failed = [{"doubt": doubt} for doubt in set(doubts)]
    row = of(told(cells(DEADLINES, counts, part=RULE), *failed), DEADLINES, "share_met")
    allowed = {"unsure": "hm", "misplaced": "hm-", "extra": "-"}
    options = [
        {*allowed[doubt], outcome[0]} for outcome, doubt in zip(shown, doubts, strict=True)
    ]
    for truth in product(*options):
        k = 3 + truth.count("h")
        n = 5 + truth.count("h") + truth.count("m")
        assert row["low"] - 1e-12 <= k / n <= row["high"] + 1e-12


@settings(deadline=None, max_examples=60)
@example([("ended", 0), ("ended", 62), ("open", 0), ("open", 60)], [(1, 61)])
@example([("ended", 0)] * 3 + [("ended", 63)] + [("open", 30)] * 3, [(1, 31)])
@given(
    st.lists(st.tuples(st.sampled_from(["ended", "open"]), st.integers(0, 99)), min_size=4),
    st.lists(st.tuples(st.sampled_from([0, 1]), st.integers(0, 99)), min_size=1, max_size=4),
)
def test_no_truth_about_endings_in_doubt_lies_outside_the_range_of_a_duration(sure, truth):
    rows = pl.DataFrame(
        [(outcome, "", band, 1) for outcome, band in sure]
        + [("open", "unsure", 99, 1) for _ in truth],
        schema=["outcome", "doubt", "band", "n"],
        orient="row",
    )
    names = ("median", "open_30", "open_60")
    found = duration_ranges(rows, joining=0, exact=True, names=names)
    days = [day for _, day in (*sure, *truth)]
    ended = [int(outcome == "ended") for outcome, _ in sure] + [was for was, _ in truth]
    curve = kaplan_meier(days, ended, [1 - each for each in ended])
    for name, value in (
        ("median", quantile(curve, 0.5).value),
        ("open_30", share_open(curve, 30).value),
        ("open_60", share_open(curve, 60).value),
    ):
        low, high = found[name]
        if value is not None:
            assert low is not None
            assert low - 1e-9 <= value
            assert high is None or value <= high + 1e-9


# How they are counted and protected


def test_outcomes_in_doubt_are_declared_only_where_a_failed_check_casts_the_doubt():
    rows = [
        VERDICT | {"doubt": "unsure"},
        VERDICT | {"doubt": "extra", "outcome": "passed"},
        VERDICT | {"doubt": "extra", "affects": [FREQUENCY]},
    ]
    assert kinds_of(pl.DataFrame(rows), DEADLINES) == ("unsure",)
    assert outcomes_with(("met", "missed"), ("unsure",)) == (
        "met", "met_unsure", "missed", "missed_unsure",
    )  # fmt: skip
    assert outcomes_with(("met",), ()) == ("met",)


def test_the_sums_that_figures_are_made_of_are_published_with_the_cells():
    sums = subtotals_with(("met", "missed"), (("met", "missed"),), ("unsure",))
    assert sums == (
        ("met", "met_unsure"),
        ("missed", "missed_unsure"),
        ("met", "met_unsure", "missed", "missed_unsure"),
    )


def test_together_cells_in_doubt_count_where_their_outcome_says():
    rows = cells(DEADLINES, {"met": 3, "met_unsure": 2, "met_late": 1}, part=RULE)
    summed = together(pl.DataFrame(rows, schema=SCHEMA))
    assert dict(summed.select("outcome", "n").rows()) == {"met": 5, "met_late": 1}
