"""What the checks found, and what of it may be published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from etl.errors import InputError
from etl.store import Store
from metrics.consequences import BLOCKED
from metrics.doubts import blocked
from metrics.metric import Metric, ProtectedCube


class PublishError(InputError):
    """The data may not be published as it stands; the message says why and what to do."""


class BlockedError(PublishError):
    """A critical check failed: a finding about the data, not a mistake in the request."""


@dataclass(frozen=True, slots=True)
class Judging:
    """What the checks found, as far as figures are concerned and the audience may know.

    `at_fault` are the failed checks whose doubts are counted; None for all of them.
    """

    verdicts: pl.DataFrame
    unfit: Mapping[str, list[str]]
    absent: Mapping[str, int]
    at_fault: list[str] | None


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


def refuse_unfit(metrics: Sequence[Metric], verdicts: pl.DataFrame) -> None:
    """Raise BlockedError where no metric is fit to be published."""
    unfit = blocked(verdicts)
    # What rests on no check of the exports, such as planned meetings, is no audit by itself.
    if all(metric.name in unfit for metric in metrics if metric.depends_on):
        titles = dict.fromkeys(title for found in unfit.values() for title in found)
        raise BlockedError(
            "critical checks failed on which every figure rests, so nothing is published:"
            f" {'; '.join(titles)}"
        )


def without(cube: ProtectedCube, unfit: Mapping[str, list[str]]) -> ProtectedCube:
    """The cube without the metrics that are not fit to be published."""
    kept = cube.cells.filter(~pl.col("metric").is_in(list(unfit)))
    return ProtectedCube(cells=kept, base=cube.base)


def marked(figures: pl.DataFrame, unfit: Mapping[str, list[str]]) -> pl.DataFrame:
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
