"""What counting reads from the store: rows of small numbers, once for all that count them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from etl.store import Store
from metrics.doubts import KINDS, LACKING, contributed, outcomes_with
from metrics.metric import BREAKDOWNS, UNDIVIDED, Metric, Pass, undivided

SQL = Path(__file__).parent / "sql"

LEVELS = [breakdown for breakdown in BREAKDOWNS if breakdown != "all"]


@dataclass(frozen=True, slots=True)
class Reading:
    """A SELECT of contributions, and for each metric that counts them its outcomes, in order.

    The rows have part, the place of the level of each breakdown, and for each metric NAME_kind
    (as `tally` takes it; null where the metric does not count the row) and, if it is one of the
    `timed`, NAME_band. Where `parts` has a metric, part is a number: that of its name there.
    """

    select: str
    outcomes: Mapping[str, Sequence[str]]
    timed: Sequence[str]
    parts: Mapping[str, Sequence[str]]


def readings(
    store: Store,
    metrics: Sequence[Metric],
    stands_for: Mapping[str, str],
    at_fault: Sequence[str] | None = None,
) -> Iterator[Reading]:
    """What is to be read for some metrics; each before the next one is asked for.

    Where a failed check puts cases of a metric in doubt, its rows are read apart: any failed
    check, or one of those `at_fault`.
    """
    in_doubt = set() if stands_for else _in_doubt(store, at_fault)
    passes: dict[Pass, list[Metric]] = {}
    alone = []
    for metric in metrics:
        if metric.read_with is None or metric.name in in_doubt:
            alone.append(metric)
        else:
            passes.setdefault(metric.read_with, []).append(metric)
    # What most metrics count takes longest to count, and is counted while the rest is read.
    for shared, theirs in sorted(passes.items(), key=lambda read: -len(read[1])):
        yield _together(store, shared, theirs, stands_for)
    for metric in alone:
        if metric.doubted and metric.name in in_doubt:
            store.run_file(SQL / "05_doubtful.sql", {"metric": metric.name})
            outcomes = outcomes_with((*metric.outcomes, LACKING), KINDS)
            yield _alone(metric, contributed(metric), outcomes, stands_for)
        else:
            yield _alone(metric, metric.contributions, metric.outcomes, stands_for)


def _in_doubt(store: Store, at_fault: Sequence[str] | None) -> set[str]:
    """The metrics of which a failed check puts any case in doubt."""
    told = None if at_fault is None else list(at_fault)
    store.run_file(SQL / "04_at_fault.sql", {"told": told})
    return set(store.frame("select distinct metric from metrics.at_fault")["metric"])


def _alone(
    metric: Metric, select: str, outcomes: Sequence[str], stands_for: Mapping[str, str]
) -> Reading:
    known = sorted(outcomes)
    kind = _kind("happened_on", "outcome", known)
    columns = [f"{kind} as {metric.name}_kind", f"{_band('days')} as {metric.name}_band"]
    # A text for each row of a metric without parts would take longer to read than the rest.
    is_one = metric.parts is undivided
    part = "0::usmallint as part" if is_one else "part"
    select = _numbered(select, part, columns, stands_for)
    parts = {metric.name: UNDIVIDED} if is_one else {}
    return Reading(select, {metric.name: known}, (metric.name,), parts)


def _together(
    store: Store, shared: Pass, metrics: Sequence[Metric], stands_for: Mapping[str, str]
) -> Reading:
    outcomes = {metric.name: sorted(metric.outcomes) for metric in metrics}
    timed = [name for name in outcomes if name in shared.timed or name not in shared.named]
    columns = [
        f"{_kind(f'{name}_on', name, known)} as {name}_kind" for name, known in outcomes.items()
    ]
    columns += [
        f"{_band(f'{name}_days' if name in shared.timed else 'null')} as {name}_band"
        for name in timed
    ]
    parts = {
        name: _names(store, _meaning(select, stands_for))
        for name, select in shared.named.items()
        if name in outcomes
    }
    part = "part::usmallint as part" if parts else "part"
    return Reading(_numbered(shared.select, part, columns, stands_for), outcomes, timed, parts)


def _names(store: Store, select: str) -> list[str]:
    """Names by their numbers, from 0; '' where there is none of that number."""
    named = dict(store.frame(select).select("part", "name").iter_rows())
    return [named.get(number, "") for number in range(max(named, default=-1) + 1)]


def _band(days: str) -> str:
    return f"coalesce({days}, -1)::integer"


def _kind(day: str, outcome: str, known: Sequence[str]) -> str:
    listed = ", ".join("'{}'".format(name.replace("'", "''")) for name in known)
    return (
        f"((year({day}) * 12 + month({day}) - 1) * {len(known)}"
        f" + enum_code({outcome}::enum({listed})))::integer"
    )


def _numbered(
    select: str, part: str, columns: Sequence[str], stands_for: Mapping[str, str]
) -> str:
    """The SELECT over cases whose levels are told by their places, in the schemas meant."""
    placed = re.sub(r"\bcore\.cases\b", "temp.placed_cases", select)
    told = ", ".join((part, *LEVELS, *columns))
    return f"select {told} from ({_meaning(placed, stands_for)})"  # noqa: S608


def _meaning(select: str, stands_for: Mapping[str, str]) -> str:
    for told, meant in stands_for.items():
        select = re.sub(rf"\b{told}\.(?=[a-z])", f"{meant}.", select)
    return select
