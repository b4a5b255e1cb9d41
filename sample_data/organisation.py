"""Who Lantern Services is: units, people, working days and how its cases are spread."""

import csv
from datetime import date, timedelta
from functools import cache

from sample_data import WORKSPACE

UNITS: tuple[str, ...] = (
    "field_operations",
    "contact_centre",
    "client_accounts",
    "logistics",
    "technology",
    "finance",
    "people_and_culture",
    "records_archive",
)
SMALLEST_UNIT = "records_archive"
SLOW_UNIT = "field_operations"

CATEGORIES: dict[str, float] = {
    "harassment": 20,
    "client_treatment": 20,
    "conflict_of_interest": 13,
    "discrimination": 12,
    "theft_and_fraud": 11,
    "health_and_safety": 11,
    "data_protection": 9,
    "retaliation": 4,
}
SEVERITIES: dict[str, float] = {"low": 34, "medium": 46, "high": 15, "critical": 5}
SYSTEMS: dict[str, float] = {"beacon": 60, "casebook": 40}
CHANNELS: dict[str, dict[str, float]] = {
    "beacon": {"web_form": 42, "telephone": 38, "email": 20},
    "casebook": {"manager": 45, "in_person": 30, "email": 15, "letter": 10},
}
NAMED: dict[str, float] = {"beacon": 0.62, "casebook": 0.92}
REPORTERS: dict[str, float] = {
    "employee": 52,
    "former_employee": 6,
    "contractor": 8,
    "client": 22,
    "relative": 8,
    "public": 4,
}
OUTCOMES: dict[str, float] = {
    "substantiated": 34,
    "partly": 16,
    "unsubstantiated": 35,
    "insufficient": 10,
    "referred": 5,
}

# Public holidays of England, as observed: (year, month, days).
_HOLIDAYS: tuple[tuple[int, int, tuple[int, ...]], ...] = (
    (2023, 12, (25, 26)),
    (2024, 1, (1,)),
    (2024, 3, (29,)),
    (2024, 4, (1,)),
    (2024, 5, (6, 27)),
    (2024, 8, (26,)),
    (2024, 12, (25, 26)),
    (2025, 1, (1,)),
    (2025, 4, (18, 21)),
    (2025, 5, (5, 26)),
    (2025, 8, (25,)),
    (2025, 12, (25, 26)),
    (2026, 1, (1,)),
    (2026, 4, (3, 6)),
    (2026, 5, (4, 25)),
    (2026, 8, (31,)),
    (2026, 12, (25, 28)),
)
HOLIDAYS: frozenset[date] = frozenset(
    date(year, month, day) for year, month, days in _HOLIDAYS for day in days
)


def is_working(day: date) -> bool:
    """Whether people work on `day`: Monday to Friday, but for public holidays."""
    return day.weekday() < 5 and day not in HOLIDAYS


def working_days_after(day: date, count: int) -> date:
    """The `count`-th working day after `day`; with 0, the working day on or before it."""
    while not is_working(day):
        day -= timedelta(days=1)
    while count > 0:
        day += timedelta(days=1)
        count -= is_working(day)
    return day


@cache
def _headcount() -> dict[str, list[tuple[date, int]]]:
    """Unit to its dated headcounts, oldest first, from the workspace's headcount.csv."""
    steps: dict[str, list[tuple[date, int]]] = {unit: [] for unit in UNITS}
    with (WORKSPACE / "headcount.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            steps[row["unit"]].append((date.fromisoformat(row["from"]), int(row["people"])))
    return {unit: sorted(rows) for unit, rows in steps.items()}


def people(unit: str, day: date) -> int:
    """How many people `unit` had on `day`."""
    return [count for since, count in _headcount()[unit] if since <= day][-1]
