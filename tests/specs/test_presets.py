"""Every preset, worked through by hand: what is done on the day is met, a day later is late.

Where nothing else is said the year is 2024: 1 January is a Monday, Good Friday is 29 March, and
the clocks go forward on 31 March and back on 27 October.
"""

from datetime import date, timedelta

import pytest

from etl.errors import RuleError
from etl.rules import presets, read_rules
from tests.tables import table

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

# Each line: the rule, what happened and when, and the last day in time.
WORKED = {
    "eu_2019_1937_internal": """
        rule                    | events                                      | due        # why
        eu_internal_acknowledge | received 2024-05-08                         | 2024-05-15 # Wednesday
        eu_internal_acknowledge | received 2024-06-08                         | 2024-06-17 # Saturday: Monday
        eu_internal_acknowledge | received 2024-12-18                         | 2024-12-27 # over Christmas
        eu_internal_acknowledge | received 2024-03-24                         | 2024-04-02 # Easter, and the clocks
        eu_internal_feedback    | received 2024-05-08, acknowledged 2024-05-15 | 2024-08-15 # from the acknowledgement
        eu_internal_feedback    | received 2024-11-25, acknowledged 2024-11-30 | 2025-02-28 # no 30 February
        eu_internal_feedback    | received 2024-11-22                         | 2025-02-28 # never acknowledged: from the 29th
        eu_internal_feedback    | received 2024-05-08, acknowledged 2024-05-30 | 2024-08-30 # acknowledged late
        eu_internal_feedback    | received 2024-05-08, acknowledged 2024-12-30 | 2024-08-15 # when all was over
    """,
    "eu_2019_1937_external": """
        rule                    | events                                  | due
        eu_external_acknowledge | received 2024-05-08                     | 2024-05-15
        eu_external_feedback    | received 2024-11-29                     | 2025-02-28
        eu_external_feedback    | received 2024-05-08, extended 2024-08-08 | 2024-11-08
        eu_external_feedback    | received 2024-05-08, extended 2024-08-09 | 2024-08-08
    """,
    "de_hinschg_17": """
        rule           | events                                       | due
        de_acknowledge | received 2024-06-08                          | 2024-06-15
        de_acknowledge | received 2024-03-25                          | 2024-04-01
        de_feedback    | received 2024-06-08, acknowledged 2024-06-10 | 2024-09-10
        de_feedback    | received 2024-11-24                          | 2025-03-03
        de_feedback    | received 2024-11-30                          | 2025-03-07
    """,
    "de_hinschg_11_retention": """
        rule      | events                                                             | due
        de_delete | resolved 2020-02-29                                                | 2023-02-28
        de_delete | resolved 2021-03-01, reopened 2021-05-01, resolved 2021-09-15      | 2024-09-15
    """,
    "at_hschg_9": """
        rule           | events                                       | due
        at_acknowledge | received 2024-06-08                          | 2024-06-15
        at_feedback    | received 2024-11-30, acknowledged 2024-12-02 | 2025-02-28
        at_feedback    | received 2024-03-10                          | 2024-06-10
    """,
    "pl_whistleblowers": """
        rule        | events                                       | due
        pl_feedback | received 2024-11-20, acknowledged 2024-11-21 | 2025-02-21
        pl_feedback | received 2024-11-24                          | 2025-03-01
    """,
    "ie_protected_disclosures_6a": """
        rule                    | events                                       | due
        ie_internal_acknowledge | received 2024-06-08                          | 2024-06-15
        ie_internal_feedback    | received 2024-11-25, acknowledged 2024-11-30 | 2025-02-28
        ie_internal_feedback    | received 2024-03-24                          | 2024-06-30
    """,
    "ie_protected_disclosures_7a": """
        rule                    | events                                       | due
        ie_external_acknowledge | received 2024-06-08                          | 2024-06-15
        ie_external_feedback    | received 2024-11-25, acknowledged 2024-11-30 | 2025-02-28
        ie_external_feedback    | received 2024-03-24                          | 2024-06-30
    """,
    "uk_fca_disp_1_5": """
        rule                 | events              | due
        uk_fca_settled_early | received 2024-03-11 | 2024-03-14
        uk_fca_settled_early | received 2024-03-27 | 2024-04-03
        uk_fca_settled_early | received 2024-06-08 | 2024-06-12
    """,
    "uk_fca_disp_1_6_2": """
        rule                  | events              | due
        uk_fca_final_response | received 2024-01-01 | 2024-02-26
        uk_fca_final_response | received 2024-02-05 | 2024-04-01
    """,
    "uk_fca_disp_1_6_2a": """
        rule                           | events                                           | due
        uk_fca_payments_final_response | received 2024-06-03                              | 2024-06-24
        uk_fca_payments_final_response | received 2024-03-15                              | 2024-04-09
        uk_fca_payments_final_response | received 2024-06-03, holding_response 2024-06-24 | 2024-07-22
        uk_fca_payments_final_response | received 2024-06-03, holding_response 2024-06-25 | 2024-06-24
    """,
    "uk_nhs_england_2009_309": """
        rule                    | events              | due
        nhs_england_acknowledge | received 2024-03-27 | 2024-04-03
        nhs_england_acknowledge | received 2024-06-08 | 2024-06-12
        nhs_england_respond     | received 2024-01-15 | 2024-07-14
        nhs_england_respond     | received 2024-03-01 | 2024-08-31
        nhs_england_respond     | received 2024-08-31 | 2025-02-28
    """,
    "uk_nhs_scotland_2012_36": """
        rule                     | events              | due
        nhs_scotland_acknowledge | received 2024-03-28 | 2024-04-03
        nhs_scotland_acknowledge | received 2024-11-28 | 2024-12-04
        nhs_scotland_report      | received 2024-12-02 | 2025-01-03
    """,
    "uk_cqc_regulation_16": """
        rule        | events                                          | due
        cqc_summary | received 2024-01-01, summary_requested 2024-02-01 | 2024-02-29
        cqc_summary | received 2024-01-01, summary_requested 2024-03-30 | 2024-04-27
    """,
    "uk_children_act_2006_1738": """
        rule                             | events                                      | due
        children_act_stage_1             | received 2024-06-03                         | 2024-06-17
        children_act_stage_1             | received 2024-06-03, extended 2024-06-17    | 2024-07-01
        children_act_stage_1             | received 2024-06-03, extended 2024-06-18    | 2024-06-17
        children_act_stage_2             | received 2024-05-01, responded 2024-05-10, escalation_requested 2024-06-03 | 2024-07-08
        children_act_stage_2             | received 2024-05-01, escalation_requested 2024-06-03, extended 2024-07-08 | 2024-09-03
        children_act_panel               | received 2024-03-01, panel_requested 2024-03-18 | 2024-05-01
        children_act_panel_report        | received 2024-03-01, panel_met 2024-05-01   | 2024-05-09
        children_act_authority_response  | received 2024-03-01, responded 2024-03-05, panel_reported 2024-12-16 | 2025-01-09
    """,
    "uk_housing_ombudsman_2024": """
        rule                        | events                                             | due
        housing_acknowledge         | received 2024-06-07                                | 2024-06-14
        housing_acknowledge         | received 2024-12-23                                | 2025-01-02
        housing_respond             | received 2024-06-03, acknowledged 2024-06-05       | 2024-06-19
        housing_respond             | received 2024-06-03, acknowledged 2024-06-05, extended 2024-06-19 | 2024-07-03
        housing_stage_2_acknowledge | received 2024-06-03, acknowledged 2024-06-05, escalation_requested 2024-07-05 | 2024-07-12
        housing_stage_2_respond     | received 2024-06-03, final_response 2024-06-10, stage_2_acknowledged 2024-07-08 | 2024-08-05
        housing_stage_2_respond     | received 2024-06-03, stage_2_acknowledged 2024-07-08, extended 2024-07-31 | 2024-09-03
    """,
    "uk_nrm": """
        rule                   | events              | due
        nrm_reasonable_grounds | received 2024-05-02 | 2024-05-10
    """,
    "uk_msp_interview": """
        rule          | events                                                                        | due
        msp_interview | received 2024-01-02, resolved 2024-02-05                                     | 2024-04-01
        msp_interview | received 2024-01-02, resolved 2024-02-05, reopened 2024-03-01, resolved 2024-03-04 | 2024-04-29
    """,
    "uk_prescribed_persons_2017_507": """
        rule             | events              | due
        uk_annual_report | received 2024-03-31 | 2024-09-30
        uk_annual_report | received 2024-04-01 | 2025-09-30
        uk_annual_report | received 2023-12-05 | 2024-09-30
    """,
    "au_asic_rg_271": """
        rule             | events              | due
        asic_acknowledge | received 2024-06-07 | 2024-06-10
        asic_acknowledge | received 2024-01-25 | 2024-01-29
        asic_response    | received 2024-02-01 | 2024-03-02
    """,
    "au_asic_rg_271_superannuation": """
        rule                          | events              | due
        asic_response_superannuation  | received 2024-02-01 | 2024-03-17
    """,
    "au_asic_rg_271_hardship": """
        rule                    | events              | due
        asic_response_hardship  | received 2024-02-10 | 2024-03-02
    """,
    "au_pid_act_52": """
        rule         | events                                                                  | due
        pid_allocate | received 2024-02-20                                                     | 2024-03-05
        pid_report   | received 2024-01-01, allocated 2024-01-10                               | 2024-04-09
        pid_report   | received 2024-01-01, allocated 2024-01-10, reallocated 2024-02-15       | 2024-05-15
        pid_report   | received 2024-01-01, allocated 2024-01-10, investigated 2024-03-01, reinvestigated 2024-06-03 | 2024-09-01
        pid_report   | received 2024-01-01, allocated 2024-01-10, direction_lifted 2024-03-02  | 2024-05-31
    """,
    "nz_protected_disclosures_13": """
        rule        | events              | due
        nz_receiver | received 2024-06-03 | 2024-07-02
        nz_receiver | received 2024-03-20 | 2024-04-19
    """,
    "us_eeo_1614": """
        rule              | events                                                    | due
        eeo_counselling   | received 2024-05-01, counselling_started 2024-05-02       | 2024-06-03
        eeo_counselling   | received 2024-05-01, counselling_started 2024-05-02, extended 2024-06-03 | 2024-07-01
        eeo_counselling   | received 2024-05-01, counselling_started 2024-05-02, mediated 2024-05-09 | 2024-07-31
        eeo_counselling   | received 2024-05-01, counselling_started 2024-05-02, extended 2024-06-03, mediated 2024-06-28 | 2024-07-31
        eeo_investigation | received 2024-01-02, complaint_filed 2024-01-06           | 2024-07-05
        eeo_final_decision | received 2024-01-02, decision_requested 2024-09-12       | 2024-11-12
    """,
}  # fmt: skip
NOT_BY_A_DAY = {"us_sox_806", "us_sec_21f_4"}


def worked(preset):
    text = "\n".join(line.partition("#")[0] for line in WORKED[preset].splitlines())
    return table(text).rows(named=True)


def history(rows, rules):
    """Two cases a line: what the rule asks for is done on its last day, and a day later."""
    lines = ["case | kind | on"]
    for number, row in enumerate(rows):
        kinds = next(rule.stops[0] for rule in rules if rule.name == row["rule"])
        for late in (0, 1):
            day = date.fromisoformat(row["due"]) + timedelta(days=late)
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
    rows = worked(preset)
    store = core(
        as_of="2026-06-30", rules=text, calendar="IE", events=history(rows, rules),
        coverage_from="2020-01-01",
    )  # fmt: skip
    found = store.frame("select case_key, rule, due_on, result from core.deadlines")
    got = {(case, rule): (due, result) for case, rule, due, result in found.iter_rows()}
    expected = {
        (f"{number}{letter}", row["rule"]): (date.fromisoformat(row["due"]), result)
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
}  # fmt: skip


@pytest.mark.parametrize("preset", {*WORKED, *NOT_BY_A_DAY})
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
    steps = "acknowledged triaged checked decided informed".split()
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
