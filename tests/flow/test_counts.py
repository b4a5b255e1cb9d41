"""Every metric's cells are its contributions, counted: however they are read and numbered."""

import shutil

import polars as pl
import pytest

from etl.store import Store
from metrics.catalog import METRICS
from metrics.count import count
from metrics.metric import BREAKDOWNS

COUNTED = [metric for metric in METRICS if metric.sum_of is None]
KEY = ["part", "breakdown", "level", "month", "outcome", "band"]


@pytest.fixture(scope="module")
def store(audit, tmp_path_factory):
    copy = tmp_path_factory.mktemp("counts") / "audit.duckdb"
    shutil.copy(audit.folder / "audit.duckdb", copy)
    with Store.open(copy) as opened:
        yield opened


@pytest.fixture(scope="module")
def cells(store) -> pl.DataFrame:
    # Standing in for itself, so that none is apart as in doubt.
    return count(store, stands_for={"core": "core"}).cells


@pytest.fixture(scope="module")
def places(store, cells) -> pl.Series:
    """The names of levels by their places: what is counted beside the cases has those."""
    return store.frame("select level from metrics.places order by place")["level"]


def named(levels: pl.Series, places: pl.Series) -> pl.Series:
    return places.gather(levels) if levels.dtype.is_integer() else levels


def grouped(contributions: pl.DataFrame, places: pl.Series) -> list[tuple]:
    told = contributions.filter(pl.col("happened_on").is_not_null()).with_columns(
        pl.lit("all").alias("all"),
        pl.col("happened_on").dt.truncate("1mo").alias("month"),
        pl.col("days").fill_null(-1).alias("band"),
    )
    found = pl.concat(
        told.with_columns(
            pl.lit(name).alias("breakdown"), named(told[name], places).alias("level")
        )
        .group_by(KEY)
        .len("n")
        for name in BREAKDOWNS
    )
    return sorted(found.rows())


@pytest.mark.parametrize("metric", COUNTED, ids=lambda metric: metric.name)
def test_cells_are_the_contributions_counted(store, cells, places, metric):
    mine = cells.filter(pl.col("metric") == metric.name).select(*KEY, "n").rows()
    assert mine == sorted(mine)
    assert mine == grouped(store.frame(metric.contributions), places)
