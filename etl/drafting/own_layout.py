"""How an installation lays its files out, where the description of its system says nothing."""

from dataclasses import dataclass
from pathlib import Path

from etl.drafting.lines import quoted
from etl.drafting.parts import Part, as_it_shows
from etl.readers.layout import UNTOLD
from etl.reading import Reading
from etl.source import Export


@dataclass(frozen=True, slots=True)
class OwnLayout:
    """Lines to declare for one export, such as the first words of its footer."""

    export: str
    lines: tuple[str, ...]


def own_layout(path: Path, read: Reading, export: Export) -> OwnLayout | None:
    """What to declare of quotation marks and a footer; None where every line is as declared."""
    told = read.told
    is_odd = not (told.ragged.is_empty() and told.damaged.is_empty())
    if not is_odd and told.kind != "workbook":
        return None
    shown = as_it_shows(Part(path, read.whole(), export.layout)).layout
    lines = [
        f"{key} = {quoted(getattr(shown, key))}"
        for key in ("quotes", "footer_starts_with")
        if getattr(shown, key) != getattr(export.layout, key) == getattr(UNTOLD, key)
    ]
    return OwnLayout(export.name, tuple(lines)) if lines else None
