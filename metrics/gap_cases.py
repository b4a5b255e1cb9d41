"""The cases behind a gap, masked: for whoever may see exact counts, and in no other release."""

import polars as pl

from etl.pseudonyms import reference
from etl.store import Store
from metrics.catalog.process_gaps import GAPS
from metrics.disclosure.policy import Policy
from metrics.release import TABLES, scope_of

# Of fewer cases a row of facts each could tell whose they are, even without a number.
FEWEST = 5
# Of each gap and quarter, the longest first; whoever mends more needs the export itself.
MOST = 50

# The cases and the day that decides their quarter are those that the metric itself counts.
_OF_METRIC = """
    select
        '{name}' as metric,
        part,
        case_key,
        happened_on
    from ({contributions})
    where outcome = 'gap'
"""
_ROWS = """
    select
        found.metric,
        found.part,
        found.case_key,
        found.happened_on,
        cases.received_on,
        cases.unit,
        cases.category,
        cases.severity,
        gaps.days::bigint as days,
        cases.resolved_on is null as is_open
    from ({found}) as found
    inner join core.cases as cases on found.case_key = cases.case_key
    inner join core.step_gaps as gaps
        on
            found.case_key = gaps.case_key
            and found.metric = gaps.gap
            and found.part = gaps.part
    where found.happened_on is not null and cases.received_on is not null
    order by all
"""
_PLACE = ["metric", "part", "period_start"]


def gap_cases(
    store: Store, policy: Policy, gaps: pl.DataFrame, inputs: str, *, secret: bytes
) -> dict[str, pl.DataFrame]:
    """The tables `gap_cases` and `gaps` of a release, the second with the days of each gap.

    `gaps` are those of the release and `inputs` is the digest of what it was made of, so that
    its references join with those of no other release. Days of receipt are rounded to the
    month. A gap of fewer than five cases names none of them and tells no days; nor does a
    release of protected counts.
    """
    many = gaps.filter(pl.col("cases") >= FEWEST)
    if policy.method != "identity" or many.is_empty():
        return {"gaps": gaps, "gap_cases": pl.DataFrame(schema=TABLES["gap_cases"])}
    rows = _behind(store, gaps, many)
    days = rows.group_by(_PLACE).agg(
        pl.when(pl.col("days").is_not_null().any()).then(pl.col("days").sum()).alias("days")
    )
    return {
        "gaps": gaps.drop("days")
        .join(days, on=_PLACE, how="left", maintain_order="left")
        .select(*TABLES["gaps"]),
        "gap_cases": _masked(rows, scope_of(policy.audience, inputs), secret),
    }


def _behind(store: Store, gaps: pl.DataFrame, many: pl.DataFrame) -> pl.DataFrame:
    """One row per case behind the gaps of `many` cases, in the gap's quarter."""
    told = many.select(*_PLACE)
    quarters = gaps.select("period_start").unique().sort("period_start")
    found = " union all ".join(
        _OF_METRIC.format(name=metric.name, contributions=metric.contributions)
        for metric in GAPS
        if metric.name in set(told["metric"])
    )
    return (
        store.frame(_ROWS.format(found=found))
        .sort("happened_on", maintain_order=True)
        .join_asof(quarters, left_on="happened_on", right_on="period_start")
        .filter(pl.col("happened_on") < pl.col("period_start").dt.offset_by("3mo"))
        .join(told, on=_PLACE, how="semi")
    )


def _masked(rows: pl.DataFrame, scope: str, secret: bytes) -> pl.DataFrame:
    masked = [reference(key, audience=scope, key=secret) for key in rows["case_key"]]
    return (
        rows.with_columns(
            pl.Series("reference", masked, dtype=pl.String),
            pl.col("received_on").dt.truncate("1mo").alias("month"),
        )
        # By the reference, and never by the key: its order is that of no other release.
        .sort(*_PLACE, "days", "reference", descending=[*[False] * 3, True, False],
              nulls_last=True)
        .group_by(_PLACE, maintain_order=True)
        .head(MOST)
        .select(*TABLES["gap_cases"])
    )  # fmt: skip
