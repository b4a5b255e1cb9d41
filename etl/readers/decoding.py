"""From bytes to text: which encoding, and is it text at all; nothing is ever replaced."""

import codecs
import hashlib
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, TextIO

from etl.errors import ExportError
from etl.readers.contents import AGAIN, refuse_foreign

# What a source may declare beside "detect".
ENCODINGS = (
    "utf-8",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "cp1250",
    "cp1251",
    "cp1252",
    "cp1253",
    "cp1254",
    "cp1257",
    "iso-8859-1",
    "iso-8859-2",
    "iso-8859-15",
    "mac-roman",
)

_BLOCK = 1 << 20
# Tab, line ends, vertical tab, form feed and escape do occur in text; these do not.
_BINARY = bytes({*range(0x09), *range(0x0E, 0x20)} - {0x1B})
_BINARY_BYTE = re.compile(b"[" + re.escape(_BINARY) + b"]")
_PERHAPS_UTF_16 = (
    'declare encoding = "utf-16-le" or "utf-16-be" if it is that, or export it again'
)
_LINE_END = re.compile("\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Survey:
    """What one pass over all bytes of a text file has found.

    `codec` is Python's name for decoding it, `encoding` the one to record. `ends_open` says
    that the last line has no line end.
    """

    codec: str
    encoding: str
    size: int
    sha256: str
    ends_open: bool


class _UndecodableError(Exception):
    """Byte `byte` at `offset` does not belong to the encoding."""

    def __init__(self, offset: int, byte: int, *, at_end: bool, accented: bool) -> None:
        super().__init__(offset)
        self.offset = offset
        self.byte = byte
        # The bytes stop in the middle of a character.
        self.at_end = at_end
        # Characters of more than one byte were decoded before it.
        self.accented = accented


def survey(stream: BinaryIO, *, file: str, encoding: str = "detect") -> Survey:
    """Find the encoding of all of `stream`: the declared one, or by its mark, or by trial.

    "detect" takes a byte order mark at its word, else UTF-8 if every byte agrees, else
    cp1252. Raises ExportError if bytes belong to no such text, naming the first one's line.
    """
    stream.seek(0)
    head = stream.read(4096)
    if not head:
        raise ExportError.at(file, "the file is empty", remedy="export it again")
    refuse_foreign(head, file)
    if encoding != "detect":
        return _declared(stream, file, encoding)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _declared(stream, file, "utf-16")
    try:
        return _scan(stream, file, "utf-8-sig")
    except _UndecodableError as error:
        if error.accented or head.startswith(codecs.BOM_UTF8):
            raise _undecodable(
                stream,
                file,
                error,
                "utf-8-sig",
                problem=f"byte 0x{error.byte:02X} is not UTF-8, although the text before it is",
                remedy='export it again, or declare encoding = "cp1252" if that is right',
            ) from None
    try:
        return _scan(stream, file, "cp1252")
    except _UndecodableError as error:
        if _BINARY_BYTE.search(head):
            raise ExportError.at(
                file,
                "this is not a text file, although its name says so",
                remedy="export it again as CSV, TSV or XLSX",
                line=1,
            ) from None
        raise _undecodable(
            stream,
            file,
            error,
            "cp1252",
            problem=f"byte 0x{error.byte:02X} is neither UTF-8 nor cp1252",
            remedy="declare the encoding in the source's description, or export as UTF-8",
        ) from None


@contextmanager
def opened(stream: BinaryIO, codec: str) -> Iterator[TextIO]:
    """Text of `stream` from its start; lines end at CR, LF or CRLF only, and keep their end."""
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding=codec, errors="strict", newline="")
    try:
        yield text
    finally:
        text.detach()


def _declared(stream: BinaryIO, file: str, encoding: str) -> Survey:
    if encoding not in ENCODINGS:
        raise ExportError.at(
            file,
            f"its source declares the encoding {encoding!r}, which is not known",
            remedy=f"declare one of: detect, {', '.join(ENCODINGS)}",
        )
    codec = "utf-8-sig" if encoding == "utf-8" else encoding
    try:
        return _scan(stream, file, codec)
    except _UndecodableError as error:
        raise _undecodable(
            stream,
            file,
            error,
            codec,
            problem=f"byte 0x{error.byte:02X} is not {encoding}",
            remedy="correct the encoding in the source's description, or export it again",
        ) from None


def _undecodable(
    stream: BinaryIO,
    file: str,
    error: _UndecodableError,
    codec: str,
    *,
    problem: str,
    remedy: str,
) -> ExportError:
    if error.at_end:
        problem = "the file ends in the middle of a character; it looks cut off"
        remedy = "export it again"
    line = _line_at(stream, error.offset, codec)
    return ExportError.at(file, problem, remedy=remedy, line=line)


def _scan(stream: BinaryIO, file: str, codec: str) -> Survey:
    """Decode everything strictly, hash it, and look for bytes that no text has."""
    decoder = codecs.getincrementaldecoder(codec)("strict")
    digest = hashlib.sha256()
    size, accented, last = 0, False, ""
    stream.seek(0)
    while block := stream.read(_BLOCK):
        text = _decoded(decoder, block, size, accented=accented)
        _refuse_binary(stream, file, codec, offset=size, block=block, text=text)
        digest.update(block)
        size += len(block)
        accented = accented or not text.isascii()
        last = text.rstrip(" \t")[-1:] or last
    _decoded(decoder, b"", size, accented=accented)
    return Survey(
        codec=codec,
        encoding=codec.removesuffix("-sig"),
        size=size,
        sha256=digest.hexdigest(),
        ends_open=last not in "\r\n",
    )


def _decoded(
    decoder: codecs.IncrementalDecoder, block: bytes, offset: int, *, accented: bool
) -> str:
    waiting = len(decoder.getstate()[0])
    try:
        return decoder.decode(block, final=not block)
    except UnicodeDecodeError as error:
        raise _UndecodableError(
            offset - waiting + error.start,
            error.object[error.start],
            at_end=not block,
            accented=accented or not error.object[: error.start].isascii(),
        ) from None


def _refuse_binary(
    stream: BinaryIO, file: str, codec: str, *, offset: int, block: bytes, text: str
) -> None:
    # In every other encoding we read, a control character is the same single byte.
    plain = text.encode() if codec.startswith("utf-16") else block
    if len(plain.translate(None, _BINARY)) == len(plain):
        return
    found = _BINARY_BYTE.search(plain)
    at = found.start() if found else 0
    utf_16 = plain.startswith(b"\0", 1) or plain.startswith(b"\0")
    raise ExportError.at(
        file,
        f"this is not a text file: it holds the byte 0x{plain[at]:02X}",
        remedy=_PERHAPS_UTF_16 if utf_16 else AGAIN,
        line=_line_at(stream, offset, codec, then=plain[:at]),
    )


def _line_at(stream: BinaryIO, offset: int, codec: str, *, then: bytes = b"") -> int:
    """Physical line, from 1, at byte `offset` and the UTF-8 bytes `then` after it."""
    stream.seek(0)
    before = stream.read(offset).decode(codec, "replace") + then.decode("utf-8", "replace")
    return 1 + sum(1 for _ in _LINE_END.finditer(before))
