"""Take exports in: read, stage, and rebuild the core tables, all of it or nothing."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from etl.building import SQL, build, prepare
from etl.changing import changing
from etl.deliveries import Delivery, Loading, next_number, take_in
from etl.errors import SourceError
from etl.workspace import Workspace

__all__ = ["SQL", "Delivery", "build", "load", "prepare", "rebuild"]


def load(
    workspace: Workspace,
    exports: Sequence[Path],
    *,
    as_of: date,
    source: str | None = None,
    coverage_from: date | None = None,
    accept_rejects: int = 0,
    say: Callable[[str], None] = lambda _: None,
) -> tuple[Delivery, ...]:
    """Load exports as deliveries of `as_of` and rebuild the core tables.

    The exports are parts of one delivery: together they speak for a case. The same bytes twice
    change nothing. Up to `accept_rejects` rows of a file may be unreadable, or as many as its
    source's description allows. Raises ExportError, SourceError, RuleError, WorkspaceError or
    StoreError, and then the store is as it was before.
    """
    known = workspace.sources()
    if source is not None and source not in known:
        raise SourceError(f"no source is called {source!r}; there are {', '.join(known)}")
    candidates = {source: known[source]} if source is not None else known
    with changing(workspace.store_path) as store:
        prepare(store)
        loading = Loading(next_number(store), as_of, coverage_from, accept_rejects)
        deliveries = tuple(
            take_in(store, workspace, path, candidates, loading, say=say) for path in exports
        )
        say("building the core tables")
        # Even of known files alone: the rules or the headcount may have changed.
        build(store, workspace, known)
    return deliveries


def rebuild(workspace: Workspace) -> None:
    """Make the core tables anew: the rules, the headcount or the calendar may have changed.

    Raises RuleError, SourceError, WorkspaceError or StoreError, and then the store is as it
    was before.
    """
    known = workspace.sources()
    with changing(workspace.store_path) as store:
        build(store, workspace, known)
