"""What is wrong with the exports on purpose: README.md and the tests repeat these facts."""

from dataclasses import dataclass
from datetime import date

INVESTIGATIONS_SLOW_FROM = date(2026, 2, 2)
ACKNOWLEDGEMENTS_LOST_FROM = date(2026, 5, 4)
ESCALATIONS_SLIP_FROM = date(2026, 4, 1)
ESCALATIONS_SLIP_UNTIL = date(2026, 7, 1)  # excluded


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing planted: how many rows or cases of it, where, and where it must show."""

    name: str
    count: int
    of: str
    fact: str
    shows: str


FAULTS: tuple[Fault, ...] = ()
