import numpy as np
import pytest

from metrics.statistics.competing_risks import cumulative_incidence, incidence_at
from metrics.statistics.intervals import Estimate
from metrics.statistics.survival import kaplan_meier

DAYS = [1, 2, 2, 3, 5, 5, 6, 8, 9, 9, 12, 14]
OUTCOME = [1, 2, 0, 1, 1, 2, 0, 2, 1, 0, 2, 0]
# R: value, standard error, lower and upper end, each at 5, 9 and 12 days.
AT_1 = (
    [0.268518518519, 0.379629629630, 0.379629629630],
    [0.133047604798, 0.151789420570, 0.151789420570],
    [0.0638029537814, 0.1135765908732, 0.1135765908732],
    [0.533548713555, 0.649691009615, 0.649691009615],
)
AT_2 = (
    [0.175925925926, 0.287037037037, 0.453703703704],
    [0.113328777579, 0.141862878188, 0.172515403799],
    [0.0275004353094, 0.0663921424185, 0.1314362468970],
    [0.431591671919, 0.563044818198, 0.735064729540],
)


def test_incidences_and_their_errors_are_those_of_r():
    # R: survfit(Surv(days, factor(outcome, 0:2)) ~ 1, conf.type = "log-log") at 5, 9, 12.
    curves = cumulative_incidence(DAYS, OUTCOME)
    at = np.searchsorted(curves.day, [5, 9, 12])

    assert curves.incidence[0, at] == pytest.approx(AT_1[0])
    assert curves.incidence[1, at] == pytest.approx(AT_2[0])
    assert curves.standard_error[0, at] == pytest.approx(AT_1[1])
    assert curves.standard_error[1, at] == pytest.approx(AT_2[1])
    assert curves.low[0, at] == pytest.approx(AT_1[2])
    assert curves.high[0, at] == pytest.approx(AT_1[3])


def test_the_variance_of_aalen_is_that_of_cmprsk():
    # R: timepoints(cmprsk::cuminc(days, outcome), c(5, 9, 12))$var.
    curves = cumulative_incidence(DAYS, OUTCOME, variance="aalen")
    at = np.searchsorted(curves.day, [5, 9, 12])

    variances = [0.0199023501712, 0.0275121462237, 0.0275121462237]
    assert curves.standard_error[0, at] ** 2 == pytest.approx(variances)
    variances = [0.0144501004008, 0.0234691914232, 0.0459613318936]
    assert curves.standard_error[1, at] ** 2 == pytest.approx(variances)


def test_with_one_outcome_it_is_one_less_the_curve_with_greenwoods_error():
    curves = cumulative_incidence([1, 2, 2, 4, 6], [1, 1, 0, 1, 0])
    curve = kaplan_meier([1, 2, 2, 4, 6], [1, 1, 0, 1, 0])

    assert curves.incidence[0] == pytest.approx(1 - curve.survival)
    assert curves.standard_error[0] == pytest.approx(curve.standard_error)


def test_incidences_and_the_share_open_add_up_to_all():
    curves = cumulative_incidence(DAYS, OUTCOME)

    assert curves.incidence.sum(axis=0) + curves.survival == pytest.approx(1)


def test_one_less_kaplan_meier_of_one_outcome_overstates_it():
    # Of four, two are dropped on day 1; of the two left one is upheld on day 2.
    curves = cumulative_incidence([1, 1, 2, 3], [2, 2, 1, 0])
    alone = kaplan_meier([1, 1, 2, 3], [0, 0, 1, 0])

    assert incidence_at(curves, 1, 2).value == 0.25
    assert 1 - alone.survival[-1] == 0.5


def test_without_open_cases_the_error_is_that_of_a_share():
    curves = cumulative_incidence([1, 2, 3, 4], [1, 2, 1, 2])

    assert incidence_at(curves, 1, 4).value == 0.5
    assert curves.standard_error[0, -1] == pytest.approx((0.5 * 0.5 / 4) ** 0.5)


def test_a_histogram_is_as_good_as_rows():
    rows = cumulative_incidence([2, 2, 2, 5, 5], [1, 1, 0, 2, 0])
    counts = cumulative_incidence([2, 2, 5, 5], [1, 0, 2, 0], counts=[2, 1, 1, 1])

    assert counts.incidence.tolist() == rows.incidence.tolist()
    assert counts.low == pytest.approx(rows.low, nan_ok=True)


def test_late_entry_counts_in_the_risk_set():
    curves = cumulative_incidence([2, 3, 5], [1, 2, 1], entered=[-1, 2, 1], from_day=None)

    assert curves.at_risk.tolist() == [2, 2, 1]
    assert curves.incidence[0].tolist() == [0.5, 0.5, 0.75]
    later = cumulative_incidence([2, 3, 5], [1, 2, 1], from_day=2)
    assert later.incidence[1].tolist() == [0.5, 0.5]


def test_an_outcome_may_be_named_that_never_occurs():
    curves = cumulative_incidence([1, 2], [1, 0], outcomes=3)

    assert curves.incidence.shape == (3, 1)
    assert incidence_at(curves, 3, 1) == Estimate(0.0, None, None)


def test_beyond_what_was_watched_nothing_is_known():
    curves = cumulative_incidence([1, 4], [1, 0])

    assert incidence_at(curves, 1, 0) == Estimate(0.0, None, None)
    assert incidence_at(curves, 1, 4).value == 0.5
    assert incidence_at(curves, 1, 5) == Estimate(None, None, None)
    assert incidence_at(cumulative_incidence([1], [1]), 1, 99) == Estimate(1.0, None, None)
    nobody = cumulative_incidence([], [], outcomes=1)
    assert incidence_at(nobody, 1, 0) == Estimate(None, None, None)


def moved_by_each(days, outcome, entered, nudge=1e-4):
    """Standard errors from what a little more of each case does to the incidences, by trial."""
    moves = []
    for at in range(len(days)):
        more, less = np.ones(len(days)), np.ones(len(days))
        more[at], less[at] = 1 + nudge, 1 - nudge
        up, down = (
            cumulative_incidence(days, outcome, counts=counts, entered=entered).incidence
            for counts in (more, less)
        )
        moves.append((up - down) / (2 * nudge))
    return np.sqrt(np.sum(np.square(moves), axis=0))


def test_the_robust_variance_is_what_each_case_moves_late_entry_included():
    entered = [-1, -1, 0, 1, -1, 3, 2, -1, 5, -1, 4, 8]
    curves = cumulative_incidence(DAYS, OUTCOME, entered=entered, variance="robust")

    assert curves.standard_error == pytest.approx(moved_by_each(DAYS, OUTCOME, entered))
    delta = cumulative_incidence(DAYS, OUTCOME, entered=entered).standard_error
    assert not np.allclose(curves.standard_error, delta)
    assert curves.standard_error == pytest.approx(delta, abs=0.05)


def test_without_late_entry_the_robust_variance_is_that_of_r():
    curves = cumulative_incidence(DAYS, OUTCOME, variance="robust")
    at = np.searchsorted(curves.day, [5, 9, 12])

    assert curves.standard_error[0, at] == pytest.approx(AT_1[1])
    assert curves.standard_error[1, at] == pytest.approx(AT_2[1])
    # Where all that are left end on one day, nothing is left to be moved.
    rows = cumulative_incidence([1, 2, 2], [1, 1, 2], variance="robust")
    assert rows.standard_error == pytest.approx(
        cumulative_incidence([1, 2, 2], [1, 1, 2]).standard_error
    )
    counts = cumulative_incidence([2, 2, 5], [1, 0, 2], counts=[2, 1, 1], variance="robust")
    rows = cumulative_incidence([2, 2, 2, 5], [1, 1, 0, 2], variance="robust")
    assert counts.standard_error == pytest.approx(rows.standard_error)
    later = cumulative_incidence(DAYS, OUTCOME, from_day=2, variance="robust")
    delta = cumulative_incidence(DAYS, OUTCOME, from_day=2)
    assert later.standard_error == pytest.approx(delta.standard_error)
    assert cumulative_incidence([], [], outcomes=2, variance="robust").day.size == 0


@pytest.mark.parametrize("outcome", [[-1], [0.5], [4]])
def test_an_outcome_is_one_of_those_named(outcome):
    with pytest.raises(ValueError, match="outcome"):
        cumulative_incidence([1], outcome, outcomes=3)


def test_only_what_is_there_can_be_asked_for():
    curves = cumulative_incidence([1], [1])

    with pytest.raises(ValueError, match="outcome 2"):
        incidence_at(curves, 2, 1)
    with pytest.raises(ValueError, match="day -1"):
        incidence_at(curves, 1, -1)


def test_an_incidence_that_reaches_1_but_for_rounding_has_no_band_from_0_to_1():
    # Every case ended: on each of six days a sixth of them.
    days = np.repeat(np.arange(1, 7), 3)
    ended = cumulative_incidence(days, np.ones_like(days))
    assert ended.incidence[0, -1] == pytest.approx(1)
    assert (ended.low[0, -1], ended.high[0, -1]) == (1, 1)
