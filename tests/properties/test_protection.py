"""What holds for the protected counts of any small organisation."""

from datetime import date

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.disclosure.policy import Policy
from metrics.disclosure.protect import protect
from metrics.disclosure.tables import KEY, SCHEMA, Table, banded
from metrics.metric import ExactCube

MONTHS = [date(2024, month, 1) for month in (1, 2, 3, 4)]
QUARTERS = {month: date(2024, 1 if month.month < 4 else 4, 1) for month in MONTHS}
LEVELS = {"unit": ("a", "b", "c"), "severity": ("high", "low")}
TABLES = (
    Table("reports", ("reported",)),
    Table("times", ("ended", "open"), timed=True, part_of="reports"),
)

CASES = st.lists(
    st.tuples(
        st.sampled_from(LEVELS["unit"]),
        st.sampled_from(LEVELS["severity"]),
        st.sampled_from(MONTHS),
        st.sampled_from(("ended", "open", None)),
        st.integers(0, 60),
    ),
    max_size=40,
)


def cube_of(cases) -> ExactCube:
    rows = []
    for unit, severity, month, outcome, days in cases:
        for level in (("all", "all"), ("unit", unit), ("severity", severity)):
            rows.append(("reports", "", *level, month, "reported", -1, 1))
            if outcome:
                rows.append(("times", "", *level, month, outcome, days, 1))
    frame = pl.DataFrame(rows, schema=dict(SCHEMA), orient="row")
    return ExactCube(cells=frame.group_by(KEY).agg(pl.col("n").sum()))


@settings(max_examples=40, deadline=None)
@given(CASES, st.sampled_from([5, 10]), st.binary(min_size=16, max_size=16))
def test_any_cube_is_additive_rounded_and_within_its_bounds(cases, base, seed):
    exact = cube_of(cases)
    policy = Policy("board", "rounding", base=base, min_denominator=base, bands=(0, 8, 31))
    protected = protect(
        exact,
        policy,
        seed=seed,
        tables=TABLES,
        levels=LEVELS,
        months=MONTHS,
        quarters=QUARTERS,
    )
    truth = banded(exact.cells, policy.bands)
    both = protected.cells.join(truth, on=KEY, how="left", suffix="_true").with_columns(
        pl.col("n_true").fill_null(0), quarter=pl.col("month").replace_strict(QUARTERS)
    )
    assert both["n_true"].sum() == exact.cells["n"].sum()
    assert both.filter((pl.col("n") % base != 0) | (pl.col("n") < 0)).is_empty()
    assert both.filter((pl.col("n_true") == 0) & (pl.col("n") > 0)).is_empty()
    assert both.filter((pl.col("n") - pl.col("n_true")).abs() >= base).is_empty()
    totals = both.group_by("metric", "month", "outcome", "band", "breakdown").agg(
        pl.col("n").sum()
    )
    assert totals.group_by("metric", "month", "outcome", "band").agg(pl.col("n").n_unique())[
        "n"
    ].to_list() == [1] * (7 * len(MONTHS))
