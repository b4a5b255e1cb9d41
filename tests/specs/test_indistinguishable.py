"""Two databases that an attacker cannot tell apart give the same exports, byte for byte.

The second has other people, other numbers of cases, other days: it is what an attacker's
witness is, a truth that agrees with every published number. Rounded, it is told the same
counts, so that whatever else of an export differed would be a leak. Where counts are withheld,
it is protected by itself, with the same key: what is withheld must not depend on by how much.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from dashboard.listing import print_figures
from dashboard.report import csv, html, pdf, sheet, xlsx
from etl.store import Store
from metrics.attack.bounds import legal
from metrics.attack.system import blocks_of, counts_in, system_of
from metrics.attack.told import CELL, read
from metrics.count import count
from metrics.disclosure.layers import layer_name
from metrics.disclosure.ledger import Ledger
from metrics.disclosure.policy import Policy
from metrics.disclosure.tables import banded
from metrics.release import TABLES, open_release
from tests import pdfs
from tests.specs.measured import ACKNOWLEDGE, SEED, filled, judge, sealed
from tests.specs.test_withholding import ANNEX, organisation

BANDS = (0, 15, 61)
PUBLIC = Policy("public", "rounding", base=5, min_denominator=20, bands=BANDS)
WITHHELD = replace(ANNEX, audience="public")  # to whom every form of report is told
UNITS = ("archive", "depot", "harbour")
# What the second organisation has more or less of, by unit and month.
OTHER = {("archive", 1): 2, ("depot", 2): -1, ("depot", 3): -1}


@dataclass(frozen=True)
class World:
    """A store, the release made of it, and the folder that both are in."""

    store: Store
    folder: Path
    release: Path


def events_of(counts: dict[tuple[str, int], int], *, names: str, day: int) -> dict[str, str]:
    """So many cases of each unit and month, two of three of them resolved within a week."""
    events, units = ["case | kind | on"], ["case | unit"]
    for (unit, month), n in sorted(counts.items()):
        for number in range(n):
            name = f"{names}-{unit}-{month}-{number}"
            received = date(2024, month, day)
            events.append(f"{name} | received | {received}")
            if number % 3:
                events.append(f"{name} | resolved | {received + timedelta(days=number % 7)}")
            units.append(f"{name} | {unit}")
    return {"events": "\n".join(events), "cases": "\n".join(units)}


def made(
    store: Store,
    folder: Path,
    told: dict[str, str],
    policy: Policy,
    before: pl.DataFrame | None = None,
) -> World:
    """Fill a store and publish it; `before` are counts that have been told already."""
    folder.mkdir()
    judge(filled(store, folder, as_of="2024-03-31", **told))
    # Their first cases are of different days, and nobody has said since when they are counted.
    store.execute("update staging.deliveries set coverage_told = false")
    (folder / "rules" / "rules.toml").write_text(ACKNOWLEDGE, encoding="utf-8")
    if before is not None:
        Ledger(folder / "ledger", SEED).keep(layer_name(5, BANDS), before)
    return World(store, folder, sealed(store, to=folder, policy=policy))


def rounded(one: Store, two: Store, folder: Path) -> tuple[World, World]:
    """More cases in the archive and fewer in the depot, told the same counts."""
    draw = np.random.default_rng(4)
    weights = {"archive": 2, "depot": 14, "harbour": 7}
    counts = {(u, m): int(draw.poisson(weights[u])) for u in UNITS for m in (1, 2, 3)}
    others = {place: n + OTHER.get(place, 0) for place, n in counts.items()}
    here = made(one, folder / "one", events_of(counts, names="ANNA", day=4), PUBLIC)
    before = Ledger(here.folder / "ledger", SEED).told(layer_name(5, BANDS))
    told = events_of(others, names="BRUNO", day=6)
    return here, made(two, folder / "two", told, PUBLIC, before)


def withheld(one: Store, two: Store, folder: Path) -> tuple[World, World]:
    """One case fewer in the archive of two, and one more in the office that hides it."""
    told = organisation(names="ANNA-", archive={0, 120})
    others = organisation(names="BRUNO-", archive={120}, later=1)
    return (
        made(one, folder / "one", told, WITHHELD),
        made(two, folder / "two", others, WITHHELD),
    )


@pytest.fixture(scope="module", params=[rounded, withheld], ids=lambda make: make.__name__)
def worlds(request, tmp_path_factory):
    """The organisation, and another one that it might as well be."""
    with Store.open() as one, Store.open() as two:
        yield request.param(one, two, tmp_path_factory.mktemp("worlds"))


def truth_of(world: World, path: Path) -> pl.DataFrame:
    """The exact counts of a world on the cells that a release publishes."""
    release = open_release(path)
    published = release.table("cubes").select(CELL)
    if release.manifest["method"] == "suppression":
        told = Ledger(world.folder / "ledger", SEED).told(
            f"suppression|{layer_name(3, (0, 31))}"
        )
        return published.join(
            told.select(*CELL, n="n_true"), on=CELL, how="left", maintain_order="left"
        )
    exact = banded(count(world.store).cells, BANDS)
    return published.join(exact, on=CELL, how="left").fill_null(0)


def test_the_second_world_is_a_witness_against_everything_that_is_published(worlds):
    here, there = worlds
    told = read(here.release)
    truth = truth_of(there, here.release)
    assert not truth.equals(truth_of(here, here.release))
    exact = told.release.tables | {"cubes": truth}
    release = type(told.release)(told.release.path, told.release.manifest, exact)
    imagined = replace(told, release=release)
    blocks = list(blocks_of([told]))
    assert len(blocks) >= 3
    for block in blocks:
        system = system_of(block, [told])
        assert legal(system, counts_in(block, imagined).ravel()) is not None, block


def test_both_are_one_release(worlds):
    here, there = worlds
    assert here.release.name == there.release.name
    one, two = open_release(here.release), open_release(there.release)
    for name in TABLES:
        if name != "manifest":
            assert one.table(name).equals(two.table(name)), name
    apart = {key for key in one.manifest if one.manifest[key] != two.manifest[key]}
    # What binds the counts that are not told; keyed, and in no export.
    assert apart <= {"ledger_head", "ledger_entries"}


def exports(path: Path) -> dict[str, bytes]:
    """Everything that anybody can take away of a release."""
    release = open_release(path)
    texts = dict(csv.render(release))
    files = {}
    for quarter in release.quarters():
        texts[f"{quarter}.html"] = html.render(release, quarter)
        texts[f"{quarter}-sheet.html"] = sheet.render(release, quarter)
        files[f"{quarter}.pdf"] = pdf.render(release, quarter)
        files[f"{quarter}.xlsx"] = xlsx.render(release, quarter)
    for form in ("csv", "json"):
        texts[f"figures to a pipe.{form}"] = print_figures(path, form=form, wanted={})
    return files | {name: text.encode() for name, text in texts.items()}


def test_every_export_is_the_same_to_the_byte(worlds):
    one, two = (exports(world.release) for world in worlds)
    assert len(one) >= 8
    assert {name for name in one if one[name] != two[name]} == set()


def test_no_export_has_a_word_or_a_number_of_a_case(worlds):
    for world in worlds:
        for name, content in exports(world.release).items():
            said = pdfs.unpacked(name, content)
            assert "ANNA" not in said, name
            assert "BRUNO" not in said, name


def test_an_export_that_tells_them_apart_would_be_seen(worlds):
    here, there = worlds
    hashes = [
        world.store.frame("select fingerprint from core.build")["fingerprint"][0]
        for world in (here, there)
    ]
    assert hashes[0] != hashes[1]
    assert not any(
        digest in pdfs.unpacked(name, content)
        for digest in hashes
        for name, content in exports(here.release).items()
    )
