"""Real exports of systems that nobody described, mapped by their drafts as they stand."""

import json
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from tests.flow.conftest import Said, case_audit
from tests.flow.test_real_sources import Audit, deliveries, folder, table

pytestmark = pytest.mark.real_data


class Drafted(Audit):
    """An audit of one system, whose description is a draft with its questions answered."""

    def __init__(
        self, place: Path, export: Path, *, zone: str = "UTC", answer: str = ""
    ) -> None:
        super().__init__(place)
        self.source = self.place / "sources" / "drafted.toml"
        told = case_audit(
            "source", "draft", export, "--name", "drafted", "--to", self.source,
            "--workspace", place,
        )  # fmt: skip
        assert told.code == 0, told.err
        text = self.source.read_text(encoding="utf-8")
        text = text.replace('time_zone = "?"', f'time_zone = "{zone}"')
        self.source.write_text(text.replace('= "?"', f'= "{answer}"'), encoding="utf-8")

    def tried(self, export: Path) -> Said:
        return case_audit(
            "source", "test", "drafted", export, "--workspace", self.place, "--json"
        )


@pytest.mark.parametrize("names", ["intake", "public"])
def test_complaints_about_finance_agree_and_their_new_column_is_named(
    real_data, tmp_path, names
):
    place = folder(real_data, "cfpb_fixtures")
    first, second = place / f"v1-{names}.csv", place / f"v2-{names}.csv"
    # How a company responded is no outcome of ours: whoever answers takes it for one.
    audit = Drafted(tmp_path / "cfpb", first, answer="insufficient")
    audit.codes(first)
    rows = table(first)
    column = "date_received" if names == "intake" else "Date received"
    told = audit.load(first, as_of="2026-06-30")
    assert told.code == 0, told.err
    assert audit.kinds() == {"received": rows.height}
    found = audit.ask("select received_on, count(*) from core.cases group by all")
    assert dict(found) == Counter(rows[column].str.to_date("%m/%d/%y"))
    tag = "event_tag" if names == "intake" else "Event tag"
    (delivery,) = deliveries(audit.load(second, as_of="2026-07-31", accept=30))
    assert any(f'"{tag}" is new since' in note for note in delivery["notes"])


def test_requests_to_a_city_agree_and_what_the_draft_hides_is_rejected_by_line(
    real_data, tmp_path
):
    export = folder(real_data, "boston_311") / "boston311-100.csv"
    audit = Drafted(tmp_path / "boston", export, zone="America/New_York")
    rows = table(export).with_columns(pl.col("reason").count().over("reason").alias("often"))
    # A code that stands there once may be what somebody typed: it is not in the draft.
    once = rows.filter(pl.col("often") == 1)
    (refused,) = json.loads(audit.tried(export).out)["rejects"]
    assert refused["lines"] == once["line"].head(5).to_list()
    assert refused["rows"] == once.height
    audit.codes(export)
    assert audit.load(export, as_of="2022-12-31").code == 0
    closed = rows["closed_dt"].drop_nulls().len()
    assert audit.ask(
        "select count(*), count(*) filter (resolved_on is null) from core.cases"
    ) == [(rows.height, rows.height - closed)]
    assert audit.kinds() == {"received": rows.height, "closed": closed}


def test_a_table_without_a_number_or_a_day_is_asked_about_and_not_loaded(real_data, tmp_path):
    export = folder(real_data, "it_survey") / "incident_tickets.csv"
    audit = Audit(tmp_path / "survey")
    place = audit.place / "sources" / "survey.toml"
    told = case_audit(
        "source", "draft", export, "--name", "survey", "--to", place, "--workspace", audit.place
    )
    assert "which column is the case's number?" in told.out
    assert "when a case was received?" in told.out
    assert case_audit("source", "test", place, export).code == 2


def test_the_tables_of_a_connector_to_servicenow_are_one_incident_list(real_data, tmp_path):
    seeds = folder(real_data, "fivetran_seeds") / "servicenow"
    files = [seeds / f"{name}_data.csv" for name in ("incident", "task", "task_sla")]
    audit = Audit(tmp_path / "servicenow")
    audit.codes(*files)
    told = audit.load(*files, as_of="2026-06-30")
    assert [delivery["rows_loaded"] for delivery in deliveries(told)] == [1, 1, 0]
    # Its only SLA was cancelled: neither met nor breached, whatever has_breached says.
    assert table(files[2])["stage"].to_list() == ["cancelled"]
    assert deliveries(told)[2]["rows_left_out"] == 1
    numbers = {table(file)["sys_id"].item() for file in files[:2]}
    assert audit.ask("select count(*) from core.cases") == [(len(numbers),)]
    assert audit.ask("select verdict from core.source_deadlines") == []
