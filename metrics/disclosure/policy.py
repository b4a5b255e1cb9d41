"""What an audience may see: the method, its base and the smallest denominator of a share."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any, Literal

from etl.errors import InputError
from metrics.disclosure.headlines import (
    LARGEST_BUDGET,
    LARGEST_EPSILON,
    Headline,
    headline_fault,
    headlines_of,
    within,
)
from metrics.reach import Loose, Off, in_quarters

METHODS = ("identity", "rounding", "suppression", "private")
SMALLEST_BASE = 3
NUMBERS = ("base", "threshold", "min_denominator", "approvals")
LISTS = {"bands": int, "approvers": str}
AMOUNTS = ("epsilon", "budget")
BANDS = (0, 8, 15, 31, 61, 91, 121, 181, 366, 731)
QUARTERS_OF_A_YEAR = 4
NO_PERSONS = (
    "no source tells which cases one person reported, so that only cases can be counted"
)
NO_AMOUNTS = "no amounts are published, of which one could be most"
IMPOSSIBLE = {"persons": NO_PERSONS, "dominance": NO_AMOUNTS, "p_percent": NO_AMOUNTS}


class PolicyError(InputError):
    """A policy that cannot protect what it promises; the message names the remedy."""


@dataclass(frozen=True, slots=True)
class Policy:
    """One audience's protection, refused on construction where it would protect nothing.

    `bands` are the first days of the duration bands that are published instead of days; the
    last one has no end. Rounding makes every count a multiple of `base`; suppression withholds
    counts below `threshold`, and keeps the others exact. Identity keeps counts, and days,
    exact. Private tells `headlines` alone, each with noise that costs `epsilon`, until the
    `budget` is spent. `approvals` is how many people other than its maker must approve a
    release before it is published, `approvers` who may: anybody where there are none.
    """

    audience: str
    method: Literal["identity", "rounding", "suppression", "private"]
    base: int = 1
    threshold: int = 0
    min_denominator: int = 1
    bands: tuple[int, ...] = BANDS
    owner: str = ""
    version: str = "1"
    approvals: int = 0
    approvers: tuple[str, ...] = ()
    epsilon: Decimal = Decimal(0)
    budget: Decimal = Decimal(0)
    headlines: tuple[Headline, ...] = ()

    def __post_init__(self) -> None:
        reason = _fault(self)
        if reason:
            raise PolicyError(f"audience {self.audience}: {reason}")

    def method_sentence(self, *, loose: Loose | None = None) -> str:
        """The method in words for readers.

        `loose` says, by title and quarter, by how many bases sums of a metric's cells may be
        further from the truth than cells.
        """
        if self.method == "identity":
            return "All counts are exact."
        if self.method == "suppression":
            return (
                "Counts that are shown are exact, and told by quarter. Counts below"
                f" {self.threshold}, none included, are withheld, [c], and as many others as it"
                " takes so that no withheld count can be worked out."
            )
        if self.method == "private":
            return _private_sentence(self)
        off = self.base - 1
        return (
            f"All counts are multiples of {self.base}, and totals add up."
            f" Each count for a month or a quarter is within {off} of the truth"
            f" (0 means 0 to {off}), for a year within {QUARTERS_OF_A_YEAR * off},"
            f" for a longer span within {off} for every quarter in it."
            f"{_looser_sums(self.base, loose or {})}"
        )


def _looser_sums(base: int, loose: Loose) -> str:
    """Where sums are further from the truth than single counts, for readers."""
    quarters: dict[tuple[int, str], dict[str, list[date]]] = {}
    for title, quarter in sorted(loose):
        for by, what in _wider(loose[title, quarter]):
            quarters.setdefault((by, what), {}).setdefault(title, []).append(quarter)
    found = ""
    for (by, what), told in sorted(quarters.items()):
        where = (f"of {titles} {days}" for titles, days in in_quarters(told))
        found += f" {what} may be within {(by + 1) * base - 1}: {'; '.join(where)}."
    return found


def _wider(off: Off) -> Iterator[tuple[int, str]]:
    """By how many bases more which sums may be off, in words."""
    if off.month == off.quarter:
        yield off.month, "A total of a month or quarter, or of several bands or outcomes,"
        return
    if off.month:
        yield off.month, "A total of a month, or of several of its bands or outcomes,"
    if off.quarter:
        yield off.quarter, "A total of a quarter, or of several of its bands or outcomes,"


def policies_of(audiences: Mapping[str, Mapping[str, Any]]) -> dict[str, Policy]:
    """The policy of each audience, as a workspace declares them.

    Raises PolicyError naming the audience, the key and the remedy.
    """
    return {name: _policy(name, told) for name, told in audiences.items()}


def _policy(audience: str, told: object) -> Policy:
    if not isinstance(told, Mapping):
        raise PolicyError(f"audience {audience}: it must be a table, [audiences.{audience}]")
    values: dict[str, Any] = {key: _typed(key, value) for key, value in told.items()}
    for key, value in values.items():
        reason = _key_fault(key, value)
        if reason:
            raise PolicyError(f"audience {audience}: {reason}")
    if "method" not in values:
        raise PolicyError(f"audience {audience}: method is missing; use {' or '.join(METHODS)}")
    return Policy(audience=audience, **values)


def _typed(key: str, value: object) -> object:
    """What stands at a key of the file, as a policy holds it where it is of the right kind."""
    kind = LISTS.get(key)
    if kind and isinstance(value, list) and all(type(one) is kind for one in value):
        return tuple(value)
    if key in AMOUNTS and type(value) in {int, float}:
        return Decimal(str(value))
    return headlines_of(value) if key == "headlines" else value


def _key_fault(key: str, value: object) -> str | None:
    """Why a key, or what stands there, is refused, or None."""
    known = {field.name for field in fields(Policy)} - {"audience"}
    if key in IMPOSSIBLE:
        return f"{key} cannot be promised: {IMPOSSIBLE[key]}; leave it out"
    if key not in known:
        return f"{key!r} is unknown; there are {', '.join(sorted(known))}"
    if key == "headlines" and isinstance(value, str):
        return value  # the reason for which they are none
    wanted, kind = _KINDS.get(key, (str, "a text"))
    return None if type(value) is wanted else f"{key} must be {kind}"


_KINDS: dict[str, tuple[type, str]] = {
    **dict.fromkeys(NUMBERS, (int, "a whole number")),
    **dict.fromkeys(AMOUNTS, (Decimal, "a number")),
    "bands": (tuple, "a list of days"),
    "approvers": (tuple, "a list of texts"),
    "headlines": (tuple, "a list of tables"),
}


def _fault(policy: Policy) -> str | None:
    """Why the policy is refused, or None."""
    if policy.method not in METHODS:
        return f"method {policy.method!r} is unknown; use one of {', '.join(METHODS)}"
    if policy.approvals < 0:
        return f"approvals {policy.approvals} is below 0; leave it out to ask for none"
    if policy.approvers and len(set(policy.approvers)) < policy.approvals:
        return (
            f"approvals {policy.approvals} is more than there are approvers; name"
            f" {policy.approvals} of them, or ask for fewer"
        )
    if policy.min_denominator < 1:
        return f"min_denominator {policy.min_denominator} is below 1; a share needs a case"
    return _stray(policy) or _FAULTS[policy.method](policy)


def _stray(policy: Policy) -> str | None:
    """Why a number of another method is refused, or None."""
    if policy.threshold and policy.method != "suppression":
        return (
            f"threshold {policy.threshold} belongs to suppression; leave it out or use method"
            " suppression"
        )
    if policy.base != 1 and policy.method != "rounding":
        return f"base {policy.base} belongs to rounding; leave it out or use method rounding"
    for key in (*AMOUNTS, "headlines"):
        if getattr(policy, key) and policy.method != "private":
            return f"{key} belongs to private; leave it out or use method private"
    return None


def _suppression_fault(policy: Policy) -> str | None:
    if policy.threshold < SMALLEST_BASE:
        return f"threshold {policy.threshold} protects nobody; use {SMALLEST_BASE} or more"
    if policy.min_denominator < policy.threshold:
        return (
            f"min_denominator {policy.min_denominator} is below the threshold"
            f" {policy.threshold}; a share of so few is withheld anyway"
        )
    return None


def _rounding_fault(policy: Policy) -> str | None:
    if policy.base < SMALLEST_BASE:
        return f"base {policy.base} protects nothing; use {SMALLEST_BASE} or more"
    if policy.min_denominator < policy.base:
        return (
            f"min_denominator {policy.min_denominator} is below the base {policy.base};"
            f" a share of fewer is rounding error alone"
        )
    return None


def _bands_fault(policy: Policy) -> str | None:
    if policy.bands[:1] != (0,):
        return "the first band of durations must begin on day 0"
    if any(later <= earlier for earlier, later in pairwise(policy.bands)):
        return f"bands {policy.bands} must grow from each to the next"
    return None


def _private_fault(policy: Policy) -> str | None:
    if not policy.owner.strip():
        return "owner is missing; say who answers for what is spent of the budget"
    for key, most in (("epsilon", LARGEST_EPSILON), ("budget", LARGEST_BUDGET)):
        amount: Decimal = getattr(policy, key)
        if not amount.is_finite() or not 0 < amount <= most:
            return f"{key} {amount} protects nobody or is none; use more than 0, {most} at most"
    one_quarter = policy.epsilon * len(policy.headlines)
    if policy.budget < one_quarter:
        return (
            f"budget {policy.budget} does not pay for one quarter, which costs {one_quarter}"
            f" ({len(policy.headlines)} headlines, {policy.epsilon} each)"
        )
    return headline_fault(policy.headlines)


def _private_sentence(policy: Policy) -> str:
    off = within(policy.epsilon)
    return (
        "Each number has a random whole number added to it. 95 times of 100 the truth lies in"
        f" the range beside it, {off} to either side for those drawn now. A number is drawn"
        " once and never again. Whether any one case is in the data or not changes the odds of"
        f" a number by a factor of e^{policy.epsilon} at most (differential privacy), and of"
        f" all that are ever told so by e^{policy.budget}. What other releases tell comes on"
        " top."
    )


_FAULTS: dict[str, Callable[[Policy], str | None]] = {
    "identity": lambda _: None,
    "rounding": lambda policy: _rounding_fault(policy) or _bands_fault(policy),
    "suppression": lambda policy: _suppression_fault(policy) or _bands_fault(policy),
    "private": _private_fault,
}
