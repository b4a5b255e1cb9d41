"""A few headline numbers under differential privacy: what they cost, and how they are drawn.

One case, added or taken away with everything that ever happened in it, changes each number by
one at most: a number counts cases, each of them once, by what is recorded of that case alone.
A random whole number from the two-sided geometric distribution is added, by OpenDP and from
OpenSSL's randomness, which the operating system seeds: nobody can draw it again. What numbers
cost adds up, over headlines, quarters and audiences, for ever.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, exp, inf, log, nextafter
from typing import Any

import polars as pl

from etl.errors import InputError
from metrics.disclosure.ledger import Entry, Ledger
from metrics.disclosure.tables import KEY, NO_DURATION

LAYER = "private"
MOST = 10
LARGEST_EPSILON = Decimal(1)
# The census of the United States of 2020 spent 19.61 on all that it told of persons and homes.
LARGEST_BUDGET = Decimal(20)
MISSED_BY_MORE = 0.05
GEOMETRIC = "Ghosh, Roughgarden and Sundararajan (2012), SIAM J. Comput. 41: 1673-1693"
# Metrics of which one case moves its own contributions alone, with the outcomes that count.
ALONE = {
    "report_frequency": ("received",),
    "time_to_resolution": ("ended", "open"),
    # Whether a step was missed rests on whether the exports ever record it, for any case.
    "deadline_compliance": ("met", "met_late"),
    "substantiation": (
        *("substantiated", "partly", "unsubstantiated", "insufficient"),
        *("without_finding", "not_recorded"),
    ),
    "anonymity": ("anonymous", "named", "not_recorded"),
}
WITH_PARTS = ("deadline_compliance",)
# All of them together are the cases received, which one headline counts already.
OF_ALL_RECEIVED = ("time_to_resolution", "anonymity")
_KEYS = {"title": str, "metric": str, "part": str, "outcomes": list}


class MissingExtraError(InputError):
    """What draws the numbers is not installed; the message says how to install it."""


@dataclass(frozen=True, slots=True)
class Headline:
    """A number of cases of the whole organisation in a quarter: which outcomes are counted."""

    title: str
    metric: str
    outcomes: tuple[str, ...]
    part: str = ""

    @property
    def outcome(self) -> str:
        """The outcomes as one name, whatever their order."""
        return "+".join(sorted(self.outcomes))

    @property
    def name(self) -> str:
        """What tells it from every other number of its metric."""
        return f"{self.part}:{self.outcome}" if self.part else self.outcome

    def cell(self, quarter: Any) -> dict[str, Any]:
        """Where it stands among counts of a quarter, which is named by its first day."""
        place = (self.metric, self.part, "all", "all", quarter, self.outcome, NO_DURATION)
        return dict(zip(KEY, place, strict=True))


@dataclass(frozen=True, slots=True)
class Booking:
    """Numbers that were drawn together: their cells (KEY and n) and what each of them costs."""

    number: int
    audience: str
    version: str
    epsilon: Decimal
    budget: Decimal
    cells: pl.DataFrame

    @property
    def cost(self) -> Decimal:
        """What all of them cost."""
        return self.epsilon * self.cells.height


def headlines_of(told: object) -> tuple[Headline, ...] | str:
    """The headlines as a workspace declares them, or why they are refused."""
    if not isinstance(told, list) or not all(isinstance(each, Mapping) for each in told):
        return "headlines must be tables, [[audiences.NAME.headlines]]"
    found = []
    for position, each in enumerate(told, start=1):
        reason = _key_fault(each)
        if reason:
            return f"headline {position}: {reason}"
        found.append(Headline(**{**each, "outcomes": tuple(each["outcomes"])}))
    return tuple(found)


def _key_fault(told: Mapping[str, object]) -> str | None:
    for key, value in told.items():
        if key not in _KEYS:
            return f"{key!r} is unknown; there are {', '.join(_KEYS)}"
        if type(value) is not _KEYS[key]:
            return f"{key} must be {'a list of texts' if _KEYS[key] is list else 'a text'}"
    missing = [key for key in ("title", "metric", "outcomes") if not told.get(key)]
    return f"{missing[0]} is missing" if missing else None


def headline_fault(headlines: Sequence[Headline]) -> str | None:
    """Why these headlines cannot be told, or None."""
    if not 1 <= len(headlines) <= MOST:
        return f"{len(headlines)} headlines; declare 1 to {MOST}, [[audiences.NAME.headlines]]"
    for each in headlines:
        known = ALONE.get(each.metric)
        if known is None:
            return (
                f"headline {each.title!r}: of {each.metric} it is not known how far one case"
                f" can move it; use one of {', '.join(ALONE)}"
            )
        strange = [outcome for outcome in each.outcomes if outcome not in known]
        if strange:
            return (
                f"headline {each.title!r}: {strange[0]} of {each.metric} cannot be told; there"
                f" are {', '.join(known)}"
            )
        if bool(each.part) != (each.metric in WITH_PARTS):
            return f"headline {each.title!r}: {_PART[each.metric in WITH_PARTS]}"
        if each.metric in OF_ALL_RECEIVED and set(each.outcomes) == set(known):
            return (
                f"headline {each.title!r}: {', '.join(known)} together are all cases received,"
                ' and each number is drawn once; use report_frequency with "received"'
            )
    names = [(each.metric, each.name) for each in headlines]
    if len(set(names)) < len(names):
        return "two headlines count the same; each number is told once"
    return None


_PART = {True: "say of which rule, with part", False: "its metric has no parts; leave part out"}


def within(epsilon: Decimal) -> int:
    """How far from the truth a number is at most, 95 times of 100.

    P(|noise| >= n) is 2 p^n / (1 + p) with p = e^-epsilon: the source is `GEOMETRIC`.
    """
    p = exp(-float(epsilon))
    return ceil(log(MISSED_BY_MORE * (1 + p) / 2) / log(p)) - 1


def said(epsilon: Decimal) -> str:
    """What its readers are told of the noise in a number."""
    return (
        f"Within {within(epsilon)} of the truth 95 times of 100; drawn with epsilon {epsilon}."
    )


def require_extra() -> None:
    """Raise MissingExtraError where OpenDP is not installed."""
    try:
        import opendp.measurements  # noqa: F401
    except ImportError as error:
        raise MissingExtraError(
            "method private draws its numbers with OpenDP, which is not installed; install the"
            " extra `private`, or: pip install 'opendp>=0.16,<0.17'"
        ) from error


def drawn(counts: Sequence[int], epsilon: Decimal) -> list[int]:
    """Each count with noise of its own; each costs epsilon, as OpenDP itself reckons it.

    Raises MissingExtraError where OpenDP is not installed.
    """
    require_extra()
    from opendp.domains import atom_domain, vector_domain
    from opendp.measurements import make_laplace
    from opendp.metrics import l1_distance
    from opendp.mod import enable_features

    enable_features("contrib")
    scale = 1 / float(epsilon)
    while True:
        measurement = make_laplace(
            vector_domain(atom_domain(T="i64")), l1_distance(T="i64"), scale
        )
        # By how much one case moves one count, and what that may cost.
        if measurement.check(d_in=1, d_out=float(epsilon)):
            return [int(number) for number in measurement(list(counts))]
        scale = nextafter(scale, inf)


def bookings(ledger: Ledger) -> list[Booking]:
    """Every draw that was ever made, oldest first; what was withdrawn is spent all the same.

    Raises LedgerError where the ledger is not as it was written.
    """
    return [
        _booking(ledger, entry)
        for entry in ledger.entries()
        if entry["kind"] == "counts" and entry["layer"] == LAYER
    ]


def _booking(ledger: Ledger, entry: Entry) -> Booking:
    return Booking(
        number=entry["number"],
        audience=entry["audience"],
        version=entry["policy"],
        epsilon=Decimal(entry["epsilon"]),
        budget=Decimal(entry["budget"]),
        cells=ledger.counts(entry).select(*KEY, "n"),
    )


def book(
    ledger: Ledger,
    cells: pl.DataFrame,
    *,
    audience: str,
    version: str,
    epsilon: Decimal,
    budget: Decimal,
) -> None:
    """Write numbers (KEY and n) and their cost down before anybody can read them.

    What they stand for is not kept: nobody needs it again.
    """
    ledger.keep(
        LAYER,
        cells.with_columns(n_true=pl.lit(None, dtype=pl.Int64)),
        audience=audience,
        policy=version,
        epsilon=str(epsilon),
        budget=str(budget),
    )


def spent(booked: Sequence[Booking]) -> Decimal:
    """What all these draws cost together: one case may be in every one of them."""
    return sum((each.cost for each in booked), Decimal(0))
