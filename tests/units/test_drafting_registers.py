"""Drafts of several files of one system: a list of cases, and what is told beside it."""

import json
from pathlib import Path

from etl.drafting.draft import Draft, draft
from tests.drafts import told

DAYS = [f"2024-01-{n + 1:02}" for n in range(20)]
CASES = "Case number,Date received,Category\n" + "".join(
    f"A-{n},{day},{('Fraud', 'Theft')[n % 2]}\n" for n, day in enumerate(DAYS)
)


def of_texts(folder: Path, **files: str) -> Draft:
    paths = []
    for name, text in files.items():
        ending = "json" if text.startswith("[") else "csv"
        paths.append(folder / f"{name}.{ending}")
        paths[-1].write_text(text, encoding="utf-8")
    return draft(*paths, name="s", zone="UTC")


def test_a_list_of_closures_is_not_asked_for_the_receipt_of_the_cases(tmp_path):
    closures = "Case number,Date closed,Outcome\n" + "".join(
        f"A-{n},2024-02-{n + 1:02},Substantiated\n" for n in range(0, 20, 2)
    )
    made = of_texts(tmp_path, cases=CASES, closures=closures)
    register = told(made)["exports"]["cases_2"]
    assert register["events"] == {"closed": "Date closed"}
    assert register["columns"] == {"case_id": "Case number", "outcome": "Outcome"}
    assert made.questions == ()


def test_a_list_beside_the_cases_does_not_tell_again_what_is_only_called_alike(tmp_path):
    escalated = "Case number,Escalated on,Reason\n" + "".join(
        f"A-{n},2024-02-{n + 1:02},{('Delay', 'Request')[n % 2]}\n" for n in range(12)
    )
    made = of_texts(tmp_path, escalations=escalated, cases=CASES)
    register = told(made)["exports"]["cases"]
    assert register["columns"] == {"case_id": "Case number"}
    assert register["events"] == {"escalated": "Escalated on"}
    assert '"Reason": another export tells what it may be' in made.toml


def test_what_a_field_was_is_not_taken_for_what_it_became(tmp_path):
    changes = [
        {"ticketId": f"A-{n}", "eventTime": f"2024-02-{n + 1:02}T10:00:00Z", "eventInfo": info}
        for n in range(20)
        for info in [
            [
                {
                    "propertyName": "Status",
                    "propertyValue": {"previousValue": was, "updatedValue": became},
                }
            ]
            for was, became in (("New", "Open"), ("Open", "Closed"))
        ]
    ]
    made = of_texts(tmp_path, cases=CASES, history=json.dumps(changes))
    columns = told(made)["exports"]["changes"]["columns"]
    assert columns["before"].endswith("previousValue")
    assert columns["after"].endswith("updatedValue")


def test_the_states_of_an_activity_are_states_and_no_kinds_of_steps(tmp_path):
    states = [
        {"ticket_id": f"A-{n}", "performed_at": f"2024-02-{n + 1:02}T1{k}:00:00Z", **said}
        for n in range(20)
        for k, state in enumerate(("New", "Open", "Closed"))
        for said in [{"activity": {"status": state}}]
    ]
    made = of_texts(tmp_path, cases=CASES, activities=json.dumps(states))
    assert told(made)["exports"]["updates"]["columns"]["status"] == "activity.status"
    assert told(made)["exports"]["updates"]["grain"] == "snapshot"
    assert made.questions == ()


def test_a_list_of_users_or_sites_is_no_list_of_cases_and_is_left_out(tmp_path):
    cases = "Case number,Date received,Site,Handler\n" + "".join(
        f"A-{n},{day},S{n % 3},U{n % 4}\n" for n, day in enumerate(DAYS)
    )
    sites = "Site,Name\nS0,Leeds\nS1,York\nS2,Hull\nS3,Bath\n"
    # That an account was created on a day makes it no case.
    users = "User,E-mail,Created\n" + "".join(
        f"U{n},u{n}@example.org,2020-01-0{n + 1}\n" for n in range(6)
    )
    made = of_texts(tmp_path, cases=cases, sites=sites, users=users)
    assert [*told(made)["exports"]] == ["cases"]
    assert made.left_out == ("sites.csv", "users.csv")
    assert "# users.csv tells of no case" in made.toml
    assert made.questions == ()


def test_a_list_of_one_deadline_for_each_case_is_no_second_list_of_cases(tmp_path):
    clocks = "Case number,Target name,Started at,Due at,Met at,Breached\n" + "".join(
        f"A-{n},First contact,{day},2024-02-{n + 1:02},{('', '2024-02-01')[n % 2]},"
        f"{('Yes', 'No')[n % 2]}\n"
        for n, day in enumerate(DAYS)
    )
    made = of_texts(tmp_path, cases=CASES, clocks=clocks)
    export = told(made)["exports"]["deadlines"]
    assert export["grain"] == "verdict"
    assert export["columns"] == {
        "case_id": "Case number",
        "clock": "Target name",
        "verdict": "Breached",
        "started": "Started at",
        "stopped": "Met at",
        "due": "Due at",
    }
    assert made.questions == ()


def test_of_two_words_for_grave_the_graver_is_critical_where_nothing_else_is(tmp_path):
    for last, grave in (("Severe", "critical"), ("Critical", "critical")):
        words = ("Minor", "Moderate", "Major", last)
        cases = "Case number,Date received,Severity\n" + "".join(
            f"A-{n},{day},{words[n % 4]}\n" for n, day in enumerate(DAYS)
        )
        made = of_texts(tmp_path, cases=cases)
        assert told(made)["codes"]["severity"] == {
            "Minor": "low",
            "Moderate": "medium",
            "Major": "high",
            last: grave,
        }
    alone = "Case number,Date received,Severity\n" + "".join(
        f"A-{n},{day},{('Minor', 'Severe')[n % 2]}\n" for n, day in enumerate(DAYS)
    )
    made = of_texts(tmp_path, cases=alone)
    assert told(made)["codes"]["severity"] == {"Minor": "low", "Severe": "high"}


def test_a_day_that_stands_for_none_makes_a_column_one_that_may_be_the_end(tmp_path):
    # No word says that it is; those without an end have a day that has not come.
    cases = "Case number,Date received,Xyzzy\n" + "".join(
        f"A-{n},{day},{('9999-12-31', f'2024-02-{n + 1:02}')[n % 2]}\n"
        for n, day in enumerate(DAYS)
    )
    made = of_texts(tmp_path, cases=cases)
    assert told(made)["exports"]["cases"]["events"]["closed"] == "?"
    assert any('it may be "Xyzzy"' in question for question in made.questions)
