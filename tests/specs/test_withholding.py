"""Suppression for readers who need exact counts, from the policy to the attack on the file."""

from collections.abc import Collection
from datetime import date

import numpy as np
import polars as pl
import pytest

from dashboard.report import csv, html, pdf
from etl.store import Store
from metrics.attack.report import attack
from metrics.disclosure import withholding
from metrics.disclosure.layers import method_beside
from metrics.disclosure.policy import Policy, PolicyError
from metrics.release import open_release
from metrics.scorecard import verdict
from metrics.sealing import UnsafeError
from tests import pdfs
from tests.specs.measured import filled, judge, sealed
from tests.specs.test_attack import changed

FEW = 3
ANNEX = Policy("annex", "suppression", threshold=FEW, min_denominator=20, bands=(0, 31))
BOARD = Policy("board", "rounding", base=5, min_denominator=20)
CASES = 240


def organisation(
    *,
    names: str = "",
    archive: Collection[int] = (0, 120),
    later: int = 0,
    waiting: Collection[int] = (3, 4),
) -> dict[str, str]:
    """A depot, an office and an archive of few; most cases are acknowledged in time.

    Those `waiting` came in the last days, and are not due yet.
    """
    draw = np.random.default_rng(5)
    events, cases = ["case | kind | on"], ["case | unit | severity"]
    for number in range(CASES):
        name, month = f"{names}{number}", 1 + number % 3
        unit = "archive" if number in archive else "office" if number % 3 == 0 else "depot"
        cases.append(f"{name} | {unit} | {'high' if number % 4 == 0 else 'low'}")
        if number in waiting:
            events.append(f"{name} | received | 2024-03-29")
            continue
        events.append(f"{name} | received | {date(2024, month, later + 1 + number % 9)}")
        late = 10 if draw.random() < 0.3 else 0
        events.append(f"{name} | acknowledged | {date(2024, month, later + 11 + late)}")
        if draw.random() < 0.8:
            resolved = later + 23 + number % 3
            events.append(f"{name} | resolved | {date(2024, month, resolved)}")
    return {"events": "\n".join(events), "cases": "\n".join(cases)}


@pytest.fixture(scope="module")
def annex(tmp_path_factory):
    folder = tmp_path_factory.mktemp("annex")
    with Store.open() as store:
        judge(filled(store, folder, as_of="2024-03-31", **organisation()))
        return sealed(store, to=folder, policy=ANNEX)


def told(release, **wanted: object) -> pl.DataFrame:
    rows = release.table("cubes")
    for column, value in wanted.items():
        rows = rows.filter(pl.col(column) == value)
    return rows


def test_what_is_told_is_exact_and_what_is_small_is_withheld(annex):
    release = open_release(annex)

    depot = told(release, metric="report_frequency", level="depot")["n"].to_list()
    archive = told(release, metric="report_frequency", level="archive")["n"].to_list()

    everybody = told(release, metric="report_frequency", level="all")["n"].to_list()
    assert everybody == [240]
    assert archive == [None]
    assert set(depot) != {0}


def test_no_small_count_is_told_not_even_none(annex):
    counts = open_release(annex).table("cubes")["n"].drop_nulls()
    assert counts.len() > 5
    assert counts.min() >= FEW


def test_an_attacker_who_reads_the_file_finds_nothing(annex):
    found = attack([annex])
    assert found.passed, found.lines()
    assert sum(one.targets for one in found.findings) > 100


def test_a_share_is_told_where_its_counts_are(annex):
    figures = open_release(annex).figures(
        metric="deadline_compliance", breakdown="all", period="quarter"
    )
    assert figures["state"].to_list() == ["ok"]
    assert figures["denominator"].to_list() == [238]


def test_a_share_of_withheld_counts_is_withheld_with_the_reason(annex):
    figures = open_release(annex).figures(metric="deadline_compliance", level="archive")
    assert set(figures["state"]) == {"withheld"}
    assert figures["value"].null_count() == figures.height
    assert set(figures["reason"]) == {"Withheld to protect the people involved."}


def test_deadlines_that_tell_what_is_not_due_are_not_told(store, tmp_path):
    """All 240 have fallen due, so that exact receipts and deadlines tell that none has not."""
    told_all = organisation(waiting=())
    judge(filled(store, tmp_path, as_of="2024-03-31", **told_all))
    release = open_release(sealed(store, to=tmp_path, policy=ANNEX))
    assert told(release, metric="report_frequency", level="all")["n"].to_list() == [240]
    assert told(release, metric="deadline_compliance")["n"].drop_nulls().len() == 0
    figures = release.figures(metric="deadline_compliance")
    assert set(figures["reason"]) == {"Withheld to protect the people involved."}


def test_deadlines_told_all_the_same_stop_the_release(store, tmp_path, monkeypatch):
    monkeypatch.setattr(withholding, "tells_more", lambda *_, **__: False)
    judge(filled(store, tmp_path, as_of="2024-03-31", **organisation(waiting=())))
    with pytest.raises(UnsafeError, match="who knows how metrics are linked"):
        sealed(store, to=tmp_path, policy=ANNEX)


def test_a_verdict_that_withheld_counts_could_turn_is_none(annex):
    row = (
        open_release(annex)
        .figures(metric="deadline_compliance", breakdown="all", period="quarter")
        .row(0, named=True)
    )
    assert row["missing"] is None
    assert verdict(row, 0.5) == "cannot_say"


def test_rows_that_could_not_be_read_are_not_counted_for_its_readers(store, tmp_path):
    judge(
        filled(store, tmp_path, as_of="2024-03-31", **organisation()),
        name="rows_all_read", outcome="failed", severity="high", doubt="absent",
        affects=["report_frequency", "deadline_compliance"],
    )  # fmt: skip
    snapshots = store.frame("select * from core.snapshots")
    store.replace(
        "core.snapshots", snapshots.with_columns(rows_rejected=pl.lit(1, dtype=pl.Int64))
    )
    ranges = open_release(sealed(store, to=tmp_path, policy=ANNEX)).table("consequences")
    assert ranges.height > 10
    assert set(ranges["absent"]) == {0}
    assert ranges["checks"].list.len().sum() == 0

    def counted(rows: pl.DataFrame) -> pl.DataFrame:
        return rows.with_columns(absent=pl.lit(1, dtype=pl.Int64))

    (path,) = (tmp_path / "releases").iterdir()
    found = attack([changed(path, tmp_path / "counted", consequences=counted)])
    assert any("consequences holds exact counts" in leak for leak in found.leaks)


def test_there_are_no_months(annex):
    assert "month" not in set(open_release(annex).table("figures")["period"])


def test_readers_are_told_the_method(annex):
    manifest = open_release(annex).manifest
    assert manifest["method_sentence"] == (
        "Counts that are shown are exact, and told by quarter. Counts below 3, none included,"
        " are withheld, [c], and as many others as it takes so that no withheld count can be"
        " worked out."
    )
    assert (manifest["method"], manifest["threshold"]) == ("suppression", "3")


def test_pages_and_tables_show_that_it_is_withheld(annex):
    release = open_release(annex)
    page = html.render(release, date(2024, 1, 1))
    assert "[c]" in page
    assert "[c]" in pdfs.words(pdf.render(release, date(2024, 1, 1)))
    texts = csv.render(release)
    assert any("[c]" in text for text in texts.values())


def test_a_count_that_is_put_back_makes_the_attack_succeed(annex, tmp_path):
    """The office is what is left of all when the depot and the archive are known."""

    def put_back(rows: pl.DataFrame) -> pl.DataFrame:
        here = (pl.col("metric") == "report_frequency") & (pl.col("breakdown") == "unit")
        return rows.with_columns(
            n=pl.when(here & pl.col("n").is_null() & (pl.col("level") != "archive"))
            .then(39)
            .otherwise("n")
        )

    assert attack([changed(annex, tmp_path / "back", cubes=put_back)]).passed is False


def test_late_cases_wait_for_the_quarter_that_is_told_next(store, tmp_path):
    given = organisation()
    judge(filled(store, tmp_path, as_of="2024-03-31", **given))
    first = open_release(sealed(store, to=tmp_path, policy=ANNEX))
    more = "".join(
        f"\nlate{n} | received | 2024-02-01\nnew{n} | received | 2024-05-02" for n in range(30)
    )
    known = "".join(f"\nlate{n} | depot | low\nnew{n} | depot | low" for n in range(30))
    given = {"events": given["events"] + more, "cases": given["cases"] + known}
    (tmp_path / "later").mkdir()
    with Store.open() as later:
        judge(filled(later, tmp_path / "later", as_of="2024-06-30", **given))
        second = open_release(sealed(later, to=tmp_path, policy=ANNEX))

    before = told(first, metric="report_frequency", level="all")["n"].to_list()
    after = told(second, metric="report_frequency", level="all")["n"].to_list()
    assert after == [*before, 60]


# Policies ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        ({"method": "suppression"}, "threshold 0 protects nobody"),
        ({"method": "suppression", "threshold": 2}, "threshold 2 protects nobody"),
        (
            {"method": "suppression", "threshold": 10},
            "min_denominator 1 is below the threshold",
        ),
        (
            {"method": "suppression", "threshold": 5, "min_denominator": 5, "base": 5},
            "base 5 belongs to rounding",
        ),
        (
            {"method": "suppression", "threshold": 5, "min_denominator": 5, "bands": (3,)},
            "on day 0",
        ),
        (
            {"method": "rounding", "base": 5, "min_denominator": 5, "threshold": 5},
            "threshold 5 belongs to suppression",
        ),
        ({"method": "identity", "threshold": 5}, "threshold 5 belongs to suppression"),
    ],
)
def test_a_bad_policy_is_refused_with_the_reason(policy, reason):
    with pytest.raises(PolicyError, match=reason):
        Policy("annex", **policy)


def test_suppression_beside_rounding_is_refused():
    for policy in (ANNEX, BOARD):
        with pytest.raises(PolicyError, match="tell more together than either"):
            method_beside(policy, (ANNEX, BOARD))


def test_a_second_threshold_is_refused():
    other = Policy("press", "suppression", threshold=10, min_denominator=10, bands=(0, 31))
    with pytest.raises(PolicyError, match="what one withholds the other would tell"):
        method_beside(ANNEX, (ANNEX, other))
    method_beside(ANNEX, (ANNEX, Policy("committee", "identity")))
