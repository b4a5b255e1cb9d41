"""What counting reads from the store: rows of small numbers, once for all that count them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from etl.store import Store
from metrics.doubts import KINDS, LACKING, contributed, outcomes_with
from metrics.metric import BREAKDOWNS, Metric, Pass

SQL = Path(__file__).parent / "sql"

_LEVELS = [breakdown for breakdown in BREAKDOWNS if breakdown != "all"]


@dataclass(frozen=True, slots=True)
class Reading:
    """A SELECT of contributions, and for each metric that counts them its outcomes, in order.

    The rows have part, the place of the level of each breakdown, and for each metric NAME_kind
    (as `tally` takes it; null where the metric does not count the row) and perhaps NAME_band.
    """

    select: str
    outcomes: Mapping[str, Sequence[str]]

    def rows_of(self, metric: str, read: pl.DataFrame) -> pl.DataFrame:
        """The rows that one of the metrics counts, as `tally` takes them."""
        band = f"{metric}_band"
        return read.select(
            "part",
            *_LEVELS,
            pl.col(f"{metric}_kind").alias("kind"),
            (pl.col(band) if band in read.columns else pl.lit(-1, pl.Int32)).alias("band"),
        ).drop_nulls("kind")


def readings(
    store: Store, metrics: Sequence[Metric], stands_for: Mapping[str, str]
) -> Iterator[Reading]:
    """What is to be read for some metrics; each before the next one is asked for.

    Where a failed check puts cases of a metric in doubt, its rows are read apart. What takes
    longest to count comes first.
    """
    in_doubt = set() if stands_for else _in_doubt(store)
    passes: dict[Pass, list[Metric]] = {}
    alone = []
    for metric in metrics:
        if metric.read_with is None or metric.name in in_doubt:
            alone.append(metric)
        else:
            passes.setdefault(metric.read_with, []).append(metric)
    for shared, theirs in passes.items():
        yield _together(shared, theirs, stands_for)
    for metric in alone:
        if metric.doubted and metric.name in in_doubt:
            store.run_file(SQL / "05_doubtful.sql", {"metric": metric.name})
            outcomes = outcomes_with((*metric.outcomes, LACKING), KINDS)
            yield _alone(metric, contributed(metric), outcomes, stands_for)
        else:
            yield _alone(metric, metric.contributions, metric.outcomes, stands_for)


def _in_doubt(store: Store) -> set[str]:
    """The metrics of which a failed check puts any case in doubt."""
    store.run_file(SQL / "04_at_fault.sql")
    return set(store.frame("select distinct metric from metrics.at_fault")["metric"])


def _alone(
    metric: Metric, select: str, outcomes: Sequence[str], stands_for: Mapping[str, str]
) -> Reading:
    known = sorted(outcomes)
    kind = _kind("happened_on", "outcome", known)
    columns = f"{kind} as {metric.name}_kind, coalesce(days, -1)::integer as {metric.name}_band"
    return Reading(_numbered(select, columns, stands_for), {metric.name: known})


def _together(
    shared: Pass, metrics: Sequence[Metric], stands_for: Mapping[str, str]
) -> Reading:
    outcomes = {metric.name: sorted(metric.outcomes) for metric in metrics}
    columns = [
        f"{_kind(f'{name}_on', name, known)} as {name}_kind" for name, known in outcomes.items()
    ]
    if shared.has_days:
        columns += [f"coalesce({name}_days, -1)::integer as {name}_band" for name in outcomes]
    return Reading(_numbered(shared.select, ", ".join(columns), stands_for), outcomes)


def _kind(day: str, outcome: str, known: Sequence[str]) -> str:
    listed = ", ".join("'{}'".format(name.replace("'", "''")) for name in known)
    return (
        f"((year({day}) * 12 + month({day}) - 1) * {len(known)}"
        f" + enum_code({outcome}::enum({listed})))::integer"
    )


def _numbered(select: str, columns: str, stands_for: Mapping[str, str]) -> str:
    """The SELECT over cases whose levels are told by their places, in the schemas meant."""
    select = re.sub(r"\bcore\.cases\b", "temp.placed_cases", select)
    for told, meant in stands_for.items():
        select = re.sub(rf"\b{told}\.(?=[a-z])", f"{meant}.", select)
    return f"select part, {', '.join(_LEVELS)}, {columns} from ({select})"  # noqa: S608
