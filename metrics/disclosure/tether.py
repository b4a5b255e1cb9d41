"""What sums of a table should keep to where another one counts the same cases."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from metrics.disclosure.tables import Counts

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Tether:
    """Sums of each level's atoms that should lie between bounds, as nearly as they can.

    `weights` (sum, month, cell) say of what they are made at every level; `lower` and `upper`
    (level, sum) are multiples of the base, infinite where nothing is asked. The last ones, as
    many as are `firm`, are worth rounding levels together that do not keep to them apart.
    """

    weights: Counts
    lower: Floats
    upper: Floats
    firm: int = 0

    def at(self, levels: Counts) -> "Tether":
        """The same for some of the levels."""
        return Tether(self.weights, self.lower[levels], self.upper[levels], self.firm)

    def holds(self, multiples: Counts) -> bool:
        """Whether all firm sums are within their bounds."""
        last = slice(len(self.weights) - self.firm, None)
        return not Tether(self.weights[last], self.lower[:, last], self.upper[:, last]).off(
            multiples
        )

    def off(self, multiples: Counts) -> int:
        """By how many multiples all sums together are outside their bounds."""
        sums = np.tensordot(multiples, self.weights, axes=((1, 2), (1, 2)))
        below = np.maximum(np.ceil(self.lower) - sums, 0)
        above = np.maximum(sums - np.floor(self.upper), 0)
        return int((below + above).sum())
