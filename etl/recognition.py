"""Which description an export fits, by its header."""

from collections.abc import Iterable

from etl.errors import SourceError
from etl.source import Export, Source


def recognise(
    sources: Iterable[Source], header: tuple[str, ...], *, file_name: str
) -> tuple[Source, Export]:
    """Find the one description whose columns the header holds.

    Raises SourceError where none fits (naming what the nearest lacks) or several do.
    """
    pairs = [(source, export) for source in sources for export in source.exports]
    have = frozenset(header)
    fitting = [pair for pair in pairs if have.issuperset(pair[1].needed)]
    if not fitting:
        raise SourceError(_no_fit(pairs, have, file_name))
    most = max(len(export.known & have) for _, export in fitting)
    best = [pair for pair in fitting if len(pair[1].known & have) == most]
    if len(best) > 1:
        names = " or ".join(f"{source.name} ({export.name})" for source, export in best)
        raise SourceError(f"{file_name} line 1: could be {names}; say which with --source")
    return best[0]


def _no_fit(pairs: list[tuple[Source, Export]], have: frozenset[str], file_name: str) -> str:
    if not pairs:
        return f"{file_name}: no source is described; add one to the workspace's sources/"
    source, export = max(pairs, key=lambda pair: _likeness(pair[1], have))
    lacking = [name for name in export.needed if name not in have]
    if len(lacking) == len(export.needed):
        return (
            f"{file_name} line 1: no known source has these columns; describe the system in"
            " the workspace's sources/ folder, or name one with --source"
        )
    unknown = sorted(have - export.known)
    hint = f"; the file has {_listed(unknown)} which it does not know" if unknown else ""
    return (
        f"{file_name} line 1: column {_listed(lacking)} is missing, which source"
        f" {source.name} ({export.name}) needs{hint}; export it again with that column, or"
        f" correct {source.file}"
    )


def _likeness(export: Export, have: frozenset[str]) -> tuple[float, int]:
    shared = len(have & frozenset(export.needed))
    return shared / len(export.needed), shared


def _listed(names: list[str]) -> str:
    return ", ".join(repr(name) for name in names[:5]) + (" and more" if names[5:] else "")
