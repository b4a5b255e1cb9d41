from metrics.disclosure.policy import Policy
from tests.pages.reading import charts, numbers_of, words
from tests.specs.measured import published


def test_the_title_names_the_organisations_word_and_the_last_whole_quarter(opened):
    assert opened().title[0].value == "Ethics concern audit, Q3 2026"


def test_the_verdict_stands_before_the_scorecard_and_the_method_stands_last(opened):
    said = words(opened())
    order = [
        "One of six commitments was not met in Q3 2026",
        "Six commitments, Q3 2026",
        "Four measures, Q3 2026",
        "What needs attention",
        "How these figures are made",
    ]
    places = [said.index(part) for part in order]
    assert places == sorted(places)


def test_only_what_needs_attention_has_a_chart_and_its_headline_states_the_finding(
    opened,
):
    test = opened()
    assert [heading.value for heading in test.subheader] == [
        "Finish investigation within 60 days: Field operations stands out at 40%",
        "Tell the reporter within 10 days of decision: no single unit stands out",
        "Share who answered: worse than usual in July 2026",
    ]
    assert len(charts(test)) == 3


def test_every_chart_says_in_words_what_it_shows(opened):
    said = charts(opened())[0].alt
    assert "The target is 80%." in said
    assert "Worse than usual: July 2026, August 2026 and September 2026." in said


def test_the_event_that_explains_a_change_is_told_beneath_its_chart(opened):
    assert "A 6 July 2026, Field operations: Three investigator posts vacant" in words(opened())


def test_the_same_numbers_stand_in_a_table_beneath_the_chart(opened):
    said = words(opened())
    assert "September 2026" in said
    assert "40 of 64" in said


def test_a_unit_with_too_few_cases_has_no_chart_and_the_page_says_why(opened):
    test = opened(unit="legal")
    assert charts(test) == []
    assert "Legal: too little is known of Q3 2026" in words(test)


def test_another_quarter_can_be_chosen_and_the_page_follows(opened):
    test = opened()
    test.selectbox(key="box_quarter").set_value("2026Q2").run()
    assert test.title[0].value == "Ethics concern audit, Q2 2026"
    assert test.query_params["quarter"] == "2026Q2"


def test_a_matter_says_whether_the_process_as_it_is_will_meet_the_target(opened):
    said = words(opened())
    assert "chance decides from month to month whether the target is met" in said


def test_a_link_opens_the_quarter_and_the_unit_that_it_names(opened):
    test = opened(quarter="2025Q4", unit="customer_service")
    assert test.title[0].value == "Ethics concern audit, Q4 2025"
    assert "Customer service · 1 October to 31 December 2025" in words(test)


def test_a_link_to_something_unknown_says_so_and_shows_the_newest(opened):
    test = opened(quarter="1999Q1", unit="nowhere")
    assert test.title[0].value == "Ethics concern audit, Q3 2026"
    assert [notice.value for notice in test.info] == [
        "These figures have no such quarter as the link asks for. Shown instead: Q3 2026.",
        "These figures have no such unit as the link asks for. Shown instead: All units.",
    ]


def test_where_units_are_compared_a_unit_without_a_figure_is_in_the_table_but_not_the_chart(
    opened,
):
    test = opened("30_metrics", by="unit", figure="deadline_compliance.share_met.acknowledge")
    assert "Legal Figure Too few to show" in words(test)
    assert "Too few to show: fewer than 10, too few for a share." in words(test)
    carried = [table for chart in charts(test) for table in numbers_of(chart)]
    named = [table for table in carried if "title" in table.columns]
    assert named
    assert all("Legal" not in table["title"].to_list() for table in named)


def test_the_audit_says_what_nobody_can_judge_and_what_to_record(opened):
    said = words(opened())
    assert "1 of 2 practices of an ethics programme cannot be assessed" in said
    assert "immediate safeguards" in said
    assert "safeguard required, safeguard applied" in said


def test_an_audience_of_rounded_counts_is_not_told_which_events_were_ever_recorded(tmp_path):
    policy = Policy("public", "rounding", min_denominator=50, base=5)
    rows = "case | kind | on\nA | received | 2024-01-02\nA | retaliation_reported | 2024-01-03"
    release = published(tmp_path, as_of="2024-06-30", events=rows, policy=policy)
    assert release.table("practices").is_empty()
