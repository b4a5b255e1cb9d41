"""A stranger maps a system that nobody has described, from README alone."""

import json
import re
import stat
import tomllib
from dataclasses import asdict
from pathlib import Path

import pytest

from etl.contract import Contract
from tests.hotline_export import CASES, write_hotline

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
STEPS = README.partition("## Map your own case system")[2].partition("\n## ")[0]
BLOCKS = [
    re.sub(r"^ {3}", "", block, flags=re.MULTILINE)
    for block in re.findall(r"```(?:toml)?\n(.*?)```", STEPS, flags=re.DOTALL)
]


@pytest.fixture
def workspace(run, tmp_path, monkeypatch) -> Path:
    """A workspace in Berlin with the export in it, and the folder in which one works."""
    assert run("init", "w").code == 0
    about = tmp_path / "w" / "case-audit.toml"
    text = about.read_text(encoding="utf-8").replace("Europe/London", "Europe/Berlin")
    about.write_text(text, encoding="utf-8")
    write_hotline(tmp_path / "w" / "hinweise.csv")
    monkeypatch.chdir(tmp_path / "w")
    return tmp_path / "w"


def answer(workspace: Path) -> None:
    path = workspace / "sources" / "lotse.toml"
    text = path.read_text(encoding="utf-8")
    assert text.count('= "?"') == 1
    path.write_text(text.replace('"eingestellt" = "?"', '"eingestellt" = "insufficient"'))


def words(block: str) -> list[str]:
    return block.split()[1:]


def test_the_steps_of_the_readme_say_what_it_says_they_do(run, workspace):
    draft, drafted, toml, test, tested = BLOCKS[:5]
    said = run(*words(draft))
    assert said.code == 0, said.err
    assert drafted.strip() in said.out
    made = (workspace / "sources" / "lotse.toml").read_text(encoding="utf-8")
    assert [line for line in toml.splitlines() if line not in made.splitlines()] == []
    answer(workspace)
    said = run(*words(test))
    assert said.code == 0, said.err
    assert tested.strip() in said.out
    loaded = run("load", "hinweise.csv", "--as-of", "2026-06-30")
    assert loaded.code == 0, loaded.err
    assert f"{CASES} rows in = {CASES} loaded + 0 rejected + 0 exact repeats" in loaded.out


@pytest.mark.parametrize("verb", ["test", "load"])
def test_as_long_as_a_question_is_open_nothing_is_loaded(run, workspace, verb):
    run("source", "draft", "hinweise.csv", "--name", "lotse", "--to", "sources/lotse.toml")
    said = (
        run("load", "hinweise.csv")
        if verb == "load"
        else run("source", "test", "lotse", "hinweise.csv")
    )
    assert said.code == 2
    assert re.search(r"lotse\.toml line \d+: a question is still open", said.err)
    assert 'QUESTION 1: what does each "?" under [codes.outcome] mean?' in said.err
    assert not (workspace / "audit.duckdb").exists()


def test_the_defaults_of_the_contract_are_those_of_the_readme():
    told = tomllib.loads(BLOCKS[6])["exports"]["cases"]["contract"]
    assert told == asdict(Contract())


def test_the_same_draft_for_another_way_of_writing_the_file(run, workspace):
    write_hotline(workspace / "tab.csv", separator="\t", encoding="utf-16")
    said = run("source", "draft", "tab.csv")
    assert said.code == 0, said.err
    assert 'delimiter = "\\t"' in said.out
    assert 'encoding = "utf-16"' in said.out


def test_what_would_be_rejected_is_told_by_column_with_its_lines_and_loads_nothing(
    run, workspace
):
    run("source", "draft", "hinweise.csv", "--name", "lotse", "--to", "sources/lotse.toml")
    answer(workspace)
    text = (workspace / "hinweise.csv").read_text(encoding="cp1252")
    broken = text.replace("Webformular", "Fax", 6).replace("02;06.01.2025", "02;36.01.2025")
    (workspace / "next.csv").write_text(broken, encoding="cp1252")
    said = run("source", "test", "lotse", "next.csv", "--json")
    assert said.code == 1
    told = json.loads(said.out)
    assert not told["would_load"]
    assert told["rows_in"] == told["rows_loaded"] + told["rows_rejected"]
    by_column = {reject["column"]: reject for reject in told["rejects"]}
    assert by_column["Eingangsdatum"]["lines"] == [6]
    assert by_column["Meldekanal"]["values"] == ["Fax"]
    assert by_column["Meldekanal"]["rows"] == 6
    assert not (workspace / "audit.duckdb").exists()


def test_a_trial_shows_no_number_no_name_and_no_words(run, workspace):
    run("source", "draft", "hinweise.csv", "--name", "lotse", "--to", "sources/lotse.toml")
    answer(workspace)
    for form in ((), ("--json",)):
        said = run("source", "test", "lotse", "hinweise.csv", *form)
        assert not re.search(r"HG-\d|Sachbearbeiterin \d|Erfunden", said.out + said.err)
        assert re.search(r"C-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}", said.out)


def test_a_case_that_its_status_alone_calls_closed_is_not_told_as_an_open_one(run, workspace):
    rows = [
        "A-1,2026-01-01,,Closed",
        "A-2,2026-01-02,2026-01-09,Closed",
        "A-3,2026-01-03,,Open",
    ]
    (workspace / "o.csv").write_text("\n".join(["Case number,Received,Closed,Status", *rows]))
    run("source", "draft", "o.csv", "--name", "other", "--to", "sources/other.toml")
    said = run("source", "test", "other", "o.csv")
    assert "3 cases: 1 open, 2 closed (1 of them without the date)" in said.out
    assert "name the column of the closing date" in said.out


def test_a_case_that_is_dated_as_closed_and_called_open_is_told_beside_the_counts(
    run, workspace
):
    rows = ["A-1,2026-01-01,2026-01-05,Open", "A-2,2026-01-02,2026-01-09,Closed"]
    (workspace / "o.csv").write_text("\n".join(["Case number,Received,Closed,Status", *rows]))
    (workspace / "p.csv").write_text("\n".join(["Case number,Received,Closed,Status", rows[1]]))
    run("source", "draft", "o.csv", "--name", "other", "--to", "sources/other.toml")
    doubt = "1 of the closed have a date of closing, and a status that says otherwise"
    assert run("source", "test", "other", "o.csv").out.count(doubt) == 1
    # Several exports are tried one after the other, each with its own counts.
    both = run("source", "test", "other", "o.csv", "p.csv")
    assert both.out.count(doubt) == 1
    assert re.findall(r"(\d) cases: 0 open", both.out) == ["2", "1"]


def test_a_column_that_is_read_after_all_is_told_as_one_and_its_codes_are_listed(
    run, workspace
):
    rows = [f"A-{n},2026-01-{n + 1:02},{'Satu' if n % 2 else 'Dua'}" for n in range(12)]
    (workspace / "o.csv").write_text("\n".join(["Nomor,Tanggal,Bagian", *rows]))
    run("source", "draft", "o.csv", "--name", "other", "--to", "sources/other.toml")
    made = workspace / "sources" / "other.toml"
    text = made.read_text()
    assert '    "Bagian",' in text
    made.write_text(text.replace('case_id = "Nomor"', 'unit = "Bagian"\ncase_id = "Nomor"'))
    assert "2 of unit" in run("source", "codes", "o.csv").out
    said = run("source", "test", "other", "o.csv")
    assert said.code == 0, said.err
    assert "12 rows in = 12 loaded" in said.out
    assert "columns left out as the source says" not in said.out


def test_a_case_that_is_reopened_on_the_day_of_its_end_is_told_as_an_open_one(run, workspace):
    header = "Case number,Received,Closed,Reopened,Issue 1,Finding 1,Issue 2,Finding 2"
    rows = [
        "A-1,2026-01-01,2026-01-09,2026-01-09,Theft,Upheld,Theft,Not upheld",
        "A-2,2026-01-02,2026-01-09,,Theft,Upheld,,",
    ]
    (workspace / "o.csv").write_text("\n".join([header, *rows]))
    run("source", "draft", "o.csv", "--name", "other", "--to", "sources/other.toml")
    said = run("source", "test", "other", "o.csv")
    assert "2 cases: 1 open, 1 closed" in said.out
    assert "issues, each with its outcome once it has one: 3" in said.out


def test_another_description_with_a_question_does_not_stop_a_trial(run, workspace):
    run("source", "draft", "hinweise.csv", "--name", "lotse", "--to", "sources/lotse.toml")
    (workspace / "o.csv").write_text("Case number,Received\nA-1,2026-01-01\nA-2,2026-01-02\n")
    run("source", "draft", "o.csv", "--name", "other", "--to", "sources/other.toml")
    said = run("source", "test", "other", "o.csv")
    assert (said.code, said.err) == (0, "")


def test_a_draft_needs_no_workspace_and_is_not_written_over(run, tmp_path):
    write_hotline(tmp_path / "hinweise.csv")
    said = run("source", "draft", "hinweise.csv", "--to", "draft.toml")
    assert said.code == 0, said.err
    assert stat.S_IMODE((tmp_path / "draft.toml").stat().st_mode) == 0o600
    again = run("source", "draft", "hinweise.csv", "--to", "draft.toml")
    assert again.code == 2
    assert "is there already" in again.err


def test_a_workspace_that_is_named_must_be_there(run, tmp_path):
    write_hotline(tmp_path / "hinweise.csv")
    assert run("source", "draft", "hinweise.csv", "--workspace", "nowhere").code == 2


def test_sources_are_listed_and_shown_to_be_copied(run, workspace):
    listed = run("source", "list")
    assert "beacon: Beacon hotline (shipped)" in listed.out
    shown = run("source", "show", "beacon")
    assert 'name = "beacon"' in shown.out
    (workspace / "sources" / "beacon.toml").write_text(shown.out, encoding="utf-8")
    assert "beacon: Beacon hotline (of this workspace)" in run("source", "list").out


@pytest.mark.parametrize(
    "arguments",
    [("show", "nobody"), ("test", "nobody", "hinweise.csv"), ("test", "no.toml", "x")],
)
def test_a_source_that_is_not_there_is_named(run, workspace, arguments):
    said = run("source", *arguments)
    assert said.code == 2
    assert "nobody" in said.err or "no.toml" in said.err


def test_without_an_act_it_prints_its_help(run):
    said = run("source")
    assert said.code == 2
    assert "draft" in said.out
