"""Which column of an export is the case's number: told by its name or values, or asked."""

import pytest

from tests.drafts import CASES, drafted, first_export, numbers


def test_one_column_in_which_no_value_comes_twice_is_the_number():
    made = drafted({"Xyz": numbers(30), "Date received": ["2024-01-02"]})
    assert first_export(made)["columns"]["case_id"] == "Xyz"
    assert 'case_id = "Xyz"    # likely: look at it' in made.toml


def test_without_a_number_it_is_asked_and_not_chosen():
    made = drafted(
        {"X": numbers(30), "Y": [f"b{n}" for n in range(30)], "Received": ["2024-01-02"]},
    )
    assert first_export(made)["columns"]["case_id"] == "?"
    assert any("the case's number" in question for question in made.questions)


def test_two_columns_that_count_cases_differently_are_asked_about():
    made = drafted(
        {
            "cr_id": [f"C{n // 2}" for n in range(40)],
            "entry_id": [f"e{n}" for n in range(40)],
            "Received": ["2024-01-02"],
        }
    )
    assert first_export(made)["columns"]["case_id"] == "?"
    assert first_export(made)["grain"] == "?"
    assert '"cr_id" (2.00 rows each), "entry_id" (1.00 rows each)' in made.toml


@pytest.mark.parametrize(
    ("own", "case"), [("Id", "CaseId"), ("id", "complaint_id"), ("Number", "Case number")]
)
def test_the_number_of_a_row_gives_way_to_the_number_of_its_case(own, case):
    columns = {own: numbers(24), case: ["A", "B", "C"], "Created": CASES["Date received"]}
    assert first_export(drafted(columns))["columns"]["case_id"] == case


def test_the_number_of_a_row_is_no_number_of_a_case():
    made = drafted(
        {
            "row_id": numbers(40),
            "cr_id": [f"C{n // 2}" for n in range(40)],
            "Received": ["2024-01-02"],
            "Category": ["Theft", "Fraud"],
        }
    )
    assert first_export(made)["columns"]["case_id"] == "cr_id"
    assert first_export(made)["grain"] == "allegation"


GROUPED = [f"B{n // 4}" for n in range(80)]
DAYS_OF_GROUPS = [f"2024-01-{n // 4 + 1:02}" for n in range(80)]


def test_a_counter_of_rows_is_asked_about_where_another_column_tells_of_the_same_days():
    made = drafted(
        {"ObjectId": [str(n) for n in range(80)], "Bpc": GROUPED, "Received": DAYS_OF_GROUPS}
    )
    assert first_export(made)["columns"]["case_id"] == "?"
    assert any('"Bpc" (4.00 rows each)' in question for question in made.questions)


def test_a_person_whose_cases_are_of_different_days_is_no_rival_of_a_counter():
    days = [f"2024-01-{n % 28 + 1:02}" for n in range(80)]
    made = drafted({"ObjectId": numbers(80), "Badge": GROUPED, "Received": days})
    assert first_export(made)["columns"]["case_id"] == "ObjectId"


def test_a_number_of_the_lines_gives_way_to_the_ticket_s_own():
    lines = [str(n) for n in range(1, 25)]
    made = drafted({"Nummer": lines, "Ticket#": numbers(24), "Erstellt": ["2024-01-02"]})
    assert first_export(made)["columns"]["case_id"] == "Ticket#"


def test_a_number_that_counts_the_lines_is_told_to_be_one():
    lines = [str(n) for n in range(1, 25)]
    made = drafted({"S/No": lines, "Received": CASES["Date received"]})
    assert first_export(made)["columns"]["case_id"] == "S/No"
    assert "it counts the rows of this file: has a case the same in the next one?" in made.toml


def test_a_question_names_the_columns_that_may_be_its_answer():
    made = drafted(
        {
            "#": [str(n) for n in range(1, 25)],
            "Xyz": numbers(24),
            "Day 0": CASES["Date received"],
            "Day 1": CASES["Date received"],
        }
    )
    asked = " ".join(made.questions)
    assert 'say so; it may be "#"' in asked
    assert 'None is called so; it may be "Day 0" or "Day 1"' in asked


NAMES = [f"{first} {last}" for first in ("Budi", "Siti", "Agus") for last in ("Wibowo", "Ayu")]


def test_names_of_people_are_no_numbers_although_none_comes_twice():
    people = {"Nama": NAMES, "Nomor": numbers(6), "Received": CASES["Date received"][:6]}
    made = drafted(people)
    assert first_export(made)["columns"]["case_id"] == "Nomor"
    made = drafted({**people, "Arsip": [f"{n:03}" for n in range(6)]})
    assert 'it may be "Nomor" or "Arsip"' in made.questions[0]


def test_a_column_that_is_called_a_number_is_none_where_names_stand_in_it():
    made = drafted({"Reference": NAMES, "Received": CASES["Date received"][:6]})
    assert first_export(made)["columns"]["case_id"] == "?"
    assert "Reference" not in made.questions[0]


def test_an_instant_is_no_number_of_a_case():
    times = [f"at {day:02}, 10:{day:02}" for day in range(1, 25)]
    made = drafted({"Xyz": times, "Received": CASES["Date received"]})
    assert first_export(made)["columns"]["case_id"] == "?"


def test_an_instant_that_no_two_cases_share_is_named_where_nothing_else_may_be_the_number():
    made = drafted({"Timestamp": [f"2024-01-{day:02} 10:00:00Z" for day in range(1, 25)]})
    assert 'say so; it may be "Timestamp"' in made.questions[0]
