"""A workspace: the folder in which one organisation keeps its audit."""

import csv
import os
import secrets
import shutil
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from etl.description import SHIPPED, read_sources
from etl.errors import WorkspaceError
from etl.pseudonyms import KEY_BYTES, read_key
from etl.rules import Rules, read_rules
from etl.source import Source

CONFIGURATION = "case-audit.toml"


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who the audit is about, and how they count days and name a case."""

    name: str
    time_zone: str
    fiscal_year_start_month: int
    case_word: str
    case_word_plural: str
    calendar: str


@dataclass(frozen=True, slots=True)
class Workspace:
    """The files of one organisation's audit; everything but the key may be shared within it."""

    folder: Path
    organisation: Organisation
    audiences: Mapping[str, Mapping[str, Any]]
    renamed: Mapping[tuple[str, str], str] = field(default_factory=dict)
    # As written; what reads them says what is wrong with them.
    known_defects: tuple[Mapping[str, Any], ...] = ()
    owners: Mapping[str, Any] = field(default_factory=dict)

    @property
    def store_path(self) -> Path:
        """The restricted store with every case."""
        return self.folder / "audit.duckdb"

    @property
    def releases(self) -> Path:
        """The folder of sealed releases."""
        return self.folder / "releases"

    @property
    def reports(self) -> Path:
        """The folder into which reports are written."""
        return self.folder / "reports"

    def key(self) -> bytes:
        """The secret from which pseudonyms and the seeds of rounding are derived.

        Raises WorkspaceError where it is missing, open to other people, short or guessable.
        """
        return read_key(self.folder / "secret.key")

    def sources(self) -> dict[str, Source]:
        """The shipped sources and the workspace's own, which win."""
        return read_sources(SHIPPED, self.folder / "sources")

    def rules(self) -> Rules:
        """The workspace's deadlines and commitments."""
        return read_rules(self.folder / "rules")

    def headcount(self) -> pl.DataFrame:
        """Rows of headcount.csv: unit, from_on, people."""
        rows = csv_rows(self.folder / "headcount.csv", ("unit", "from", "people"))
        told: dict[tuple[str, str], int] = {}
        for line, row in rows:
            if not row["unit"].strip():
                raise WorkspaceError(f"headcount.csv line {line}: the unit is blank; name it")
            before = told.setdefault((row["unit"], row["from"]), line)
            if before != line:
                raise WorkspaceError(
                    f"headcount.csv line {line}: unit {row['unit']!r} has a headcount from"
                    f" {row['from']} on line {before} already; keep one of them"
                )
        return pl.DataFrame(
            [
                {
                    "unit": row["unit"],
                    "from_on": day_in("headcount.csv", line, row["from"]),
                    "people": _number("headcount.csv", line, row["people"]),
                }
                for line, row in rows
            ],
            schema={"unit": pl.String, "from_on": pl.Date, "people": pl.Float64},
        )

    def engagements(self) -> pl.DataFrame:
        """Rows of engagements.csv: unit, month (its first day), engagements with clients.

        Where the file has a column consent_forms, in how many of them a form was signed; null
        where nobody says.
        """
        rows = csv_rows(self.folder / "engagements.csv", ("unit", "month", "engagements"))
        told: dict[tuple[str, str], int] = {}
        for line, row in rows:
            _check_forms(line, row)
            before = told.setdefault((row["unit"], row["month"]), line)
            if before != line:
                raise WorkspaceError(
                    f"engagements.csv line {line}: unit {row['unit']!r} has its engagements of"
                    f" {row['month']} on line {before} already; keep one of them"
                )
        return pl.DataFrame(
            [
                {
                    "unit": row["unit"],
                    "month": _first_of_month("engagements.csv", line, row["month"]),
                    "engagements": _number(
                        "engagements.csv", line, row["engagements"], what="engagements"
                    ),
                    "consent_forms": _forms(line, row),
                }
                for line, row in rows
            ],
            schema={
                "unit": pl.String,
                "month": pl.Date,
                "engagements": pl.Float64,
                "consent_forms": pl.Float64,
            },
        )

    def annotations(self) -> pl.DataFrame:
        """Rows of annotations.csv: happened_on, text, owner, part, level."""
        columns = ("date", "text", "owner", "part", "unit")
        rows = csv_rows(self.folder / "annotations.csv", columns)
        return pl.DataFrame(
            [
                {
                    "happened_on": day_in("annotations.csv", line, row["date"]),
                    "text": row["text"],
                    "owner": row["owner"],
                    "part": row["part"] or "",
                    "level": row["unit"] or "",
                }
                for line, row in rows
            ],
            schema={
                "happened_on": pl.Date,
                "text": pl.String,
                "owner": pl.String,
                "part": pl.String,
                "level": pl.String,
            },
        )


def init(folder: Path, *, template: Path | None = None) -> Workspace:
    """Make a workspace with commented defaults, or from a template folder, and a secret key.

    Raises WorkspaceError where the folder holds a workspace already.
    """
    if (folder / CONFIGURATION).exists():
        raise WorkspaceError(f"{folder} is a workspace already; nothing was changed")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with resources.as_file(resources.files("etl") / "template") as shipped:
        shutil.copytree(template or shipped, folder, dirs_exist_ok=True)
    for name in ("sources", "rules", "releases", "reports"):
        (folder / name).mkdir(exist_ok=True)
    # Copying a folder copies its permissions too: what is for the owner alone comes after it.
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
    descriptor = os.open(folder / "secret.key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(KEY_BYTES) + "\n")
    return open_workspace(folder)


def open_workspace(folder: Path) -> Workspace:
    """Read a workspace's configuration.

    Raises WorkspaceError naming the file, the key and the remedy.
    """
    path = folder / CONFIGURATION
    if not path.is_file():
        raise WorkspaceError(
            f"{folder} is not a workspace (it has no {CONFIGURATION});"
            f" make one with: case-audit init {folder}"
        )
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WorkspaceError(f"{CONFIGURATION}: not valid TOML: {error}") from error
    return Workspace(
        folder=folder,
        organisation=_organisation(told.get("organisation", {})),
        audiences=told.get("audiences", {}),
        renamed=_renamed(told.get("renamed", [])),
        known_defects=tuple(told.get("known_defect", ())),
        owners=told.get("owners", {}),
    )


def _renamed(told: object) -> dict[tuple[str, str], str]:
    """The crosswalk of reorganisations: breakdown and old code, and the code that follows."""
    rows = told if isinstance(told, list) else [told]
    for row in rows:
        names = ("breakdown", "from", "to")
        if not isinstance(row, dict) or any(not isinstance(row.get(n), str) for n in names):
            raise WorkspaceError(
                f"{CONFIGURATION}: each [[renamed]] needs the texts {', '.join(names)}"
            )
    return {
        (str(r["breakdown"]), str(r["from"])): str(r["to"]) for r in rows if isinstance(r, dict)
    }


def _organisation(about: object) -> Organisation:
    if not isinstance(about, dict):
        raise WorkspaceError(f"{CONFIGURATION}: organisation must be a table, [organisation]")
    for key in ("name", "time_zone", "calendar"):
        if key not in about:
            raise WorkspaceError(f"{CONFIGURATION}: {key} is missing under [organisation]")
    month = about.get("fiscal_year_start_month", 1)
    if type(month) is not int or month not in range(1, 13):
        raise WorkspaceError(f"{CONFIGURATION}: fiscal_year_start_month is 1 to 12")
    for key, given in about.items():
        if key != "fiscal_year_start_month" and not isinstance(given, str):
            raise WorkspaceError(f"{CONFIGURATION}: {key} must be a text in quotes")
    _check_zone(about["time_zone"])
    word = about.get("case_word", "case")
    return Organisation(
        name=about["name"],
        time_zone=about["time_zone"],
        fiscal_year_start_month=month,
        case_word=word,
        case_word_plural=about.get("case_word_plural", f"{word}s"),
        calendar=about["calendar"],
    )


def _check_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        raise WorkspaceError(
            f"{CONFIGURATION}: time_zone {zone!r} is not a time zone's name"
        ) from error


def csv_rows(path: Path, columns: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    """Rows of a file of the workspace with their lines; none where there is no file."""
    if not path.is_file():
        return []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            for name in columns:
                if name not in (reader.fieldnames or ()):
                    raise WorkspaceError(
                        f"{path.name} line 1: column {name!r} is missing; the first line must"
                        f" read {','.join(columns)}"
                    )
            return [(reader.line_num, _whole(path, reader.line_num, row)) for row in reader]
    except UnicodeDecodeError as error:
        raise WorkspaceError(
            f"{path.name}: it is not written in UTF-8; save it as CSV in UTF-8"
        ) from error
    except csv.Error as error:
        raise WorkspaceError(
            f"{path.name}: its quotation marks do not close ({error}); correct them"
        ) from error


def _whole(path: Path, line: int, row: dict[str | Any, str | Any]) -> dict[str, str]:
    # The reader of the standard library files what is too many under None, and so what lacks.
    if any(name is None or text is None for name, text in row.items()):
        raise WorkspaceError(
            f"{path.name} line {line}: it has more or fewer fields than the first line; put"
            " quotation marks around text that holds a comma"
        )
    return row


def day_in(name: str, line: int, text: str) -> date:
    """A day as it is written in a file of the workspace.

    Raises WorkspaceError naming the file, the line and how to write it.
    """
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise WorkspaceError(
            f"{name} line {line}: {text!r} is not a date; write it as 2026-03-31"
        ) from error


def _first_of_month(name: str, line: int, text: str) -> date:
    day = day_in(name, line, text)
    if day.day != 1:
        raise WorkspaceError(
            f"{name} line {line}: write the first day of the month, not {text}"
        )
    return day


def _forms(line: int, row: Mapping[str, str]) -> float | None:
    text = row.get("consent_forms", "").strip()
    return _number("engagements.csv", line, text, what="consent forms") if text else None


def _check_forms(line: int, row: Mapping[str, str]) -> None:
    forms = _forms(line, row)
    if forms is not None and forms > _number("engagements.csv", line, row["engagements"]):
        raise WorkspaceError(
            f"engagements.csv line {line}: {row['consent_forms']} consent forms for"
            f" {row['engagements']} engagements; there cannot be more forms than engagements"
        )


def _number(name: str, line: int, text: str, *, what: str = "people") -> float:
    try:
        number = float(text)
    except (TypeError, ValueError) as error:
        raise WorkspaceError(f"{name} line {line}: {text!r} is not a number") from error
    if not 0 <= number < float("inf"):
        raise WorkspaceError(f"{name} line {line}: {what} cannot be {text}")
    return number
