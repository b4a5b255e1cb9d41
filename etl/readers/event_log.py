"""XES event logs: one row per event, in the order of the file, read as a stream.

A row has the event's attributes by their keys (`concept:name`, `time:timestamp`,
`lifecycle:transition`, `org:group`) and its trace's with `case:` before them
(`case:concept:name`). An attribute within another is `key.inner`; those of a list are joined
by `; `. Values are as they are written. What is declared for all (extensions, globals,
classifiers) and of the log as a whole is no event. A trace without events is one row in which
the event's cells are blank. `line` is the physical line on which the event begins.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from defusedxml.common import DefusedXmlException
from defusedxml.sax import make_parser

from etl.errors import ExportError
from etl.readers.contents import XML, foreign
from etl.readers.layout import UNTOLD, Layout
from etl.readers.leaves import DEEPEST, LeafError, LeafTable, joined, put
from etl.readers.rows import Damage, TextTable, damaged_frame, ragged_frame

_BLOCK = 1 << 18
_AGAIN = "export it again"
_VALUES = frozenset({"string", "date", "int", "float", "boolean", "id", "list", "container"})
_FOR_ALL = frozenset({"extension", "global", "classifier"})


def read_event_log(stream: BinaryIO, *, file: str, layout: Layout = UNTOLD) -> TextTable:
    """Read all events of `stream`, the bytes of the XES log called `file`.

    Raises ExportError for what is not XES or is cut off, for a document that defines its own
    types or entities, and for a trace with two attributes of one key. An event with such is a
    damaged block. Of a log without a trace the table has no row and no header.
    """
    stream.seek(0)
    head = stream.read(4096)
    if not head:
        raise ExportError.at(file, "the file is empty", remedy=_AGAIN)
    found = foreign(head)
    if found not in {None, XML}:
        raise ExportError.at(file, f"this is {found}, not an event log", remedy=_AGAIN)
    events = _Events(file)
    size, digest = _parse(stream, events, file)
    header, rows = events.table.finish(layout)
    return TextTable(
        header,
        rows,
        ragged_frame(()),
        "",
        "",
        size,
        digest,
        kind="event log",
        damaged=damaged_frame(events.damaged),
    )


def _parse(stream: BinaryIO, events: "_Events", file: str) -> tuple[int, str]:
    parser = make_parser()
    # No document type at all: entities that multiply, and files of this machine, need one.
    parser.forbid_dtd = True
    parser.setContentHandler(events)
    events.line_now = parser.getLineNumber
    digest = hashlib.sha256()
    size = 0
    stream.seek(0)
    try:
        while block := stream.read(_BLOCK):
            size += len(block)
            digest.update(block)
            parser.feed(block)
    except SAXParseException as error:
        raise ExportError.at(
            file, "this is not XML", remedy=_AGAIN, line=error.getLineNumber()
        ) from None
    except DefusedXmlException:
        raise ExportError.at(
            file,
            "it defines a document type of its own, which is not safe to follow",
            remedy="export it without one",
        ) from None
    try:
        parser.close()
    except SAXParseException as error:
        raise ExportError.at(
            file,
            "the file ends inside an element; it looks cut off",
            remedy=_AGAIN,
            line=error.getLineNumber(),
        ) from None
    return size, digest.hexdigest()


@dataclass(slots=True)
class _Attribute:
    """An attribute that is open: its full name, and its members if it is a list."""

    name: str
    members: list[str] | None


@dataclass(slots=True)
class _Event:
    """An event with its cells, or the reason why it has none that can be trusted."""

    line: int
    last_line: int = 0
    cells: dict[str, str] = field(default_factory=dict)
    problem: str | None = None


class _Events(ContentHandler):
    """Hears the elements of a log one by one and keeps no more than one trace of them."""

    def __init__(self, file: str) -> None:
        super().__init__()
        self.table = LeafTable(file)
        self.damaged: list[Damage] = []
        self.count = 0
        self.line_now: Callable[[], int | None] = lambda: 1
        self._file = file
        self._depth = 0
        self._passed_over = 0
        self._open: list[_Attribute] = []
        self._trace: dict[str, str] | None = None
        self._trace_line = 0
        self._event: _Event | None = None
        self._events: list[_Event] = []

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802
        """Take in the beginning of an element."""
        self._depth += 1
        local = name.rpartition(":")[2]
        if self._depth == 1 and local != "log":
            raise self._refused("this is XML but not an event log (XES)")
        if self._passed_over or local in _FOR_ALL:
            self._passed_over += 1
        elif local in _VALUES:
            self._attribute(local, attrs)
        elif local == "event" and self._event is None and not self._open:
            self._event = _Event(self._line())
        elif local == "trace" and self._trace is None:
            self._trace, self._trace_line = {}, self._line()
        elif not (local == "values" or (local == "log" and self._depth == 1)):
            raise self._refused(f"<{name[:40]}> is no element of an event log (XES)")
        if self._depth > DEEPEST:
            raise self._refused(f"its elements are nested more than {DEEPEST} deep")

    def endElement(self, name: str) -> None:  # noqa: N802
        """Take in the end of an element."""
        self._depth -= 1
        if self._passed_over:
            self._passed_over -= 1
            return
        local = name.rpartition(":")[2]
        if local in _VALUES:
            self._close(self._open.pop())
        elif local == "event" and self._event is not None:
            self._event.last_line = self._line()
            self._events.append(self._event)
            self._event = None
            if self._trace is None:
                self._emit({})
        elif local == "trace" and self._trace is not None:
            self._emit({f"case:{key}": text for key, text in self._trace.items()})
            self._trace = None

    def _line(self) -> int:
        return self.line_now() or 1

    def _attribute(self, kind: str, attrs: AttributesImpl) -> None:
        key, value = attrs.get("key"), attrs.get("value", "")
        if not key:
            self._fault("an attribute has no key")
        around = self._open[-1] if self._open else None
        name = f"{around.name}.{key}" if around else str(key)
        self._open.append(_Attribute(name, [] if kind == "list" else None))
        if kind in {"list", "container"}:
            return
        if around is not None and around.members is not None:
            around.members.append(value)
        else:
            self._put(name, value)

    def _close(self, attribute: _Attribute) -> None:
        if attribute.members is not None:
            self._put(attribute.name, joined(attribute.members))

    def _put(self, name: str, text: str) -> None:
        cells = self._event.cells if self._event is not None else self._trace
        # An attribute of the log as a whole belongs to no row.
        if cells is None:
            return
        try:
            put(cells, name, text)
        except LeafError as error:
            self._fault(str(error))

    def _fault(self, problem: str) -> None:
        if self._event is None:
            raise self._refused(problem)
        self._event.problem = problem

    def _emit(self, around: dict[str, str]) -> None:
        # A case to which nothing happened is a case none the less.
        for event in self._events or [_Event(self._trace_line)]:
            self.count += 1
            if event.problem is None and event.cells.keys().isdisjoint(around):
                self.table.add(event.line, event.cells | around)
            else:
                reason = event.problem or "it has an attribute by the name of its trace's"
                told = f"the event that begins here cannot be read: {reason}"
                self.damaged.append(Damage(event.line, event.last_line, told, _AGAIN))
        self._events = []

    def _refused(self, problem: str) -> ExportError:
        return ExportError.at(self._file, problem, remedy=_AGAIN, line=self._line())
