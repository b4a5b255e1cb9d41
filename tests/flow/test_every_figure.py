"""Every figure of every release carries what it takes to judge it."""

from datetime import date
from typing import get_args

import polars as pl
import pytest

from metrics.catalog import METRICS
from metrics.metric import State

UNITS_WITH_INTERVAL = ("share", "per_100_people", "per_1000", "days")
AUDIENCES = ("committee", "leadership", "public")


@pytest.fixture(params=AUDIENCES)
def release(request, releases):
    return releases[request.param]


@pytest.fixture
def figures(release):
    told = release.table("definitions").select(
        "metric", "measure", "cohort", "definition", "depends_on", "unit_of_value"
    )
    return release.figures().join(told, on=["metric", "measure"], how="left")


def test_it_has_a_cohort_a_definition_and_checks_that_were_run(release, figures):
    assert figures.filter(
        pl.any_horizontal(pl.col("cohort", "definition").fill_null("") == "")
        | (
            (pl.col("depends_on").list.len().fill_null(0) == 0)
            # These stand in files of the workspace, of which no check of the exports speaks.
            & ~pl.col("metric").is_in(["duties", "consent_forms"])
        )
    ).is_empty()
    known = set(release.table("verdicts")["name"])
    assert set(figures["depends_on"].explode().drop_nulls()) <= known


def test_it_has_an_as_of_day_and_a_period_in_which_no_day_comes_after(release, figures):
    assert isinstance(release.as_of, date)
    later = figures.filter(pl.col("complete") & (pl.col("period") != "whole"))
    assert later.filter(
        pl.col("period_end") > pl.lit(release.as_of).dt.offset_by("1d")
    ).is_empty()


def test_it_has_a_value_or_a_state_and_the_reason_in_words(figures):
    assert set(figures["state"]) <= set(get_args(State))
    is_ok = pl.col("state") == "ok"
    assert figures.filter(is_ok & pl.col("value").is_null()).is_empty()
    assert figures.filter(~is_ok & pl.col("value").is_not_null()).is_empty()
    assert figures.filter(is_ok != (pl.col("reason") == "")).is_empty()


def test_its_value_has_a_numerator_and_where_it_is_a_part_a_denominator(figures):
    told = figures.filter(pl.col("state") == "ok")
    assert told.filter(pl.col("numerator").is_null()).is_empty()
    parts = told.filter(pl.col("unit_of_value") != "cases")
    assert parts.filter(pl.col("denominator").is_null()).is_empty()


def test_its_value_lies_in_its_interval_and_a_count_of_all_has_none(figures):
    told = figures.filter(pl.col("state") == "ok")
    estimated = told.filter(pl.col("unit_of_value").is_in(UNITS_WITH_INTERVAL))
    # A duration's interval may be open above, and a share of all or none still open has none.
    assert estimated.filter(
        (pl.col("low") > pl.col("value") + 1e-12) | (pl.col("high") < pl.col("value") - 1e-12)
    ).is_empty()
    counted = estimated.filter(
        ~pl.col("metric").is_in(
            [metric.name for metric in METRICS if metric.kind in {"survival", "competing"}]
        )
    )
    assert counted.filter(pl.any_horizontal(pl.col("low", "high").is_null())).is_empty()
    rest = told.filter(~pl.col("unit_of_value").is_in(UNITS_WITH_INTERVAL))
    assert rest.filter(pl.any_horizontal(pl.col("low", "high").is_not_null())).is_empty()


def test_every_metric_is_compared_with_history_and_units_or_says_why_not():
    assert [m.name for m in METRICS if (m.charted is None) != bool(m.uncompared)] == []
    assert all(
        metric.charted in {measure.name for measure in metric.measures}
        for metric in METRICS
        if metric.charted
    )


def test_a_series_that_is_long_enough_is_compared(release):
    """Of everybody, of what has six months that can be shown: each metric that is charted."""
    charted = {metric.name: metric.charted for metric in METRICS if metric.charted}
    monthly = release.figures(breakdown="all", period="month", state="ok").filter(
        pl.col("complete")
    )
    long = {
        metric
        for metric, measure, months in monthly.group_by("metric", "measure", "part")
        .len()
        .select("metric", "measure", "len")
        .iter_rows()
        if months >= 6 and charted.get(metric) == measure
    }
    signals = release.table("signals")
    assert long <= set(signals.filter(pl.col("against") == "history")["metric"])


def test_the_time_to_resolution_of_units_is_compared_where_counts_are_exact(committee):
    found = committee.table("signals").filter(
        pl.col("against") == "units", pl.col("metric") == "time_to_resolution"
    )
    quarters = found.group_by("period_start").len()
    assert quarters.height >= 4
    assert set(found["signal"]) <= {"usual", "better", "worse"}
