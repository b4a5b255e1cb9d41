"""Seal a release: attack what was written, enter it in the ledger, move it in place."""

import hashlib
import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from etl.errors import InputError
from etl.store import Store
from metrics.approvals import (
    UNNAMED,
    Person,
    Places,
    made_again,
    publish_if_due,
    standings,
)
from metrics.attack.report import Attack, attack
from metrics.disclosure.layers import Protected
from metrics.disclosure.ledger import Ledger
from metrics.disclosure.policy import Policy
from metrics.release import TABLES

# What a release says of its own sealing: not part of what is sealed.
ANCHORS = ("release", "attack", "ledger_entries", "ledger_head")


class UnsafeError(InputError):
    """The attack on the release succeeded: a finding, and nothing was published."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a release was made of, and by whom: for the ledger alone.

    `inputs` is the digest of the data. It is in no protected release: other data that give the
    same counts give the same release, byte for byte.
    """

    protected: Protected | None
    inputs: str
    maker: Person = UNNAMED


def seal(
    tables: Mapping[str, pl.DataFrame],
    facts: Mapping[str, str],
    policy: Policy,
    *,
    made: Made,
    places: Places,
    say: Callable[[str], None] = lambda _: None,
) -> Path:
    """Write the release beside its place, attack it, and move it there, whole.

    Its name begins with a number that says in which order releases were sealed. The same
    content again is the release that is there already. It is published where its policy asks
    for nobody's approval. Raises UnsafeError where the attack on it and on all releases before
    it, to all audiences, finds something.
    """
    digest = content_digest(tables, facts, places.ledger)
    ending = f"{facts['as_of']}-{facts['audience']}-{digest[:8]}"
    same = _same(ending, facts["audience"], places)
    if same is not None:
        made_again(places, same.stem, made.inputs, made.maker)
        return same
    name = f"{_next_number(places):04}-{ending}"
    folder = places.releases
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = folder / f".{name}.draft"
    _write(draft, tables, {"release": name, **facts})
    anchors: dict[str, str] = {"release": name}
    begun = {
        "release": name,
        "audience": policy.audience,
        "inputs": made.inputs,
        **made.maker.told(),
    }
    places.ledger.append("draft", **begun)
    if policy.method != "identity":
        say("attacking what was written, with every release before it")
        found = _attacked(draft, places.known(), places, name, made.protected)
        anchors["attack"] = json.dumps(found.told())
    told = _of_checks(tables["verdicts"], facts, policy)
    _enter(policy, made.protected, digest, places, anchors, begun, told)
    _write(draft, tables, {**facts, **anchors})
    draft.chmod(0o400)
    os.replace(draft, folder / f"{name}.duckdb")  # noqa: PTH105  the atomic one, named as such
    publish_if_due(places, name, made.maker)
    return folder / f"{name}.duckdb"


def _same(ending: str, audience: str, places: Places) -> Path | None:
    """The audience's newest release, where it has this content and was not withdrawn."""
    own = [path for path in places.known() if f"-{audience}-" in path.stem]
    if not own or not own[-1].stem.endswith(ending):
        return None
    standing = standings(places.ledger.entries()).get(own[-1].stem)
    return None if standing is None or standing.state == "withdrawn" else own[-1]


def _next_number(places: Places) -> int:
    return max((int(path.stem.split("-")[0]) for path in places.ever()), default=0) + 1


def content_digest(
    tables: Mapping[str, pl.DataFrame], facts: Mapping[str, str], ledger: Ledger
) -> str:
    """The keyed hash of all that a release says, without what it says of its sealing."""
    digest = hashlib.sha256()
    for table in sorted(set(TABLES) - {"manifest"}):
        for part in _as_json(tables[table].select(*TABLES[table])):
            digest.update(part)
    kept = {key: value for key, value in facts.items() if key not in ANCHORS}
    digest.update(repr(sorted(kept.items())).encode())
    return ledger.digest(digest.digest())


def _as_json(rows: pl.DataFrame) -> Iterator[bytes]:
    """The JSON of a table, bit by bit: whole, that of ten million counts fills the memory."""
    yield b"["
    for at in range(0, rows.height, _ROWS_AT_ONCE):
        written = rows.slice(at, _ROWS_AT_ONCE).write_json()
        yield ("," if at else "").encode() + written[1:-1].encode()
    yield b"]"


_ROWS_AT_ONCE = 100_000


def _attacked(
    draft: Path,
    before: Sequence[Path],
    places: Places,
    name: str,
    protected: Protected | None,
) -> Attack:
    try:
        found = attack([*before, draft], looked_at=before)
    except BaseException:
        draft.unlink()
        raise
    _prove(found, places, name, protected)
    if not found.passed:
        draft.unlink()
        places.ledger.append("refused", release=name)
        raise UnsafeError(
            "an attack on the release succeeded, so nothing is published:\n"
            + "\n".join(line for line in found.lines() if line.startswith("FAIL"))
            + _remedy(found, name)
        )
    return found


def _remedy(found: Attack, name: str) -> str:
    """Where the attack came nearest, and what may be declared otherwise so that it fails."""
    where = dict.fromkeys(one.worst for one in found.findings if not one.passed and one.worst)
    if not where:
        return f"\nproofs/{name}.json has what was tried"
    places = "".join(f"\n  {place}" for place in where)
    return (
        f"\nnearest at:{places}\n"
        "What helps: one level for two small ones of that breakdown in the source's"
        " description; a rule less, or a larger base for the audience, in the workspace's"
        " declarations; a rule that was added since the last release beginning after what that"
        " one tells (in_force_from). Nothing was told, so that all of it may change."
        f" proofs/{name}.json has what was tried"
    )


def _prove(found: Attack, places: Places, name: str, protected: Protected | None) -> None:
    """Keep what the attack found, with its places: for those who may see every case.

    With it lies the opening of the seeds that the release is bound to: who has it and the data
    can draw every count again.
    """
    seeds = {
        layer: seed.hex() for layer, seed in (protected.seeds if protected else {}).items()
    }
    places.proofs.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = places.proofs / f"{name}.json"
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        told = {**found.told(), "worst": found.worst(), "seed_opening": seeds}
        json.dump(told, file, indent=1)


def _enter(
    policy: Policy,
    protected: Protected | None,
    digest: str,
    places: Places,
    anchors: dict[str, str],
    begun: Mapping[str, str],
    told: Mapping[str, object],
) -> None:
    """What is told now is in the ledger before anybody can read it."""
    ledger = places.ledger
    for layer, cells in (protected.fresh if protected else {}).items():
        if cells.height:
            untold = _in_words(protected.withheld.get(layer, ())) if protected else []
            about = {"withheld": untold} if untold else {}
            ledger.keep(layer, cells, release=begun["release"], **about)
    ledger.append(
        "release",
        **begun,
        policy=policy.version,
        method=policy.method,
        approvals=policy.approvals,
        layer=protected.layer if protected else "",
        digest=digest,
        attack=ledger.digest(anchors.get("attack", "").encode()),
        **told,
    )
    count, head = ledger.head()
    anchors |= {"ledger_entries": str(count), "ledger_head": head}


def _in_words(withheld: Collection[tuple[str, str, date]]) -> list[tuple[str, str, str]]:
    return [(metric, part, on.isoformat()) for metric, part, on in sorted(withheld)]


def _of_checks(
    verdicts: pl.DataFrame, facts: Mapping[str, str], policy: Policy
) -> dict[str, object]:
    """What readers of rounded counts are told of the checks, of which quarter: it stays so."""
    if policy.method != "rounding":
        return {}
    failed = verdicts.filter(pl.col("outcome") == "failed")["name"].to_list()
    return {"until": facts["coverage_until"], "base": policy.base, "failed": failed}


def _write(path: Path, tables: Mapping[str, pl.DataFrame], facts: Mapping[str, str]) -> None:
    path.unlink(missing_ok=True)
    manifest = pl.DataFrame(
        {"name": list(facts), "value": list(facts.values())}, schema=TABLES["manifest"]
    )
    with Store.open(path) as release:
        for table, columns in TABLES.items():
            rows = manifest if table == "manifest" else tables[table]
            release.replace(table, rows.select(*columns))
