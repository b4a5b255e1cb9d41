"""A route: which procedure a case must take, and which ones do not do for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from etl.errors import RuleError
from etl.rules import entries
from etl.rules.entries import Entry

MUST = ("name", "title", "demands", "basis")
KNOWN = (
    *MUST, "instead_of", "applies_to", "in_force_from", "in_force_until", "verified",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Route:
    """Cases that it concerns must see one of `demands`; one of `instead_of` does not do."""

    name: str
    title: str
    demands: tuple[str, ...]
    instead_of: tuple[str, ...]
    applies_to: Mapping[str, tuple[str, ...]]
    in_force_from: date
    in_force_until: date
    basis: str
    verified: bool


def route(file: str, entry: Entry) -> Route:
    """Read one [[route]]. Raises RuleError naming the file, the entry and the remedy."""
    where = f"{file}: route {entry.get('name', 'without a name')!r}"
    entries.need(where, entry, MUST, KNOWN)
    first, until = entries.in_force(where, entry)
    found = Route(
        name=entries.text(where, entry, "name"),
        title=entries.text(where, entry, "title"),
        demands=entries.kinds(where, "demands", entry),
        instead_of=entries.kinds(where, "instead_of", entry),
        applies_to=entries.applies_to(where, entry.get("applies_to", {})),
        in_force_from=first,
        in_force_until=until,
        basis=entries.text(where, entry, "basis"),
        verified=entries.truth(where, entry, "verified"),
    )
    if not found.demands:
        raise RuleError(f"{where}: demands needs a kind of event")
    return found
