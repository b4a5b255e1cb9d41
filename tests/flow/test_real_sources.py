"""Real exports of case systems, against counts that use nothing of ours."""

import json
import tomllib
from collections import Counter
from datetime import date, time
from itertools import groupby
from pathlib import Path
from statistics import median

import polars as pl
import pytest

from etl.store import Store
from tests.flow.conftest import Said, case_audit
from tests.flow.judging import judged

pytestmark = pytest.mark.real_data

STEPS = ("received", "acknowledged", "paused", "resumed", "resolved", "closed")
PROCEDURE = f"""
[procedure]
steps = {json.dumps(STEPS)}
mandatory = ["acknowledged"]
basis = "The states of an incident, in their order"
"""


def folder(real_data: Path, name: str) -> Path:
    found = real_data / name
    if not found.is_dir():
        pytest.skip(f"{name} is not among the real exports.")
    return found


def table(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, infer_schema=False).with_row_index("line", offset=2)


def deliveries(told: Said) -> list[dict[str, int]]:
    return json.loads(told.out)


class Audit:
    """A workspace that the command line fills, and what its store then holds."""

    def __init__(self, place: Path) -> None:
        self.place = place
        case_audit("init", str(place), "--quiet")

    def codes(self, *exports: Path) -> None:
        told = case_audit("source", "codes", *map(str, exports), "--workspace", str(self.place))
        assert told.code == 0, told.err

    def load(self, *exports: Path, as_of: str, accept: int = 0) -> Said:
        return case_audit(
            "load", *map(str, exports), "--workspace", str(self.place), "--as-of", as_of,
            "--accept-rejects", str(accept), "--json",
        )  # fmt: skip

    def ask(self, select: str) -> list[tuple]:
        with Store.open(self.place / "audit.duckdb") as store:
            return store.frame(select).rows()

    def kinds(self) -> dict[str, int]:
        return dict(self.ask("select kind, count(*) from core.events group by kind"))


@pytest.fixture(scope="module")
def log(real_data) -> pl.DataFrame:
    """The ServiceNow log in the order of its updates, without the rows of no known state."""
    path = folder(real_data, "servicenow_incident_log") / "incident_event_log.csv.gz"
    rows = table(path).filter(pl.col("incident_state") != "-100")
    told = rows.with_columns(
        pl.col("sys_updated_at").str.to_datetime("%d/%m/%Y %H:%M").alias("at"),
        pl.col("sys_mod_count").cast(pl.Int64).alias("place"),
        pl.col("incident_state").is_in(["Resolved", "Closed"]).alias("ended"),
        pl.col("incident_state").str.starts_with("Awaiting").alias("waits"),
        pl.col("priority").str.head(1).cast(pl.Int64).alias("grade"),
    ).sort("number", "at", "place", "line")
    before = [pl.col(name).shift(1).over("number").name.suffix(" before")
              for name in ("ended", "waits", "grade", "incident_state")]  # fmt: skip
    return told.with_columns(before)


@pytest.fixture(scope="module")
def servicenow(real_data, tmp_path_factory) -> tuple[Audit, Said]:
    path = folder(real_data, "servicenow_incident_log") / "incident_event_log.csv.gz"
    audit = Audit(tmp_path_factory.mktemp("real") / "servicenow")
    (audit.place / "rules" / "procedure.toml").write_text(PROCEDURE, encoding="utf-8")
    audit.codes(path)
    refused = audit.load(path, as_of="2017-02-28")
    assert 'value "-100"' in refused.err
    return audit, audit.load(path, as_of="2017-02-28", accept=5)


def test_the_incidents_of_a_servicenow_log_agree_with_polars(servicenow, log):
    audit, told = servicenow
    (delivery,) = deliveries(told)
    assert (delivery["rows_in"], delivery["rows_rejected"]) == (141_712, 5)
    last = log.group_by("number", maintain_order=True).last()
    cases = audit.ask("select count(*), count(*) filter (resolved_on is null) from core.cases")
    assert cases == [(last.height, last.filter(~pl.col("ended")).height)] == [(24_918, 0)]


def test_the_events_of_a_servicenow_log_agree_with_polars(servicenow, log):
    audit, _ = servicenow
    ended, was = pl.col("ended"), pl.col("ended before")
    state, state_was = pl.col("incident_state"), pl.col("incident_state before")
    by_hand = {
        "received": log["number"].n_unique(),
        "acknowledged": log.filter((state_was == "New") & (state != "New")).height,
        "resolved": log.filter(ended & ~was.fill_null(value=False)).height,
        "closed": log.filter((state == "Closed") & state_was.ne_missing("Closed")).height,
        "reopened": log.filter(was & ~ended).height,
        "paused": log.filter(
            pl.col("waits") & ~pl.col("waits before").fill_null(value=False)
        ).height,
        "resumed": log.filter(pl.col("waits before") & ~pl.col("waits")).height,
        "escalated": log.filter(pl.col("grade") < pl.col("grade before")).height,
        "de_escalated": log.filter(pl.col("grade") > pl.col("grade before")).height,
    }
    found = audit.kinds()
    assert {kind: found[kind] for kind in by_hand} == by_hand


def test_the_assignments_of_a_servicenow_log_agree_with_polars(servicenow, log):
    audit, _ = servicenow
    moved: dict[str, list[pl.DataFrame]] = {"assigned": [], "reassigned": []}
    for field in ("assignment_group", "assigned_to"):
        told = log.filter(pl.col(field) != "?").with_columns(
            pl.col(field).shift(1).over("number").alias("was")
        )
        moved["assigned"].append(told.filter(pl.col("was").is_null()))
        moved["reassigned"].append(told.filter(pl.col("was") != pl.col(field)))
    for kind, rows in moved.items():
        # Group and person that change in one update are one event.
        places = pl.concat(rows).select("number", "at", "place").unique()
        assert audit.kinds()[kind] == places.height


def test_the_count_of_reopenings_stays_evidence(servicenow, log):
    audit, _ = servicenow
    last = log.group_by("number", maintain_order=True).last()
    by_hand = last["reopen_count"].cast(pl.Int64).sum()
    assert audit.ask("select sum(source_reopens)::bigint from core.cases") == [(by_hand,)]


def steps_by_hand(log: pl.DataFrame, zone: str) -> dict[str, list[list[tuple]]]:
    """Rounds of each incident, between its reopenings: (instant, place, position), in order."""
    local = pl.col("at").dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
    opened = pl.col("opened_at").str.to_datetime("%d/%m/%Y %H:%M", time_zone="UTC")
    rows = log.with_columns(
        local.dt.replace_time_zone(None).alias("at"),
        opened.min().over("number").dt.convert_time_zone(zone).dt.replace_time_zone(None),
    )
    found: dict[str, list[list[tuple]]] = {}
    for row in rows.iter_rows(named=True):
        if row["number"] not in found:
            found[row["number"]] = [[(row["opened_at"], -1, 0)]]
        rounds = found[row["number"]]
        was, is_now = row["incident_state before"], row["incident_state"]
        if row["ended before"] and not row["ended"]:
            rounds.append([])
        told = {
            "acknowledged": was == "New" and is_now != "New",
            "paused": row["waits"] and not row["waits before"],
            "resumed": row["waits before"] and not row["waits"],
            "resolved": row["ended"] and not row["ended before"],
            "closed": is_now == "Closed" and was != "Closed",
        }
        rounds[-1] += [
            (row["at"], row["place"], STEPS.index(kind)) for kind in told if told[kind]
        ]
    return {number: [sorted(each) for each in rounds] for number, rounds in found.items()}


def repeated(rounds: list[list[tuple]]) -> set[int]:
    return {
        step
        for steps in rounds
        for _, _, step in steps
        if len({at for at, _, each in steps if each == step}) > 1
    }


def bounced(rounds: list[list[tuple]]) -> set[int]:
    visits = [[step for step, _ in groupby(step for *_, step in steps)] for steps in rounds]
    return {
        third
        for steps in visits
        for first, _, third in zip(steps, steps[1:], steps[2:], strict=False)
        if first == third
    }


def overtaken(rounds: list[list[tuple]]) -> set[int]:
    """Steps that were first taken after a later one of the same round."""
    met: set[int] = set()
    found: set[int] = set()
    for steps in rounds:
        for at, place, step in steps:
            if step in met:
                continue
            met.add(step)
            earlier = [one for one in steps if one[2] > step and one[:2] < (at, place)]
            # An hour of midnight is an hour that is not told.
            if any(
                then.date() < at.date() or then == at or then.time() != time.min
                for then, *_ in earlier
            ):
                found.add(step)
    return found


def test_the_steps_of_a_servicenow_log_agree_with_a_count_by_hand(servicenow, log):
    audit, _ = servicenow
    zone = tomllib.loads((audit.place / "case-audit.toml").read_text())["organisation"]
    by_hand = steps_by_hand(log, zone["time_zone"])
    ways = {"repeated": repeated, "bounced": bounced, "out_of_order": overtaken}
    counted = Counter(
        (gap, STEPS[step])
        for rounds in by_hand.values()
        for gap, way in ways.items()
        for step in way(rounds)
    )
    counted["skipped", "acknowledged"] = sum(
        all(step != 1 for steps in rounds for *_, step in steps) for rounds in by_hand.values()
    )
    found = audit.ask(
        "select gap, part, count(*) from core.step_gaps where result = 'gap' group by all"
    )
    assert {(gap, part): n for gap, part, n in found} == dict(counted)
    # None is out of order: the log is written as it happens.
    assert {gap for gap, _ in counted} == {"skipped", "repeated", "bounced"}


@pytest.fixture(scope="module")
def verdicts(servicenow):
    with Store.open(servicenow[0].place / "audit.duckdb", mode="read") as store:
        return judged(store)


def test_near_empty_months_at_the_end_of_a_servicenow_log_are_found(servicenow, log, verdicts):
    zone = tomllib.loads((servicenow[0].place / "case-audit.toml").read_text())["organisation"]
    opened = pl.col("opened_at").str.to_datetime("%d/%m/%Y %H:%M", time_zone="UTC")
    received = log.group_by("number").agg(
        opened.min().dt.convert_time_zone(zone["time_zone"]).dt.date()
    )["opened_at"]
    told = Counter((day.year, day.month) for day in received)
    first = min(received)
    months = [(year, month) for year in (2016, 2017) for month in range(1, 13)]
    # Whole months alone, up to the as-of day, the last of February 2017.
    begins = (first.year, first.month + (first.day > 1))
    counts = [told[each] for each in months if begins <= each <= (2017, 2)]
    nearly_empty = 0
    for place, count in enumerate(counts):
        before = counts[max(0, place - 12) : place]
        if len(before) >= 6 and median(before) >= 5:
            nearly_empty += 5 * count < median(before)
    assert verdicts["no_month_is_nearly_empty"].failing == nearly_empty
    assert nearly_empty > 0


def test_reopenings_that_a_servicenow_log_counts_and_does_not_tell_are_found(log, verdicts):
    counted = log.group_by("number", maintain_order=True).agg(
        pl.col("reopen_count").cast(pl.Int64).last(),
        (pl.col("ended before") & ~pl.col("ended")).sum().alias("told"),
    )
    differing = counted.filter(pl.col("reopen_count") != pl.col("told")).height
    assert verdicts["source_reopens_agree"].failing == differing
    assert differing > 0


def test_a_servicenow_log_loses_no_closing_and_has_no_negative_duration(log, verdicts):
    last = log.group_by("number", maintain_order=True).last()
    assert last["ended"].all()
    assert verdicts["closed_status_has_a_closing_date"].failing == 0
    ended = log.filter("ended").group_by("number").agg(
        pl.col("at").max(), pl.col("opened_at").last().str.to_datetime("%d/%m/%Y %H:%M")
    )  # fmt: skip
    assert ended.filter(pl.col("at") < pl.col("opened_at")).is_empty()
    assert verdicts["closed_not_before_received"].failing == 0


def test_a_day_in_the_midst_of_the_log_knows_nothing_of_what_came_later(
    servicenow, log, real_data, tmp_path
):
    path = folder(real_data, "servicenow_incident_log") / "incident_event_log.csv.gz"
    first, _ = servicenow
    audit = Audit(tmp_path / "earlier")
    codes = (first.place / "sources" / "servicenow.toml").read_text()
    (audit.place / "sources" / "servicenow.toml").write_text(codes)
    audit.load(path, as_of="2016-03-31", accept=5)
    zone = tomllib.loads((audit.place / "case-audit.toml").read_text())["organisation"][
        "time_zone"
    ]
    opened = pl.col("opened_at").str.to_datetime("%d/%m/%Y %H:%M")
    # The day ends in the organisation's zone; the log is in UTC.
    day, opened = (
        at.dt.replace_time_zone("UTC").dt.convert_time_zone(zone).dt.date()
        for at in (pl.col("at"), opened)
    )
    known = log.filter(day <= date(2016, 3, 31))
    last = known.filter(opened <= date(2016, 3, 31)).group_by("number").agg(
        pl.col("ended").sort_by("at", "place", "line").last()
    )  # fmt: skip
    found = audit.ask("select count(*), count(*) filter (resolved_on is null) from core.cases")
    assert found == [(last.height, last.filter(~pl.col("ended")).height)]


def test_the_tickets_and_history_of_a_connector_agree_with_polars(real_data, tmp_path):
    seeds = folder(real_data, "fivetran_seeds") / "zendesk"
    tickets, history = seeds / "ticket_data.csv", seeds / "ticket_field_history_data.csv"
    audit = Audit(tmp_path / "zendesk")
    audit.codes(tickets, history)
    told = audit.load(tickets, history, as_of="2021-12-31", accept=2)
    # "medium" and "solved" are no priorities of Zendesk: each is rejected with its line.
    known = ["low", "normal", "high", "urgent"]
    priorities = table(history).filter(pl.col("field_name") == "priority")
    odd = priorities.filter(~pl.col("value").is_in(known))
    assert odd["line"].to_list() == [10, 22]
    assert [delivery["rows_rejected"] for delivery in deliveries(told)] == [
        0,
        odd.height,
    ]
    states = (
        table(history).filter(pl.col("field_name") == "status").sort("ticket_id", "updated")
    )
    done = states.with_columns(
        pl.col("value").is_in(["solved", "closed", "deleted"]).alias("d")
    )
    was = pl.col("d").shift(1).over("ticket_id")
    found = audit.kinds()
    assert found["received"] == table(tickets).height
    assert found.get("reopened", 0) == done.filter(was & ~pl.col("d")).height
    assert found["resolved"] == done.filter(pl.col("d") & ~was.fill_null(value=False)).height


def test_the_issues_and_history_of_a_connector_agree_with_polars(real_data, tmp_path):
    seeds = folder(real_data, "fivetran_seeds") / "jira"
    issues, history = seeds / "issue.csv", seeds / "issue_field_history.csv"
    audit = Audit(tmp_path / "jira")
    audit.codes(issues, history)
    place = audit.place / "sources" / "jira.toml"
    category = {"2": "new", "4": "open", "3": "resolved"}
    # One status of the issues is missing in the connector's own list of them.
    meant = {row["id"]: category[row["status_category_id"]]
             for row in table(seeds / "status.csv").to_dicts()}  # fmt: skip
    lines = place.read_text().splitlines()
    place.write_text("\n".join(
        f'{line.partition(" = ")[0]} = "{meant.get(line.split(chr(34))[1], "open")}"'
        if line.endswith('= "?"') else line
        for line in lines
    ))  # fmt: skip
    told = audit.load(issues, history, as_of="2024-12-31")
    assert told.code == 0, told.err
    rows = table(issues)
    done = [meant.get(status) == "resolved" for status in rows["status"]]
    assert audit.ask(
        "select count(*), count(*) filter (status = 'closed') from core.cases"
    ) == [(rows.height, sum(done))]
