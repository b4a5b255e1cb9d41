"""What moved since the last release of an audience, and why: no figure is changed in silence.

A figure is followed through a chain of estimates that begins with what was told and ends with
what is told now; each link changes one thing alone, so that the changes add up to the whole.
The links, in this order:

    as it was told
    made anew from the counts told: another headcount, policy, definition or program
    counted anew from what was known then: another rule, calendar, procedure, promise, list of
        duties or definition
    with cases that later deliveries were the first to tell of: late cases
    without cases that later deliveries have no more: vanished cases
    as later deliveries tell what had happened by the last as-of day: corrections
    as it is told now: what has happened since

A change that no recorded declaration and no delivery accounts for is called unexplained.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import polars as pl

from metrics.doubts import together
from metrics.estimate import estimate
from metrics.figures import Row, Setting
from metrics.metric import Metric, ProtectedCube
from metrics.release import TABLES, Release
from metrics.versions import changed, recorded

UNEXPLAINED = "unexplained"
_PLACE = ("metric", "measure", "part", "breakdown", "level", "period", "period_start")
_SAID = ("value", "numerator", "denominator", "state")
_NEAR = 1e-9


@dataclass(frozen=True, slots=True)
class Link:
    """Figures of the past quarters, and what alone sets them apart from the link before."""

    cause: str
    figures: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Now:
    """What is about to be told: its tables and facts, and what its figures were made by."""

    metrics: Sequence[Metric]
    parts: Mapping[str, tuple[str, ...]]
    setting: Setting
    tables: Mapping[str, pl.DataFrame]
    facts: Mapping[str, str]
    unfit: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Past:
    """The last release, beside what is about to be told."""

    last: Release
    now: Now
    versions: pl.DataFrame

    def cells_told(self) -> pl.DataFrame:
        """The counts that the last release told, of metrics that there still are."""
        return together(self.last.table("cubes"))

    def estimated(self, cells: pl.DataFrame) -> pl.DataFrame:
        """Figures of the past quarters, of everybody and of each unit, from other counts."""
        spans = self._spans()
        whole = self.now.setting
        quarters = whole.periods.join(spans, on=("period", "period_start"), how="semi")
        units = whole.levels.filter(pl.col("breakdown") == "unit")
        setting = replace(whole, periods=quarters, levels=units)
        cube = ProtectedCube(cells=cells, base=setting.base)
        return self._of_the_past(estimate(cube, self.now.metrics, self.now.parts, setting))

    def told(self) -> pl.DataFrame:
        """What the last release said of the quarters that it covered whole."""
        return self._of_the_past(self.last.table("figures"))

    def told_now(self) -> pl.DataFrame:
        """What is about to be told of the same quarters."""
        return self._of_the_past(self.now.tables["figures"]).join(
            self._spans(), on=("period", "period_start"), how="semi"
        )

    def _spans(self) -> pl.DataFrame:
        return self.told().select("period", "period_start").unique()

    def _of_the_past(self, figures: pl.DataFrame) -> pl.DataFrame:
        return figures.filter(
            (pl.col("period") == "quarter")
            & pl.col("complete")
            & pl.col("breakdown").is_in(["all", "unit"])
            & pl.col("metric").is_in([metric.name for metric in self.now.metrics])
            & ~pl.col("metric").is_in(list(self.now.unfit))
            & (pl.col("state") != "not_fit")
        )


def restatements(past: Past, links: Sequence[Link]) -> pl.DataFrame:
    """One row per figure that moved and cause: columns as in a release's `restatements`.

    `links` follow what was told, in order; the last holds what is told now. A change by a link
    whose cause is empty is put down to what is recorded to have been declared otherwise.
    """
    told = past.told()
    known = {metric.name: metric for metric in past.now.metrics}
    steps = [_by_place(figures) for figures in (told, *(link.figures for link in links))]
    causes = [link.cause for link in links]
    because = _Because(past, changed(past.last.table("versions"), past.versions))
    rows = [
        row
        for place, first in steps[0].items()
        if place in steps[-1] and _differ(first, steps[-1][place])
        for row in _moves(place, [step.get(place) for step in steps], causes, known, because)
    ]
    return pl.DataFrame(rows, schema=TABLES["restatements"])


@dataclass(frozen=True, slots=True)
class _Because:
    """What may be said of a change that no delivery makes."""

    past: Past
    changes: set[tuple[str, str]]

    def recorded(self, metric: Metric, part: str, before: Row, after: Row) -> str:
        """The causes on record; several that cannot be told apart are joined by a plus."""
        then, now = self.past.last.manifest, self.past.now.facts
        found = recorded(metric, part, self.changes)
        if metric.kind == "rate" and before["denominator"] != after["denominator"]:
            found.insert(0, "headcount")
        if then["policy"] != now["policy"]:
            found.append("policy")
        if not found and then["product_version"] != now["product_version"]:
            found.append("program")
        return "+".join(found) or UNEXPLAINED


def _moves(
    place: tuple[object, ...],
    steps: Sequence[Row | None],
    causes: Sequence[str],
    known: Mapping[str, Metric],
    because: _Because,
) -> Iterator[Row]:
    """The links of one figure's chain at which it changed."""
    there = [(step, cause) for step, cause in zip(steps, ["", *causes], strict=True) if step]
    first, last = there[0][0], there[-1][0]
    for (before, _), (after, cause) in pairwise(there):
        if not _differ(before, after):
            continue
        metric = known[str(place[0])]
        yield {
            **dict(zip(_PLACE, place, strict=True)),
            "cause": cause or because.recorded(metric, str(place[2]), before, after),
            "before": first["value"],
            "now": last["value"],
            "by": _apart(before["value"], after["value"]),
            "count_before": first["numerator"],
            "count_now": last["numerator"],
            "count_by": _apart(before["numerator"], after["numerator"]),
            "of_before": first["denominator"],
            "of_now": last["denominator"],
            "of_by": _apart(before["denominator"], after["denominator"]),
        }


def _by_place(figures: pl.DataFrame) -> dict[tuple[object, ...], Row]:
    return {
        tuple(row[name] for name in _PLACE): row
        for row in figures.select(*_PLACE, *_SAID).iter_rows(named=True)
    }


def _differ(one: Row, other: Row) -> bool:
    if one["state"] != other["state"]:
        return True
    return any(_far(one[name], other[name]) for name in ("value", "numerator", "denominator"))


def _far(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is not other
    return abs(one - other) > _NEAR


def _apart(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None else after - before
