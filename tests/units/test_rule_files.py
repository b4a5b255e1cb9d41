"""Presets, what a workspace overrides, the ladder, routes and targets."""

import re

import pytest

from etl.errors import RuleError, WorkspaceError
from etl.rules import presets, read_rules
from etl.rules.parsing import KNOWN, MUST
from etl.rules.properties import PROPERTIES, ROUTES, shipped
from etl.rules.route import KNOWN as ROUTE_KEYS
from etl.working_days import calendar
from tests.rule_files import rule

EU = 'presets = ["eu_2019_1937_internal"]\n'


def read(folder, text):
    (folder / "rules.toml").write_text(text, encoding="utf-8")
    return read_rules(folder)


def refusal(folder, text):
    with pytest.raises(RuleError) as caught:
        read(folder, text)
    return str(caught.value)


def override(name, **keys):
    told = "".join(f"{key} = {value}\n" for key, value in keys.items())
    return f'[[override]]\nname = "{name}"\n{told}'


def test_a_preset_brings_its_deadlines(tmp_path):
    found = read(tmp_path, EU + rule()).deadlines
    assert [made.name for made in found] == [
        "acknowledge", "eu_internal_acknowledge", "eu_internal_feedback",
    ]  # fmt: skip
    assert [made.preset for made in found] == ["", *2 * ["eu_2019_1937_internal"]]


def test_an_unknown_preset_is_refused_with_the_nearest_and_all_of_them(tmp_path):
    message = refusal(tmp_path, 'presets = ["eu_2019_1937_intern"]')
    assert message.startswith(
        "rules.toml: no preset is called 'eu_2019_1937_intern';"
        " did you mean 'eu_2019_1937_internal'? there are at_hschg_9,"
    )


def test_an_override_may_name_another_stop_and_keeps_the_law_verified(tmp_path):
    text = EU + override("eu_internal_acknowledge", to='["acknowledged", "contacted"]')
    found = read(tmp_path, text).deadlines[0]
    assert (found.stops, found.verified) == ((("acknowledged",), ("contacted",)), True)


def test_an_override_of_the_clock_itself_is_not_verified_any_more(tmp_path):
    text = EU + override("eu_internal_feedback", within="2")
    assert [made.verified for made in read(tmp_path, text).deadlines] == [True, False]


def test_an_override_may_switch_one_deadline_of_a_preset_off(tmp_path):
    text = EU + override("eu_internal_acknowledge", off="true")
    assert [made.name for made in read(tmp_path, text).deadlines] == ["eu_internal_feedback"]


def test_an_override_of_nothing_is_refused(tmp_path):
    assert refusal(tmp_path, EU + override("ack")).startswith(
        "rules.toml: override 'ack': no preset that is switched on has a deadline of that name;"
        " there are eu_internal_acknowledge, eu_internal_feedback"
    )


def test_a_target_makes_a_deadline_a_commitment(tmp_path):
    text = EU + override("eu_internal_feedback", target="0.9", owner='"Ethics office"')
    (made,) = read(tmp_path, text).commitments
    assert (made.part, made.target, made.owner) == (
        "eu_internal_feedback", 0.9, "Ethics office",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"target": "0.9"}, "owner is missing beside target"),
        ({"to": '"acknowleged"'}, "(did you mean 'acknowledged'?)"),
        ({"unit": '"hours"', "roll": '"next_working_day"'}, "in hours knows no day_one"),
        ({"to_level": '"board"'}, "to_level is for a deadline whose to is escalated"),
        ({"pauses": '["weekends"]'}, "pauses knows paused, closed, not 'weekends'"),
        ({"roll": '"back"'}, "roll is one of none, next_working_day, not 'back'"),
        ({"after_hours": '{ closes = "5 pm" }'}, 'written as "17:00"'),
        ({"year_end": '"31-03"'}, 'written as "03-31"'),
        ({"fallback": '{ from = "received" }'}, "fallback: within is missing"),
        ({"lifted_by": "{ }"}, "lifted_by needs events"),
        ({"repeats": '"yes"'}, "repeats is true or false"),
        ({"extensions": "[{ adds = 1, within = 2, unit = \"weeks\" }]"}, "not both"),
        ({"restarts": '["reallocated"]', "stop": '"last"'}, "stop = last cannot be combined"),
        ({"to": "[[]]"}, "to is written as"),
        ({"lapses": '{ rules = ["triage"] }', "pauses": '["paused"]'}, "lapses cannot be"),
        ({"lapses": '{ rules = ["triage"] }'}, "there is no such deadline"),
    ],
)  # fmt: skip
def test_a_deadline_that_cannot_be_meant_is_refused(tmp_path, more, problem):
    assert problem in refusal(tmp_path, rule(**more))


def test_a_level_must_be_on_the_ladder(tmp_path):
    text = rule(to='"escalated"', to_level='"board"')
    assert "there are none: write ladder" in refusal(tmp_path, text)
    assert read(tmp_path, 'ladder = ["team", "board"]\n' + text).ladder == ("team", "board")


def test_a_ladder_names_each_level_once(tmp_path):
    assert "names a level twice" in refusal(tmp_path, 'ladder = ["team", "team"]')


def test_a_route_demands_something(tmp_path):
    text = '[[route]]\nname = "a"\ntitle = "A"\nbasis = "Policy"\ndemands = []\n'
    assert "demands needs a kind of event" in refusal(tmp_path, text)


# What is said about the rules


def test_every_property_of_a_rule_is_explained():
    explained = {key for keys in PROPERTIES for key in keys.split(", ")}
    assert explained == {*KNOWN, *MUST}
    assert {*ROUTES} == {*ROUTE_KEYS} - explained


def test_every_preset_is_listed_in_words():
    assert {row.preset for row in shipped()} == {*presets()}
    assert not [row for row in shipped() if re.search(r"_|None", row.clock.partition(";")[0])]


def test_a_clock_says_what_moves_it(tmp_path):
    assert read(tmp_path, EU).deadlines[1].clock == (
        "acknowledged to feedback, 3 months; without that start at all: 7 calendar days after"
        " received; an end on no working day moves to the next one"
    )


# Calendars


def test_a_workspace_s_calendar_wins_over_a_shipped_one(tmp_path):
    (tmp_path / "uk_fca.toml").write_text(
        'holidays = "GB-SCT"\nweekend = ["friday"]\nalso = { "12-27" = "Bridge day" }\n'
    )
    found = calendar("uk_fca", tmp_path)
    assert found.definition == "GB-SCT; weekend: friday; also: 12-27 Bridge day"
    assert calendar("uk_fca").code == "GB-ENG"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("holiday = 'GB'", "'holiday' is not known"),
        ('weekend = ["sat"]', "weekend is written as"),
        ('also = { "02-30" = "x" }', "also is a table of days"),
        ("[", "not valid TOML"),
    ],
)
def test_a_calendar_that_cannot_be_followed_is_refused(tmp_path, text, problem):
    (tmp_path / "ours.toml").write_text(text)
    with pytest.raises(WorkspaceError, match=r"^ours\.toml: ") as caught:
        calendar("ours", tmp_path)
    assert problem in str(caught.value)
