"""Codes that are an organisation's own are listed once, by name, and never guessed at load."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from dashboard.source_steps import draft_source, list_codes
from etl.drafting.own_codes import listing, proposed, unlisted
from etl.errors import ExportError, SourceError
from etl.load import load
from etl.workspace import Workspace, init

EXPORTS = Path(__file__).parents[1] / "exports"
TASKS = EXPORTS / "servicenow" / "task_sla.csv"
INCIDENTS = EXPORTS / "servicenow" / "incident.csv"


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return init(tmp_path / "audit")


def test_an_export_with_codes_of_its_own_is_refused_with_the_remedy(workspace):
    with pytest.raises(ExportError, match=r"'?Conduct desk'?.*case-audit source codes EXPORT"):
        load(workspace, [INCIDENTS], as_of=date(2024, 3, 31))


def test_listed_once_they_are_loaded_and_listed_never_again(workspace):
    told = list_codes([INCIDENTS, TASKS], workspace)
    assert told.lines[0] == (
        "listed in sources/servicenow.toml: 2 of unit, 2 of category, 3 of clock"
    )
    (delivery,) = load(workspace, [INCIDENTS], as_of=date(2024, 3, 31))
    assert (delivery.rows_loaded, delivery.rows_rejected) == (4, 0)
    assert list_codes([INCIDENTS], workspace).lines == (
        "every code of these exports is listed already",
    )


def test_what_a_shipped_source_lists_itself_is_not_listed_again(workspace):
    known = workspace.sources().values()
    found = unlisted(INCIDENTS, known).codes
    assert found == {
        "unit": ["Conduct desk", "Data desk"],
        "category": ["Conduct", "Data"],
    }


def test_the_changes_inside_a_file_are_looked_at_too(workspace):
    found = unlisted(EXPORTS / "jira" / "search.json", workspace.sources().values()).codes
    assert found == {"unit": ["Quays"], "category": ["Report"]}


def test_two_codes_with_the_same_letters_stay_two():
    assert proposed("unit", ["A-B", "A B"], {"x": "c"}) == {"A-B": "a_b", "A B": "a_b_2"}


def test_a_status_of_which_no_word_tells_the_meaning_is_a_question():
    assert proposed("status", ["Closed", "Zwischenablage"], {}) == {
        "Closed": "closed",
        "Zwischenablage": "?",
    }


def test_new_codes_join_the_table_that_stands_there(workspace):
    source = workspace.sources()["servicenow"]
    before = 'extends = "servicenow"\n\n[codes.unit]\n"Old" = "old"\n\n[labels.unit]\n'
    text = listing(source, {"unit": ["New desk"]}, before=before)
    assert text.count("[codes.unit]") == text.count("[labels.unit]") == 1
    path = workspace.folder / "sources" / "servicenow.toml"
    path.write_text(text, encoding="utf-8")
    found = workspace.sources()["servicenow"]
    assert found.codes["unit"] == {"New desk": "new_desk", "Old": "old"}
    assert found.label("unit", "new_desk") == "New desk"


def test_a_column_of_other_things_than_codes_is_refused(workspace, tmp_path):
    rows = "".join(f"INC{n},2024-01-02 09:00:00,New,Group {n}\n" for n in range(501))
    export = tmp_path / "incident.csv"
    export.write_text(f"number,opened_at,incident_state,assignment_group\n{rows}")
    with pytest.raises(
        SourceError, match="unit is no list of codes \\(501 different values\\)"
    ):
        unlisted(export, workspace.sources().values())


def test_a_long_list_whose_codes_come_again_and_again_is_one(workspace, tmp_path):
    rows = "".join(f"INC{n},2024-01-02 09:00:00,New,Group {n % 501}\n" for n in range(10_020))
    export = tmp_path / "incident.csv"
    export.write_text(f"number,opened_at,incident_state,assignment_group\n{rows}")
    assert len(unlisted(export, workspace.sources().values()).codes["unit"]) == 501


def test_a_workspace_s_source_has_all_of_what_it_extends(workspace):
    shutil.copy(EXPORTS / "servicenow" / "servicenow.toml", workspace.folder / "sources")
    found = workspace.sources()["servicenow"]
    assert found.title == "ServiceNow"
    assert found.codes["unit"]["Conduct desk"] == "conduct_desk"
    assert found.codes["status"]["New"] == "new"
    assert "unit" in found.own_codes


def test_a_source_that_extends_nothing_known_is_refused(workspace):
    (workspace.folder / "sources" / "desk.toml").write_text('extends = "dsek"\nname = "desk"\n')
    with pytest.raises(SourceError, match=r"desk\.toml: it extends 'dsek', which is no source"):
        workspace.sources()


def test_codes_that_a_draft_does_not_show_are_added_to_it(workspace, tmp_path):
    rows = "".join(f"A-{n},2024-01-{n + 10},Theft\n" for n in range(9))
    export = tmp_path / "cases.csv"
    export.write_text(f"Case number,Date received,Category\n{rows}A-9,2024-01-30,Fraud\n")
    # The file may be called otherwise than the source that it describes.
    place = workspace.folder / "sources" / "drafted.toml"
    draft_source([export], name="harbour", to=place, workspace=workspace)
    assert "Fraud" not in place.read_text(encoding="utf-8")
    told = list_codes([export], workspace)
    assert told.lines[0] == "listed in sources/drafted.toml: 1 of category"
    (delivery,) = load(workspace, [export], as_of=date(2024, 3, 31))
    assert (delivery.rows_loaded, delivery.rows_rejected) == (10, 0)


# The form of dates that an administrator chose


def issues(folder: Path, *created: str) -> Path:
    rows = "".join(f"{n},SPEAK-{n},Report,Done,{on},\n" for n, on in enumerate(created))
    export = folder / "issues.csv"
    export.write_text(f"Issue id,Issue key,Issue Type,Status,Created,Resolved\n{rows}")
    return export


@pytest.mark.parametrize(
    ("created", "dates", "locale"),
    [
        (("3/13/26 12:05 AM", "1/5/26 9:12 AM"), "%m/%d/%y %I:%M %p", None),
        (("13.03.2026 00:05", "05.01.2026 09:12"), "%d.%m.%Y %H:%M", None),
        (("13/Mär/26 00:05", "05/Jan/26 09:12", "06/Jan/26 10:00"), "%d/%b/%y %H:%M", "de"),
    ],
)
def test_dates_in_the_form_of_an_installation_are_proposed(
    workspace, tmp_path, created, dates, locale
):
    export = issues(tmp_path, *created)
    assert list_codes([export], workspace).lines[0] == (
        "listed in sources/jira.toml: 1 of category, the dates of issues"
    )
    written = workspace.sources()["jira"].exports[0].written
    assert (written.dates[0], written.locale) == (dates, locale)
    assert "%d/%b/%y %H:%M" in written.dates
    (delivery,) = load(workspace, [export], as_of=date(2026, 3, 31))
    assert delivery.rows_loaded == len(created)
    assert "already" in list_codes([export], workspace).lines[0]


def test_where_no_date_decides_between_days_and_months_it_is_asked(workspace, tmp_path):
    list_codes([issues(tmp_path, "3/4/26 12:05 AM", "1/5/26 9:12 AM")], workspace)
    told = (workspace.folder / "sources" / "jira.toml").read_text(encoding="utf-8")
    assert 'dates = "?"' in told
    with pytest.raises(SourceError, match=r"jira\.toml line \d+"):
        workspace.sources()


def test_dates_in_the_declared_form_are_left_as_they_are(workspace, tmp_path):
    list_codes([issues(tmp_path, "13/Mar/26 00:05", "05/Jan/26 9:12 AM")], workspace)
    assert "dates =" not in (workspace.folder / "sources" / "jira.toml").read_text()


def test_the_footer_of_a_report_that_ships_undeclared_is_listed_for_the_workspace(
    workspace, tmp_path
):
    rows = "".join(f"{n:08},2024-01-{n + 1:02} 08:30,,New\n" for n in range(20))
    export = tmp_path / "report.csv"
    export.write_text(
        f"Case Number,Date/Time Opened,Date/Time Closed,Status\n{rows}\n"
        '"Open Cases 2024"\n"Copyright (c) salesforce.com, inc."\n',
        encoding="utf-8",
    )
    with pytest.raises(ExportError, match=r"footer begins here.*case-audit source codes"):
        load(workspace, [export], as_of=date(2024, 3, 31))
    assert list_codes([export], workspace).lines[0] == (
        "listed in sources/salesforce.toml: the layout of report"
    )
    (delivery,) = load(workspace, [export], as_of=date(2024, 3, 31))
    assert (delivery.rows_loaded, delivery.rows_rejected) == (20, 0)
    assert "already" in list_codes([export], workspace).lines[0]
