"""Many curves and intervals at once are those that are made one by one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.statistics.intervals import garwood, garwood_each, wilson, wilson_each
from metrics.statistics.many_curves import (
    kaplan_meier_each,
    quantile_each,
    share_open_each,
)
from metrics.statistics.survival import kaplan_meier, quantile, share_open

DAY = st.tuples(st.integers(0, 9), st.integers(0, 3), st.integers(0, 3))
GROUPS = st.lists(
    st.lists(DAY, max_size=8, unique_by=lambda day: day[0]), min_size=1, max_size=5
)


def columns(groups):
    rows = [(at, *day) for at, days in enumerate(groups) for day in sorted(days)]
    return np.array(rows, dtype=np.int64).reshape(-1, 4).T


def nan(estimate):
    told = (estimate.value, estimate.low, estimate.high)
    return [np.nan if each is None else each for each in told]


@settings(deadline=None)
@given(GROUPS)
def test_each_of_many_curves_has_the_quantiles_and_shares_of_one(groups):
    curves = kaplan_meier_each(*columns(groups), groups=len(groups))
    alone = [kaplan_meier(*columns([days])[1:]) for days in groups]
    for p in (0.25, 0.5, 0.9):
        together = np.array(quantile_each(curves, p)).T
        np.testing.assert_array_equal(together, [nan(quantile(each, p)) for each in alone])
    for day in (0, 4, 12):
        together = np.array(share_open_each(curves, day)).T
        np.testing.assert_array_equal(together, [nan(share_open(each, day)) for each in alone])


@pytest.mark.parametrize(
    "rows",
    [
        [(1, 0, 1, 0), (0, 0, 1, 0)],  # groups that fall
        [(0, 3, 1, 0), (0, 3, 1, 0)],  # a day told twice
        [(0, -1, 1, 0)],
        [(0, 0, -1, 2)],
    ],
)
def test_histograms_that_are_none_are_refused(rows):
    with pytest.raises(ValueError, match="must rise"):
        kaplan_meier_each(*np.array(rows).T, groups=2)


def test_both_ends_of_many_intervals_are_those_of_each():
    k, n = np.array([(k, n) for n in range(9) for k in range(n + 1)]).T
    low, high = wilson_each(k, n)
    for at, (successes, trials) in enumerate(zip(k.tolist(), n.tolist(), strict=True)):
        one = wilson(successes, trials)
        told = (np.nan, np.nan) if one is None else (one.low, one.high)
        np.testing.assert_array_equal((low[at], high[at]), told)
    events, exposure = np.array([0, 0, 1, 7, 3]), np.array([0.0, 2.5, 1.0, 40.0, 0.0])
    low, high = garwood_each(events, exposure)
    for at, (x, e) in enumerate(zip(events.tolist(), exposure.tolist(), strict=True)):
        one = garwood(x, e)
        told = (np.nan, np.nan) if one is None else (one.low, one.high)
        np.testing.assert_array_equal((low[at], high[at]), told)


def test_one_broken_pair_among_many_is_refused_by_name():
    with pytest.raises(ValueError, match="3 successes of 2 trials"):
        wilson_each(np.array([1, 3]), np.array([2, 2]))
    with pytest.raises(ValueError, match="-1 events"):
        garwood_each(np.array([2, -1]), np.array([1.0, 1.0]))
