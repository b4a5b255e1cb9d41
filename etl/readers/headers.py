"""Where the header of a text table is, and what stands above it."""

from collections.abc import Sequence
from dataclasses import dataclass

from etl.errors import ExportError, shown
from etl.readers.layout import Layout

# Records that are looked at to find a header that is not declared.
SAMPLE = 30
FURTHEST = 10_000

_DECLARE = 'declare header_line = {} or header_starts_with = "..." in the source\'s description'


@dataclass(frozen=True, slots=True)
class Record:
    """A record of the sample with its first and last line."""

    line: int
    last_line: int
    cells: Sequence[str]

    @property
    def told(self) -> int:
        """Number of cells that say anything."""
        return sum(1 for cell in self.cells if cell.strip())


def wanted(layout: Layout) -> int:
    """How many records of a file have to be seen to find its header."""
    if layout.header_starts_with is not None:
        return FURTHEST
    return max(SAMPLE, min(layout.header_line or 0, FURTHEST))


def header_place(sample: Sequence[Record], layout: Layout, *, file: str) -> int:
    """Place of the header in `sample`, whose records are not blank.

    Raises ExportError where a declared header is not there. Undeclared it is the first record,
    or the first below a title of single cells if all that follows has its width.
    """
    if layout.header_line is not None:
        for place, record in enumerate(sample):
            if record.line == layout.header_line:
                return place
        raise ExportError.at(
            file,
            f"its source declares header_line = {layout.header_line}, where no record begins",
            remedy="correct the source's description, or export it again",
        )
    if layout.header_starts_with is not None:
        for place, record in enumerate(sample):
            if record.cells[0].strip().startswith(layout.header_starts_with):
                return place
        raise ExportError.at(
            file,
            f"no header starts with {shown(layout.header_starts_with)}, as its source declares",
            remedy="correct header_starts_with in the source's description, or export it again",
        )
    return _below_title(sample)


def joined_header(sample: Sequence[Record], place: int, layout: Layout, *, file: str) -> Record:
    """The header's record, of several where its source declares so.

    Raises ExportError where there are fewer records than that.
    """
    several = sample[place : place + layout.header_rows]
    if len(several) < layout.header_rows:
        raise ExportError.at(
            file,
            f"its source declares header_rows = {layout.header_rows}, and there are fewer",
            remedy="correct header_rows in the source's description, or export it again",
            line=sample[place].line,
        )
    if len(several) == 1:
        return several[0]
    width = max(len(record.cells) for record in several)
    names = [""] * width
    for record in reversed(several):
        names = _under(record.cells, names)
    return Record(several[0].line, several[-1].last_line, names)


def _under(above: Sequence[str], names: Sequence[str]) -> list[str]:
    """Names with those of the row above them; a blank there continues the name to its left."""
    told, last = [], ""
    for place, name in enumerate(names):
        here = above[place].strip() if place < len(above) else ""
        last = here or (last if name else "")
        told.append(" / ".join(part for part in (last, name.strip()) if part))
        # A name that reaches down to the last row has no column to its right.
        last = last if name else ""
    return told


def _below_title(sample: Sequence[Record]) -> int:
    """The first record with names side by side, if what is above and below it agrees."""
    place = next((n for n, record in enumerate(sample) if record.told > 1), 0)
    below = sample[place + 1 :]
    width = len(sample[place].cells)
    title = sample[:place]
    is_title = all(len(record.cells) in {1, width if width > 2 else 1} for record in title)
    fits = bool(below) and all(len(record.cells) == width for record in below)
    return place if is_title and fits and _are_names(sample[place].cells) else 0


def _are_names(cells: Sequence[str]) -> bool:
    names = [cell.strip() for cell in cells]
    if len(names) > 2 and not names[0] and not names[-1]:
        names = names[1:-1]  # A printed list is framed by its delimiter.
    return len({*names}) == len(names) and all(
        name and not name[0].isdigit() and name[0] not in "+-" for name in names
    )


def no_row_fits(*, file: str, line: int, header: int, fields: int) -> ExportError:
    """What to say where all records below a header have another number of fields."""
    return ExportError.at(
        file,
        f"the header has {header} field{'s' if header > 1 else ''} here, and every record "
        f"below it has {fields}",
        remedy=f"if this line is a title, {_DECLARE.format(line + 1)}; else export it again",
        line=line,
    )
