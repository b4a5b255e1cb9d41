"""Who asked which case a masked reference means: answered from the exports, and recorded.

The store holds no case number. The numbers are in the exports alone; whoever has them and the
key can make the references anew and see which number gives the one that was asked for. Every
question is written to `ledger/reveals.jsonl` and on disk before an answer is shown.
"""

import fcntl
import hmac
import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from etl.errors import InputError
from etl.pseudonyms import pseudonyms, reference, subkey
from etl.reading import CHUNK_ROWS
from etl.recognition import recognised
from etl.staging import case_ids
from etl.workspace import Workspace

ANALYST = "analyst"  # who sees references before anything is published: `source test`
_REFERENCE = re.compile(r"(C|P)-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}|[0-9a-f]{32}")
_START = "0" * 64


class RevealError(InputError):
    """A reference that cannot be looked up, or a ledger that is not as it was written."""


@dataclass(frozen=True, slots=True)
class Question:
    """Who asks what a reference means, when and what for; it is recorded as it stands."""

    reference: str
    asked_by: str
    asked_at: datetime
    purpose: str


@dataclass(frozen=True, slots=True)
class Revealed:
    """The case numbers that a reference stands for (nearly always one), and the line kept."""

    numbers: tuple[tuple[str, str], ...]
    line: int
    seal: str


def reveal(
    workspace: Workspace,
    question: Question,
    exports: Sequence[Path],
    *,
    key: bytes,
    source: str | None = None,
    scopes: Sequence[str] = (),
) -> Revealed:
    """Find the case numbers, each with its source, that a reference means in these exports.

    A reference may be one of any audience of the workspace, one of a release (`scopes` are
    those before which releases speak of cases), or a pseudonym of the store. The
    question is recorded first, whether or not there is an answer. Raises RevealError, and
    ExportError or SourceError where a file cannot be read.
    """
    if not _REFERENCE.fullmatch(question.reference):
        raise RevealError(
            f"{question.reference!r} is not a masked reference; they look like C-7K3M-QX2T-9A"
        )
    if not question.purpose.strip():
        raise RevealError("say what it is for, with --purpose: it is recorded")
    _refuse_other_key(workspace, key)
    known = workspace.sources()
    candidates = [known[source]] if source in known else list(known.values())
    spoken = (*workspace.audiences, ANALYST, *scopes)
    numbers: dict[tuple[str, str], None] = {}
    hashes: list[str] = []
    for path in exports:
        with recognised(path, candidates) as (read, found, export):
            hashes.append(read.told.sha256)
            for chunk in read.chunks(CHUNK_ROWS):
                ids = case_ids(chunk, export).unique(maintain_order=True).to_list()
                keys = pseudonyms(ids, purpose="case", within=found.name, key=key)
                numbers |= {
                    (found.name, number): None
                    for number, case_key in zip(ids, keys, strict=True)
                    if _means(question.reference, case_key, spoken, key)
                }
    line, seal = _record(workspace.folder / "ledger", question, hashes, len(numbers), key=key)
    return Revealed(numbers=tuple(numbers), line=line, seal=seal)


def _means(asked: str, case_key: str, spoken: Iterable[str], key: bytes) -> bool:
    if not asked.startswith("C-"):
        return hmac.compare_digest(asked, case_key)
    return any(
        hmac.compare_digest(asked, reference(case_key, audience=audience, key=key))
        for audience in spoken
    )


def _refuse_other_key(workspace: Workspace, key: bytes) -> None:
    """Where the workspace has its key, the one given must be it."""
    if (workspace.folder / "secret.key").is_file() and not hmac.compare_digest(
        workspace.key(), key
    ):
        raise RevealError("this is not the key of the workspace; nothing was looked up")


def recorded(folder: Path, *, key: bytes) -> list[dict[str, object]]:
    """The questions of a ledger in the order they were asked.

    Each line seals the one before it, so that a line changed, taken out, put in or moved is
    noticed; lines cut off at the end are not, unless somebody kept a later line's seal. Raises
    RevealError naming the first line that is not as it was written.
    """
    path = folder / "reveals.jsonl"
    if not path.is_file():
        return []
    return list(_checked(path.read_text(encoding="utf-8").splitlines(), key))


def _checked(lines: Sequence[str], key: bytes) -> Iterator[dict[str, object]]:
    before = _START
    for number, line in enumerate(lines, start=1):
        try:
            told = json.loads(line)
            seal = str(told.pop("seal"))
        except (ValueError, KeyError, AttributeError, TypeError):
            told, seal = {}, ""
        if told.get("line") != number or not hmac.compare_digest(
            seal, _seal(told, before, key)
        ):
            raise RevealError(
                f"ledger/reveals.jsonl line {number} is not as it was written, or the key is"
                " another one; nothing was looked up. Restore the ledger, or find out who"
                " changed it"
            )
        before = seal
        yield {**told, "seal": seal}


def _seal(told: dict[str, object], before: str, key: bytes) -> str:
    text = before + json.dumps(told, sort_keys=True, ensure_ascii=True)
    return hmac.digest(subkey(key, "ledger"), text.encode(), "sha256").hex()


def _record(
    folder: Path, question: Question, hashes: list[str], found: int, *, key: bytes
) -> tuple[int, str]:
    with _locked(folder) as file:
        file.seek(0)
        lines = list(_checked(file.read().splitlines(), key))
        told: dict[str, object] = {
            "line": len(lines) + 1,
            "asked_at": question.asked_at.isoformat(timespec="seconds"),
            "asked_by": question.asked_by,
            "purpose": question.purpose.strip(),
            "reference": question.reference,
            "exports": hashes,
            "found": found,
        }
        seal = _seal(told, str(lines[-1]["seal"]) if lines else _START, key)
        file.write(json.dumps({**told, "seal": seal}, ensure_ascii=True) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return len(lines) + 1, seal


@contextmanager
def _locked(folder: Path) -> Iterator[IO[str]]:
    """The ledger, for its owner alone and for one writer at a time."""
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / "reveals.jsonl"
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "r+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file
