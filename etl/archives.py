"""Archives of several exports: each is taken in, and what is no export of ours is named."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from etl.delivery import Delivery
from etl.errors import NoFitError, file_name
from etl.reading import parts_of
from etl.source import Source

# A file that has as much as this of what a source needs may be that source's, gone wrong.
_LIKE = 0.5


@dataclass(slots=True)
class Given:
    """The files to take in; `parts` says of those out of an archive which others are in it."""

    paths: list[Path] = field(default_factory=list)
    parts: dict[Path, list[Path]] = field(default_factory=dict)
    passed_over: list[Path] = field(default_factory=list)

    @contextmanager
    def passing_over(self, path: Path) -> Iterator[None]:
        """Pass over a part of an archive that is like no export of any source.

        What is nearly one is refused, as a file by itself would be; and so is an archive none
        of whose parts is one.
        """
        try:
            yield
        except NoFitError as error:
            others = {*self.parts.get(path, [path])} - {path, *self.passed_over}
            if error.likeness >= _LIKE or not others:
                raise
            self.passed_over.append(path)

    def noted(self, taken: Sequence[Delivery]) -> list[Delivery]:
        """The deliveries; the first of an archive says what in it was passed over."""
        told = list(taken)
        for path in self.passed_over:
            names = {part.name for part in self.parts[path]}
            first = next(n for n, delivery in enumerate(told) if delivery.file_name in names)
            note = f"{file_name(path)} fits no source and was not read"
            told[first] = replace(told[first], notes=(*told[first].notes, note))
        return told


@contextmanager
def unpacked(exports: Sequence[Path], candidates: Mapping[str, Source]) -> Iterator[Given]:
    """The exports, with those that an archive holds in its place where it holds several."""
    declared = {
        export.layout.member
        for source in candidates.values()
        for export in source.exports
        if export.layout.member is not None
    }
    given = Given()
    with ExitStack() as archives:
        for path in exports:
            parts = archives.enter_context(parts_of(path, sorted(declared)))
            given.paths += parts or [path]
            given.parts |= dict.fromkeys(parts, parts)
        yield given
