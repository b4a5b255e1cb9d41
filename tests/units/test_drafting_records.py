"""Drafts of records: their kinds, what their numbers mean, and several files of them."""

import json
import tomllib
from pathlib import Path

import pytest

from etl.drafting.draft import Draft, draft
from tests.drafts import CASES, drafted, first_export, told


@pytest.mark.parametrize(
    ("header", "codes", "meanings"),
    [
        (
            "№ обращения;Дата поступления;Дата закрытия;Статус;Результат;Заявитель",
            "Закрыто;Частично подтвердилось",
            ("closed", "partly"),
        ),
        (
            "Başvuru No;Başvuru Tarihi;Kapatma Tarihi;Durum;Sonuç;Başvuran",
            "Yeni;Geri çekildi",
            ("new", "withdrawn"),
        ),
        (
            "Αριθμός αναφοράς;Ημερομηνία υποβολής;Ημερομηνία περάτωσης;Κατάσταση;Πόρισμα;Όνομα",
            "Κλειστή;Αβάσιμη",
            ("closed", "unsubstantiated"),
        ),
    ],
)
def test_words_of_case_systems_are_known_in_other_letters(header, codes, meanings):
    number, received, closed, status, outcome, person = header.split(";")
    made = drafted({
        number: CASES["Case number"],
        received: CASES["Date received"],
        closed: CASES["Date received"],
        status: [codes.split(";")[0]],
        outcome: [codes.split(";")[1]],
        person: ["Jo Doe", "Al Roe", "Flo Poe"],
    })  # fmt: skip
    export = first_export(made)
    assert export["columns"] == {"case_id": number, "status": status, "outcome": outcome}
    assert export["events"] == {"received": received, "closed": closed}
    assert [*told(made)["codes"]["status"].values()] == [meanings[0]]
    assert [*told(made)["codes"]["outcome"].values()] == [meanings[1]]
    assert f'"{person}": about a person' in made.toml


def test_what_a_case_came_to_is_no_category_whatever_it_is_called():
    french = first_export(
        drafted({**CASES, "Nature": ["Vol", "Fraude"], "Issue": ["Fondée", "Non fondée"]})
    )
    assert french["columns"]["outcome"] == "Issue"
    assert french["columns"]["category"] == "Nature"
    english = first_export(drafted({**CASES, "Issue": ["Theft", "Fraud"]}))
    assert english["columns"]["category"] == "Issue"


def test_the_kind_of_a_record_is_no_category():
    made = first_export(
        drafted({
            **CASES,
            "type": ["conversation"],
            "tag.$type": ["Tag", "Label"],
            "customFields[Type].name": ["Theft", "Fraud"],
        })
    )  # fmt: skip
    assert made["columns"]["category"] == "customFields[Type].name"
    assert "category" not in first_export(drafted({**CASES, "type": ["report"]}))["columns"]


# Several files of one system


def of_files(folder: Path, **records) -> Draft:
    """A draft of JSON files, each with these records."""
    for name, told_there in records.items():
        (folder / f"{name}.json").write_text(json.dumps(told_there), encoding="utf-8")
    return draft(*(folder / f"{name}.json" for name in records), name="s", zone="UTC")


ISSUES = [
    {"id": f"2-{n}", "created": f"2024-01-{n + 1:02}T10:00:00Z", "status": "Open"}
    for n in range(20)
]


def test_rows_numbered_otherwise_are_of_the_cases_whose_numbers_they_name(tmp_path):
    made = of_files(
        tmp_path,
        issues=ISSUES,
        activities=[
            {"id": f"0-{n}", "target": {"id": f"2-{n // 2}"}, "at": f"2024-02-01T10:00:{n:02}Z"}
            for n in range(40)
        ],
    )
    _, activities = told(made)["exports"].values()
    assert activities["columns"]["case_id"] == "target.id"
    assert activities["constant_kind"] == "?"
    assert not any("number" in question for question in made.questions)


def test_what_only_numbers_or_dates_what_another_export_tells_is_not_drafted(tmp_path):
    changes = [{"field": "status", "removed": "New", "added": "Closed"}]
    made = of_files(
        tmp_path,
        issues=ISSUES,
        histories={
            "bugs": [
                {
                    "id": issue["id"],
                    "history": [
                        {"when": f"2024-02-0{n}T10:00:00Z", "changes": changes} for n in (1, 2)
                    ],
                }
                for issue in ISSUES
            ]
        },
    )
    exports = told(made)["exports"]
    assert [export["grain"] for export in exports.values()] == ["case", "change"]
    assert exports["changes"]["records"] == "bugs[].history[].changes[]"
    assert exports["changes"]["columns"]["occurred"] == "history[].when"
    assert made.questions == ()


def test_a_number_in_a_history_means_what_its_name_means(tmp_path):
    moves = [("01", "1", "2"), ("02", "2", "9")]
    journals = [
        {
            "when": f"2024-02-{day}T10:00:00Z",
            "details": [{"field": "status_id", "old_value": old, "new_value": new}],
        }
        for day, old, new in moves
    ]
    names = {"1": "New", "2": "Closed"}
    made = of_files(
        tmp_path,
        issues=[
            {**issue, "status": {"id": told, "name": names[told]}, "journals": journals}
            for issue, told in zip(ISSUES, "12" * 10, strict=True)
        ],
    )
    assert told(made)["codes"]["status"] == {
        "New": "new", "Closed": "closed", "1": "new", "2": "closed", "9": "?",
    }  # fmt: skip
    assert '"2" = "closed"    # 40; called "Closed"' in made.toml


def test_entries_inside_a_case_with_numbers_of_their_own_are_of_that_case(tmp_path):
    def entry(case: int, n: int) -> dict[str, object]:
        when = f"2026-03-{n + 1:02}T10:00:00Z"
        return {"id": 100 * case + n, "createdAt": when, "action": {"type": "default"}}

    threads = {case: [entry(case, n) for n in range(3)] for case in range(24)}
    records = [
        {
            "id": 9000 + case,
            "createdAt": "2026-03-01T09:00:00Z",
            "status": "closed" if case % 2 else "active",
            "_embedded": {"threads": threads[case]},
        }
        for case in range(24)
    ]
    path = tmp_path / "conversations.json"
    path.write_text(json.dumps({"conversations": records}), encoding="utf-8")
    made = draft(path, zone="Europe/Oslo")
    history = told(made)["exports"]["history"]
    assert history["columns"]["case_id"] == "conversations[].id"
    assert history["grain"] == "event"


def conversation(number: int) -> dict:
    """One that was answered, closed and opened again, as Help Scout has it."""
    kinds = ["customer", "message", "message", "note", "customer"]
    statuses = ["active", "nochange", "closed", "nochange", "active"]
    told = zip(kinds, statuses, strict=True)
    threads = [
        {"id": 100 * number + n, "type": kind, "status": status}
        | {"createdAt": f"2026-02-{number:02}T1{n}:00:00Z", "source": {"via": "user"}}
        for n, (kind, status) in enumerate(told)
    ]
    return {
        "id": 70000 + number,
        "status": "active",
        "createdAt": f"2026-02-{number:02}T10:00:00Z",
        "_embedded": {"threads": threads[::-1]},
    }


def test_threads_of_conversations_are_states_of_which_no_change_says_nothing(tmp_path):
    told = {"_embedded": {"conversations": [conversation(n) for n in range(1, 29)]}}
    path = tmp_path / "conversations.json"
    path.write_text(json.dumps(told), encoding="utf-8")
    made = draft(path, name="scout", zone="UTC")
    exports = tomllib.loads(made.toml)["exports"]
    (log,) = [export for export in exports.values() if export["grain"] == "snapshot"]
    assert log["nulls"] == ["", "nochange"]
    assert log["changes"] == {"status": "progress"}
    # The type of a thread and its way in are not those of the case.
    assert log["columns"] == {
        "case_id": "conversations[].id", "occurred": "createdAt", "status": "status",
    }  # fmt: skip
    assert "nochange" not in tomllib.loads(made.toml)["codes"]["status"]
