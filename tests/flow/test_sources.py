"""The sample exports of every shipped case system, counted by hand in the files themselves."""

import json
import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from etl import recognition
from etl.description import SHIPPED, read_sources
from etl.load import load
from etl.pseudonyms import pseudonyms
from etl.readers.layout import UNTOLD
from etl.reading import reading
from etl.store import Store
from etl.workspace import init

EXPORTS = Path(__file__).parents[1] / "exports"
AS_OF = date(2024, 3, 31)

# Per system and case: its events after its receipt, each with month and day; then whether it is
# open, or the day of its resolution.
EXPECTED = {
    "hotline": {
        "H-001": "acknowledged 0105, triaged 0108, assigned 0109, escalated 0110,"
        " investigated 0205, informed 0210, resolved 0211 | 0211",
        "H-002": "acknowledged 0116, resolved 0201 | 0201",
        "H-003": "acknowledged 0221, escalated 0228 | open",
        "H-004": "escalated 0302, acknowledged 0302, paused 0305, resumed 0309,"
        " acknowledged 0312, closed 0315, resolved 0315, reopened 0320 | open",
        "0017": "resolved 0215 | 0215",
        "0018": "resolved 0202 | 0202",
        "0042": "resolved 0128 | 0128",
        "0043": " | open",
        "000051": "resolved 0209 | 0209",
        "000052": " | open",
    },
    "servicenow": {
        "INC0010001": "resolved 0104, closed 0109 | 0104",
        "INC0010002": "reopened 0118, resolved 0122, closed 0127 | 0122",
        "INC0010003": " | open",
        "INC0010004": "cancelled 0206, resolved 0206 | 0206",
        "a9e30c7dc61122760116894de7bcc7bd": "acknowledged 0210, assigned 0210, escalated 0211,"
        " updated 0211, escalated 0212, de_escalated 0213, paused 0213 | open",
        "INC0010006": " | open",
        "INC0010007": "reopened 0304, resolved 0305 | 0305",
        # mod_count 2 is before 3, whatever the order of the lines within a minute.
        "INC0020001": "acknowledged 0201, assigned 0201, escalated 0201, reassigned 0201,"
        " paused 0201, reassigned 0201, reassigned 0202, resolved 0202, resumed 0202,"
        " reopened 0202, resolved 0203, closed 0208 | 0203",
        "INC0020002": "assigned 0205 | open",
    },
    "jira": {
        "10011": "acknowledged 0102, resolved 0105 | 0105",
        "10012": "acknowledged 0204, escalated 0204, paused 0205, de_escalated 0205 | open",
        "10021": "assigned 0102, acknowledged 0102, escalated 0102, resolved 0105,"
        " reopened 0109 | open",
        "10022": "assigned 0204, resolved 0204 | 0204",
        "10031": "acknowledged 0202, assigned 0202, escalated 0203, resolved 0210,"
        " reopened 0212 | open",
    },
    "globaleaks": {
        "5f1c-01": "acknowledged 0108, escalated 0120, closed 0220, resolved 0220,"
        " reopened 0225, closed 0305, resolved 0305 | 0305",
        "5f1c-02": " | open",
        "5f1c-03": "acknowledged 0211 | open",
    },
    "zendesk": {
        "35436000001": "acknowledged 0105, acknowledged 0105, assigned 0105, escalated 0105,"
        " resolved 0110, reopened 0112, resolved 0120 | 0120",
        "35436000002": "acknowledged 0205, paused 0205, escalated 0205 | open",
        "35436000003": "acknowledged 0219, assigned 0219, paused 0220, escalated 0221,"
        " resolved 0222, resumed 0222, closed 0226 | 0222",
    },
    "salesforce": {
        # The change of the owner stands there twice, by name and by id.
        "5003000000D8cuI": "acknowledged 0103, reassigned 0103, escalated 0105, closed 0110,"
        " resolved 0110, escalated 0111, reopened 0112, resolved 0120, closed 0120 | 0120",
        # Of the other its states alone tell, each with its owner and status.
        "5003000000D8cuJ": "assigned 0214, acknowledged 0215, escalated 0220, reassigned 0220,"
        " de_escalated 0225 | open",
        "00001031": "resolved 0308 | 0308",
        "00001032": " | open",
    },
    "xes": {
        "1-364285768": "assigned 0131, escalated 0201, reassigned 0201, paused 0201,"
        " escalated 0203, reassigned 0203, resumed 0203, de_escalated 0205, resolved 0205,"
        " reopened 0206, resolved 0207, closed 0214 | 0207",
        "1-364285769": "assigned 0301 | open",
    },
}


@pytest.fixture(scope="module")
def audit(tmp_path_factory):
    """Load all samples of a system into an audit of their own; each system once."""
    made = {}

    def loaded(system: str):
        if system not in made:
            workspace = init(tmp_path_factory.mktemp("sources") / system)
            folder = EXPORTS / system
            shutil.copy(folder / f"{system}.toml", workspace.folder / "sources")
            samples = sorted(path for path in folder.iterdir() if path.suffix != ".toml")
            load(workspace, samples, as_of=AS_OF)
            made[system] = workspace
        return made[system]

    return loaded


def asked(workspace, select: str) -> pl.DataFrame:
    with Store.open(workspace.store_path) as store:
        return store.frame(select)


def case_key(workspace, system: str, number: str) -> str:
    return pseudonyms([number], purpose="case", within=system, key=workspace.key())[0]


@pytest.mark.parametrize("system", EXPECTED)
def test_the_cases_and_events_of_a_system_agree_with_a_count_by_hand(audit, system):
    workspace = audit(system)
    names = {case_key(workspace, system, number): number for number in EXPECTED[system]}
    events = asked(workspace, "select case_key, kind, occurred_on from core.events"
                   " where kind <> 'received' order by case_key, sequence")  # fmt: skip
    cases = asked(workspace, "select case_key, resolved_on from core.cases")
    found = {}
    for key, resolved_on in cases.rows():
        told = events.filter(pl.col("case_key") == key).rows()
        listed = ", ".join(f"{kind} {on:%m%d}" for _, kind, on in told)
        end = f"{resolved_on:%m%d}" if resolved_on else "open"
        found[names.get(key, "a case that nobody counted")] = f"{listed} | {end}"
    assert found == EXPECTED[system]


def test_each_issue_of_a_case_is_a_finding_and_the_gravest_is_its_outcome(audit):
    workspace = audit("hotline")
    key = case_key(workspace, "hotline", "H-001")
    findings = asked(
        workspace,
        "select case_key, category, outcome from staging.findings order by category desc",
    )
    assert findings.filter(case_key=key).select("category", "outcome").rows() == [
        ("theft", "substantiated"),
        ("retaliation", "unsubstantiated"),
    ]
    cases = asked(workspace, "select case_key, category, outcome from core.cases")
    assert cases.filter(case_key=key).select("category", "outcome").row(0) == (
        "theft",
        "substantiated",
    )


def test_of_several_categories_in_a_cell_the_first_is_the_case_s(audit):
    workspace = audit("hotline")
    key = case_key(workspace, "hotline", "0017")
    cases = asked(workspace, "select case_key, category, outcome from core.cases")
    assert cases.filter(case_key=key).row(0) == (key, "fraud", "partly")
    findings = asked(workspace, "select case_key, category from staging.findings")
    assert findings.filter(case_key=key)["category"].to_list() == ["fraud", "harassment"]


def test_a_partial_date_keeps_how_exact_it_is(audit):
    exact = asked(audit("hotline"), "select incident_on, incident_exactness from staging.cases")
    assert set(exact.drop_nulls().rows()) == {
        (date(2023, 11, 1), "month"),
        (date(2023, 1, 1), "year"),
        (date(2024, 2, 29), "day"),
        (date(2024, 1, 1), "month"),
    }


def test_an_offer_of_a_survey_is_no_answer_and_none_was_made_of_what_was_not_offered(audit):
    rows = asked(
        audit("zendesk"),
        "select offered_on, answered_on, score, scale_low, scale_high from core.feedback",
    )
    assert sorted(rows.rows()) == [
        (date(2024, 1, 20), date(2024, 1, 21), 1, 0, 1),
        (date(2024, 2, 10), None, None, 0, 1),
        (date(2024, 2, 23), date(2024, 2, 24), 0, 0, 1),
    ]


def test_what_a_source_says_of_its_own_deadlines_is_kept_apart(audit):
    told = "select clock, verdict from core.source_deadlines order by clock, verdict"
    assert asked(audit("servicenow"), told).rows() == [
        ("resolve_p2", "met"),
        ("resolve_p3", "running"),
        ("resolve_p4", "breached"),
    ]
    # One cycle has ended, and after the issue was reopened another is under way.
    assert asked(audit("jira"), told).rows() == [
        ("first_response", "met"),
        ("time_to_close", "running"),
        *[("time_to_resolution", "breached")] * 2,
    ]
    assert asked(audit("salesforce"), told).rows() == [
        ("first_response", "met"),
        ("resolution", "breached"),
        ("resolution", "running"),
    ]


def test_a_page_of_deadlines_none_of_which_runs_is_read(tmp_path):
    workspace = init(tmp_path / "audit")
    shutil.copy(EXPORTS / "jira" / "jira.toml", workspace.folder / "sources")
    page = json.loads((EXPORTS / "jira" / "slas_of_one.json").read_text())
    page["values"].pop()
    path = tmp_path / "sla.json"
    path.write_text(json.dumps(page))
    load(workspace, [EXPORTS / "jira" / "issues.csv", path], as_of=AS_OF)
    told = asked(workspace, "select clock, verdict from core.source_deadlines")
    assert told.rows() == [("first_response", "met")]


def test_a_page_is_first_read_at_the_places_whose_names_it_has(monkeypatch):
    # Each place that is tried is a process, and an interface gives a page for every case.
    tried = []

    def counted(path, layout=UNTOLD):
        tried.append(layout.records)
        return reading(path, layout)

    monkeypatch.setattr(recognition, "reading", counted)
    path = EXPORTS / "jira" / "changes_of_one.json"
    sources = list(read_sources(SHIPPED).values())
    with recognition.recognised(path, sources) as (_, source, export):
        assert (source.name, export.name) == ("jira", "changes_of_one")
    assert set(tried) <= {"values[]", "values[].items[]"}


def test_durations_and_counts_of_a_source_are_evidence_beside_ours(audit):
    workspace = audit("servicenow")
    rows = asked(
        workspace,
        "select case_key, source_days, source_reopens, source_verdict from core.cases",
    )
    found = {key: told for key, *told in rows.rows()}
    # 1970-01-03 23:00:00 is two days and 23 hours, 3 Days 12 Hours are three whole days.
    for number, told in {
        "INC0010001": [2, 0, "met"],
        "INC0010002": [12, 1, "breached"],
        "INC0010007": [3, 2, "breached"],
    }.items():
        assert found[case_key(workspace, "servicenow", number)] == told


def test_people_are_pseudonyms_that_join_the_case_and_its_history(audit):
    workspace = audit("jira")
    (ours,) = pseudonyms(["712020:a1"], purpose="person", within="jira", key=workspace.key())
    assignees = asked(workspace, "select distinct assignee_key from core.cases")
    assert {ours, None} < set(assignees["assignee_key"])
    actors = asked(workspace, "select actor_key from core.events where kind = 'resolved'")
    assert ours in actors["actor_key"].to_list()


def test_no_name_id_or_text_of_the_exports_is_in_the_store(audit):
    for system, words in {
        "jira": ("A. Person", "712020:a1", "SPEAK-1", "A matter", "first, part"),
        "salesforce": ("Ann Example", "00530000004Nw2k", "00001026"),
        "zendesk": ("20978392000", "35436000001"),
        "xes": ("V5 2nd", "1-364285768"),
    }.items():
        stored = audit(system).store_path.read_bytes()
        for word in words:
            assert word.encode() not in stored
