"""What a cube must declare before it is protected."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from metrics.disclosure.policy import Policy
from metrics.disclosure.protect import protect
from metrics.disclosure.tables import KEY, SCHEMA, ProtectionError, Table, banded
from metrics.metric import ExactCube

MAY = date(2024, 5, 1)
POLICY = Policy("board", "rounding", base=5, min_denominator=20, bands=(0, 8))
REPORTS = Table("reports", ("reported",))
TIMES = Table("times", ("ended",), timed=True, part_of="reports")


def exact(*rows: tuple[object, ...]) -> ExactCube:
    return ExactCube(cells=pl.DataFrame(list(rows), schema=dict(SCHEMA), orient="row"))


def reports(level: tuple[str, str] = ("all", "all"), n: int = 7, **other: object):
    row = dict(zip(KEY, ("reports", "", *level, MAY, "reported", -1), strict=True)) | other
    return (*row.values(), n)


def times(days: int, n: int = 7) -> list[tuple[object, ...]]:
    known = ("times", "")
    return [(*known, *level, MAY, "ended", days, n) for level in (("all", "all"), UNIT)]


UNIT = ("unit", "plant")
BOTH = (reports(), reports(UNIT))


def protected(*rows, seed=b"sixteen bytes it is", tables=(REPORTS,), quarters=None):
    return protect(
        exact(*rows),
        POLICY,
        seed=seed,
        tables=tables,
        levels={"all": ("all",), "unit": ("plant",)},
        months=[MAY],
        quarters={MAY: date(2024, 4, 1)} if quarters is None else quarters,
    ).cells


def test_a_quarter_may_have_one_month_so_far():
    assert set(protected(*BOTH)["n"]) <= {5, 10}


def test_all_need_not_be_declared_as_a_level():
    assert protected(*BOTH).select("breakdown", "level").rows() == [("all", "all"), UNIT]


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        ([reports(metric="gifts")], "metric gifts, part '' is not declared"),
        ([reports(part="north")], "metric reports, part 'north' is not declared"),
        ([reports(("unit", "moon"))], "a cell is not declared"),
        ([reports(month=date(2024, 6, 1))], "a cell is not declared"),
        ([reports(outcome="lost")], "a cell is not declared"),
        ([reports(band=3)], "a cell is not declared"),
        ([reports()], "do not add up to all"),
        ([reports(band=-3)], "below 0 days"),
    ],
)
def test_a_count_that_no_declaration_covers_is_refused(rows, what):
    with pytest.raises(ProtectionError, match=what):
        protected(*rows)


def test_a_short_seed_is_refused_because_it_could_be_guessed():
    with pytest.raises(ProtectionError, match="shorter than 16 bytes"):
        protected(*BOTH, seed=b"short")


def test_a_month_without_a_quarter_is_refused():
    with pytest.raises(ProtectionError, match="2024-05-01 belongs to no quarter"):
        protected(*BOTH, quarters={})


@pytest.mark.parametrize(
    "tables",
    [
        (TIMES,),
        (Table("reports", ("reported", "withdrawn")), TIMES),
        (Table("reports", ("reported",), timed=True), TIMES),
        (Table("reports", ("reported",), parts=("a",)), TIMES),
        (REPORTS, TIMES, Table("answers", ("given",), part_of="reports")),
    ],
)
def test_a_metric_can_only_be_part_of_a_plain_total_of_its_own(tables):
    with pytest.raises(ProtectionError, match="cannot be part of reports"):
        protected(tables=tables)


def test_a_metric_that_counts_more_cases_than_its_whole_is_refused():
    with pytest.raises(ProtectionError, match="times counts cases that reports does not"):
        protected(*BOTH, *times(3, n=8), tables=(REPORTS, TIMES))


def test_cases_of_the_whole_alone_are_hidden_in_its_total():
    cells = protected(*BOTH, *times(3, n=5), tables=(REPORTS, TIMES))
    assert set(cells.filter(pl.col("metric") == "reports")["n"]) <= {5, 10}
    assert set(cells.filter(pl.col("metric") == "times")["n"]) == {0, 5}


def test_an_unsolvable_quarter_is_named(monkeypatch):
    def refuse(*_, **__):
        raise ProtectionError("no additive rounding exists")

    monkeypatch.setattr("metrics.disclosure.joint.rounded", refuse)
    with pytest.raises(ProtectionError) as refusal:
        protected(*BOTH)
    assert refusal.value.__notes__ == ["reports in the quarter from 2024-04-01"]


def test_days_become_the_first_day_of_their_band_and_no_duration_stays():
    days = [-1, 0, 7, 8, 900]
    cells = exact(*(reports(band=day, n=1) for day in days)).cells
    found = banded(cells, (0, 8)).select("band", "n").rows()
    assert found == [(-1, 1), (0, 2), (8, 2)]


# What has come, and what is still to come ------------------------------------------------

DEADLINES = Table(
    "deadlines", ("met", "missed", "lost", "not_due"), stocks=("not_due",),
    subtotals=(("met", "missed"),),
)  # fmt: skip


def furthest_come(key: int) -> int:
    """How far what has come in a month is from the truth, where a few cells are rounded."""
    draw = np.random.default_rng(key)
    counts = [int(n) for n in draw.integers(0, 5, 4)]
    cells = exact(
        *(
            ("deadlines", "", *level, MAY, outcome, -1, n)
            for level in (("all", "all"), UNIT)
            for outcome, n in zip(DEADLINES.outcomes, counts, strict=True)
        )
    )
    told = protect(
        cells,
        POLICY,
        seed=key.to_bytes(16, "big"),
        tables=[DEADLINES],
        levels={"unit": ("plant",)},
        months=[MAY],
        quarters={MAY: date(2024, 4, 1)},
    ).cells.filter((pl.col("breakdown") == "all") & (pl.col("outcome") != "not_due"))
    return abs(int(told["n"].sum()) - sum(counts[:3]))


def test_what_has_come_is_as_near_to_the_truth_as_every_total(monkeypatch):
    assert max(map(furthest_come, range(40))) < POLICY.base
    # Without an equation of its own it is not: all and what is still to come are off apart.
    monkeypatch.setattr(Table, "flows", property(lambda table: table.outcomes))
    assert max(map(furthest_come, range(40))) >= POLICY.base
