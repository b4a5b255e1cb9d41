"""Whether people are treated alike, whoever raised the case."""

import polars as pl
import pytest
from scipy.stats import fisher_exact
from statsmodels.duration.survfunc import survdiff

from metrics.groups import groups
from metrics.periods import periods

EQUAL = """
[practices]
equal_treatment = true
basis = "Policy, section 3"
"""


@pytest.fixture
def compared(core):
    """The rows of the whole span; people are (who, days to triage or None, outcome)."""

    def made(*people: tuple[str, int | None, str], rules: str = EQUAL):
        cases, events = ["case | raised_by | outcome"], ["case | kind | on"]
        for number, (who, days, outcome) in enumerate(people):
            cases.append(f"C{number} | {who} | {outcome}")
            events.append(f"C{number} | received | 2024-01-01")
            if days is not None:
                events.append(f"C{number} | triaged | 2024-01-{1 + days:02}")
            if outcome:
                events.append(f"C{number} | resolved | 2024-03-01")
        store = core(
            as_of="2024-03-31", cases="\n".join(cases), events="\n".join(events), rules=rules
        )
        span = store.frame("select * from staging.parameters").row(0, named=True)
        calendar = periods(span["coverage_from"], span["coverage_until"], year_starts=1)
        rows = groups(store, calendar).filter(pl.col("period") == "whole")
        return {(row["question"], row["person"]): row for row in rows.iter_rows(named=True)}

    return made


SLOW = [("client", days, "substantiated") for days in range(10, 25)]
FAST = [("employee", 1 + days % 4, "unsubstantiated") for days in range(30)]
WAITING = [("client", None, "")] * 3


def test_a_group_that_waits_longer_is_told_by_the_log_rank_test_open_cases_included(compared):
    row = compared(*SLOW, *FAST, *WAITING)[("triage", "client")]
    days = [each[1] for each in SLOW] + [90] * 3 + [each[1] for each in FAST]
    ended = [1] * 15 + [0] * 3 + [1] * 30
    _, expected = survdiff(days, ended, [1] * 18 + [0] * 30)
    assert row["p_value"] == pytest.approx(expected, rel=1e-9)
    assert (row["cases"], row["value"], row["others"]) == (18, 18.5, 2.0)
    # Nine of eighteen were triaged by the eighteenth day, the tenth a day later.
    assert row["differs"]


def test_findings_of_a_group_are_compared_with_those_of_all_others(compared):
    found = compared(*SLOW, *FAST, *WAITING)
    row = found[("upheld", "client")]
    assert (row["cases"], row["value"], row["others"]) == (15, 1.0, 0.0)
    assert row["p_value"] == pytest.approx(fisher_exact([[15, 0], [0, 30]]).pvalue)
    assert row["differs"]


def test_groups_that_are_treated_alike_do_not_differ(compared):
    found = compared(*FAST, *[("client", *rest) for _, *rest in FAST])
    assert len(found) == 4
    assert not any(row["differs"] for row in found.values())


def test_of_fewer_than_ten_nothing_is_said(compared):
    found = compared(*SLOW[:9], *FAST)
    for person in ("client", "employee"):
        row = found[("triage", person)]
        assert (row["state"], row["value"], row["p_value"]) == ("few", None, None)


def test_nobody_is_compared_unless_the_workspace_promises_it(compared):
    assert compared(*SLOW, *FAST, rules="") == {}
