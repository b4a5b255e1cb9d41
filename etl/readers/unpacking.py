"""Packed exports (.gz, .zip): the one file inside, unpacked within bounds."""

import gzip
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from tempfile import TemporaryFile
from typing import IO, BinaryIO, cast

from etl.errors import ExportError, shown
from etl.readers.contents import PACKED, ZIP, is_readable

# Bounds against archives that are small on disk and endless once unpacked.
LARGEST = 4 << 30
LARGEST_RATIO = 200
MOST_ENTRIES = 1_000
# Below this size no ratio does harm, and a short file may repeat itself a lot.
HARMLESS = 4 << 20

_BLOCK = 1 << 20
_AGAIN = "export it again"
# What the computer of the person who packed the archive adds of its own.
_CLUTTER = ("__macosx", ".ds_store", "thumbs.db", "desktop.ini")


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of an export: `name` says its kind, `file` is what to call it in a sentence."""

    stream: BinaryIO
    name: str
    file: str


@contextmanager
def unpacked(stream: BinaryIO, *, file: str, member: str | None = None) -> Iterator[Content]:
    """The export in `stream`, called `file`; as it is, if it is not packed.

    In an archive, `member` is the name of the file to read, or a pattern with `*` and `?`;
    without one, exactly one must be of a kind that we read. Raises ExportError for an archive
    that is damaged, locked, nested or unreasonably packed. Lines are those of what was packed.
    """
    name = file.lower()
    if not name.endswith(PACKED):
        yield Content(stream, file, file)
        return
    _refuse_other(stream, file)
    # Not in memory, which the rows will need.
    with TemporaryFile() as taken:
        content = cast("BinaryIO", taken)
        try:
            if name.endswith(".gz"):
                inner, called = _unpack_gzip(stream, content, file)
            else:
                inner, called = _unpack_zip(stream, content, file, member)
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OverflowError):
            raise _damaged(file) from None
        yield Content(content, inner, called)


def unpack_parts(
    stream: BinaryIO, *, file: str, to: Path, declared: Sequence[str]
) -> list[tuple[Path, str]]:
    """Each export of a .zip that holds several, as a file in the folder `to`, with its name.

    Empty where there is one alone, or where a name that a source has `declared` says which one
    is meant: `unpacked` reads such an archive. Where several names each say one, those are the
    parts. All together keep the bounds of one.
    """
    _refuse_other(stream, file)
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
            _refuse_unsafe(entries, file)
            files = [
                entry for entry in entries if not entry.is_dir() and not _is_clutter(entry)
            ]
            parts = _meant(files, declared)
            if len(parts) < 2:
                return []
            return _unpacked_parts(archive, parts, files, file, to)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OverflowError):
        raise _damaged(file) from None


def _meant(files: Sequence[zipfile.ZipInfo], declared: Sequence[str]) -> list[zipfile.ZipInfo]:
    """All that can be read, or those that declared names mean; one that means two, none."""
    named = [
        [entry for entry in files if _fits(entry.filename, name)] for name in sorted(declared)
    ]
    told = [entries for entries in named if entries]
    if not told:
        return [entry for entry in files if _fits(entry.filename, None)]
    if any(len(entries) > 1 for entries in told):
        return []
    meant = {entries[0].filename for entries in told}
    return [entry for entry in files if entry.filename in meant]


def _unpacked_parts(
    archive: zipfile.ZipFile,
    parts: Sequence[zipfile.ZipInfo],
    files: Sequence[zipfile.ZipInfo],
    file: str,
    to: Path,
) -> list[tuple[Path, str]]:
    names = [entry.filename for entry in parts]
    if len(set(names)) < len(names):
        # Which of two files of one name is meant, nobody can say.
        raise _not_one(file, files, parts, None)
    if any(entry.filename.lower().endswith(PACKED) for entry in files):
        raise _nested(file)
    left = _allowed(sum(entry.compress_size for entry in parts))
    made: list[tuple[Path, str]] = []
    for number, entry in enumerate(parts):
        place = to / str(number)
        with place.open("xb") as taken:
            left -= _unpack_entry(archive, entry, taken, file, allowed=left)
        made.append((place, entry.filename))
    return made


def _refuse_other(stream: BinaryIO, file: str) -> None:
    stream.seek(0)
    head = stream.read(4)
    if not head:
        raise ExportError.at(file, "the file is empty", remedy=_AGAIN)
    ending = file.lower()[file.rfind(".") :]
    beginnings = (b"\x1f\x8b",) if ending == ".gz" else (ZIP, b"PK\x05\x06")
    if not head.startswith(beginnings):
        raise ExportError.at(
            file,
            f"this is no archive, although it is called {ending}",
            remedy="give it the ending of what it is, or export it again",
        )


def _unpack_gzip(stream: BinaryIO, content: BinaryIO, file: str) -> tuple[str, str]:
    size = stream.seek(0, 2)
    stream.seek(0)
    try:
        with gzip.GzipFile(fileobj=stream) as packed:
            _copy(cast("IO[bytes]", packed), content, file, allowed=_allowed(size))
    except gzip.BadGzipFile:
        raise _damaged(file) from None
    inner = file[:-3]
    if inner.lower().endswith(PACKED):
        raise _nested(file)
    return inner, inner


def _unpack_zip(
    stream: BinaryIO, content: BinaryIO, file: str, member: str | None
) -> tuple[str, str]:
    with zipfile.ZipFile(stream) as archive:
        entry = _chosen(archive.infolist(), file, member)
        allowed = _allowed(entry.compress_size)
        _unpack_entry(archive, entry, content, file, allowed=allowed)
    inner = PurePosixPath(entry.filename.replace("\\", "/")).name
    return inner, f"{file} ({inner})"


def _unpack_entry(
    archive: zipfile.ZipFile,
    entry: zipfile.ZipInfo,
    content: BinaryIO,
    file: str,
    *,
    allowed: int,
) -> int:
    if entry.flag_bits & 1:
        raise ExportError.at(
            file, "the archive is locked with a password", remedy="pack it without one"
        )
    try:
        with archive.open(entry) as packed:
            return _copy(packed, content, file, allowed=allowed)
    except NotImplementedError:
        raise ExportError.at(
            file,
            "the archive is packed by a method that is not known",
            remedy="pack it as an ordinary zip archive",
        ) from None


def _allowed(size: int) -> int:
    """Bytes to which so many packed ones may unpack."""
    return min(LARGEST, max(HARMLESS, LARGEST_RATIO * size))


def _copy(packed: IO[bytes], content: BinaryIO, file: str, *, allowed: int) -> int:
    """Unpack block by block, for the size that an archive tells of itself may be a lie."""
    done = 0
    while block := packed.read(_BLOCK):
        done += len(block)
        if done > allowed:
            raise ExportError.at(
                file,
                f"the archive unpacks to more than {allowed:,} bytes, which is not safe to"
                " open",
                remedy="unpack it yourself if you trust it, and load the file inside",
            )
        content.write(block)
    return done


def _chosen(
    entries: Sequence[zipfile.ZipInfo], file: str, member: str | None
) -> zipfile.ZipInfo:
    """The one entry to read, or an error that names those there are."""
    _refuse_unsafe(entries, file)
    files = [entry for entry in entries if not entry.is_dir() and not _is_clutter(entry)]
    fitting = [entry for entry in files if _fits(entry.filename, member)]
    if len(fitting) != 1:
        raise _not_one(file, files, fitting, member)
    entry = fitting[0]
    if entry.filename.lower().endswith(PACKED):
        raise _nested(file)
    return entry


def _refuse_unsafe(entries: Sequence[zipfile.ZipInfo], file: str) -> None:
    if len(entries) > MOST_ENTRIES:
        raise ExportError.at(
            file,
            f"the archive has {len(entries):,} entries, more than {MOST_ENTRIES:,}",
            remedy="pack the export alone",
        )
    if any(leads_out(entry.filename) for entry in entries):
        raise ExportError.at(
            file,
            "the archive holds a name that leads out of it, which is not safe to open",
            remedy="pack the export again",
        )
    if any(entry.filename == "xl/workbook.xml" for entry in entries):
        raise ExportError.at(
            file, "this is an Excel workbook, although it is called .zip",
            remedy="name it .xlsx",
        )  # fmt: skip


def leads_out(name: str) -> bool:
    """Say whether the name of an entry is absolute or points above its archive."""
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or ":" in name


def _is_clutter(entry: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(entry.filename.lower()).parts
    return any(part in _CLUTTER for part in parts)


def _fits(name: str, member: str | None) -> bool:
    if member is None:
        return is_readable(name)
    told = name.lower()
    wanted = member.lower()
    return fnmatchcase(told, wanted) or fnmatchcase(PurePosixPath(told).name, wanted)


def _not_one(
    file: str,
    files: Sequence[zipfile.ZipInfo],
    fitting: Sequence[zipfile.ZipInfo],
    member: str | None,
) -> ExportError:
    if not fitting and any(entry.filename.lower().endswith(PACKED) for entry in files):
        return _nested(file)
    listed = fitting or files
    names = ", ".join(shown(entry.filename) for entry in listed[:5])
    more = f" and {len(listed) - 5} more" if listed[5:] else ""
    wanted = "that can be read" if member is None else f"called {shown(member)}"
    if not fitting:
        return ExportError.at(
            file,
            f"the archive holds no file {wanted}, only {names or 'nothing'}{more}",
            remedy="pack the export as CSV, XLSX, XLS, JSON or XES, or correct the member",
        )
    return ExportError.at(
        file,
        f"the archive holds {len(fitting)} files {wanted}: {names}{more}",
        remedy='unpack it and load the files, or say which one with member = "..." in the'
        " source's description",
    )


def _nested(file: str) -> ExportError:
    return ExportError.at(
        file,
        "the archive holds an archive, which is not opened",
        remedy="unpack the outer one, and load what is inside",
    )


def _damaged(file: str) -> ExportError:
    return ExportError.at(file, "the archive is damaged or cut off", remedy=_AGAIN)
