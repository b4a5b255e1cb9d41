"""Verbs, their exit codes, and what they say to people and to programs."""

import io
import json
from pathlib import Path

import polars as pl
import pytest

from etl.store import Store

CASES = """\
Case ref,Department,Issue,Intake,Priority,Status,Outcome,Incident date,Received,Acknowledged,\
Triaged,Escalated,Investigation finished,Decided,Reporter told,Reopened,Closed,Days open,\
Reporter name,Summary
{rows}"""
ROW = "{ref},Technology,FRA,TEL,P4,{status},,,{received},{acknowledged},,,,,,,{closed},,,"


def cases(*rows: str) -> str:
    return CASES.format(rows="\n".join(rows) + "\n")


def row(number: int, *, received="2026-01-05T09:00", closed="", status="Open") -> str:
    return ROW.format(
        ref=f"BH-{number:05}",
        received=received,
        closed=closed,
        acknowledged="",
        status=status,
    )


@pytest.fixture
def workspace(run, tmp_path) -> Path:
    """An empty workspace below the folder in which the verbs are run."""
    assert run("init", "w").code == 0
    return tmp_path / "w"


@pytest.fixture
def loaded(run, workspace, tmp_path) -> Path:
    """A workspace with three cases."""
    export = tmp_path / "cases.csv"
    export.write_text(cases(*(row(number) for number in range(3))), encoding="utf-8")
    said = run("load", export, "--as-of", "2026-03-31")
    assert said.code == 0, said.err
    return workspace


# Exit codes


def test_without_a_verb_it_prints_its_help_and_asks_for_one(run):
    said = run()
    assert said.code == 2
    assert "verbs, in the order data flows" in said.out


@pytest.mark.parametrize(
    "arguments",
    [
        ("audit",),
        ("publish",),
        ("load", "x.csv", "--as-of", "31.3.2026"),
        ("figures", "r", "--period", "week"),
        ("report", "r", "--format", "docx"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_code_2(run, arguments):
    said = run(*arguments)
    assert said.code == 2
    assert said.out == ""
    assert "error: " in said.err


def test_a_wrong_day_is_told_how_days_are_written(run):
    assert "write 2026-03-31" in run("load", "x.csv", "--as-of", "31.3.2026").err


@pytest.mark.parametrize(
    "arguments",
    [
        ("check",),
        ("publish", "--audience", "committee"),
        ("report", "committee"),
        ("figures", "committee"),
        ("load", "x.csv"),
        ("serve",),
    ],
)
def test_without_a_workspace_every_verb_says_how_to_make_one(run, arguments):
    said = run(*arguments)
    assert said.code == 2
    assert said.err == (
        "case-audit: there is no workspace here; make one with: case-audit init DIR\n"
    )


def test_a_workspace_is_made_once(run, workspace):
    assert (workspace / "secret.key").stat().st_mode & 0o077 == 0
    key = (workspace / "secret.key").read_bytes()
    said = run("init", workspace)
    assert said.code == 2
    assert "is a workspace already; nothing was changed" in said.err
    assert (workspace / "secret.key").read_bytes() == key


@pytest.mark.parametrize(
    "arguments", [("check",), ("publish", "--audience", "committee")], ids=["check", "publish"]
)
def test_before_anything_is_loaded_it_says_what_to_do_first(run, workspace, arguments):
    said = run(*arguments)
    assert said.code == 2
    assert said.err == (
        "case-audit: no export has been loaded yet; run: case-audit load EXPORT...\n"
    )
    assert not (workspace / "audit.duckdb").exists()


def test_a_file_that_is_not_there_is_named(run, workspace):
    said = run("load", "missing.csv")
    assert said.code == 2
    assert "missing.csv" in said.err
    assert "Traceback" not in said.err
    assert not (workspace / "audit.duckdb").exists()


def unreadable(count: int) -> list[str]:
    return [row(number, received="yesterday") for number in range(count)]


def test_one_bad_file_of_several_loads_none(run, workspace, tmp_path):
    (tmp_path / "good.csv").write_text(cases(row(9)), encoding="utf-8")
    (tmp_path / "bad.csv").write_text(cases(*unreadable(3)), encoding="utf-8")
    said = run("load", "good.csv", "bad.csv", "--as-of", "2026-03-31")
    assert said.code == 2
    assert 'bad.csv line 2, column "Received", value "yesterday"' in said.err
    assert not (workspace / "audit.duckdb").exists()


@pytest.mark.usefixtures("workspace")
def test_rejects_that_the_user_accepts_are_counted_and_said(run, tmp_path):
    (tmp_path / "some.csv").write_text(cases(row(9), *unreadable(3)), encoding="utf-8")
    asked = ("load", "some.csv", "--as-of", "2026-03-31")
    refused = run(*asked)
    assert refused.code == 2
    assert "--accept-rejects 3" in refused.err
    said = run(*asked, "--accept-rejects", "3")
    assert said.code == 0
    assert "4 rows in = 1 loaded + 3 rejected + 0 exact repeats" in said.out


# Publishing


def test_data_that_nobody_checked_is_not_published(run, loaded):
    said = run("publish", "--audience", "committee")
    assert said.code == 2
    assert said.err.endswith("the data have not been checked; run: case-audit check\n")
    assert list((loaded / "releases").iterdir()) == []


def test_data_that_changed_since_it_was_checked_is_not_published(run, loaded, tmp_path):
    assert run("check").code == 0
    (tmp_path / "more.csv").write_text(cases(row(7)), encoding="utf-8")
    assert run("load", "more.csv", "--as-of", "2026-03-31").code == 0
    said = run("publish", "--audience", "committee")
    assert said.code == 2
    told = "the data have changed since they were last checked; run: case-audit check\n"
    assert said.err.endswith(told)
    assert list((loaded / "releases").iterdir()) == []


@pytest.mark.usefixtures("loaded")
def test_the_same_bytes_again_are_no_change(run):
    assert run("check").code == 0
    said = run("load", "cases.csv", "--as-of", "2026-03-31")
    assert "the same bytes are loaded already, as of 2026-03-31; nothing changed" in said.out
    assert run("publish", "--audience", "committee").code == 0


@pytest.mark.usefixtures("loaded")
def test_an_audience_that_the_workspace_does_not_have_is_named_with_those_it_has(run):
    said = run("publish", "--audience", "everybody")
    assert said.code == 2
    assert "no audience 'everybody'; it has committee, leadership, public" in said.err


def test_published_twice_it_is_the_same_release(run, loaded):
    assert run("check").code == 0
    first = run("publish", "--audience", "committee")
    (path,) = (loaded / "releases").iterdir()
    before = path.read_bytes()
    again = run("publish", "--audience", "committee")
    assert again.out == first.out
    assert [made.read_bytes() for made in (loaded / "releases").iterdir()] == [before]


# To programs


def test_every_step_tells_programs_as_json_what_it_tells_people(run, tmp_path):
    (tmp_path / "cases.csv").write_text(cases(*map(row, range(3))), encoding="utf-8")
    steps = {
        "init": ("init", "w"),
        "load": ("load", "cases.csv", "--as-of", "2026-03-31"),
        "check": ("check",),
        "publish": ("publish", "--audience", "committee"),
        "report": ("report", "committee"),
        "figures": ("figures", "committee"),
    }
    told = {}
    for verb, arguments in steps.items():
        said = run(*arguments, "--json")
        assert said.code == 0, said.err
        told[verb] = json.loads(said.out)
    assert Path(told["init"]["workspace"]).name == "w"
    assert (told["load"][0]["rows_in"], told["load"][0]["rows_loaded"]) == (3, 3)
    assert {verdict["severity"] for verdict in told["check"]} == {"critical", "warning"}
    assert Path(told["publish"]["path"]).is_file()
    assert [Path(path).suffix for path in told["report"]["files"]] == [".html"]
    assert told["figures"][0]["release"] == told["publish"]["release"]


def test_the_demo_tells_programs_as_json_where_everything_is(audit):
    told = json.loads(audit.runs[1].out)
    assert Path(told["workspace"]) == audit.folder
    assert len(told["releases"]) == 3
    assert [Path(report).suffix for report in told["reports"]] == [".pdf", ".html"] * 3


@pytest.mark.usefixtures("loaded")
def test_quiet_is_quiet_and_progress_goes_beside_the_result(run):
    loud, quiet = run("check"), run("check", "--quiet")
    assert loud.err.startswith("... ")
    assert quiet.err == ""
    assert quiet.out == loud.out


# Figures, for pipes and scripts


def listed(run, audit, *arguments: str) -> pl.DataFrame:
    said = run("figures", "committee", *arguments, "--workspace", audit.folder)
    assert said.code == 0, said.err
    return pl.read_csv(io.StringIO(said.out), infer_schema_length=None)


def test_figures_are_those_of_the_release_and_say_of_which(run, audit, committee):
    rows = listed(run, audit)
    assert rows.height == committee.table("figures").height
    assert set(rows["release"]) == {committee.id}
    assert set(rows["audience"]) == {"committee"}


@pytest.mark.parametrize(
    ("option", "value"),
    [("metric", "satisfaction"), ("breakdown", "unit"), ("period", "whole")],
)
def test_figures_can_be_chosen(run, audit, committee, option, value):
    rows = listed(run, audit, f"--{option}", value)
    assert set(rows[option]) == {value}
    assert rows.height == committee.figures(**{option: value}).height


def test_choices_are_joined_and_json_says_the_same_as_csv(run, audit):
    chosen = ("--metric", "report_frequency", "--breakdown", "all", "--period", "year")
    rows = listed(run, audit, *chosen)
    told = json.loads(
        run("figures", "committee", *chosen, "--json", "--workspace", audit.folder).out
    )
    assert [row["value"] for row in told] == pytest.approx(rows["value"].to_list())
    measures = {"rate", "per_1000_engagements", "reports"}
    assert set(rows["measure"]) == measures
    assert rows.height == len(measures) * 4


@pytest.mark.parametrize(
    ("option", "value", "known"),
    [
        ("metric", "happiness", "time_to_resolution"),
        ("breakdown", "floor", "unit"),
    ],
)
def test_a_name_that_the_release_does_not_know_is_refused_with_those_it_knows(
    run, audit, option, value, known
):
    said = run("figures", "committee", f"--{option}", value, "--workspace", audit.folder)
    assert said.code == 2
    assert f"the release has no {option} '{value}'; it has " in said.err
    assert known in said.err


def test_a_release_that_is_not_there_is_refused_with_those_that_are(run, audit, committee):
    said = run("figures", "2019", "--workspace", audit.folder)
    assert said.code == 2
    assert "there is no release '2019'; there are: " in said.err
    assert committee.id in said.err


def test_a_release_is_found_by_its_file_its_name_and_its_audience(run, audit, committee):
    chosen = ("--metric", "satisfaction", "--period", "whole", "--breakdown", "all")
    by_file = run("figures", committee.path, *chosen)
    assert by_file.code == 0
    for named in (committee.id, committee.id[:4], "committee"):
        said = run("figures", named, *chosen, "--workspace", audit.folder)
        assert said.out == by_file.out


def test_a_file_that_is_no_release_is_refused(run, tmp_path):
    with Store.open(tmp_path / "other.duckdb") as store:
        store.replace("notes", pl.DataFrame({"text": ["nothing"]}))
    said = run("figures", "other.duckdb")
    assert said.code == 2
    assert "not a release" in said.err


# Which workspace is meant


def test_the_workspace_is_this_folder_or_one_above_it(run, workspace, monkeypatch):
    inside = workspace / "rules"
    for folder in (workspace, inside):
        monkeypatch.chdir(folder)
        assert "no export has been loaded yet" in run("check").err


@pytest.mark.usefixtures("workspace")
def test_of_several_workspaces_below_none_is_guessed(run):
    assert run("init", "v").code == 0
    said = run("check")
    assert said.code == 2
    assert "there are several workspaces here: v, w; add --workspace DIR" in said.err
    assert "no export has been loaded yet" in run("check", "--workspace", "v").err


@pytest.mark.usefixtures("workspace")
def test_a_folder_that_is_named_and_is_no_workspace_is_refused(run, tmp_path):
    said = run("check", "--workspace", tmp_path)
    assert said.code == 2
    assert "is not a workspace (it has no case-audit.toml)" in said.err


def test_the_workspace_can_stand_in_the_environment(run, workspace, monkeypatch, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("CASE_AUDIT_WORKSPACE", str(workspace))
    assert "no export has been loaded yet" in run("check").err


# A report


def test_a_report_of_a_quarter_that_the_release_does_not_have_is_refused(run, audit):
    said = run("report", "committee", "--quarter", "2019-01-01", "--workspace", audit.folder)
    assert said.code == 2
    assert "2019-01-01" in said.err


def test_a_report_goes_where_it_is_told(run, committee, tmp_path):
    said = run("report", committee.path, "--format", "csv", "--to", "here")
    assert said.code == 0
    made = {path.name for path in (tmp_path / "here" / committee.id).iterdir()}
    assert {"figures.csv", "definitions.csv"} <= made
