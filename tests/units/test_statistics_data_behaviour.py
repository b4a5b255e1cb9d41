import numpy as np
import pytest

from metrics.statistics.data_behaviour import backdating, heaping, missingness
from metrics.statistics.intervals import wilson

NAN = float("nan")

# Heaps


def test_ends_on_the_day_of_a_deadline_are_held_against_the_days_around_it():
    # R: binom.test(23, 60, 1 / 11, alternative = "greater").
    days = [30] * 23 + [25, 28] * 10 + [32] * 17 + [24, 36, 90]
    found = heaping(days, 30)

    assert (found.on_day, found.nearby, found.before, found.after) == (23, 60, 20, 17)
    assert found.expected_share == pytest.approx(1 / 11)
    assert found.p_value == pytest.approx(9.06116275858e-10)
    assert found.p_two_sided == pytest.approx(9.06116275858e-10)


def test_fewer_on_the_day_than_around_it_are_no_heap():
    # R: binom.test(3, 60, 1 / 11), greater and two-sided.
    found = heaping([30] * 3 + [31] * 57, 30)

    assert found.p_value == pytest.approx(0.918878524048)
    assert found.p_two_sided == pytest.approx(0.369212632035)


def test_days_before_the_first_are_no_days():
    assert heaping([2], 2).expected_share == pytest.approx(1 / 8)
    assert heaping([0], 0, window=1).expected_share == 0.5


def test_without_ends_nearby_there_is_no_heap_to_test():
    assert heaping([99, NAN], 30).p_value is None
    assert heaping([29], 30).p_value == 1
    for deadline, window in ((-1, 5), (3, 0)):
        with pytest.raises(ValueError, match="at least"):
            heaping([1], deadline, window=window)


# Backdating


def test_entries_before_the_event_and_long_after_it_are_counted():
    found = backdating([10, 10, 10, 10, 10, NAN], [9, 10, 12, 40, 41, 12], threshold=30)

    assert (found.events, found.unknown, found.negative, found.late) == (5, 1, 1, 1)
    assert found.late_share == wilson(1, 5)
    assert (found.q25, found.median, found.q75, found.longest) == (0, 2, 30, 31)


def test_dates_and_instants_may_be_given():
    happened = np.array(["2026-03-01T12:00", "NaT"], dtype="datetime64[m]")
    recorded = np.array(["2026-03-02T00:00", "2026-03-02T00:00"], dtype="datetime64[m]")

    found = backdating(happened, recorded, threshold=1)
    assert (found.median, found.unknown, found.late) == (0.5, 1, 0)


def test_without_events_there_are_no_lags():
    found = backdating([], [], threshold=1)

    assert (found.events, found.median, found.negative_share) == (0, None, None)
    for columns, threshold in ((([1], [1, 2]), 1), (([1], [1]), -1), (([[1]], [[1]]), 1)):
        with pytest.raises(ValueError, match="must be"):
            backdating(*columns, threshold=threshold)


# What is missing


@pytest.mark.parametrize(
    ("missing", "there", "chi_square", "p_chi_square", "p_exact"),
    [
        # R: chisq.test(m, correct = FALSE) and fisher.test(m), units as rows.
        ([3, 0, 1], [17, 20, 11], 3.177777777778, 0.204152321674, 0.263828608366),
        ([30, 45, 20], [170, 155, 180], 11.8811881188, 0.00263046653338, 0.00272672614904),
        ([1, 5], [9, 4], 4.5497150997151, 0.0329242243211, 0.0572755417957),
        ([2, 0, 3, 1], [8, 10, 5, 9], 5.096354166667, 0.164876064727, 0.183525731513),
    ],
)
def test_units_are_tested_as_r_does(missing, there, chi_square, p_chi_square, p_exact):
    found = missingness(missing, np.add(missing, there))

    assert (found.chi_square, found.p_chi_square) == pytest.approx((chi_square, p_chi_square))
    assert found.p_exact == pytest.approx(p_exact)
    assert found.degrees == len(missing) - 1


def test_the_exact_test_counts_where_little_is_expected():
    few, many = missingness([3, 0, 1], [20, 20, 12]), missingness([30, 45], [200, 200])

    assert few.p_value == few.p_exact
    assert many.p_value == many.p_chi_square


def test_too_many_tables_are_left_to_the_chi_square():
    found = missingness([4, 9, 4, 4, 3, 4, 6, 3], [20, 300, 30, 25, 20, 25, 30, 20])

    assert found.p_exact is None
    assert found.p_value == found.p_chi_square


def test_each_unit_has_its_share_and_wilsons_interval():
    found = missingness([1, 0], [4, 0])

    assert found.shares == (0.25, None)
    assert found.intervals == (wilson(1, 4), None)


@pytest.mark.parametrize(
    "columns", [([0, 0], [5, 5]), ([5, 5], [5, 5]), ([1], [5]), ([1, 0], [5, 0]), ([], [])]
)
def test_where_units_cannot_differ_there_is_no_test(columns):
    found = missingness(*columns)

    assert (found.chi_square, found.p_exact, found.p_value) == (None, None, None)


def test_missing_records_are_records():
    with pytest.raises(ValueError, match="part of them"):
        missingness([3], [2])
    with pytest.raises(ValueError, match="one length"):
        missingness([3], [2, 4])
