"""Every preset, worked through by hand: what is done on the day is met, a day later is late.

Where nothing else is said the year is 2024: 1 January is a Monday, Good Friday is 29 March, and
the clocks go forward on 31 March and back on 27 October.
"""

from datetime import date, timedelta
from pathlib import Path

import pytest

from etl.errors import RuleError
from etl.rules import presets, read_rules

NOTHING_TO_SWITCH_ON = (
    "corporations_act_9_4aaa",
    "sox_301",
    "rule_10a_3",
    "uk_bribery_act",
    "iso_37002",
    "iso_10002",
)
SET_LOCALLY = {
    "uk_fca_disp_1_6_1": ("uk_fca_acknowledge",),
    "uk_care_act_42": ("care_act_enquiry_decision",),
    "us_title_ix_106_45": ("title_ix_determination",),
    "policy": (
        "policy_acknowledge", "policy_triage", "policy_escalate", "policy_update",
        "policy_independent_review",
    ),
}  # fmt: skip

# Under the name of each preset its lines: the rule, what happened and when, the last day in
# time, and why where it is not plain.
BY_HAND = Path(__file__).parent / "presets_by_hand.txt"


def _worked():
    found = {}
    for line in BY_HAND.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            found[line.strip("[]")] = rows = []
        elif line and not line.startswith("#"):
            rows.append(dict(zip(("rule", "events", "due"), line.split(" | "), strict=False)))
    return found


WORKED = _worked()
NOT_BY_A_DAY = {"us_sox_806", "us_sec_21f_4"}


def history(rows, rules):
    """Two cases a line: what the rule asks for is done on its last day, and a day later."""
    lines = ["case | kind | on"]
    for number, row in enumerate(rows):
        kinds = next(rule.stops[0] for rule in rules if rule.name == row["rule"])
        for late in (0, 1):
            day = date.fromisoformat(row["due"].split()[0]) + timedelta(days=late)
            told = [event.strip().split(" ") for event in row["events"].split(",")]
            if "received" not in row["events"]:
                told.append(("received", "2019-01-01"))
            told += [(kind, day.isoformat()) for kind in kinds]
            lines += [f"{number}{'ab'[late]} | {kind} | {on}" for kind, on in told]
    return "\n".join(lines)


@pytest.mark.parametrize("preset", WORKED)
def test_a_preset_ends_on_the_day_worked_out_by_hand(core, tmp_path, preset):
    text = f'presets = ["{preset}"]'
    (tmp_path / "told").mkdir()
    (tmp_path / "told" / "rules.toml").write_text(text)
    rules = read_rules(tmp_path / "told").deadlines
    rows = WORKED[preset]
    store = core(
        as_of="2026-06-30", rules=text, calendar="IE", events=history(rows, rules),
        coverage_from="2020-01-01",
    )  # fmt: skip
    found = store.frame("select case_key, rule, due_on, result from core.deadlines")
    got = {(case, rule): (due, result) for case, rule, due, result in found.iter_rows()}
    expected = {
        (f"{number}{letter}", row["rule"]): (date.fromisoformat(row["due"].split()[0]), result)
        for number, row in enumerate(rows)
        for letter, result in (("a", "met"), ("b", "met_late"))
    }
    assert {key: got.get(key) for key in expected} == expected


def test_every_preset_is_worked_through_here():
    assert {*WORKED, *SET_LOCALLY, *NOT_BY_A_DAY} == {*presets()}


# Rows of the collection that set no length


@pytest.mark.parametrize("name", NOTHING_TO_SWITCH_ON)
def test_a_text_without_a_clock_has_no_preset(name):
    assert not any(name in preset for preset in presets())


@pytest.mark.parametrize("preset", SET_LOCALLY)
def test_a_preset_without_a_length_asks_for_one(tmp_path, preset):
    (tmp_path / "rules.toml").write_text(f'presets = ["{preset}"]')
    with pytest.raises(RuleError, match=r"give it within and unit in an \[\[override\]\]"):
        read_rules(tmp_path)


@pytest.mark.parametrize(("preset", "names"), SET_LOCALLY.items())
def test_a_preset_without_a_length_takes_the_workspace_s(tmp_path, preset, names):
    lengths = "".join(
        f'[[override]]\nname = "{name}"\nwithin = 5\nunit = "working_days"\n' for name in names
    )
    (tmp_path / "rules.toml").write_text(f'presets = ["{preset}"]\n' + lengths)
    found = read_rules(tmp_path).deadlines
    assert [(rule.name, rule.within) for rule in found] == [(name, 5) for name in names]


# What has been compared with the text itself, and what has not


NOT_VERIFIED = {
    "eu_external_acknowledge", "eu_external_feedback", "ie_internal_feedback",
    "ie_internal_further_feedback", "ie_external_feedback", "ie_external_further_feedback",
    "nhs_england_acknowledge", "nhs_england_respond", "children_act_stage_1",
    "children_act_stage_2", "pid_allocate", "sec_look_back",
    "pl_acknowledge",
}  # fmt: skip


@pytest.mark.parametrize("preset", sorted({*WORKED, *NOT_BY_A_DAY}))
def test_a_preset_is_verified_where_its_text_was_read_and_only_there(tmp_path, preset):
    (tmp_path / "rules.toml").write_text(f'presets = ["{preset}"]')
    for rule in read_rules(tmp_path).deadlines:
        assert rule.verified == (rule.name not in NOT_VERIFIED), rule.name
        assert rule.basis
        assert rule.jurisdiction


# What ends otherwise than by a day


def results(core, preset, events, **told):
    store = core(
        as_of="2026-06-30", rules=f'presets = ["{preset}"]', events=events, calendar="IE",
        coverage_from="2020-01-01", **told,
    )  # fmt: skip
    found = store.frame(
        "select case_key, rule, round, result, done_kind, due_on, branch from core.deadlines"
        " order by case_key, rule, round"
    )
    return {
        (row["case_key"], row["rule"], row["round"]): row for row in found.iter_rows(named=True)
    }


def test_the_branch_says_that_nobody_acknowledged(core):
    events = """
        case | kind         | on
        A    | received     | 2024-05-08
        A    | feedback     | 2024-06-01
        B    | received     | 2024-05-08
        B    | acknowledged | 2024-05-09
    """
    found = results(core, "eu_2019_1937_internal", events)
    assert found["A", "eu_internal_feedback", 1]["branch"] == (
        "done in time; counted without the event that should start it"
    )
    assert found["A", "eu_internal_acknowledge", 1]["result"] == "missed"
    assert found["B", "eu_internal_feedback", 1]["branch"] == "not done"


def test_a_waived_acknowledgement_is_not_owed(core):
    events = """
        case | kind                   | on
        A    | received               | 2024-05-08
        A    | acknowledgement_waived | 2024-05-10
        B    | received               | 2024-05-08
        B    | acknowledged           | 2024-05-20
    """
    found = results(core, "ie_protected_disclosures_7a", events)
    assert found["A", "ie_external_acknowledge", 1]["result"] == "not_applicable"
    assert found["B", "ie_external_acknowledge", 1]["result"] == "met_late"


def test_further_feedback_is_owed_again_and_again_once_it_is_asked_for(core):
    events = """
        case | kind               | on
        A    | received           | 2024-01-02
        A    | acknowledged       | 2024-01-03
        A    | feedback           | 2024-02-01
        A    | feedback_requested | 2024-02-02
        A    | feedback           | 2024-05-01
        A    | feedback           | 2024-08-05
        A    | resolved           | 2024-09-01
        B    | received           | 2024-01-02
        B    | feedback           | 2024-02-01
    """
    found = results(core, "ie_protected_disclosures_6a", events)
    rounds = [found["A", "ie_internal_further_feedback", number] for number in (1, 2, 3)]
    assert [(row["due_on"].isoformat(), row["result"]) for row in rounds] == [
        ("2024-05-01", "met"),
        ("2024-08-01", "met_late"),
        ("2024-11-05", "not_applicable"),
    ]
    assert found["B", "ie_internal_further_feedback", 1]["result"] == "not_applicable"


def test_an_accepted_settlement_takes_the_eight_weeks_away(core):
    events = """
        case | kind             | on
        A    | received         | 2024-06-03
        A    | accepted         | 2024-06-06
        B    | received         | 2024-06-03
        B    | accepted         | 2024-06-07
        C    | received         | 2024-06-03
        C    | holding_response | 2024-07-29
        D    | received         | 2024-06-03
        D    | final_response   | 2024-07-01
        D    | holding_response | 2024-06-20
    """
    found = results(core, "uk_fca_disp_1_6_2", events)
    told = {case: (row["result"], row["done_kind"]) for (case, _, _), row in found.items()}
    assert told == {
        "A": ("not_applicable", None),
        "B": ("missed", None),
        "C": ("met", "holding_response"),
        "D": ("met", "holding_response"),
    }


def test_all_five_steps_or_three_and_a_notice_fulfil_the_guidance_of_new_zealand(core):
    steps = ["acknowledged", "triaged", "checked", "decided", "informed"]
    lines = [f"A | {kind} | 2024-06-{10 + place}" for place, kind in enumerate(steps)]
    lines += [f"B | {kind} | 2024-06-10" for kind in [*steps[:3], "holding_response"]]
    lines += [f"C | {kind} | 2024-06-10" for kind in steps[:4]]
    lines += [f"{case} | received | 2024-06-03" for case in "ABC"]
    found = results(
        core, "nz_protected_disclosures_13", "\n".join(["case | kind | on", *lines])
    )
    assert [row["result"] for row in found.values()] == ["met", "met", "missed"]


def test_the_recovery_period_of_30_days_must_not_be_cut_short(core):
    events = """
        case | kind               | on
        A    | received           | 2024-05-02
        A    | grounds_decided    | 2024-05-10
        A    | conclusive_decided | 2024-06-08
        B    | received           | 2024-05-02
        B    | grounds_decided    | 2024-05-10
        B    | conclusive_decided | 2024-06-09
        C    | received           | 2024-05-02
        C    | grounds_decided    | 2024-05-10
    """
    found = results(core, "uk_nrm", events)
    told = [row["result"] for (_, rule, _), row in found.items() if rule.endswith("period")]
    assert told == ["missed", "met", "met"]


@pytest.mark.parametrize(
    ("preset", "rule", "due"),
    [
        ("us_sox_806", "sox_filing", "2024-08-28"),
        ("us_sec_21f_4", "sec_look_back", "2024-07-01"),
        ("us_eeo_1614", "eeo_contact", "2024-04-15"),
    ],
)
def test_the_reporter_s_own_clock_has_a_day_and_is_in_no_share(core, preset, rule, due):
    events = """
        case | kind                | on
        A    | received            | 2024-03-03
        B    | received            | 2024-03-03
        B    | reported_externally | 2024-03-10
    """
    cases = "case | incident_on\nA | 2024-03-01\nB | 2024-03-01"
    found = results(core, preset, events, cases=cases)
    assert {found[case, rule, 1]["result"] for case in "AB"} == {"not_applicable"}
    assert found["A", rule, 1]["due_on"].isoformat() == due


def test_reconsideration_may_be_asked_for_within_30_days_of_the_last_decision(core):
    events = """
        case | kind                      | on
        A    | received                  | 2024-05-02
        A    | grounds_decided           | 2024-05-10
        B    | received                  | 2024-05-02
        B    | grounds_decided           | 2024-05-10
        B    | conclusive_decided        | 2024-06-20
        B    | reconsideration_requested | 2024-07-20
    """
    found = results(core, "uk_nrm", events)
    told = {case: found[case, "nrm_reconsideration", 1]["due_on"] for case in "AB"}
    assert told == {"A": date(2024, 6, 9), "B": date(2024, 7, 20)}


def test_the_window_of_the_reporter_is_open_until_its_day(core):
    events = "case | kind | on\nA | received | 2024-03-03"
    store = core(as_of="2024-06-30", rules='presets = ["us_sec_21f_4"]', events=events)
    assert store.frame("select result from core.deadlines")["result"].to_list() == ["not_due"]


def test_a_delay_without_a_day_cannot_be_judged_when_the_day_is_over(core):
    events = """
        case | kind             | on
        A    | received         | 2024-02-01
        A    | holding_response | 2024-02-20
        B    | received         | 2024-02-01
        B    | holding_response | 2024-03-03
        C    | received         | 2024-02-01
        C    | resolved         | 2024-02-08
        D    | received         | 2024-02-01
        D    | final_response   | 2024-02-09
    """
    found = results(core, "au_asic_rg_271", events)
    told = [row["result"] for (_, rule, _), row in found.items() if rule == "asic_response"]
    assert told == ["not_assessable", "missed", "not_applicable", "met"]


def test_fifteen_days_that_end_on_a_sunday_run_to_monday_as_the_eeoc_counted_them(core):
    # EEOC, appeal 0120181476: notice on 14 October 2017, in time until Monday, 30 October.
    events = """
        case | kind         | on
        A    | received     | 2017-09-22
        A    | notice_given | 2017-10-14
    """
    store = core(as_of="2018-02-22", rules='presets = ["us_eeo_1614"]', events=events)
    due = store.frame("select due_on from core.deadlines where rule = 'eeo_filing'")
    assert due.rows() == [(date(2017, 10, 30),)]
