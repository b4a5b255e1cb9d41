"""Two rules for the same step, told quarter after quarter, under an attacker of others.

The attacker of `tests/outsider.py` has both rules in one program, with what it knows of them.
"""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl

from metrics.disclosure.layers import layer_name, protected_by_layers
from metrics.disclosure.ledger import Ledger
from metrics.disclosure.protect import Declared
from metrics.disclosure.tables import KEY, SCHEMA, Nest, Table
from metrics.periods import next_month
from tests import outsider
from tests.specs.test_outsider import BANDS, BOARD, MONTHS, QUARTERS, STAFF, _write
from tests.specs.test_protection import LEVELS, REPORTS, SEED

MET, LATE, ALL = frozenset({"met"}), frozenset({"late"}), frozenset({"met", "late"})
KEPT = ((MET, MET, True), (ALL, ALL, True)), ((LATE, LATE, True), (ALL, ALL, True))
TOGETHER = Table(
    "deadlines",
    ("met", "late", "not_due"),
    parts=("soon", "later"),
    subtotals=(("met", "late"),),
    stocks=("not_due",),
    follows="reports",
    nests=(Nest("soon", "later", 0, 1, {}, {}, *KEPT),),
)
APART = replace(TOGETHER, nests=())
RELEASES = 3
QUARTERS_TOLD = ("2024-1", "2024-2", "2024-3")


def organisation(seed: int) -> list[dict[str, object]]:
    """Five cases a month; every fourth falls due by the longer rule a month later."""
    draw = np.random.default_rng(seed)
    return [
        {
            "unit": str(draw.choice(LEVELS["unit"], p=[0.3, 0.62, 0.08])),
            "severity": str(draw.choice(LEVELS["severity"], p=[0.2, 0.8])),
            "month": month,
            "moved": int(draw.random() < 0.25),
            "took": draw.random(),
        }
        for month in range(3 * RELEASES)
        for _ in range(int(draw.poisson(5)))
    ]


def counted(cases: list[dict[str, object]], months: int) -> pl.DataFrame:
    """The cells of so many months, as they are known at their end."""
    rows = []
    for case in cases:
        if case["month"] >= months:
            continue
        met = {"soon": case["took"] < 0.4, "later": case["took"] < 0.8}
        contributions = [("reports", "", case["month"], "reported")]
        for part, by in (("soon", 0), ("later", case["moved"])):
            due = case["month"] + by
            result = "not_due" if due >= months else "met" if met[part] else "late"
            contributions.append(("deadlines", part, min(due, months - 1), result))
        for level in (("all", "all"), ("unit", case["unit"]), ("severity", case["severity"])):
            rows += [
                (metric, part, *level, MONTHS[month], result, -1, 1)
                for metric, part, month, result in contributions
            ]
    frame = pl.DataFrame(rows, schema=dict(SCHEMA), orient="row")
    return frame.group_by(KEY).agg(pl.col("n").sum()).sort(KEY)


def found(folder: Path, seed: int, table: Table) -> tuple[int, int]:
    """How many small counts were attacked, and of how many less is left than is promised."""
    ledger, said = Ledger(folder / "ledger", SEED), []
    for release in range(RELEASES):
        months = MONTHS[: 3 * release + 3]
        for policy in (BOARD, STAFF):
            made = protected_by_layers(
                counted(organisation(seed), len(months)),
                policy,
                everybody=(BOARD, STAFF),
                secret=SEED,
                declared=Declared(
                    (table, REPORTS), LEVELS, months, QUARTERS, is_settled=True,
                    looks={next_month(on) - timedelta(days=1) for on in months[2::3]},
                ),
                ledger=ledger,
                renamed={},
            )  # fmt: skip
            for layer, fresh in made.fresh.items():
                if fresh.height:
                    ledger.keep(layer, fresh)
            said.append(
                outsider.read(_write(made, policy, folder / f"{release}-{policy.base}"))
            )
    rules = (("deadlines", "soon", ""), ("deadlines", "later", ""))
    known = outsider.together(said, *rules, QUARTERS_TOLD)
    truth = ledger.told(layer_name(BOARD.base, BANDS)).filter(
        (pl.col("metric") == "deadlines") & pl.col("n_true").is_between(1, 4)
    )
    narrow = 0
    for row in truth.iter_rows(named=True):
        cell = (row["breakdown"], row["level"], str(row["month"]), row["outcome"], "-1")
        low, high = known.range_of([(row["part"], *cell)])
        assert low <= row["n_true"] <= high
        narrow += int(high - low < 4 or (low >= 1 and high < 5))
    return truth.height, narrow


def test_an_outsider_with_both_rules_in_one_program_finds_nothing(tmp_path):
    attacked, narrow = found(tmp_path, 2, TOGETHER)
    assert attacked > 50
    assert narrow == 0


def test_where_each_rule_is_rounded_apart_the_outsider_finds_small_counts(tmp_path):
    _, narrow = found(tmp_path, 2, APART)
    assert narrow
