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

import polars as pl

from etl.errors import WorkspaceError

Purpose = Literal["case", "person", "reference", "ledger"]

KEY_BYTES = 32
_BYTES = 16  # of each pseudonym
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
    digest = _digests(subkey(key, purpose), _scope(within))
    return [digest(name)[:_BYTES].hex() for name in names]


def keyed(
    names: pl.Series, *, purpose: Purpose, within: str, key: bytes
) -> tuple[pl.Series, pl.Series]:
    """The pseudonyms of a column of names, null for null, and the names, each once.

    A case's is the 16 bytes of which `pseudonyms` writes the digits, all others are in hex.
    """
    return _known(purpose, within, key).of(names)


def _scope(within: str) -> bytes:
    return f"{len(within)}|{within}|".encode()


class _Known:
    """The pseudonyms of all names that were asked for, each made once.

    A case is named once in the list of cases and again in each event: to look a pseudonym up
    by the number that its name has among the categories takes a fifth of the time of making it.
    """

    def __init__(
        self, digest: Callable[[str], bytes], *, form: Literal["bytes", "hex"]
    ) -> None:
        """Begin with none."""
        self._digest, self._form = digest, form
        self._begin()

    def _begin(self) -> None:
        self._named = pl.Categorical(pl.Categories.random())
        # Names keep their numbers for as long as something holds one of them.
        self._held = pl.Series([], dtype=self._named)
        self._made = pl.Series([], dtype=pl.Binary if self._form == "bytes" else pl.String)

    def of(self, names: pl.Series) -> tuple[pl.Series, pl.Series]:
        """The pseudonyms of a column of names, and the names, each once."""
        if self._made.len() > _MOST_KNOWN:
            self._begin()
        named = names.cast(self._named)
        each = named.drop_nulls().unique()
        self._make(each.filter(each.to_physical() >= self._made.len()))
        return self._made.gather(named.to_physical()), each.cast(pl.String)

    def _make(self, new: pl.Series) -> None:
        """Make the pseudonyms of names that are new, in the order of their numbers."""
        if new.is_empty():
            return
        numbers = new.to_physical()
        told = new.cast(pl.String).gather(numbers.arg_sort())
        first = self._made.len()
        if (numbers.min(), numbers.max()) != (first, first + told.len() - 1):
            raise RuntimeError("names are not numbered one after the other")
        made = pl.Series([self._digest(name)[:_BYTES] for name in told], dtype=pl.Binary)
        if self._form == "hex":
            made = made.bin.encode("hex")
        self._made = pl.concat([self._made, made], rechunk=True)


@lru_cache(maxsize=4)
def _known(purpose: Purpose, within: str, key: bytes) -> _Known:
    digest = _digests(subkey(key, purpose), _scope(within))
    return _Known(digest, form="bytes" if purpose == "case" else "hex")


def forget() -> None:
    """Let go of the names that are remembered with their pseudonyms."""
    _known.cache_clear()


def _digests(key: bytes, scope: bytes) -> Callable[[str], bytes]:
    """HMAC-SHA-256 of `scope` and a name, by RFC 2104, with the key worked in once.

    For millions of names this takes two fifths of the time of `hmac.digest`.
    """
    padded = key.ljust(hashlib.sha256().block_size, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded) + scope).copy
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in padded)).copy

    def digest(name: str) -> bytes:
        within = inner()
        within.update(name.encode())
        around = outer()
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
