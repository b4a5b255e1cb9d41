"""What the page says of groups of people, and of what was planned beside the cases."""

from datetime import date
from typing import Any

from dashboard import practices, programme
from tests.releases import QUARTER, release


def group(person: str, **told: Any) -> dict[str, Any]:
    return {
        "question": "triage",
        "period": "year",
        "period_start": date(2026, 1, 1),
        "person": person,
        "cases": 40,
        "value": 4.0,
        "low": 3.0,
        "high": 6.0,
        "others": 3.0,
        "p_value": 0.4,
        "differs": False,
        "state": "ok",
        "reason": "",
        **told,
    }


SLOW = group("client", value=9.0, differs=True)
FEW = group(
    "public", cases=4, value=None, low=None, high=None, others=None, p_value=None, state="few",
    reason="Fewer than 10 cases.",
)  # fmt: skip


def test_a_group_that_differs_is_named_with_the_side_and_the_small_ones_apart():
    said, tables = programme.alike(release(groups=[SLOW, group("employee"), FEW]), QUARTER)
    assert said == (
        "Of those received in 2026: concerns raised by clients are triaged slower than all"
        " others: more than chance explains. Too few to compare: members of the public."
    )
    for words in ("9 days", "3 to 6 days", "Employees", "could be chance", "too few"):
        assert words in tables


def test_where_half_of_both_are_done_on_one_day_nobody_is_called_faster_or_slower():
    rows = [group("client", value=3.0, others=3.0, differs=True)]
    said, _ = programme.alike(release(groups=rows), QUARTER)
    assert "clients are triaged at another pace than all others" in said


def test_a_group_of_which_half_still_wait_is_slower():
    rows = [group("client", value=None, low=None, high=None, differs=True)]
    said, _ = programme.alike(release(groups=rows), QUARTER)
    assert "clients are triaged slower than all others" in said


def test_findings_of_a_group_are_more_or_less_often_right():
    rows = [
        group("client", question="upheld", value=0.3, low=0.2, high=0.4, others=0.6,
              differs=True),
    ]  # fmt: skip
    said, _ = programme.alike(release(groups=rows), QUARTER)
    assert "clients are found to be right less often than all others" in said


def test_where_no_group_differs_the_page_says_so():
    said, _ = programme.alike(release(groups=[group("client"), group("employee")]), QUARTER)
    assert said.startswith("Of those received in 2026: no group is treated otherwise")


def test_the_newest_year_up_to_the_quarter_is_told():
    rows = [
        SLOW,
        group("client", period_start=date(2027, 1, 1)),
        group("client", period="whole"),
    ]
    said, _ = programme.alike(release(groups=rows), QUARTER)
    assert "slower" in said


def test_without_a_promise_there_is_nothing_to_say():
    assert programme.alike(release(groups=[]), QUARTER) == ("", "")


def test_where_every_practice_is_recorded_nothing_is_left_to_record():
    told = {"number": 1, "name": "Reported concerns", "question": "How often?", "missing": []}
    made = release(practices=[told | {"state": "assessable"}])
    assert practices.sentence(made) == "Something is recorded of every practice."
    assert practices.to_record(made) == ""
