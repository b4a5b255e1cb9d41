from pathlib import Path

import pytest

from etl.errors import ExportError, InputError, RuleError, WorkspaceError


def test_a_message_says_file_line_column_value_problem_and_remedy():
    error = ExportError.at(
        Path("deliveries/cases.csv"),
        "no such code",
        remedy="list it",
        line=7,
        column="Priority",
        value="P9",
    )
    assert str(error) == (
        'cases.csv line 7, column "Priority", value "P9": no such code; list it'
    )


def test_what_is_not_known_is_left_out():
    assert str(RuleError.at("rules.toml", "no name", remedy="give it one")) == (
        "rules.toml: no name; give it one"
    )


def test_a_long_value_is_cut_to_forty_characters():
    message = str(ExportError.at("a.csv", "p", remedy="r", value="x" * 41))
    assert f'value "{"x" * 40}…"' in message


def test_control_characters_and_text_direction_marks_are_shown_as_escapes():
    message = str(ExportError.at("a\x1b[2J.csv", "p", remedy="r", value="\x07\n\u202e"))
    assert message == 'a\\x1b[2J.csv, value "\\x07\\n\\u202e": p; r'


@pytest.mark.parametrize("kind", [ExportError, WorkspaceError, RuleError])
def test_all_that_the_user_can_put_right_is_of_one_family(kind):
    assert issubclass(kind, InputError)
