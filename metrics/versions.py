"""By which definitions, rules and calendars a release was made: one short hash of each."""

import hashlib
import re
from collections.abc import Iterable, Mapping

import polars as pl

from etl.rules import Rules
from etl.store import Store
from metrics.catalog.practice_gaps import PRACTICE_GAPS
from metrics.catalog.programme import CONSENT_FORMS, DUTIES
from metrics.metric import Metric
from metrics.release import TABLES

Versions = Mapping[tuple[str, str], str]

# What the statement of a metric reads tells which declarations it rests on.
_BY_RULES = re.compile(r"core\.(deadlines|escalations|routes|level_spans|milestones)\b")
_BY_PROCEDURE = re.compile(r"core\.(step_\w+|skips|disorders|repeats|detours|four_eyes)\b")

# What [practices] demand, and no procedure.
_OWED = {metric.name for metric in (*PRACTICE_GAPS, DUTIES)}


def versions(store: Store, metrics: Iterable[Metric], rules: Rules) -> pl.DataFrame:
    """One row per declaration, such as a rule: columns as in a release's `versions`.

    Nothing of it depends on a case: it says what was declared. Of numbers that only a metric
    rests on which is none of these there is no row: a hash without a key is found again by
    trying numbers.
    """
    metrics = tuple(metrics)
    names_told = {metric.name for metric in metrics}
    told: dict[tuple[str, str], list[str]] = {
        (kind, ""): [
            store.frame(f"select * from staging.{name} order by all").write_json()  # noqa: S608
            for name in names
        ]
        for kind, names in _TABLES.items()
        if kind not in _NUMBERS_OF or _NUMBERS_OF[kind] in names_told
    }
    for row in store.frame("select * from staging.practice_limits order by all").iter_rows(
        named=True
    ):
        told.setdefault(("practice", row["part"]), []).append(repr(row))
    for metric in metrics:
        told["metric", metric.name] = [
            repr(part)
            for part in (metric.kind, metric.contributions, metric.outcomes, metric.measures)
        ]
    for rule in rules.deadlines:
        told.setdefault(("rule", rule.name), []).append(repr(rule))
    for name, text in store.frame(_CALENDARS).iter_rows():
        told.setdefault(("calendar", name), []).append(text)
    return pl.DataFrame(
        [
            {"kind": kind, "name": name, "version": _short(parts)}
            for (kind, name), parts in told.items()
        ],
        schema=TABLES["versions"],
    )


_TABLES = {
    "procedure": ("procedure_steps", "procedure_pairs"),
    "duties": ("duties",),
    "engagements": ("engagements",),
}
_NUMBERS_OF = {"duties": DUTIES.name, "engagements": CONSENT_FORMS.name}
_CALENDARS = "select distinct calendar, definition from staging.calendars order by all"


def changed(then: pl.DataFrame, now: pl.DataFrame) -> set[tuple[str, str]]:
    """Kind and name of what was declared otherwise then, or not at all."""
    before, after = (
        {(row["kind"], row["name"]): row["version"] for row in rows.iter_rows(named=True)}
        for rows in (then, now)
    )
    return {key for key in {*before, *after} if before.get(key) != after.get(key)}


def recorded(metric: Metric, part: str, changes: set[tuple[str, str]]) -> list[str]:
    """What is recorded to have changed of all that a metric's counts rest on, in words.

    "definition", "rule", "calendar", "procedure", "practice", "duties" and "engagements", as
    far as each was declared otherwise.
    """
    by_rules = metric.sum_of is not None or _BY_RULES.search(metric.contributions)
    kinds = {kind for kind, _ in changes}
    names = {name for kind, name in changes if kind == "rule"}
    is_owed = metric.name in _OWED
    found = {
        "definition": ("metric", metric.name) in changes,
        "rule": bool(by_rules) and (part in names if part else bool(names)),
        "calendar": bool(by_rules) and "calendar" in kinds,
        "procedure": "procedure" in kinds
        and bool(_BY_PROCEDURE.search(metric.contributions))
        and not is_owed,
        "practice": is_owed and ("practice", part) in changes,
        "duties": metric.name == DUTIES.name and "duties" in kinds,
        "engagements": metric.name == CONSENT_FORMS.name and "engagements" in kinds,
    }
    return [word for word, is_so in found.items() if is_so]


def _short(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]
