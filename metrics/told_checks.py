"""What readers of protected counts are told of the checks: nothing that one case decides."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from etl.store import Store
from metrics.disclosure.ledger import Entry
from metrics.disclosure.policy import Policy
from metrics.doubts import AT_FAULT
from metrics.judged import BlockedError
from metrics.keyed import keyed

UNTOLD = "untold"  # none, few, or nothing that these readers may know

# Of how many cases rows at fault must be to be told, in bases: no fewer, and no more.
FEWEST, MOST = 4, 8

# Tables in which somebody has declared something, and in which no case stands.
_DECLARED = ("staging.headcount", "staging.deliveries")
_KNOWN = "Known, "  # how the sentence on a known defect begins; others allow a share of rows
_SHARED = (pl.col("severity") == "critical") & pl.col("allowed").str.starts_with("Up to")


def told_checks(
    store: Store,
    verdicts: pl.DataFrame,
    policy: Policy,
    *,
    secret: bytes,
    until: date,
    before: Collection[str] | None = None,
) -> pl.DataFrame:
    """The verdicts as the policy's audience may know them, for the quarter that ends `until`.

    Most checks fail where a single row is at fault, so that a verdict is a count. Where counts
    are rounded, a check has failed for its readers if the rows at fault are of so many cases
    that none of them decides it. How many that are is drawn anew for each check and quarter:
    a verdict that changes proves no case either. They are told nothing of the others, of those
    that allow a share of rows (two counts against each other) or look at the rows of a critical
    one that does, and where small counts are withheld of any. Critical checks are known to
    whoever has a release, or has none: not whether there was anything to examine, nor whether
    a defect that is known was there this time.

    `before` are the checks that were told as failed for this quarter already: they stay so, and
    the others untold, whatever was corrected since. A verdict that turned would prove a case.
    """
    if policy.method == "identity":
        return verdicts
    found = _cases_at_fault(store)
    bounded = set(verdicts.filter(_SHARED)["cause"]) - {""}

    def told(row: Mapping[str, Any]) -> str:
        name, outcome = str(row["name"]), str(row["outcome"])
        if row["severity"] == "critical":
            return outcome if outcome == "failed" else _not_failed(row)
        if row["about"] in _DECLARED:
            return outcome
        apart = _allows_no_share(row) and row["cause"] not in bounded
        counted = policy.method == "rounding" and apart
        if not counted:
            return UNTOLD
        if before is not None:
            return "failed" if name in before else UNTOLD
        if outcome not in AT_FAULT:
            return UNTOLD
        enough = found.get(name, 0) >= _enough(policy.base, secret, name, until)
        return "failed" if enough else UNTOLD

    outcomes = [told(row) for row in verdicts.iter_rows(named=True)]
    return verdicts.with_columns(outcome=pl.Series(outcomes, dtype=pl.String))


def told_before(entries: Sequence[Entry], policy: Policy, until: date) -> frozenset[str] | None:
    """The checks that the quarter's readers of this base were told as failed; None if none was.

    A release that was withdrawn before anybody read it told nothing.
    """
    unread = {name for entry in entries for name in entry.get("untold", ())}
    told = [
        entry["failed"]
        for entry in entries
        if (entry["kind"], entry.get("until")) == ("release", until.isoformat())
        and entry.get("base") == policy.base
        and entry["release"] not in unread
    ]
    return frozenset(told[0]) if told else None


def refuse_few(
    store: Store, verdicts: pl.DataFrame, policy: Policy, *, secret: bytes, until: date
) -> None:
    """Raise BlockedError where to say that figures are not fit would tell of few cases.

    A critical check that allows a share of rows fails by one row where there are few. Who may
    not know that is told figures, or none: what is not fit is named where it is of so many
    cases as other checks are told for.
    """
    if policy.method == "identity":
        return
    found, size = _cases_at_fault(store), max(policy.base, policy.threshold)
    failed = verdicts.filter(_SHARED & (pl.col("outcome") == "failed"))
    for row in failed.iter_rows(named=True):
        if found.get(row["name"], 0) < _enough(size, secret, row["name"], until):
            raise BlockedError(
                f"a critical check failed ({row['title']}), by so few cases that readers of"
                f" protected counts may not know it: nothing is published to {policy.audience}"
                f" until it passes. {row['remedy']}"
            )


def at_fault(verdicts: pl.DataFrame) -> list[str]:
    """The checks that failed, as far as these verdicts tell."""
    return verdicts.filter(pl.col("outcome").is_in(AT_FAULT))["name"].to_list()


def _allows_no_share(row: Mapping[str, Any]) -> bool:
    return not row["allowed"] or str(row["allowed"]).startswith(_KNOWN)


def _not_failed(row: Mapping[str, Any]) -> str:
    """What is told of a critical check that stops nothing: by what is declared of it alone.

    That it had nothing to examine says that there is no such case, and that it passed that
    there is one.
    """
    return UNTOLD if _KNOWN in str(row["allowed"]) else "passed"


def _enough(base: int, secret: bytes, name: str, until: date) -> int:
    """How many cases decide for one check and quarter: nobody without the secret knows it."""
    drawn = int(keyed(secret, "told check", f"{name}|{base}|{until}"), 16)
    return FEWEST * base + drawn % ((MOST - FEWEST) * base + 1)


def _cases_at_fault(store: Store) -> dict[str, int]:
    """Of how many cases the rows at fault are, by check; an unreadable row is one."""
    cases = store.frame(
        "select name, count(distinct case_key)::bigint as cases"
        " from quality.affected_cases group by name"
    )
    unread = store.frame(
        "select coalesce(sum(rows_rejected), 0)::bigint as lost from core.snapshots"
        " where grain in ('case', 'allegation', 'feedback')"
    )
    return dict(cases.iter_rows()) | {"rows_all_read": int(unread["lost"][0])}
