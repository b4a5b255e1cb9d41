"""Faults through the whole command: found by `check`, and no raw value of a case told."""

import json
import re
from pathlib import Path

import pytest

from etl.store import Store
from metrics.release import open_release
from tests.flow import clean_exports
from tests.flow.clean_exports import Exports, deliver
from tests.flow.conftest import Said, case_audit
from tests.flow.injected_faults import FAULTS

CANARY = "Kanari"
CODED = (
    "Unit",
    "Category",
    "Channel",
    "Severity",
    "Status",
    "In time",
    "Step",
    "Clock",
    "Kept",
    "Finding",
    "Anonymous",
    "Reporter is",
    "Level",
    "Question",
)
TOGETHER = (
    "a matter of 1970",
    "matters entered twice",
    "codes of a new list",
    "negative durations",
    "worked on later",
    "closed without a date",
    "steps without a day",
    "clocks judged otherwise",
    "surveys of nobody",
    "scores off the scale",
    "silence scored",
)


def coded(told: Exports) -> Exports:
    """The exports with a canary in every code, as their system could write them."""
    for rows in (told.cases, told.history, told.clocks, told.surveys):
        for row in rows:
            row |= {name: f"{CANARY} {row[name]}" for name in CODED if row.get(name)}
    return told


@pytest.fixture(scope="module")
def planted() -> tuple[Exports, dict[str, int]]:
    """Exports with several faults at once, and how many each check must find."""
    told = clean_exports.clean()
    by_name = {fault.name: fault for fault in FAULTS}
    counts = {by_name[each].check: by_name[each].spoil(told) for each in TOGETHER}
    return coded(told), counts


@pytest.fixture(scope="module")
def exports(planted) -> Exports:
    return planted[0]


@pytest.fixture(scope="module")
def chain(exports, tmp_path_factory) -> tuple[Path, dict[str, Said]]:
    """A workspace after the checks and what follows, and what each verb said."""
    audit = clean_exports.workspace(tmp_path_factory.mktemp("raw") / "w")
    description = audit.folder / "sources" / "lighthouse.toml"
    text = description.read_text(encoding="utf-8")
    codes, sep, layout = text.partition("[exports.cases]")
    codes = re.sub(r'^"(.+)" = ', rf'"{CANARY} \1" = ', codes, flags=re.MULTILINE)
    description.write_text(codes + sep + layout, encoding="utf-8")
    deliver(audit, exports)
    for path in audit.folder.glob("*-2024-12-31.csv"):
        path.unlink()
    at = ("--workspace", audit.folder)
    said = {
        "check": case_audit("check", *at),
        "again": case_audit("check", "--json", *at),
        "publish": case_audit("publish", "--audience", "committee", *at),
        "report": case_audit("report", "committee", *at),
        "tables": case_audit("report", "committee", "--format", "csv", *at),
    }
    assert {verb for verb, told in said.items() if told.code > 1} == set(), said
    return audit.folder, said


@pytest.fixture(scope="module")
def raw(exports) -> set[str]:
    """Numbers, instants and codes of the cases, as the exports write them."""
    kinds = (exports.cases, exports.history, exports.clocks, exports.surveys)
    values = {value for rows in kinds for row in rows for value in row.values() if value}
    # Whole numbers and days say nothing of whose they are.
    return {value for value in values if not re.fullmatch(r"\d{1,2}|\d{4}-\d\d-\d\d", value)}


def occurring(raw: set[str], text: str) -> set[str]:
    return {value for value in raw if value in text}


def test_there_is_something_to_be_found(raw, chain):
    assert {"LH-0003", "Kanari N", "2024-01-04 09:03"} <= raw
    failed = [each for each in json.loads(chain[1]["again"].out) if each["outcome"] == "failed"]
    assert len(failed) >= len(TOGETHER)
    assert all(each["failing"] > 0 for each in failed)


@pytest.mark.parametrize(
    "check",
    [
        "no_near_duplicates",
        "closed_not_before_received",
        "closed_status_has_a_closing_date",
        "scores_are_inside_the_scale",
        "scores_were_given",
        "incident_date_real",
    ],
)
def test_the_command_finds_as_many_as_were_planted(check, planted, chain):
    found = {each["check"]: each for each in json.loads(chain[1]["again"].out)}
    assert found[check]["failing"] == planted[1][check]


@pytest.mark.parametrize("verb", ["check", "again", "publish", "report", "tables"])
def test_no_verb_says_a_raw_value(verb, raw, chain):
    said = chain[1][verb]
    assert occurring(raw, said.out + said.err) == set()


def test_no_table_of_the_checks_holds_a_raw_value(raw, chain):
    with Store.open(chain[0] / "audit.duckdb", mode="read") as store:
        tables = store.frame(
            "select table_name from information_schema.tables where table_schema = 'quality'"
        )["table_name"]
        assert {"verdicts", "findings", "incidents", "affected_cases"} <= set(tables)
        for table in tables:
            rows = store.frame(f"select * from quality.{table}")
            assert (table, occurring(raw, rows.write_json())) == (table, set())


def test_neither_the_release_nor_a_page_made_of_it_holds_a_raw_value(raw, chain):
    (path,) = (chain[0] / "releases").iterdir()
    release = open_release(path)
    for name in ("verdicts", "consequences", "reject_reasons", "deliveries", "figures"):
        assert (name, occurring(raw, release.table(name).write_json())) == (name, set())
    written = [file for file in (chain[0] / "reports").rglob("*") if file.is_file()]
    assert {file.suffix for file in written} >= {".html", ".csv"}
    for file in written:
        found = occurring(raw, file.read_text(encoding="utf-8"))
        assert (file.name, found) == (file.name, set())
