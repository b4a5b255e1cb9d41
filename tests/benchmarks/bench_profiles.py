"""Small organisations under an attacker who knows the calendar to the day.

Four kinds of promises, six months, two quarters told one after the other to two audiences.
How many of the numbers that are told he proves to be small, and how many he knows more closely
than the method promises; the board's beside its own files alone, the public's likewise.
CASE_AUDIT_BENCH_ORGANISATIONS says which: kind, seed and cases a month, such as "B_5_12".
"""

import os
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from etl.store import Store
from metrics.count import count
from metrics.disclosure.policy import Policy
from metrics.reach import further_in, loose_in
from metrics.release import Release, open_release
from tests.benchmarks.organisations import judge_until
from tests.benchmarks.profile_attack import Attack, Narrowed, Sum, Told, windows
from tests.benchmarks.whole_profiles import Calendar, Cell, Profiles, Rule
from tests.specs import measured
from tests.specs.measured import sealed

ACKNOWLEDGED = Rule("ack", "received", "acknowledged", 7)
KINDS = {
    "A": (ACKNOWLEDGED, Rule("close", "received", "resolved", 30)),
    "B": (
        ACKNOWLEDGED,
        Rule("finish", "received", "resolved", 60),
        Rule("inform", "decided", "informed", 10),
    ),
    "C": (
        Rule("close14", "received", "resolved", 14),
        Rule("close", "received", "resolved", 30),
    ),
    "D": (
        Rule("ack", "received", "acknowledged", 1),
        Rule("close7", "received", "resolved", 7),
        Rule("close", "received", "resolved", 30),
    ),
    # Rules that are changed after a year, by a shorter or a longer one, and within a quarter.
    "E": (ACKNOWLEDGED, Rule("close", "received", "resolved", 30, changed=(366, 14))),
    "F": (
        Rule("ack", "received", "acknowledged", 3, changed=(366, 7)),
        Rule("close", "received", "resolved", 14, changed=(366, 30)),
        Rule("finish", "received", "resolved", 60),
    ),
    "G": (
        Rule("inform", "decided", "informed", 10, changed=(366, 5)),
        Rule("close", "received", "resolved", 30, changed=(500, 45)),
    ),
    # Rules by a calendar, and with a term that does not move them.
    "H": (
        Rule("ack", "received", "acknowledged", 5, working=True, more='force = "advisory"\n'),
        Rule("close", "received", "resolved", 20, working=True),
    ),
}
NAMES = os.environ.get(
    "CASE_AUDIT_BENCH_ORGANISATIONS",
    "A_1_12,A_2_12,A_3_12,A_5_12,B_4_12,B_5_6,B_5_12,C_1_9,C_2_9,C_3_12,C_4_6,C_4_12,D_1_10,D_2_10,D_3_6,D_4_15",
).split(",")
BANDS = (0, 31, 61, 91)
UNITS = ("north", "south", "west")
LEVELS = {"unit": UNITS} | dict.fromkeys(("category", "channel", "severity"), ("unknown",))
FIRST, ENDS = date(2024, 1, 1), (date(2024, 3, 31), date(2024, 6, 30))
DAYS = [FIRST + timedelta(days=at) for at in range((ENDS[-1] - FIRST).days + 1)]
CALENDAR = Calendar(
    tuple(day.month - 1 for day in DAYS), tuple((end - FIRST).days for end in ENDS), BANDS
)
AUDIENCES = tuple(
    Policy(name, "rounding", base=base, min_denominator=50, bands=BANDS)
    for name, base in (("board", 5), ("public", 10))
)
# The survey that came back without an answer to use is one that was not answered.
ALIKE = {"unusable": "unanswered"}


@dataclass(frozen=True)
class Case:
    """A case with its steps by day, its survey (offered, answered, score), and its unit."""

    name: str
    steps: tuple[tuple[str, date], ...]
    survey: tuple[date, date | None, int] | None
    unit: str


def cases(seed: int, monthly: float) -> Iterator[Case]:
    """Half a year of an organisation: half of the cases in one unit, a fifth in another."""
    draw = np.random.default_rng(seed)
    received = [day for day in DAYS for _ in range(draw.poisson(monthly * 12 / 365))]
    for number, on in enumerate(received):
        wait = draw.integers(0, 5) if draw.random() < 0.8 else draw.integers(8, 30)
        closed = on + timedelta(days=int(min(draw.lognormal(3.2, 0.8), 300)))
        before = timedelta(days=int(draw.integers(0, max((closed - on).days, 1))))
        informed = closed - before + timedelta(days=int(draw.integers(0, 16)))
        steps = [("received", on), ("acknowledged", on + timedelta(days=int(wait)))]
        steps += [("resolved", closed)]
        if draw.random() < 0.8:
            steps.append(("decided", closed - before))
            if draw.random() < 0.8:
                steps.append(("informed", informed))
        if draw.random() < 0.1:
            steps.pop(1)
        survey = _survey(draw, closed) if draw.random() < 0.6 else None
        unit = str(draw.choice(UNITS, p=[0.5, 0.3, 0.2]))
        yield Case(f"c{number}", tuple(steps), survey, unit)


def _survey(draw: np.random.Generator, closed: date) -> tuple[date, date | None, int]:
    offered = closed + timedelta(days=int(draw.integers(0, 20)))
    waited = timedelta(days=int(draw.integers(0, 10)))
    answered = offered + waited if draw.random() < 0.6 else None
    return offered, answered, int(draw.integers(1, 6))


def exported(known: list[Case], until: date) -> dict[str, str]:
    """What the exports of a day have."""
    events, units, surveys = ["case | kind | on"], ["case | unit"], []
    for case in known:
        if case.steps[0][1] > until:
            continue
        units.append(f"{case.name} | {case.unit}")
        events += [f"{case.name} | {kind} | {on}" for kind, on in case.steps if on <= until]
        if case.survey is not None and case.survey[0] <= until:
            offered, answered, score = case.survey
            has_answered = answered is not None and answered <= until
            answer = f"{answered} | {score}" if has_answered else " | "
            surveys.append(f"{case.name} | {offered} | {answer}")
    if surveys:
        surveys.insert(0, "case | offered_on | answered_on | score")
    told = {"events": events, "cases": units, "feedback": surveys}
    return {name: "\n".join(lines) for name, lines in told.items()}


def promised(rules: tuple[Rule, ...]) -> str:
    """The rules as an organisation declares them."""
    return "".join(
        f'[[deadline]]\nname = "{rule.name}"\ntitle = "{rule.name.title()} in time"\n'
        f'from = "{rule.start}"\nto = "{rule.end}"\nwithin = {days}\n'
        f'unit = "{"working" if rule.working else "calendar"}_days"\n'
        f'basis = "Policy"\n{rule.more}{dates}\n'
        for rule in rules
        for days, dates in versions(rule)
    )


def versions(rule: Rule) -> Iterator[tuple[int, str]]:
    """The days of each version, and when it is in force."""
    if rule.changed is None:
        yield rule.days, ""
        return
    on, days = FIRST + timedelta(days=rule.changed[0]), rule.changed[1]
    yield rule.days, f"in_force_until = {on}\n"
    yield days, f"in_force_from = {on}\n"


def released(
    folder: Path,
    name: str,
    audiences: Sequence[Policy] = AUDIENCES,
) -> tuple[dict[str, list[Told]], dict[tuple[str, Cell], int]]:
    """What each audience is told, release by release, and the truth as told each quarter."""
    kind, seed, monthly = name.split("_")
    workspace = measured._workspace(folder, promised(KINDS[kind]), "", 1)
    key = f"the key of {name}".encode()
    known = list(cases(int(seed), float(monthly)))
    told: dict[str, list[Told]] = defaultdict(list)
    truth: dict[tuple[str, Cell], int] = defaultdict(int)
    for quarter, until in enumerate(ENDS):
        with Store.open() as store:
            rows = exported(known, until)
            judge_until(store, rows, until, first=FIRST, levels=LEVELS, workspace=workspace)
            for (level, cell), number in counts(count(store).cells).items():
                if cell[2] // 3 == quarter:
                    truth[level, cell] += number
            for policy in audiences:
                path = sealed(store, to=folder, policy=policy, everybody=audiences, seed=key)
                told[policy.audience].append(
                    said(open_release(path), policy.base or 1, quarter)
                )
    return told, truth


def said(release: Release, base: int, quarter: int) -> Told:
    """A release's counts, and the looseness that its manifest names."""
    loose = loose_in(release.manifest)
    looseness = {
        (metric, at): further_in(loose, metric, date(FIRST.year, 3 * at + 1, 1))
        for metric, _ in loose
        for at in range(quarter + 1)
    }
    return Told(base, quarter, looseness, counts(release.table("cubes")))


def counts(cells: pl.DataFrame) -> dict[tuple[str, Cell], int]:
    """Counts of everybody and of each unit, those withheld left out."""
    found: dict[tuple[str, Cell], int] = defaultdict(int)
    wanted = pl.col("breakdown").is_in(["all", "unit"]) & pl.col("n").is_not_null()
    columns = ("level", "metric", "part", "month", "outcome", "band", "n")
    for level, metric, part, month, outcome, days, number in (
        cells.filter(wanted).select(columns).iter_rows()
    ):
        band = CALENDAR.band(days) if metric == "time_to_resolution" else days
        cell = (metric, part, month.month - 1, ALIKE.get(outcome, outcome), band)
        found[level, cell] += number
    return found


def narrowed(
    told: list[Told], truth: dict[tuple[str, Cell], int], kind: str
) -> tuple[int, list[Narrowed]]:
    """How many numbers an audience was told, and what he knows closer than is promised."""
    rules = KINDS[kind]
    found = windows(told, rules, BANDS, UNITS)
    numbers: dict[Sum, int] = {
        (level, cells): sum(truth[level, cell] for cell in cells) for level, cells in found
    }
    attack = Attack(Profiles(rules, CALENDAR, UNITS), found)
    return len(found), attack.narrowed(numbers, told[0].base)


@pytest.mark.parametrize("name", NAMES)
def test_whole_profiles_find_no_number_and_hardly_a_small_one(
    tmp_path: Path, name: str
) -> None:
    told, truth = released(tmp_path, name)
    for policy in AUDIENCES:
        spent, base = time.process_time(), policy.base or 1
        many, closer = narrowed(told[policy.audience], truth, name[0])
        exact = [one for one in closer if one.low == one.high]
        small = [one for one in closer if one.low > 0 and one.high < base]
        narrow = [one for one in closer if one.high - one.low < base - 1]
        print(
            f"\n{name}, {policy.audience}: of {many} numbers {len(exact)} found,"
            f" {len(small)} proved small, {len(narrow)} narrower than promised;"
            f" {time.process_time() - spent:.0f} s CPU"
        )
        assert not exact
        for one in closer:
            assert one.low <= one.truth <= one.high
