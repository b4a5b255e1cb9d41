"""A page of an export that comes without the others: said at load, and a verdict."""

import json
from pathlib import Path

import pytest

from dashboard.cli import main
from etl.workspace import Workspace, init
from tests.flow.test_deliveries import rows, verb

TICKET = {
    "status": "open",
    "type": "question",
    "priority": "normal",
    "group_id": None,
    "requester_id": 1,
}
DAY = ("--as-of", "2024-01-31")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return init(tmp_path / "audit")


def page(workspace: Workspace, name: str, numbers: range, **wrapper: object) -> str:
    path = workspace.folder / name
    day = "2024-01-05T09:00:00Z"
    tickets = [{**TICKET, "id": number, "created_at": day} for number in numbers]
    path.write_text(json.dumps({"tickets": tickets, **wrapper}), encoding="utf-8")
    return str(path)


def pages(workspace: Workspace) -> tuple[str, str, str]:
    return (
        page(workspace, "1.json", range(10), count=25, next_page="https://a"),
        page(workspace, "2.json", range(10, 20), count=25, next_page="https://b"),
        page(workspace, "3.json", range(20, 25), count=25, next_page=None),
    )


def short(workspace: Workspace) -> list[bool]:
    told = rows(workspace, "select is_short from core.paged_deliveries where counts_now")
    return [each for (each,) in told]


def test_a_page_alone_is_said_to_lack_the_others(workspace, capsys):
    first, *_ = pages(workspace)
    assert verb(workspace, "load", first, *DAY) == 0
    assert (
        "the wrapper of its records says count: 25, and this file alone holds 10 of 25: pages"
        " are missing, and their cases with them"
    ) in capsys.readouterr().out
    assert short(workspace) == [True]


def test_all_pages_together_lack_nothing(workspace, capsys):
    assert verb(workspace, "load", *pages(workspace), *DAY) == 0
    assert "pages are missing" not in capsys.readouterr().out
    assert short(workspace) == [False]


def test_the_last_file_of_a_delivery_says_what_all_of_them_lack(workspace, capsys):
    first, _, last = pages(workspace)
    assert verb(workspace, "load", first, last, *DAY) == 0
    said = capsys.readouterr().out
    assert said.count("pages are missing") == 1
    assert "the 2 files together hold 15 of 25" in said


def test_pages_of_one_day_that_follow_one_by_one_are_counted_together(workspace, capsys):
    for each in pages(workspace):
        assert verb(workspace, "load", each, *DAY) == 0
    assert capsys.readouterr().out.count("pages are missing") == 2
    assert short(workspace) == [False]


def test_a_later_whole_export_makes_up_for_a_page_alone(workspace):
    verb(workspace, "load", page(workspace, "0.json", range(9), count=24), *DAY)
    assert short(workspace) == [True]
    verb(workspace, "load", *pages(workspace), "--as-of", "2024-02-29")
    assert short(workspace) == [False]


def test_a_page_alone_is_a_verdict(workspace, capsys):
    first, *_ = pages(workspace)
    verb(workspace, "load", first, *DAY)
    main(["check", "--workspace", str(workspace.folder), "--quiet"])
    assert "No delivery lacks pages of which its files speak" in capsys.readouterr().out


def test_a_trial_says_what_its_files_lack(workspace, capsys):
    first, *others = pages(workspace)
    told = ("--workspace", str(workspace.folder))
    main(["source", "test", "zendesk", first, *told])
    assert "tickets: the wrapper of its records says count: 25" in capsys.readouterr().out
    main(["source", "test", "zendesk", first, *others, *told])
    assert "pages are missing" not in capsys.readouterr().out
