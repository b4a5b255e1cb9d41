"""What an audience may see: the method, its base and the smallest denominator of a share."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any, Literal

from etl.errors import InputError

METHODS = ("identity", "rounding", "suppression")
SMALLEST_BASE = 3
NUMBERS = ("base", "threshold", "min_denominator")
BANDS = (0, 8, 15, 31, 61, 91, 121, 181, 366, 731)
QUARTERS_OF_A_YEAR = 4


class PolicyError(InputError):
    """A policy that cannot protect what it promises; the message names the remedy."""


@dataclass(frozen=True, slots=True)
class Policy:
    """One audience's protection, refused on construction where it would protect nothing.

    `bands` are the first days of the duration bands that are published instead of days; the
    last one has no end. Rounding makes every count a multiple of `base`; suppression withholds
    counts below `threshold`, and keeps the others exact. Identity keeps counts, and days,
    exact.
    """

    audience: str
    method: Literal["identity", "rounding", "suppression"]
    base: int = 1
    threshold: int = 0
    min_denominator: int = 1
    bands: tuple[int, ...] = BANDS
    owner: str = ""
    version: str = "1"

    def __post_init__(self) -> None:
        reason = _fault(self)
        if reason:
            raise PolicyError(f"audience {self.audience}: {reason}")

    def method_sentence(self, *, loose: Mapping[str, int] | None = None) -> str:
        """The method in words for readers.

        `loose` says, by title, by how many bases sums of a metric's cells may be further from
        the truth than cells.
        """
        if self.method == "identity":
            return "All counts are exact."
        if self.method == "suppression":
            return (
                "Counts that are shown are exact, and told by quarter. Counts below"
                f" {self.threshold}, none included, are withheld, [c], and as many others as it"
                " takes so that no withheld count can be worked out."
            )
        off = self.base - 1
        sums = "".join(
            f" Of {title}, a total of a month or quarter, or of several bands or outcomes, may"
            f" be within {(by + 1) * self.base - 1}."
            for title, by in sorted((loose or {}).items())
        )
        return (
            f"All counts are multiples of {self.base}, and totals add up."
            f" Each count for a month or a quarter is within {off} of the truth"
            f" (0 means 0 to {off}), for a year within {QUARTERS_OF_A_YEAR * off},"
            f" for a longer span within {off} for every quarter in it.{sums}"
        )


def policies_of(audiences: Mapping[str, Mapping[str, Any]]) -> dict[str, Policy]:
    """The policy of each audience, as a workspace declares them.

    Raises PolicyError naming the audience, the key and the remedy.
    """
    return {name: _policy(name, told) for name, told in audiences.items()}


def _policy(audience: str, told: object) -> Policy:
    if not isinstance(told, Mapping):
        raise PolicyError(f"audience {audience}: it must be a table, [audiences.{audience}]")
    known = {field.name for field in fields(Policy)} - {"audience"}
    values = dict(told)
    if isinstance(values.get("bands"), list):
        values["bands"] = tuple(values["bands"])
    for key, value in values.items():
        if key not in known:
            names = ", ".join(sorted(known))
            raise PolicyError(f"audience {audience}: {key!r} is unknown; there are {names}")
        wanted = tuple if key == "bands" else int if key in NUMBERS else str
        if type(value) is not wanted:
            what = {int: "a whole number", tuple: "a list of days"}.get(wanted, "a text")
            raise PolicyError(f"audience {audience}: {key} must be {what}")
    if "method" not in values:
        raise PolicyError(f"audience {audience}: method is missing; use {' or '.join(METHODS)}")
    return Policy(audience=audience, **values)


def _fault(policy: Policy) -> str | None:
    """Why the policy is refused, or None."""
    if policy.method not in METHODS:
        return f"method {policy.method!r} is unknown; use one of {', '.join(METHODS)}"
    if policy.min_denominator < 1:
        return f"min_denominator {policy.min_denominator} is below 1; a share needs a case"
    if policy.threshold and policy.method != "suppression":
        return (
            f"threshold {policy.threshold} belongs to suppression; leave it out or use method"
            " suppression"
        )
    if policy.base != 1 and policy.method != "rounding":
        return f"base {policy.base} belongs to rounding; leave it out or use method rounding"
    if policy.method == "identity":
        return None
    if policy.method == "suppression":
        return _suppression_fault(policy) or _bands_fault(policy)
    return _rounding_fault(policy) or _bands_fault(policy)


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
