"""What each way of protecting counts leaves of the same tables, ours beside those of others.

How many cells are told, by how much they are off on average, how far shares of a row are off,
whether tables add up, and of how many cells of 1 to 4 linear programming proves that there is
some in it, that there are fewer than 5, both, and how many exactly. The others' rules are their
published ones, written here in a line each: a threshold for every cell alone
(ACRO 1.0.1: below 10), OpenSAFELY's redaction up to 7 and its midpoints of 6, rounding to the
nearest 5, and random rounding to base 3 (Statistics Canada), each cell for itself.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from metrics.disclosure.linked import Booleans, Linked
from metrics.disclosure.ranges import Floats, Known
from metrics.disclosure.round_linked import rounded_tables
from metrics.disclosure.sensitive import few
from metrics.disclosure.suppression import suppressed, wanted
from metrics.disclosure.tables import Counts
from tests.benchmarks.bench_disclosure import CASES, attacked

THRESHOLD, LEAST_OF_A_SHARE = 10, 20
SIZES = ("20x12", "three linked two-way tables")


@dataclass(frozen=True, slots=True)
class Told:
    """What a reader is told of each cell: a number or nothing, and what that leaves open."""

    n: Counts
    is_told: Booleans
    low: Floats
    high: Floats


def within(told: Counts, below: int, above: int) -> Told:
    """Every cell, each known to be so near."""
    low = np.maximum(told - below, 0).astype(float)
    return Told(told, np.ones(len(told), dtype=bool), low, told + float(above))


def withheld(tables: Linked, hidden: Booleans) -> Told:
    n = tables.values
    low, high = np.where(hidden, 0.0, n), np.where(hidden, np.inf, n)
    return Told(n, ~hidden, low, high)


def controlled(base: int) -> Callable[[Linked], Told]:
    def told(tables: Linked) -> Told:
        made = rounded_tables(tables, base, np.random.default_rng(5))
        seen = within(made, base - 1, base - 1)
        return Told(made, seen.is_told, np.maximum(seen.low, made > 0), seen.high)

    return told


def ours_withheld(tables: Linked) -> Told:
    small = few(tables.values, THRESHOLD)
    pattern = suppressed(tables, wanted(tables, small, threshold=THRESHOLD))
    return withheld(tables, pattern.hidden)


def threshold_alone(tables: Linked) -> Told:
    return withheld(tables, few(tables.values, THRESHOLD))


def redacted_then_rounded(tables: Linked) -> Told:
    n = tables.values
    is_few = (n > 0) & (n <= 7)
    seen = within(5 * np.rint(n / 5).astype(np.int64), 2, 2)
    low = np.where(is_few, 1.0, np.maximum(seen.low, np.where(n > 0, 8.0, 0.0)))
    return Told(seen.n, ~is_few, low, np.where(is_few, 7.0, np.where(n == 0, 0.0, seen.high)))


def midpoints(tables: Linked) -> Told:
    n = tables.values
    told = np.where(n > 0, 6 * -(-n // 6) - 3, 0)
    seen = within(told, 2, 3)
    return Told(told, seen.is_told, np.where(n > 0, seen.low, 0), np.where(n > 0, seen.high, 0))


def nearest(tables: Linked) -> Told:
    return within(5 * np.rint(tables.values / 5).astype(np.int64), 2, 2)


def at_random(tables: Linked) -> Told:
    n = tables.values
    up = np.random.default_rng(5).uniform(0, 3, len(n)) < n % 3
    return within(n - n % 3 + 3 * up, 2, 2)


METHODS = {
    "rounding to 5 (ours)": controlled(5),
    "rounding to 10 (ours)": controlled(10),
    "suppression below 10 (ours)": ours_withheld,
    "threshold of 10, each cell alone": threshold_alone,
    "redact up to 7, round to 5": redacted_then_rounded,
    "midpoints of 6": midpoints,
    "nearest 5": nearest,
    "random rounding to base 3": at_random,
}


@pytest.mark.parametrize("size", SIZES)
def test_what_is_left_of_the_same_tables(size: str) -> None:
    tables = CASES[size][0]()
    small = few(tables.values, 5, zeros=True)
    print(f"\n{size}: {len(small)} cells, {small.sum()} of 1 to 4")
    print(f"{'':<34}{'told':>6}{'error':>7}{'shares':>8}  adds up   some, few, both, exactly")
    for name, protect in METHODS.items():
        told = protect(tables)
        found = attacked(tables, Known(told.low, told.high), np.ones_like(small), small)
        error = np.abs(told.n - tables.values)[told.is_told].mean()
        adds_up = not (tables.equations @ told.n).any() and told.is_told.all()
        proved = ", ".join(f"{found[what]:>4}" for what in ("there", "few", "small", "exact"))
        print(
            f"{name:<34}{told.is_told.mean():>6.0%}{error:>7.2f}"
            f"{off_in_shares(tables, told):>8}  {'yes' if adds_up else 'no':<8}{proved}"
        )
        assert "ours" not in name or found["exact"] == found["small"] == 0


def off_in_shares(tables: Linked, told: Told) -> str:
    """The mean error of shares of a row's total of 20 or more, in points."""
    whole = {key: at for at, key in enumerate(tables.keys)}
    off = []
    for key, at in whole.items():
        total = whole[(key[0], *["all"] * (len(key) - 1))]
        if key[0] == "all" or at == total or tables.values[total] < LEAST_OF_A_SHARE:
            continue
        if told.is_told[at] and told.is_told[total] and told.n[total] > 0:
            truth = tables.values[at] / tables.values[total]
            off.append(abs(min(told.n[at] / told.n[total], 1) - truth))
    return f"{100 * np.mean(off):.1f}" if off else "none"
