"""What was told of levels that are there no more, under those that took their cases over."""

import polars as pl

from metrics.crosswalk import Gone, Heir, heirs_of, inherited
from metrics.disclosure.policy import PolicyError
from metrics.disclosure.protect import Declared


def crossed(told: pl.DataFrame, declared: Declared, renamed: Gone) -> pl.DataFrame:
    """What was told, with the cases of levels that are gone under those that took them over.

    Raises PolicyError where nobody has said which one did.
    """
    return inherited(told, heirs(told, declared, renamed))


def heirs(told: pl.DataFrame, declared: Declared, renamed: Gone) -> tuple[Heir, ...]:
    """Which levels took over those that are gone, and until when these were told."""
    gone = _gone(told, declared, renamed)
    if not gone:
        return ()
    return heirs_of(set(told.select("breakdown", "level", "month").iter_rows()), gone)


def _gone(told: pl.DataFrame, declared: Declared, renamed: Gone) -> dict[tuple[str, str], str]:
    """Levels that were told and are no longer declared, and their heirs."""
    known = {(name, level) for name, levels in declared.levels.items() for level in levels}
    known.add(("all", "all"))
    pairs = told.select("breakdown", "level").unique().iter_rows()
    found = {}
    for breakdown, level in sorted(pair for pair in pairs if pair not in known):
        heir = renamed.get((breakdown, level))
        if heir is None or (breakdown, heir) not in known:
            raise PolicyError(
                f"{breakdown} {level!r} was published and is no longer declared; say in"
                " case-audit.toml which one took its cases over, under [[renamed]]"
            )
        found[breakdown, level] = heir
    return found
