"""What `[procedure]` of a rules file may say, and what is refused."""

import pytest

from etl.errors import RuleError
from etl.rules import read_rules

STEPS = 'steps = ["received", "triaged", "decided"]\nbasis = "Policy, section 3"\n'


def read(folder, *texts):
    for number, text in enumerate(texts):
        (folder / f"{number}.toml").write_text(f"[procedure]\n{text}", encoding="utf-8")
    return read_rules(folder).procedure


def test_a_procedure_names_its_steps_waits_and_pairs_in_order(tmp_path):
    told = read(
        tmp_path, STEPS + 'mandatory = ["triaged"]\nfour_eyes = [["triaged", "decided"]]\n'
    )
    assert told.steps == ("received", "triaged", "decided")
    assert told.overtaken == ("received", "triaged")
    assert told.skippable == ("triaged",)
    assert told.waits == ("received_to_triaged", "triaged_to_decided")
    assert told.pairs == ("triaged_and_decided",)


def test_no_rules_file_needs_a_procedure(tmp_path):
    assert read_rules(tmp_path).procedure.steps == ()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("basis = 'x'", "0.toml: procedure: steps is missing"),
        (STEPS + "order = 1", "'order' is not known; use steps, mandatory"),
        ("steps = ['received']\nbasis = 'x'", "two kinds of event or more, each once"),
        ("steps = ['received', 'received']\nbasis = 'x'", "or more, each once"),
        (
            "steps = ['received', 'weighed']\nbasis = 'x'",
            "procedure: 'weighed' is not a kind of event",
        ),
        ("steps = 'received'\nbasis = 'x'", "steps must be a list of texts"),
        ("steps = ['received', 'decided']\nbasis = 3", "basis must be a text"),
        (STEPS + "mandatory = ['decided']", "mandatory 'decided': only a step that another"),
        (STEPS + "mandatory = ['resolved']", "mandatory 'resolved': only a step that another"),
        (STEPS + "mandatory_for = ['triaged']", "write [procedure.mandatory_for]"),
        (
            STEPS + "mandatory_for = { triaged = ['dire'] }",
            "triaged: severity is one of low, medium, high, critical, not 'dire'",
        ),
        (
            STEPS + "mandatory = ['triaged']\nmandatory_for = { triaged = ['high'] }",
            "'triaged' is mandatory twice",
        ),
        (STEPS + "four_eyes = 'triaged'", 'write four_eyes = [["investigated", "decided"]]'),
        (STEPS + "four_eyes = [['triaged']]", "each entry names two kinds of event"),
        (STEPS + "four_eyes = [['triaged', 'triaged']]", "each entry names two kinds"),
    ],
)
def test_what_a_procedure_may_not_say_is_refused(tmp_path, text, problem):
    with pytest.raises(RuleError) as caught:
        read(tmp_path, text)
    assert problem in str(caught.value)


def test_a_second_procedure_is_refused(tmp_path):
    with pytest.raises(RuleError, match=r"stands in 0.toml and in 1.toml; keep one of them"):
        read(tmp_path, STEPS, STEPS)


def test_a_procedure_stands_in_single_brackets(tmp_path):
    (tmp_path / "0.toml").write_text(f"[[procedure]]\n{STEPS}", encoding="utf-8")
    with pytest.raises(RuleError, match="in single brackets"):
        read_rules(tmp_path)
