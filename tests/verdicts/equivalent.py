"""Mistakes that change nothing that can be seen, by check, each with its reason."""

EQUIVALENT: dict[str, dict[str, str]] = {}
