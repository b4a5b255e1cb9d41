import numpy as np
import pytest
from scipy import stats

from metrics.statistics.completion import chain_ladder, reporting_triangle
from metrics.statistics.forecast import (
    CountRange,
    NextQuarter,
    next_quarter,
    predictive_range,
    same_quarter_last_year,
    seasonality,
)

NAN = float("nan")
# Mack (1993, 1994): the RAA triangle, as ChainLadder::RAA of R.
RAA = [
    [5012, 8269, 10907, 11805, 13539, 16181, 18009, 18608, 18662, 18834],
    [106, 4285, 5396, 10666, 13782, 15599, 15496, 16169, 16704],
    [3410, 8992, 13873, 16141, 18735, 22214, 22863, 23466],
    [5655, 11555, 15766, 21266, 23425, 26083, 27067],
    [1092, 9565, 15836, 22169, 25955, 26180],
    [1513, 6445, 11702, 12935, 15852],
    [557, 4020, 10946, 12314],
    [1351, 6947, 13112],
    [3133, 5395],
    [2063],
]


def triangle(rows):
    width = len(rows[0])
    return [row + [NAN] * (width - len(row)) for row in rows]


# The next quarter


@pytest.mark.parametrize(
    ("events", "exposure", "coming", "confidence", "low", "high"),
    # R: qnbinom(c(a / 2, 1 - a / 2), x + 0.5, n / (n + m)).
    [(0, 4, 1, 0.95, 0, 1), (50, 8, 1, 0.95, 2, 12), (7, 12, 1.5, 0.9, 0, 3)],
)
def test_the_range_is_that_of_the_negative_binomial(
    events, exposure, coming, confidence, low, high
):
    found = predictive_range(events, exposure, coming, confidence=confidence)

    assert found == CountRange(low, high)


def test_the_range_is_wider_than_that_of_a_rate_taken_as_known():
    assert predictive_range(8, 8, 1).high > stats.poisson.ppf(0.975, 1)
    assert predictive_range(80, 4, 1).low < stats.poisson.ppf(0.025, 20)


def test_without_exposure_there_is_no_range_and_without_exposure_to_come_nothing_comes():
    assert predictive_range(0, 0, 1) is None
    assert predictive_range(5, 2, 0) == CountRange(0, 0)
    with pytest.raises(ValueError, match="must be"):
        predictive_range(-1, 2, 1)


def test_below_eight_quarters_there_is_no_forecast():
    assert next_quarter([3] * 7, [1] * 7, 1) == NextQuarter(None, 7, 0)
    assert next_quarter([3] * 8, [1] * 7 + [0], 1).range is None
    assert next_quarter([], [], 1) == NextQuarter(None, 0, None)


def test_eight_quarters_give_a_range():
    found = next_quarter([4, 6, 5, 7, 3, 8, 6, 11], [1] * 8, 1)

    assert found.range == predictive_range(50, 8, 1)
    # Mean 6.25: squares 5.0625 + .0625 + 1.5625 + .5625 + 10.5625 + 3.0625 + .0625 + 22.5625.
    assert found.dispersion == pytest.approx(43.5 / 6.25 / 7)


def test_quarters_that_vary_by_more_than_chance_widen_the_range():
    wild = next_quarter([0, 20] * 4, [1] * 8, 1)
    calm = predictive_range(80, 8, 1)

    assert wild.dispersion == pytest.approx(800 / 10 / 7)
    assert wild.range.low <= calm.low
    assert wild.range.high > calm.high
    assert next_quarter([0] * 8, [1] * 8, 1).range == CountRange(0, 1)


@pytest.mark.parametrize("columns", [([1], [1, 2]), ([[1]], [[1]]), ([-1], [1]), ([1], [NAN])])
def test_impossible_histories_are_refused(columns):
    with pytest.raises(ValueError, match="must"):
        next_quarter(*columns, 1)


def test_a_quarter_is_compared_with_the_same_one_of_last_year():
    found = same_quarter_last_year([5, 9, 9, 9, 10], [1, 1, 1, 1, 1])

    assert found.ratio == 2
    assert found.low < 1 < found.high
    assert same_quarter_last_year([5, 9, 9, 9], [1, 1, 1, 1]) is None
    assert same_quarter_last_year([0, 9, 9, 9, 0], [1] * 5) is None


def test_no_season_is_claimed_below_three_years():
    assert seasonality([10, 1, 1, 1] * 2 + [10, 1, 1], [1] * 11) is None
    assert seasonality([0] * 12, [1] * 12) is None
    assert seasonality([1] * 12, [1] * 11 + [0]) is None


def test_a_quarter_that_is_high_every_year_is_a_season():
    # Sums 60, 30, 30, 30 against 37.5 each: (22.5^2 + 3 * 7.5^2) / 37.5 = 18.
    found = seasonality([20, 10, 10, 10] * 3, [1] * 12)

    assert found.ratios.tolist() == pytest.approx([1.6, 0.8, 0.8, 0.8])
    assert (found.chi_square, found.degrees, found.dispersion) == (pytest.approx(18), 3, 1)
    assert found.p_value == pytest.approx(stats.chi2.sf(18, 3))


def test_years_that_differ_are_no_season():
    found = seasonality([40, 0, 0, 0, 0, 30, 30, 0, 0, 0, 0, 30], [1] * 12)

    assert found.dispersion > 5
    assert found.p_value > 0.05


# Completion


def test_macks_triangle_is_completed_as_published():
    # Mack (1994), Casualty Actuarial Society Forum, Spring, 101-182; MackChainLadder(RAA) of R.
    found = chain_ladder(triangle(RAA))

    factors = [2.999, 1.624, 1.271, 1.172, 1.113, 1.042, 1.033, 1.017, 1.009]
    assert found.factors == pytest.approx(factors, abs=5e-4)
    finals = [18834, 16858, 24083, 28703, 28927, 19501, 17749, 24019, 16045, 18402]
    assert found.expected == pytest.approx(finals, abs=0.6)
    errors = [0, 206, 623, 747, 1469, 2002, 2209, 5358, 6333, 24566]
    assert found.mack_error == pytest.approx(errors, abs=0.6)


def test_a_month_is_completed_by_how_earlier_months_grew():
    # Of 100 and 100 seen at once, 150 and 130 came: 40 seen are 40 / (200 / 280) of all.
    found = chain_ladder(triangle([[100, 150], [100, 130], [40]]))

    assert found.factors.tolist() == [1.4]
    assert found.complete.tolist() == pytest.approx([1, 1, 1 / 1.4])
    assert found.expected[2] == pytest.approx(56)
    rest = predictive_range(40, 1 / 1.4, 1 - 1 / 1.4)
    assert (found.low[2], found.high[2]) == (40 + rest.low, 40 + rest.high)
    assert (found.low[0], found.high[0]) == (150, 150)
    assert not found.grey.any()


def test_a_month_that_is_hardly_begun_is_greyed_out():
    found = chain_ladder(triangle([[10, 50], [2]]))

    assert found.grey.tolist() == [False, True]
    assert not chain_ladder(triangle([[10, 50], [2]]), grey_below=0.2).grey.any()


def test_a_month_whose_kind_shrinks_is_not_completed_downwards():
    # Entries were struck out: of 10 seen at once 9 stayed.
    found = chain_ladder(triangle([[10, 9], [20]]))

    assert (found.low[1], found.high[1], found.expected[1]) == (20, 20, 18)


def test_where_nothing_was_ever_seen_at_once_nothing_can_be_said():
    found = chain_ladder(triangle([[0, 5], [0, 6], [0]]))

    assert np.isnan([found.complete[2], found.low[2], found.expected[2]]).all()
    assert found.grey.tolist() == [False, False, True]


def test_events_are_counted_by_month_and_delay():
    found = reporting_triangle([0, 0, 0, 1, 2], [0, 1, 2, 1, 2], months=3)

    assert found[0].tolist() == [1, 2, 3]
    assert found[1, :2].tolist() == [1, 1]
    assert np.isnan(found[1, 2])
    assert np.isnan(found[2, 1:]).all()


@pytest.mark.parametrize(
    "columns", [([0], [0, 1]), ([-1], [0]), ([0], [3]), ([2], [1]), ([[0]], [[0]])]
)
def test_impossible_entries_are_refused(columns):
    with pytest.raises(ValueError, match=r"months|columns"):
        reporting_triangle(*columns, months=3)


@pytest.mark.parametrize(
    "table",
    [[1, 2], [[]], [[NAN, 2]], [[1, NAN, 3]], [[-1, 2]]],
)
def test_impossible_triangles_are_refused(table):
    with pytest.raises(ValueError, match=r"must|table"):
        chain_ladder(table)
