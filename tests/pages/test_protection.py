"""What is not published stays on the server, whatever a release holds beside it."""

from datetime import date

import polars as pl
import pytest

from dashboard import charts, panels, series
from dashboard.access import AccessError, Shelf, shelf_of
from dashboard.palette import LIGHT
from metrics.release import Release
from tests.pages.reading import charts as drawn
from tests.pages.reading import numbers_of, words
from tests.releases import release
from tests.shelves import put

SECRET = 0.123456789
INVESTIGATE = series.Subject("deadline_compliance", "share_met", "investigate")


def with_withheld_months() -> Release:
    """A release in which July's figures carry numbers although they are withheld."""
    made = release()
    july = pl.col("period_start") == date(2026, 7, 1)
    monthly = july & (pl.col("period") == "month")
    figures = made.table("figures").with_columns(
        pl.when(monthly).then(pl.lit("withheld")).otherwise("state").alias("state"),
        *(
            pl.when(monthly).then(SECRET).otherwise(name).alias(name)
            for name in ("value", "low", "high", "denominator")
        ),
        pl.when(monthly).then(4321).otherwise("numerator").alias("numerator"),
    )
    signals = made.table("signals").with_columns(
        pl.when(monthly).then(SECRET).otherwise(name).alias(name)
        for name in ("value", "lower", "upper")
    )
    tables = {**made.tables, "figures": figures, "signals": signals}
    return Release(path=made.path, manifest=made.manifest, tables=tables)


def test_a_withheld_month_reaches_the_browser_without_any_of_its_numbers(opened, tmp_path):
    put(tmp_path, with_withheld_months())
    for page in ("10_audit", "30_metrics"):
        test = opened(page, folder=tmp_path, each="month")
        assert drawn(test)
        for chart in drawn(test):
            assert str(SECRET) not in chart.spec
            for table in numbers_of(chart):
                text = table.write_csv()
                assert str(SECRET) not in text
                assert "4321" not in text
        assert "4,321" not in words(test)


def test_a_month_without_a_figure_keeps_its_place_and_its_reason():
    months = series.monthly(with_withheld_months(), INVESTIGATE, until=date(2026, 10, 1))
    july = months.filter(period_start=date(2026, 7, 1)).row(0, named=True)
    assert july["state"] == "withheld"
    numbers = ("value", "low", "high", "numerator", "denominator", "lower", "upper")
    assert [july[name] for name in numbers] == [None] * 7


def test_a_chart_of_months_can_be_drawn_when_its_last_month_is_withheld():
    made = with_withheld_months()
    months = series.monthly(made, INVESTIGATE, until=date(2026, 8, 1))
    spec = charts.months(
        months,
        axis=charts.Axis("share", "On time", 0.8),
        ink=LIGHT,
        events=series.no_events(made),
    ).to_dict()
    assert str(SECRET) not in str(spec)


def test_a_server_that_was_told_of_no_audience_shows_nothing(shelf):
    assert shelf_of({"CASE_AUDIT_RELEASES": str(shelf), "CASE_AUDIT_AUDIENCES": ""}) is None
    assert shelf_of({}) is None


def test_a_release_for_an_audience_that_is_not_allowed_cannot_be_taken(shelf):
    with pytest.raises(AccessError, match="public"):
        Shelf(folder=shelf, audiences=("committee",)).take("public")


def test_a_link_to_an_audience_that_is_not_allowed_shows_the_one_that_is(opened):
    test = opened(audiences="public", audience="committee")
    assert "for: public" in words(test)
    assert "Shown instead: Public." in test.info[0].value


def test_the_newest_release_of_an_audience_is_shown(opened, tmp_path):
    put(tmp_path, release())
    put(tmp_path, release(release="committee-2026-11-30", case_word="complaint"))
    assert opened(folder=tmp_path).title[0].value == "Ethics complaint audit, Q3 2026"


def test_a_release_put_there_while_the_server_runs_is_shown_at_the_next_look(opened, tmp_path):
    put(tmp_path, release())
    test = opened(folder=tmp_path)
    put(tmp_path, release(release="committee-2026-11-30", case_word="complaint"))
    assert test.run().title[0].value == "Ethics complaint audit, Q3 2026"


def test_where_nothing_was_published_the_page_says_how_to_publish(opened, tmp_path):
    test = opened(folder=tmp_path)
    assert test.title[0].value == "Nothing has been published here yet"
    assert test.code[0].value == "case-audit publish --audience committee"


def test_a_server_with_two_audiences_lets_the_reader_choose_between_them_only(opened):
    test = opened(audiences="committee,public")
    assert list(test.selectbox(key="box_audience").options) == ["Committee", "Public"]


def test_many_units_with_nothing_to_count_are_named_together_below_those_with_something():
    made = release()
    rows = series.by_level(made, INVESTIGATE, "unit", start=date(2026, 7, 1))
    nothing = rows.head(1).with_columns(
        pl.lit("no_data").alias("state"),
        *(
            pl.lit(None).cast(rows.schema[name]).alias(name)
            for name in ("value", "lower", "upper")
        ),
    )
    many = [nothing.with_columns(pl.lit(f"Quay {n}").alias("title")) for n in range(6)]
    axis = charts.Axis("share", "Investigated in time", 0.8, "deadline_compliance")
    few = panels.level_table(made, pl.concat([rows, *many[:5]]), axis, first="Unit")
    assert few.count("Quay") == 5
    assert "No data for" not in few
    told = panels.level_table(made, pl.concat([rows, *many]), axis, first="Unit")
    assert told.count("<tr") == few.count("<tr") - 5
    assert "No data for 6 others: Quay 0, Quay 1, Quay 2, Quay 3, Quay 4 and Quay 5." in told
