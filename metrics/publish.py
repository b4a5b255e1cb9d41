"""Make a release: count, protect, estimate, and seal the result in one immutable file."""

import hashlib
import hmac
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypedDict

import polars as pl

from etl.errors import InputError
from etl.rules import Deadline, Rules
from etl.store import Store
from metrics.benchmarks import benchmarks
from metrics.catalog import METRICS, metrics_for
from metrics.catalog.deadline_compliance import ESCALATION_COMPLIANCE
from metrics.consequences import BLOCKED, absent_rows, consequences
from metrics.count import count
from metrics.disclosure.policy import Policy
from metrics.disclosure.protect import protect, reach_of
from metrics.disclosure.tables import Table
from metrics.doubts import (
    blocked,
    kinds_of,
    outcomes_with,
    subtotals_with,
    together,
)
from metrics.estimate import estimate
from metrics.exposure import average_people, total_engagements
from metrics.figures import Setting
from metrics.gaps import gaps
from metrics.metric import ExactCube, Metric, ProtectedCube
from metrics.outlook import outlook
from metrics.periods import periods, quarter_of
from metrics.release import TABLES, releases_in
from metrics.scorecard import results
from metrics.sealed import tables_about
from metrics.signals import signals

ESCALATED = "escalated"


class PublishError(InputError):
    """The data may not be published as it stands; the message says why and what to do."""


class BlockedError(PublishError):
    """A critical check failed: a finding about the data, not a mistake in the request."""


@dataclass(frozen=True, slots=True)
class About:
    """What a release says of its organisation and of who may read it."""

    organisation: str
    case_word: str
    case_word_plural: str
    product_version: str


@dataclass(frozen=True, slots=True)
class _Judging:
    """What the checks found, as far as figures are concerned."""

    verdicts: pl.DataFrame
    unfit: Mapping[str, list[str]]
    absent: Mapping[str, int]


def publish(
    store: Store,
    policy: Policy,
    *,
    rules: Rules,
    annotations: pl.DataFrame,
    about: About,
    seed: bytes,
    to: Path,
    say: Callable[[str], None] = lambda _: None,
) -> Path:
    """Publish the core tables to the policy's audience and return the release's file.

    The same data, rules, policy and seed give the same release: published again at once, it is
    the file that is there already. Raises PublishError where the data were not judged since
    they last changed, and BlockedError where no figure is fit to be published; otherwise a
    critical finding leaves out the figures that it concerns, and they say why.
    """
    verdicts = judged(store)
    told = store.frame("select * from staging.parameters").row(0, named=True)
    calendar = _calendar(told)
    levels = store.frame("select * from staging.levels order by all")
    metrics = metrics_for(exact=policy.method == "identity")
    _refuse_unfit(metrics, verdicts)
    parts = {metric.name: metric.parts(rules) for metric in metrics}
    say("counting")
    exact = _within(count(store, metrics), calendar)
    say(f"protecting the counts for {policy.audience}")
    safe = protect(
        exact,
        policy,
        seed=_seed_of(seed, policy),
        tables=_declared(metrics, parts, verdicts),
        levels=_codes(levels),
        **_months(calendar, told["fiscal_year_start_month"]),
    )
    say("estimating")
    judging = _Judging(verdicts, blocked(verdicts), absent_rows(store, metrics, policy))
    cube = _without(_with_escalations(safe, rules.deadlines), judging.unfit)
    setting = _setting(store, policy, told, calendar, levels)
    tables = {
        **_estimated(cube, metrics, parts, rules, setting, judging),
        **tables_about(store, policy, rules, levels, annotations, verdicts, metrics),
    }
    facts = _facts(told, policy, about, verdicts, store, reach_of(exact, safe, policy))
    return _seal(tables, facts, to)


def _seed_of(seed: bytes, policy: Policy) -> bytes:
    return hmac.new(seed, f"rounding|{policy.audience}".encode(), hashlib.sha256).digest()


def _calendar(told: Mapping[str, Any]) -> pl.DataFrame:
    return periods(
        told["coverage_from"],
        told["coverage_until"],
        year_starts=told["fiscal_year_start_month"],
    )


def _setting(
    store: Store,
    policy: Policy,
    told: Mapping[str, Any],
    calendar: pl.DataFrame,
    levels: pl.DataFrame,
) -> Setting:
    people = average_people(
        store.frame("select * from core.exposure"),
        calendar,
        coverage=(told["coverage_from"], told["coverage_until"]),
    )
    return Setting(
        periods=calendar,
        levels=levels,
        exposure=people,
        engagements=total_engagements(store.frame("select * from core.engagements"), calendar),
        base=policy.base,
        min_denominator=policy.min_denominator,
    )


def _estimated(
    cube: ProtectedCube,
    metrics: tuple[Metric, ...],
    parts: Mapping[str, tuple[str, ...]],
    rules: Rules,
    setting: Setting,
    judging: _Judging,
) -> dict[str, pl.DataFrame]:
    """Everything that is computed from the protected counts."""
    plain = ProtectedCube(cells=together(cube.cells), base=cube.base)
    figures = _marked(estimate(plain, metrics, parts, setting), judging.unfit)
    found = signals(figures, metrics, base=setting.base)
    ranges = consequences(
        figures, cube.cells, metrics, judging.verdicts, judging.absent, setting
    )
    return {
        "cubes": cube.cells.select(*TABLES["cubes"]),
        "figures": figures,
        "signals": found,
        "gaps": gaps(figures, found),
        "benchmarks": benchmarks(figures),
        "outlook": outlook(figures, metrics, base=setting.base),
        "results": results(figures, found, rules.commitments, ranges),
        "consequences": ranges,
    }


def _refuse_unfit(metrics: Sequence[Metric], verdicts: pl.DataFrame) -> None:
    unfit = blocked(verdicts)
    if all(metric.name in unfit for metric in metrics):
        titles = dict.fromkeys(title for found in unfit.values() for title in found)
        raise BlockedError(
            "critical checks failed on which every figure rests, so nothing is published:"
            f" {'; '.join(titles)}"
        )


def _without(cube: ProtectedCube, unfit: Mapping[str, list[str]]) -> ProtectedCube:
    kept = cube.cells.filter(~pl.col("metric").is_in(list(unfit)))
    return ProtectedCube(cells=kept, base=cube.base)


def _marked(figures: pl.DataFrame, unfit: Mapping[str, list[str]]) -> pl.DataFrame:
    """Figures of metrics that are not fit hold no number, and say which check failed."""
    numbers = ("value", "low", "high", "numerator", "denominator", "worst", "best")
    spoilt = pl.col("metric").is_in(list(unfit))
    reasons = {name: BLOCKED.format(titles="; ".join(found)) for name, found in unfit.items()}
    return figures.with_columns(
        *(pl.when(~spoilt).then(pl.col(name)).alias(name) for name in numbers),
        *(
            pl.when(spoilt).then(0).otherwise(pl.col(name)).alias(name)
            for name in ("pending", "missing")
        ),
        pl.when(spoilt).then(pl.lit("not_fit")).otherwise("state").alias("state"),
        pl.when(spoilt)
        .then(pl.col("metric").replace_strict(reasons, default="", return_dtype=pl.String))
        .otherwise("reason")
        .alias("reason"),
    )


def judged(store: Store) -> pl.DataFrame:
    """The latest verdicts on the core tables as they are now.

    Raises PublishError where there are none.
    """
    if not store.has("core.build") or not store.has("core.cases"):
        raise PublishError("no export has been loaded yet; run: case-audit load EXPORT...")
    verdicts = (
        store.frame(
            "select * from quality.verdicts"
            " where run = (select max(run) from quality.verdicts) order by rowid"
        )
        if store.has("quality.verdicts")
        else pl.DataFrame()
    )
    if verdicts.is_empty():
        raise PublishError("the data have not been checked; run: case-audit check")
    fingerprint = store.frame("select fingerprint from core.build")["fingerprint"][0]
    if verdicts["fingerprint"][0] != fingerprint:
        raise PublishError(
            "the data have changed since they were last checked; run: case-audit check"
        )
    return verdicts


def _within(cube: ExactCube, calendar: pl.DataFrame) -> ExactCube:
    """Only the covered months: before and after them nobody was counting."""
    months = calendar["month"].unique()
    return ExactCube(cells=cube.cells.filter(pl.col("month").is_in(months.implode())))


def _declared(
    metrics: Sequence[Metric], parts: Mapping[str, tuple[str, ...]], verdicts: pl.DataFrame
) -> list[Table]:
    """The tables of a release; escalations are sums of protected deadlines."""
    kinds = {
        metric.name: kinds_of(verdicts, metric.name) if metric.doubted else ()
        for metric in metrics
    }
    return [
        Table(
            metric=metric.name,
            outcomes=outcomes_with(metric.outcomes, kinds[metric.name]),
            parts=parts[metric.name],
            subtotals=subtotals_with(metric.outcomes, metric.subtotals, kinds[metric.name]),
            timed=metric.kind == "survival",
            part_of=metric.part_of,
        )
        for metric in metrics
        if metric.sum_of is None
    ]


def _codes(levels: pl.DataFrame) -> dict[str, list[str]]:
    return {
        str(breakdown[0]): rows["level"].to_list()
        for breakdown, rows in levels.group_by("breakdown")
    }


class _Months(TypedDict):
    months: list[date]
    quarters: dict[date, date]


def _months(calendar: pl.DataFrame, year_starts: int) -> _Months:
    """The covered months, and the quarter of each."""
    months = calendar["month"].unique().sort().to_list()
    quarters = {month: quarter_of(month, year_starts=year_starts) for month in months}
    return {"months": months, "quarters": quarters}


def _with_escalations(cube: ProtectedCube, deadlines: tuple[Deadline, ...]) -> ProtectedCube:
    """Add the cells of escalation compliance: of every rule that ends in an escalation."""
    rules = [rule.name for rule in deadlines if rule.to_kind == ESCALATED]
    escalations = (
        cube.cells.filter(
            (pl.col("metric") == ESCALATION_COMPLIANCE.sum_of) & pl.col("part").is_in(rules)
        )
        .with_columns(
            pl.lit(ESCALATION_COMPLIANCE.name).alias("metric"), pl.lit("").alias("part")
        )
        .group_by("metric", "part", "breakdown", "level", "month", "outcome", "band")
        .agg(pl.col("n").sum())
        .sort("breakdown", "level", "month", "outcome")
    )
    cells = pl.concat([cube.cells, escalations.select(cube.cells.columns)])
    return ProtectedCube(cells=cells, base=cube.base)


def _facts(
    told: Mapping[str, Any],
    policy: Policy,
    about: About,
    verdicts: pl.DataFrame,
    store: Store,
    reach: int,
) -> dict[str, str]:
    fingerprint = store.frame("select fingerprint from core.build")["fingerprint"][0]
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
        "method_sentence": policy.method_sentence(reach=reach),
        "min_denominator": str(policy.min_denominator),
        "policy": policy.version,
        "policy_owner": policy.owner,
        "coverage_from": told["coverage_from"].isoformat(),
        "coverage_until": told["coverage_until"].isoformat(),
        "inputs_sha256": fingerprint,
        "product_version": about.product_version,
        "not_fit": ", ".join(
            metric.name for metric in METRICS if metric.name in blocked(verdicts)
        ),
        "checks_run": str(verdicts.height),
        "checks_failed": str(verdicts.filter(pl.col("outcome") == "failed").height),
    }


def _seal(tables: Mapping[str, pl.DataFrame], facts: Mapping[str, str], to: Path) -> Path:
    """Write the release beside its place and move it there, whole.

    Its name begins with a number that says in which order releases were published.
    """
    digest = hashlib.sha256()
    for name in sorted(tables):
        digest.update(tables[name].write_json().encode())
    digest.update(repr(sorted(facts.items())).encode())
    ending = f"{facts['as_of']}-{facts['audience']}-{digest.hexdigest()[:8]}"
    before = releases_in(to)
    own = [path for path in before if f"-{facts['audience']}-" in path.stem]
    if own and own[-1].stem.endswith(ending):
        return own[-1]  # the same release again
    number = int(before[-1].stem.split("-")[0]) + 1 if before else 1
    name = f"{number:04}-{ending}"
    manifest = pl.DataFrame(
        {"name": ["release", *facts], "value": [name, *facts.values()]},
        schema=TABLES["manifest"],
    )
    to.mkdir(mode=0o700, parents=True, exist_ok=True)
    path, draft = to / f"{name}.duckdb", to / f".{name}.draft"
    draft.unlink(missing_ok=True)
    with Store.open(draft) as release:
        for table in TABLES:
            rows = manifest if table == "manifest" else tables[table]
            release.replace(table, rows.select(*TABLES[table]))
    draft.chmod(0o400)
    os.replace(draft, path)  # noqa: PTH105  the atomic one, named as such
    return path
