"""Repeated failures of one cause are one incident."""

from datetime import date

from checks.incidents import incidents, told

DAYS = {run: date(2026, run, 28) for run in range(1, 10)}


def row(run, outcome, name="closed_undated", *, severity="warning", failing=3):
    return {
        "run": run,
        "fingerprint": f"data of run {run}",
        "as_of": DAYS[run],
        "name": name,
        "title": f"Title of {name}",
        "severity": severity,
        "outcome": outcome,
        "failing": failing,
        "cause": "closing_dates_lost",
        "owner": "Intake desk",
    }


def test_a_cause_that_fails_in_runs_that_follow_each_other_is_one_incident():
    (found,) = incidents([row(1, "passed"), row(2, "failed"), row(3, "failed", failing=5)])
    assert (found.first_seen, found.last_seen, found.runs) == (DAYS[2], DAYS[3], 2)
    assert (found.status, found.failing, found.owner) == ("open", 5, "Intake desk")


def test_two_checks_of_one_cause_are_one_incident_under_the_graver_title():
    (found,) = incidents(
        [row(1, "failed"), row(1, "failed", "closings_kept", severity="critical")]
    )
    assert found.checks == ("closed_undated", "closings_kept")
    assert (found.title, found.severity) == ("Title of closings_kept", "critical")


def test_an_incident_is_resolved_when_its_cause_is_gone_and_another_if_it_comes_back():
    first, second = incidents([row(1, "failed"), row(2, "passed"), row(3, "failed")])
    assert (first.status, first.last_seen) == ("resolved", DAYS[1])
    assert (second.status, second.first_seen) == ("open", DAYS[3])


def test_a_known_defect_is_an_incident_that_goes_on():
    (found,) = incidents([row(1, "failed"), row(2, "known")])
    assert (found.status, found.runs) == ("open", 2)


def test_a_run_that_left_the_check_out_ends_nothing():
    other = row(2, "passed", "another") | {"cause": "another"}
    (found,) = incidents([row(1, "failed"), other])
    assert (found.status, found.last_seen) == ("open", DAYS[1])


def test_the_digest_tells_what_goes_on_and_once_what_is_over():
    history = [row(1, "failed"), row(2, "failed")]
    assert told(incidents(history), run=2) == (
        "Open since 2026-01-28, seen in 2 runs: Title of closed_undated. Owner: Intake desk.",
    )
    history.append(row(3, "passed"))
    assert told(incidents(history), run=3) == (
        "Resolved, last seen 2026-02-28: Title of closed_undated.",
    )
    history.append(row(4, "passed"))
    assert told(incidents(history), run=4) == ()


def test_the_same_data_judged_twice_are_one_run():
    again = row(3, "failed") | {"fingerprint": "data of run 2"}
    (found,) = incidents([row(1, "failed"), row(2, "failed"), again])
    assert found.runs == 2


def test_what_failed_for_the_first_time_is_told_by_its_finding_alone():
    assert told(incidents([row(1, "failed")]), run=1) == ()
