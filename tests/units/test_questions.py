"""Which question an open "?" of a description is told with."""

import pytest

from etl.errors import SourceError
from etl.questions import refuse_open

ANSWERED = """
[exports.cases.events]
# QUESTION 3: which column says when a case was closed?
closed = "Closed"
"""


def said(text: str) -> str:
    with pytest.raises(SourceError) as refused:
        refuse_open("harbour.toml", text)
    return str(refused.value)


def test_a_question_that_was_answered_is_not_asked_of_another_table():
    text = f'{ANSWERED}\n[codes.severity]\n"Vakava" = "?"\n'
    assert "QUESTION" not in said(text)
    assert said(text).endswith("It may be one of low, medium, high, critical")


def test_a_question_that_stands_over_a_table_is_of_it():
    codes = '[codes.status]\n"A" = "open"\n"B" = "?"\n'
    text = f"{ANSWERED}\n# QUESTION 4: what does each mean?\n{codes}"
    assert said(text).endswith("QUESTION 4: what does each mean?")


def test_a_question_inside_a_table_is_of_the_lines_below_it():
    assert "QUESTION 3" in said(ANSWERED.replace('"Closed"', '"?"'))
