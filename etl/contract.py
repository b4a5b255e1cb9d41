"""What a source says is to be done when an export comes in another layout than before."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal

from etl.errors import SourceError

Action = Literal["accept", "warn", "refuse", "reject"]

_CHOICES: dict[str, tuple[str, ...]] = {
    "new_column": ("accept", "warn", "refuse"),
    "missing_optional": ("accept", "warn", "refuse"),
    "reordered": ("accept", "warn", "refuse"),
    "new_code": ("reject", "refuse"),
    "encoding": ("accept", "warn", "refuse"),
    "date_format": ("warn", "refuse"),
}


@dataclass(frozen=True, slots=True)
class Contract:
    """What is done on each kind of drift; the defaults lose nothing and guess nothing.

    A column that is read by name may stand anywhere and be joined by others: it is said. A
    column that is needed and missing is always refused. Rows with a new code are rejected, and
    dates that are written in another way refuse the file.
    """

    new_column: Action = "warn"
    missing_optional: Action = "warn"
    reordered: Action = "warn"
    new_code: Action = "reject"
    encoding: Action = "warn"
    date_format: Action = "refuse"


def read_contract(where: str, told: object) -> Contract:
    """The contract of an export from its table in the TOML.

    Raises SourceError for a key or an action that is not known.
    """
    if not isinstance(told, Mapping):
        raise SourceError(f"{where} contract must be a table [exports.NAME.contract]")
    known = [field.name for field in fields(Contract)]
    for key, action in told.items():
        if key not in known:
            raise SourceError(f"{where} contract {key!r} is not known; use {', '.join(known)}")
        if action not in _CHOICES[key]:
            raise SourceError(
                f"{where} contract {key} = {action!r} is not one of {', '.join(_CHOICES[key])}"
            )
    return Contract(**told)
