"""Rules as data: deadlines and commitments, read from the TOML files of a workspace."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, cast

import polars as pl

from etl.errors import RuleError
from etl.source import FIXED

ALWAYS = date(1900, 1, 1)
FOR_EVER = date(9999, 12, 31)

_LENGTHS = ("calendar_days", "working_days")
_APPLIES = ("unit", "category", "channel", "severity")


@dataclass(frozen=True, slots=True)
class Deadline:
    """What policy demands: from one event to another, within a number of days."""

    name: str
    title: str
    from_kind: str
    to_kind: str
    within: int
    length_unit: Literal["calendar_days", "working_days"]
    applies_to: Mapping[str, tuple[str, ...]]
    passed_by: tuple[str, ...]
    in_force_from: date
    in_force_until: date
    basis: str
    verified: bool

    @property
    def clock(self) -> str:
        """The rule in words: 'received to acknowledged, 7 calendar days'."""
        days = self.length_unit.replace("_", " ")
        return f"{self.from_kind} to {self.to_kind}, {self.within} {days}"


@dataclass(frozen=True, slots=True)
class Commitment:
    """A share with a target and an owner, on the scorecard."""

    name: str
    title: str
    metric: str
    measure: str
    part: str
    target: float
    owner: str


@dataclass(frozen=True, slots=True)
class Rules:
    """All deadlines and commitments of a workspace, in the order in which they stand."""

    deadlines: tuple[Deadline, ...]
    commitments: tuple[Commitment, ...]


def read_rules(folder: Path) -> Rules:
    """Read every rules file of a folder, in the order of their names.

    Raises RuleError naming the file, the entry and the remedy.
    """
    deadlines: list[Deadline] = []
    commitments: list[Commitment] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            told = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise RuleError(f"{path.name}: not valid TOML: {error}") from error
        deadlines += [_deadline(path.name, entry) for entry in told.get("deadline", [])]
        commitments += [_commitment(path.name, entry) for entry in told.get("commitment", [])]
    _check_once(deadlines)
    names = {rule.name for rule in deadlines}
    for made in commitments:
        if made.metric == "deadline_compliance" and made.part not in names:
            raise RuleError(
                f"commitment {made.name!r}: no deadline is called {made.part!r};"
                f" there are {', '.join(sorted(names)) or 'none'}"
            )
    return Rules(deadlines=tuple(deadlines), commitments=tuple(commitments))


def as_table(deadlines: Iterable[Deadline]) -> pl.DataFrame:
    """One row per deadline for the store; a list is null where any value fits."""
    return pl.DataFrame(
        [
            {
                "rule": rule.name,
                "from_kind": rule.from_kind,
                "to_kind": rule.to_kind,
                "within": rule.within,
                "length_unit": rule.length_unit,
                "units": _list_or_none(rule, "unit"),
                "categories": _list_or_none(rule, "category"),
                "channels": _list_or_none(rule, "channel"),
                "severities": _list_or_none(rule, "severity"),
                "passed_by": list(rule.passed_by),
                "in_force_from": rule.in_force_from,
                "in_force_until": rule.in_force_until,
                "position": position,
            }
            for position, rule in enumerate(deadlines)
        ],
        schema={
            "rule": pl.String,
            "from_kind": pl.String,
            "to_kind": pl.String,
            "within": pl.Int64,
            "length_unit": pl.String,
            "units": pl.List(pl.String),
            "categories": pl.List(pl.String),
            "channels": pl.List(pl.String),
            "severities": pl.List(pl.String),
            "passed_by": pl.List(pl.String),
            "in_force_from": pl.Date,
            "in_force_until": pl.Date,
            "position": pl.Int64,
        },
    )


def _list_or_none(rule: Deadline, name: str) -> list[str] | None:
    return list(rule.applies_to[name]) if name in rule.applies_to else None


def _check_once(deadlines: list[Deadline]) -> None:
    for number, rule in enumerate(deadlines):
        for other in deadlines[:number]:
            overlap = (
                rule.in_force_from < other.in_force_until
                and other.in_force_from < rule.in_force_until
            )
            if rule.name == other.name and overlap:
                raise RuleError(f"deadline {rule.name!r} is in force twice on the same day")


def _need(file: str, kind: str, entry: Mapping[str, Any], keys: tuple[str, ...]) -> None:
    for key in keys:
        if key not in entry:
            name = entry.get("name", "without a name")
            raise RuleError(f"{file}: {kind} {name!r}: {key} is missing")


def _deadline(file: str, entry: Mapping[str, Any]) -> Deadline:
    _need(file, "deadline", entry, ("name", "title", "from", "to", "within", "unit", "basis"))
    where = f"{file}: deadline {entry['name']!r}"
    for kind in (entry["from"], entry["to"], *entry.get("passed_by", ())):
        if kind not in FIXED["kind"]:
            raise RuleError(
                f"{where}: {kind!r} is not a kind of event; use {', '.join(FIXED['kind'])}"
            )
    if entry["unit"] not in _LENGTHS:
        raise RuleError(f"{where}: unit must be {' or '.join(_LENGTHS)}")
    if not isinstance(entry["within"], int) or entry["within"] < 0:
        raise RuleError(f"{where}: within must be a whole number of days, 0 or more")
    for name in entry.get("applies_to", {}):
        if name not in _APPLIES:
            raise RuleError(f"{where}: applies_to knows {', '.join(_APPLIES)}, not {name!r}")
    return Deadline(
        name=entry["name"],
        title=entry["title"],
        from_kind=entry["from"],
        to_kind=entry["to"],
        within=entry["within"],
        length_unit=cast("Literal['calendar_days', 'working_days']", entry["unit"]),
        applies_to={key: tuple(given) for key, given in entry.get("applies_to", {}).items()},
        passed_by=tuple(entry.get("passed_by", ())),
        in_force_from=entry.get("in_force_from", ALWAYS),
        in_force_until=entry.get("in_force_until", FOR_EVER),
        basis=entry["basis"],
        verified=entry.get("verified", False),
    )


def _commitment(file: str, entry: Mapping[str, Any]) -> Commitment:
    keys = ("name", "title", "metric", "measure", "target", "owner")
    _need(file, "commitment", entry, keys)
    if not 0 < entry["target"] <= 1:
        raise RuleError(
            f"{file}: commitment {entry['name']!r}: target is a share, 0.9 for 90 %"
        )
    return Commitment(
        name=entry["name"],
        title=entry["title"],
        metric=entry["metric"],
        measure=entry["measure"],
        part=entry.get("part", ""),
        target=float(entry["target"]),
        owner=entry["owner"],
    )
