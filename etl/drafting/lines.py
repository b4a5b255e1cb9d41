"""Lines of a draft as they are written: TOML, comments and numbered questions."""

import json
from dataclasses import dataclass, field

from etl.drafting.columns import Column


@dataclass(slots=True)
class Writing:
    """Lines of TOML as they are written, and the questions among them."""

    lines: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def add(self, *lines: str) -> None:
        """Write lines as they are."""
        self.lines += lines

    def say(self, text: str) -> None:
        """Write a comment; whatever is in it, it stays on its line."""
        self.lines.append(f"# {one_line(text)}")

    def ask(self, question: str) -> None:
        """Write a question above the line that it is about, numbered."""
        self.asked.append(question)
        self.say(f"QUESTION {len(self.asked)}: {question}")

    @property
    def toml(self) -> str:
        """All of it."""
        return "\n".join(self.lines).strip() + "\n"

    @property
    def questions(self) -> tuple[str, ...]:
        """The questions in the order of the lines."""
        return tuple(self.asked)


def one_line(text: str) -> str:
    """A text without anything that could end its line."""
    return "".join(c if c.isprintable() else " " for c in text)


def place_of(column: Column) -> str:
    """Where a column's values stand, as TOML has it: a day with its time of day beside it."""
    if column.clock is None:
        return quoted(column.name)
    return f'{{ columns = [{quoted(column.name)}, {quoted(column.clock)}], joined = " " }}'


def quoted(text: str) -> str:
    """A text as TOML writes it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
