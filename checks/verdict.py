"""What a check claims, and what one run of it found; nothing here knows Great Expectations."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from checks.known_defects import KnownDefect

Severity = Literal["critical", "warning"]
Outcome = Literal["passed", "failed", "known", "empty"]

# What a row that breaks a claim means for the figures that it stands in:
# visible     it is counted beside the figure already (not assessable, unusable)
# unsure      it is in the right place, and may have come to something else
# misplaced   it may belong to another period, or to none
# extra       it may be no case of its own
# absent      it is missing from every figure
# level       it may belong to another unit, category, channel or severity
# unbounded   the figure is wrong by an amount that nobody can say
# none        no published figure depends on it
Doubt = Literal[
    "visible", "unsure", "misplaced", "extra", "absent", "level", "unbounded", "none"
]

# Where the fault is mended, which decides who owns it.
Place = Literal["case_system", "surveys", "headcount", "sources", "rules", "product"]


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
class Rows:
    """Rows of `source` (what follows FROM) that a claim is about, and what each must not be.

    Claims about the rows of one source are counted in one pass over it. `among` leaves out
    the rows that the claim does not speak of; `violated` is never null among the others;
    `step` is the kind of event that is in doubt, null for all of a case.
    """

    source: str
    violated: str
    among: str = "true"
    dated: str = "cast(null as date)"
    step: str = "cast(null as text)"
    snapshot: str = "snapshot"
    line: str = "line"

    def __str__(self) -> str:
        """The SELECT that yields the examined rows."""
        return (
            f"select\n    {self.snapshot} as snapshot,\n    {self.line} as line,\n"
            f"    {self.dated} as happened_on,\n    {self.step} as step,\n"
            f"    {self.violated} as violated\nfrom {self.source}\nwhere {self.among}"
        )


@dataclass(frozen=True, slots=True)
class Check:
    """A claim about one table, and the SELECT that puts it to the test.

    `examines` yields one row for each row, month or delivery that the claim is about, with
    the columns `snapshot` and `line` (where it stands in a delivery; null where it stands in
    none), `happened_on` (the date that says since when, or null), `step` (the kind of event
    in doubt, or null) and `violated` (a boolean, never null). It yields no value of a case
    and no key of one, so that a finding can be shown to somebody who may not see the case.

    `critical` is for what makes a figure wrong and cannot be left out of it: the figures in
    `affects` are then not fit to be used. Everything else is a `warning`. `doubt` says what a
    violation means for them. Checks of one `cause` are one incident; its
    `topic` is that of the suite it stands in.
    """

    name: str
    title: str
    why: str
    about: str
    severity: Severity
    examines: Rows | str
    affects: tuple[str, ...]
    remedy: str
    allowed: Allowance | None = None
    doubt: Doubt = "unbounded"
    mended_in: Place = "case_system"
    cause: str = ""
    topic: str = ""

    @property
    def statement(self) -> str:
        """The SELECT that yields the examined rows."""
        return str(self.examines).strip()


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
    doubt: Doubt
    cause: str
    topic: str
    owner: str
    statement: str


def batches(checks: Iterable[Check]) -> list[tuple[Check, ...]]:
    """Checks that one pass counts together: those about the same rows of the same tables."""
    together: dict[tuple[str, str], list[Check]] = {}
    for check in checks:
        rows = check.examines.source if isinstance(check.examines, Rows) else check.statement
        together.setdefault((check.about, rows), []).append(check)
    return [tuple(group) for group in together.values()]


def counted(batch: Sequence[Check]) -> str:
    """SELECT whose single row holds the counts of checks about the same rows, nothing else.

    For each check its name with `examined`, `failing`, `undecided` (rows that neither keep
    nor break the claim) and `since` (first day of a month) in front.
    """
    first = batch[0].examines
    if isinstance(first, Rows):
        source, claims = first.source, [_claim(check) for check in batch]
    else:
        source = f"(\n{first.strip()}\n)"
        claims = [(check.name, "true", "violated", "happened_on") for check in batch]
    columns = ",\n".join(_counts_of(*claim) for claim in claims)
    return f"select\n{columns}\nfrom {source}"


def _claim(check: Check) -> tuple[str, str, str, str]:
    rows = check.examines
    assert isinstance(rows, Rows)  # noqa: S101  a batch is of one kind
    return check.name, rows.among, rows.violated, rows.dated


def _counts_of(name: str, among: str, violated: str, dated: str) -> str:
    broken = f"({violated})" if among == "true" else f"({among}) and ({violated})"
    every = "count(*)" if among == "true" else f"count(*) filter (where {among})"
    unclear = f"({violated}) is null"
    unclear = unclear if among == "true" else f"({among}) and {unclear}"
    since = (
        "cast(null as date)"
        if dated == "cast(null as date)"
        else f"cast(date_trunc('month', min({dated}) filter (where {broken})) as date)"
    )
    return (
        f"    {every} as examined_{name},\n"
        f"    count(*) filter (where {broken}) as failing_{name},\n"
        f"    count(*) filter (where {unclear}) as undecided_{name},\n"
        f"    {since} as since_{name}"
    )


def judge(
    check: Check,
    *,
    failing: int,
    examined: int,
    since: date | None,
    known: KnownDefect | None = None,
    owners: Mapping[str, str] | None = None,
) -> Verdict:
    """Verdict on the counts of one check; a check that examined nothing has not passed.

    `known` is the declared defect that is in force, if any: within its budget the check has
    not passed, and stops nothing. `owners` are the workspace's words for who mends what.
    """
    tolerated = check.allowed.share * examined if check.allowed else 0
    outcome: Outcome = "failed" if failing > tolerated else "passed"
    if outcome == "failed" and known is not None and failing <= known.at_most:
        outcome = "known"
    allowed = [str(check.allowed)] if check.allowed else []
    allowed += [str(known)] if known is not None else []
    return Verdict(
        name=check.name,
        title=check.title,
        why=check.why,
        about=check.about,
        severity=check.severity,
        outcome=outcome if examined else "empty",
        failing=failing,
        examined=examined,
        allowed=" ".join(allowed),
        since=since,
        affects=check.affects,
        remedy=check.remedy,
        doubt=check.doubt,
        cause=check.cause or check.name,
        topic=check.topic,
        owner=known.owner if known else (owners or OWNERS).get(check.mended_in, ""),
        statement=check.statement,
    )


OWNERS: Mapping[str, str] = {
    "case_system": "Case-system team",
    "surveys": "Survey team",
    "headcount": "Keeper of headcount.csv",
    "sources": "Keeper of the source descriptions",
    "rules": "Keeper of the rules",
    "product": "The makers of Case Audit",
}


def blocking(verdicts: tuple[Verdict, ...]) -> tuple[Verdict, ...]:
    """Those verdicts whose figures are not fit to be published."""
    return tuple(v for v in verdicts if v.outcome == "failed" and v.severity == "critical")


def digest(verdicts: tuple[Verdict, ...]) -> tuple[str, ...]:
    """Lines for the command line: the sentence first, then one line per thing to look at."""
    failed = sorted((v for v in verdicts if v.outcome == "failed"), key=lambda v: v.severity)
    known = [_finding(v) for v in verdicts if v.outcome == "known"]
    idle = [f"Nothing to examine: {v.title}." for v in verdicts if v.outcome == "empty"]
    return (_summary(verdicts), *(_finding(v) for v in failed), *known, *idle)


def _summary(verdicts: tuple[Verdict, ...]) -> str:
    number = {name: sum(v.outcome == name for v in verdicts) for name in _OUTCOMES}
    warnings = sum(v.outcome == "failed" and v.severity == "warning" for v in verdicts)
    blocked = len(blocking(verdicts))
    parts = [f"{number['passed']} of {_plural(len(verdicts), 'check')} passed"]
    if warnings:
        parts.append(_plural(warnings, "warning"))
    if number["known"]:
        parts.append(_plural(number["known"], "known defect"))
    if number["empty"]:
        parts.append(f"{number['empty']} had nothing to examine")
    parts.append(
        f"{_plural(blocked, 'critical finding')} {'block' if blocked > 1 else 'blocks'}"
        " publication"
        if blocked
        else "nothing blocks publication"
    )
    return "; ".join(parts) + "."


_OUTCOMES: tuple[Outcome, ...] = ("passed", "failed", "known", "empty")


def _finding(verdict: Verdict) -> str:
    since = f", since {verdict.since:%B %Y}" if verdict.since else ""
    kind = "Known defect" if verdict.outcome == "known" else verdict.severity.capitalize()
    return (
        f"{kind}: {verdict.title}."
        f" Not so for {verdict.failing:,} of {verdict.examined:,}{since}. {verdict.remedy}"
    )


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
