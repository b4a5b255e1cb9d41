"""Keyed hashes: names for things that nobody without the key can find again by trying."""

import hashlib
import hmac


def keyed(secret: bytes, purpose: str, text: str) -> str:
    """The hash of a text, different for every purpose, in hex."""
    return hmac.new(secret, f"{purpose}|{text}".encode(), hashlib.sha256).hexdigest()
