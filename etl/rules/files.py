"""The rules files of a workspace, with the presets that they switch on."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from etl.errors import RuleError
from etl.rules import entries
from etl.rules.deadline import Deadline
from etl.rules.parsing import KNOWN, SUBSTANCE, deadline
from etl.rules.practices import NO_PRACTICES, Practices, practices_in
from etl.rules.procedure import NO_PROCEDURE, Procedure, procedure_in
from etl.rules.route import Route, route

PRESETS = Path(__file__).parent / "presets"

_LISTED = ("deadline", "commitment", "route", "override")
_ALONE = ("presets", "ladder", "procedure", "practices")
_COMMITMENT = ("name", "title", "metric", "measure", "target", "owner", "part")


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
    """All that a workspace demands, in the order in which it stands.

    `ladder` names the levels of escalation from the lowest, where cases begin, to the highest.
    """

    deadlines: tuple[Deadline, ...]
    commitments: tuple[Commitment, ...]
    routes: tuple[Route, ...] = ()
    ladder: tuple[str, ...] = ()
    procedure: Procedure = NO_PROCEDURE
    practices: Practices = NO_PRACTICES


_Told = Mapping[str, Any]


def read_rules(folder: Path) -> Rules:
    """Read every rules file of a folder, in the order of their names.

    Raises RuleError naming the file, the entry and the remedy.
    """
    files = {path.name: told(path) for path in sorted(folder.glob("*.toml"))}
    own = [
        deadline(name, entry)
        for name, told in files.items()
        for entry in _entries(name, told, "deadline")
    ]
    deadlines = [*own, *_from_presets(files)]
    commitments = [
        _commitment(name, entry)
        for name, told in files.items()
        for entry in _entries(name, told, "commitment")
    ]
    commitments += _of_targets(deadlines, {made.part for made in commitments})
    routes = [
        route(name, entry)
        for name, told in files.items()
        for entry in _entries(name, told, "route")
    ]
    _check_once("deadline", deadlines)
    _check_once("route", routes)
    _check_commitments(commitments, {rule.name for rule in deadlines})
    ladder = _ladder(files)
    _check_references(deadlines, ladder)
    return Rules(
        deadlines=tuple(deadlines),
        commitments=tuple(commitments),
        routes=tuple(routes),
        ladder=ladder,
        procedure=procedure_in(files),
        practices=practices_in(files),
    )


def presets() -> tuple[str, ...]:
    """The names of the presets that come with the product."""
    return tuple(path.stem for path in sorted(PRESETS.glob("*.toml")))


def told(path: Path) -> Mapping[str, Any]:
    """One rules file as it stands. Raises RuleError where it is no rules file."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RuleError(f"{path.name}: not valid TOML: {error}") from error
    for key in found:
        if key not in {*_LISTED, *_ALONE}:
            raise RuleError(
                f"{path.name}: {key!r} is not known; use [[deadline]] and [[commitment]],"
                " [[route]], [[override]], [procedure], [practices], presets and ladder"
            )
    return found


def _entries(file: str, told: _Told, kind: str) -> list[_Told]:
    found = told.get(kind, [])
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise RuleError(f"{file}: write every {kind} under [[{kind}]], in double brackets")
    return found


def _from_presets(files: Mapping[str, _Told]) -> list[Deadline]:
    """The deadlines of the presets switched on, each with what the workspace overrides."""
    overrides = {
        entries.text(f"{name}: override", entry, "name"): (name, entry)
        for name, told in files.items()
        for entry in _entries(name, told, "override")
    }
    found: list[Deadline] = []
    met: set[str] = set()
    for file, told in files.items():
        for preset in entries.texts(file, "presets", told.get("presets", [])):
            for entry in _entries(f"{preset}.toml", _preset(file, preset), "deadline"):
                met.add(entry["name"])
                made = _overridden(preset, entry, *overrides.get(entry["name"], ("", {})))
                found += [made] if made else []
    for name, (file, _) in overrides.items():
        if name not in met:
            raise RuleError(
                f"{file}: override {name!r}: no preset that is switched on has a deadline of"
                f" that name; there are {', '.join(sorted(met)) or 'none'}"
            )
    return found


def _preset(file: str, name: str) -> _Told:
    if name not in presets():
        near = get_close_matches(name, presets(), 1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise RuleError(
            f"{file}: no preset is called {name!r}; {hint}there are {', '.join(presets())}"
        )
    return told(PRESETS / f"{name}.toml")


def _overridden(preset: str, entry: _Told, file: str, changes: _Told) -> Deadline | None:
    """One deadline of a preset as the workspace wants it, or nothing where it is off."""
    where = f"{file}: override {entry['name']!r}"
    entries.need(where, changes, (), (*KNOWN, "off"))
    if entries.truth(where, changes, "off"):
        return None
    if "within" not in {**entry, **changes}:
        raise RuleError(
            f"preset {preset}: {entry['name']!r} has no length of its own, since the text that"
            " it stands for sets none; give it within and unit in an [[override]], or off ="
            " true"
        )
    told = {**entry, **{key: given for key, given in changes.items() if key != "off"}}
    made = deadline(file or f"{preset}.toml", told, preset=preset)
    if SUBSTANCE & changes.keys() and changes.get("verified") is not True:
        return replace(made, verified=False)
    return made


def _commitment(file: str, entry: _Told) -> Commitment:
    where = f"{file}: commitment {entry.get('name', 'without a name')!r}"
    must = ("name", "title", "metric", "measure", "target", "owner")
    entries.need(where, entry, must, _COMMITMENT)
    told = {key: entries.text(where, entry, key) for key in must if key != "target"}
    return Commitment(
        **told,
        part=entries.text(where, entry, "part", default=""),
        target=entries.share(where, entry["target"]),
    )


def _of_targets(deadlines: Iterable[Deadline], promised: set[str]) -> list[Commitment]:
    """A commitment for every deadline with a target, unless one is written out."""
    made = {
        rule.name: Commitment(
            name=rule.name,
            title=rule.title,
            metric="deadline_compliance",
            measure="share_met",
            part=rule.name,
            target=rule.target,
            owner=rule.owner,
        )
        for rule in deadlines
        if rule.target is not None and rule.name not in promised
    }
    return [*made.values()]


def _ladder(files: Mapping[str, _Told]) -> tuple[str, ...]:
    told = [
        entries.texts(name, "ladder", each["ladder"])
        for name, each in files.items()
        if "ladder" in each
    ]
    if len(told) > 1:
        raise RuleError("ladder stands in several rules files; keep one of them")
    levels = told[0] if told else ()
    if len(set(levels)) < len(levels):
        raise RuleError("ladder names a level twice; from the lowest to the highest, each once")
    return levels


def _check_once(kind: str, rules: list[Any]) -> None:
    for number, rule in enumerate(rules):
        for other in rules[:number]:
            overlap = (
                rule.in_force_from < other.in_force_until
                and other.in_force_from < rule.in_force_until
            )
            if rule.name == other.name and overlap:
                raise RuleError(f"{kind} {rule.name!r} is in force twice on the same day")


def _check_commitments(commitments: list[Commitment], names: set[str]) -> None:
    seen: set[str] = set()
    for made in commitments:
        if made.name in seen:
            raise RuleError(f"commitment {made.name!r} is there twice; rename one of them")
        seen.add(made.name)
        if made.metric == "deadline_compliance" and made.part not in names:
            raise RuleError(
                f"commitment {made.name!r}: no deadline is called {made.part!r};"
                f" there are {', '.join(sorted(names)) or 'none'}"
            )


def _check_references(deadlines: list[Deadline], ladder: tuple[str, ...]) -> None:
    plain = {rule.name for rule in deadlines if rule.lapses is None}
    for rule in deadlines:
        if rule.to_level is not None and rule.to_level not in ladder:
            raise RuleError(
                f"deadline {rule.name!r}: to_level {rule.to_level!r} is not on the ladder;"
                f" there are {', '.join(ladder) or 'none: write ladder = [...]'}"
            )
        for name in rule.lapses.rules if rule.lapses else ():
            if name not in plain:
                raise RuleError(
                    f"deadline {rule.name!r}: lapses of {name!r}: there is no such deadline, or"
                    f" it waits for lapses itself; there are {', '.join(sorted(plain))}"
                )
