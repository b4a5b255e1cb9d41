"""The records of delimited text below its header, with an account of every other line."""

import csv
import re
from collections import deque
from collections.abc import Iterator

import polars as pl

from etl.errors import ExportError, shown
from etl.readers.quoting import Quoting, damage_end
from etl.readers.rows import Aside, Damage

LONGEST = 5_000_000
_AGAIN = "export it again"
# Lists that are printed have such lines above and below the header, and at the end.
_RULE = re.compile(r"[-=+_─]{5,}")
_CUT = "unexpected end of data"
_AFTER_QUOTE = "expected after"


class Records:
    """Reads records one by one; afterwards it tells what became of the lines that are none."""

    def __init__(
        self, text: Iterator[str], quoting: Quoting, file: str, *, width: int, above: int
    ) -> None:
        self.lines = above
        self.damaged: list[Damage] = []
        self.footer: int | None = None
        self._blank: list[tuple[int, int]] = []
        self._text = text
        self._quoting = quoting
        self._file = file
        self._width = width
        self._ahead: deque[str] = deque()

    @property
    def aside(self) -> list[tuple[Aside, int, int]]:
        """Blocks of lines below the header that are no record and no damage."""
        blocks: list[tuple[Aside, int, int]] = [("blank", *block) for block in self._blank]
        if self.footer is None:
            return blocks
        above = [block for block in blocks if block[1] < self.footer]
        return [*above, ("footer", self.footer, self.lines)]

    @property
    def starts(self) -> pl.Series:
        """Lines on which blocks begin that are no record."""
        told = [line for _, line, _ in self.aside] + [block.line for block in self.damaged]
        return pl.Series(told, dtype=pl.Int64)

    def to_the_end(self, footer: str | None) -> Iterator[tuple[int, list[str]]]:
        """Line and fields of each record, above the footer if one is declared."""
        return self._records() if footer is None else self._above_footer(footer)

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        width = self._width
        above = self.lines
        line = above + 1
        reader = self._quoting.reader(self._text)
        while True:
            try:
                for record in reader:
                    if says_nothing(record, width=width):
                        self._blank.append((line, above + reader.line_num))
                    else:
                        yield line, record
                    line = above + reader.line_num + 1
            except csv.Error as error:
                above = self._past_damage(line, above + reader.line_num, str(error))
                line = above + 1
                reader = self._quoting.reader(self._remaining())
            else:
                self.lines = above + reader.line_num
                return

    def _past_damage(self, line: int, last: int, reason: str) -> int:
        """Last line of the damage that begins on `line` and was noticed on `last`."""
        if _AFTER_QUOTE not in reason:
            raise unreadable(self._file, line, last, reason)
        found = damage_end(self._remaining(), self._quoting, width=self._width)
        if found is None:
            raise unreadable(self._file, line, last, _CUT)
        gone, ahead = found
        self._ahead.extendleft(reversed(ahead))
        problem, remedy = _after_quote(last)
        self.damaged.append(Damage(line, last + gone, problem, remedy))
        return last + gone

    def _remaining(self) -> Iterator[str]:
        while True:
            while self._ahead:
                yield self._ahead.popleft()
            line = next(self._text, None)
            if line is None:
                return
            yield line

    def _above_footer(self, footer: str) -> Iterator[tuple[int, list[str]]]:
        records = self._records()
        for line, record in records:
            if record[0].strip().startswith(footer):
                self.footer = line
                break
            yield line, record
        if self.footer is None:
            raise ExportError.at(
                self._file,
                f"no line below the table starts with {shown(footer)}, as its source declares; "
                "the file looks cut off",
                remedy="export it again, or correct footer_starts_with",
            )
        for line, record in records:
            told = sum(1 for cell in record if cell.strip())
            if len(record) == self._width > 1 and 2 * told > self._width:
                raise ExportError.at(
                    self._file,
                    f"a row stands below the footer that begins on line {self.footer}",
                    remedy="correct footer_starts_with, or export it again",
                    line=line,
                )
        self.damaged = [block for block in self.damaged if block.line < self.footer]


def says_nothing(record: list[str], *, width: int) -> bool:
    """Whether a line is no record of a table so wide: a blank one, or a rule that is drawn.

    With one column alone, a blank field is a record without a value.
    """
    if len(record) > 1 or (record and width == 1):
        return False
    return not record or not record[0].strip() or _RULE.fullmatch(record[0].strip()) is not None


def unreadable(file: str, line: int, last: int, reason: str) -> ExportError:
    """What to say of a record that begins on `line`, where `reason` was noticed on `last`."""
    if "unexpected end" in reason:
        return ExportError.at(
            file,
            "the record that begins here has a quoted value that is still open where the "
            f"file ends (line {last}); the file looks cut off",
            remedy=_AGAIN,
            line=line,
        )
    if "field limit" in reason:
        return ExportError.at(
            file,
            f"the record that begins here has a value of more than {LONGEST:,} characters",
            remedy="look for a quotation mark that is never closed, or export it again",
            line=line,
        )
    problem, remedy = _after_quote(last)
    return ExportError.at(file, problem, remedy=remedy, line=line)


def _after_quote(last: int) -> tuple[str, str]:
    return (
        f"text follows a closing quotation mark (line {last})",
        "quotation marks inside a value must be doubled; export it again, or declare how this "
        'source writes them (quotes = "backslash", "after blanks" or "none")',
    )
