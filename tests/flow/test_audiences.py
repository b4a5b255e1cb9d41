"""Committee, leadership and public read the same audit, as exactly as their policies allow."""

from datetime import date

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from metrics.catalog import UNUSABLE, metrics_for
from metrics.doubts import together
from metrics.periods import quarter_of
from metrics.reach import further_in, loose_in
from metrics.release import TABLES
from tests.specs import test_protection
from tests.specs.test_protection import ATOM, attack

ROUNDED = pytest.mark.parametrize("audience", ["leadership", "public"])
OUTCOME = ("metric", "part", "breakdown", "level", "month", "outcome")
FALL = date(2026, 7, 1)
MONTHS_OF_FALL = [date(2026, month, 1) for month in (7, 8, 9)]


SHARED = [metric.name for metric in metrics_for(exact=False)]


def counts(release) -> pl.DataFrame:
    """Cells that everybody is told, without their bands, whose widths differ.

    Those in doubt are counted apart where the audience is told of the check that failed, and
    answers that cannot be used are counted apart where counts are exact.
    """
    cells = together(release.table("cubes").filter(pl.col("metric").is_in(SHARED)))
    cells = cells.with_columns(pl.col("outcome").replace(UNUSABLE, "unanswered"))
    return cells.group_by(OUTCOME).agg(pl.col("n").sum())


def both(releases, audience: str) -> pl.DataFrame:
    """Told and exact counts, but for what is withheld."""
    published, exact = counts(releases[audience]), counts(releases["committee"])
    cells = releases[audience].table("cubes")
    withheld = cells.filter(pl.col("n").is_null()).select("metric", "part", "month").unique()
    joined = published.join(exact, on=OUTCOME, how="full", suffix="_true", coalesce=True)
    joined = joined.join(withheld, on=withheld.columns, how="anti")
    return joined.with_columns(pl.col("n", "n_true").fill_null(0))


@ROUNDED
def test_every_published_count_is_a_multiple_of_the_base(releases, audience):
    base = int(releases[audience].manifest["base"])
    cells = releases[audience].table("cubes")
    assert cells.filter(pl.col("n") % base != 0).is_empty()


@ROUNDED
def test_every_cell_that_the_committee_sees_is_there_for_the_others(releases, audience):
    keys = set(counts(releases[audience]).select(OUTCOME).rows())
    assert set(counts(releases["committee"]).select(OUTCOME).rows()) <= keys


@ROUNDED
def test_a_quarter_is_within_the_base_of_the_truth_as_the_release_says(releases, audience):
    release = releases[audience]
    base = int(release.manifest["base"])
    told = f"Each count for a month or a quarter is within {base - 1} of the truth"
    assert told in release.manifest["method_sentence"]
    quarterly = (
        both(releases, audience)
        .filter(pl.col("metric") != "escalation_compliance")
        .with_columns(pl.col("month").dt.truncate("1q"))
        .group_by(OUTCOME)
        .agg(pl.col("n", "n_true").sum())
    )
    off = (pl.col("n") - pl.col("n_true")).abs()
    loose = loose_in(release.manifest)
    looser = "A total of a "
    assert (looser in release.manifest["method_sentence"]) == bool(loose)
    assert looser not in release.manifest["method_in_brief"]
    assert told in release.manifest["method_in_brief"]
    for metric, quarter in quarterly.select("metric", "month").unique().iter_rows():
        reach = base * (1 + further_in(loose, metric, quarter).quarter) - 1
        here = (pl.col("metric") == metric) & (pl.col("month") == quarter)
        assert quarterly.filter(here & (off > reach)).is_empty()


@ROUNDED
def test_a_month_is_as_near_to_the_truth_as_the_release_says(releases, audience):
    release = releases[audience]
    loose = loose_in(release.manifest)
    off = (pl.col("n") - pl.col("n_true")).abs()
    cells = both(releases, audience).filter(pl.col("metric") == "report_frequency")
    for (month,), rows in cells.group_by("month"):
        further = further_in(loose, "report_frequency", quarter_of(month, year_starts=1))
        reach = int(release.manifest["base"]) * (1 + further.month) - 1
        assert rows.filter(off > reach).is_empty()


@ROUNDED
@pytest.mark.parametrize("breakdown", ["unit", "category", "channel", "severity"])
def test_levels_add_up_to_all(releases, audience, breakdown):
    cells = releases[audience].table("cubes").drop("level")
    keys = [name for name in cells.columns if name not in {"breakdown", "n"}]
    sums = [
        cells.filter(pl.col("breakdown") == name)
        .drop("breakdown")
        .group_by(keys)
        .agg(pl.col("n").sum())
        .sort(keys)
        for name in ("all", breakdown)
    ]
    assert_frame_equal(*sums)


@ROUNDED
def test_no_audience_reads_the_opposite_of_what_the_committee_reads(releases, audience):
    keys = ["commitment", "breakdown", "level", "period_start"]
    told = (
        releases["committee"]
        .table("results")
        .join(releases[audience].table("results"), on=keys, suffix="_told")
    )
    kept, failed = ["met", "met_narrowly"], ["not_met", "just_missed"]
    said = pl.col("verdict_told")
    judged = told.filter(pl.col("verdict").is_in([*kept, *failed]))
    assert judged.filter((said == "met") & pl.col("verdict").is_in(failed)).is_empty()
    assert judged.filter((said == "not_met") & pl.col("verdict").is_in(kept)).is_empty()
    # Rounded to tens, few results are certain; but most commitments have one.
    assert judged.filter(said.is_in([*kept, *failed])).height > judged.height / 4


@ROUNDED
def test_the_interval_of_a_rounded_share_holds_the_true_share(releases, audience):
    keys = ["metric", "measure", "part", "breakdown", "level", "period", "period_start"]
    shares = pl.col("measure").is_in(["share_met", "top_two", "response_rate", "rate"])
    true = (
        releases["committee"].figures().filter(shares).select(*keys, "numerator", "denominator")
    )
    told = releases[audience].figures().filter(shares & (pl.col("state") == "ok"))
    pairs = told.join(true, on=keys, suffix="_true").filter(pl.col("denominator_true") > 0)
    scale = pl.when(pl.col("measure") == "rate").then(100).otherwise(1)
    share = scale * pl.col("numerator_true") / pl.col("denominator_true")
    assert pairs.height > 1000
    assert pairs.filter(
        (share < pl.col("low") - 1e-9) | (share > pl.col("high") + 1e-9)
    ).is_empty()


@ROUNDED
def test_counts_of_rows_are_for_the_committee_alone(releases, audience):
    for table in ("verdicts", "deliveries"):
        rows = releases[audience].table(table)
        exact = releases["committee"].table(table)
        assert rows.height == exact.height
        numbers = [name for name, kind in TABLES[table].items() if kind == pl.Int64]
        assert numbers
        for name in numbers:
            assert rows[name].null_count() == rows.height
            assert exact[name].null_count() < exact.height
    # As many rows at least could not be read as there are reasons.
    assert releases[audience].table("reject_reasons").is_empty()
    assert releases["committee"].table("reject_reasons").height


@ROUNDED
@pytest.mark.parametrize(
    "table", ["in_period", "late_months", "paused_days", "responses", "groups", "gap_cases"]
)
def test_what_counts_the_cases_once_more_is_empty_for_all_but_the_committee(
    releases, audience, table
):
    assert releases["committee"].table(table).height > 0
    told = releases[audience].table(table)
    assert told.is_empty()
    assert told.columns == list(TABLES[table])


def test_the_words_beside_the_figures_are_the_same_for_everybody(releases):
    for table in ("definitions", "rules", "levels", "annotations", "commitments"):
        told = [releases[name].table(table) for name in ("committee", "leadership", "public")]
        if table == "definitions":
            told[0] = told[0].filter(pl.col("metric").is_in(SHARED))
        assert_frame_equal(told[0], told[1])
        assert_frame_equal(told[0], told[2])


def test_what_only_exact_counts_may_tell_is_told_to_the_committee_alone(releases):
    told = {name: set(releases[name].table("cubes")["metric"]) for name in releases}
    assert told["leadership"] == told["public"] == set(SHARED)
    assert "backlog" in told["committee"]


# An outsider who reads a release and solves its equations


@pytest.mark.parametrize(
    ("metric", "part"), [("deadline_compliance", "escalate"), ("report_frequency", "")]
)
def test_no_small_count_of_the_leaderships_release_can_be_solved_or_narrowed(
    releases, monkeypatch, metric, part
):
    monkeypatch.setattr(test_protection, "LEVELS", ("unit", "category", "channel", "severity"))
    asked = (
        (pl.col("metric") == metric)
        & (pl.col("part") == part)
        & pl.col("month").is_in(MONTHS_OF_FALL)
    )
    cells, truth = (
        releases[name].table("cubes").filter(asked).select(*ATOM, "n")
        for name in ("leadership", "committee")
    )
    small = truth.filter(pl.col("n") < 5)
    assert small.height > 10
    tiny = small.filter(pl.col("level") == "records_archive")
    attacked = pl.concat([tiny, small.sort(ATOM).gather_every(small.height // 4)])
    assert attack(attacked.unique(), cells, cells, off=4) == []
