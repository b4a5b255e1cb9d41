"""From a masked reference back to the number of the case: for whom, and with what record."""

import json
import shutil
import stat
from pathlib import Path

import pytest

from etl.pseudonyms import pseudonyms, reference
from etl.reveals import RevealError, recorded
from etl.workspace import open_workspace

CASES = "Case ref,Department,Issue,Intake,Priority,Status,Outcome,Incident date,Received,\
Acknowledged,Triaged,Escalated,Investigation finished,Decided,Reporter told,Reopened,Closed,\
Days open,Reporter name,Summary\n"
ROW = "{},Technology,FRA,TEL,P4,Open,,,2026-01-05T09:00,,,,,,,,,,,\n"


@pytest.fixture
def workspace(run, tmp_path) -> Path:
    assert run("init", "w").code == 0
    text = CASES + ROW.format("BH-1") + ROW.format("BH-2")
    (tmp_path / "cases.csv").write_text(text, encoding="utf-8")
    return tmp_path / "w"


def masked(workspace: Path, number: str, *, audience: str) -> str:
    key = open_workspace(workspace).key()
    (case_key,) = pseudonyms([number], purpose="case", within="beacon", key=key)
    return reference(case_key, audience=audience, key=key)


@pytest.fixture
def ask(run, workspace, tmp_path):
    def asked(code: str, *more: object, purpose: str = "hearing of 3 March"):
        return run(
            "reveal",
            code,
            "--export",
            tmp_path / "cases.csv",
            "--key-file",
            workspace / "secret.key",
            "--purpose",
            purpose,
            *more,
        )

    return asked


@pytest.mark.parametrize("audience", ["committee", "leadership", "analyst"])
def test_a_reference_of_any_audience_is_led_back_to_its_number(ask, workspace, audience):
    said = ask(masked(workspace, "BH-2", audience=audience))
    assert said.code == 0, said.err
    assert said.out.splitlines()[0] == "beacon: BH-2"
    assert "BH-1" not in said.out


def test_a_reference_of_no_case_here_is_a_finding_and_is_recorded_too(ask, workspace):
    said = ask("C-0000-0000-00")
    assert said.code == 1
    assert "no case of these exports" in said.out
    (line,) = recorded(workspace / "ledger", key=open_workspace(workspace).key())
    assert line["found"] == 0


def test_what_was_asked_is_kept_without_the_number(ask, workspace):
    code = masked(workspace, "BH-1", audience="committee")
    ask(code)
    text = (workspace / "ledger" / "reveals.jsonl").read_text(encoding="utf-8")
    told = json.loads(text)
    assert (told["reference"], told["purpose"], told["found"]) == (
        code,
        "hearing of 3 March",
        1,
    )
    assert told["asked_by"]
    assert told["asked_at"].endswith("+00:00")
    assert "BH-1" not in text


def test_the_record_is_for_its_owner_alone(ask, workspace):
    ask("C-0000-0000-00")
    for path in (workspace / "ledger", workspace / "ledger" / "reveals.jsonl"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0


def test_an_answer_is_not_shown_where_it_cannot_be_recorded(ask, workspace):
    (workspace / "ledger" / "reveals.jsonl").mkdir(parents=True)
    with pytest.raises(OSError, match="Is a directory"):
        ask(masked(workspace, "BH-1", audience="committee"))


@pytest.mark.parametrize(
    "tamper",
    [
        lambda lines: [lines[0].replace('"found": 0', '"found": 1'), *lines[1:]],
        lambda lines: lines[1:],
        lambda lines: [lines[0], *lines[2:]],
        lambda lines: [lines[1], lines[0], *lines[2:]],
        lambda lines: [lines[0], lines[0], *lines[1:]],
        lambda lines: [*lines, "{}"],
        lambda lines: [*lines, "[1]"],
        lambda lines: [*lines, "not json"],
    ],
)
def test_a_record_that_was_changed_is_noticed_and_nothing_is_looked_up(ask, workspace, tamper):
    for _ in range(3):
        ask("C-0000-0000-00")
    path = workspace / "ledger" / "reveals.jsonl"
    lines = tamper(path.read_text(encoding="utf-8").splitlines())
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    said = ask(masked(workspace, "BH-1", audience="committee"))
    assert said.code == 2
    assert "is not as it was written" in said.err
    assert "BH-1" not in said.out + said.err
    with pytest.raises(RevealError):
        recorded(workspace / "ledger", key=open_workspace(workspace).key())


def test_the_key_is_not_taken_from_the_workspace_unasked(run, workspace, tmp_path):
    said = run(
        "reveal",
        "C-0000-0000-00",
        "--export",
        tmp_path / "cases.csv",
        "--workspace",
        workspace,
        "--purpose",
        "x",
    )
    assert said.code == 2
    assert "give --key-file and --purpose" in said.err


def test_another_key_is_refused_before_anything_is_looked_up(run, ask, workspace, tmp_path):
    run("init", "other")
    shutil.copy(tmp_path / "other" / "secret.key", tmp_path / "other.key")
    said = ask("C-0000-0000-00", "--workspace", workspace, "--key-file", tmp_path / "other.key")
    assert said.code == 2
    assert "not the key of the workspace" in said.err
    assert not (workspace / "ledger").exists()


@pytest.mark.parametrize("code", ["BH-1", "C-1", "C-0000-0000-0", "c-0000-0000-00"])
def test_what_is_no_reference_is_said_before_anything_is_read(ask, workspace, code):
    said = ask(code)
    assert said.code == 2
    assert "is not a masked reference" in said.err


def test_a_purpose_must_say_something(ask):
    assert "say what it is for" in ask("C-0000-0000-00", purpose=" ").err


def test_it_tells_programs_too(ask, workspace):
    said = ask(masked(workspace, "BH-1", audience="committee"), "--json")
    assert json.loads(said.out)["cases"] == [{"source": "beacon", "number": "BH-1"}]
