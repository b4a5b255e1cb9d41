"""Defects that an organisation knows of: how many rows, why, whose, and until when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from etl.errors import WorkspaceError

_KEYS = {"check": str, "at_most": int, "reason": str, "owner": str, "expires_on": date}


@dataclass(frozen=True, slots=True)
class KnownDefect:
    """A budget of rows that may break one check until a day, with its reason and owner."""

    check: str
    at_most: int
    reason: str
    owner: str
    expires_on: date

    def __str__(self) -> str:
        """Say it as a sentence."""
        return (
            f"Known, and up to {self.at_most:,} allowed until {self.expires_on}:"
            f" {self.reason.rstrip('.')}. Owner: {self.owner}."
        )


def read_known_defects(
    told: Sequence[Mapping[str, Any]], *, checks: Sequence[str], file: str
) -> tuple[KnownDefect, ...]:
    """The `[[known_defect]]` entries of a workspace's configuration.

    Raises WorkspaceError naming the file, the entry and the remedy.
    """
    read: dict[str, KnownDefect] = {}
    for number, entry in enumerate(told, start=1):
        made = _read(entry, f"{file}: [[known_defect]] number {number}")
        if made.check not in checks:
            raise WorkspaceError(
                f"{file}: [[known_defect]] number {number}: no check is called"
                f" {made.check!r}; `case-audit check --json` lists their names"
            )
        if made.check in read:
            raise WorkspaceError(
                f"{file}: [[known_defect]] {made.check!r} stands there twice; keep one"
            )
        read[made.check] = made
    return tuple(read.values())


def _read(entry: Mapping[str, Any], where: str) -> KnownDefect:
    for key, kind in _KEYS.items():
        if key not in entry:
            raise WorkspaceError(f"{where}: {key} is missing; it needs {', '.join(_KEYS)}")
        if type(entry[key]) is not kind:
            written = {str: "a text in quotes", int: "a whole number", date: "a date"}[kind]
            raise WorkspaceError(f"{where}: {key} must be {written}, as in 2026-12-31")
    for key in entry:
        if key not in _KEYS:
            raise WorkspaceError(f"{where}: {key} is not known; it takes {', '.join(_KEYS)}")
    if entry["at_most"] < 1 or not entry["reason"].strip() or not entry["owner"].strip():
        raise WorkspaceError(f"{where}: it needs a budget of 1 or more, a reason and an owner")
    return KnownDefect(**entry)


def in_force(defects: Sequence[KnownDefect], *, as_of: date) -> dict[str, KnownDefect]:
    """Those that have not expired by the as-of day, by the name of their check."""
    return {known.check: known for known in defects if as_of <= known.expires_on}


def read_owners(
    told: Mapping[str, Any], *, default: Mapping[str, str], file: str
) -> dict[str, str]:
    """Who mends what: the workspace's `[owners]`, and the default where it names nobody.

    Raises WorkspaceError for a place that is none, or a name that is no text.
    """
    for place, name in told.items():
        if place not in default or not isinstance(name, str) or not name.strip():
            raise WorkspaceError(
                f"{file}: under [owners] {place} cannot be read; give a name in quotes to any"
                f" of {', '.join(default)}"
            )
    return {**default, **told}
