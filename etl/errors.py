"""What is the user's to put right: one clear sentence, no traceback, exit code 2."""

from pathlib import Path
from typing import Self

SHOWN = 40


class InputError(Exception):
    """Something the user can put right; the message says where it is and what to do."""

    @classmethod
    def at(
        cls,
        file: Path | str,
        problem: str,
        *,
        remedy: str,
        line: int | None = None,
        column: str | None = None,
        value: str | None = None,
    ) -> Self:
        """Say `file`, `line`, `column`, `value`, problem and remedy in one uniform sentence.

        Only the file's name is shown, never the folders it lies in.
        """
        place = file_name(file)
        if line is not None:
            place += f" line {line}"
        if column is not None:
            place += f", column {shown(column)}"
        if value is not None:
            place += f", value {shown(value)}"
        return cls(f"{place}: {problem}; {remedy}")


class ExportError(InputError):
    """An export that cannot be read as its source describes it."""


class SourceError(InputError):
    """A source's description that cannot be followed, or an export that fits none."""


class NoFitError(SourceError):
    """An export that fits no source.

    `likeness` is the share, 0 to 1, of the columns that the nearest one needs and the file has.
    """

    def __init__(self, message: str, *, likeness: float) -> None:
        """Keep the message, and how near the nearest source came."""
        super().__init__(message)
        self.likeness = likeness


class WorkspaceError(InputError):
    """A workspace, or a file of it, that is missing or says something we cannot follow."""


class RuleError(InputError):
    """A deadline, target or commitment that is declared in a way that has no meaning."""


def file_name(file: Path | str) -> str:
    """Name of `file` without its folders, with nothing in it that could disturb a terminal."""
    path = Path(file)
    return _escaped(path.name or str(path))


def shown(value: str) -> str:
    """`value` in quotes, safe to print and no longer than 40 characters of it."""
    kept = value if len(value) <= SHOWN else value[:SHOWN] + "…"
    return f'"{_escaped(kept)}"'


def _escaped(text: str) -> str:
    # Not printable covers control characters, bidirectional overrides and zero-width marks.
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )
