"""The procedure that a case must go through, read from `[procedure]` of a rules file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from etl.errors import RuleError
from etl.rules import entries

_KEYS = ("steps", "mandatory", "mandatory_for", "four_eyes", "basis", "verified")


@dataclass(frozen=True, slots=True)
class Procedure:
    """The steps in their order, which of them no case may skip, and who may not do both.

    `mandatory` maps a step to the severities for which it is; none named: for all of them.
    """

    steps: tuple[str, ...] = ()
    mandatory: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    four_eyes: tuple[tuple[str, str], ...] = ()
    basis: str = ""
    verified: bool = False

    @property
    def overtaken(self) -> tuple[str, ...]:
        """Steps that a later one could be done before."""
        return self.steps[:-1]

    @property
    def skippable(self) -> tuple[str, ...]:
        """Mandatory steps, in the order of the procedure."""
        return tuple(step for step in self.steps if step in self.mandatory)

    @property
    def waits(self) -> tuple[str, ...]:
        """The names of the waits between each step and the next."""
        following = zip(self.steps, self.steps[1:], strict=False)
        return tuple(f"{first}_to_{second}" for first, second in following)

    @property
    def pairs(self) -> tuple[str, ...]:
        """The names of the pairs of acts that one person may not both do."""
        return tuple(f"{first}_and_{second}" for first, second in self.four_eyes)


NO_PROCEDURE = Procedure()


def procedure_in(files: Mapping[str, Mapping[str, Any]]) -> Procedure:
    """The one procedure that the rules files, as TOML by name, declare; or none.

    Raises RuleError naming the file, the key and the remedy.
    """
    told = {name: given["procedure"] for name, given in files.items() if "procedure" in given}
    if len(told) > 1:
        raise RuleError(f"[procedure] stands in {' and in '.join(told)}; keep one of them")
    for name, given in told.items():
        return _procedure(f"{name}: procedure", given)
    return NO_PROCEDURE


def as_tables(procedure: Procedure) -> dict[str, pl.DataFrame]:
    """The staging tables of the procedure, by name."""
    steps = pl.DataFrame(
        [
            {
                "step": step,
                "position": position,
                "mandatory": step in procedure.mandatory,
                "severities": list(procedure.mandatory.get(step, ())) or None,
            }
            for position, step in enumerate(procedure.steps)
        ],
        schema={
            "step": pl.String,
            "position": pl.Int64,
            "mandatory": pl.Boolean,
            "severities": pl.List(pl.String),
        },
    )
    pairs = pl.DataFrame(
        list(procedure.four_eyes),
        schema={"first_kind": pl.String, "second_kind": pl.String},
        orient="row",
    )
    return {"procedure_steps": steps, "procedure_pairs": pairs}


def _procedure(where: str, told: object) -> Procedure:
    if not isinstance(told, dict):
        raise RuleError(f"{where}: write it under [procedure], in single brackets")
    entries.need(where, told, ("steps", "basis"), _KEYS)
    steps = entries.kinds(where, "steps", told)
    if len(steps) < 2 or len(set(steps)) < len(steps):
        raise RuleError(f"{where}: steps names two kinds of event or more, each once")
    return Procedure(
        steps=steps,
        mandatory=_mandatory(where, told, steps),
        four_eyes=_four_eyes(where, told.get("four_eyes", [])),
        basis=entries.text(where, told, "basis"),
        verified=entries.truth(where, told, "verified"),
    )


def _mandatory(
    where: str, told: Mapping[str, Any], steps: tuple[str, ...]
) -> dict[str, tuple[str, ...]]:
    always = entries.kinds(where, "mandatory", told)
    some = told.get("mandatory_for", {})
    if not isinstance(some, dict):
        raise RuleError(f'{where}: write [procedure.mandatory_for] decided = ["high"]')
    found: dict[str, tuple[str, ...]] = dict.fromkeys(always, ())
    for step, severities in some.items():
        if step in found:
            raise RuleError(f"{where}: {step!r} is mandatory twice; keep one of them")
        applies = entries.applies_to(f"{where}: {step}", {"severity": severities})
        found[step] = applies["severity"]
    for step in found:
        if step not in steps[:-1]:
            raise RuleError(
                f"{where}: mandatory {step!r}: only a step that another follows can be proven"
                f" skipped; there are {', '.join(steps[:-1])}"
            )
    return found


def _four_eyes(where: str, told: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(told, list):
        raise RuleError(f'{where}: write four_eyes = [["investigated", "decided"]]')
    pairs = []
    for each in told:
        kinds = entries.kinds(where, "four_eyes", {"four_eyes": each})
        if len(kinds) != 2 or kinds[0] == kinds[1]:
            raise RuleError(f"{where}: four_eyes: each entry names two kinds of event")
        pairs.append((kinds[0], kinds[1]))
    return tuple(pairs)
