"""How often a gap is made up, and a planted one found, over 20 organisations of the sample's
kind: `python -m pytest -q -s -o python_files="bench_*.py" tests/benchmarks/bench_gaps.py`.

Each has about 2,000 cases in twelve quarters, eight units and some 55 parts of gaps.
"""

import polars as pl
import pytest

from sample_data.planted import GAPS, NO_GAPS
from tests.invented_organisations import gaps_of_seed

SEEDS = [f"seed {number}" for number in range(20)]
FROM = GAPS.unchecked_from
NAMED = {
    ("skipped", "conflict_checked", GAPS.unchecked_unit),
    ("same_person", "investigated_and_decided", GAPS.one_person_unit),
}
# Most of all waits are this unit's, so that it is often not far enough out beside all units.
WAITS = ("not_followed_up", "waiting_for_resource", GAPS.waiting_unit)


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    def all_of(planting):
        return pl.concat(
            [
                gaps_of_seed(tmp_path_factory.mktemp("made") / "audit", seed, planting)
                .with_columns(pl.lit(seed).alias("seed"))
                for seed in SEEDS
            ]
        )  # fmt: skip

    return all_of


def test_units_named_where_nothing_is_planted(judged):
    found = judged(NO_GAPS)
    named, changed = found.filter(pl.col("unit") != ""), found.filter("changed")
    print(
        f"\n{found.height} gaps judged in {len(SEEDS)} organisations without a gap:"
        f" {named.height} name a unit, {changed.height} are called more than usual"
    )
    assert named.height <= len(SEEDS) // 4
    assert changed.height <= len(SEEDS) // 4


def test_units_named_where_gaps_are_planted(judged):
    found = judged(GAPS).filter(pl.col("period_start") >= FROM)
    named = found.filter(pl.col("unit") != "")
    pairs = named.select("metric", "part", "unit").rows()
    right = sum(pair in NAMED for pair in pairs)
    wrong = sum(pair not in NAMED and pair != WAITS for pair in pairs)
    silence, waits = (
        found.filter((pl.col("part") == part) & (pl.col("period_start") > FROM))
        for part in ("affected_person", WAITS[1])
    )
    partner = found.filter(pl.col("part") == GAPS.partner)
    planted = len(NAMED) * 4 * len(SEEDS)
    print(
        f"\nplanted units are named in {right} of {planted} quarters, others in {wrong};"
        f" the silence is more than usual in {silence['changed'].sum()} of {silence.height}"
        f" quarters, the waits in {waits['changed'].sum()} of {waits.height}, with their unit"
        f" in {pairs.count(WAITS)}; the partner is among the six largest gaps in"
        f" {(partner['rank'] <= 6).sum()} of {partner.height}"
    )
    assert right >= 0.9 * planted
    assert wrong <= len(SEEDS) // 4
