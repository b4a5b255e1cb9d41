"""The cases behind a gap, masked: for whoever may see exact counts, and in no other release."""

import polars as pl

from etl.pseudonyms import reference
from etl.store import Store
from metrics.disclosure.policy import Policy
from metrics.release import TABLES, scope_of

# Of fewer cases a row of facts each could tell whose they are, even without a number.
FEWEST = 5
# Of each gap and quarter, the longest first; whoever mends more needs the export itself.
MOST = 50

_ROWS = """
    select
        gaps.gap as metric,
        gaps.part,
        cases.case_key,
        cases.received_on,
        cases.unit,
        cases.category,
        cases.severity,
        gaps.days,
        cases.resolved_on is null as is_open
    from core.step_gaps as gaps
    inner join core.cases as cases on gaps.case_key = cases.case_key
    where gaps.result = 'gap' and cases.received_on is not null
    order by all
"""


def gap_cases(
    store: Store, policy: Policy, gaps: pl.DataFrame, inputs: str, *, secret: bytes
) -> dict[str, pl.DataFrame]:
    """The table `gap_cases` of a release: one row per case behind a gap of a quarter.

    `gaps` are those of the release and `inputs` is the digest of what it was made of, so that
    its references join with those of no other release. Days are rounded to the month. A gap
    of fewer than five cases names none of them; nor does a release of protected counts.
    """
    if policy.method != "identity" or gaps.is_empty():
        return {"gap_cases": pl.DataFrame(schema=TABLES["gap_cases"])}
    told = gaps.filter(pl.col("cases") >= FEWEST).select("metric", "part", "period_start")
    quarters = gaps.select("period_start").unique().sort("period_start")
    rows = (
        store.frame(_ROWS)
        .sort("received_on", maintain_order=True)
        .join_asof(quarters, left_on="received_on", right_on="period_start")
        .filter(pl.col("received_on") < pl.col("period_start").dt.offset_by("3mo"))
        .join(told, on=["metric", "part", "period_start"], how="semi")
    )
    scope = scope_of(policy.audience, inputs)
    masked = [reference(key, audience=scope, key=secret) for key in rows["case_key"]]
    place = ["metric", "part", "period_start"]
    found = (
        rows.with_columns(
            pl.Series("reference", masked, dtype=pl.String),
            pl.col("received_on").dt.truncate("1mo").alias("month"),
            pl.col("days").cast(pl.Int64),
        )
        # By the reference, and never by the key: its order is that of no other release.
        .sort(*place, "days", "reference", descending=[*[False] * 3, True, False],
              nulls_last=True)
        .group_by(place, maintain_order=True)
        .head(MOST)
        .select(*TABLES["gap_cases"])
    )  # fmt: skip
    return {"gap_cases": found}
