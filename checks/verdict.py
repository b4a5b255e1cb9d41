"""What a check claims, and what one run of it found; nothing here knows Great Expectations."""

from dataclasses import dataclass
from datetime import date
from string import Template
from typing import Literal

Severity = Literal["critical", "warning"]
Outcome = Literal["passed", "failed", "empty"]


class CheckError(Exception):
    """A check could not be run: a mistake of ours, never a finding about the data."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many violations are tolerated, as a share of the rows examined, and why."""

    share: float
    reason: str

    def __str__(self) -> str:
        """Say it as a sentence."""
        return f"Up to {self.share * 100:g} % is allowed: {self.reason}."


@dataclass(frozen=True, slots=True)
class Check:
    """A claim about one table, and the SELECT that puts it to the test.

    `examines` yields one row for each row, month or delivery that the claim is about, with
    the columns `snapshot` and `line` (where it stands in a delivery; null where it stands in
    none), `happened_on` (the date that says since when, or null) and `violated` (a boolean,
    never null). It yields no value of a case and no key of one, so that a finding can be
    shown to somebody who may not see the case.

    `critical` is for what makes a figure wrong and cannot be left out of it: it stops a
    release. Everything else is a `warning`.
    """

    name: str
    title: str
    why: str
    about: str
    severity: Severity
    examines: str
    affects: tuple[str, ...]
    remedy: str
    allowed: Allowance | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one check found: counts and a month, no value of any case."""

    name: str
    title: str
    why: str
    about: str
    severity: Severity
    outcome: Outcome
    failing: int
    examined: int
    allowed: str
    since: date | None
    affects: tuple[str, ...]
    remedy: str


# One row, whatever was examined: `undecided` counts rows that neither keep nor break the claim.
_COUNTED = Template(
    """with examined as (
$examines
)
select
    count(*) as examined,
    count(*) filter (where violated) as failing,
    count(*) filter (where violated is null) as undecided,
    cast(date_trunc('month', min(happened_on) filter (where violated)) as date) as since
from examined"""
)


def counted(check: Check) -> str:
    """SELECT whose single row holds the counts of one check and nothing else."""
    return _COUNTED.substitute(examines=check.examines.strip())


def judge(check: Check, *, failing: int, examined: int, since: date | None) -> Verdict:
    """Verdict on the counts of one check; a check that examined nothing has not passed."""
    tolerated = check.allowed.share * examined if check.allowed else 0
    outcome: Outcome = "failed" if failing > tolerated else "passed"
    return Verdict(
        name=check.name,
        title=check.title,
        why=check.why,
        about=check.about,
        severity=check.severity,
        outcome=outcome if examined else "empty",
        failing=failing,
        examined=examined,
        allowed=str(check.allowed) if check.allowed else "",
        since=since,
        affects=check.affects,
        remedy=check.remedy,
    )


def blocking(verdicts: tuple[Verdict, ...]) -> tuple[Verdict, ...]:
    """Those verdicts that stop a release."""
    return tuple(v for v in verdicts if v.outcome == "failed" and v.severity == "critical")


def digest(verdicts: tuple[Verdict, ...]) -> tuple[str, ...]:
    """Lines for the command line: the sentence first, then one line per thing to look at."""
    failed = sorted((v for v in verdicts if v.outcome == "failed"), key=lambda v: v.severity)
    idle = [f"Nothing to examine: {v.title}." for v in verdicts if v.outcome == "empty"]
    return (_summary(verdicts), *(_finding(v) for v in failed), *idle)


def _summary(verdicts: tuple[Verdict, ...]) -> str:
    passed = sum(v.outcome == "passed" for v in verdicts)
    warnings = sum(v.outcome == "failed" and v.severity == "warning" for v in verdicts)
    empty = sum(v.outcome == "empty" for v in verdicts)
    blocked = len(blocking(verdicts))
    parts = [f"{passed} of {_plural(len(verdicts), 'check')} passed"]
    if warnings:
        parts.append(_plural(warnings, "warning"))
    if empty:
        parts.append(f"{empty} had nothing to examine")
    parts.append(
        f"{_plural(blocked, 'critical finding')} {'block' if blocked > 1 else 'blocks'}"
        " publication"
        if blocked
        else "nothing blocks publication"
    )
    return "; ".join(parts) + "."


def _finding(verdict: Verdict) -> str:
    since = f", since {verdict.since:%B %Y}" if verdict.since else ""
    return (
        f"{verdict.severity.capitalize()}: {verdict.title}."
        f" Not so for {verdict.failing:,} of {verdict.examined:,}{since}. {verdict.remedy}"
    )


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
