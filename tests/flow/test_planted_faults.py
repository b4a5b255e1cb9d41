"""Everything that is wrong with the sample data on purpose is found, and nothing else is."""

from datetime import date

import polars as pl
import pytest

from sample_data import planted
from sample_data.planted import FAULTS, KEPT, Kept

QUARTERS = {"2026 Q2": date(2026, 4, 1), "2026 Q3": date(2026, 7, 1)}
ROUNDED = ("leadership", "public")
TINY = "records_archive"
PER_ENGAGEMENTS = "per_1000_engagements"

# What each commitment came to: for the whole organisation, every quarter not named here is met.
WORDS = {
    ("finish_investigation", "2026 Q2"): "not_met",
    ("finish_investigation", "2026 Q3"): "not_met",
    ("escalate", "2026 Q2"): "not_met",
    ("acknowledge", "2026 Q2"): "cannot_say",
    ("acknowledge", "2026 Q3"): "cannot_say",
}


def figure_of(release, commitment: str, start: date, **level: str) -> dict:
    made = release.table("commitments").filter(pl.col("commitment") == commitment)
    where = {name: made[name].item() for name in ("metric", "measure", "part")}
    level = level or {"breakdown": "all"}
    return release.figures(**where, **level, period="quarter", period_start=start).row(
        0, named=True
    )


def failing(release, name: str) -> int:
    rows = release.table("verdicts").filter(pl.col("name") == name)
    return rows.filter(pl.col("outcome") == "failed")["failing"].item()


@pytest.mark.parametrize("kept", KEPT, ids=lambda kept: f"{kept.commitment} {kept.quarter}")
def test_what_a_commitment_came_to_is_what_was_planted(committee, kept: Kept):
    row = figure_of(committee, kept.commitment, QUARTERS[kept.quarter])
    assert (row["numerator"], row["denominator"]) == (kept.kept, kept.judged)
    if kept.commitment != "satisfaction":
        assert row["missing"] == kept.not_assessable


def test_commitments_are_missed_where_a_fault_was_planted_and_nowhere_else(committee):
    rows = committee.table("results").filter(pl.col("level") == "all")
    missed = rows.filter(~pl.col("verdict").is_in(["met", "met_narrowly", "too_few"]))
    late_letters = pl.col("commitment") == "tell_reporter"
    letters = missed.filter(late_letters)["period_start"].to_list()
    assert (min(letters), max(letters), len(letters)) == (
        date(2023, 10, 1),
        date(2025, 4, 1),
        7,
    )
    missed = missed.filter(~late_letters)
    names = {start: quarter for quarter, start in QUARTERS.items()}
    found = {
        (row["commitment"], names[row["period_start"]]): row["verdict"]
        for row in missed.iter_rows(named=True)
    }
    assert found == WORDS
    assert rows.filter(pl.col("verdict") == "too_few").height == 1


# Field operations' investigations


def test_field_operations_missed_as_many_investigations_as_were_planted(committee):
    rows = [
        figure_of(
            committee,
            "finish_investigation",
            start,
            breakdown="unit",
            level="field_operations",
        )
        for start in QUARTERS.values()
    ]
    late = sum(row["denominator"] - row["numerator"] for row in rows)
    assert late == planted.SLOW_INVESTIGATIONS.count


def test_the_others_finish_their_investigations_in_time(committee):
    for start in QUARTERS.values():
        whole = figure_of(committee, "finish_investigation", start)
        unit = figure_of(
            committee, "finish_investigation", start, breakdown="unit", level="field_operations"
        )
        others = (whole["numerator"] - unit["numerator"]) / (
            whole["denominator"] - unit["denominator"]
        )
        assert others > 0.8


def singled_out(release) -> set[tuple[str, str, date]]:
    rows = release.table("signals").filter(
        (pl.col("against") == "units") & (pl.col("signal") != "usual")
    )
    return set(rows.select("part", "level", "period_start").rows())


# Two of the planted gaps are of a unit each: tests/flow/test_planted_gaps.py asks for them.
OF_GAPS = ("skipped", "same_person")
BLAMED = {("finish_investigation", "field_operations", start) for start in QUARTERS.values()}


def test_field_operations_alone_is_beyond_the_limits(committee):
    rows = committee.table("signals").filter(
        (pl.col("against") == "units") & (pl.col("signal") == "worse")
    )
    of_deadlines = rows.filter(pl.col("metric") == "deadline_compliance")
    assert set(of_deadlines.select("part", "level", "period_start").rows()) == BLAMED
    # Its cases are slow by every measure of time, from the quarter on in which it began.
    others = rows.filter(~pl.col("metric").is_in(OF_GAPS))
    assert set(others["level"]) == {"field_operations"}
    assert others["period_start"].min() == date(2026, 1, 1)


def test_rounded_to_fives_field_operations_stands_out_and_nobody_else(releases):
    assert singled_out(releases["leadership"]) == BLAMED


def test_rounded_to_tens_nobody_else_is_accused(releases):
    # 10 of 50 may be 19 of 41 in truth, which chance alone may do.
    assert singled_out(releases["public"]) <= BLAMED


# Lost acknowledgements


def test_lost_acknowledgements_are_those_of_the_web_form_and_counted_beside_the_share(
    committee,
):
    where = {"metric": "deadline_compliance", "part": "acknowledge", "period": "quarter"}
    rows = committee.figures(breakdown="channel", **where)
    since = rows.filter(pl.col("period_start") >= QUARTERS["2026 Q2"])
    by_channel = dict(since.group_by("level").agg(pl.col("missing").sum()).rows())
    web_form = by_channel.pop("web_form")
    assert web_form == 26 + 53
    assert set(by_channel.values()) == {0}
    assert failing(committee, "dates_kept_everywhere") == web_form


def test_no_web_form_case_has_an_acknowledgement_since_it_was_changed(audit):
    rows = audit.store(
        "select count(*) as n, count(done.case_key) as dated from core.cases as cases"
        " left join core.milestones as done"
        " on cases.case_key = done.case_key and done.kind = 'acknowledged'"
        " where cases.channel = 'web_form' and cases.source = 'beacon'"
        " and cases.received_on >= date '2026-05-04'"
    )
    assert rows.row(0) == (planted.LOST_ACKNOWLEDGEMENTS.count, 0)


# Slipped escalations


def test_as_many_escalations_slipped_as_were_planted(committee):
    row = figure_of(committee, "escalate", QUARTERS["2026 Q2"])
    assert row["denominator"] - row["numerator"] == planted.SLIPPED_ESCALATIONS.count


def test_the_slip_is_worse_than_usual_and_over_in_the_next_quarter(committee):
    rows = committee.table("results").filter(
        (pl.col("commitment") == "escalate") & (pl.col("level") == "all")
    )
    signals = dict(rows.select("period_start", "change_signal").rows())
    assert signals[QUARTERS["2026 Q2"]] == "worse"
    assert signals[QUARTERS["2026 Q3"]] == "usual"


# The tiny unit


def test_the_committee_sees_the_cases_of_the_tiny_unit(committee):
    row = committee.figures(measure="reports", level=TINY, period="whole")
    assert row["numerator"].item() == planted.TINY_UNIT.count


@pytest.mark.parametrize("audience", ROUNDED)
def test_nothing_of_the_tiny_unit_is_published_but_counts_rounded_to_multiples(
    releases, audience
):
    release = releases[audience]
    base = int(release.manifest["base"])
    cells = release.table("cubes").filter(pl.col("level") == TINY)
    assert cells.height > 0
    assert cells.filter(pl.col("n") % base != 0).is_empty()
    figures = release.figures(level=TINY)
    assert set(figures.filter(pl.col("state") == "ok")["measure"]) == {"reports"}
    withheld = figures.filter(pl.col("measure") != "reports")
    # A coarser audience is not told a rule of a quarter that days would narrow.
    states = set(withheld["state"]) - ({"withheld"} if audience == "public" else set())
    assert states == {"few", "not_assessable"}
    # Without engagements there is no rate of them, however many cases there are.
    not_assessable = withheld.filter(pl.col("state") == "not_assessable")
    assert set(not_assessable["measure"]) == {PER_ENGAGEMENTS}
    for name in ("value", "low", "high", "worst", "best"):
        assert withheld[name].null_count() == withheld.height
    numbers = figures.select("numerator", "denominator", "pending", "missing").fill_null(0)
    assert all((numbers[name] % base == 0).all() for name in numbers.columns)


@pytest.mark.parametrize("audience", ROUNDED)
def test_the_tiny_unit_is_neither_judged_nor_compared(releases, audience):
    release = releases[audience]
    rows = release.table("results").filter(pl.col("level") == TINY)
    assert {"too_few"} <= set(rows["verdict"]) <= {"too_few", "withheld"}
    compared = release.table("signals").filter(
        (pl.col("level") == TINY) & (pl.col("against") == "units")
    )
    assert compared.is_empty()


# Rows that are wrong


def test_repeated_rows_are_counted_and_every_row_is_accounted_for(committee):
    rows = committee.table("deliveries")
    assert rows["rows_repeated"].sum() == planted.REPEATED_ROWS.count
    whole = pl.col("rows_loaded") + pl.col("rows_rejected") + pl.col("rows_repeated")
    assert rows.filter(pl.col("rows_in") != whole).is_empty()


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (planted.IMPOSSIBLE_DATES, "not a date"),
        (planted.TEST_CASES, "not a code listed"),
    ],
    ids=lambda told: getattr(told, "name", ""),
)
def test_rows_that_cannot_be_read_are_rejected_with_their_reason(committee, fault, reason):
    rows = committee.table("reject_reasons")
    found = rows.filter(pl.col("reason").str.starts_with(reason))
    assert found["row_count"].sum() == fault.count


EVENTS_OF_A_DECISION = 2  # decided, and the reporter told

CHECKED = {
    planted.CHANGED_ROWS: ("rows_of_a_case_agree", 1),
    planted.CLOSED_BEFORE_RECEIVED: ("closed_not_before_received", 1),
    planted.DECIDED_BEFORE_RECEIVED: ("events_are_in_order", EVENTS_OF_A_DECISION),
    planted.DATES_AFTER_AS_OF: ("no_date_after_as_of", 1),
    planted.EVENTS_WITHOUT_CASE: ("events_of_known_cases", 1),
    planted.SCORES_OFF_SCALE: ("scores_are_inside_the_scale", 1),
    planted.ANSWERED_UNASKED: ("answers_have_an_offer", 1),
}


@pytest.mark.parametrize("fault", CHECKED, ids=lambda fault: fault.name)
def test_a_check_finds_as_many_as_were_planted(committee, fault):
    check, rows_each = CHECKED[fault]
    assert failing(committee, check) == fault.count * rows_each


def test_a_sentinel_is_a_lost_date_and_never_a_day_of_1900(audit, committee):
    lost_by_the_form = 26 + 53
    found = failing(committee, "deadlines_can_be_judged")
    assert found == lost_by_the_form + planted.SENTINEL_DATES.count
    first = audit.store("select min(occurred_on) as first from core.events")["first"].item()
    assert first.year > 2020


def test_a_case_with_a_closing_date_after_the_as_of_day_is_open(audit):
    rows = audit.store(
        "select cases.resolved_on from core.cases as cases"
        " inner join staging.events as events on cases.case_key = events.case_key"
        " where events.occurred_on > date '2026-09-30'"
    )
    assert rows.height == planted.DATES_AFTER_AS_OF.count
    assert rows["resolved_on"].null_count() == rows.height


def test_nothing_critical_is_wrong_with_the_sample(committee):
    rows = committee.table("verdicts").filter(pl.col("outcome") == "failed")
    assert set(rows["severity"]) == {"warning"}


def test_every_planted_fault_has_its_test_here():
    told = {
        planted.SLOW_INVESTIGATIONS,
        planted.LOST_ACKNOWLEDGEMENTS,
        planted.SLIPPED_ESCALATIONS,
        planted.LATE_LETTERS,
        planted.TINY_UNIT,
        planted.REPEATED_ROWS,
        planted.IMPOSSIBLE_DATES,
        planted.TEST_CASES,
        planted.SENTINEL_DATES,
        *CHECKED,
    }
    assert told == set(FAULTS)


# Corrective actions


def test_what_became_of_the_actions_is_what_was_planted(committee):
    rows = committee.table("actions").select("action", "timing", "effect", "recurrence").rows()
    assert rows == [
        ("letters", "on_time", "better", "not_recurred"),
        ("triage_training", "late", "no_change", "not_applicable"),
        ("rota", "on_time", "too_early", "not_applicable"),
        ("posts", "overdue", "not_done", "not_applicable"),
    ]
