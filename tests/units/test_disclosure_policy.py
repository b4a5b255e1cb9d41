"""A policy that would protect nothing is refused with the reason."""

from datetime import date

import pytest

from metrics.disclosure.policy import Policy, PolicyError, policies_of
from metrics.reach import Off


def test_identity_needs_no_base():
    assert Policy("committee", "identity", min_denominator=10).base == 1


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        ({"method": "swap"}, "method 'swap' is unknown"),
        ({"method": "identity", "base": 5}, "base 5 belongs to rounding"),
        ({"method": "identity", "min_denominator": 0}, "min_denominator 0 is below 1"),
        ({"method": "rounding", "base": 2, "min_denominator": 20}, "base 2 protects nothing"),
        ({"method": "rounding", "base": 5, "min_denominator": 4}, "below the base 5"),
        ({"method": "rounding", "base": 5, "min_denominator": 5, "bands": ()}, "on day 0"),
        ({"method": "rounding", "base": 5, "min_denominator": 5, "bands": (1, 8)}, "on day 0"),
        ({"method": "rounding", "base": 5, "min_denominator": 5, "bands": (0, 8, 8)}, "grow"),
    ],
)
def test_a_bad_policy_is_refused_with_the_reason(policy, reason):
    with pytest.raises(PolicyError, match=reason) as refusal:
        Policy("board", **policy)
    assert str(refusal.value).startswith("audience board: ")


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("persons", "no source tells which cases one person reported"),
        ("dominance", "no amounts are published"),
        ("p_percent", "no amounts are published"),
    ],
)
def test_a_rule_that_the_data_cannot_keep_is_refused_with_the_reason(rule, reason):
    board = {"method": "suppression", "threshold": 10, "min_denominator": 20, rule: 10}
    with pytest.raises(PolicyError, match=f"{rule} cannot be promised: {reason}"):
        policies_of({"board": board})


def test_the_committee_reads_that_counts_are_exact():
    assert Policy("committee", "identity").method_sentence() == "All counts are exact."


def test_readers_of_rounded_counts_read_how_far_a_count_may_be_off():
    policy = Policy("board", "rounding", base=5, min_denominator=20)
    assert policy.method_sentence() == (
        "All counts are multiples of 5, and totals add up. Each count for a month or a quarter"
        " is within 4 of the truth (0 means 0 to 4), for a year within 16, for a longer span"
        " within 4 for every quarter in it."
    )


def test_readers_are_told_when_sums_had_to_go_further():
    policy = Policy("board", "rounding", base=5, min_denominator=20)
    quarters = [date(2024, month, 1) for month in (1, 4, 7)]
    loose = {("Deadlines met", quarter): Off(1, 1) for quarter in quarters}
    loose |= {("Reports", quarters[1]): Off(1, 1), ("Surveys", quarters[1]): Off(1, 1)}
    assert policy.method_sentence(loose=loose).endswith(
        " A total of a month or quarter, or of several bands or outcomes, may be within 9:"
        " of Deadlines met in the quarters from January 2024, April 2024 and July 2024;"
        " of Reports and Surveys in the quarter from April 2024."
    )
    assert policy.method_sentence(loose={("Reports", quarters[0]): Off(2, 2)}).endswith(
        "may be within 14: of Reports in the quarter from January 2024."
    )


def test_readers_are_told_of_months_apart_from_quarters_where_one_of_them_is_nearer():
    policy = Policy("board", "rounding", base=5, min_denominator=20)
    loose = {
        ("Reports", date(2024, 1, 1)): Off(month=1),
        ("Surveys", date(2024, 4, 1)): Off(month=1, quarter=2),
    }
    assert policy.method_sentence(loose=loose).endswith(
        " A total of a month, or of several of its bands or outcomes, may be within 9:"
        " of Reports in the quarter from January 2024; of Surveys in the quarter from April"
        " 2024. A total of a quarter, or of several of its bands or outcomes, may be within 14:"
        " of Surveys in the quarter from April 2024."
    )
