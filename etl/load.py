"""Take exports in: read, stage, and rebuild the core tables, all of it or nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import zip_longest
from pathlib import Path
from typing import Literal

from etl.aliases import unite
from etl.archives import unpacked
from etl.building import SQL, ask, build, is_current, prepare, refresh
from etl.changing import changing
from etl.continuity import notes, refuse_drop
from etl.deliveries import next_number, take_in
from etl.delivery import Delivery, Loading
from etl.errors import SourceError, WorkspaceError
from etl.joining import join_parts
from etl.known_files import may_be_known
from etl.pieces import settle_pieces
from etl.pseudonyms import forget
from etl.reading_ahead import Ahead
from etl.source import Source
from etl.store import Store
from etl.watching import renames_told
from etl.workspace import Workspace

__all__ = ["SQL", "Delivery", "ask_again", "build", "load", "prepare", "rebuild"]


def load(
    workspace: Workspace,
    exports: Sequence[Path],
    *,
    as_of: date,
    is_as_of_told: bool = True,
    source: str | None = None,
    coverage_from: date | None = None,
    accept_rejects: int = 0,
    accept_drop: Literal["yes", "no"] = "no",
    say: Callable[[str], None] = lambda _: None,
) -> tuple[Delivery, ...]:
    """Load exports as deliveries of `as_of` and bring the core tables up to date.

    The exports are parts of one delivery: together they speak for a case. The same bytes twice
    change nothing; those of the newest full export, told to be of a later day, say that nothing
    had changed until then. Up to `accept_rejects` rows of a file may be unreadable, or as many
    as its source's description allows; `accept_drop` lets a full delivery be much smaller than
    the one before. Raises ExportError, SourceError, RuleError, WorkspaceError or StoreError,
    and then the store is as it was before.
    """
    known = workspace.sources()
    if source is not None and source not in known:
        raise SourceError(f"no source is called {source!r}; there are {', '.join(known)}")
    candidates = {source: known[source]} if source is not None else known
    with changing(workspace.store_path) as store:
        prepare(store)
        was_current = is_current(store)
        before = _snapshots(store)
        loading = Loading(
            next_number(store), as_of, coverage_from, accept_rejects, is_as_of_told
        )
        taken = _taken(store, workspace, exports, candidates, loading, say)
        is_united = unite(store, first_new=loading.number)
        if accept_drop == "no":
            refuse_drop(store, loading.number, known)
        after = _snapshots(store)
        if after != before or any(one.confirmed_until or one.covers_from for one in taken):
            ask(store, None)
        say("building the core tables")
        # Even of known files alone: the rules or the headcount may have changed.
        is_more = was_current and before < after and not is_united
        refresh(store, workspace, known, added=sorted(after - before) if is_more else None)
        return tuple(
            replace(delivery, notes=(*delivery.notes, *notes(store, delivery, as_of)))
            if delivery.known_as is None
            else delivery
            for delivery in taken
        )


def _taken(
    store: Store,
    workspace: Workspace,
    exports: Sequence[Path],
    candidates: Mapping[str, Source],
    loading: Loading,
    say: Callable[[str], None],
) -> list[Delivery]:
    """Take each export in, while the next one is being read."""
    taken: list[Delivery] = []
    with unpacked(exports, candidates) as given, Ahead() as ahead:
        for path, following in zip_longest(given.paths, given.paths[1:]):
            if following is not None and not may_be_known(store, following):
                ahead.begin(following)
            with given.passing_over(path), renames_told(store, path, candidates):
                taken += take_in(
                    store, workspace, path, candidates, loading, first=ahead.reading, say=say
                )
        taken = given.noted(taken)
    forget()
    return settle_pieces(store, join_parts(store, taken, loading), loading)


def ask_again(workspace: Workspace, *, as_of: date) -> None:
    """Build the core tables as they were known on a past day, until the next delivery.

    Deliveries of later days and events after `as_of` are left out of account. Raises
    WorkspaceError where nothing was known yet on that day.
    """
    known = workspace.sources()
    with changing(workspace.store_path) as store:
        days = store.frame(
            "select min(as_of) as first, max(as_of) as last from staging.deliveries"
        )
        first, last = days.row(0)
        if first is None or as_of < first:
            raise WorkspaceError(
                f"nothing was known on {as_of} yet: the first delivery is of {first}"
            )
        ask(store, as_of if as_of < last else None)
        refresh(store, workspace, known)


def rebuild(workspace: Workspace) -> None:
    """Bring the core tables up to date with the rules, the headcount and the calendar.

    Raises RuleError, SourceError, WorkspaceError or StoreError, and then the store is as it
    was before.
    """
    known = workspace.sources()
    with changing(workspace.store_path) as store:
        prepare(store)
        refresh(store, workspace, known)


def _snapshots(store: Store) -> set[int]:
    return set(store.frame("select snapshot from staging.deliveries")["snapshot"])
