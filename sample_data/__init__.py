"""Lantern Services: an invented organisation, its two case systems and its surveys.

Nothing here is about anybody. README.md lists what is wrong with the exports on purpose.
"""

from datetime import date
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "exports"
WORKSPACE = Path(__file__).resolve().parent / "workspace"
AS_OF = date(2026, 9, 30)
# The day of the delivery before that, which the exports are made for when they are asked for.
EARLIER = date(2026, 6, 30)
RECEIVED_FROM = date(2023, 10, 1)
EXPORTS: tuple[str, ...] = (
    "beacon_cases.csv",
    "beacon_history.csv",
    "casebook_allegations.csv",
    "casebook_history.xlsx",
    "beacon_surveys.csv",
    "casebook_surveys.csv",
)
