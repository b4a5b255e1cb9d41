import pytest

from dashboard import paused_days
from dashboard.report import csv, xlsx
from dashboard.series import Subject
from metrics.release import open_release
from tests.pages.reading import charts, words


def test_the_menu_has_one_page_for_each_file_of_views_in_the_order_of_their_numbers(opened):
    from dashboard.frame import VIEWS

    names = sorted(path.stem for path in VIEWS.glob("[0-9][0-9]_*.py"))
    assert names[0] == "10_audit"
    for name in names:
        assert opened(name).title


def test_the_data_quality_page_begins_with_which_commitments_can_be_used(opened):
    said = words(opened("40_data_quality"))
    assert said.index("safe to report") < said.index("What the data allows")
    assert "2,110 rows received" in said
    assert "not a date" in said


def test_the_methods_page_says_who_chose_and_how_mistakes_are_put_right(opened):
    said = words(opened("50_methods"))
    assert "Counts are exact." in said
    assert "chosen by: Ethics office" in said
    assert "A release is never changed." in said
    assert "not yet checked against the text" in said


def test_the_export_page_names_the_audience_before_it_offers_a_file(opened):
    test = opened("60_export", audiences="public")
    assert test.info[0].value.startswith("These files are for this audience: public.")
    labels = [button.label for button in test.get("download_button")]
    assert [label.split(" (")[0] for label in labels] == [
        "Download the PDF",
        "Download the page",
        "Download the workbook",
        "Download all tables",
    ]
    assert "figures.csv" in words(test)


def test_the_pace_of_the_last_quarters_stands_beside_the_time_of_those_received(opened):
    said = words(opened("30_metrics", figure="time_to_resolution.median"))
    assert "At the pace of each quarter" in said
    newest = said.index("61.5 days (95% interval from 54 days on); 52 ends among 140 watched.")
    few = said.index(
        "Fewer than 10 came to their end in this quarter. 4 ends among 31 watched."
    )
    assert newest < few
    assert "At the pace of" not in words(opened("30_metrics", figure="time_to_resolution.q25"))


def test_the_days_paused_are_told_beside_open_cases(shelf):
    (committee,) = [
        made
        for made in map(open_release, shelf.glob("*.duckdb"))
        if made.audience == "committee"
    ]
    assert paused_days.sentences(committee, Subject("backlog", "open_cases")) == [
        "Q3 2026: 13% of the days (1,500 of 12,000). Of 400 days more no export records pauses."
    ]
    assert paused_days.sentences(committee, Subject("report_frequency", "rate")) == []


def test_large_files_are_made_when_they_are_asked_for_and_not_for_the_page(opened, monkeypatch):
    def too_early(*_: object, **__: object) -> None:
        raise AssertionError("nobody asked for this file yet")

    for form in (csv, xlsx):
        monkeypatch.setattr(form, "render", too_early)
    said = words(opened("60_export", audiences="public"))
    assert "figures.csv" in said
    assert "bounds.csv" in said
    assert "bounds.csv" not in words(opened("60_export"))


def test_the_export_page_says_how_far_counts_may_be_off_where_it_is_asked(opened):
    test = opened("60_export", audiences="public")
    assert "How far a count may be from the truth" not in words(test)
    test.toggle[0].set_value(True).run()
    said = words(test)
    told = said[said.index("How far a count may be from the truth, at most") :]
    assert " 9 " in told
    assert " 36 " in told  # of a year: nine for each of its quarters


@pytest.mark.parametrize("each", ["month", "quarter", "year", "whole"])
@pytest.mark.parametrize("by", ["all", "unit"])
def test_every_figure_can_be_looked_up_for_every_period(opened, each, by):
    test = opened("30_metrics", figure="time_to_resolution.median", by=by, each=each)
    assert test.title[0].value == "Time to resolution: half are resolved within"
    assert "days" in words(test)


def test_a_figure_for_the_whole_time_is_a_table_without_a_chart(opened):
    test = opened("30_metrics", figure="report_frequency.reports", by="all", each="whole")
    assert charts(test) == []
    assert "1 January 2024" in words(test)


def test_the_quarter_to_come_is_a_range_and_the_last_is_compared_with_a_year_ago(opened):
    said = words(opened("30_metrics", figure="report_frequency.rate", by="all", each="quarter"))
    assert "Q4 2026: 140 to 205 concerns would be no surprise" in said
    assert "41 concerns so far, about 82% of what the month will come to: 42 to 58" in said
    assert "Q3 2026 had 0.93 times as many per head as Q3 2025" in said
    assert "could be chance" in said
    later = words(opened("30_metrics", figure="satisfaction.top_two", by="all"))
    assert "no surprise" not in later


def test_it_is_said_who_answered_and_what_all_would_have_said(opened):
    said = words(opened("30_metrics", figure="satisfaction.top_two", by="all"))
    assert "Q3 2026: 41% of those asked answered." in said
    assert "Who answers depends on how the case ended" in said
    assert (
        "64% would be satisfied (95% interval 52% to 74%), beside 75% of those who did" in said
    )


def test_a_published_figure_is_compared_only_where_the_definitions_match(opened):
    said = words(opened("30_metrics", figure="report_frequency.rate", by="all"))
    assert "Published elsewhere" in said
    assert "2025, 95% interval 1.70 to 2.10" in said
    said = words(opened("30_metrics", figure="time_to_resolution.median", by="all"))
    assert "not comparable" in said
    assert "because it leaves out every case that is still open" in said


def test_a_choice_made_on_one_page_is_kept_on_the_next(opened):
    test = opened()
    test.selectbox(key="box_quarter").set_value("2026Q1").run()
    test.switch_page("views/40_data_quality.py").run()
    assert test.selectbox(key="box_quarter").value == "2026Q1"


def test_the_counts_behind_a_frequency_are_told_as_reports_and_people(opened):
    test = opened("30_metrics", figure="report_frequency.rate", by="all", each="month")
    assert "67 concerns, 1,500 people" in words(test)


def test_the_page_of_figures_explains_the_marks_of_its_chart(opened):
    months = opened("30_metrics", figure="report_frequency.rate", by="all", each="month")
    assert "Shaded: usual range" in words(months)
    units = opened("30_metrics", figure="escalation_compliance.share_met", by="unit")
    assert "Shaded: expected for its size" in words(units)
