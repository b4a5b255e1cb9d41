"""Chance that falls the same way on every machine.

Only `Random.random()` is used: it is the one method whose sequence Python promises to keep.
"""

import math
from collections.abc import Mapping, Sequence
from random import Random
from statistics import NormalDist
from typing import TypeVar

Thing = TypeVar("Thing")

_NORMAL = NormalDist()


class Dice:
    """A seeded source of chance; the same seed always gives the same throws."""

    def __init__(self, seed: str) -> None:
        """Start the sequence named by `seed`."""
        self._random = Random(seed)  # noqa: S311 - invented data, nothing to protect

    def happens(self, chance: float) -> bool:
        """Whether something with this chance happens."""
        return self._random.random() < chance

    def whole(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(self._random.random() * (high - low + 1))

    def one(self, weights: Mapping[Thing, float]) -> Thing:
        """One of the keys, in proportion to its weight."""
        left = self._random.random() * sum(weights.values())
        for thing, weight in weights.items():
            left -= weight
            if left < 0:
                return thing
        return thing

    def several(self, things: Sequence[Thing], count: int) -> list[Thing]:
        """`count` different members of `things`, in the order in which they stand there."""
        places = list(range(len(things)))
        chosen = [places.pop(self.whole(0, len(places) - 1)) for _ in range(count)]
        return [things[place] for place in sorted(chosen)]

    def log_normal(self, median: float, spread: float) -> int:
        """Whole days from a log-normal distribution with this median."""
        throw = max(self._random.random(), 1e-12)
        return round(median * math.exp(spread * _NORMAL.inv_cdf(throw)))

    def poisson(self, mean: float) -> int:
        """How often something happens that happens `mean` times on average (Knuth)."""
        limit, product, count = math.exp(-mean), self._random.random(), 0
        while product > limit:
            product *= self._random.random()
            count += 1
        return count
