import stat

import polars as pl
import pytest

from etl.store import Store
from metrics.catalog import METRICS
from metrics.disclosure.policy import Policy
from metrics.judged import BlockedError, PublishError
from metrics.release import TABLES, open_release
from tests.specs.measured import filled, judge, sealed

EVENTS = """
    case | kind     | on
    A    | received | 2024-01-10
    B    | received | 2024-02-10
    B    | resolved | 2024-02-20
"""
BOARD = Policy("board", "rounding", base=5, min_denominator=20)


@pytest.fixture
def built(store, tmp_path) -> Store:
    """A store with two cases that nobody has judged."""
    return filled(store, tmp_path, as_of="2024-03-31", events=EVENTS)


def names(folder) -> list[str]:
    return sorted(path.name for path in (folder / "releases").iterdir())


def test_an_empty_store_is_not_published(store, tmp_path):
    with pytest.raises(PublishError, match="no export has been loaded yet"):
        sealed(store, to=tmp_path)


def test_what_nobody_judged_is_not_published(built, tmp_path):
    with pytest.raises(PublishError, match="have not been checked; run: case-audit check"):
        sealed(built, to=tmp_path)


def test_what_changed_since_it_was_judged_is_not_published(built, tmp_path):
    judge(built)
    built.replace("core.build", pl.DataFrame({"fingerprint": ["another"]}))
    with pytest.raises(PublishError, match="have changed since they were last checked"):
        sealed(built, to=tmp_path)


def test_a_critical_finding_leaves_out_the_figures_that_it_concerns(built, tmp_path):
    judge(built, outcome="failed")
    release = open_release(sealed(built, to=tmp_path))
    unfit = release.figures(metric="report_frequency")
    assert set(unfit["state"]) == {"not_fit"}
    assert unfit["value"].null_count() == unfit.height > 0
    assert set(unfit["reason"]) == {
        "A critical check failed: Every case stands in the audit once."
    }
    assert "report_frequency" not in set(release.table("cubes")["metric"])
    assert "not_fit" not in set(release.figures(metric="time_to_resolution")["state"])
    marked = release.table("consequences").filter(pl.col("metric") == "report_frequency")
    assert set(marked["use"]) == {"not_fit"}
    assert release.manifest["not_fit"] == "report_frequency"


def test_where_no_figure_is_fit_nothing_is_published(built, tmp_path):
    judge(built, outcome="failed", affects=[metric.name for metric in METRICS])
    with pytest.raises(BlockedError, match="Every case stands in the audit once"):
        sealed(built, to=tmp_path)
    assert not (tmp_path / "releases").exists()


@pytest.mark.parametrize(
    ("severity", "outcome"),
    [("warning", "failed"), ("critical", "empty"), ("critical", "passed")],
)
def test_what_is_not_a_critical_finding_does_not_block(built, tmp_path, severity, outcome):
    judge(built, severity=severity, outcome=outcome)
    assert sealed(built, to=tmp_path).is_file()


def test_only_the_latest_verdicts_count(built, tmp_path):
    judge(built, outcome="failed")
    old = built.frame("select * from quality.verdicts")
    judge(built)
    built.append("quality.verdicts", old.with_columns(pl.col("run") - 1))
    assert sealed(built, to=tmp_path).is_file()


def test_a_release_is_sealed_and_leaves_nothing_half_done_beside_it(built, tmp_path):
    judge(built)
    path = sealed(built, to=tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert names(tmp_path) == [path.name]


def test_published_again_it_is_the_same_file(built, tmp_path):
    judge(built)
    first = sealed(built, to=tmp_path)
    before = first.read_bytes()
    assert sealed(built, to=tmp_path) == first
    assert first.read_bytes() == before
    assert len(names(tmp_path)) == 1


def test_another_audience_gets_a_release_of_its_own_and_releases_are_numbered(built, tmp_path):
    judge(built)
    first, second = sealed(built, to=tmp_path), sealed(built, to=tmp_path, policy=BOARD)
    assert first.name.startswith("0001-2024-03-31-committee-")
    assert second.name.startswith("0002-2024-03-31-board-")


def test_the_manifest_says_what_was_published_for_whom_and_how(built, tmp_path):
    judge(built)
    path = sealed(built, to=tmp_path, policy=BOARD)
    release = open_release(path)
    told = release.manifest
    assert release.id == told["release"] == path.stem
    assert (told["audience"], told["method"], told["base"]) == ("board", "rounding", "5")
    assert (told["as_of"], told["coverage_from"]) == ("2024-03-31", "2024-01-10")
    assert (told["checks_run"], told["checks_failed"]) == ("1", "0")
    assert told["min_denominator"] == "20"
    assert "multiples of 5" in told["method_sentence"]


def test_a_release_has_the_columns_that_are_promised_in_their_order(built, tmp_path):
    judge(built)
    release = open_release(sealed(built, to=tmp_path, policy=BOARD))
    for name, columns in TABLES.items():
        assert dict(release.table(name).schema) == columns, name


def test_nothing_exact_is_in_a_rounded_release(built, tmp_path):
    judge(built)
    release = open_release(sealed(built, to=tmp_path, policy=BOARD))
    assert release.table("cubes").filter(pl.col("n") % 5 != 0).is_empty()
    for name in ("verdicts", "deliveries"):
        rows = release.table(name)
        numbers = [column for column, kind in rows.schema.items() if kind == pl.Int64]
        assert all(rows[column].null_count() == rows.height > 0 for column in numbers)


def test_no_case_is_in_a_release(store, tmp_path):
    events = EVENTS.replace("A ", "a-case-that-stands-out ")
    judge(filled(store, tmp_path, as_of="2024-03-31", events=events))
    release = open_release(sealed(store, to=tmp_path))
    for name in TABLES:
        assert "stands-out" not in release.table(name).write_json()
