"""Planting: each function takes rows as a system would write them and spoils some of them."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from sample_data import planted
from sample_data.dice import Dice
from sample_data.histories import CASEBOOK_HEADER
from sample_data.layouts import QUESTIONS, Row, british
from sample_data.process import SEED

# Rows are spoilt only here, so that the last four quarters differ by the big faults alone.
SPOILT_FROM, SPOILT_UNTIL = "2024-12-01", "2025-07-01"
SURVEYS_SPOILT_UNTIL = "2025-04-01"


def spoil_beacon(rows: list[Row]) -> list[Row]:
    """Beacon's rows with all of beacon's faults."""
    dice = Dice(f"{SEED}/faults/beacon")
    lost = [_without_acknowledgement(row) for row in rows]
    old = [row for row in lost if _may_be_spoilt(row)]
    changes = planted.CHANGED_ROWS.count
    early, decided = (
        planted.CLOSED_BEFORE_RECEIVED.count,
        planted.DECIDED_BEFORE_RECEIVED.count,
    )
    chosen = dice.several(old, 8 + early + decided)
    kinds = dice.several(range(len(chosen)), early + decided)
    misdated = [chosen[place] for place in kinds]
    repeated = [row for row in chosen if row not in misdated]
    low = [row for row in old if row["Priority"] == "P4" and row not in chosen]
    changed = dice.several(low, changes)
    for row in misdated[:early]:
        row["Closed"] = _moved(row["Received"], days=-dice.whole(1, 9))
    for row in misdated[early:]:
        for column in ("Decided", "Reporter told"):
            row[column] = _moved(row[column], days=-365)
    spoilt = [*_with_second_rows(lost, repeated, changed), *_unreadable_beacon(lost)]
    return _closed_in_the_future(spoilt, dice)


def _without_acknowledgement(row: Row) -> Row:
    lost_from = planted.ACKNOWLEDGEMENTS_LOST_FROM.isoformat()
    is_lost = row["Intake"] == "WEB" and row["Received"] >= lost_from
    return {**row, "Acknowledged": ""} if is_lost else row


def _may_be_spoilt(row: Row) -> bool:
    is_plain = row["Reopened"] == "" and row["Decided"] != ""
    is_short = row["Days open"] != "" and int(row["Days open"]) < 200
    return SPOILT_FROM <= row["Received"] < SPOILT_UNTIL and is_plain and is_short


def _moved(instant: str, *, days: int) -> str:
    moved = datetime.fromisoformat(instant) + timedelta(days=days)
    return moved.strftime("%Y-%m-%dT%H:%M")


def _with_second_rows(
    rows: Iterable[Row], repeated: list[Row], changed: list[Row]
) -> Iterator[Row]:
    for row in rows:
        yield row
        if row in repeated:
            yield row
        if row in changed:
            yield {**row, "Priority": "P3"}


def _unreadable_beacon(rows: list[Row]) -> list[Row]:
    model = next(row for row in rows if _may_be_spoilt(row))
    return [
        {**model, "Case ref": f"BH-9900{place}", "Received": received}
        for place, received in enumerate(("2025-02-30T08:15", "2024-11-31T08:40"), start=1)
    ]


def _closed_in_the_future(rows: list[Row], dice: Dice) -> list[Row]:
    running = [row for row in rows if row["Status"] == "Open" and row["Received"] > "2026-07"]
    chosen = dice.several(running, min(planted.DATES_AFTER_AS_OF.count, len(running)))
    return [{**row, "Closed": "2026-12-15T16:00"} if row in chosen else row for row in rows]


def spoil_casebook(rows: list[Row]) -> list[Row]:
    """Casebook's allegations with all of casebook's faults."""
    dice = Dice(f"{SEED}/faults/casebook")
    old = [row for row in rows if "2025" in row["Date received"] and row["Date triaged"]]
    old = [row for row in old if row["State"] == "C" and row["Allegation"] == "1"]
    sentinels = planted.SENTINEL_DATES.count
    chosen = dice.several(old, 4 + sentinels)
    undated = {row["Case no"] for row in chosen[:sentinels]}
    dated = [
        {**row, "Date acknowledged": "01/01/1900"} if row["Case no"] in undated else row
        for row in rows
    ]
    spoilt = _with_second_rows(dated, chosen[sentinels:], [])
    return [*spoilt, *_unreadable_casebook(old[0])]


def _unreadable_casebook(model: Row) -> list[Row]:
    impossible = [{"Date received": "30/02/2025"}, {"Date received": "31/04/2026"}]
    tests = [{"Allegation type": "99 TEST"}] * planted.TEST_CASES.count
    return [
        {**model, "Case no": f"C9800{place}", **wrong}
        for place, wrong in enumerate([*impossible, *tests], start=1)
    ]


def spoil_history(rows: list[Row]) -> list[Row]:
    """Casebook's history with events of cases that do not exist."""
    strays = [
        (f"C9900{place}", "INV", british(date(2025, 3, 3) + timedelta(days=place)), "", "", "")
        for place in range(1, planted.EVENTS_WITHOUT_CASE.count + 1)
    ]
    return [*rows, *(dict(zip(CASEBOOK_HEADER, stray, strict=True)) for stray in strays)]


def spoil_beacon_surveys(rows: list[Row]) -> list[Row]:
    """Beacon's surveys with scores off the scale and an answer nobody had asked for."""
    dice = Dice(f"{SEED}/faults/surveys")
    old = [
        row
        for row in rows
        if row["Score"]
        and row["Question"] == QUESTIONS[0]
        and SPOILT_FROM <= row["Survey sent"] < SURVEYS_SPOILT_UNTIL
    ]
    chosen = dice.several(old, planted.SCORES_OFF_SCALE.count + planted.ANSWERED_UNASKED.count)
    wrong: list[Row] = [{"Score": "7"}, {"Score": "9"}, {"Survey sent": ""}]
    spoils = {row["Case ref"]: change for row, change in zip(chosen, wrong, strict=True)}
    return [
        {**row, **spoils.get(row["Case ref"], {})} if row["Question"] == QUESTIONS[0] else row
        for row in rows
    ]
