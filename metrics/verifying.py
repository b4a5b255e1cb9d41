"""Whether a workspace's releases and its ledger are as they were written; it takes the key."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from etl.store import StoreError
from metrics.approvals import Places, Standing, same_person, standings
from metrics.disclosure.headlines import LAYER, Booking, bookings, said, spent
from metrics.disclosure.layers import commitment
from metrics.disclosure.ledger import LedgerError, faults
from metrics.release import Release, open_release, states_file, states_in
from metrics.sealing import content_digest


@dataclass(frozen=True, slots=True)
class Kept:
    """What a look at the ledger and all sealed files came to."""

    entries: int
    releases: int
    faults: tuple[str, ...]

    def lines(self) -> tuple[str, ...]:
        """The result in words."""
        if self.faults:
            return tuple(f"FAIL {fault}" for fault in self.faults)
        return (
            f"ok   the ledger: {self.entries} entries as they were written,"
            f" {self.releases} release(s) as they were sealed",
        )


def kept(places: Places) -> Kept:
    """Compare the ledger with itself, and every release file and state with the ledger."""
    opened: dict[str, Release] = {}
    found: list[str] = []
    for path in places.known():
        try:
            opened[path.stem] = open_release(path)
        except StoreError:
            found.append(f"{path.name} cannot be read as a release")
    told = {
        name: (release.manifest, _digest(places, release), release.table("cubes"))
        for name, release in opened.items()
    }
    found += faults(places.ledger, told)
    try:
        entries = places.ledger.entries()
    except LedgerError:
        return Kept(0, len(opened), tuple(found))
    proofs = {e["release"]: e.get("attack") for e in entries if e["kind"] == "release"}
    for name, release in opened.items():
        proof = places.ledger.digest(release.manifest.get("attack", "").encode())
        if name in proofs and proofs[name] != proof:
            found.append(f"release {name} carries another proof than it was sealed with")
    found += [fault for each in opened.values() for fault in _unopened(places, each)]
    booked = bookings(places.ledger)
    found += [fault for each in opened.values() for fault in _misbooked(each, booked)]
    known = standings(entries)
    found += [fault for standing in known.values() for fault in _improper(standing)]
    found += _misstated(places, known)
    return Kept(len(entries), len(opened), tuple(found))


def _digest(places: Places, release: Release) -> str:
    return content_digest(release.tables, release.manifest, places.ledger)


def _unopened(places: Places, release: Release) -> Iterator[str]:
    """Whether the seed that lies with the proof is the one that the release is bound to."""
    path = places.proofs / f"{release.id}.json"
    bound = release.manifest.get("seed_commitment")
    if not bound or not path.is_file():
        return
    opening = json.loads(path.read_text(encoding="utf-8")).get("seed_opening", {})
    if bound not in {commitment(bytes.fromhex(seed)) for seed in opening.values()}:
        yield f"release {release.id} is bound to another seed than lies with its proof"


def _misbooked(release: Release, booked: Sequence[Booking]) -> Iterator[str]:
    """What a release of headlines says of its noise and its cost, and the ledger otherwise."""
    held = release.manifest
    if held["method"] != LAYER:
        return
    before = [one for one in booked if one.number <= int(held["ledger_entries"])]
    if str(spent(before)) != held["spent"]:
        yield f"release {release.id} says {held['spent']} is spent, the ledger {spent(before)}"
    words = {
        (metric, part, month, n): said(one.epsilon)
        for one in before
        for metric, part, month, n in one.cells.select(*_DRAWN).iter_rows()
    }
    told = release.table("figures")
    for cell, reason in zip(
        release.table("cubes").select(*_DRAWN).iter_rows(), told["reason"], strict=False
    ):
        if words.get(cell) != reason:
            yield f"release {release.id} has a number that was not booked, or not at this noise"


_DRAWN = ("metric", "part", "month", "n")


def _improper(standing: Standing) -> Iterator[str]:
    """What is wrong with the way in which a release was approved."""
    if any(same_person(standing.maker, name) for name in standing.approved_by):
        yield f"release {standing.release} was approved by who made it"
    if standing.was_published and len(standing.approved_by) < standing.needed:
        yield (
            f"release {standing.release} was published with {len(standing.approved_by)} of"
            f" {standing.needed} approvals"
        )


def _misstated(places: Places, known: Mapping[str, Standing]) -> Iterator[str]:
    """States that the dashboard is told and that are not those of the ledger."""
    path = states_file(places.releases)
    try:
        states = states_in(places.releases)
    except json.JSONDecodeError:
        yield f"{path.name} cannot be read"
        return
    for name, state in states.items():
        if path.is_file() and name in known and known[name].state != state:
            yield f"{path.name} says {state} of release {name}, which is {known[name].state}"
