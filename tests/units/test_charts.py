"""What a chart over time is labelled with, and what its key explains."""

from datetime import date

import polars as pl

from dashboard import charts, grids
from dashboard.palette import LIGHT

QUARTERS = ["Q1 2026/27", "Q2 2026/27"]


def two_quarters(*, lower: float | None = None, signal: str = "usual") -> pl.DataFrame:
    return pl.DataFrame(
        {
            "period_start": [date(2026, 4, 1), date(2026, 7, 1)],
            "value": [0.8, 0.9],
            "numerator": [80, 90],
            "denominator": [100, 100],
            "centre": lower,
            "lower": lower,
            "upper": lower,
            "signal": ["usual", signal],
        },
        schema_overrides=dict.fromkeys(("centre", "lower", "upper"), pl.Float64),
    )


AXIS = charts.Axis("share", "Acknowledged in time")
NO_EVENTS = pl.DataFrame(schema={"month": pl.Date, "letter": pl.String})


def test_a_quarter_is_called_on_the_axis_what_the_table_calls_it():
    spec = charts.months(
        two_quarters(), axis=AXIS, ink=LIGHT, events=NO_EVENTS, names=QUARTERS
    ).to_dict()
    said = str(spec)
    assert '"Q2 2026/27"' in said
    assert "Jul 2026" not in said


def test_a_month_is_called_by_its_short_name_on_the_axis():
    spec = charts.months(two_quarters(), axis=AXIS, ink=LIGHT, events=NO_EVENTS).to_dict()
    assert '"Jul 2026"' in str(spec)


def test_who_cannot_see_the_chart_hears_the_same_names():
    rows = two_quarters(signal="worse")
    said = charts.describe_months(rows, axis=AXIS, names=QUARTERS)
    assert "from Q1 2026/27 to Q2 2026/27." in said
    assert "Worse than usual: Q2 2026/27." in said
    assert "from April 2026 to July 2026." in charts.describe_months(rows, axis=AXIS)


def test_the_key_explains_what_is_drawn_and_nothing_else():
    assert grids.key_of(two_quarters(), target=None) == ""
    plain = grids.key_of(two_quarters(lower=0.7), target=None)
    assert "● within usual variation" in plain
    for absent in ("worse", "Dashed"):
        assert absent not in plain
    full = grids.key_of(two_quarters(lower=0.7, signal="worse"), target=0.95)
    for drawn in ("■ worse than usual", "Shaded: usual range", "Dashed line: target"):
        assert drawn in full
