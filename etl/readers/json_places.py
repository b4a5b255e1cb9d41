"""Where the records of a JSON text are: a walk along a declared place, with positions."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from json.scanner import make_scanner
from typing import Any

from etl.errors import ExportError, shown
from etl.readers.leaves import LeafError, add_leaves

EACH = "[]"
TOP = "$"
_SPACE = re.compile(r"[ \t\r\n]*")
# A name without escapes and its colon, and what may follow a member of an object.
_PLAIN_KEY = re.compile(r'"([^"\\\x00-\x1f]*)"[ \t\r\n]*:[ \t\r\n]*')
_AFTER_MEMBER = re.compile(r"[ \t\r\n]*([,}])[ \t\r\n]*")
_STEP = re.compile(r"([^.\[\]]*)(\[\])?")
# What is left of a value where a file ends inside it.
_STUMP = re.compile(r"(?:t(?:r|ru)?|f(?:a|al|als)?|n(?:u|ul)?|-|[.eE][-+0-9]*)?")
_Scan = Callable[[str, int], tuple[Any, int]]
_scanner: Callable[[json.JSONDecoder], _Scan] = make_scanner  # type: ignore[assignment]
_AGAIN = "export it again"
CUT_OFF = "looks cut off"


@dataclass(frozen=True, slots=True)
class Enclosing:
    """An object around a record: its cells, filled in by the time its records are handed on.

    The one at the top of the file is the exception: it may go on after its records.
    """

    name: str
    cells: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """A record, its first and last physical line, and the objects around it, from the top."""

    value: Any
    line: int
    last_line: int
    within: tuple[Enclosing, ...]
    problem: str | None = None


@dataclass(slots=True)
class Outermost:
    """The object at the top of a file, and how many members its list of records has."""

    around: Enclosing
    members: int = 0


class RepeatedNameError(Exception):
    """An object has the same name twice."""


def told_place(records: str, file: str) -> tuple[str, ...]:
    """Steps of a declared place: names, and `[]` for each of a list."""
    if records in {TOP, ""}:
        return ()
    steps: list[str] = []
    for part in records.split("."):
        told = _STEP.fullmatch(part)
        if told is None or not any(told.groups()) or (not told[1] and steps):
            raise ExportError.at(
                file,
                f"its source declares the records {records!r}, which is no place",
                remedy="write it like issues[].changelog.histories[], or [] for a list alone",
            )
        steps += [step for step in told.groups() if step]
    return tuple(steps)


def written(place: Sequence[str]) -> str:
    """A place as it is declared."""
    return ".".join(place).replace(f".{EACH}", EACH) or TOP


class Walk:
    """One pass over a JSON text along a place, from the first record to the last."""

    def __init__(self, text: str, file: str, *, first_line: int = 1) -> None:
        self._text = text
        self._file = file
        self._at = 0
        # Whether an object had the first name of the place.
        self.met = False
        # Whether a list along the place was there, and empty.
        self.emptied = False
        self.outer: list[Outermost] = []
        self._line = first_line
        self._counted = 0
        decoder = json.JSONDecoder(
            object_pairs_hook=_without_repeats,
            parse_int=str,
            parse_float=str,
            parse_constant=_refuse_constant,
        )
        self._scan: _Scan = _scanner(decoder)

    def records(self, place: Sequence[str], name: str = EACH) -> Iterator[Found]:
        """Each record at `place`, of each value that stands at the top of the text.

        `name` is what the members of a list at the top are called.
        """
        self._skip_space()
        while True:
            first = self._peek()
            # A lone object is read as a list of one, for so are the lines of NDJSON.
            if place[:1] == (EACH,) and first == "{":
                yield from self._element(place[1:], name, ())
            elif first == "{" and place:
                top = Enclosing(TOP)
                self.outer.append(Outermost(top))
                yield from self._object(place, top, (top,), "")
            else:
                yield from self._value_at(place, name, (), None, "")
            self._skip_space()
            if self._at == len(self._text):
                return
            if (first, self._peek()) != ("{", "{"):
                raise self.error("text follows where the value should have ended")

    def top(self) -> Any:
        """The first value at the top of the text, whole, if it is an object; else None."""
        self._skip_space()
        if self._peek() != "{":
            return None
        try:
            return self._scanned()
        except RepeatedNameError:
            return self._loosely()

    @property
    def has_more(self) -> bool:
        """Whether anything but blanks follows where we stand."""
        self._skip_space()
        return self._at < len(self._text)

    def error(self, problem: str, at: int | None = None) -> ExportError:
        """What is wrong at a position, or where the text ends before it should."""
        place = self._at if at is None else at
        if _STUMP.fullmatch(self._text[place : place + 8].rstrip()):
            problem = f"the file ends inside a value; it {CUT_OFF}"
        return ExportError.at(self._file, problem, remedy=_AGAIN, line=self._line_of(place))

    def _line_of(self, place: int) -> int:
        return self._line + _line_ends(self._text, self._counted, max(place, self._counted))

    def _value_at(
        self,
        place: Sequence[str],
        name: str,
        within: tuple[Enclosing, ...],
        holder: Enclosing | None,
        prefix: str,
    ) -> Iterator[Found]:
        """Go one step on from the value at which we stand."""
        if not place:
            yield self._record(within)
        elif self._text.startswith("null", self._at):
            self._scanned()
        elif place[0] == EACH:
            yield from self._list(place[1:], name, within)
        elif holder is not None and self._peek() == "{":
            yield from self._object(place, holder, within, prefix)
        else:
            at = self._at
            self._scanned()
            raise self.error(f"there is no object where {shown(place[0])} should be in one", at)

    def _list(
        self, place: Sequence[str], name: str, within: tuple[Enclosing, ...]
    ) -> Iterator[Found]:
        outer = self.outer[-1] if self.outer and len(within) == 1 else None
        if self._peek() != "[":
            at = self._at
            self._scanned()
            raise self.error(f"there is no list where {shown(name)} should be one", at)
        self._step()
        if self._peek() == "]":
            self.emptied = True
            self._step()
            return
        while True:
            if outer is not None:
                outer.members += 1
            yield from self._element(place, name, within)
            if self._peek() not in {",", "]"}:
                raise self.error("a comma or the end of the list is missing")
            ended = self._peek() == "]"
            self._step()
            if ended:
                return

    def _element(
        self, place: Sequence[str], name: str, within: tuple[Enclosing, ...]
    ) -> Iterator[Found]:
        if not place:
            yield self._record(within)
        else:
            called = name if name == EACH else f"{name}{EACH}"
            holder = Enclosing(called)
            # Its own cells may stand behind the list of its records.
            yield from list(self._value_at(place, name, (*within, holder), holder, ""))
        self._skip_space()

    def _object(
        self,
        place: Sequence[str],
        holder: Enclosing,
        within: tuple[Enclosing, ...],
        prefix: str,
    ) -> Iterator[Found]:
        seen: set[str] = set()
        self._step()
        ended = self._peek() == "}"
        while not ended:
            key = self._key()
            if key in seen:
                raise self.error(f"an object has the name {shown(key)} twice")
            seen.add(key)
            if key == place[0]:
                self.met = True
                inner = f"{prefix}{key}."
                yield from self._value_at(place[1:], key, within, holder, inner)
            else:
                self._keep(holder, f"{prefix}{key}")
            ended = self._past_member()
        self._at += 1

    def _past_member(self) -> bool:
        """Whether the object ends behind the member that has just been read."""
        told = _AFTER_MEMBER.match(self._text, self._at)
        if told is None:
            self._skip_space()
            raise self.error("a comma or the end of the object is missing")
        if told[1] == "}":
            self._at = told.end(1) - 1
            return True
        self._at = told.end()
        if self._peek() == "}":
            raise self.error("a name is missing after a comma")
        return False

    def _keep(self, holder: Enclosing, name: str) -> None:
        at = self._at
        try:
            value = self._scanned()
            add_leaves(holder.cells, f"{holder.name}.{name}", value, lists=False)
        except (LeafError, RepeatedNameError) as error:
            raise self.error(f"of an object around the records: {error}", at) from None

    def _record(self, within: tuple[Enclosing, ...]) -> Found:
        line = self._line = self._line_of(self._at)
        self._counted = self._at
        problem = None
        try:
            value = self._scanned()
        except RepeatedNameError as error:
            value, problem = self._loosely(), str(error)
        return Found(value, line, self._line_of(self._at), within, problem)

    def _loosely(self) -> Any:
        """The value at which we stand, the last one of a name that stands twice."""
        value, self._at = _scanner(json.JSONDecoder())(self._text, self._at)
        return value

    def _key(self) -> str:
        told = _PLAIN_KEY.match(self._text, self._at)
        if told is not None:
            self._at = told.end()
            return told[1]
        if self._peek() != '"':
            raise self.error("a name in quotation marks is missing")
        key = self._scanned()
        self._skip_space()
        if self._peek() != ":":
            raise self.error("a colon is missing after a name")
        self._step()
        return str(key)

    def _scanned(self) -> Any:
        """The value at which we stand; we stand behind it afterwards."""
        try:
            value, self._at = self._scan(self._text, self._at)
        except StopIteration as stop:
            raise self.error("there is no value where one should be", stop.value) from None
        except json.JSONDecodeError as error:
            # Within a text that nothing closes, the file ends, whatever it seems to say.
            is_open = "escape" in error.msg and '"' not in self._text[error.pos :]
            cut = is_open or "Unterminated" in error.msg
            place = len(self._text) if cut else error.pos
            raise self.error("this is not JSON", place) from None
        except RecursionError:
            raise self.error("a value is nested too deep") from None
        return value

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _step(self) -> None:
        self._at += 1
        self._skip_space()

    def _skip_space(self) -> None:
        told = _SPACE.match(self._text, self._at)
        self._at = told.end() if told else self._at


def _line_ends(text: str, start: int, end: int) -> int:
    both = text.count("\r\n", start, end)
    return text.count("\n", start, end) + text.count("\r", start, end) - both


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    if len(told) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise RepeatedNameError(f"an object has the name {shown(twice)} twice")
    return told


def _refuse_constant(name: str) -> Any:
    raise json.JSONDecodeError(f"{name} is no number of JSON", "", 0)
