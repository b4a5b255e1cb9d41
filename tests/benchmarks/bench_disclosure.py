"""Protecting and attacking tables of the sizes that others have published times for.

Suppression withholds 1 to 4, and zeros where it must; a reader must not be able to rule out
none or 5 for any of them; rounding is to base 5. The attack asks for the smallest and the
largest value of every small cell. CPU seconds: wall time says how busy the machine is as well.
"""

import time
from collections.abc import Sequence

import numpy as np
import pytest

from metrics.disclosure.linked import Booleans, Hierarchy, Linked, crossed, flat, linked
from metrics.disclosure.ranges import Known, Ranges
from metrics.disclosure.round_linked import rounded_tables
from metrics.disclosure.sensitive import few
from metrics.disclosure.suppression import suppressed, wanted
from metrics.disclosure.tables import Counts

K = 5
LARGE = 5000  # cells, of which
MOST_ATTACKED = 200  # are attacked, drawn at random


def counts(shape: Sequence[int], cases: float, seed: int = 1) -> Counts:
    """Cases with lognormal skew in every dimension, as cases of departments are."""
    draw = np.random.default_rng(seed)
    mean = np.ones(shape)
    for axis, size in enumerate(shape):
        wide = [1] * len(shape)
        wide[axis] = size
        mean = mean * draw.lognormal(0, 0.7, size).reshape(wide)
    return draw.poisson(mean * cases / mean.sum()).astype(np.int64)


def names(letter: str, size: int) -> tuple[str, ...]:
    return tuple(f"{letter}{n}" for n in range(size))


def tables_of(n: Counts, divisions: int = 0) -> Linked:
    """The full cross product with all margins; the first dimension in divisions, or not."""
    codes = [names(letter, size) for letter, size in zip("xyz", n.shape, strict=False)]
    dimensions = [flat("all", each) for each in codes]
    if divisions:
        groups = [codes[0][at::divisions] for at in range(divisions)]
        parts = tuple((f"div{at}", group) for at, group in enumerate(groups))
        dimensions[0] = Hierarchy("all", (("all", tuple(name for name, _ in parts)), *parts))
    cells = {
        tuple(codes[axis][place] for axis, place in enumerate(at)): int(n[at])
        for at in np.ndindex(*n.shape)
    }
    return crossed(cells, dimensions)


def three_linked(n: Counts) -> Linked:
    """The three two-way margins of a three-way table, without the cells inside."""
    codes = [names(letter, size) for letter, size in zip("xyz", n.shape, strict=True)]
    tables = []
    for gone in range(3):
        kept = [axis for axis in range(3) if axis != gone]
        margin = n.sum(axis=gone)
        cells = {}
        for at in np.ndindex(*margin.shape):
            key = ["all"] * 3
            for axis, place in zip(kept, at, strict=True):
                key[axis] = codes[axis][place]
            cells[tuple(key)] = int(margin[at])
        dimensions = [flat("all", () if axis == gone else codes[axis]) for axis in range(3)]
        tables.append(crossed(cells, dimensions))
    return linked(tables)


def attacked(tables: Linked, known: Known, hidden: Booleans, small: Booleans) -> dict:
    """What a reader finds of the small cells, whoever protected them."""
    ranges = Ranges(tables, known, hidden)
    programs = 0
    if small.sum() > MOST_ATTACKED and len(small) > LARGE:
        drawn = np.random.default_rng(2).permutation(np.flatnonzero(small))[:MOST_ATTACKED]
        small = np.isin(np.arange(len(small)), drawn)
    for cell in np.flatnonzero(small):
        for sign in (-1, 1):
            reached = ranges.low[cell] <= 0 if sign < 0 else ranges.high[cell] >= K
            if not reached:
                ranges.furthest(int(cell), sign)
                programs += 1
    low, high = ranges.low[small], ranges.high[small]
    return {
        "attacked": int(small.sum()),
        "exact": int((high - low < 0.5).sum()),
        "there": int((low > 0.5).sum()),
        "few": int((high < K - 0.5).sum()),
        "small": int(((low > 0.5) & (high < K - 0.5)).sum()),
        "narrowest": float((high - low).min(initial=np.inf)),
        "programs": programs,
    }


LARGEST = "30x16x12 in divisions"
CASES = {
    "20x12": (lambda: tables_of(counts((20, 12), 2962)), 2),
    "three linked two-way tables": (lambda: three_linked(counts((20, 12, 10), 2930)), 20),
    "20x12x10": (lambda: tables_of(counts((20, 12, 10), 2930)), 120),
    LARGEST: (lambda: tables_of(counts((30, 16, 12), 5000), 6), 600),
}


@pytest.mark.parametrize("name", CASES)
def test_suppression_protects_and_withstands_the_attack(name: str) -> None:
    make, limit = CASES[name]
    tables = make()
    small = few(tables.values, K, zeros=True)
    started = time.process_time()
    pattern = suppressed(tables, wanted(tables, small, threshold=K))
    protected = time.process_time()
    nothing = Known(np.zeros(len(small)), np.full(len(small), np.inf))
    found = attacked(tables, nothing, pattern.hidden, small)
    ended = time.process_time()
    inner = np.array(["all" not in key for key in tables.keys])
    inner = inner if inner.any() else np.ones(len(small), dtype=bool)
    told = tables.values[inner & ~pattern.hidden].sum() / tables.values[inner].sum()
    print(
        f"\nsuppression, {name}: {len(small)} cells, {small.sum()} small,"
        f" {(pattern.hidden & ~small).sum()} more withheld, {told:.0%} of the inner cases told;"
        f" protect {protected - started:.2f} s, attack {ended - protected:.2f} s CPU; {found}"
    )
    assert found["exact"] == found["small"] == 0
    assert ended - started < limit


ROUNDED = {
    name: (make, limit if name == LARGEST else 40) for name, (make, limit) in CASES.items()
}


@pytest.mark.parametrize("name", ROUNDED)
def test_rounding_protects_and_withstands_the_attack(name: str) -> None:
    make, limit = ROUNDED[name]
    tables = make()
    small = few(tables.values, K, zeros=True)
    started = time.process_time()
    told = rounded_tables(tables, K, np.random.default_rng(5))
    protected = time.process_time()
    windows = Known(np.maximum(told - K + 1, told > 0).astype(float), told + K - 1.0)
    everything = np.ones(len(small), dtype=bool)
    truth = Linked(tables.keys, told, tables.equations)  # the attacker starts from what is told
    found = attacked(truth, windows, everything, small)
    ended = time.process_time()
    error = np.abs(told - tables.values)
    print(
        f"\nrounding, {name}: {len(small)} cells; largest error {error.max()}, mean"
        f" {error.mean():.2f}; protect {protected - started:.2f} s, attack"
        f" {ended - protected:.2f} s CPU; {found}"
    )
    assert error.max() < K
    assert found["exact"] == found["small"] == 0
    assert ended - started < limit
