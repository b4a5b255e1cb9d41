"""A policy that was changed must keep what earlier releases promised: a quarter is told once.

Rounded to 5 and then to 3, "5" (1 to 9) beside "3" (1 to 5) says more than either.
"""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from metrics.disclosure.layers import layers_of
from metrics.disclosure.ledger import Ledger
from metrics.disclosure.policy import Policy, PolicyError
from metrics.disclosure.promised import refuse_new_names, refuse_other_promises
from metrics.disclosure.tables import Table

BANDS = (0, 61)


def rounded(base: int, audience: str = "board", bands: tuple[int, ...] = BANDS) -> Policy:
    return Policy(audience, "rounding", base=base, min_denominator=20, bands=bands)


def withheld(threshold: int, audience: str) -> Policy:
    return Policy(audience, "suppression", threshold=threshold, min_denominator=20, bands=BANDS)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger", b"the key of the workspace")


def tell(ledger: Ledger, policy: Policy, release: str = "0001") -> None:
    (layer,) = layers_of(policy, (policy,))
    ledger.append("release", release=release, audience=policy.audience, layer=layer)


def ask(ledger: Ledger, policy: Policy) -> None:
    refuse_other_promises(policy, layers_of(policy, (policy,))[-1], ledger)


def test_the_same_promise_and_a_multiple_for_others_are_kept(ledger):
    tell(ledger, rounded(5))
    ask(ledger, rounded(5))
    ask(ledger, rounded(10, "public"))


def test_readers_are_not_told_the_same_counts_by_another_base(ledger):
    tell(ledger, rounded(5))
    with pytest.raises(PolicyError, match=r"board was told counts in multiples of 5.*Keep"):
        ask(ledger, rounded(10))


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (rounded(3, "public"), "bases 3 and 5 do not divide each other"),
        (rounded(5, "public", (0, 31)), "in other bands of days"),
        (withheld(5, "public"), "board was told counts in multiples of 5; the same counts"),
    ],
)
def test_what_one_audience_was_told_binds_the_others(ledger, changed, reason):
    tell(ledger, rounded(5))
    with pytest.raises(PolicyError, match=reason):
        ask(ledger, changed)


@pytest.mark.parametrize("changed", [withheld(10, "public"), rounded(5, "public")])
def test_exact_counts_bind_to_their_threshold(ledger, changed):
    tell(ledger, withheld(5, "board"))
    with pytest.raises(PolicyError, match="exactly, with those below 5 withheld"):
        ask(ledger, changed)


def test_what_nobody_read_and_headline_numbers_bind_to_nothing(ledger):
    tell(ledger, rounded(5), "0001")
    ledger.append("withdrawn", release="0001", untold=["0001"])
    ledger.append("release", release="0002", audience="website", layer="private")
    ledger.append("release", release="0003", audience="committee", layer="")
    ask(ledger, rounded(3, "public"))


# One rule by two names ------------------------------------------------------------

SPRING = date(2024, 4, 1)


def counted(part: str, month: date) -> pl.DataFrame:
    return pl.DataFrame(
        {"metric": ["deadline_compliance"], "part": [part], "month": [month], "n": [3]}
    )


def named(*parts: str) -> list[Table]:
    return [Table("deadline_compliance", ("met", "missed"), parts=parts)]


def test_a_rule_that_has_another_name_is_not_told_a_second_time():
    with pytest.raises(PolicyError, match=r"'old' was told .* 'new' counts the same months"):
        refuse_new_names(counted("new", SPRING), named("new", "kept"), [counted("old", SPRING)])


def test_a_rule_may_end_a_new_one_be_added_and_another_begin_after_what_was_told():
    before = pl.concat([counted("kept", SPRING), counted("old", SPRING)])
    refuse_new_names(counted("kept", SPRING), named("kept"), [before])
    refuse_new_names(counted("new", SPRING), named("kept", "old", "new"), [before])
    refuse_new_names(counted("new", date(2024, 7, 1)), named("kept", "new"), [before])
