"""Which description an export fits, by its header, and its text read as that asks."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from mmap import ACCESS_READ, mmap
from pathlib import Path

from etl.errors import ExportError, NoFitError, SourceError
from etl.readers.contents import is_workbook
from etl.readers.layout import UNTOLD, Layout
from etl.reading import Reading, reading
from etl.source import Export, Source


@contextmanager
def recognised(
    path: Path,
    sources: list[Source],
    *,
    first: Callable[[Path], AbstractContextManager[Reading]] = reading,
) -> Iterator[tuple[Reading, Source, Export]]:
    """The file's text and the description that it fits, read as that description asks.

    `first` reads it as it comes, before anything is known of it. Raises ExportError for what is
    wrong with the file, SourceError where no description fits.
    """
    with ExitStack() as readings:
        read, source, export = _recognised(path, sources, readings, first)
        yield _named(read, export), source, export


@contextmanager
def found_within(path: Path, export: Export) -> Iterator[Reading | None]:
    """What the file holds of another export of its source, if it holds any."""
    with ExitStack() as readings:
        try:
            found = readings.enter_context(reading(path, export.layout))
        except ExportError:
            # The file itself was read before this: it holds nothing at that place.
            yield None
            return
        found = _named(found, export)
        # How many pages there are is said of the records around these.
        found = replace(found, told=replace(found.told, page=None))
        yield None if export.lacks(found.told.header) else found


def _named(read: Reading, export: Export) -> Reading:
    return replace(read, told=replace(read.told, header=export.named(read.told.header)))


def _recognised(
    path: Path,
    sources: list[Source],
    readings: ExitStack,
    first: Callable[[Path], AbstractContextManager[Reading]],
) -> tuple[Reading, Source, Export]:
    shown = None
    try:
        read = readings.enter_context(first(path))
        shown = read
        source, export = recognise(sources, read.told.header, file_name=path.name)
    except (ExportError, SourceError) as error:
        # A declaration is the cure for a file that shows too little of its layout.
        declared = _as_declared(path, sources, readings, shown)
        if declared is not None:
            return declared
        if shown is not None and _holds_no_list(shown):
            raise _no_record(path, error) from None
        raise
    asked = _layout(export, path)
    if asked in {UNTOLD, Layout(delimiter=read.told.delimiter, encoding=read.told.encoding)}:
        return read, source, export
    return readings.enter_context(reading(path, asked)), source, export


def _as_declared(
    path: Path, sources: list[Source], readings: ExitStack, shown: Reading | None
) -> tuple[Reading, Source, Export] | None:
    """The same by the first declared layout whose own description the file then fits.

    A file that showed records somewhere is no empty page, whatever else in it is empty.
    """
    exports = [
        (source, export)
        for source in sources
        for export in source.exports
        if _may_be(path, export)
    ]
    layouts = dict.fromkeys(_layout(export, path) for _, export in exports)
    pages: list[tuple[Reading, Source, Export]] = []
    if shown is not None and shown.is_empty and shown.told.kind == "event log":
        pages = [(shown, *pair) for pair in exports if _layout(pair[1], path) == UNTOLD]
    declared = [each for each in layouts if each != UNTOLD]
    for layout, is_likely in _likeliest_first(path, declared).items():
        # Nothing in an empty list itself says whose it is.
        if pages and not is_likely and pages[0][0].told.place != "[]":
            break
        try:
            read = readings.enter_context(reading(path, layout))
            if read.is_empty:
                of = [pair for pair in exports if _layout(pair[1], path) == layout]
                pages += [(read, *pair) for pair in of]
                continue
            source, export = recognise(sources, read.told.header, file_name=path.name)
        except (ExportError, SourceError):
            continue
        if _layout(export, path) == layout:
            return read, source, export
    if not pages or shown is None or not _holds_no_list(shown):
        return None
    read, source, export = _outermost(path, pages)
    return read.as_empty(sorted(export.known)), source, export


def _outermost(
    path: Path, pages: list[tuple[Reading, Source, Export]]
) -> tuple[Reading, Source, Export]:
    """Of the exports of which a file may be an empty page, the one that holds the others.

    Raises SourceError where several sources have their records there.
    """
    named = list(dict.fromkeys(source.name for _, source, _ in pages))
    if len(named) > 1:
        raise SourceError(
            f"{path.name}: it holds no record, and is an empty page of {' or '.join(named)};"
            " say which with --source, or leave it out"
        )
    within = {name for _, _, export in pages for name in export.also}
    return min(
        (page for page in pages if page[2].name not in within),
        key=lambda page: page[0].told.place.count("."),
    )


def _holds_no_list(shown: Reading) -> bool:
    """Say whether a file is records, and no list of records was found in it."""
    return shown.is_empty or (shown.told.kind == "records" and shown.told.place == "$")


def _no_record(path: Path, error: Exception) -> NoFitError:
    likeness = error.likeness if isinstance(error, NoFitError) else 0.0
    return NoFitError(
        f"{path.name}: no list in it holds a record, and nothing in it says of which source it"
        " may be an empty page; leave it out, or name its source with --source",
        likeness=likeness,
    )


def _likeliest_first(path: Path, layouts: list[Layout]) -> dict[Layout, bool]:
    """The same layouts, those before the others of whose places the file has all names.

    Each that is tried is a process; of a file that holds one issue's changes there are many.
    """
    if not path.is_file():
        # To open a pipe is to wait for its writer; the reader of the file refuses it.
        return dict.fromkeys(layouts, True)
    try:
        with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as text:
            likely = {each: _names_are_in(text, each) for each in layouts}
    except (OSError, ValueError):
        return dict.fromkeys(layouts, True)
    return dict(sorted(likely.items(), key=lambda told: not told[1]))


def _names_are_in(text: mmap, layout: Layout) -> bool:
    places = [layout.records] if isinstance(layout.records, str) else layout.records or ()
    return not places or any(_is_in(text, place) for place in places)


def _is_in(text: mmap, place: str) -> bool:
    starts = text[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"[")
    names = re.findall(r"[^.\[\]]+", place)
    return starts == place.startswith("[]") and all(
        text.find(f'"{name}"'.encode()) >= 0 for name in names
    )


def _may_be(path: Path, export: Export) -> bool:
    """Say whether a file of this name may be one of the export's; an archive may be any."""
    name = path.name.lower().removesuffix(".gz")
    endings = [*export.files, *(("ndjson", "jsonl") if "json" in export.files else ())]
    return name.endswith((".zip", *(f".{ending}" for ending in endings)))


def _layout(export: Export, path: Path) -> Layout:
    """What a description asks for in a file of this kind."""
    if is_workbook(path.name):
        return replace(export.layout, delimiter="detect", encoding="detect")
    return export.layout


def recognise(
    sources: Iterable[Source], header: tuple[str, ...], *, file_name: str
) -> tuple[Source, Export]:
    """Find the one description whose columns the header holds.

    Raises SourceError where none fits (naming what the nearest lacks) or several do.
    """
    pairs = [(source, export) for source in sources for export in source.exports]
    have = frozenset(header)
    # Names in other capitals are taken where no description has them as they are.
    fitting = [pair for pair in pairs if not pair[1].lacks(have)] or [
        pair for pair in pairs if not pair[1].lacks(pair[1].named(header))
    ]
    if not fitting:
        likeness = max((_likeness(export, have)[0] for _, export in pairs), default=0.0)
        raise NoFitError(_no_fit(pairs, have, file_name), likeness=likeness)
    shared = [len(export.known.intersection(export.named(header))) for _, export in fitting]
    best = [pair for pair, n in zip(fitting, shared, strict=True) if n == max(shared)]
    if len(best) > 1:
        names = " or ".join(f"{source.name} ({export.name})" for source, export in best)
        raise SourceError(f"{file_name} line 1: could be {names}; say which with --source")
    return best[0]


def nearest(sources: Iterable[Source], header: tuple[str, ...]) -> tuple[Source, Export] | None:
    """The description of which the header holds the most; None where it holds of none."""
    have = frozenset(header)
    pairs = [(source, export) for source in sources for export in source.exports]
    found = max(pairs, key=lambda pair: _likeness(pair[1], have), default=None)
    return found if found is not None and _likeness(found[1], have)[1] > 0 else None


def _no_fit(pairs: list[tuple[Source, Export]], have: frozenset[str], file_name: str) -> str:
    if not pairs:
        return f"{file_name}: no source is described; add one to the workspace's sources/"
    source, export = max(pairs, key=lambda pair: _likeness(pair[1], have))
    lacking = list(export.lacks(have))
    if _likeness(export, have)[1] <= 0:
        return (
            f"{file_name} line 1: no known source has these columns; have its system described"
            " (case-audit source draft EXPORT), or name one with --source. Where a title stands"
            ' above the header of a known one, declare it: extends = "hotline" and, under'
            " [exports.cases], header_line = 2 in sources/hotline.toml"
        )
    unknown = sorted(have - export.known)
    hint = f"; the file has {_listed(unknown)} which it does not know" if unknown else ""
    return (
        f"{file_name} line 1: column {_listed(lacking)} is missing, which source"
        f" {source.name} ({export.name}) needs{hint}; export it again with that column,"
        f" correct {source.file}, or have another system described (case-audit source draft"
        " EXPORT)"
    )


def _likeness(export: Export, have: frozenset[str]) -> tuple[float, int]:
    shared = len(export.needed) - len(export.lacks(have))
    return shared / len(export.needed), shared


def _listed(names: list[str]) -> str:
    return ", ".join(repr(name) for name in names[:5]) + (" and more" if names[5:] else "")
