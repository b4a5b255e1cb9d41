from datetime import date

import polars as pl
import pytest

from tests.tables import table


def test_a_text_table_is_a_frame_with_the_names_of_its_first_line():
    frame = table("""
        case | kind
        A    | received
        B    | resolved
    """)
    assert frame.columns == ["case", "kind"]
    assert frame.rows() == [("A", "received"), ("B", "resolved")]


def test_a_blank_cell_is_null():
    assert table("case | unit\nA |\n | north").rows() == [("A", None), (None, "north")]


def test_names_say_what_is_a_date_and_what_an_instant():
    frame = table("on | due_on | as_of | at\n2024-02-29 | 2024-03-01 | | 2024-03-01 09:30")
    assert frame.row(0)[:3] == (date(2024, 2, 29), date(2024, 3, 1), None)
    assert str(frame["at"][0]) == "2024-03-01 09:30:00"


def test_a_type_that_is_told_wins():
    frame = table("score | on\n4 | x", {"score": pl.Int32, "on": pl.String})
    assert frame.schema == {"score": pl.Int32, "on": pl.String}
    assert frame.row(0) == (4, "x")


def test_a_table_of_a_header_alone_has_no_rows_but_types():
    assert table("case | on").schema == {"case": pl.String, "on": pl.Date}


@pytest.mark.parametrize("row", ["A", "A | B | C"])
def test_a_row_with_another_number_of_cells_is_refused(row):
    with pytest.raises(ValueError, match="cells, the header 2"):
        table(f"case | kind\n{row}")


def test_a_day_that_does_not_exist_is_refused():
    with pytest.raises(pl.exceptions.InvalidOperationError):
        table("on\n2024-02-30")
