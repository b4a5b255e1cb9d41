"""The types that every stage of `metrics` speaks in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from etl.rules import Rules

BREAKDOWNS = ("all", "unit", "category", "channel", "severity")
PERIODS = ("month", "quarter", "year", "whole")

State = Literal[
    "ok", "few", "withheld", "not_reached", "no_data", "not_assessable", "not_comparable",
    "not_fit",
]  # fmt: skip
# In `moved_by` and `joined_by`: every kind of event.
ANY_STEP = ("*",)
Kind = Literal["rate", "survival", "competing", "deadline", "survey", "counted", "stock"]
Direction = Literal["higher", "lower", "neutral"]


@dataclass(frozen=True, slots=True)
class Counted:
    """Which outcomes make a number: how many they are, or their share `of` others.

    `of` holds the outcomes of the denominator, those of the numerator among them; without it
    the number is a count. `missing` outcomes might be either, and give the bounds; `pending`
    ones cannot be judged yet and are printed beside the share.
    """

    outcomes: tuple[str, ...]
    of: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Measure:
    """One number that a metric yields: its name, its unit and what it says.

    `counted` belongs to a measure of a metric of kind "counted", `by_day` to one of kind
    "competing": the share that has come to the outcomes by the end of that day.
    """

    name: str
    title: str
    unit: Literal["share", "days", "per_100_people", "per_1000", "cases", "ratio"]
    better: Direction
    definition: str
    source: str
    counted: Counted | None = None
    by_day: int | None = None


UNDIVIDED = ("",)


def undivided(_: Rules) -> tuple[str, ...]:
    """The one part of a metric that has none."""
    return UNDIVIDED


@dataclass(frozen=True, slots=True, eq=False)
class Pass:
    """Rows that several metrics count, each by columns of its own: read once for all of them.

    `select` is a SELECT with the columns part, unit, category, channel, severity and case_key
    and, for each metric that counts the rows, NAME (its outcome, null where it does not count
    the row), NAME_on (the date that decides the period) and, if it is one of the `timed` ones,
    NAME_days. Where it is in `named`, part is a small number, from 0, and the SELECT there has
    the columns part and name: one row for each number that rows counted by the metric have.
    """

    select: str
    timed: tuple[str, ...] = ()
    named: Mapping[str, str] = field(default_factory=dict)

    def of(self, name: str) -> str:
        """The contributions of one metric alone, as `Metric.contributions` has them."""
        days = f"{name}_days" if name in self.timed else "null::integer"
        part, rows = "part", f"({self.select})"
        if name in self.named:
            part = "named.name"
            rows = f"{rows} as rows_read inner join ({self.named[name]}) as named using (part)"
        return f"""
        select
            {part} as part, {name}_on as happened_on, unit, category, channel, severity,
            {name} as outcome, {days} as days, case_key, null::text[] as steps
        from {rows}
        where {name} is not null
        """  # noqa: S608  the declaration's own words


@dataclass(frozen=True, slots=True)
class Metric:
    """A question, the contributions that answer it, and the measures made of their counts.

    `contributions` is a SELECT over the core tables with the columns `part` (text, the rule
    where there are several, else ''), `happened_on` (date that decides the period), `unit`,
    `category`, `channel`, `severity`, `outcome` (one of `outcomes`) and `days` (whole days,
    null where the metric has none). One row is one contribution. `subtotals` are sets of
    outcomes whose sum is read too, such as a denominator; `part_of` names the metric that
    counts every case of this one. A metric that is a `sum_of` parts of another has no
    contributions of its own: its cells are added up after protection, since counting the same
    deadlines twice would round them twice. `charted` names the measure whose history and units
    are tested for what is unusual; a metric without one says in `uncompared` why. `exact_only`
    says why a metric is published only where counts are exact: its cases are counted by another
    metric too, and rounding the same cases a second time would narrow what the first rounding
    left open. `parts` names its parts by the rules of the workspace, in published order. The
    contributions of a `doubted` metric have two columns more, `case_key` and `steps` (kinds of
    event that they rest on, null for any): those that a failed check puts in doubt are counted
    apart, as outcomes of their own, so that they can be protected with the others. `moved_by`
    are kinds of event that decide the period, beside the receipt: in doubt they leave it open.
    `joined_by` are those that may add a contribution of a case that has none. A metric that is
    not `doubted` says in `unbounded` why no range can be stated. `follows` names the metric
    that has counted by any month every case that this one has: the two are rounded together.
    `read_with` is the pass of which the contributions are one part, if they are.
    """

    name: str
    title: str
    question: str
    cohort: str
    kind: Kind
    outcomes: tuple[str, ...]
    measures: tuple[Measure, ...]
    contributions: str
    depends_on: tuple[str, ...]
    subtotals: tuple[tuple[str, ...], ...] = ()
    part_of: str | None = None
    sum_of: str | None = None
    charted: str | None = None
    uncompared: str = ""
    exact_only: str = ""
    parts: Callable[[Rules], tuple[str, ...]] = undivided
    doubted: bool = False
    follows: str | None = None
    moved_by: tuple[str, ...] = ()
    joined_by: tuple[str, ...] = ()
    unbounded: str = ""
    read_with: Pass | None = None


@dataclass(frozen=True, slots=True)
class ExactCube:
    """Exact counts: restricted, never leaves `metrics`.

    `cells` has the columns metric, part, breakdown, level, month (first day), outcome, band
    (first day of the duration band, -1 where the metric has no duration) and n (at least 1).
    """

    cells: pl.DataFrame


@dataclass(frozen=True, slots=True)
class ProtectedCube:
    """Counts that are safe for one audience; the same columns as an exact cube's.

    `base` is 1 where counts are exact (the committee), else every n is a multiple of it.
    """

    cells: pl.DataFrame
    base: int
