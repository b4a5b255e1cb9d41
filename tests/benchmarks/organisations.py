"""An invented organisation's store at the end of a quarter."""

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from etl.store import Store
from etl.workspace import Workspace
from tests.specs.measured import fill, judge


def judge_until(
    store: Store,
    rows: Mapping[str, str],
    until: date,
    *,
    first: date,
    levels: Mapping[str, Sequence[str]],
    workspace: Workspace,
) -> None:
    """Load and check what is known by a day, with all levels, be there a case or not."""
    fill(store, rows, as_of=str(until), coverage_from=first.isoformat(), workspace=workspace)
    declared = [
        {"breakdown": name, "level": level, "title": level, "position": at}
        for name, every in levels.items()
        for at, level in enumerate(every)
    ]
    schema = store.frame("select * from staging.levels").schema
    store.replace("staging.levels", pl.DataFrame(declared, schema=schema))
    judge(store)
