"""What a draft does where nobody knows the words of a system: it asks."""

import polars as pl
import pytest

from etl.drafting import parts
from etl.drafting.columns import column_of
from etl.drafting.draft import draft
from etl.readers.rows import DIGITS_LOST, NOT_CALCULATED
from tests.drafts import CASES, drafted, first_export, told

DAYS = [f"2024-02-{day:02}" for day in range(1, 25)]


def test_where_no_date_is_called_the_end_it_is_asked_which_is():
    made = drafted({**CASES, "Tanggal Penutupan": ["2024-02-03", "-"]})
    assert first_export(made)["events"]["closed"] == "?"
    assert 'it may be "Tanggal Penutupan". If none does' in made.questions[0]
    # What is written there for nothing is nothing once the answer is given.
    assert first_export(made)["nulls"] == ["", "-"]


def test_of_a_receipt_that_is_asked_for_the_form_is_told_and_the_zone_asked():
    number = {"Case number": [f"A-{n}" for n in range(24)]}
    beta = [f"2024-01-{n + 1:02}" for n in range(24)]
    clear = [f"{day}/01/2024 10:00" for day in range(1, 25)]
    made = drafted({**number, "Alpha": clear, "Beta": beta})
    assert "which time zone" in made.questions[0]
    assert 'it may be "Alpha" or "Beta"' in made.questions[1]
    assert '#   if it is "Alpha", write under [exports.cases.date_formats]:' in made.toml
    assert '#   "Alpha" = "%d/%m/%Y %H:%M"' in made.toml
    assert 'if it is "Beta"' not in made.toml
    either = [f"{day}/{day}/2024 10:00" for day in range(1, 13)]
    assert "if it is" not in drafted({**number, "Alpha": either, "Beta": beta}).toml


def test_no_end_is_asked_for_where_one_is_known_or_every_case_has_the_date():
    known = drafted({**CASES, "Closed": ["2024-02-03", ""], "Xyz": ["2024-02-03", ""]})
    assert known.questions == ()
    assert drafted({**CASES, "Xyz": ["2024-02-03"]}).questions == ()


@pytest.mark.parametrize("name", ["Workflow State (internal)", "Status of it"])
def test_a_column_called_a_status_is_asked_about_although_no_code_is_known(name):
    made = drafted({**CASES, name: ["Zagelo", "Brimt"]})
    assert first_export(made)["columns"]["status"] == name
    assert told(made)["codes"]["status"] == {"Brimt": "?", "Zagelo": "?"}


def test_a_column_known_by_its_codes_is_the_status_rather_than_one_nearly_called_so():
    made = drafted({**CASES, "Marital status": ["Zagelo", "Brimt"], "Xyz": ["Open", "Closed"]})
    assert first_export(made)["columns"]["status"] == "Xyz"


def test_what_some_cases_lack_is_not_their_status_whatever_it_is_called():
    made = drafted({**CASES, "Consent status": ["Zagelo", "Brimt", ""]})
    assert "status" not in first_export(made)["columns"]


def test_how_a_column_that_was_not_recognised_is_read_after_all_is_said():
    made = drafted({**CASES, "Substansi": ["Satu", "Dua"]})
    assert "# To read one after all, take it off this list." in made.toml
    assert "outcome" in told(made)["own_codes"]
    assert "To read one" not in drafted({**CASES, "Owner": ["Jane Doe"]}).toml


def test_a_column_that_gave_way_to_another_is_told_with_it():
    made = drafted({**CASES, "Unit": ["N", "S"], "Department": ["North", "South"]})
    assert '"Department": it may be unit, which "Unit" is taken for' in made.toml


def test_a_log_whose_steps_nobody_can_tell_is_asked_about_them():
    made = drafted(
        {
            "Sygnatura": [f"A-{n // 2:02}" for n in range(24)],
            "Tanggal": DAYS,
            "Tindakan": ["Surat dikirim", "Rapat", "Telepon"],
        }
    )
    log = first_export(made)
    assert (log["grain"], log["columns"]["occurred"]) == ("event", "Tanggal")
    assert log["columns"]["case_id"] == "Sygnatura"
    assert log["columns"]["kind"] == "?"
    assert "kind" in told(made)["own_codes"]
    assert 'None is called so; it may be "Tindakan"' in made.questions[0]


def test_what_findings_do_not_read_is_left_out_although_another_column_is_called_alike():
    findings = {"Case number": [f"A-{n // 2}" for n in range(24)], "Issue": ["Theft", "Fraud"]}
    units = {"Unit": ["N", "S"], "Department": ["North", "South"]}
    made = first_export(drafted({**findings, **units}))
    assert (made["grain"], made["ignored"]) == ("finding", ["Unit", "Department"])


def test_what_was_changed_may_be_told_in_words_beside_what_it_was_and_became():
    history = drafted(
        {
            "Case number": [f"A-{n // 3}" for n in range(24)],
            "Changed at": DAYS,
            "Activity": ["Case created", "Status changed", "Priority changed"],
            "Old value": ["", "New", "Low"],
            "New value": ["New", "Closed", "High"],
        }
    )
    steps = first_export(history)["steps"]
    assert {step["change"]: step["when"] for step in steps} == {
        "status": {"Activity": ["Status changed"]},
        "severity": {"Activity": ["Priority changed"]},
    }


def test_the_changes_inside_a_record_are_those_from_one_to_another_at_an_instant():
    history = drafted(
        {
            "ticketId": [f"A-{n // 2}" for n in range(24)],
            "at": [f"17700{n:02}000000" for n in range(24)],
            "field": ["status", "priority"],
            "from": ["OPEN", "LOW"],
            "to": ["DONE", "HIGH"],
        }
    )
    export = first_export(history)
    assert (export["grain"], export["dates"]) == ("change", "epoch ms")
    assert {step["change"] for step in export["steps"]} == {"status", "severity"}


def test_a_table_of_unknown_words_is_read_once(tmp_path, monkeypatch):
    read, seen = parts.read_export, []
    monkeypatch.setattr(parts, "read_export", lambda *told: seen.append(told) or read(*told))
    path = tmp_path / "laporan.csv"
    rows = "".join(f"A-{n},{day},Satu\n" for n, day in enumerate(DAYS))
    path.write_text(f"Nomor,Tanggal,Hal\n{rows}", encoding="utf-8")
    assert draft(path, zone="UTC").questions == ()
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("header", "encoding"),
    [
        ("Sygnatura;Data wpływu;Skarżący", "cp1250"),
        ("Číslo případu;Datum přijetí;Stav řešení", "cp1250"),
        ("Номер;Дата поступления;Дата", "cp1251"),
        ("Αριθμός;Ημερομηνία;Υπόθεση", "cp1253"),
        ("Número;Fecha de recepción;Niño", "cp1252"),
        ("Başvuru No;Başvuru Tarihi;Değerlendirme", "cp1254"),
        ("Ügyszám;Bejelentő;Beérkezett", "cp1250"),
        ("Relações;Data;São João", "cp1252"),
        ("Númer;Skráð þann;Lýsing", "cp1252"),
        ("受付番号;受付日;ステータス", "cp932"),
        ("사건 번호;접수일;상태", "cp949"),
    ],
)
def test_letters_that_are_none_of_western_europe_are_read_as_they_were_written(
    tmp_path, header, encoding
):
    path = tmp_path / "skargi.csv"
    rows = "".join(f"A-{n};{day};x\n" for n, day in enumerate(DAYS))
    path.write_bytes(f"{header}\n{rows}".encode(encoding))
    made = draft(path, zone="UTC")
    assert header.split(";")[0] in made.toml
    assert header.split(";")[2] in made.toml
    assert first_export(made)["encoding"] == encoding
    assert "look whether what stands here is spelt so" in made.toml


def test_a_cell_that_has_lost_its_value_says_nothing_of_its_column():
    marked = column_of("Unit", 0, pl.Series(["north", NOT_CALCULATED, DIGITS_LOST, "north"]))
    assert (marked.distinct, marked.values.to_list()) == (1, ["north", "north"])


@pytest.mark.parametrize("names", [("Urgency", "Priority"), ("Priority", "Impact")])
def test_a_priority_in_numbers_is_asked_about_and_no_urgency_taken_for_it(names):
    codes = {"Priority": ["1", "2", "3"], "Urgency": ["High", "Low"], "Impact": ["High", "Low"]}
    made = drafted(CASES | {name: codes[name] for name in names})
    assert first_export(made)["columns"]["severity"] == "Priority"
    assert told(made)["codes"]["severity"] == {"1": "?", "2": "?", "3": "?"}


def test_an_urgency_alone_is_the_severity():
    made = drafted({**CASES, "Urgency": ["High", "Low"]})
    assert first_export(made)["columns"]["severity"] == "Urgency"


def test_a_column_of_states_is_no_category_although_it_is_called_a_type():
    states = {"State": ["Open", "Done"], "State.type": ["In progress", "Completed"]}
    export = first_export(drafted(CASES | states))
    assert export["columns"]["status"] == "State"
    assert "category" not in export["columns"]


ENDS = {
    **CASES,
    "Status": ["Open", "Resolved", "Closed"],
    "Closed": ["", "", "2024-03-03"],
}


@pytest.mark.parametrize(
    ("days", "asked"),
    [
        pytest.param(["", "2024-02-01", "2024-02-02"], True, id="of ended cases alone"),
        pytest.param(["2024-02-03", "2024-02-01", ""], False, id="of open ones too"),
        pytest.param(["", "", "2024-02-02"], False, id="of those with a date alone"),
    ],
)
def test_the_day_of_an_end_that_a_status_alone_tells_is_asked_for(days, asked):
    made = drafted({**ENDS, "Datum X": days})
    found = [q for q in made.questions if "when a case was resolved" in q]
    assert bool(found) is asked
    assert all('it may be "Datum X"' in question for question in found)
    assert ("resolved" in first_export(made)["events"]) is asked
