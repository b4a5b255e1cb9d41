"""What holds for every metric of the catalogue, today's and the next one."""

import random

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from metrics.catalog import METRICS
from metrics.metric import BREAKDOWNS, PERIODS
from metrics.release import TABLES
from metrics.sealed import definitions
from tests.specs.measured import figures_of, published

ALL = pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
COUNTED = [metric for metric in METRICS if metric.sum_of is None]
COUNTS = ("numerator", "pending", "missing")
NOT_THERE = {"few", "withheld", "not_reached", "no_data", "not_assessable", "not_comparable"}
RULES = """
ladder = ["desk", "board"]

[[deadline]]
name = "acknowledge"
title = "Acknowledge within 7 days"
from = "received"
to = "acknowledged"
within = 7
unit = "calendar_days"
passed_by = ["triaged"]
pauses = ["paused"]
basis = "Policy, section 1"

[[deadline]]
name = "escalate"
title = "Escalate within 3 days"
from = "received"
to = "escalated"
within = 3
unit = "calendar_days"
applies_to = { severity = ["high"] }
basis = "Policy, section 2"

[[route]]
name = "investigate_serious"
title = "Investigate serious cases formally"
demands = ["investigated"]
applies_to = { severity = ["high"] }
basis = "Policy, section 3"

[procedure]
steps = ["received", "acknowledged", "triaged", "resolved"]
mandatory = ["acknowledged", "triaged"]
four_eyes = [["acknowledged", "triaged"]]
basis = "Policy, section 3"

[practices]
triage = ["risk_assessed"]
conference = ["legal"]
conference_within = 14
check_ups = [30]
exit_plan = true
supervisor_review = 30
milestones = true
own_decision = 14
consequence = 60
evidence_sources = 2
notes_within = 3
coaching_holds = 365
cases_per_handler = 20
basis = "Policy, section 4"

[practices.follow_up]
red_flag = 2

[practices.news]
reporter = 45

[practices.referrals]
legal_partner = 21

[practices.harm]
retaliation_reported = 365

[practices.duties]
liaison_meeting = 7
"""
# How many parts a metric has by these rules, where it is more than one.
PARTS = {
    "deadline_compliance": 2,
    "days_at_level": 2,
    "skipped": 2,
    "out_of_order": 3,
    "bounced": 4,
    "repeated": 4,
    "days_in_step": 3,
}
ESTABLISHED = """
    unit  | from       | people
    north | 2023-01-01 | 30
    south | 2023-01-01 | 70
"""


def invented(count: int = 60, *, shuffled: bool = False) -> dict[str, str]:
    """Cases of half a year in which everything happens that can; the same each time."""
    draw = random.Random(7)  # noqa: S311  not for secrets
    cases, events, surveys = [], [], []
    for number in range(count):
        day = f"2024-{draw.randint(1, 6):02}-{draw.randint(1, 28):02}"
        later = f"2024-07-{draw.randint(1, 28):02}"
        unit, severity = draw.choice(["north", "south", ""]), draw.choice(["high", "low", ""])
        channel, category = draw.choice(["web", "phone"]), draw.choice(["fraud", "other", ""])
        cases.append(f"{number} | {unit} | {category} | {channel} | {severity}")
        events.append(f"{number} | received | {day}")
        for kind, chance in (
            ("acknowledged", 0.7),
            ("triaged", 0.5),
            ("escalated", 0.4),
            ("resolved", 0.6),
        ):
            if draw.random() < chance:
                events.append(f"{number} | {kind} | {draw.choice([day, later])}")
        if draw.random() < 0.5:
            answer = f"{later} | {draw.randint(1, 6)}" if draw.random() < 0.6 else " | "
            surveys.append(f"{number} | {later} | {answer}")
    if shuffled:
        for rows in (cases, events, surveys):
            draw.shuffle(rows)
    return {
        "cases": "\n".join(["case | unit | category | channel | severity", *cases]),
        "events": "\n".join(["case | kind | on", *events]),
        "feedback": "\n".join(["case | offered_on | answered_on | score", *surveys]),
        "headcount": ESTABLISHED,
    }


SPAN = {"as_of": "2024-07-31", "coverage_from": "2024-01-01"}


@pytest.fixture(scope="module")
def figures(tmp_path_factory) -> pl.DataFrame:
    folder = tmp_path_factory.mktemp("invented")
    return published(folder, **invented(), **SPAN, rules=RULES).table("figures")


# The declarations


@ALL
def test_a_metric_asks_a_question(metric):
    assert metric.question.endswith("?")
    assert metric.question[0].isupper()


@ALL
def test_a_metric_says_who_is_counted_and_which_checks_it_rests_on(metric):
    assert metric.cohort
    # What stands in a file of the workspace alone rests on no check of the exports.
    assert metric.depends_on or metric.unbounded


@ALL
def test_every_measure_says_what_it_is_and_where_the_formula_comes_from(metric):
    for measure in metric.measures:
        assert measure.definition.endswith(".")
        assert measure.source


@ALL
def test_a_metric_is_counted_itself_or_the_sum_of_one_that_is(metric):
    names = {known.name for known in METRICS}
    assert (metric.contributions == "") == (metric.sum_of is not None)
    assert metric.sum_of in {None, *names} - {metric.name}
    assert metric.part_of in {None, *names} - {metric.name}


@ALL
def test_a_metric_has_a_range_or_says_why_it_has_none(metric):
    bounded = metric.doubted or metric.kind == "rate" or metric.sum_of is not None
    assert bounded == (metric.unbounded == "")
    assert bounded or metric.unbounded.endswith(".")


@ALL
def test_the_history_of_a_metric_is_charted_by_one_of_its_measures(metric):
    assert metric.charted in {None, *(measure.name for measure in metric.measures)}


def test_names_are_used_once():
    assert len({metric.name for metric in METRICS}) == len(METRICS)
    for metric in METRICS:
        names = [measure.name for measure in metric.measures]
        assert len(set(names)) == len(names)


def test_every_measure_has_its_definition_in_a_release():
    assert definitions().height == sum(len(metric.measures) for metric in METRICS)


# The figures


def test_every_declared_figure_is_there_exactly_once(figures):
    place = ("metric", "measure", "part", "breakdown", "level", "period", "period_start")
    assert figures.select(place).is_unique().all()
    spans = {"month": 7, "quarter": 3, "year": 1, "whole": 1}
    for metric in METRICS:
        parts = PARTS.get(metric.name, 1)
        for measure in metric.measures:
            own = figures.filter(
                (pl.col("metric") == metric.name)
                & (pl.col("measure") == measure.name)
                & (pl.col("breakdown") == "all")
            )
            assert dict(own["period"].value_counts().rows()) == {
                period: n * parts for period, n in spans.items()
            }


@ALL
def test_a_metric_has_every_breakdown_and_period(figures, metric):
    own = figures.filter(pl.col("metric") == metric.name)
    assert set(own["breakdown"]) == set(BREAKDOWNS)
    assert set(own["period"]) == set(PERIODS)


def test_a_figure_has_a_value_or_a_reason_and_never_both_nor_neither(figures):
    there = pl.col("state") == "ok"
    assert set(figures["state"]) <= {"ok", *NOT_THERE}
    assert figures.filter(there & pl.col("value").is_null()).is_empty()
    assert figures.filter(there & (pl.col("reason") != "")).is_empty()
    assert figures.filter(~there & pl.col("value").is_not_null()).is_empty()
    assert figures.filter(~there & ~pl.col("reason").str.ends_with(".")).is_empty()


def test_an_interval_holds_its_value_and_a_share_lies_between_0_and_1(figures):
    ok = figures.filter(pl.col("state") == "ok")
    assert ok.filter(pl.col("low") > pl.col("value") + 1e-12).is_empty()
    assert ok.filter(pl.col("high") < pl.col("value") - 1e-12).is_empty()
    shares = ok.filter(pl.col("measure").is_in(["share_met", "top_two", "response_rate"]))
    for name in ("value", "low", "high", "worst", "best"):
        assert shares.filter(~pl.col(name).is_between(0, 1)).is_empty()
    assert shares.filter(pl.col("worst") > pl.col("best")).is_empty()


def additive(figures: pl.DataFrame, *keys: str) -> pl.DataFrame:
    """Counts of the first measure of each metric, summed over what `keys` leave out."""
    first = pl.col("measure").is_in([metric.measures[0].name for metric in METRICS])
    shares = pl.col("denominator").cast(pl.Int64) * (pl.col("metric") != "report_frequency")
    return (
        figures.filter(first)
        .with_columns(shares.alias("denominator"))
        .group_by("metric", "part", *keys)
        .agg(pl.col(*COUNTS, "denominator").sum())
        .sort("metric", "part", *keys)
    )


@pytest.mark.parametrize("breakdown", BREAKDOWNS[1:])
def test_measured_whole_or_by_level_the_totals_are_the_same(figures, breakdown):
    whole = figures.filter(pl.col("breakdown") == "all")
    split = figures.filter(pl.col("breakdown") == breakdown)
    keys = ("period", "period_start")
    assert_frame_equal(additive(whole, *keys), additive(split, *keys))
    assert additive(whole)["numerator"].sum() > 0


@pytest.mark.parametrize("period", ["month", "quarter", "year"])
def test_measured_whole_or_by_period_the_totals_are_the_same(figures, period):
    # What is open at the end of a year is not what was open at the ends of its months.
    stocks = [metric.name for metric in METRICS if metric.kind == "stock"]
    flows = figures.filter(~pl.col("metric").is_in(stocks))
    whole = flows.filter(pl.col("period") == "whole")
    split = flows.filter(pl.col("period") == period)
    keys = ("breakdown", "level")
    assert_frame_equal(additive(whole, *keys), additive(split, *keys))


def test_the_cohort_of_time_to_resolution_is_the_reports(figures):
    keys = ("breakdown", "level", "period", "period_start")
    reports = figures.filter(pl.col("measure") == "reports").select(*keys, "numerator")
    median = (pl.col("metric") == "time_to_resolution") & (pl.col("measure") == "median")
    cohort = figures.filter(median).select(*keys, "denominator")
    both = reports.join(cohort, on=keys)
    assert both.height == reports.height
    assert both.filter(pl.col("numerator") != pl.col("denominator")).is_empty()


# Invariances


def test_the_order_of_the_rows_does_not_matter(figures):
    shuffled = figures_of(**invented(shuffled=True), **SPAN, rules=RULES)
    names = [metric.name for metric in COUNTED]
    same = figures.filter(pl.col("metric").is_in(names))
    assert_frame_equal(shuffled, same)


def test_a_release_without_a_single_case_can_be_made_and_says_that_there_is_nothing(tmp_path):
    empty = published(
        tmp_path,
        as_of="2024-03-31",
        coverage_from="2024-01-01",
        events="case | kind | on",
        rules=RULES,
        headcount=ESTABLISHED,
    )
    rows = empty.table("figures").filter(pl.col("breakdown") == "all")
    assert rows.height > 0
    counts = [
        (metric.name, measure.name)
        for metric in METRICS
        for measure in metric.measures
        if measure.unit in {"cases", "per_100_people"}
    ]
    told = pl.struct("metric", "measure").is_in(
        [{"metric": metric, "measure": measure} for metric, measure in counts]
    )
    assert set(rows.filter(told)["state"]) == {"ok"}
    assert set(rows.filter(told)["value"]) == {0.0}
    # Nobody has told of engagements with clients, which is another thing than none.
    engaged = pl.col("measure") == "per_1000_engagements"
    assert set(rows.filter(engaged)["state"]) == {"not_assessable"}
    assert set(rows.filter(~told & ~engaged)["state"]) == {"no_data"}


def test_a_release_keeps_exactly_the_columns_that_it_promises(figures):
    assert dict(figures.schema) == TABLES["figures"]
