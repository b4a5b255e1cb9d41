"""Histories of which nobody has said whether each delivery holds all, or what has changed."""

from pathlib import Path

import pytest

from etl.workspace import Workspace, init
from tests.flow.test_deliveries import rows
from tests.flow.test_parts_again import STEPS, describe, history, listed, take

JANUARY = (("2024-01-03", "Open", "Waiting"), ("2024-01-05", "Waiting", "Open"))
FEBRUARY = (("2024-02-07", "Open", "Closed"),)
STEPS_OF_BOTH = {"received": 9, "paused": 9, "resumed": 9, "closed": 9, "resolved": 9}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = init(tmp_path / "audit")
    describe(made, "undeclared")
    take(made, "2024-01-01", listed(made, "cases.csv", range(9)))
    return made


def steps(workspace: Workspace) -> dict[str, int]:
    return dict(rows(workspace, STEPS))


def test_a_history_in_pieces_keeps_what_happened_before(workspace, capsys):
    take(workspace, "2024-01-31", history(workspace, "h1.csv", *JANUARY))
    assert "Nobody has said: declare" not in capsys.readouterr().out
    take(workspace, "2024-02-29", history(workspace, "h2.csv", *FEBRUARY))
    said = capsys.readouterr().out
    assert "it tells again of 9 cases and repeats 0 of their 18 earlier steps" in said
    assert (
        'declare delivery = "delta", or "full" if it is whole, under [exports.history]' in said
    )
    assert steps(workspace) == STEPS_OF_BOTH


def test_the_pieces_may_come_in_any_order(workspace):
    take(workspace, "2024-02-29", history(workspace, "h2.csv", *FEBRUARY))
    take(workspace, "2024-01-31", history(workspace, "h1.csv", *JANUARY))
    assert steps(workspace) == STEPS_OF_BOTH


def test_a_whole_history_after_its_pieces_doubles_no_step(workspace):
    take(workspace, "2024-01-31", history(workspace, "h1.csv", *JANUARY))
    take(workspace, "2024-02-29", history(workspace, "h2.csv", *FEBRUARY))
    take(workspace, "2024-03-31", history(workspace, "h3.csv", *JANUARY, *FEBRUARY))
    assert steps(workspace) == STEPS_OF_BOTH


def test_a_history_that_grows_is_not_asked_about(workspace, capsys):
    take(workspace, "2024-01-31", history(workspace, "h1.csv", *JANUARY))
    take(workspace, "2024-02-29", history(workspace, "h2.csv", *JANUARY, *FEBRUARY))
    assert "Nobody has said: declare" not in capsys.readouterr().out
    assert steps(workspace) == STEPS_OF_BOTH


def test_steps_that_a_whole_history_no_longer_tells_are_counted(workspace, capsys):
    take(workspace, "2024-01-31", history(workspace, "h1.csv", *JANUARY, *FEBRUARY))
    corrected = (JANUARY[0], ("2024-01-06", "Waiting", "Open"), *FEBRUARY)
    take(workspace, "2024-02-29", history(workspace, "h2.csv", *corrected))
    said = capsys.readouterr().out
    assert "without 9 of their 27 earlier steps, which count no longer. Nobody has said" in said
    assert steps(workspace) == STEPS_OF_BOTH
    more = (*corrected, ("2024-03-08", "Closed", "Open"))
    take(workspace, "2024-03-31", history(workspace, "h3.csv", *more))
    assert "Nobody has said: declare" not in capsys.readouterr().out


def test_what_is_declared_whole_is_whole(workspace, capsys):
    path = workspace.folder / "sources" / "harbour.toml"
    own = 'grain = "change"\ndelivery = "full"\n'
    told = path.read_text(encoding="utf-8").replace('grain = "change"\n', own)
    path.write_text(told, encoding="utf-8")
    take(workspace, "2024-01-31", history(workspace, "h1.csv", *JANUARY))
    take(workspace, "2024-02-29", history(workspace, "h2.csv", *FEBRUARY), "--accept-drop")
    assert "Nobody has said: declare" not in capsys.readouterr().out
    assert steps(workspace) == {"received": 9, "closed": 9, "resolved": 9}


def test_a_single_step_that_is_told_otherwise_is_corrected(workspace):
    path = workspace.folder / "h.csv"
    path.write_text("Case,At,Old,New\nHB-1,2024-01-03,Open,Waiting\n", encoding="utf-8")
    take(workspace, "2024-01-31", str(path))
    path.write_text("Case,At,Old,New\nHB-1,2024-01-04,Open,Waiting\n", encoding="utf-8")
    take(workspace, "2024-02-29", str(path))
    assert steps(workspace) == {"received": 9, "paused": 1}


def test_a_whole_history_after_its_pieces_doubles_no_step_of_one_day(workspace):
    day = "2024-02-07"
    turns = ((day, "Open", "Closed"), (day, "Closed", "Open"), (day, "Open", "Closed"))
    take(workspace, "2024-01-31", history(workspace, "h1.csv", *JANUARY))
    take(workspace, "2024-02-29", history(workspace, "h2.csv", *turns))
    once = steps(workspace)
    assert once["reopened"] == 9
    take(workspace, "2024-03-31", history(workspace, "h3.csv", *JANUARY, *turns))
    assert steps(workspace) == once
