"""Rules as data: deadlines and commitments, read from the TOML files of a workspace."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, cast

import polars as pl

from etl.errors import RuleError
from etl.procedure import NO_PROCEDURE, Procedure, procedure_in
from etl.source import FIXED

ALWAYS = date(1900, 1, 1)
FOR_EVER = date(9999, 12, 31)

_LENGTHS = ("calendar_days", "working_days")
_APPLIES = ("unit", "category", "channel", "severity")
_DEADLINE = (
    "name", "title", "from", "to", "within", "unit", "basis", "applies_to", "passed_by",
    "in_force_from", "in_force_until", "verified",
)  # fmt: skip
_COMMITMENT = ("name", "title", "metric", "measure", "target", "owner", "part")


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
    """Deadlines and commitments, in the order in which they stand, and the procedure."""

    deadlines: tuple[Deadline, ...]
    commitments: tuple[Commitment, ...]
    procedure: Procedure = NO_PROCEDURE


def read_rules(folder: Path) -> Rules:
    """Read every rules file of a folder, in the order of their names.

    Raises RuleError naming the file, the entry and the remedy.
    """
    deadlines: list[Deadline] = []
    commitments: list[Commitment] = []
    files: dict[str, Mapping[str, Any]] = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            told = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise RuleError(f"{path.name}: not valid TOML: {error}") from error
        for key in told:
            if key not in {"deadline", "commitment", "procedure"}:
                raise RuleError(
                    f"{path.name}: {key!r} is not known; use [[deadline]] and [[commitment]],"
                    " and [procedure]"
                )
        files[path.name] = told
        deadlines += [_deadline(path.name, entry) for entry in _entries(path, told, "deadline")]
        commitments += [
            _commitment(path.name, entry) for entry in _entries(path, told, "commitment")
        ]
    _check_once(deadlines)
    _check_names(commitments)
    names = {rule.name for rule in deadlines}
    for made in commitments:
        if made.metric == "deadline_compliance" and made.part not in names:
            raise RuleError(
                f"commitment {made.name!r}: no deadline is called {made.part!r};"
                f" there are {', '.join(sorted(names)) or 'none'}"
            )
    return Rules(tuple(deadlines), tuple(commitments), procedure_in(files))


def as_table(deadlines: Iterable[Deadline]) -> pl.DataFrame:
    """The rules as rows: one per deadline, a list null where any value fits."""
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


def _check_names(commitments: list[Commitment]) -> None:
    seen: set[str] = set()
    for made in commitments:
        if made.name in seen:
            raise RuleError(f"commitment {made.name!r} is there twice; rename one of them")
        seen.add(made.name)


def _entries(path: Path, told: Mapping[str, Any], kind: str) -> list[Mapping[str, Any]]:
    entries = told.get(kind, [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise RuleError(f"{path.name}: write every {kind} under [[{kind}]], in double brackets")
    return entries


def _need(
    file: str,
    kind: str,
    entry: Mapping[str, Any],
    keys: tuple[str, ...],
    known: tuple[str, ...],
) -> None:
    where = f"{file}: {kind} {entry.get('name', 'without a name')!r}"
    for key in keys:
        if key not in entry:
            raise RuleError(f"{where}: {key} is missing")
        if key not in {"within", "target"} and not isinstance(entry[key], str):
            raise RuleError(f"{where}: {key} must be a text in quotes")
    for key in entry:
        if key not in known:
            raise RuleError(f"{where}: {key!r} is not known; use {', '.join(known)}")


def _texts(where: str, key: str, told: object) -> tuple[str, ...]:
    if not isinstance(told, list) or not all(isinstance(text, str) for text in told):
        raise RuleError(f'{where}: {key} must be a list of texts, such as ["high"]')
    return tuple(told)


def _deadline(file: str, entry: Mapping[str, Any]) -> Deadline:
    must = ("name", "title", "from", "to", "within", "unit", "basis")
    _need(file, "deadline", entry, must, _DEADLINE)
    where = f"{file}: deadline {entry['name']!r}"
    passed_by = _texts(where, "passed_by", entry.get("passed_by", []))
    for kind in (entry["from"], entry["to"], *passed_by):
        if kind not in FIXED["kind"]:
            raise RuleError(
                f"{where}: {kind!r} is not a kind of event; use {', '.join(FIXED['kind'])}"
            )
    if entry["unit"] not in _LENGTHS:
        raise RuleError(f"{where}: unit must be {' or '.join(_LENGTHS)}")
    if type(entry["within"]) is not int or entry["within"] < 0:
        raise RuleError(f"{where}: within must be a whole number of days, 0 or more")
    first, until = _in_force(where, entry)
    return Deadline(
        name=entry["name"],
        title=entry["title"],
        from_kind=entry["from"],
        to_kind=entry["to"],
        within=entry["within"],
        length_unit=cast("Literal['calendar_days', 'working_days']", entry["unit"]),
        applies_to=_applies_to(where, entry.get("applies_to", {})),
        passed_by=passed_by,
        in_force_from=first,
        in_force_until=until,
        basis=entry["basis"],
        verified=entry.get("verified", False) is True,
    )


def _in_force(where: str, entry: Mapping[str, Any]) -> tuple[date, date]:
    """First day on which the rule is in force, and first day on which it no longer is."""
    days = (entry.get("in_force_from", ALWAYS), entry.get("in_force_until", FOR_EVER))
    # A date and time is a date to Python, but not to a calendar.
    if any(type(day) is not date for day in days):
        raise RuleError(f"{where}: write in_force_from and in_force_until as 2026-03-31")
    if days[0] >= days[1]:
        raise RuleError(f"{where}: in_force_until must be later than in_force_from")
    return days


def _applies_to(where: str, told: object) -> Mapping[str, tuple[str, ...]]:
    if not isinstance(told, dict):
        raise RuleError(f'{where}: write applies_to as {{ severity = ["high"] }}')
    for name in told:
        if name not in _APPLIES:
            raise RuleError(f"{where}: applies_to knows {', '.join(_APPLIES)}, not {name!r}")
    applies = {name: _texts(where, f"applies_to {name}", given) for name, given in told.items()}
    for level in applies.get("severity", ()):
        if level not in FIXED["severity"]:
            raise RuleError(
                f"{where}: severity is one of {', '.join(FIXED['severity'])}, not {level!r}"
            )
    return applies


def _commitment(file: str, entry: Mapping[str, Any]) -> Commitment:
    must = ("name", "title", "metric", "measure", "target", "owner")
    _need(file, "commitment", entry, must, _COMMITMENT)
    if type(entry["target"]) not in {int, float} or not 0 < entry["target"] <= 1:
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
