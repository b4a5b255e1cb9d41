"""How people and systems write a time of day beside a date."""

import polars as pl
import pytest

from etl.dates import read_forms
from tests.drafts import drafted, first_export, numbers
from tests.units.test_drafting_dates import dated


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ("23.2.2024 klo 9.30", "%d.%m.%Y klo %H.%M"),
        ("23.02.2024, 09:30 Uhr", "%d.%m.%Y, %H:%M Uhr"),
        ("2024-02-23 kl. 09:30", "%Y-%m-%d kl. %H:%M"),
        ("23/02/2024 - 09:30", "%d/%m/%Y - %H:%M"),
        ("23.02.2024 09.30.15", "%d.%m.%Y %H.%M.%S"),
        ("23FEB2024:09:30:15", "%d%b%Y:%H:%M:%S"),
        ("Feb-23-2024 09:30", "%b-%d-%Y %H:%M"),
    ],
)
def test_a_time_is_read_however_it_is_written(value, form):
    assert first_export(dated(value))["dates"] == form
    assert read_forms(pl.Series([value]), form).is_not_null().all()


def test_a_word_that_often_stands_in_place_of_a_date_is_shown_and_left_to_be_answered():
    days = [f"{day:02}/03/2024" for day in range(1, 29)]
    columns = {"Case number": numbers(40), "Received": days[:20] * 2}
    made = drafted({**columns, "Closed": [*days, *["see file"] * 5, "Ann", "Ann"]})
    assert "sentinels" not in first_export(made)
    assert '"see file" stands in 5, and belongs under sentinels if it says no date' in made.toml
    assert "Ann" not in made.toml
