"""Numbers that differ by leading zeros alone are cases of their own, and load says so."""

from datetime import date
from itertools import count

import pytest

from etl.delivery import Delivery
from etl.load import load
from etl.store import Store
from etl.workspace import Workspace, init

SOURCE = """
name = "harbour"
title = "Harbour"
time_zone = "Europe/London"
[exports.cases]
grain = "case"
[exports.cases.columns]
case_id = {case_id}
[exports.cases.events]
received = "Received"
[exports.letters]
grain = "event"
constant_kind = "informed"
[exports.letters.columns]
case_id = {case_id}
occurred = "Sent"
"""
PLAIN = '"Case"'
WITHOUT_ZEROS = """{ columns = ["Case"], pattern = "^0*(?P<value>.+)$" }"""


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    audit = init(tmp_path / "audit")
    described = audit.folder / "sources" / "harbour.toml"
    described.write_text(SOURCE.replace("{case_id}", PLAIN), encoding="utf-8")
    return audit


_numbers = count()


def loaded(workspace: Workspace, *files: list[str], accept: int = 0) -> list[Delivery]:
    """The deliveries of files with these rows, the first of them the header."""
    paths = []
    for rows in files:
        path = workspace.folder.parent / f"{next(_numbers)}.csv"
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")
        paths.append(path)
    return [*load(workspace, paths, as_of=date(2024, 6, 30), accept_rejects=accept)]


def said(delivery: Delivery) -> list[str]:
    return [note.split(" of Harbour")[0] for note in delivery.notes if "leading" in note]


def cases(*numbers: str) -> list[str]:
    return ["Case,Received", *(f"{number},2024-03-01" for number in numbers)]


def letters(*numbers: str) -> list[str]:
    return ["Case,Sent", *(f"{number},2024-03-05" for number in numbers)]


def test_the_later_of_two_files_says_how_many_numbers_differ_by_leading_zeros(workspace):
    first, second = loaded(
        workspace, cases("00123", "00456", "789"), letters("123", "456", "0789", "00456")
    )
    assert said(first) == []
    assert said(second) == ["3 case numbers differ from others"]
    (note,) = [note for note in second.notes if "leading" in note]
    assert "123" not in note
    assert f"case_id = {WITHOUT_ZEROS}" in note


def test_a_delivery_of_another_day_says_so_too(workspace):
    assert said(*loaded(workspace, cases("0123", "0456"))) == []
    assert said(*loaded(workspace, letters("456"))) == ["1 case number differs from another"]


def test_one_file_may_hold_both(workspace):
    (delivery,) = loaded(workspace, cases("7", "007", "0007"))
    assert said(delivery) == ["3 case numbers differ from others"]


def test_other_numbers_and_rows_that_are_rejected_say_nothing(workspace):
    rows = [*cases("00123", "100", "0100A", "A1", "000", "0"), "123,a bad day"]
    assert said(*loaded(workspace, rows, accept=1)) == []


def test_the_other_number_of_a_case_is_looked_at_too(workspace):
    described = workspace.folder / "sources" / "harbour.toml"
    text = described.read_text(encoding="utf-8")
    ids = text.replace('case_id = "Case"', 'case_id = "Id"\nalias = "Case"', 1)
    described.write_text(ids, encoding="utf-8")
    listed = ["Id,Case,Received", "5003A,00123,2024-03-01", "5003B,00124,2024-03-01"]
    _, second = loaded(workspace, listed, letters("123", "00124"))
    assert said(second) == ["1 case number differs from another"]


def test_with_the_zeros_taken_off_as_it_says_they_are_one_case(workspace):
    files = cases("00123"), letters("123")
    loaded(workspace, *files)
    described = workspace.folder / "sources" / "harbour.toml"
    described.write_text(SOURCE.replace("{case_id}", WITHOUT_ZEROS), encoding="utf-8")
    for delivery in loaded(workspace, *files):
        assert said(delivery) == []
    with Store.open(workspace.store_path, mode="read") as store:
        assert store.frame("select count(*) from core.cases").item() == 1
        assert store.frame("select count(*) from staging.number_shapes").item() == 2
