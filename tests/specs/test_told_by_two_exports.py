"""A case of which two exports of its system speak, each of some of its fields."""

from datetime import date

import pytest

from dashboard.cli import main
from etl.store import Store
from etl.workspace import init

DELIVERIES = """
    snapshot | source | export | grain    | as_of      | reads
    1        | desk   | cases  | case     | 2024-03-01 | case_id unit outcome
    2        | desk   | states | {grain} | {as_of}    | {reads}
    3        | desk   | events | event    | 2024-03-01 | case_id kind
"""
EVENTS = "case | kind | on | snapshot\nA | received | 2024-01-01 | 3"
SEVERAL = """
    case | unit  | outcome       | status | export | snapshot | stated_on
    A    | north | substantiated |        | cases  | 1        |
    A    |       |               | closed | states | 2        | 2024-02-01
"""


@pytest.mark.parametrize("grain", ["case", "snapshot"])
def test_a_field_is_told_by_the_export_that_speaks_of_it(core, grain):
    told = DELIVERIES.format(grain=grain, as_of="2024-03-01", reads="case_id status")
    store = core(as_of="2024-03-01", cases=SEVERAL, events=EVENTS, deliveries=told)
    found = store.frame("select unit, outcome, status from core.cases").row(0)
    assert found == ("north", "substantiated", "closed")


def test_a_field_that_the_newer_export_leaves_empty_is_empty(core):
    told = DELIVERIES.format(grain="case", as_of="2024-03-02", reads="case_id outcome")
    store = core(as_of="2024-03-02", cases=SEVERAL, events=EVENTS, deliveries=told)
    assert store.frame("select unit, outcome from core.cases").row(0) == ("north", None)


def test_of_deliveries_before_fields_were_kept_the_newest_row_tells_them_all(core):
    told = DELIVERIES.format(grain="case", as_of="2024-03-02", reads="")
    store = core(as_of="2024-03-02", cases=SEVERAL, events=EVENTS, deliveries=told)
    assert store.frame("select unit from core.cases").item() == "unknown"


@pytest.mark.parametrize(("reads", "versions"), [("case_id status", 1), ("case_id unit", 2)])
def test_lists_that_tell_other_fields_of_a_case_do_not_contradict_one_another(
    core, reads, versions
):
    told = DELIVERIES.format(grain="case", as_of="2024-03-01", reads=reads)
    store = core(as_of="2024-03-01", cases=SEVERAL, events=EVENTS, deliveries=told)
    found = store.frame("select export_rows, versions from core.cases").row(0)
    assert found == (2, versions)


SOURCE = """
name = "desk"
title = "Desk"
time_zone = "UTC"
[codes.unit]
"N" = "north"
[codes.status]
"new" = "new"
"done" = "closed"
[exports.cases]
grain = "case"
dates = "%Y-%m-%d"
[exports.cases.columns]
case_id = "Number"
unit = "Unit"
[exports.cases.events]
received = "Received"
[exports.states]
grain = "snapshot"
dates = "%Y-%m-%d"
[exports.states.columns]
case_id = "Number"
occurred = "Entered"
status = "Status"
[exports.states.changes]
status = "progress"
"""


def test_a_list_of_states_leaves_its_cases_what_only_the_list_of_cases_tells(tmp_path):
    made = init(tmp_path / "audit")
    (made.folder / "sources" / "desk.toml").write_text(SOURCE, encoding="utf-8")
    cases, states = tmp_path / "cases.csv", tmp_path / "states.csv"
    cases.write_text("Number,Unit,Received\nA1,N,2024-01-01\n", encoding="utf-8")
    states.write_text(
        "Number,Status,Entered\nA1,new,2024-01-01\nA1,done,2024-01-09\n", encoding="utf-8"
    )
    at = ("--as-of", "2024-02-01", "--workspace", str(made.folder), "--quiet")
    assert main(["load", str(cases), str(states), *at]) == 0
    with Store.open(made.store_path, mode="read") as store:
        found = store.frame("select unit, status, resolved_on from core.cases").row(0)
    assert found == ("north", "closed", date(2024, 1, 9))
