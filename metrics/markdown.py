"""Paragraphs and tables of METHODS.md, in Markdown."""

import textwrap
from collections.abc import Iterable, Sequence

WIDTH = 96


def section(title: str, *paragraphs: str) -> str:
    """A heading with its paragraphs."""
    return "\n\n".join([title, *map(wrapped, paragraphs)])


def wrapped(text: str) -> str:
    """A paragraph in lines of one width."""
    return textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table under its header."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
