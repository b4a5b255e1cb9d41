"""Rules files with one deadline, as text."""

from typing import Any

_ACKNOWLEDGE = {
    "name": '"acknowledge"',
    "title": '"Acknowledge"',
    "from": '"received"',
    "to": '"acknowledged"',
    "within": "7",
    "unit": '"calendar_days"',
    "basis": '"Policy, section 1"',
}


def rule(**changes: Any) -> str:
    """A rules file with one deadline: acknowledge within 7 calendar days, or as changed."""
    changes = {name.rstrip("_"): text for name, text in changes.items()}
    entry = _ACKNOWLEDGE | changes
    return "[[deadline]]\n" + "".join(f"{name} = {text}\n" for name, text in entry.items())


WORKING = {"within": "2", "unit": '"working_days"'}
SERIOUS = {"applies_to": '{ severity = ["high", "critical"] }'}
