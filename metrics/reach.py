"""How far rounding may have moved what a release tells."""

from collections.abc import Mapping
from datetime import date


def loose_in(manifest: Mapping[str, str]) -> dict[str, int]:
    """By how many bases more than a cell sums of some metrics may be from the truth."""
    told = (one.partition(":") for one in manifest.get("loose", "").split(",") if one)
    return {name: int(by) for name, _, by in told}


def most_off(reach: int, period: str, *, start: date, end: date) -> int:
    """How far rounding may have moved a count, each quarter of which is off by less than reach.

    A span that begins or ends within a quarter has parts of one at either end.
    """
    months = 12 * (end.year - start.year) + end.month - start.month
    quarters = {"month": 1, "quarter": 1, "year": 4}.get(period, months // 3 + 2)
    return quarters * (reach - 1)
