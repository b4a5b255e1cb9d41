"""From a draft to a withdrawal, as several people at one keyboard do it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.access import Shelf
from etl.store import Store
from metrics.release import TABLES
from tests import pdfs
from tests.flow.test_command_line import cases, row

ROOT = Path(__file__).parents[2]


@pytest.fixture
def checked(run, tmp_path):
    """A workspace with a judged quarter."""
    assert run("init", "w").code == 0
    rows = [row(number, received=f"2026-0{1 + number % 3}-05T09:00") for number in range(9)]
    (tmp_path / "cases.csv").write_text(cases(*rows), encoding="utf-8")
    loading = ("--as-of", "2026-03-31", "--coverage-from", "2026-01-01")
    assert run("load", "cases.csv", *loading).code == 0
    assert run("check").code == 0
    return tmp_path / "w"


def states(run) -> list[tuple[str, str]]:
    told = json.loads(run("releases", "--json").out)
    return [(each["audience"], each["state"]) for each in told]


def test_two_programs_that_publish_at_once_tell_a_quarter_once(run, checked):
    publish = [sys.executable, "-m", "dashboard.cli", "publish", "--audience", "leadership"]
    known = os.environ | {"PYTHONPATH": str(ROOT), "CASE_AUDIT_WORKSPACE": str(checked)}
    both = [
        subprocess.Popen(publish, env=known, stderr=subprocess.PIPE, text=True) for _ in "ab"
    ]
    said = [process.communicate()[1] for process in both]
    assert sorted(process.returncode for process in both) == [0, 2], said
    assert "ledger.jsonl: another case-audit is changing it" in "".join(said)
    assert states(run) == [("leadership", "checked")]
    assert run("verify").code == 0


def test_a_release_to_leadership_goes_its_way(run, checked, tmp_path):
    shelf = Shelf(checked / "releases", ("leadership",))
    made = run("publish", "--audience", "leadership", "--as", "Ann")
    assert made.code == 0, made.err
    assert "checked, waits for one person to approve it (made by Ann)" in made.out
    assert "next: case-audit report 0001-" in made.out
    assert shelf.newest() == {}
    assert len(shelf.waiting()) == 1

    # Whoever approves it can read it, and cannot take it for published.
    assert "waits for somebody to approve it" in run("report", "leadership").err
    (page,) = (checked / "reports").glob("*.html")
    assert "Not published: this release waits for somebody" in page.read_text(encoding="utf-8")
    assert run("report", "leadership", "--format", "pdf").code == 0
    (printed,) = (checked / "reports").glob("*.pdf")
    assert pdfs.words(printed.read_bytes()).startswith("Not published: this release waits")
    assert run("report", "leadership", "--format", "csv").code == 0
    (readme,) = (checked / "reports").glob("*/README.txt")
    assert readme.read_text(encoding="utf-8").startswith("Not published: ")

    own = run("approve", "leadership", "--as", "ann")
    assert own.code == 2
    assert "ann made it; somebody else must approve it" in own.err
    assert "published" in run("approve", "leadership", "--as", "Head of ethics").out
    assert list(shelf.newest()) == ["leadership"]
    run("report", "leadership")
    assert "Not published" not in page.read_text(encoding="utf-8")

    # The same again is the same release, with its approval.
    again = run("publish", "--audience", "leadership", "--as", "Ann")
    assert again.out.startswith("published 0001-")
    assert states(run) == [("leadership", "published")]

    gone = run("withdraw", "leadership", "--reason", "a wrong headcount", "--as", "Ann")
    assert "withdrawn: a wrong headcount" in gone.out
    assert shelf.newest() == {}
    missing = run("report", "leadership")
    assert missing.code == 2
    assert "there is no release 'leadership'; there are: 0001-" in missing.err
    assert "(withdrawn)" in missing.err


def test_an_edit_resets_approvals(run, checked, tmp_path):
    one = ("publish", "--audience", "public", "--as", "Ann", "--approved-by", "Ben")
    first = run(*one)
    assert "waits for one person to approve it (made by Ann; approved by Ben)" in first.out
    (tmp_path / "more.csv").write_text(cases(row(77)), encoding="utf-8")
    assert run("load", "more.csv", "--as-of", "2026-03-31").code == 0
    refused = run("approve", "public", "--as", "Cleo")
    assert refused.code == 2
    assert "the data or rules have changed since it was made; make it anew" in refused.err
    assert run("check").code == 0
    second = run("publish", "--audience", "public", "--as", "Ann")
    assert "waits for 2 people to approve it" in second.out


def test_roles_named_at_once_publish_at_once_and_are_recorded(run, checked):
    named = ("--as", "Ann", "--approved-by", "Ben", "--approved-by", "Cleo")
    said = run("publish", "--audience", "public", *named)
    assert said.out.startswith("published 0001-"), said
    entries = (checked / "ledger" / "ledger.jsonl").read_text(encoding="utf-8").splitlines()
    told = [json.loads(entry) for entry in entries]
    assert [entry["by"] for entry in told if entry["kind"] == "approved"] == ["Ben", "Cleo"]
    assert all(entry["at"] and entry["account"] for entry in told if "by" in entry)


def test_a_draft_waits_although_nobody_is_asked_for_and_is_put_aside(run, checked):
    said = run("publish", "--audience", "committee", "--draft", "--as", "Ann")
    assert "waits for one person" in said.out
    assert Shelf(checked / "releases", ("committee",)).newest() == {}
    gone = run("withdraw", "committee", "--reason", "a test", "--as", "Ann")
    assert "nobody was to read it yet; it is kept in withdrawn/" in gone.out
    assert list((checked / "releases").iterdir()) == []
    assert run("publish", "--audience", "committee").out.startswith("published 0002-")
    assert states(run) == [("committee", "withdrawn"), ("committee", "published")]


def test_who_approved_is_in_no_release(run, checked):
    named = ("--as", "Annabel", "--approved-by", "Benedict", "--approved-by", "Cleopatra")
    said = run("publish", "--audience", "public", *named)
    assert said.code == 0, said.err
    (path,) = (checked / "releases").glob("*.duckdb")
    with Store.open(path, mode="read") as store:
        text = "".join(store.frame(f"select * from {name}").write_json() for name in TABLES)
    assert not any(name in text for name in ("Annabel", "Benedict", "Cleopatra"))


def test_a_workspace_is_verified_with_its_ledger_and_without(run, checked):
    run("publish", "--audience", "leadership", "--as", "Ann", "--approved-by", "Ben")
    said = run("verify")
    assert said.code == 0, said.out
    assert said.out.startswith("ok   the ledger: ")
    assert said.out.endswith("verdict: nothing was found\n")
    (path,) = (checked / "releases").glob("*.duckdb")
    alone = run("verify", path)
    assert alone.code == 0
    assert "the ledger" not in alone.out
    assert "reader who takes a withheld cell to be at least one: not tried" in alone.out
    ledger = checked / "ledger" / "ledger.jsonl"
    ledger.write_text(ledger.read_text(encoding="utf-8").replace("Ben", "Ken"), "utf-8")
    spoilt = run("verify")
    assert spoilt.code == 1
    assert "FAIL the ledger is not as it was written from line" in spoilt.out
