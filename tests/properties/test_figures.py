"""What holds for the figures of any history of cases."""

from datetime import date, timedelta

import polars as pl
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from metrics.catalog import METRICS
from metrics.scorecard import verdict
from tests.specs.measured import deadlines_judged, figures_of

AS_OF, FIRST = date(2024, 6, 30), date(2024, 1, 1)
SPAN = {"as_of": AS_OF.isoformat(), "coverage_from": FIRST.isoformat()}
KINDS = ("acknowledged", "triaged", "resolved", "reopened")
COUNTS = ("numerator", "pending", "missing")
SLOW = settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)

days = st.dates(FIRST, AS_OF)
cases = st.lists(
    st.tuples(
        days,
        st.sampled_from(["north", "south", ""]),
        st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 200)), max_size=4),
        st.one_of(st.none(), st.tuples(st.integers(0, 120), st.integers(0, 6))),
    ),
    min_size=1,
    max_size=12,
)


def told(history, *, order=None) -> dict[str, str]:
    """The history as tables, its rows in another order where one is given."""
    listed, events, surveys = [], [], []
    for number, (received, unit, steps, answer) in enumerate(history):
        listed.append(f"{number} | {unit}")
        events.append(f"{number} | received | {received}")
        events += [
            f"{number} | {kind} | {received + timedelta(days=after)}" for kind, after in steps
        ]
        if answer:
            offered = received + timedelta(days=answer[0])
            surveys.append(f"{number} | {offered} | {offered} | {answer[1]}")
    for rows in (listed, events, surveys):
        if order is not None:
            order.shuffle(rows)
    return {
        "cases": "\n".join(["case | unit", *listed]),
        "events": "\n".join(["case | kind | on", *events]),
        "feedback": "\n".join(["case | offered_on | answered_on | score", *surveys]),
    }


@SLOW
@given(history=cases, order=st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(history, order):
    # Events of one day are told apart by their line: there the order says what came first.
    for _, _, steps, _ in history:
        assume(len({after for _, after in steps} | {0}) == len(steps) + 1)
    assert_frame_equal(
        figures_of(**told(history), **SPAN), figures_of(**told(history, order=order), **SPAN)
    )


@SLOW
@given(history=cases, later=st.integers(1, 400), kind=st.sampled_from(("received", *KINDS)))
def test_what_happens_after_the_as_of_day_changes_nothing(history, later, kind):
    before = told(history)
    day = AS_OF + timedelta(days=later)
    after = {**before, "events": f"{before['events']}\n0 | {kind} | {day}"}
    assert_frame_equal(figures_of(**before, **SPAN), figures_of(**after, **SPAN))


@SLOW
@given(history=cases)
def test_counts_of_units_and_of_months_add_up_to_those_of_the_whole(history):
    figures = figures_of(**told(history), **SPAN)
    flows = [metric for metric in METRICS if metric.kind != "stock"]
    first = pl.col("measure").is_in([metric.measures[0].name for metric in flows])
    of_flows = pl.col("metric").is_in([metric.name for metric in flows])
    counts = figures.filter(first & of_flows).with_columns(
        pl.when(pl.col("metric") == "report_frequency")
        .then(0)
        .otherwise("denominator")
        .alias("denominator")
    )

    def sums(breakdown: str, period: str) -> list[tuple]:
        rows = counts.filter((pl.col("breakdown") == breakdown) & (pl.col("period") == period))
        return (
            rows.group_by("metric")
            .agg(pl.col(*COUNTS, "denominator").sum())
            .sort("metric")
            .rows()
        )

    whole = sums("all", "whole")
    assert sums("unit", "whole") == whole
    assert sums("unit", "month") == whole
    assert sums("all", "quarter") == whole


@SLOW
@given(history=cases)
def test_every_figure_has_a_value_or_a_reason(history):
    figures = figures_of(**told(history), **SPAN)
    there = pl.col("state") == "ok"
    assert figures.filter(there != pl.col("value").is_not_null()).is_empty()
    assert figures.filter(there != (pl.col("reason") == "")).is_empty()
    resolved = figures.filter(pl.col("measure") == "median")
    assert resolved.filter(
        pl.col("denominator") != pl.col("numerator") + pl.col("pending")
    ).is_empty()


shares = st.tuples(st.integers(0, 300), st.integers(0, 300), st.integers(0, 60))


@settings(max_examples=40, deadline=None, database=None)
@given(counts=shares, target=st.sampled_from([0.5, 0.8, 0.9, 0.95, 1.0]))
def test_the_word_never_contradicts_the_share(counts, target):
    met, missed, lost = counts
    row = deadlines_judged(met=met, missed=missed, not_assessable=lost)
    word = verdict(row, target)
    if word in {"met", "met_narrowly"}:
        assert row["value"] >= target - 1e-12
    if word in {"not_met", "just_missed"}:
        assert row["value"] < target
    if word in {"met", "not_met"}:
        assert not row["low"] <= target <= row["high"] or target == row["low"] == 1
    if met + missed < 20:
        assert word in {"too_few", "no_data", "not_assessable"}


@settings(max_examples=40, deadline=None, database=None)
@given(
    counts=shares, base=st.sampled_from([3, 5, 10]), moved=st.tuples(*[st.integers(-9, 9)] * 2)
)
def test_the_interval_of_rounded_counts_holds_the_share_of_any_true_ones(counts, base, moved):
    met, missed = (base * (count // base) for count in counts[:2])
    true_met = met + max(min(moved[0], base - 1), 1 - base)
    true_due = met + missed + max(min(moved[1], base - 1), 1 - base)
    assume(0 <= true_met <= true_due)
    assume(true_due > 0)
    row = deadlines_judged(met=met, missed=missed, base=base, min_denominator=base)
    assume(row["state"] == "ok")
    assert row["low"] - 1e-12 <= true_met / true_due <= row["high"] + 1e-12
