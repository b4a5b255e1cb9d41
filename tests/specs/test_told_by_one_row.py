"""A case of which one row tells the days of all its steps."""

from datetime import date

import pytest

from etl.load import load
from etl.store import Store
from etl.workspace import init

SOURCE = """
name = "desk"
title = "Desk"
time_zone = "UTC"
[codes.status]
"open" = "open"
"done" = "closed"
[exports.cases]
grain = "case"
dates = "%Y-%m-%d"
required = ["case_id", "received"]
[exports.cases.columns]
case_id = "Number"
status = "State"
[exports.cases.events]
received = "Received"
reopened = "Reopened"
{end} = "Ended"
"""


@pytest.mark.parametrize("end", ["resolved", "closed", "cancelled"])
@pytest.mark.parametrize(
    ("state", "resolved_on"),
    [("done", date(2024, 1, 9)), ("open", None), ("", date(2024, 1, 9))],
)
def test_of_a_case_opened_again_and_ended_on_one_day_its_status_says_which_was_last(
    tmp_path, end, state, resolved_on
):
    made = init(tmp_path / "audit")
    (made.folder / "sources" / "desk.toml").write_text(SOURCE.format(end=end), encoding="utf-8")
    export = tmp_path / "cases.csv"
    export.write_text(
        f"Number,State,Received,Reopened,Ended\nA1,{state},2024-01-01,2024-01-09,2024-01-09\n",
        encoding="utf-8",
    )
    load(made, [export], as_of=date(2024, 3, 1))
    with Store.open(made.store_path) as store:
        assert store.frame("select resolved_on from core.cases").item() == resolved_on
