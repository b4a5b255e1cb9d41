"""Quotation marks: what a line means inside and outside of them, and where damage ends."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from etl.readers.layout import Layout

if TYPE_CHECKING:
    from _csv import Reader


class Quoting:
    """The grammar of one physical line, for a delimiter and a way of writing quotes."""

    def __init__(self, layout: Layout, delimiter: str) -> None:
        self.delimiter = delimiter
        self.quotes = layout.quotes
        d = re.escape(delimiter)
        if self.quotes == "backslash":
            within = r'[^"\\]*+(?:\\.[^"\\]*+)*+'
            plain = rf'[^"\\{d}]*+(?:\\.[^"\\{d}]*+)*+'
        else:
            within, plain = r'[^"]*+(?:""[^"]*+)*+', rf'[^"{d}]*+'
        opening = ' *+"' if self.quotes == "after blanks" else '"'
        fields = rf'(?:(?:{opening}{within}"|{plain}){d})*+'
        end = rf'(?:(?P<open>{opening}{within})|{opening}{within}"|{plain})'
        self._outside = re.compile(fields + end, re.DOTALL)
        self._inside = re.compile(rf'{within}(?:"(?:{d}{fields}{end})?|(?P<still>))', re.DOTALL)
        self._quoted = re.compile(f"(?:^|{d}){opening}")

    def reader(self, lines: Iterable[str]) -> "Reader":
        """A reader of records that stops at a quotation mark out of its place."""
        if self.quotes == "none":
            return csv.reader(
                lines, delimiter=self.delimiter, quoting=csv.QUOTE_NONE, strict=True
            )
        if self.quotes == "backslash":
            # Without doubled quotes the library would let text follow a closing one.
            return csv.reader(lines, delimiter=self.delimiter, escapechar="\\", strict=True)
        blanks = self.quotes == "after blanks"
        return csv.reader(lines, delimiter=self.delimiter, skipinitialspace=blanks, strict=True)

    def after(self, line: str, *, inside: bool | None) -> bool | None:
        """Whether a value is open after `line` that was or was not before; None if neither."""
        if inside is None:
            return None
        text = line.rstrip("\r\n")
        found = (self._inside if inside else self._outside).fullmatch(text)
        if found is None:
            return None
        return found["open"] is not None or (inside and found["still"] is not None)

    def is_strict(self, record: str) -> bool:
        """Whether each quotation mark of a whole record opens, closes or is written as text."""
        found = self._outside.fullmatch(record.rstrip("\r\n"))
        return found is not None and found["open"] is None

    def begins_quoted(self, line: str) -> bool:
        """Whether any value of `line` begins with a quotation mark."""
        return self._quoted.search(line) is not None


def damage_end(
    lines: Iterator[str], quoting: Quoting, *, width: int
) -> tuple[int, list[str]] | None:
    """How many lines below a quotation mark out of place belong to the damage.

    Also the lines that were looked at and do not; None if the file ends inside a value. Below
    the line on which damage is noticed, the next one begins either outside of quotation marks
    or inside of them. Both readings are followed until one breaks: then the other is right,
    and the damage ends where its open value does.
    """
    outside: bool | None = False
    inside: bool | None = True
    gone, closed = 0, 0
    ahead: list[str] = []
    for line in lines:
        ahead.append(line)
        outside, inside = (
            quoting.after(line, inside=outside),
            quoting.after(line, inside=inside),
        )
        if inside is False and not closed:
            closed = len(ahead)
        if outside is None and inside is None:
            if _are_records(ahead[:-1], quoting, width):
                return gone, ahead
            gone += len(ahead)
            ahead, closed, outside, inside = [], 0, False, True
            continue
        end = _decided(outside=outside, inside=inside, closed=closed, seen=len(ahead))
        if end is not None:
            return gone + end, ahead[end:]
    if outside is False:
        return gone, ahead
    return (gone + closed, ahead[closed:]) if inside is False else None


def _decided(
    *, outside: bool | None, inside: bool | None, closed: int, seen: int
) -> int | None:
    """Lines of those seen that are damage, if the two readings agree or one has broken."""
    if inside is None:
        return 0
    if outside is None and closed:
        return closed
    return seen if outside is False and inside is False else None


def _are_records(lines: Sequence[str], quoting: Quoting, width: int) -> bool:
    """Whether `lines` are whole records of the table: text within a value hardly ever is."""
    try:
        records = [record for record in quoting.reader(iter(lines)) if record]
    except csv.Error:
        return False
    return bool(records) and width > 1 and all(len(record) == width for record in records)
