"""What a finding does to the verbs that follow: figures left out, exit codes, known defects."""

import json

import pytest

from tests.flow.test_command_line import cases, loaded, row, workspace

__all__ = ["loaded", "workspace"]


def test_a_critical_finding_leaves_out_the_figures_that_it_concerns(run, workspace, tmp_path):
    lost = [row(number, status="Closed") for number in range(3)]
    (tmp_path / "lost.csv").write_text(cases(*lost), encoding="utf-8")
    assert run("load", "lost.csv", "--as-of", "2026-03-31").code == 0
    checked = run("check")
    assert checked.code == 1
    assert "Nine of ten closed cases have their closing date" in checked.out
    said = run("publish", "--audience", "committee")
    assert said.code == 0
    assert (
        "without the figures that a critical check makes unfit: time to resolution" in said.out
    )
    shown = json.loads(run("figures", "committee", "--json").out)
    by_metric = {row["metric"]: row for row in shown}
    closing = by_metric["time_to_resolution"]
    assert (closing["state"], closing["value"]) == ("not_fit", None)
    assert "Nine of ten closed cases have their closing date" in closing["reason"]
    assert by_metric["report_frequency"]["state"] != "not_fit"


def test_a_critical_finding_about_every_figure_blocks_and_is_code_1(run, loaded):
    people = "unit,from,people\njane.doe@example.org,2026-01-01,5\n"
    (loaded / "headcount.csv").write_text(people, encoding="utf-8")
    assert run("check").code == 1
    said = run("publish", "--audience", "committee")
    assert said.code == 1
    assert "so nothing is published: No name, e-mail, telephone" in said.err
    assert list((loaded / "releases").iterdir()) == []


@pytest.mark.usefixtures("loaded")
def test_a_pipeline_may_stop_at_a_warning(run):
    assert run("check").code == 0
    assert run("check", "--fail-on", "critical").code == 0
    assert run("check", "--fail-on", "warning").code == 1


def test_a_known_defect_is_told_apart_until_its_budget_or_its_day_is_over(run, loaded):
    told = (loaded / "case-audit.toml").read_text(encoding="utf-8")
    entry = """
[[known_defect]]
check = "headcount_covers_units_and_months"
at_most = {most}
reason = "The headcount of the new unit comes next month"
owner = "People team"
expires_on = {until}
"""
    for most, until, outcome in (
        (3, "2026-03-31", "known"), (2, "2026-03-31", "failed"), (3, "2026-03-30", "failed")
    ):  # fmt: skip
        declared = told + entry.format(most=most, until=until)
        (loaded / "case-audit.toml").write_text(declared, encoding="utf-8")
        found = {each["check"]: each for each in json.loads(run("check", "--json").out)}
        verdict = found["headcount_covers_units_and_months"]
        assert (verdict["outcome"], verdict["failing"]) == (outcome, 3)
