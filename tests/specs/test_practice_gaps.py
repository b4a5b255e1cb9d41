"""What a programme owes to people: triage, safeguards, conferences, news, referrals, checks."""

import pytest

from tests.specs.measured import figures_of, one

PRACTICES = """
[practices]
triage = ["risk_assessed", "consent_reviewed"]
conference = ["legal", "ethics"]
conference_within = 10
check_ups = [30, 60]
exit_plan = true
supervisor_review = 30
milestones = true
basis = "Policy, section 7"

[practices.follow_up]
safeguard_required = 3
review_completed = 5

[practices.news]
reporter = 30
affected_person = 30

[practices.referrals]
housing = 14

[practices.harm]
confidentiality_breach = 365
retaliation_reported = 100
"""


@pytest.fixture
def gaps(core):
    """The result of every case of one practice: {part: {case: result}}."""

    def results(practice: str, events: str, *, cases: str = "", as_of: str = "2024-06-30"):
        told = {"cases": cases} if cases else {}
        store = core(as_of=as_of, events=events, rules=PRACTICES, **told)
        found = store.frame(
            "select part, case_key, result from core.practice_gaps where gap = $practice",
            {"practice": practice},
        )
        return {
            part: dict(rows.select("case_key", "result").sort("case_key").iter_rows())
            for (part,), rows in found.group_by("part")
        }

    return results


def test_a_triage_is_whole_with_all_of_its_acts_and_judged_once_it_is_over(gaps):
    events = """
        case | kind             | on
        A    | received         | 2024-01-01
        A    | triaged          | 2024-01-02
        A    | risk_assessed    | 2024-01-02
        A    | consent_reviewed | 2024-01-03
        A    | investigated     | 2024-01-05
        B    | received         | 2024-01-01
        B    | triaged          | 2024-01-02
        B    | risk_assessed    | 2024-01-02
        B    | decided          | 2024-01-09
        C    | received         | 2024-01-01
        C    | triaged          | 2024-01-02
        D    | received         | 2024-01-01
        D    | decided          | 2024-01-09
    """
    assert gaps("triage_incomplete", events) == {
        "triage": {"A": "kept", "B": "gap", "C": "pending"}
    }


def test_an_act_of_the_triage_that_is_never_recorded_makes_it_not_assessable(gaps):
    events = """
        case | kind          | on
        A    | received      | 2024-01-01
        A    | triaged       | 2024-01-02
        A    | risk_assessed | 2024-01-02
        A    | decided       | 2024-01-09
    """
    assert gaps("triage_incomplete", events) == {"triage": {"A": "not_assessable"}}


SAFEGUARDS = """
    case | kind               | on
    A    | received           | 2024-01-01
    A    | safeguard_required | 2024-01-02
    A    | safeguard_applied  | 2024-01-05
    B    | received           | 2024-01-01
    B    | safeguard_required | 2024-01-02
    B    | safeguard_applied  | 2024-01-06
    C    | received           | 2024-01-01
    C    | safeguard_required | 2024-01-02
    C    | resolved           | 2024-01-03
    D    | received           | 2024-06-28
    D    | safeguard_required | 2024-06-29
    E    | received           | 2024-01-01
"""


def test_a_safeguard_counts_until_its_last_day_and_a_closed_case_without_one_is_a_gap(gaps):
    # E needed none; D has until 2 July.
    assert gaps("not_followed_up", SAFEGUARDS)["safeguard_required"] == {
        "A": "kept",
        "B": "gap",
        "C": "gap",
        "D": "pending",
    }


def test_what_no_source_records_cannot_be_judged_in_any_case(gaps):
    found = gaps("not_followed_up", SAFEGUARDS)["review_completed"]
    assert set(found.values()) == {"not_assessable"}
    assert len(found) == 5


def test_an_answer_that_came_before_the_call_answers_nothing(gaps):
    events = """
        case | kind               | on
        A    | received           | 2024-01-01
        A    | safeguard_applied  | 2024-01-02
        A    | safeguard_required | 2024-01-03
    """
    assert gaps("not_followed_up", events)["safeguard_required"] == {"A": "gap"}


def test_a_discipline_is_absent_where_it_was_at_no_conference_in_time(gaps):
    events = """
        case | kind                | on         | party
        A    | received            | 2024-01-01 |
        A    | conference_required | 2024-01-02 |
        A    | conference_held     | 2024-01-09 | legal
        A    | conference_held     | 2024-01-12 | ethics
        B    | received            | 2024-01-01 |
        B    | conference_required | 2024-01-02 |
        B    | conference_held     | 2024-01-13 | legal
        C    | received            | 2024-01-01 |
        C    | conference_required | 2024-01-02 |
        C    | conference_held     | 2024-01-03 |
        D    | received            | 2024-06-28 |
        D    | conference_required | 2024-06-28 |
    """
    # Of C's conference nobody noted who was there.
    assert gaps("discipline_absent", events) == {
        "legal": {"A": "kept", "B": "gap", "C": "not_assessable", "D": "pending"},
        "ethics": {"A": "kept", "B": "gap", "C": "not_assessable", "D": "pending"},
    }


NEWS = """
    case | kind         | on         | party
    A    | received     | 2024-01-01 |
    A    | acknowledged | 2024-01-31 |
    A    | updated      | 2024-03-01 | reporter
    A    | resolved     | 2024-03-31 |
    B    | received     | 2024-01-01 |
    B    | updated      | 2024-01-31 | affected_person
    B    | resolved     | 2024-02-20 |
    C    | received     | 2024-05-25 |
    C    | updated      | 2024-05-26 | affected_person
    D    | received     | 2024-06-20 |
"""


def test_the_last_silence_of_an_open_case_counts_and_the_days_to_the_closing_too(gaps):
    # A was told every 30 days; B's reporter heard nothing for 50; C's reporter waits for 36,
    # the affected person for 35; D waits for 10.
    assert gaps("without_news", NEWS) == {
        "reporter": {"A": "kept", "B": "gap", "C": "gap", "D": "pending"},
        "affected_person": {"B": "kept", "C": "gap"},
    }


def test_a_reporter_whom_nobody_knows_cannot_be_told(gaps):
    cases = """
        case | anonymity
        A    | anonymous
        B    | named
        C    | anonymous
        D    |
    """
    assert set(gaps("without_news", NEWS, cases=cases)["reporter"]) == {"B", "D"}


def test_a_case_closed_on_its_first_day_left_nobody_without_news(gaps):
    events = """
        case | kind     | on         | party
        A    | received | 2024-01-01 |
        A    | updated  | 2024-01-01 | reporter
        A    | resolved | 2024-01-01 |
    """
    assert gaps("without_news", events)["reporter"] == {"A": "kept"}


def test_a_referral_is_served_by_the_partner_it_was_made_to_and_in_time(gaps):
    events = """
        case | kind            | on         | party
        A    | received        | 2024-01-01 |
        A    | referral_made   | 2024-01-02 | housing
        A    | service_started | 2024-01-16 | housing
        B    | received        | 2024-01-01 |
        B    | referral_made   | 2024-01-02 | housing
        B    | service_started | 2024-01-03 | counselling
        C    | received        | 2024-01-01 |
        C    | referral_made   | 2024-06-20 | housing
        D    | received        | 2024-01-01 |
    """
    assert gaps("not_served", events) == {"housing": {"A": "kept", "B": "gap", "C": "pending"}}


CHECKS = """
    case | kind              | on
    A    | received          | 2024-01-01
    A    | retaliation_check | 2024-02-10
    B    | received          | 2024-01-01
    B    | retaliation_check | 2024-02-15
    C    | received          | 2024-05-20
    D    | received          | 2024-05-20
"""
WHO = """
    case | anonymity
    A    | named
    B    | named
    C    | named
    D    |
"""


def test_a_check_belongs_to_the_day_that_it_is_nearest_to(gaps):
    # 30 days after the receipt is 31 January, 60 is 1 March; until 15 February (45 days) a
    # check counts for the first. C's first day is over on 4 July.
    assert gaps("check_missed", CHECKS, cases=WHO) == {
        "after_30_days": {"A": "kept", "B": "kept", "C": "pending", "D": "pending"},
        "after_60_days": {"A": "gap", "B": "gap", "C": "pending", "D": "pending"},
    }


def test_whether_somebody_could_be_asked_must_be_known(gaps):
    found = gaps("check_missed", CHECKS, cases=WHO, as_of="2024-12-31")
    assert found["after_30_days"] == {
        "A": "kept",
        "B": "kept",
        "C": "gap",
        "D": "not_assessable",
    }


def test_a_plan_must_be_there_when_the_service_ends(gaps):
    events = """
        case | kind               | on
        A    | received           | 2024-01-01
        A    | disengagement_plan | 2024-01-02
        A    | service_ended      | 2024-01-02
        B    | received           | 2024-01-01
        B    | service_ended      | 2024-01-02
        B    | disengagement_plan | 2024-01-03
        C    | received           | 2024-01-01
    """
    assert gaps("no_exit_plan", events) == {"end_of_service": {"A": "kept", "B": "gap"}}


def test_a_supervisor_looks_at_an_open_case_again_and_again_to_its_end(gaps):
    # A's longest time without a look is 30 days; B's began with the receipt, C's with the last
    # look; D was closed before one was due, E is open and was looked at in time.
    events = """
        case | kind              | on
        A    | received          | 2024-01-01
        A    | supervisor_review | 2024-01-31
        A    | resolved          | 2024-03-01
        B    | received          | 2024-01-01
        B    | supervisor_review | 2024-02-01
        B    | resolved          | 2024-02-02
        C    | received          | 2024-05-01
        C    | supervisor_review | 2024-05-30
        D    | received          | 2024-01-01
        D    | resolved          | 2024-01-31
        E    | received          | 2024-06-01
        E    | supervisor_review | 2024-06-20
    """
    assert gaps("not_reviewed", events) == {
        "open_case": {"A": "kept", "B": "gap", "C": "gap", "D": "kept", "E": "pending"}
    }


def test_a_look_after_the_closing_does_not_count(gaps):
    events = """
        case | kind              | on
        A    | received          | 2024-01-01
        A    | resolved          | 2024-03-01
        A    | supervisor_review | 2024-03-02
    """
    assert gaps("not_reviewed", events) == {"open_case": {"A": "gap"}}


@pytest.mark.parametrize("practice", ["not_reviewed", "milestone_missed", "harmed"])
def test_what_a_source_never_records_cannot_be_judged(gaps, practice):
    events = """
        case | kind     | on
        A    | received | 2024-01-01
    """
    found = gaps(practice, events)
    assert found
    assert all(results == {"A": "not_assessable"} for results in found.values())


def test_by_each_day_announced_as_much_is_reached_as_was_announced_up_to_it(gaps):
    # A reached both in time. B reached the second only after its day. C's day is the as-of
    # day, which is not over. D was announced for no day. E's first day passed without anything.
    events = """
        case | kind                | on         | until_on
        A    | received            | 2024-01-01 |
        A    | milestone_announced | 2024-01-02 | 2024-02-01
        A    | milestone_announced | 2024-01-02 | 2024-03-01
        A    | milestone_met       | 2024-02-01 |
        A    | milestone_met       | 2024-02-10 |
        B    | received            | 2024-01-01 |
        B    | milestone_announced | 2024-01-02 | 2024-02-01
        B    | milestone_announced | 2024-01-03 | 2024-03-01
        B    | milestone_met       | 2024-01-20 |
        B    | milestone_met       | 2024-03-02 |
        C    | received            | 2024-01-01 |
        C    | milestone_announced | 2024-06-01 | 2024-06-30
        D    | received            | 2024-01-01 |
        D    | milestone_announced | 2024-01-02 |
        E    | received            | 2024-01-01 |
        E    | milestone_announced | 2024-01-02 | 2024-06-29
        E    | milestone_announced | 2024-01-03 | 2024-12-31
        F    | received            | 2024-01-01 |
    """
    assert gaps("milestone_missed", events) == {
        "announced_day": {
            "A": "kept", "B": "gap", "C": "pending", "D": "not_assessable", "E": "gap",
        }
    }  # fmt: skip


def test_harm_counts_within_its_days_and_no_revenge_is_taken_on_nobody(gaps):
    # A's revenge came on the last day and B's a day late; C's days are not over, though it came
    # already; nobody knows who D is, whose confidence can be broken all the same.
    events = """
        case | kind                   | on
        A    | received               | 2024-01-01
        A    | retaliation_reported   | 2024-04-10
        B    | received               | 2024-01-01
        B    | retaliation_reported   | 2024-04-11
        C    | received               | 2024-03-22
        C    | retaliation_reported   | 2024-03-23
        D    | received               | 2023-06-01
        D    | confidentiality_breach | 2023-06-05
    """
    who = """
        case | anonymity
        A    | named
        B    |
        C    | named
        D    | anonymous
    """
    found = gaps("harmed", events, cases=who)
    assert found["retaliation_reported"] == {"A": "gap", "B": "kept", "C": "pending"}
    assert found["confidentiality_breach"] == {
        "A": "pending",
        "B": "pending",
        "C": "pending",
        "D": "gap",
    }


def test_the_share_is_of_those_judged_and_what_is_pending_stands_beside_it():
    row = one(
        figures_of(as_of="2024-06-30", events=SAFEGUARDS, rules=PRACTICES),
        metric="not_followed_up",
        part="safeguard_required",
        period="whole",
    )
    assert (row["numerator"], row["denominator"], row["pending"]) == (2, 3, 1)
