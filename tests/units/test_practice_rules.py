"""What `[practices]` of a rules file may say, and what is refused."""

import pytest

from etl.errors import RuleError
from etl.rules import read_rules

BASIS = 'basis = "Policy, section 7"\n'


def read(folder, *texts):
    for number, text in enumerate(texts):
        (folder / f"{number}.toml").write_text(f"[practices]\n{text}", encoding="utf-8")
    return read_rules(folder).practices


def test_what_is_owed_is_told_by_its_parts_in_order(tmp_path):
    told = read(
        tmp_path,
        BASIS
        + 'triage = ["risk_assessed"]\nconference = ["legal", "ethics"]\n'
        + "conference_within = 14\ncheck_ups = [30, 60]\nexit_plan = true\n"
        + "supervisor_review = 30\nmilestones = true\nown_decision = 14\n"
        + "consequence = 60\nevidence_sources = 2\nnotes_within = 3\n"
        + "coaching_holds = 365\ncases_per_handler = 15\nassigned_within = 5\n"
        + "[practices.follow_up]\nred_flag = 2\nsafeguard_required = 3\n"
        + "[practices.news]\nreporter = 30\n[practices.referrals]\nhousing = 21\n"
        + "[practices.harm]\nretaliation_reported = 365\n",
    )
    assert told.parts("triage") == ("triage",)
    assert told.parts("follow_up") == ("red_flag", "safeguard_required")
    assert told.parts("discipline") == ("legal", "ethics")
    assert told.parts("news") == ("reporter",)
    assert told.parts("referral") == ("housing",)
    assert told.parts("check_up") == ("after_30_days", "after_60_days")
    assert told.parts("exit") == ("end_of_service",)
    assert told.parts("review") == ("open_case",)
    assert told.parts("milestone") == ("announced_day",)
    assert told.parts("harm") == ("retaliation_reported",)
    assert told.parts("workload") == ("overloaded_handler", "nobody_assigned")
    days = [limit.days for limit in told.limits]
    assert days[:12] == [None, 2, 3, 14, 14, 30, 21, 30, 60, None, None, 365]
    assert days[12:] == [30, 14, 60, None, 3, 365, None, 5]
    amounts = {limit.demand: limit.amount for limit in told.limits if limit.amount}
    assert amounts == {"evidence": 2, "workload": 15}


def test_no_rules_file_needs_practices(tmp_path):
    assert read_rules(tmp_path).practices.limits == ()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("exit_plan = true", "0.toml: practices: basis is missing"),
        (BASIS + "evidence_sources = 0", "evidence_sources is 1 or more"),
        (BASIS + "exits = true", "'exits' is not known; use triage"),
        (BASIS + 'exit_plan = "yes"', "exit_plan is true or false"),
        (BASIS + 'triage = ["weighed"]', "'weighed' is not a kind of event"),
        (BASIS + 'conference = ["legal"]', "conference_within, the days until they meet"),
        (BASIS + "conference_within = 3", "conference_within, the days until they meet"),
        (
            BASIS + 'conference = ["legal", "legal"]\nconference_within = 3',
            "conference names a discipline twice",
        ),
        (BASIS + "check_ups = 30", r"write check_ups = \[30, 60, 90\]"),
        (BASIS + "check_ups = [60, 30]", "the earliest first"),
        (BASIS + "check_ups = [0, 30]", "the earliest first"),
        (BASIS + "news = 30", r"write \[practices.news\] name = days"),
        (BASIS + "[practices.news]\nreporter = -1", "news: reporter must be a whole number"),
        (BASIS + "[practices.follow_up]\ndecided = 3", "nothing is known that answers"),
        (BASIS + "[practices.harm]\ndecided = 3", "'decided' is not a harm"),
        (BASIS + "supervisor_review = true", "supervisor_review must be a whole number"),
        (BASIS + "milestones = 3", "milestones is true or false"),
    ],
)
def test_what_practices_may_not_say_is_refused(tmp_path, text, problem):
    with pytest.raises(RuleError, match=problem):
        read(tmp_path, text)


def test_a_second_table_of_practices_is_refused(tmp_path):
    with pytest.raises(RuleError, match=r"0.toml and in 1.toml; keep one"):
        read(tmp_path, BASIS, BASIS)


def test_practices_stand_in_single_brackets(tmp_path):
    (tmp_path / "0.toml").write_text(f"[[practices]]\n{BASIS}", encoding="utf-8")
    with pytest.raises(RuleError, match="in single brackets"):
        read_rules(tmp_path)
