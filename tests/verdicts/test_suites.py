"""Every check has seen red, and stays green on rows that keep its claim."""

import pytest

from checks.suites import CHECKS
from checks.verdict import Check, Verdict, counted, judge
from etl.store import Store
from metrics.catalog import METRICS
from tests.verdicts import breaking
from tests.verdicts.tables import AS_OF, clean, rewrite, written

PLACES = {"snapshot": "Int32", "line": "Int64", "happened_on": "Date", "violated": "Boolean"}
A_CODE_OF_OURS = {"step": "String"}

every_check = pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)


def verdict_on(store: Store, check: Check) -> Verdict:
    counts = store.frame(counted((check,))).row(0, named=True)
    assert counts[f"undecided_{check.name}"] == 0
    found = {name: counts[f"{name}_{check.name}"] for name in ("failing", "examined", "since")}
    return judge(check, **found)


def named(name: str) -> Check:
    return next(check for check in CHECKS if check.name == name)


@pytest.fixture(scope="module")
def store():
    """A store to write anything into; building its tables again would take longer."""
    with written({}) as made:
        yield made


@pytest.fixture(scope="module")
def clean_store():
    with written(clean()) as made:
        yield made


@pytest.fixture(scope="module")
def empty_store():
    with written({}) as made:
        yield made


@every_check
def test_every_check_has_rows_that_break_it(check):
    assert callable(getattr(breaking, check.name, None)), (
        f"write {check.name} in breaking.py: the smallest rows that this check must notice"
    )


@every_check
def test_the_smallest_breaking_rows_make_a_check_fail(check, store):
    tables = clean()
    violations = getattr(breaking, check.name)(tables)
    rewrite(store, tables)
    verdict = verdict_on(store, check)
    assert (verdict.outcome, verdict.failing) == ("failed", violations)


@every_check
def test_a_clean_audit_passes_and_gives_every_check_something_to_examine(check, clean_store):
    verdict = verdict_on(clean_store, check)
    assert (verdict.outcome, verdict.failing) == ("passed", 0)
    assert verdict.examined > 0


@every_check
def test_a_check_that_examined_nothing_has_not_passed(check, empty_store):
    assert verdict_on(empty_store, check).outcome == "empty"


@every_check
def test_a_check_says_where_its_rows_stand_and_no_value_of_a_case(check, clean_store):
    schema = clean_store.frame(check.statement).schema
    found = {name: str(kind) for name, kind in schema.items()}
    assert found in (PLACES, PLACES | A_CODE_OF_OURS)


@every_check
def test_a_check_is_declared_in_words_that_can_be_shown(check, clean_store):
    assert clean_store.has(check.about)
    assert check.title[0].isupper()
    assert not check.title.endswith(".")
    assert check.why.endswith(".")
    assert check.remedy.endswith(".")
    assert set(check.affects) <= {metric.name for metric in METRICS}


def test_checks_have_names_of_their_own():
    assert len({check.name for check in CHECKS}) == len(CHECKS)


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_a_metric_depends_on_checks_that_say_they_affect_it(metric):
    affecting = {check.name for check in CHECKS if metric.name in check.affects}
    assert set(metric.depends_on) <= affecting


def test_a_few_unknown_levels_are_tolerated_and_counted(store):
    tables = clean()
    for number in (9, 10):
        breaking.case(tables, number)["unit"] = "unknown"
    rewrite(store, tables)
    verdict = verdict_on(store, named("unit_is_recorded"))
    assert (verdict.outcome, verdict.failing, verdict.examined) == ("passed", 2, 40)


def test_two_lost_dates_in_a_channel_are_no_pattern(store):
    tables = clean()
    for number in (30, 31):
        tables["core.deadlines"][number]["result"] = "not_assessable"
    rewrite(store, tables)
    assert verdict_on(store, named("dates_kept_everywhere")).outcome == "passed"


def test_a_closing_after_the_as_of_day_is_known_and_not_missing(store):
    tables = clean()
    breaking.case(tables, 22)["resolved_on"] = None
    breaking.no_date_after_as_of(tables)
    rewrite(store, tables)
    verdict = verdict_on(store, named("closed_status_has_a_closing_date"))
    assert (verdict.outcome, verdict.examined) == ("passed", 38)


def test_a_date_that_a_later_delivery_corrected_is_no_longer_held_against_it(store):
    tables = clean()
    breaking.no_date_after_as_of(tables)
    for row in tables["core.chosen_rows"]:
        if row["case_key"] == "case 22" and row["snapshot"] == 1:
            row["snapshot"] = 9
    rewrite(store, tables)
    assert verdict_on(store, named("no_date_after_as_of")).outcome == "passed"


def test_a_source_that_never_records_incidents_is_not_asked_for_them(store):
    tables = clean()
    for row in tables["core.cases"]:
        row["incident_on"] = None
    rewrite(store, tables)
    assert verdict_on(store, named("incident_date_known")).outcome == "empty"


def test_the_month_in_which_the_audit_ends_is_not_called_empty_before_it_is_over(store):
    tables = clean()
    breaking.no_month_is_nearly_empty(tables)
    for row in tables["core.snapshots"]:
        row["coverage_until"] = AS_OF - breaking.DAY
    rewrite(store, tables)
    assert verdict_on(store, named("no_month_is_nearly_empty")).outcome == "passed"
