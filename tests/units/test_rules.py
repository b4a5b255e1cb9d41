from datetime import date

import pytest

from etl.errors import RuleError
from etl.rules import ALWAYS, FOR_EVER, as_table, read_rules

DEADLINE = """
[[deadline]]
name = "acknowledge"
title = "Acknowledge within 7 days"
from = "received"
to = "acknowledged"
within = 7
unit = "calendar_days"
basis = "Policy, section 1"
"""
COMMITMENT = """
[[commitment]]
name = "acknowledge"
title = "Acknowledge within 7 days"
metric = "deadline_compliance"
measure = "share_met"
part = "acknowledge"
target = 0.95
owner = "Intake desk"
"""


def read(folder, *texts):
    for number, text in enumerate(texts):
        (folder / f"{number}.toml").write_text(text, encoding="utf-8")
    return read_rules(folder)


def refusal(folder, *texts) -> str:
    with pytest.raises(RuleError) as caught:
        read(folder, *texts)
    return str(caught.value)


def test_a_deadline_is_read_as_it_stands(tmp_path):
    (rule,) = read(tmp_path, DEADLINE).deadlines
    assert (rule.name, rule.from_kind, rule.to_kind) == (
        "acknowledge",
        "received",
        "acknowledged",
    )
    assert (rule.within, rule.length_unit) == (7, "calendar_days")
    assert (rule.in_force_from, rule.in_force_until) == (ALWAYS, FOR_EVER)
    assert (dict(rule.applies_to), rule.passed_by, rule.verified) == ({}, (), False)


def test_what_a_deadline_may_say_is_read_too(tmp_path):
    more = """
        applies_to = { severity = ["high", "critical"], unit = ["north"] }
        passed_by = ["triaged"]
        in_force_from = 2024-01-01
        in_force_until = 2025-01-01
        verified = true
    """
    (rule,) = read(tmp_path, DEADLINE + more).deadlines
    assert rule.applies_to == {"severity": ("high", "critical"), "unit": ("north",)}
    assert rule.passed_by == ("triaged",)
    assert (rule.in_force_from, rule.in_force_until) == (date(2024, 1, 1), date(2025, 1, 1))
    assert rule.verified is True


def test_a_clock_is_said_in_words(tmp_path):
    (rule,) = read(tmp_path, DEADLINE).deadlines
    assert rule.clock == "received to acknowledged, 7 calendar days"


def test_a_commitment_is_read_as_it_stands(tmp_path):
    (made,) = read(tmp_path, DEADLINE + COMMITMENT).commitments
    assert (made.name, made.part, made.target, made.owner) == (
        "acknowledge",
        "acknowledge",
        0.95,
        "Intake desk",
    )


def test_a_commitment_to_satisfaction_has_no_part(tmp_path):
    text = COMMITMENT.replace("deadline_compliance", "satisfaction")
    (made,) = read(tmp_path, text.replace('part = "acknowledge"', "")).commitments
    assert made.part == ""


def test_files_are_read_in_the_order_of_their_names(tmp_path):
    other = DEADLINE.replace('"acknowledge"', '"earlier"')
    (tmp_path / "b.toml").write_text(DEADLINE)
    (tmp_path / "a.toml").write_text(other)
    assert [rule.name for rule in read_rules(tmp_path).deadlines] == ["earlier", "acknowledge"]


def test_a_commitment_may_stand_in_another_file_than_its_deadline(tmp_path):
    assert read(tmp_path, COMMITMENT, DEADLINE).commitments


def test_a_folder_without_files_has_no_rules(tmp_path):
    found = read_rules(tmp_path)
    assert (found.deadlines, found.commitments) == ((), ())


def test_a_rule_may_be_replaced_on_a_day(tmp_path):
    before = DEADLINE + "in_force_until = 2024-01-01"
    after = DEADLINE + "in_force_from = 2024-01-01"
    assert len(read(tmp_path, before + after).deadlines) == 2


def test_two_rules_of_different_names_may_be_in_force_at_once(tmp_path):
    assert (
        len(read(tmp_path, DEADLINE + DEADLINE.replace('"acknowledge"', '"b"')).deadlines) == 2
    )


def test_rules_become_rows_in_their_order(tmp_path):
    some = DEADLINE + 'applies_to = { severity = ["high"] }'
    rows = as_table(read(tmp_path, some + DEADLINE.replace('"acknowledge"', '"b"')).deadlines)
    assert rows.select("rule", "position").rows() == [("acknowledge", 0), ("b", 1)]
    assert rows["severities"].to_list() == [["high"], None]
    assert rows["units"].to_list() == [None, None]


def test_no_rules_are_a_table_without_rows():
    assert as_table([]).is_empty()


@pytest.mark.parametrize(
    ("line", "instead", "problem"),
    [
        ('name = "acknowledge"', "", "deadline 'without a name': name is missing"),
        ('basis = "Policy, section 1"', "", "deadline 'acknowledge': basis is missing"),
        ("within = 7", "", "within is missing"),
        ('to = "acknowledged"', "to = 7", "to must be a text in quotes"),
        (
            'to = "acknowledged"',
            'to = "answered"',
            "'answered' is not a kind of event; use rec",
        ),
        ('from = "received"', 'from = "sent"', "'sent' is not a kind of event"),
        ("within = 7", "within = -1", "within must be a whole number of days, 0 or more"),
        ("within = 7", "within = 7.5", "within must be a whole number"),
        ("within = 7", "within = true", "within must be a whole number"),
        ('"calendar_days"', '"fortnights"', "unit must be hours or calendar_days or working_"),
        ("within = 7", "within = 7\nwihtin = 8", "'wihtin' is not known; use name, title"),
        ("within = 7", 'within = 7\npassed_by = ["seen"]', "'seen' is not a kind of event"),
        (
            "within = 7",
            'within = 7\npassed_by = "triaged"',
            "passed_by must be a list of texts",
        ),
        ("within = 7", 'within = 7\napplies_to = "high"', "write applies_to as"),
        ("within = 7", 'within = 7\napplies_to = {grade = ["a"]}', "not 'grade'"),
        (
            "within = 7",
            'within = 7\napplies_to = {severity = "high"}',
            "applies_to severity must be a list of texts",
        ),
        (
            "within = 7",
            'within = 7\napplies_to = {severity = ["hgih"]}',
            "severity is one of low, medium, high, critical, not 'hgih'",
        ),
        (
            "within = 7",
            'within = 7\nin_force_from = "2024-01-01"',
            "write in_force_from and in_force_until as 2026-03-31",
        ),
        ("within = 7", "within = 7\nin_force_from = 2024-01-01T00:00:00", "as 2026-03-31"),
        (
            "within = 7",
            "within = 7\nin_force_from = 2024-01-01\nin_force_until = 2024-01-01",
            "in_force_until must be later than in_force_from",
        ),
    ],
)
def test_a_deadline_that_says_something_amiss_is_refused(tmp_path, line, instead, problem):
    assert line in DEADLINE
    message = refusal(tmp_path, DEADLINE.replace(line, instead))
    assert message.startswith("0.toml: deadline '")
    assert problem in message


@pytest.mark.parametrize(
    ("line", "instead", "problem"),
    [
        ('owner = "Intake desk"', "", "owner is missing"),
        ("target = 0.95", "target = 95", "target is a share, 0.9 for 90 %"),
        ("target = 0.95", "target = 0", "target is a share"),
        ("target = 0.95", 'target = "0.95"', "target is a share"),
        ("target = 0.95", "target = true", "target is a share"),
        ("target = 0.95", "target = 0.9\ngoal = 1", "'goal' is not known; use name"),
    ],
)
def test_a_commitment_that_says_something_amiss_is_refused(tmp_path, line, instead, problem):
    assert line in COMMITMENT
    message = refusal(tmp_path, DEADLINE + COMMITMENT.replace(line, instead))
    assert message.startswith("0.toml: commitment 'acknowledge': ")
    assert problem in message


def test_a_commitment_to_no_deadline_is_refused(tmp_path):
    assert refusal(tmp_path, COMMITMENT) == (
        "commitment 'acknowledge': no deadline is called 'acknowledge'; there are none"
    )
    other = DEADLINE.replace('"acknowledge"', '"triage"')
    assert refusal(tmp_path, other + COMMITMENT).endswith("there are triage")


def test_two_commitments_of_one_name_are_refused(tmp_path):
    message = refusal(tmp_path, DEADLINE + COMMITMENT + COMMITMENT)
    assert message == "commitment 'acknowledge' is there twice; rename one of them"


@pytest.mark.parametrize(
    "versions",
    [
        (DEADLINE, DEADLINE),
        (DEADLINE + "in_force_until = 2024-01-02", DEADLINE + "in_force_from = 2024-01-01"),
    ],
)
def test_a_rule_in_force_twice_on_a_day_is_refused(tmp_path, versions):
    message = refusal(tmp_path, *versions)
    assert message == "deadline 'acknowledge' is in force twice on the same day"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[[deadline]", "0.toml: not valid TOML"),
        ("[[deadlines]]\n", "0.toml: 'deadlines' is not known; use [[deadline]] and"),
        ("[deadline]\nname = 'a'", "0.toml: write every deadline under [[deadline]]"),
        ("commitment = ['a']", "0.toml: write every commitment under [[commitment]]"),
    ],
)
def test_a_file_that_holds_something_else_is_refused(tmp_path, text, problem):
    assert problem in refusal(tmp_path, text)


def test_a_file_that_is_not_text_is_refused(tmp_path):
    (tmp_path / "a.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(RuleError, match=r"^a\.toml: not valid TOML"):
        read_rules(tmp_path)
