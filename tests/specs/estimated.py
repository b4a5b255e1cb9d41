"""Figures of counts alone, without a case behind them."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import polars as pl

from metrics.catalog import METRICS
from metrics.estimate import estimate
from metrics.exposure import average_people
from metrics.figures import Setting
from metrics.metric import ProtectedCube
from metrics.periods import periods
from metrics.release import TABLES

EXPOSED = {"unit": pl.String, "from_on": pl.Date, "until_on": pl.Date, "people": pl.Float64}


def estimated(
    cells: Sequence[tuple[object, ...]],
    *,
    until: str,
    part: str = "",
    people: Mapping[str, float] | None = None,
    base: int = 1,
    min_denominator: int = 1,
) -> pl.DataFrame:
    """Figures of counts alone, from their first month to the day `until`.

    A cell is (metric, part, breakdown, level, month, outcome, band, n), all of them of one
    part; `people` is the same headcount all the time, by unit.
    """
    cube = cubes_of(cells)
    setting = setting_of(
        cube, until=until, people=people, base=base, min_denominator=min_denominator
    )
    parts = {metric.name: (part,) for metric in METRICS}
    return estimate(ProtectedCube(cells=cube, base=base), METRICS, parts, setting)


def cubes_of(cells: Sequence[tuple[object, ...]]) -> pl.DataFrame:
    """Cells (metric, part, breakdown, level, month, outcome, band, n) as a frame."""
    return pl.DataFrame(cells, schema=TABLES["cubes"], orient="row")


def setting_of(
    cube: pl.DataFrame,
    *,
    until: str,
    people: Mapping[str, float] | None = None,
    base: int = 1,
    min_denominator: int = 1,
) -> Setting:
    """What estimators need beside the cells: their months and levels, and the headcount."""
    first = cube["month"].min()
    span = (
        first if isinstance(first, date) else date.fromisoformat(until).replace(day=1),
        date.fromisoformat(until),
    )
    calendar = periods(*span, year_starts=1)
    spans = pl.DataFrame(
        [(unit, span[0], span[1] + timedelta(days=1), n) for unit, n in (people or {}).items()],
        schema=EXPOSED,
        orient="row",
    )
    levels = cube.filter(pl.col("breakdown") != "all").select("breakdown", "level").unique()
    return Setting(
        periods=calendar,
        levels=levels.sort("level").with_columns(pl.lit(0, dtype=pl.Int64).alias("position")),
        exposure=average_people(spans, calendar, coverage=span),
        base=base,
        min_denominator=min_denominator,
    )
