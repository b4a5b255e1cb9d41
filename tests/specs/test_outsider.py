"""Eight releases to three audiences, with late cases and corrections, under an attack.

The attacker of `tests/outsider.py` shares no code with ours. It reads what was written, and
must find no small count exactly, prove none to be small, and narrow none below what is
promised.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from metrics.disclosure.layers import Protected, layer_name, protected_by_layers
from metrics.disclosure.ledger import Ledger
from metrics.disclosure.policy import Policy
from metrics.disclosure.protect import Declared
from metrics.periods import months_between, quarter_of
from tests import outsider
from tests.outsider import Said
from tests.specs.test_protection import LEVELS, SEED, TABLES, Case, cube_of

BANDS = (0, 31)
BOARD = Policy("board", "rounding", base=5, min_denominator=20, bands=BANDS)
STAFF = Policy("staff", "rounding", base=10, min_denominator=50, bands=BANDS)
PUBLIC = Policy("public", "rounding", base=20, min_denominator=50, bands=BANDS)
AUDIENCES = (BOARD, STAFF, PUBLIC)
MONTHS = months_between(date(2024, 1, 1), date(2025, 12, 1))
QUARTERS = {month: quarter_of(month, year_starts=1) for month in MONTHS}


@dataclass(frozen=True)
class Known:
    """A case, from which quarter on it is known, and what it was taken for at first."""

    case: Case
    since: int
    at_first: Case
    corrected: int

    def at(self, release: int) -> Case:
        return self.case if release >= self.corrected else self.at_first


def organisation(seed: int, *, monthly: int) -> list[Known]:
    """Two years of cases: one in eight is late, one in ten is corrected afterwards."""
    draw = np.random.default_rng(seed)
    made = []
    for place, month in enumerate(MONTHS):
        for _ in range(int(draw.poisson(monthly))):
            case = Case(
                unit=str(draw.choice(LEVELS["unit"], p=[0.3, 0.62, 0.08])),
                severity=str(draw.choice(LEVELS["severity"], p=[0.2, 0.8])),
                month=month,
                deadline=str(draw.choice(["met", "late", "not_due"], p=[0.7, 0.25, 0.05])),
                end=str(draw.choice(["ended", "open"])),
                days=int(draw.integers(60)),
            )
            since = place // 3 + (int(draw.integers(1, 3)) if draw.random() < 0.125 else 0)
            was = replace(case, unit="plant", deadline="not_due", end="open")
            is_corrected = draw.random() < 0.1
            later = since + int(draw.integers(1, 4)) if is_corrected else since
            made.append(Known(case, since, was if is_corrected else case, later))
    return made


def published(
    known: list[Known], folder: Path, *, releases: int, told: Ledger | None = None
) -> list[Path]:
    """Write the releases of each quarter to each audience, as files that were handed over."""
    ledger = told or Ledger(folder / "ledger", SEED)
    written = []
    for release in range(releases):
        months = MONTHS[: 3 * release + 3]
        cube = cube_of(*(one.at(release) for one in known if one.since <= release))
        cells = cube.cells.filter(pl.col("month").is_in(months))
        for policy in AUDIENCES:
            made = protected_by_layers(
                cells,
                policy,
                everybody=AUDIENCES,
                secret=SEED,
                declared=Declared(TABLES, LEVELS, months, QUARTERS),
                ledger=ledger,
                renamed={},
            )
            for layer, fresh in made.fresh.items():
                if fresh.height:
                    ledger.keep(layer, fresh)
            written.append(_write(made, policy, folder / f"{release}-{policy.audience}"))
    return written


def _write(made: Protected, policy: Policy, folder: Path) -> Path:
    folder.mkdir()
    made.cells.drop("n_true").write_csv(folder / "cells.csv")
    loose = {
        f"{name} {on.year}-{(on.month - 1) // 3 + 1}": (by.month, by.quarter)
        for (name, on), by in made.loose.items()
    }
    about = {"audience": policy.audience, "base": policy.base, "loose": loose}
    (folder / "about.json").write_text(json.dumps(about), encoding="utf-8")
    return folder


def counts_of(ledger: Ledger) -> Iterator[tuple[outsider.Table, outsider.Cell, int]]:
    """What the published numbers stand for."""
    for row in ledger.told(layer_name(BOARD.base, BANDS)).iter_rows(named=True):
        month = row["month"]
        quarter = f"{month.year}-{(month.month - 1) // 3 + 1}"
        cell = (row["breakdown"], row["level"], str(month), row["outcome"], str(row["band"]))
        yield (row["metric"], row["part"], quarter), cell, row["n_true"]


def small_counts(ledger: Ledger) -> dict[outsider.Table, list[tuple[outsider.Cell, int]]]:
    """What must stay hidden: every count from 1 to 4 that a published number stands for."""
    found: dict[outsider.Table, list[tuple[outsider.Cell, int]]] = {}
    for table, cell, n in counts_of(ledger):
        if 1 <= n < BOARD.base:
            found.setdefault(table, []).append((cell, n))
    return found


def findings(said: list[Said], ledger: Ledger, *, most: int, own: int = 0) -> Iterator[str]:
    """What is found of the small counts, of at most so many in each table."""
    for table, small in sorted(small_counts(ledger).items()):
        known = outsider.claims(said, table)
        for cell, truth in small[:: max(1, len(small) // most)][:most]:
            own_here = min(own, truth)
            low, high = known.range_of([cell], own=own_here)
            if not low <= truth - own_here <= high:
                yield f"{table} {cell}: {truth} is not within {low} to {high}"
            if low == high:
                yield f"{table} {cell}: exactly {truth}"
            if high - low < BOARD.base - 1 - own_here:
                yield f"{table} {cell}: only {low} to {high}"
            if low >= 1 and high < BOARD.base - own_here:
                yield f"{table} {cell}: proved small, {low} to {high}"


@pytest.fixture(scope="module")
def years(tmp_path_factory) -> tuple[Ledger, list[Said]]:
    """Eight quarters of an organisation with a dozen cases a month."""
    folder = tmp_path_factory.mktemp("years")
    ledger = Ledger(folder / "ledger", SEED)
    paths = published(organisation(5, monthly=12), folder, releases=8, told=ledger)
    return ledger, [outsider.read(path) for path in paths]


def test_there_is_something_to_find(years):
    ledger, said = years
    assert len(said) == 24
    assert sum(map(len, small_counts(ledger).values())) > 300


def test_no_audience_is_ever_told_another_number(years):
    assert outsider.changed(years[1]) == 0


def test_an_outsider_with_every_file_of_every_audience_finds_nothing(years):
    ledger, said = years
    assert list(findings(said, ledger, most=2)) == []


def test_nor_does_who_has_the_newest_of_one_audience(years):
    ledger, said = years
    assert list(findings(said[-3:-2], ledger, most=1)) == []


def test_nor_do_two_insiders_find_anything_about_the_others(years):
    ledger, said = years
    assert list(findings(said, ledger, most=1, own=2)) == []


def test_the_outsider_is_no_fool(years):
    """Where others are told all units but one exactly, the counts of that one are found."""
    ledger, said = years
    others: dict[outsider.Table, dict[outsider.Cell, int]] = {}
    for table, cell, n in counts_of(ledger):
        if cell[1] != "six_people":
            others.setdefault(table, {})[cell] = n
    leaked = [*said, Said("others", 1, {}, others)]
    small = small_counts(ledger)
    ends = [
        outsider.claims(leaked, table).range_of([cell])
        for table in sorted(small)[:3]
        for cell, _ in small[table]
        if cell[1] == "six_people"
    ]
    assert len(ends) > 3
    assert all(low == high for low, high in ends)
