"""Questions that stand open in a source's description: "?" where only a person can answer."""

import re

from etl.errors import SourceError
from etl.source import FIXED

_OPEN = re.compile(r"""^(?!\s*\#).*=\s*(?:"\?"|'\?')\s*(?:\#.*)?$""")
_ASKED = re.compile(r"^\s*#\s*(QUESTION \d+: .*)$")
_TABLE = re.compile(r"^\s*\[(?:.*\.)?codes\.(\w+)\]|^\s*\[")
_MOST = 10  # codes that a sentence can list


def asks_something(text: str) -> bool:
    """Whether any "?" of a description's TOML still waits for an answer."""
    return any(_OPEN.match(line) for line in text.splitlines())


def refuse_open(file: str, text: str) -> None:
    """Raise SourceError where the TOML `text` of `file` still has "?" for a value.

    It names the line of the first one, and the question that stands above it in its table or
    over that; of a code without one, what it may be.
    """
    asked, is_above, found = "", False, []
    for number, line in enumerate(text.splitlines(), start=1):
        is_comment = line.lstrip().startswith("#")
        told, table = _ASKED.match(line), _TABLE.match(line)
        if told:
            asked, is_above = told[1], True
        elif table and not is_above:
            # What was asked in another table has been answered.
            asked = _may_be(table[1])
        is_above = is_above and is_comment
        if _OPEN.match(line):
            found.append((number, asked))
    if not found:
        return
    number, question = found[0]
    others = f" ({len(found) - 1} more below)" if found[1:] else ""
    raise SourceError(
        f'{file} line {number}: a question is still open{others}; replace the "?"'
        f"{'. ' + question if question else ''}"
    )


def _may_be(field: str | None) -> str:
    codes = FIXED.get(field or "", ())
    return f"It may be one of {', '.join(codes)}" if 0 < len(codes) <= _MOST else ""
