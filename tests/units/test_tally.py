"""Rows that are alike are counted: for everybody, and for each level of every breakdown."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import tally as tallying
from metrics.tally import Places, Running, tally, within

PLACES = Places(
    pl.DataFrame(
        {
            "breakdown": ["all", "category", "channel", "channel", "severity", "unit", "unit"],
            "level": ["all", "theft", "phone", "web", "high", "East", "West"],
        }
    )
)
LEVELS = {"unit": [5, 6], "category": [1], "channel": [2, 3], "severity": [4]}
OUTCOMES = 3


def rows_of(*told: tuple[str, int, int, int, int]) -> pl.DataFrame:
    """Rows of part, unit, month, outcome and band; the channel changes from month to month."""
    return pl.DataFrame(
        [
            {
                "part": part,
                **{name: places[0] for name, places in LEVELS.items()},
                "unit": unit,
                "channel": LEVELS["channel"][(unit + month) % 2],
                "kind": month * OUTCOMES + outcome,
                "band": band,
            }
            for part, unit, month, outcome, band in told
        ],
        schema={
            "part": pl.String,
            **dict.fromkeys(LEVELS, pl.Int32),
            "kind": pl.Int32,
            "band": pl.Int32,
        },
    )


def plainly(rows: pl.DataFrame) -> list[tuple]:
    """The same counts by grouping, breakdown by breakdown."""
    told = rows.with_columns(
        month=pl.col("kind") // OUTCOMES, outcome=pl.col("kind") % OUTCOMES
    )
    places = (pl.lit(0), *(pl.col(name) for name in LEVELS))
    counts = pl.concat(
        told.group_by("part", place.alias("place"), "month", "outcome", "band").len("n")
        for place in places
    )
    return sorted(counts.rows())


def test_rows_alike_are_counted_once_for_everybody_and_once_for_each_level():
    rows = rows_of(("", 5, 24_288, 0, -1), ("", 6, 24_288, 0, -1), ("", 6, 24_288, 2, -1))
    assert tally(rows, PLACES, OUTCOMES).rows() == [
        ("", 0, 24_288, 0, -1, 2),
        ("", 0, 24_288, 2, -1, 1),
        ("", 1, 24_288, 0, -1, 2),
        ("", 1, 24_288, 2, -1, 1),
        ("", 2, 24_288, 0, -1, 1),
        ("", 2, 24_288, 2, -1, 1),
        ("", 3, 24_288, 0, -1, 1),
        ("", 4, 24_288, 0, -1, 2),
        ("", 4, 24_288, 2, -1, 1),
        ("", 5, 24_288, 0, -1, 1),
        ("", 6, 24_288, 0, -1, 1),
        ("", 6, 24_288, 2, -1, 1),
    ]


def test_without_a_row_there_is_no_count():
    counts = tally(rows_of(), PLACES, OUTCOMES)
    assert counts.is_empty()
    assert counts.columns == ["part", "place", "month", "outcome", "band", "n"]


@pytest.mark.parametrize("at_once", [0, 1 << 7], ids=["one by one", "together"])
@pytest.mark.parametrize("few", [0, 1 << 24], ids=["put in order", "counted all"])
@given(
    told=st.lists(
        st.tuples(
            st.sampled_from(["", "triaged", "a step of a long name"]),
            st.sampled_from(LEVELS["unit"]),
            st.integers(0, 120_000),
            st.integers(0, OUTCOMES - 1),
            st.one_of(st.just(-1), st.integers(0, 40_000)),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_whatever_the_rows_are_they_are_counted_as_by_grouping(few, at_once, told):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(tallying, "_FEW", few)
        patched.setattr(tallying, "_FOR_EACH_ROW", 0)
        patched.setattr(tallying, "_AT_ONCE", at_once)
        counts = tally(rows_of(*told), PLACES, OUTCOMES)
    assert counts.rows() == plainly(rows_of(*told))


def test_many_rows_of_few_kinds_and_of_many_are_counted_as_by_grouping():
    drawn = np.random.default_rng(20260930)
    for bands in (1, 3000):
        told = zip(
            drawn.choice(["triaged", "decided"], 5000).tolist(),
            drawn.choice(LEVELS["unit"], 5000).tolist(),
            drawn.integers(24_200, 24_260, 5000).tolist(),
            drawn.integers(0, OUTCOMES, 5000).tolist(),
            (drawn.integers(0, bands, 5000) - 1).tolist(),
            strict=True,
        )
        rows = rows_of(*told)
        assert tally(rows, PLACES, OUTCOMES).rows() == plainly(rows)


NAMES = ["triaged", "a step of a long name", "decided"]


def running(batches: list[pl.DataFrame], names: list[str] = NAMES) -> pl.DataFrame:
    counted = Running(PLACES, OUTCOMES, names)
    for batch in batches:
        numbered = batch.with_columns(
            pl.col("part").replace_strict(names, range(len(names)), return_dtype=pl.UInt16)
        )
        counted.add(numbered["kind"], within(numbered, PLACES))
    return counted.counts()


@pytest.mark.parametrize("at_once", [0, 1 << 7], ids=["one by one", "together"])
@given(
    told=st.lists(
        st.lists(
            st.tuples(
                st.sampled_from(NAMES),
                st.sampled_from(LEVELS["unit"]),
                st.integers(0, 120_000),
                st.integers(0, OUTCOMES - 1),
                st.just(-1),
            ),
            max_size=8,
        ),
        max_size=5,
    )
)
def test_rows_that_come_in_batches_are_counted_as_if_they_came_at_once(at_once, told):
    batches = [rows_of(*batch) for batch in told]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(tallying, "_AT_ONCE", at_once)
        counts = running(batches)
    assert counts.equals(tally(pl.concat([rows_of(), *batches]), PLACES, OUTCOMES))


def test_a_row_of_no_kind_is_not_counted():
    batch = rows_of(("decided", 5, 24_288, 0, -1), ("decided", 6, 24_288, 0, -1))
    kept = batch.with_columns(kind=pl.when(pl.col("unit") == 5).then("kind"))
    assert running([kept]).equals(running([batch.filter(pl.col("unit") == 5)]))
    assert running([batch.with_columns(kind=pl.lit(None, pl.Int32))]).is_empty()


def test_where_there_is_no_part_there_is_no_count():
    assert Running(PLACES, OUTCOMES, []).counts().is_empty()


def test_parts_are_told_by_their_names_whether_they_are_numbers_or_texts():
    rows = rows_of(*((name, 5, 24_288, 0, 7) for name in ("decided", "triaged", "decided")))
    numbers = rows.with_columns(pl.Series("part", [2, 0, 2], dtype=pl.UInt16))
    assert tally(numbers, PLACES, OUTCOMES, NAMES).equals(tally(rows, PLACES, OUTCOMES))
