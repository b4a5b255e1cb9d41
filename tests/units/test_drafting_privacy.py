"""No name, no words, no address and no number of a case gets into a draft."""

import pytest

from etl.drafting.columns import FEWEST_SEEN
from tests.drafts import CASES, drafted, first_export, numbers, told

SEEN_ONCE = "Zweigstelle Nirgendwo"
CANARY = "Kanarienvogel"
PEOPLE = {
    "Reporter": [f"{CANARY} {n % 3}" for n in range(24)],
    "Bearbeiter": [f"{CANARY}, Anna"],
    "E-mail": [f"{CANARY}@example.org"],
    "Sachverhalt": [f"{CANARY} hat gesehen, dass etwas geschah."],
    "Contact details": [f"Mr {CANARY}"],
    "Unexplained": [f"{CANARY} {n}" for n in range(24)],
    "Hand over to": [f"Dr. {CANARY}"],
    "Title": [f"Complaint by {CANARY}"],
    "Postal address": [f"{CANARY} Street 1"],
    "Phone no": [f"+49 30 1234567 {CANARY}"],
}


def test_no_name_no_words_and_no_number_of_a_case_get_into_a_draft():
    made = drafted({**CASES, **PEOPLE, "Unit": ["North", "South"]})
    assert CANARY not in made.toml
    assert CANARY.casefold() not in made.toml.casefold()
    assert not any(f'"{number}"' in made.toml for number in numbers(24))


@pytest.mark.parametrize(
    "value",
    [
        SEEN_ONCE,
        "Doe, Jane",
        "Mr Smith",
        "jane.doe@example.org",
        "Customer 123456",
        "+49 30 123 45 67",
        "Somebody told me. It was bad",
        "x" * 61,
    ],
)
def test_among_codes_what_may_be_somebody_is_counted_and_not_shown(value):
    often = 1 if value == SEEN_ONCE else 3
    units = ["North"] * 11 + ["South"] * (13 - often) + [value] * often
    made = drafted({**CASES, "Unit": units})
    assert value not in made.toml
    shown = told(made).get("codes", {}).get("unit", {})
    assert shown in ({"North": "north", "South": "south"}, {})
    if shown:
        assert "shaped like a name, an address or a number: 1." in made.toml
    else:
        assert '"Unit": ' in made.toml


def test_a_code_that_is_a_name_of_a_column_about_people_is_not_shown():
    units = ["North"] * 16 + ["Jane Doe"] * 8
    made = drafted({**CASES, "Owner": ["Jane Doe", "John Roe"], "Unit": units})
    assert "Jane" not in made.toml


def test_a_column_of_names_is_none_of_codes_whatever_it_is_called():
    names = ["Doe, Jane", "Roe, Richard", "Poe, Edgar"]
    made = drafted({**CASES, "Department": names})
    assert not any(name in made.toml for name in ("Jane", "Richard", "Edgar"))
    assert "unit" not in first_export(made)["columns"]


def test_the_department_called_hr_is_no_title_of_a_person():
    made = drafted({**CASES, "Department": ["HR North", "HR South"]})
    assert set(told(made)["codes"]["unit"]) == {"HR North", "HR South"}
    made = drafted({**CASES, "Department": ["Hr. Jensen", "hr. Olsen"]})
    assert "unit" not in first_export(made)["columns"]


@pytest.mark.parametrize(("header", "is_read"), [("Subject", False), ("Office", True)])
def test_many_names_are_people_unless_the_column_is_called_something_else(header, is_read):
    firsts, lasts = ("Jane", "John", "Ana", "Luis"), ("Doe", "Roe", "de Souza", "Poe")
    people = [f"{first} {last}" for first in firsts for last in lasts] * 4
    days = [f"2024-01-{n % 28 + 1:02}" for n in range(64)]
    made = drafted({"Case number": numbers(64), "Date received": days, header: people})
    assert ("Jane" in made.toml) == is_read


def test_a_code_must_be_seen_more_than_once():
    assert FEWEST_SEEN >= 2
