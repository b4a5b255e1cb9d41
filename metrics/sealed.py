"""What stands in a release beside its figures: words, rules, verdicts, deliveries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from etl.rules import ALWAYS, FOR_EVER, Commitment, Deadline, Rules
from etl.store import Store
from metrics.catalog import METRICS
from metrics.disclosure.policy import Policy
from metrics.doubts import blocked
from metrics.groups import groups
from metrics.in_period import in_period
from metrics.late_entry import late_months
from metrics.metric import Metric
from metrics.paused_days import paused_days
from metrics.practices import coverage
from metrics.release import TABLES
from metrics.responses import responses
from metrics.sealed_checks import tables_of_checks


@dataclass(frozen=True, slots=True)
class About:
    """What a release says of its organisation and of who may read it."""

    organisation: str
    case_word: str
    case_word_plural: str
    product_version: str


def tables_about(
    store: Store,
    policy: Policy,
    rules: Rules,
    levels: pl.DataFrame,
    annotations: pl.DataFrame,
    verdicts: pl.DataFrame,
    metrics: Iterable[Metric],
    calendar: pl.DataFrame,
    actions: pl.DataFrame | None,
) -> dict[str, pl.DataFrame]:
    """The tables that are not figures; counts of rows only where counts may be exact."""
    return {
        "definitions": definitions(metrics),
        "commitments": commitments_table(rules.commitments),
        "rules": rules_table(rules.deadlines),
        "levels": levels.select(*TABLES["levels"]),
        "annotations": annotations.select(*TABLES["annotations"]).sort("happened_on"),
        **tables_of_checks(store, policy, verdicts),
        "practices": _practices(store, policy, actions),
        **_exact_alone(store, policy, calendar),
        "deliveries": _unnamed(_deliveries(store), policy),
        "reject_reasons": _reject_reasons(store, policy),
    }


def _practices(store: Store, policy: Policy, actions: pl.DataFrame | None) -> pl.DataFrame:
    """For exact audiences alone: that an event was ever recorded tells of a case."""
    found = coverage(store, actions) if policy.method == "identity" else ()
    return pl.DataFrame(
        [
            {
                "number": each.practice.number,
                "name": each.practice.name,
                "question": each.practice.question,
                "state": each.state,
                "missing": list(each.missing),
            }
            for each in found
        ],
        schema=TABLES["practices"],
    )


_COUNTED_AGAIN = ("in_period", "late_months", "paused_days", "responses", "groups")


def _exact_alone(
    store: Store, policy: Policy, calendar: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """Tables that count cases a second time in another way: empty for any other audience."""
    if policy.method != "identity":
        return {name: pl.DataFrame(schema=TABLES[name]) for name in _COUNTED_AGAIN}
    return {
        "in_period": in_period(store, calendar),
        "late_months": late_months(store),
        "paused_days": paused_days(store, calendar),
        "responses": responses(store, calendar),
        "groups": groups(store, calendar),
    }


def definitions(metrics: Iterable[Metric] = METRICS) -> pl.DataFrame:
    """One row per measure of every metric, from the catalogue."""
    return pl.DataFrame(
        [
            {
                "metric": metric.name,
                "metric_title": metric.title,
                "question": metric.question,
                "cohort": metric.cohort,
                "measure": measure.name,
                "title": measure.title,
                "unit_of_value": measure.unit,
                "better": measure.better,
                "definition": measure.definition,
                "source": measure.source,
                "depends_on": list(metric.depends_on),
            }
            for metric in metrics
            for measure in metric.measures
        ],
        schema=TABLES["definitions"],
    )


def rules_table(deadlines: tuple[Deadline, ...]) -> pl.DataFrame:
    """Deadlines as the release's rows, in words."""
    return pl.DataFrame(
        [
            {
                "rule": rule.name,
                "title": rule.title,
                "clock": rule.clock,
                "applies_to": _applies_to(rule),
                "basis": rule.basis,
                "verified": rule.verified,
                "in_force": _in_force(rule),
            }
            for rule in deadlines
        ],
        schema=TABLES["rules"],
    )


def commitments_table(commitments: tuple[Commitment, ...]) -> pl.DataFrame:
    """Commitments as the release's rows."""
    return pl.DataFrame(
        [
            {
                "commitment": made.name,
                "title": made.title,
                "metric": made.metric,
                "measure": made.measure,
                "part": made.part,
                "target": made.target,
                "owner": made.owner,
                "position": position,
            }
            for position, made in enumerate(commitments)
        ],
        schema=TABLES["commitments"],
    )


def _applies_to(rule: Deadline) -> str:
    if not rule.applies_to:
        return "every case"
    return "; ".join(f"{name}: {', '.join(given)}" for name, given in rule.applies_to.items())


def _in_force(rule: Deadline) -> str:
    since = "" if rule.in_force_from == ALWAYS else f"from {rule.in_force_from}"
    until = "" if rule.in_force_until == FOR_EVER else f"until {rule.in_force_until}"
    return " ".join(filter(None, (since, until))) or "always"


def _deliveries(store: Store) -> pl.DataFrame:
    return store.frame(
        "select source, export, as_of, substr(sha256, 1, 12) as fingerprint, rows_in,"
        " rows_loaded, rows_rejected, rows_repeated, rows_left_out, coverage_from,"
        " coverage_until from core.snapshots order by snapshot"
    )


def _reject_reasons(store: Store, policy: Policy) -> pl.DataFrame:
    """For exact audiences alone: there are at least as many such rows as there are reasons."""
    if policy.method != "identity":
        return pl.DataFrame(schema=TABLES["reject_reasons"])
    return store.frame(
        "select snapshots.source, snapshots.export, rejects.column_name, rejects.reason,"
        " count(*)::bigint as row_count from staging.rejects as rejects"
        " inner join core.snapshots as snapshots on rejects.snapshot = snapshots.snapshot"
        " group by all order by all"
    )


def _unnamed(deliveries: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """Of each export that there is one, for readers of protected counts.

    Other data must give the same release. An export that has not changed is no new delivery, so
    that how many there are, and of which days, tells that there was no case between two
    quarters. The first day covered may be that of a case. What a release covers stands in
    its manifest.
    """
    if policy.method == "identity":
        return deliveries
    exports = deliveries.select("source", "export").unique().sort("source", "export")
    lost = [name for name in deliveries.columns if name not in exports.columns]
    return exports.with_columns(
        pl.lit("" if name == "fingerprint" else None, deliveries.schema[name]).alias(name)
        for name in lost
    )


def setting_of(told: Mapping[str, Any], policy: Policy, about: About) -> dict[str, str]:
    """What every release says of itself: whose it is, of which days, and by which policy."""
    return {
        "audience": policy.audience,
        "as_of": told["as_of"].isoformat(),
        "organisation": about.organisation,
        "case_word": about.case_word,
        "case_word_plural": about.case_word_plural,
        "time_zone": told["time_zone"],
        "fiscal_year_start_month": str(told["fiscal_year_start_month"]),
        "method": policy.method,
        "base": str(policy.base),
        "min_denominator": str(policy.min_denominator),
        "policy": policy.version,
        "policy_owner": policy.owner,
        "coverage_from": told["coverage_from"].isoformat(),
        "coverage_until": told["coverage_until"].isoformat(),
        "product_version": about.product_version,
    }


def facts_of(
    told: Mapping[str, Any],
    policy: Policy,
    about: About,
    verdicts: pl.DataFrame,
    inputs: str,
) -> dict[str, str]:
    """What a release says of itself, but for how it was protected and sealed."""
    return {
        **setting_of(told, policy, about),
        "inputs_sha256": inputs,
        "not_fit": ", ".join(
            metric.name for metric in METRICS if metric.name in blocked(verdicts)
        ),
        "checks_run": str(verdicts.height),
        "checks_failed": str(verdicts.filter(pl.col("outcome") == "failed").height),
    }
