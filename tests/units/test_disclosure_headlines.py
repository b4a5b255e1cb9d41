"""Which headline numbers a policy may promise, and the noise in them."""

from dataclasses import replace
from decimal import Decimal
from math import exp

import pytest
from scipy.stats import binom

from metrics.catalog import METRICS
from metrics.disclosure.headlines import ALONE, Headline, drawn, within
from metrics.disclosure.policy import PolicyError, policies_of

# The policy

DECLARED = {
    "method": "private",
    "owner": "Data protection officer",
    "epsilon": 0.5,
    "budget": 12,
    "headlines": [
        {"title": "Concerns raised", "metric": "report_frequency", "outcomes": ["received"]}
    ],
}


def test_a_policy_is_read_as_it_is_declared():
    policy = policies_of({"website": DECLARED})["website"]
    received = Headline("Concerns raised", "report_frequency", ("received",))
    assert policy.headlines == (received,)
    assert (policy.epsilon, policy.budget) == (Decimal("0.5"), Decimal(12))


def one(**told):
    return {"headlines": [DECLARED["headlines"][0] | told]}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"owner": " "}, "owner is missing; say who answers"),
        ({"epsilon": 0}, "epsilon 0 protects nobody"),
        ({"epsilon": 1.5}, "epsilon 1.5 protects nobody or is none; use more than 0, 1 at mo"),
        ({"epsilon": float("nan")}, "epsilon NaN protects nobody"),
        ({"epsilon": "0.5"}, "epsilon must be a number"),
        ({"epsilon": True}, "epsilon must be a number"),
        ({"budget": 21}, "budget 21 protects nobody or is none; use more than 0, 20 at most"),
        ({"budget": 0.4}, r"budget 0.4 does not pay for one quarter, which costs 0.5 \(1 head"),
        ({"headlines": []}, "0 headlines; declare 1 to 10"),
        (
            {
                "headlines": [
                    {
                        "title": "All",
                        "metric": "time_to_resolution",
                        "outcomes": ["open", "ended"],
                    }
                ]
            },
            "ended, open together are all cases received",
        ),
        ({"headlines": DECLARED["headlines"] * 2}, "two headlines count the same"),
        ({"headlines": "many"}, "headlines must be tables"),
        (one(unit="plant"), "headline 1: 'unit' is unknown"),
        (one(outcomes="received"), "headline 1: outcomes must be a list of texts"),
        (one(outcomes=[]), "headline 1: outcomes is missing"),
        (
            one(metric="came_again"),
            "of came_again it is not known how far one case can move it",
        ),
        (one(outcomes=["lost"]), "lost of report_frequency cannot be told; there are received"),
        (
            one(metric="deadline_compliance", part="x", outcomes=["missed"]),
            "missed of deadline_compliance cannot be told; there are met, met_late",
        ),
        (one(part="acknowledge"), "its metric has no parts; leave part out"),
        (one(metric="deadline_compliance", outcomes=["met"]), "say of which rule, with part"),
        ({"base": 5}, "base 5 belongs to rounding"),
        ({"method": "identity"}, "epsilon belongs to private"),
    ],
)
def test_a_policy_that_cannot_keep_its_promise_is_refused(change, said):
    with pytest.raises(PolicyError, match=said):
        policies_of({"website": DECLARED | change})


def test_more_than_ten_headlines_are_refused():
    one_of_many = Headline("In time", "deadline_compliance", ("met",))
    many = tuple(replace(one_of_many, part=f"rule_{n}") for n in range(11))
    with pytest.raises(PolicyError, match="11 headlines; declare 1 to 10"):
        replace(policies_of({"website": DECLARED})["website"], headlines=many)


def test_every_metric_that_can_be_a_headline_is_in_the_catalogue_with_its_outcomes():
    known = {metric.name: metric.outcomes for metric in METRICS}
    for name, outcomes in ALONE.items():
        assert set(outcomes) <= set(known[name])


# The noise


@pytest.mark.parametrize(
    ("epsilon", "off"), [("1", 3), ("0.5", 6), ("0.25", 12), ("0.1", 30), ("0.05", 60)]
)
def test_the_bound_is_the_smallest_that_holds_95_times_of_100(epsilon, off):
    p = exp(-float(epsilon))

    def beyond(n):
        return 2 * p ** (n + 1) / (1 + p)

    assert within(Decimal(epsilon)) == off
    assert beyond(off) <= 0.05 < beyond(off - 1)


def test_the_noise_has_the_scale_that_is_promised():
    tries, epsilon = 4000, Decimal("0.5")
    noise = [number - 7 for number in drawn([7] * tries, epsilon)]
    p = exp(-0.5)
    of_none, of_far = (1 - p) / (1 + p), 2 * p ** (within(epsilon) + 1) / (1 + p)
    seen = [
        (sum(each == 0 for each in noise), of_none),
        (sum(abs(each) > within(epsilon) for each in noise), of_far),
        (sum(each > 0 for each in noise), (1 - of_none) / 2),
    ]
    # Each of the three fails by chance twice in 10 thousand million runs at most.
    for count, share in seen:
        assert binom.ppf(1e-10, tries, share) <= count <= binom.isf(1e-10, tries, share)


def test_each_number_has_noise_of_its_own():
    # That twenty of them are alike has a chance of less than 1e-12.
    assert len(set(drawn([100] * 20, Decimal("0.5")))) > 1
