"""A day and its time of day in two columns, from the draft of a description to the store."""

from datetime import date
from pathlib import Path

import pytest

from dashboard.source_steps import draft_source, try_source
from etl.drafting.own_dates import own_dates
from etl.errors import ExportError
from etl.load import load
from etl.reading import read_export
from etl.store import Store
from etl.workspace import Workspace, init
from tests.drafts import drafted, first_export, numbers

AS_OF = date(2025, 6, 30)
HEADER = "Case no;Date received;Time received;Site\n"


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return init(tmp_path / "audit")


def written(folder: Path, days: list[str], *, name: str = "cases.csv") -> Path:
    """One case for each day, every second with a time of day."""
    rows = [f"C-{n};{day};{'' if n % 2 else '09:30'};North" for n, day in enumerate(days)]
    path = folder / name
    path.write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def described(workspace: Workspace, export: Path) -> None:
    to = workspace.folder / "sources" / "desk.toml"
    draft_source([export], name="desk", to=to, workspace=workspace)
    text = to.read_text(encoding="utf-8")
    to.write_text(text.replace('"?"', '"Europe/London"'), encoding="utf-8")


def days(first: int, last: int, *, form: str = "{:02}/01/2025") -> list[str]:
    return [form.format(day) for day in range(first, last)]


def test_a_case_without_the_time_has_its_day_and_the_others_their_instant(workspace, tmp_path):
    export = written(tmp_path, days(10, 20))
    described(workspace, export)
    (told,) = load(workspace, [export], as_of=AS_OF)
    assert (told.rows_loaded, told.rows_rejected) == (10, 0)
    with Store.open(workspace.store_path, mode="read") as store:
        found = store.frame(
            "select occurred_on::text, has_hours, occurred_at::time::text from core.events"
            " where kind = 'received' order by 1 limit 2"
        ).rows()
    assert [row[:2] for row in found] == [("2025-01-10", True), ("2025-01-11", False)]
    assert found[0][2] == "09:30:00"


def test_dates_that_are_put_together_are_as_they_are_declared(workspace, tmp_path):
    export = tmp_path / "cases.csv"
    rows = "".join(f"C-{n};{n + 10}/01/2025;09:30;North\n" for n in range(12))
    export.write_text(HEADER + rows, encoding="utf-8")
    described(workspace, export)
    (described_as,) = workspace.sources()["desk"].exports
    assert own_dates(read_export(export, described_as.layout), described_as) is None


def test_a_day_in_another_form_is_noticed_although_a_time_stands_behind_it(workspace, tmp_path):
    first = written(tmp_path, days(10, 20))
    described(workspace, first)
    load(workspace, [first], as_of=AS_OF)
    other = written(tmp_path, days(10, 20, form="2025-02-{:02}"), name="next.csv")
    with pytest.raises(ExportError, match=r'"Date received".*%Y-%m-%d %H:%M'):
        load(workspace, [other], as_of=date(2025, 7, 31))


@pytest.mark.parametrize(
    ("day", "clock"),
    [
        ("Date Reported", "Time Reported"),
        ("Eingangsdatum", "Eingangszeit"),
        ("Eingegangen am", "Eingegangen um Uhrzeit"),
        ("Fecha de recepción", "Hora de recepción"),
        ("Received / Date", "Received / Time"),
        ("Received", "Received time"),
    ],
)
def test_a_time_of_day_is_read_behind_the_day_that_is_called_as_it_is(day, clock):
    made = drafted(
        {"Case number": numbers(30), day: days(1, 31), clock: ["9:30", "14:05"], "Site": ["N"]}
    )
    export = first_export(made)
    assert export["events"]["received"] == {"columns": [day, clock], "joined": " "}
    assert export["dates"] == "%d/%m/%Y %H:%M"
    assert clock not in export.get("ignored", [])


def test_a_time_that_may_belong_to_two_days_is_put_behind_neither():
    told = {"Case number": numbers(30), "Date received": days(1, 31), "Time": ["9:30"]}
    made = drafted({**told, "Start / Date": days(1, 31), "Start / Time": ["9:30"]})
    assert '"Time": a time of day; docs/sources.md says how' in made.toml
    twice = {"Closed": days(1, 31), "Closing": [""], "Closed / Date": days(1, 31)}
    made = drafted({**told, **twice, "Closed time": ["9:30"]})
    assert "joined" not in made.toml


def test_a_time_that_would_make_a_date_unreadable_is_put_behind_none():
    told = {"Case number": numbers(30), "Date received": [*days(1, 20), "2025-01-20"] * 2}
    made = drafted({**told, "Time received": ["9:30", "14:05", ""]})
    assert "joined" not in made.toml


def test_where_days_of_closing_are_is_told_of_a_history_that_is_tried_too(workspace, tmp_path):
    cases, log = tmp_path / "cases.csv", tmp_path / "log.csv"
    cases.write_text(
        "Case no;Received;Site;Status\n"
        + "".join(f"C-{n};{n + 10}/01/2025;N;Closed\n" for n in range(12)),
        encoding="utf-8",
    )
    log.write_text(
        "Case no;Date;Event\n"
        + "".join(
            f"C-{n};{day}/01/2025;{event}\n"
            for n in range(12)
            for day, event in ((n + 10, "Received"), (n + 12, "Closed"))
        ),
        encoding="utf-8",
    )
    to = workspace.folder / "sources" / "desk.toml"
    draft_source([cases, log], name="desk", to=to, workspace=workspace)
    alone = try_source("desk", [cases], workspace=workspace).lines
    both = try_source("desk", [cases, log], workspace=workspace).lines
    assert "  name the column of the closing date, or a history that tells it" in alone
    assert "  the dates are those that the history below tell" in both


def test_a_date_that_cannot_be_read_is_shown_with_its_time_of_day(workspace, tmp_path):
    export = written(tmp_path, days(10, 20))
    described(workspace, export)
    text = export.read_text(encoding="utf-8")
    export.write_text(text.replace("12/01/2025;09:30", "12/01/2025;25:99"), encoding="utf-8")
    with pytest.raises(ExportError, match=r"value .12/01/2025 25:99.: not a date"):
        load(workspace, [export], as_of=AS_OF)


def test_a_code_of_two_columns_that_nobody_lists_is_shown_whole(workspace, tmp_path):
    (workspace.folder / "sources" / "desk.toml").write_text(
        'name = "desk"\ntitle = "Desk"\ntime_zone = "UTC"\n'
        '[codes.status]\n"Open/New" = "new"\n'
        '[exports.cases]\ngrain = "case"\ndates = "%Y-%m-%d"\n'
        '[exports.cases.columns]\ncase_id = "Case"\n'
        'status = { columns = ["State", "Stage"], joined = "/" }\n'
        '[exports.cases.events]\nreceived = "Received"\n',
        encoding="utf-8",
    )
    export = tmp_path / "cases.csv"
    rows = "A,2025-01-10,Open,New\nB,2025-01-11,Open,Odd\n"
    export.write_text(f"Case,Received,State,Stage\n{rows}", encoding="utf-8")
    with pytest.raises(ExportError, match=r"value .Open/Odd.: not a code listed"):
        load(workspace, [export], as_of=AS_OF)
