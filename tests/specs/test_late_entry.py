"""The newest months are still being entered: what deliveries month by month say of them."""

from datetime import date

import polars as pl
import pytest

from etl.store import Store
from metrics.late_entry import TOO_SHORT, late_months

MONTHS = [f"2024-{month:02}" for month in range(1, 10)]
ENDS = ("31", "29", "31", "30", "31", "30", "31", "31", "30")


def told(core, rows, *, months=MONTHS, as_of="2024-09-30"):
    """Late months of cases, as `delivered` puts them into a store."""
    return late_months(delivered(core, rows, months=months, as_of=as_of))


def delivered(core, rows, *, months=MONTHS, as_of="2024-09-30") -> Store:
    """A store of cases: rows are (month received, month of the delivery, how many).

    A delivery holds its own cases alone; the first one, of January, holds one case.
    """
    deliveries = [
        f"{number + 1} | desk | cases | case | {month}-{ENDS[MONTHS.index(month)]}"
        for number, month in enumerate(months)
    ]
    cases, events = ["case | snapshot"], ["case | kind | on | snapshot | export"]
    for received, delivered, n in [("2023-12", MONTHS[0], 1), *rows]:
        for one in range(n):
            key = f"{received}/{delivered}/{one}"
            snapshot = months.index(delivered) + 1
            cases.append(f"{key} | {snapshot}")
            events.append(f"{key} | received | {received}-05 | {snapshot} | cases")
    return core(
        as_of=as_of,
        cases="\n".join(cases),
        events="\n".join(events),
        deliveries="\n".join(["snapshot | source | export | grain | as_of", *deliveries]),
    )


def arriving(months, *, at_once, later):
    """Of each month so many come with its own delivery, and so many with the next."""
    rows = []
    for month, after in zip(months, [*months[1:], None], strict=True):
        rows.append((month, month, at_once))
        if after is not None and later:
            rows.append((month, after, later))
    return rows


def test_the_newest_month_is_completed_by_what_earlier_months_still_received(core):
    # 6 of 10 come with the month's own delivery: 6 of September are three fifths of 10.
    found = told(core, arriving(MONTHS[1:], at_once=6, later=4))
    row = found.row(0, named=True)
    assert found.height == 1
    assert (row["month"], row["seen"]) == (date(2024, 9, 1), 6)
    assert row["complete"] == pytest.approx(0.6)
    assert row["low"] <= 10 <= row["high"]
    assert row["low"] >= 6
    assert (row["grey"], row["state"]) == (False, "ok")


def test_a_month_of_which_less_than_half_is_there_is_greyed_out(core):
    row = told(core, arriving(MONTHS[1:], at_once=3, later=7)).row(0, named=True)
    assert row["complete"] == pytest.approx(0.3)
    assert row["grey"]


def test_where_nothing_comes_late_nothing_is_said(core):
    assert told(core, arriving(MONTHS[1:], at_once=6, later=0)).is_empty()


def test_too_few_deliveries_say_so(core):
    found = told(core, arriving(MONTHS[1:4], at_once=6, later=4), months=MONTHS[:4],
                 as_of="2024-04-30")  # fmt: skip
    assert found.select("state", "reason", "seen").rows() == [("few", TOO_SHORT, None)]


def test_months_before_one_without_a_delivery_do_not_count(core):
    # No delivery in March: six months remain, of which the first has no known delay.
    months = [month for month in MONTHS if month != "2024-03"]
    found = told(core, arriving(months[1:], at_once=6, later=4), months=months)
    assert found["state"].to_list() == ["few"]


def test_what_the_first_delivery_holds_has_no_known_delay(core):
    rows = [("2023-11", MONTHS[0], 40), *arriving(MONTHS[1:], at_once=6, later=4)]
    assert told(core, rows)["complete"].to_list() == [pytest.approx(0.6)]


def test_a_quiet_month_whose_file_came_again_counts_as_delivered(core):
    # The file of February came again in March: it says that nothing was entered in between.
    months = [month for month in MONTHS if month != "2024-03"]
    store = delivered(core, arriving(months[1:], at_once=6, later=4), months=months)
    again = {"source": ["desk"], "export": ["cases"], "sha256": ["2"]}
    for day, state in ((date(2024, 10, 31), "few"), (date(2024, 3, 31), "ok")):
        store.append("staging.confirmations", pl.DataFrame({**again, "as_of": [day]}))
        assert {*late_months(store)["state"]} == {state}
