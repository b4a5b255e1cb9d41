"""Faults through the whole command: found by `check`, and no raw value of a case told."""

import json
import re
from pathlib import Path

import polars as pl
import pytest

from etl.store import Store
from metrics.release import TABLES, open_release
from tests import pdfs
from tests.flow import clean_exports
from tests.flow.clean_exports import Exports, deliver
from tests.flow.conftest import Said, case_audit
from tests.flow.injected_faults import FAULTS

CANARY = "Kanari"
AUDIENCES = ("committee", "leadership")  # what the public gets, test_canaries searches
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


def with_words_of_the_organisation(folder: Path) -> None:
    """Its own files, with a canary in what is not for everybody."""
    (folder / "duties.csv").write_text(
        "kind,name,due,done\nliaison_meeting,{CANARY}enpflicht,2024-03-01,2024-03-02\n".replace(
            "{CANARY}", CANARY
        ),
        encoding="utf-8",
    )
    words = [f"{CANARY}{end}" for end in ("massnahme", "befund", "enaenderung", "envogt")]
    (folder / "actions.csv").write_text(
        "action,finding,change,kind,owner,accepted,due,done,metric,measure,part,breakdown,level,"
        f"told\n{','.join(words[:3])},training,{words[3]},2024-04-01,2024-06-30,,"
        "deadline_compliance,share_met,acknowledge,all,all,committee\n",
        encoding="utf-8",
    )


@pytest.fixture(scope="module")
def chain(exports, tmp_path_factory) -> tuple[Path, dict[str, Said]]:
    """A workspace after the checks and what follows, and what each verb said."""
    audit = clean_exports.workspace(tmp_path_factory.mktemp("raw") / "w")
    description = audit.folder / "sources" / "lighthouse.toml"
    text = description.read_text(encoding="utf-8")
    codes, sep, layout = text.partition("[exports.cases]")
    codes = re.sub(r'^"(.+)" = ', rf'"{CANARY} \1" = ', codes, flags=re.MULTILINE)
    description.write_text(codes + sep + layout, encoding="utf-8")
    with_words_of_the_organisation(audit.folder)
    deliver(audit, exports)
    for path in audit.folder.glob("*-2024-12-31.csv"):
        path.unlink()
    at = ("--workspace", audit.folder)
    said = {
        "check": case_audit("check", *at),
        "again": case_audit("check", "--json", *at),
        **{
            verb: case_audit(*arguments, *at)
            for audience in AUDIENCES
            for verb, arguments in {
                f"publish {audience}": ("publish", "--audience", audience),
                f"report {audience}": ("report", audience),
                f"print {audience}": ("report", audience, "--format", "pdf"),
                f"book {audience}": ("report", audience, "--format", "xlsx"),
                f"tables {audience}": ("report", audience, "--format", "csv"),
            }.items()
        },
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


def test_no_verb_says_a_raw_value(raw, chain):
    assert len(chain[1]) == 2 + 5 * len(AUDIENCES)
    said = {verb: occurring(raw, said.out + said.err) for verb, said in chain[1].items()}
    assert {verb: found for verb, found in said.items() if found} == {}


def test_no_table_of_the_checks_holds_a_raw_value(raw, chain):
    with Store.open(chain[0] / "audit.duckdb", mode="read") as store:
        tables = store.frame(
            "select table_name from information_schema.tables where table_schema = 'quality'"
        )["table_name"]
        assert {"verdicts", "findings", "incidents", "affected_cases"} <= set(tables)
        for table in tables:
            rows = store.frame(f"select * from quality.{table}")
            assert (table, occurring(raw, rows.write_json())) == (table, set())


def _texts(rows: pl.DataFrame) -> set[str]:
    """Every text that stands in a table."""
    return {
        str(text)
        for name, kind in rows.schema.items()
        if kind == pl.String
        for text in rows[name].unique().drop_nulls()
    }


def written_for(folder: Path, audience: str) -> dict[str, str]:
    """Every text that is written for an audience: tables of its release, pages, files."""
    (path,) = (folder / "releases").glob(f"*-{audience}-*.duckdb")
    release = open_release(path)
    texts = {name: "\n".join(_texts(release.table(name))) for name in TABLES}
    reports = [file for file in (folder / "reports").rglob("*") if file.is_file()]
    return texts | {
        str(file.relative_to(folder)): pdfs.unpacked(file.name, file.read_bytes())
        for file in reports
        if audience in str(file)
    }


@pytest.mark.parametrize("audience", AUDIENCES)
def test_neither_a_release_nor_a_page_made_of_it_holds_a_raw_value(audience, raw, chain):
    texts = written_for(chain[0], audience)
    assert {Path(name).suffix for name in texts} >= {"", ".pdf", ".html", ".xlsx", ".csv"}
    found = {name: occurring(raw, text) for name, text in texts.items()}
    assert {name: values for name, values in found.items() if values} == {}


@pytest.mark.parametrize("audience", AUDIENCES)
def test_what_the_committee_decided_for_itself_is_told_to_nobody_else(audience, chain):
    texts = written_for(chain[0], audience)
    told = {name for name, text in texts.items() if CANARY in text}
    assert told == set() if audience != "committee" else "actions" in told
