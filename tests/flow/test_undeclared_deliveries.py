"""Deliveries of which nobody has said whether they hold every case: it is asked."""

from datetime import date
from pathlib import Path

import pytest

from etl.workspace import Workspace, init
from tests.flow.test_deliveries import JANUARY, SOURCE, describe, load, rows


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return init(tmp_path / "audit")


def undeclared(workspace: Workspace) -> None:
    told = SOURCE.replace('delivery = "KIND"\n', "")
    (workspace.folder / "sources" / "harbour.toml").write_text(told, encoding="utf-8")


def test_whether_cases_are_gone_or_unchanged_is_asked_where_nobody_has_said(workspace, capsys):
    undeclared(workspace)
    load(workspace, JANUARY, "2024-01-31")
    assert "Nobody has said" not in capsys.readouterr().out
    load(workspace, JANUARY[2:], "2024-02-29")
    said = capsys.readouterr().out
    assert "2 cases are of earlier deliveries not in this one" in said
    assert 'delivery = "full"' in said
    assert "[exports.cases]" in said
    assert rows(workspace, "select * from core.vanished_cases") == []
    load(workspace, JANUARY, "2024-03-31")
    assert "Nobody has said" not in capsys.readouterr().out


def test_a_full_delivery_is_compared_with_those_before_anybody_said_so(workspace, capsys):
    undeclared(workspace)
    load(workspace, JANUARY, "2024-01-31")
    load(workspace, JANUARY[1:], "2024-02-29")
    describe(workspace, "full")
    capsys.readouterr()
    # The answer to the question, with the file that raised it.
    assert load(workspace, JANUARY[1:], "2024-02-29") == 0
    assert "1 case is of earlier deliveries not in this full one" in capsys.readouterr().out
    assert rows(workspace, "select last_seen_on, missing_on from core.vanished_cases") == [
        (date(2024, 1, 31), date(2024, 2, 29))
    ]


def test_a_full_delivery_that_shrank_is_refused_beside_one_before_anybody_said_so(workspace):
    undeclared(workspace)
    load(workspace, JANUARY, "2024-01-31")
    describe(workspace, "full")
    assert load(workspace, JANUARY[5:], "2024-02-29") == 2
