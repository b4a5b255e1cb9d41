"""Who made, approved and withdrew a release, and the state that it is in.

A release is a *draft* while it is attacked, *checked* once it has been sealed, *approved* when
as many people as its policy asks for, none of them its maker, have said so, *published* from
then on, and *withdrawn* for ever. Every step is an entry of the ledger: none is changed, and
none can be taken back. Approvals belong to one sealed file: other data give another release,
which nobody has approved yet.
"""

import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal

from etl.errors import InputError
from metrics.disclosure.ledger import Entry, Ledger
from metrics.release import releases_in, states_file

Step = Literal["draft", "checked", "approved", "published", "withdrawn", "refused"]


class ApprovalError(InputError):
    """Somebody may not approve or withdraw this release, or not now; the message says why."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who acts: the name or role they give, the account they type from, and when."""

    name: str
    account: str = ""
    at: str = ""

    def told(self) -> dict[str, str]:
        """What the ledger keeps of who did something."""
        return {"by": self.name, "account": self.account, "at": self.at}


UNNAMED = Person("unnamed")


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of one release. `needed` people other than the maker must approve it."""

    release: str
    audience: str
    state: Step
    maker: str
    needed: int = 0
    approved_by: tuple[str, ...] = ()
    inputs: str = ""
    exact: bool = False
    reason: str = ""
    was_published: bool = False

    @property
    def as_of(self) -> date | None:
        """The as-of day, which a release has in its name."""
        day = re.match(r"\d+-(\d{4}-\d\d-\d\d)-", self.release)
        return date.fromisoformat(day[1]) if day else None

    @property
    def lacking(self) -> int:
        """How many approvals it waits for."""
        return max(0, self.needed - len(self.approved_by)) if self.state == "checked" else 0

    def in_words(self) -> str:
        """The state as people read it."""
        if self.lacking:
            return f"checked, waits for {_people(self.lacking)} to approve it"
        if self.state == "withdrawn":
            return f"withdrawn: {self.reason}"
        return self.state


@dataclass(frozen=True, slots=True)
class Places:
    """Where a workspace keeps its releases, and its ledger."""

    releases: Path
    ledger: Ledger

    @property
    def proofs(self) -> Path:
        """What the attacks found, place by place: never published."""
        return self.releases.parent / "proofs"

    @property
    def withdrawn(self) -> Path:
        """Releases that were withdrawn before anybody was to read them."""
        return self.releases.parent / "withdrawn"

    def known(self) -> list[Path]:
        """Every release that readers have or may yet get, in the order of sealing."""
        return releases_in(self.releases)

    def ever(self) -> list[Path]:
        """Those, and the withdrawn ones that nobody read."""
        return sorted((*self.known(), *releases_in(self.withdrawn)), key=lambda path: path.name)


def standings(entries: Sequence[Entry]) -> dict[str, Standing]:
    """The state of every release by its name, in the order in which they were begun."""
    found: dict[str, Standing] = {}
    for entry in entries:
        name = entry.get("release")
        if name is None or entry["kind"] == "counts":
            continue
        after = _after(found.get(name), entry)
        if after is not None:
            found[name] = after
    return found


def _after(before: Standing | None, entry: Entry) -> Standing | None:
    kind = entry["kind"]
    if kind in {"draft", "release"}:
        return _begun(entry)
    if before is None:
        return None
    if kind == "refused":
        return replace(before, state="refused")
    if kind == "approved":
        names = (*before.approved_by, entry["by"])
        state: Step = "approved" if len(names) >= before.needed else before.state
        return replace(before, approved_by=names, state=state)
    if kind == "again":
        return _again(before, entry["inputs"])
    if kind == "published":
        return replace(before, state="published", was_published=True)
    if kind == "withdrawn":
        return replace(before, state="withdrawn", reason=entry["reason"])
    return before


def _begun(entry: Entry) -> Standing:
    # Releases that were sealed before approvals were asked for were published at once.
    early = entry["kind"] == "release" and "approvals" not in entry
    sealed: Step = "published" if early else "checked"
    return Standing(
        release=entry["release"],
        audience=entry.get("audience", ""),
        state="draft" if entry["kind"] == "draft" else sealed,
        maker=entry.get("by", ""),
        needed=entry.get("approvals", 0),
        inputs=entry.get("inputs", ""),
        exact=entry.get("method") == "identity",
        was_published=early,
    )


def _again(before: Standing, inputs: str) -> Standing:
    if before.was_published:
        return replace(before, inputs=inputs)
    return replace(before, approved_by=(), state="checked", inputs=inputs)


def made_again(places: Places, release: str, inputs: str, person: Person) -> Standing:
    """Record that other data gave this release too; what nobody has read is approved anew."""
    if _standing(places, release).inputs != inputs:
        places.ledger.append("again", release=release, inputs=inputs, **person.told())
    return publish_if_due(places, release, person)


def publish_if_due(places: Places, release: str, person: Person) -> Standing:
    """Publish a sealed release that waits for nobody, and say what it is now."""
    standing = _standing(places, release)
    if standing.state in {"checked", "approved"} and not standing.lacking:
        places.ledger.append("published", release=release, **person.told())
    _keep_states(places)
    return _standing(places, release)


def approve(
    places: Places, release: str, person: Person, *, entitled: Sequence[str] = (), inputs: str
) -> Standing:
    """Approve one sealed release; the last approval that it waits for publishes it.

    `entitled` are those who may, anybody where there are none; `inputs` is the digest of the
    data as they are now. Raises ApprovalError where it may not be approved, or not by them.
    """
    known = standings(places.ledger.entries())
    standing = _standing(places, release)
    reason = _unfit(standing, known, inputs) or _unentitled(standing, person, entitled)
    if reason:
        raise ApprovalError(f"{release} is not approved: {reason}")
    places.ledger.append("approved", release=release, **person.told())
    return publish_if_due(places, release, person)


def _unfit(standing: Standing, known: Mapping[str, Standing], inputs: str) -> str | None:
    if standing.state != "checked":
        return f"it is {standing.in_words()}, and only a checked release waits for approval"
    newer = [
        other.release
        for other in known.values()
        if other.audience == standing.audience
        and other.release > standing.release
        and other.state not in {"draft", "refused", "withdrawn"}
    ]
    if newer:
        return f"{newer[-1]} was made after it and replaces it"
    if standing.inputs and standing.inputs != inputs:
        return (
            "the data or rules have changed since it was made; make it anew with:"
            f" case-audit publish --audience {standing.audience}"
        )
    return None


def _unentitled(standing: Standing, person: Person, entitled: Sequence[str]) -> str | None:
    if not person.name.strip():
        return "say who approves it, with --as NAME"
    if same_person(person.name, standing.maker):
        return f"{person.name} made it; somebody else must approve it"
    if any(same_person(person.name, name) for name in standing.approved_by):
        return f"{person.name} has approved it already; somebody else must too"
    if entitled and not any(same_person(person.name, name) for name in entitled):
        return f"{person.name} may not; those who may are {', '.join(entitled)}"
    return None


def same_person(one: str, other: str) -> bool:
    """Whether two names are one, however they are written."""
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def withdraw(places: Places, release: str, person: Person, *, reason: str) -> Standing:
    """Withdraw a release: it is never current again, and what it told stays told.

    A release that was never published is put aside, and its counts are no longer kept as told,
    unless others were made from them. Raises ApprovalError where there is no reason.
    """
    if not reason.strip():
        raise ApprovalError("say why it is withdrawn, with --reason: it is recorded")
    standing = _standing(places, release)
    if standing.state in {"withdrawn", "draft", "refused"}:
        raise ApprovalError(f"{release} is {standing.in_words()}; nothing was changed")
    entries = places.ledger.entries()
    untold = [] if standing.was_published else untold_with(release, entries)
    places.ledger.append(
        "withdrawn", release=release, reason=reason.strip(), untold=untold, **person.told()
    )
    for name in untold:
        _put_aside(places, name)
    _keep_states(places)
    return _standing(places, release)


def untold_with(release: str, entries: Sequence[Entry]) -> list[str]:
    """Releases whose counts nobody was told, once this one is withdrawn before publication.

    Counts that a later release was made from, or repeats, stay told.
    """
    known = standings(entries)
    if known[release].exact:
        return [release]
    gone = {name for entry in entries for name in entry.get("untold", ())}
    found: list[str] = []
    for standing in reversed(known.values()):
        if standing.exact or standing.release in gone or standing.state in {"draft", "refused"}:
            continue
        is_withdrawn = standing.state == "withdrawn" or standing.release == release
        if standing.was_published or not is_withdrawn:
            break
        found.append(standing.release)
    return found


def _put_aside(places: Places, name: str) -> None:
    path = places.releases / f"{name}.duckdb"
    if path.is_file():
        places.withdrawn.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.rename(places.withdrawn / path.name)


def _standing(places: Places, release: str) -> Standing:
    known = standings(places.ledger.entries())
    if release not in known:
        names = ", ".join(known) or "none"
        raise ApprovalError(f"the ledger has no release {release!r}; it has: {names}")
    return known[release]


def _keep_states(places: Places) -> None:
    """Tell the dashboard, which does not open the ledger, what it may show."""
    known = standings(places.ledger.entries())
    path = states_file(places.releases)
    beside = path.with_name(f".{path.name}")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump({name: each.state for name, each in known.items()}, file, indent=1)
    beside.replace(path)


def _people(count: int) -> str:
    return "one person" if count == 1 else f"{count} people"
