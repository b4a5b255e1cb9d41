"""How people and systems write a time of day beside a date."""

import polars as pl
import pytest

from etl.dates import read_forms
from tests.drafts import first_export
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
