"""Keyed pseudonyms: records join, and the store alone names no case and no person.

HMAC-SHA-256 (RFC 2104, FIPS 198-1) with a key of its own for every purpose, so that the same
number used for two purposes gives two pseudonyms that nobody can match without the key.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Literal

from etl.errors import WorkspaceError

Purpose = Literal["case", "person", "reference", "ledger"]

KEY_BYTES = 32
# 32 random bytes hold some 30 different ones; fewer than 16 happen to one key in 10^16.
_FEWEST_DIFFERENT = 16
# Keys that stand in documents, tests and manuals (RFC 4231 among them) are known to everybody.
_EXAMPLES = ("".join(f"{n:02x}" for n in range(32)), "".join(f"{n:02x}" for n in range(1, 33)))
_MOST_KNOWN = 1_500_000  # names: some 300 MB
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: none is taken for another
_MARKS = {"case": "C", "person": "P"}


def read_key(path: Path) -> bytes:
    """The key in the file at `path`.

    Raises WorkspaceError where it is missing, open to other people, short or guessable.
    """
    name = path.name
    if not path.is_file():
        raise WorkspaceError(f"{name} is missing; restore it from where you keep it")
    if path.stat().st_mode & 0o077:
        raise WorkspaceError(f"{name} is open to others; run: chmod 600 {name}")
    try:
        text = path.read_text(encoding="ascii")
    except ValueError as error:
        raise WorkspaceError(_no_hex(name)) from error
    return key_from(text, name=name)


def key_from(text: str, *, name: str) -> bytes:
    """The key that `text` writes in hex; `name` says in errors where the text came from.

    Raises WorkspaceError where it is short or one that can be guessed; never shows it.
    """
    try:
        key = bytes.fromhex(text.strip())
    except ValueError as error:
        raise WorkspaceError(_no_hex(name)) from error
    if len(key) < KEY_BYTES:
        raise WorkspaceError(f"{name} is too short; it needs {KEY_BYTES} bytes in hex")
    if len(set(key)) < _FEWEST_DIFFERENT or key.hex().startswith(_EXAMPLES):
        raise WorkspaceError(
            f"{name} is not random: anybody could guess it; use the one that init made"
        )
    return key


def _no_hex(name: str) -> str:
    return f"{name} holds something else than a key in hex; restore it from where you keep it"


def subkey(key: bytes, purpose: Purpose) -> bytes:
    """The key for one purpose alone: it tells nothing of the others."""
    return hmac.digest(key, f"case-audit|{purpose}".encode(), "sha256")


def pseudonyms(names: Iterable[str], *, purpose: Purpose, within: str, key: bytes) -> list[str]:
    """One pseudonym per name, 128 bits in hex, in their order.

    `within` is the source: two systems' case 1 are two cases. It goes in with its length, so
    that no name can be written that passes for another source's.
    """
    made = pseudonyms_in_bytes(names, purpose=purpose, within=within, key=key)
    return [pseudonym.hex() for pseudonym in made]


def pseudonyms_in_bytes(
    names: Iterable[str], *, purpose: Purpose, within: str, key: bytes
) -> list[bytes]:
    """The 16 bytes of each pseudonym that `pseudonyms` writes in hex."""
    known = _known(purpose, within, key)
    if len(known) > _MOST_KNOWN:
        known.clear()
    return [known[name] for name in names]


class _Known(dict[str, bytes]):
    """Pseudonyms by name, each made when it is first asked for."""

    def __init__(self, digest: Callable[[str], bytes]) -> None:
        """Begin with none."""
        super().__init__()
        self._digest = digest

    def __missing__(self, name: str) -> bytes:
        """Make the pseudonym of a name that is new, and remember it."""
        made = self[name] = self._digest(name)[:16]
        return made


# A case is named once in the list of cases and again in each event: looking its pseudonym up
# takes a tenth of the time of making it.
@lru_cache(maxsize=4)
def _known(purpose: Purpose, within: str, key: bytes) -> _Known:
    return _Known(_digests(subkey(key, purpose), f"{len(within)}|{within}|".encode()))


def forget() -> None:
    """Let go of the names that are remembered with their pseudonyms."""
    _known.cache_clear()


def _digests(key: bytes, scope: bytes) -> Callable[[str], bytes]:
    """HMAC-SHA-256 of `scope` and a name, by RFC 2104, with the key worked in once.

    For millions of names this takes two fifths of the time of `hmac.digest`.
    """
    padded = key.ljust(hashlib.sha256().block_size, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded) + scope)
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in padded))

    def digest(name: str) -> bytes:
        within = inner.copy()
        within.update(name.encode())
        around = outer.copy()
        around.update(within.digest())
        return around.digest()

    return digest


def reference(
    pseudonym: str,
    *,
    audience: str,
    key: bytes,
    of: Literal["case", "person"] = "case",
) -> str:
    """A short code to speak of a pseudonym before one audience, such as C-7K3M-QX2T-9A.

    50 bits: among a million cases two share a code once in some two thousand audits. Another
    audience sees another code, so that two documents cannot be laid side by side.
    """
    name = f"{of}|{len(audience)}|{audience}|{pseudonym}"
    bits = int.from_bytes(hmac.digest(subkey(key, "reference"), name.encode(), "sha256")[:7])
    letters = "".join(_LETTERS[bits >> shift & 31] for shift in range(45, -1, -5))
    return f"{_MARKS[of]}-{letters[:4]}-{letters[4:8]}-{letters[8:]}"
