"""Questions that stand open in a source's description: "?" where only a person can answer."""

import re

from etl.errors import SourceError

_OPEN = re.compile(r"""^(?!\s*\#).*=\s*(?:"\?"|'\?')\s*(?:\#.*)?$""")
_ASKED = re.compile(r"^\s*#\s*(QUESTION \d+: .*)$")


def refuse_open(file: str, text: str) -> None:
    """Raise SourceError where the TOML `text` of `file` still has "?" for a value.

    It names the line of the first one, and the question that stands above it.
    """
    asked, found = "", []
    for number, line in enumerate(text.splitlines(), start=1):
        told = _ASKED.match(line)
        asked = told[1] if told else asked
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
