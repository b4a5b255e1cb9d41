"""What was published to whom, cell by cell, for ever.

A folder with `ledger.jsonl`, one entry a line, and one Parquet file for every set of counts
that was told. Each entry holds the keyed hash (HMAC-SHA-256) of itself and of the one before,
so that no entry can be changed, moved or taken out by anybody without the key; each file is
held by its keyed hash in an entry. Cutting off the end is seen because every release carries
the number and the hash of the newest entry when it was sealed. The hashes are keyed because a
plain hash of a small table is found again by trying all small tables.
"""

import hashlib
import hmac
import io
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from etl.changing import alone
from etl.errors import InputError
from metrics.crosswalk import heirs_in, inherited
from metrics.disclosure.tables import KEY, SCHEMA

NAME = "ledger.jsonl"
TOLD: dict[str, pl.DataType] = {**SCHEMA, "n_true": pl.Int64()}
START = "0" * 64

FORGED = "that entry was changed, or written without the key"

Entry = dict[str, Any]


class LedgerError(InputError):
    """The ledger is not as it was written; nothing may be published over it."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """The ledger of one workspace, opened with the workspace's secret key."""

    folder: Path
    secret: bytes

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the ledger for this process, from what is read of it to what follows from that.

        Two that draw from one budget, or tell one quarter, would both believe themselves the
        first. Raises StoreError where another process holds it.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with alone(self.folder / NAME):
            yield

    def entries(self) -> list[Entry]:
        """Every entry, oldest first.

        Raises LedgerError naming the first line that is not as it was written.
        """
        path = self.folder / NAME
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        found: list[Entry] = []
        before = START
        for number, line in enumerate(lines, start=1):
            entry = _parsed(line)
            body = {name: value for name, value in entry.items() if name != "mac"}
            is_ours = hmac.compare_digest(str(entry.get("mac")), self._mac(_canonical(body)))
            reason = _out_of_place(body, number, before) if is_ours else FORGED
            if reason:
                raise LedgerError(
                    f"the ledger is not as it was written from line {number} on: {reason};"
                    " restore it from a copy"
                )
            found.append(entry)
            before = entry["mac"]
        return found

    def head(self) -> tuple[int, str]:
        """How many entries there are, and the hash of the last."""
        entries = self.entries()
        return len(entries), entries[-1]["mac"] if entries else START

    def append(self, kind: str, **told: Any) -> Entry:
        """Write one entry behind the others; it is on the disk when this returns."""
        count, before = self.head()
        body = {"number": count + 1, "before": before, "kind": kind, **told}
        entry = {**body, "mac": self._mac(_canonical(body))}
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._write(NAME, (json.dumps(entry, sort_keys=True) + "\n").encode(), os.O_APPEND)
        return entry

    def keep(self, layer: str, cells: pl.DataFrame, **about: Any) -> Entry:
        """Keep counts of a layer (columns of `TOLD`) that are told now for the first time."""
        buffer = io.BytesIO()
        cells.select(*TOLD).write_parquet(buffer)
        content = buffer.getvalue()
        count, _ = self.head()
        name = f"{count + 1:05}.parquet"
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._write(name, content, os.O_TRUNC)
        return self.append(
            "counts",
            layer=layer,
            file=name,
            digest=self._mac(content),
            cells=cells.height,
            **about,
        )

    def told(self, layer: str) -> pl.DataFrame:
        """Every count of the layer that was ever told: columns of `TOLD`.

        Counts of a release that was withdrawn before anybody read it were not told. Raises
        LedgerError where a file is missing or is not as it was written.
        """
        entries = self.entries()
        untold = {name for entry in entries for name in entry.get("untold", ())}
        kept = [
            self.counts(entry)
            for entry in entries
            if entry["kind"] == "counts"
            and entry["layer"] == layer
            and entry.get("release") not in untold
        ]
        return pl.concat([pl.DataFrame(schema=TOLD), *kept])

    def layers(self) -> dict[str, set[str]]:
        """The layers of protected counts that were told, with the audiences that have them.

        Headline numbers and exact counts are none of them.
        """
        entries = self.entries()
        untold = {name for entry in entries for name in entry.get("untold", ())}
        found: dict[str, set[str]] = {}
        for entry in entries:
            is_told = entry["kind"] == "release" and entry["release"] not in untold
            if is_told and "|" in entry.get("layer", ""):
                found.setdefault(entry["layer"], set()).add(entry["audience"])
        return found

    def withheld(self, layer: str) -> set[tuple[str, str, date]]:
        """Metrics and parts in quarters whose counts are in the layer, and were told to nobody.

        What was drawn with a release that was withdrawn unread is not among them.
        """
        entries = self.entries()
        untold = {name for entry in entries for name in entry.get("untold", ())}
        return {
            (metric, part, date.fromisoformat(quarter))
            for entry in entries
            if entry.get("layer") == layer and entry.get("release") not in untold
            for metric, part, quarter in entry.get("withheld", ())
        }

    def digest(self, content: bytes) -> str:
        """The keyed hash of something that the ledger shall know again."""
        return self._mac(content)

    def counts(self, entry: Entry) -> pl.DataFrame:
        """The counts that an entry of `keep` is about: columns of `TOLD`.

        Raises LedgerError where their file is missing or is not as it was written.
        """
        path = self.folder / entry["file"]
        content = path.read_bytes() if path.is_file() else b""
        if not hmac.compare_digest(self._mac(content), entry["digest"]):
            raise LedgerError(
                f"{path.name} of the ledger is missing or is not as it was written; restore it"
                " from a copy"
            )
        return pl.read_parquet(io.BytesIO(content))

    def _mac(self, content: bytes) -> str:
        key = hmac.new(self.secret, b"ledger", hashlib.sha256).digest()
        return hmac.new(key, content, hashlib.sha256).hexdigest()

    def _write(self, name: str, content: bytes, how: int) -> None:
        flags = os.O_WRONLY | os.O_CREAT | how
        descriptor = os.open(self.folder / name, flags, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())


def faults(
    ledger: Ledger, releases: Mapping[str, tuple[Mapping[str, str], str, pl.DataFrame]]
) -> list[str]:
    """What of the ledger and of the released files does not agree, in words.

    `releases` has by name each file's manifest, the keyed hash of its content, and its cells.
    """
    try:
        entries = ledger.entries()
        layers = {
            entry["layer"]: ledger.told(entry["layer"])
            for entry in entries
            if entry["kind"] == "counts"
        }
    except LedgerError as error:
        return [str(error)]
    sealed = {entry["release"]: entry for entry in entries if entry["kind"] == "release"}
    aside = {name for entry in entries for name in entry.get("untold", ())}
    found = [
        f"release {name} is in the ledger and missing"
        for name in sealed
        if name not in releases and name not in aside
    ]
    for name, (manifest, digest, cells) in releases.items():
        found += [
            f"release {name} {fault}"
            for fault in _release_faults(entries, sealed.get(name), manifest, digest)
        ]
        if name in sealed and sealed[name].get("layer") in layers:
            told = inherited(layers[sealed[name]["layer"]], heirs_in(manifest))
            found += _cell_faults(name, cells, told)
    return found


def _release_faults(
    entries: Sequence[Entry], sealed: Entry | None, manifest: Mapping[str, str], digest: str
) -> list[str]:
    found = []
    if sealed is None:
        found.append("is not in the ledger")
    elif sealed["digest"] != digest:
        found.append("is not as it was sealed")
    anchor = int(manifest.get("ledger_entries", "0"))
    if anchor > len(entries):
        found.append(
            f"knows {anchor} entries of the ledger, which has {len(entries)}: some are cut off"
        )
    elif anchor and entries[anchor - 1]["mac"] != manifest.get("ledger_head"):
        found.append("knows another ledger than this one")
    return found


def _cell_faults(name: str, cells: pl.DataFrame, told: pl.DataFrame) -> list[str]:
    both = cells.join(told, on=KEY, how="inner", suffix="_told")
    apart = both.filter(pl.col("n") != pl.col("n_told")).height
    return [f"release {name} has {apart} counts that differ from the ledger"] if apart else []


def _canonical(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, sort_keys=True, separators=(",", ":")).encode()


def _out_of_place(body: Entry, number: int, before: str) -> str | None:
    """Why an entry with the right hash does not belong on its line, or None."""
    if body["number"] != number:
        return f"entry {body['number']} stands there, so entries are missing, moved or repeated"
    return None if body["before"] == before else "that entry follows another one"


def _parsed(line: str) -> Entry:
    try:
        entry = json.loads(line)
    except json.JSONDecodeError:
        return {}
    return entry if isinstance(entry, dict) else {}
