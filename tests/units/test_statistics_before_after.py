import pytest

from metrics.statistics.before_after import change_of_rates, change_of_shares
from metrics.statistics.intervals import newcombe
from metrics.statistics.rate_ratio import rate_ratio


def test_where_months_do_not_differ_it_is_newcombes_interval_of_the_sums():
    found = change_of_shares([8, 8], [10, 10], [9, 9], [10, 10], confidence=0.95)
    expected = newcombe(18, 20, 16, 20)
    assert (found.before, found.after, found.spread) == (0.8, 0.9, 1.0)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))


def test_months_that_differ_more_than_chance_widen_the_interval():
    even = change_of_shares([50, 50], [100, 100], [60, 60], [100, 100])
    rough = change_of_shares([20, 80], [100, 100], [30, 90], [100, 100])
    assert rough.spread == pytest.approx((2 * 900 / 25 + 2 * 900 / 24) / 2)
    assert rough.low < even.low < even.high < rough.high


def test_what_rounding_leaves_open_is_inside_the_interval():
    exact = change_of_shares([80], [100], [90], [100])
    rounded = change_of_shares([80], [100], [90], [100], off=(4, 4))
    for k1, n1, k2, n2 in ((76, 104, 94, 96), (84, 96, 86, 104)):
        inside = change_of_shares([k1], [n1], [k2], [n2])
        assert rounded.low <= inside.low
        assert inside.high <= rounded.high
    assert rounded.low < exact.low


def test_rates_are_compared_by_their_exact_ratio():
    found = change_of_rates([10, 10], [5.0, 5.0], [4, 4], [5.0, 5.0], confidence=0.95)
    expected = rate_ratio(8, 10.0, 20, 10.0)
    assert (found.before, found.after) == (2.0, 0.8)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))


def test_nothing_to_compare_is_no_change():
    assert change_of_shares([], [], [1], [2]) is None
    assert change_of_shares([0], [0], [1], [2]) is None
    assert change_of_rates([0], [0.0], [1], [2.0]) is None
    assert change_of_rates([0], [1.0], [0], [2.0]) is None


def test_windows_are_of_the_same_months():
    with pytest.raises(ValueError, match="2 counts and 1 sizes"):
        change_of_shares([1, 2], [3], [1], [2])
