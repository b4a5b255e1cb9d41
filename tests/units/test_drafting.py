"""What is proposed of an unknown export, what is asked, and what never gets into a draft."""

import pytest

from etl.description import read_source
from etl.drafting.draft import draft
from etl.drafting.words import code_means, header_words, likeness, name_for
from etl.errors import ExportError
from tests.drafts import CASES, drafted, first_export, numbers, told

# Columns are found by their names, in several languages, and by their values


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Fallnummer", "case_id"),
        ("N° de dossier", "case_id"),
        ("ticketnumber", "case_id"),
        ("Eingangsdatum", "received"),
        ("createdOn", "received"),
        ("Custom field (Date closed)", "closed"),
        ("Fecha de cierre", "closed"),
        ("Resolved On", "resolved"),
        ("Eingangsbestätigung am", "acknowledged"),
        ("Data di ricezione", "received"),
        ("Ontvangstdatum", "received"),
        ("Schweregrad", "severity"),
        ("Alert Status", "severity"),
        ("Betroffene Gesellschaft", "unit"),
        ("Canal de denuncia", "channel"),
        ("u_business_unit", "unit"),
        ("Case #", "case_id"),
        ("_source.complaint_id", "case_id"),
        ("fields.created", "received"),
        ("N° de signalement", "case_id"),
        ("Entité concernée", "unit"),
        ("Meldungskategorie", "category"),
        ("Tipo de infracción", "category"),
        ("Data do registro", "received"),
        ("Data avviso di ricevimento", "acknowledged"),
        ("Datum binnenkomst", "received"),
        ("Réponse à l'auteur le", "informed"),
        ("Clave de incidencia", "case_id"),
        ("Ticketnummer", "case_id"),
        ("Creada", "received"),
        ("Erste Antwort", "acknowledged"),
        ("Queue", "unit"),
        ("Sagsnr.", "case_id"),
        ("Modtaget den", "received"),
        ("Bekræftet den", "acknowledged"),
        ("Hændelsesdato", "incident_on"),
        ("Alvorlighedsgrad", "severity"),
        ("Datum potvrzení přijetí", "acknowledged"),
        ("Závažnost", "severity"),
        ("Återkoppling lämnad", "informed"),
        ("Mottatt dato", "received"),
        ("Data potwierdzenia przyjęcia", "acknowledged"),
        ("Rodzaj zgłoszenia", "category"),
    ],
)
def test_a_header_says_its_field_in_many_languages(header, field):
    assert likeness(field, header) == 100


def test_a_header_is_read_without_case_accents_signs_and_wrapping():
    assert header_words("  Custom field (Date_Closed) ") == "date closed"
    assert header_words("Rückmeldung-erteilt") == "ruckmeldung erteilt"


@pytest.mark.parametrize(
    ("field", "weaker", "stronger", "codes"),
    [
        ("category", "Type", "Category", ["Theft", "Fraud"]),
        ("severity", "Urgency", "Priority", ["High", "Low"]),
        ("category", "Subject", "Case type", ["Theft", "Fraud"]),
    ],
)
def test_what_says_it_better_is_taken_although_it_comes_later(field, weaker, stronger, codes):
    made = drafted({**CASES, weaker: codes, stronger: codes})
    assert first_export(made)["columns"][field] == stronger
    assert f'or is it "{weaker}"?' in made.toml


def test_what_is_alike_in_every_row_gives_way_to_what_is_not():
    made = drafted({**CASES, "Case type": ["Report"], "Category": ["Theft", "Fraud"]})
    assert first_export(made)["columns"]["category"] == "Category"


def test_the_day_of_what_happened_is_no_receipt():
    made = first_export(
        drafted({
            "Case number": numbers(24),
            "Timestamp": [f"2024-01-{day:02} 10:00:00Z" for day in range(1, 25)],
            "When did it happen?": ["2023-12-01", "2023-12-02"],
        })
    )  # fmt: skip
    assert made["events"] == {"received": "Timestamp"}
    assert made["columns"]["incident_on"] == "When did it happen?"


def test_a_thing_in_a_record_has_a_name_and_a_person_has_one_too():
    made = drafted({**CASES, "project.name": ["North", "South"], "author.name": ["Jo", "Al"]})
    assert first_export(made)["columns"]["unit"] == "project.name"
    assert '"author.name": about a person' in made.toml


def test_a_column_of_an_unknown_name_is_known_by_its_codes():
    made = drafted({**CASES, "Xyz": ["Upheld", "Not upheld", "Withdrawn"]})
    assert first_export(made)["columns"]["outcome"] == "Xyz"


def test_a_name_alone_is_not_sure_where_no_value_of_the_column_bears_it_out():
    made = drafted({**CASES, "Priority": ["Purple route", "Blue route"]})
    assert 'severity = "Priority"    # likely: look at it' in made.toml
    made = drafted({**CASES, "Priority": ["High", "Blue route"]})
    assert 'severity = "Priority"    # sure, by its name' in made.toml


def test_whether_a_reporter_is_anonymous_is_known_by_the_name_of_the_column():
    made = first_export(drafted({**CASES, "Reporter Anonymous?": ["Yes", "No"]}))
    assert made["columns"]["anonymity"] == "Reporter Anonymous?"
    assert (
        "anonymity" not in first_export(drafted({**CASES, "Active": ["Yes", "No"]}))["columns"]
    )


def test_the_part_of_a_country_where_somebody_lives_is_no_state_of_a_case():
    lived = drafted({**CASES, "State": ["CA", "NY", "TX"]})
    assert "State" in first_export(lived)["ignored"]
    assert "where somebody lives" in lived.toml
    worked = drafted({**CASES, "State": ["Open", "Closed"]})
    assert first_export(worked)["columns"]["status"] == "State"


def test_dates_are_not_taken_for_codes_nor_codes_for_dates():
    made = drafted({**CASES, "Escalated": ["Yes", "No"], "Closed": ["no", "yes"]})
    assert set(first_export(made)["events"]) == {"received"}


def test_rows_of_a_case_that_were_received_on_other_days_are_hardly_its_parts():
    made = drafted(
        {
            "Case no": [f"C{n // 3}" for n in range(24)],
            "Created": CASES["Date received"],
            "Label": ["x", "y", "z"],
        }
    )
    assert first_export(made)["grain"] == "?"
    assert any("their status or their receipt" in question for question in made.questions)


@pytest.mark.parametrize(("beside", "read"), [("Type", "Type"), ("Xyz", "Subject")])
def test_a_subject_is_a_category_where_nothing_else_is_called_one(beside, read):
    told_twice = {"Subject": ["Refund late", "Rude answer"], beside: ["Complaint", "Question"]}
    made = drafted({**CASES, **told_twice})
    assert first_export(made)["columns"]["category"] == read


def test_a_column_of_one_value_needs_its_own_name_to_be_a_code():
    made = drafted({**CASES, "user.type": ["User"], "Category": ["Theft"]})
    assert first_export(made)["columns"]["category"] == "Category"
    assert "user.type" in first_export(drafted({**CASES, "user.type": ["User"]}))["ignored"]


def test_names_that_stand_twice_are_numbered(tmp_path):
    rows = "".join(f"A-{n},2024-01-{n + 1:02},x,y\n" for n in range(9))
    text = "Case number,Received,Comment,Comment\n" + rows
    (tmp_path / "c.csv").write_text(text, encoding="utf-8")
    made = draft(tmp_path / "c.csv", zone="UTC")
    assert first_export(made)["repeats"] == "number"
    assert first_export(made)["ignored"] == ["Comment", "Comment [2]"]
    (tmp_path / "c.toml").write_text(made.toml, encoding="utf-8")
    assert read_source(tmp_path / "c.toml").exports[0].layout.repeats == "number"


def test_a_step_that_no_case_has_reached_yet_is_proposed_by_its_name():
    made = drafted({**CASES, "Date closed": [""], "Misc": [""]})
    assert first_export(made)["events"]["closed"] == "Date closed"
    assert first_export(made)["ignored"] == ["Misc"]


def test_lines_below_the_table_that_have_one_cell_are_its_footer(tmp_path):
    rows = "".join(f'"{n}","2024-01-{n + 10}","Open"\n' for n in range(9))
    below = '\n"Case Report"\n"Copyright (c) 2024 by somebody, inc."\n"Made by: A 6/30/2026"\n'
    (tmp_path / "c.csv").write_text(f'"Case Number","Date Opened","Status"\n{rows}{below}')
    made = first_export(draft(tmp_path / "c.csv", zone="UTC"))
    assert made["footer_starts_with"] == "Case Report"


# The grain


@pytest.mark.parametrize(
    ("columns", "grain"),
    [
        (CASES, "case"),
        (
            {
                "Case number": [f"A-{n // 2}" for n in range(40)],
                "Received": ["2024-01-02"],
                "Closed": ["2024-02-03"],
                "Allegation": ["Theft", "Fraud"],
            },
            "allegation",
        ),
        (
            {
                "Case number": [f"A-{n // 2}" for n in range(40)],
                "Event": ["Escalated", "Closed"],
                "Changed on": ["2024-01-02"],
            },
            "event",
        ),
        (
            {
                "Case number": numbers(30),
                "Survey sent": ["2024-01-02"],
                "Answered": ["2024-01-09", ""],
                "Score": ["1", "5", ""],
            },
            "feedback",
        ),
        (
            {
                "Case number": [f"A-{n // 3}" for n in range(60)],
                "Allegation": ["Theft", "Fraud"],
                "Finding": ["Upheld", "Not upheld"],
            },
            "finding",
        ),
    ],
)
def test_the_grain_follows_from_rows_per_case_and_what_they_hold(columns, grain):
    assert first_export(drafted(columns))["grain"] == grain


def test_a_log_whose_steps_nobody_explains_is_a_log_and_its_steps_are_asked_for():
    made = drafted(
        {
            "CaseID": [f"A-{n // 4}" for n in range(40)],
            "ActivityID": ["1", "8", "6", "9"],
            "CompleteTimestamp": [f"2024-01-{n % 4 + 1:02} 10:00:00" for n in range(40)],
        }
    )
    history = first_export(made)
    assert (history["grain"], history["columns"]["kind"]) == ("event", "ActivityID")
    assert history["columns"]["occurred"] == "CompleteTimestamp"
    assert set(told(made)["codes"]["kind"].values()) == {"?"}


def test_rows_that_tell_the_history_of_a_case_are_asked_about():
    made = drafted(
        {
            "Case number": [f"A-{n // 2}" for n in range(40)],
            "Received": ["2024-01-02"],
            "Status": ["Open", "Closed"],
        }
    )
    assert first_export(made)["grain"] == "?"
    assert any("snapshot" in question for question in made.questions)


# Codes


@pytest.mark.parametrize(
    ("field", "code", "meaning", "sure"),
    [
        ("outcome", "Upheld", "substantiated", "sure"),
        ("outcome", "Not upheld", "unsubstantiated", "sure"),
        ("outcome", "Partially Substantiated", "partly", "sure"),
        ("outcome", "Closed - Substantiated in part", "partly", "likely"),
        ("outcome", "Part upheld (letter)", "partly", "likely"),
        ("outcome", "unbegründet", "unsubstantiated", "sure"),
        ("outcome", "Teilweise begründet", "partly", "sure"),
        ("outcome", "teilw. begründet", "partly", "likely"),
        ("severity", "1 - Critical", "critical", "likely"),
        ("severity", "Sehr hoch", "critical", "sure"),
        ("status", "Waiting for customer", "waiting", "sure"),
        ("status", "Neu", "new", "sure"),
        ("status", "Gesloten", "closed", "sure"),
    ],
)
def test_a_code_is_understood_by_its_words(field, code, meaning, sure):
    found = code_means(field, code)
    assert found is not None
    assert (found.meaning, found.sure) == (meaning, sure)


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("severity", "1"),
        ("severity", "B"),
        ("outcome", "Not entirely upheld"),
        ("outcome", "eingestellt"),
        ("outcome", "Case unsubstantiated in part"),
        ("status", "not closed yet"),
        ("unit", "High"),
    ],
)
def test_a_code_that_no_word_explains_is_not_guessed(field, code):
    assert code_means(field, code) is None


def test_a_code_of_a_case_that_has_come_to_nothing_yet_says_nothing():
    made = drafted({**CASES, "Outcome": ["Upheld", "Not upheld", "**Pending**"]})
    assert told(made)["codes"]["outcome"]["**Pending**"] == ""
    assert "says nothing yet" in made.toml
    assert made.questions == ()


def test_another_spelling_of_a_code_is_listed_although_it_was_seen_once():
    units = ["North"] * 12 + ["South"] * 11 + ["NORTH"]
    made = drafted({**CASES, "Unit": units})
    assert told(made)["codes"]["unit"] == {"North": "north", "South": "south", "NORTH": "north"}


def test_a_phrase_that_comes_again_and_again_is_a_code():
    made = drafted({"Case no": numbers(60), "Outcome": ["Upheld"] * 5 + ["Admin. Closure"]})
    assert set(told(made)["codes"]["outcome"]) == {"Admin. Closure", "Upheld"}


def test_a_code_that_is_not_understood_is_a_question():
    made = drafted({**CASES, "Priority": ["1", "2", "High"]})
    assert told(made)["codes"]["severity"] == {"1": "?", "2": "?", "High": "high"}
    assert any("[codes.severity]" in question for question in made.questions)


def test_units_and_their_like_get_names_of_ours_and_keep_their_words():
    made = drafted({**CASES, "Department": ["Süd AG", "A&E", "4100"]})
    assert told(made)["codes"]["unit"] == {
        "Süd AG": "sued_ag",
        "A&E": "a_e",
        "4100": "unit_4100",
    }
    assert told(made)["labels"]["unit"]["sued_ag"] == "Süd AG"


def test_a_long_name_is_cut_and_stays_another_than_its_neighbour():
    one, two = (
        name_for(f"Surveillance and transit team of the {end}", other="unit")
        for end in ("north side", "north shore")
    )
    assert one.startswith("surveillance_and_transit_team_of")
    assert len(one) <= 40
    assert one != two


def test_a_name_of_ours_is_made_of_any_script():
    assert name_for("東京", other="code_1") == "code_1"
    assert name_for("Ærø – Nord", other="x") == "aero_nord"


# Answered, it loads


def test_an_answered_draft_is_a_source(tmp_path):
    made = drafted(
        {
            **CASES,
            "Priority": ["1", "2"],
            "Department": ["North", "South"],
            "Closed": ["2024-03-04 10:00", ""],
        },
    )
    answered = made.toml.replace('"1" = "?"', '"1" = "high"').replace(
        '"2" = "?"', '"2" = "low"'
    )
    answered = answered.replace('time_zone = "?"', 'time_zone = "Europe/Oslo"')
    (tmp_path / "s.toml").write_text(answered, encoding="utf-8")
    source = read_source(tmp_path / "s.toml")
    assert source.codes["severity"] == {"1": "high", "2": "low"}


def test_whatever_a_header_or_a_code_holds_the_draft_is_toml():
    nasty = 'a"b\\c\n# x = "?" \x7f\x85]'
    made = drafted({**CASES, nasty: ["1", "2"], "Unit": ['U"\\1', "\tx\ty = 1"]})
    assert nasty.strip() in first_export(made)["ignored"]
    assert 'U"\\1' in told(made)["codes"]["unit"]


def test_an_export_without_rows_teaches_nothing(tmp_path):
    (tmp_path / "c.csv").write_text("Case number,Received\n", encoding="utf-8")
    with pytest.raises(ExportError, match="no row to learn from"):
        draft(tmp_path / "c.csv")


def test_a_type_of_reports_that_are_anonymous_or_named_is_no_category():
    columns = {**CASES, "Report type": ["Anonymous", "Named", "Confidential"]}
    made = first_export(drafted(columns))["columns"]
    assert made["anonymity"] == "Report type"
    assert "category" not in made
