"""Which of many tests to believe: Benjamini and Hochberg's control of false discoveries."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class FalseDiscovery:
    """Adjusted p values in the order given, and which tests are rejected at the rate q.

    A test without a p value (NaN) is not counted: NaN and not rejected.
    """

    adjusted: FloatArray
    rejected: npt.NDArray[np.bool_]


def benjamini_hochberg(p_values: npt.ArrayLike, *, q: float = 0.05) -> FalseDiscovery:
    """Adjusts p values of a list of tests so that at most a share q of rejections is false.

    With p sorted, p_(1) <= ... <= p_(m):

        adjusted p_(i) = min over j >= i of min(1, m p_(j) / j),  rejected: adjusted <= q

    Source: Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57,
    289-300; as p.adjust(method = "BH") of R.

    Raises:
        ValueError: a p value outside 0 to 1, or q not between 0 and 1.
    """
    p = np.asarray(p_values, dtype=np.float64)
    if p.ndim != 1 or np.any((p < 0) | (p > 1)):
        raise ValueError("p values must be a column of numbers from 0 to 1")
    if not 0 < q < 1:
        raise ValueError(f"a false discovery rate of {q}: must lie between 0 and 1")
    adjusted = np.full(p.size, np.nan)
    known = np.flatnonzero(~np.isnan(p))
    falling = known[np.argsort(-p[known], kind="stable")]
    rank = np.arange(known.size, 0, -1)
    adjusted[falling] = np.minimum(np.minimum.accumulate(known.size / rank * p[falling]), 1)
    return FalseDiscovery(adjusted, adjusted <= q)
