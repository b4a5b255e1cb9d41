"""From bytes to text: which encoding, and is it text at all; nothing is ever replaced."""

import codecs
import hashlib
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import BinaryIO, TextIO

from etl.errors import ExportError
from etl.readers.contents import AGAIN, refuse_foreign

MIXED = "utf-8 or cp1252"
# What a source may declare beside "detect".
ENCODINGS = (
    "utf-8",
    MIXED,
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
    "cp932",
    "euc-jp",
    "cp949",
    "gb18030",
    "big5",
)

_BLOCK = 1 << 20
# Tab, line ends, vertical tab, form feed and escape do occur in text; these do not.
_BINARY = bytes({*range(0x09), *range(0x0E, 0x20)} - {0x1B})
_BINARY_BYTE = re.compile(b"[" + re.escape(_BINARY) + b"]")
CONTROL = "[" + "".join(f"\\x{byte:02X}" for byte in _BINARY) + "]"
_CONTROL = re.compile(CONTROL)
_UTF_8 = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe1-\xef][\x80-\xbf]{2}|[\xf1-\xf4][\x80-\xbf]{3}"
)
_PERHAPS_UTF_16 = (
    'declare encoding = "utf-16-le" or "utf-16-be" if it is that, or export it again'
)
_LINE_END = re.compile("\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Survey:
    """What one pass over all bytes of a text file has found.

    `codec` and `errors` are Python's names for decoding it, `encoding` the one to record.
    `lines` is the number of physical lines; `ends_open` says that the last one has no line
    end, and `has_control` that there are characters somewhere that no text has.
    """

    codec: str
    encoding: str
    size: int
    sha256: str
    ends_open: bool
    lines: int
    has_control: bool
    errors: str = "strict"


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

    "detect" takes a byte order mark at its word, else UTF-8 if every byte agrees, else cp1252
    if no two bytes look like a letter of UTF-8. Raises ExportError if bytes belong to no such
    text, naming the first one's line.
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
        return _scan(stream, "utf-8-sig")
    except _UndecodableError as error:
        if error.accented or head.startswith(codecs.BOM_UTF8) or _has_utf_8(stream):
            raise _undecodable(
                stream,
                file,
                error,
                "utf-8-sig",
                problem=f"byte 0x{error.byte:02X} is not UTF-8, although other text is",
                remedy='export it again, or declare encoding = "cp1252" if all of it is that, '
                f'"{MIXED}" if some lines are the one and some the other, or what else it was '
                'saved in, as "cp932" for Japanese',
            ) from None
    return _as_cp1252(stream, file, head)


@contextmanager
def opened(stream: BinaryIO, found: Survey) -> Iterator[TextIO]:
    """Text of `stream` from its start; lines end at CR, LF or CRLF only, and keep their end."""
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding=found.codec, errors=found.errors, newline="")
    try:
        yield text
    finally:
        text.detach()


def _as_cp1252(stream: BinaryIO, file: str, head: bytes) -> Survey:
    try:
        return _scan(stream, "cp1252")
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


def changed(file: str) -> ExportError:
    """What to say of a file of which other lines are read than were surveyed."""
    return ExportError.at(
        file,
        "the file changed while it was being read",
        remedy="wait until it is complete and load it again",
    )


def _has_utf_8(stream: BinaryIO) -> bool:
    """Whether any bytes are a letter of UTF-8: in cp1252 they would be an odd pair of signs."""
    stream.seek(0)
    before = b""
    while block := stream.read(_BLOCK):
        if _UTF_8.search(before + block):
            return True
        before = block[-3:]
    return False


def refuse_control(text: str, *, file: str, line: int) -> None:
    """Raise ExportError if `text`, which begins on `line`, holds what no text has."""
    found = _CONTROL.search(text)
    if found is None:
        return
    # Letters of UTF-16 look like pairs of a letter and nothing.
    utf_16 = "\0" in text[:2]
    raise ExportError.at(
        file,
        f"this is not a text file: it holds the byte 0x{ord(found[0]):02X}",
        remedy=_PERHAPS_UTF_16 if utf_16 else AGAIN,
        line=line + len(_LINE_END.findall(text[: found.start()])),
    )


def _declared(stream: BinaryIO, file: str, encoding: str) -> Survey:
    if encoding not in ENCODINGS:
        raise ExportError.at(
            file,
            f"its source declares the encoding {encoding!r}, which is not known",
            remedy=f"declare one of: detect, {', '.join(ENCODINGS)}",
        )
    codec = "utf-8-sig" if encoding in {"utf-8", MIXED} else encoding
    try:
        if encoding == MIXED:
            return replace(_scan(stream, codec, errors=_REST), encoding=MIXED)
        return _scan(stream, codec)
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


def _scan(stream: BinaryIO, codec: str, *, errors: str = "strict") -> Survey:
    """Decode everything strictly, hash it, count its lines, and look for what no text has."""
    decoder = codecs.getincrementaldecoder(codec)(errors)
    digest = hashlib.sha256()
    size, ends, accented, has_control, last, end = 0, 0, False, False, "", ""
    stream.seek(0)
    while block := stream.read(_BLOCK):
        text = _decoded(decoder, block, size, accented=accented)
        digest.update(block)
        size += len(block)
        accented = accented or not text.isascii()
        has_control = has_control or _has_control(text, block, codec)
        # A CRLF that two blocks share is one end.
        ends += _line_ends(text) - (end == "\r" and text.startswith("\n"))
        last = text.rstrip(" \t")[-1:] or last
        end = text[-1:] or end
    _decoded(decoder, b"", size, accented=accented)
    return Survey(
        codec=codec,
        encoding=codec.removesuffix("-sig"),
        size=size,
        sha256=digest.hexdigest(),
        ends_open=last not in "\r\n",
        lines=ends + (end not in "\r\n"),
        has_control=has_control,
        errors=errors,
    )


def _line_ends(text: str) -> int:
    returns = text.count("\r")
    return text.count("\n") + returns - (text.count("\r\n") if returns else 0)


def _has_control(text: str, block: bytes, codec: str) -> bool:
    # In every other encoding we read, a control character is the same single byte.
    plain = text.encode() if codec.startswith("utf-16") else block
    return len(plain.translate(None, _BINARY)) < len(plain)


def _rest_as_cp1252(error: UnicodeError) -> tuple[str, int]:
    """Read the bytes that are no UTF-8 as cp1252, if they are that."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    try:
        return error.object[error.start : error.end].decode("cp1252"), error.end
    except UnicodeDecodeError:
        raise error from None


_REST = "case-audit-cp1252"
codecs.register_error(_REST, _rest_as_cp1252)


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


def _line_at(stream: BinaryIO, offset: int, codec: str) -> int:
    """Physical line, from 1, at byte `offset`."""
    stream.seek(0)
    before = stream.read(offset).decode(codec, "replace")
    return 1 + sum(1 for _ in _LINE_END.finditer(before))
