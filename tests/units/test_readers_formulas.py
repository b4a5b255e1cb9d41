"""Formulas that were never calculated: their cell has no value, and only that is lost."""

import io

import pytest

from etl.readers.rows import NOT_CALCULATED, TextTable
from etl.readers.workbook import read_workbook
from tests.workbooks import cell, row, sheet, workbook


def read(data: bytes) -> TextTable:
    return read_workbook(io.BytesIO(data), file="export.xlsx")


@pytest.mark.parametrize(
    "formula",
    ["<f>1+1</f>", "<f>1+1</f><v></v>", "<f>1+1</f><v/>", '<f t="shared" si="0"/>'],
)
def test_a_formula_that_was_never_calculated_is_not_taken_for_a_blank(formula):
    table = read(
        workbook(
            Cases=sheet(
                row(1, cell("A1", "id"), cell("B1", "n")),
                row(2, cell("A2", "A"), f'<c r="B2">{formula}</c>'),
                row(3, cell("A3", "B"), '<c r="B3" t="str"><f>""</f><v></v></c>'),
                row(4, cell("A4", "C"), '<c r="B4" t="str"><f>"x"</f><v>x</v></c>'),
            )
        )
    )
    assert table.rows.rows() == [(2, "A", NOT_CALCULATED), (3, "B", ""), (4, "C", "x")]


def test_a_formula_outside_of_the_table_spoils_no_row_of_it():
    left, right, below = (f'<c r="{at}"><f>1+1</f></c>' for at in ("A3", "E3", "C9"))
    table = read(
        workbook(
            Cases=sheet(
                row(2, cell("B2", "id"), cell("C2", "n")),
                row(3, left, cell("B3", "A"), '<c r="C3"><f>1+1</f></c>', right),
                row(9, below),
            )
        )
    )
    assert table.rows.rows() == [(3, "A", NOT_CALCULATED)]
    assert table.records == 1


def test_a_formula_that_does_not_say_where_it_stands_costs_its_row():
    table = read(
        workbook(
            Cases=sheet(
                row(1, cell("A1", "id"), cell("B1", "n")),
                row(2, cell("A2", "A"), cell("B2", "x")),
                row(3, cell("A3", "B"), "<c><f>1+1</f></c>"),
            )
        )
    )
    assert table.rows.rows() == [(2, "A", "x")]
    assert table.damaged.select("line", "last_line").rows() == [(3, 3)]
