"""Readers of protected counts are not told whether an export had changed.

One that has not is no new delivery: nobody came, and nothing was corrected. Beside a count
that is told as 0 (0 to 4) it proves none, and the other way round it may prove some.
"""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from etl.store import Store
from metrics import sealed as sealing
from metrics.attack.report import attack
from metrics.release import open_release
from metrics.sealed_checks import withheld
from metrics.sealing import UnsafeError
from tests.specs.measured import COMMITTEE, filled, judge, sealed
from tests.specs.test_attack import changed
from tests.specs.test_told_checks import BOARD, EVENTS, everything


@pytest.fixture
def audit(store: Store, tmp_path: Path) -> Store:
    judge(filled(store, tmp_path, as_of="2024-03-31", events=EVENTS))
    return store


def delivered_again(store: Store) -> Store:
    """The store with one delivery more of each export: something in it had changed."""
    store.execute("update core.snapshots set as_of = date '2023-12-31'")
    later = store.frame("select * from core.snapshots").with_columns(
        pl.col("snapshot") + pl.lit(10, pl.Int32), as_of=pl.lit(date(2024, 3, 31))
    )
    store.append("core.snapshots", later)
    return store


def test_that_an_export_had_changed_is_not_told(audit, tmp_path):
    before = everything(sealed(audit, to=tmp_path, policy=BOARD))
    after = everything(sealed(delivered_again(audit), to=tmp_path, policy=BOARD))
    assert after == before


def test_readers_of_exact_counts_are_told_of_every_delivery(audit, tmp_path):
    path = sealed(delivered_again(audit), to=tmp_path, policy=COMMITTEE)
    assert open_release(path).table("deliveries").height == 4


def test_a_release_that_tells_it_is_not_sealed(audit, tmp_path, monkeypatch):
    monkeypatch.setattr(sealing, "_unnamed", lambda rows, _: withheld(rows, BOARD))
    with pytest.raises(UnsafeError, match="when an export had changed"):
        sealed(audit, to=tmp_path, policy=BOARD)


def test_two_deliveries_of_an_export_are_a_leak_without_a_day_too(audit, tmp_path):
    path = sealed(audit, to=tmp_path, policy=BOARD)
    twice = changed(path, tmp_path / "told", deliveries=lambda rows: pl.concat([rows, rows]))
    assert any("when an export had changed" in leak for leak in attack([twice]).leaks)
