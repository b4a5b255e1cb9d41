"""Each rule of protection, broken on purpose: our own attacker must stop the release.

An invented organisation publishes two quarters to a board and to the public, and learns of late
cases in between. As it stands, everything is published and nothing is found. With any one rule
broken, either publishing refuses, or the attack on the files finds it, or an attacker who is
told the truth sees that a file says something untrue of it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from etl.store import Store
from metrics import declaring, sealed_checks
from metrics import publish as publishing
from metrics import sealed as beside
from metrics.attack.report import attack
from metrics.count import count
from metrics.disclosure import joint, layers, protect, rounding, tables
from metrics.disclosure import policy as policies
from metrics.disclosure.layers import layer_name
from metrics.disclosure.ledger import TOLD, Ledger
from metrics.disclosure.policy import Policy, PolicyError
from metrics.disclosure.tables import KEY, ProtectionError, banded
from metrics.reach import AS_A_CELL, further_in, loose_in
from metrics.release import open_release
from metrics.sealing import UnsafeError
from tests.specs.measured import ACKNOWLEDGE, SEED, filled, judge, sealed
from tests.specs.test_protection import plant_and_office, released

BANDS = (0, 15, 61)
BOARD = Policy("board", "rounding", base=5, min_denominator=20, bands=BANDS)
PUBLIC = Policy("public", "rounding", base=10, min_denominator=50, bands=BANDS)
SPRING, SUMMER = "2024-03-31", "2024-06-30"


def cases_until(as_of: str) -> tuple[str, str]:
    """Events and units of 110 cases; six of the first quarter are known only in the second."""
    draw = np.random.default_rng(11)
    events, units = ["case | kind | on"], ["case | unit"]
    for number in range(110):
        month, day = 1 + int(draw.integers(6)), 1 + int(draw.integers(20))
        received = date(2024, month, day)
        late = number < 6
        month = 2 if late else month
        unit = str(draw.choice(["archive", "depot", "harbour"], p=[0.1, 0.6, 0.3]))
        if late:
            received = date(2024, month, day)
        known = date.fromisoformat(as_of)
        if received > known or (late and as_of == SPRING):
            continue
        events.append(f"{number} | received | {received}")
        ended = date(2024, min(6, month + int(draw.integers(2))), 21)
        if number % 3 and ended <= known:
            events.append(f"{number} | resolved | {ended}")
        units.append(f"{number} | {unit}")
    return "\n".join(events), "\n".join(units)


@pytest.fixture(scope="module")
def stores(tmp_path_factory) -> Iterator[Mapping[str, Store]]:
    """The organisation's store as it was at the end of each quarter."""
    with Store.open() as spring, Store.open() as summer:
        made = {SPRING: spring, SUMMER: summer}
        for as_of, store in made.items():
            events, units = cases_until(as_of)
            folder = tmp_path_factory.mktemp("rules")
            judge(filled(store, folder, as_of=as_of, events=events, cases=units))
        yield made


def stopped(
    stores, folder: Path, *steps: tuple[str, Policy], everybody=(BOARD, PUBLIC)
) -> list[str]:
    """What stops these quarters from being told to these audiences, one after the other."""
    (folder / "rules").mkdir(exist_ok=True)
    (folder / "rules" / "rules.toml").write_text(ACKNOWLEDGE, encoding="utf-8")
    paths, untrue = [], []
    try:
        for as_of, policy in steps:
            path = sealed(stores[as_of], to=folder, policy=policy, everybody=everybody)
            untrue += lies(path, stores[as_of], folder)
            paths.append(path)
    except (UnsafeError, ProtectionError, PolicyError) as error:
        return [str(error)]
    found = attack(paths)
    return [line for line in found.lines() if line.startswith("FAIL")] + untrue


def lies(path: Path, store: Store, folder: Path) -> list[str]:
    """What of a file is not so, for an attacker who is told the truth."""
    release = open_release(path)
    base = int(release.manifest["base"])
    known = TOLD_IN(Ledger(folder / "ledger", SEED), layer_name(base, BANDS))
    known = known.unique(KEY, keep="last")
    told = release.table("cubes").drop_nulls("n")  # what is withheld is no lie
    both = told.join(known.select(*KEY, "n_true"), on=KEY)
    both = both.with_columns(quarter=pl.col("month").dt.truncate("1q"))
    found = []
    if both.filter((pl.col("n_true") == 0) & (pl.col("n") > 0)).height:
        found.append("where there is none, some are told")
    loose = loose_in(release.manifest)
    off = [further_in(loose, *at) for at in both.select("metric", "quarter").iter_rows()]
    by_month, by_quarter = [one.month for one in off], [one.quarter for one in off]
    both = both.with_columns(
        month_reach=base * (1 + pl.Series(by_month, dtype=pl.Int64)),
        quarter_reach=base * (1 + pl.Series(by_quarter, dtype=pl.Int64)),
    )
    sums = [*KEY[:4], "month"], [*KEY[:4], "outcome", "band", "quarter"], [*KEY[:4], "quarter"]
    for summed in (KEY, *sums):
        told = both.group_by(summed).agg(
            pl.col("n", "n_true").sum(), pl.col("month_reach", "quarter_reach").max()
        )
        limit = base if summed is KEY else pl.col(f"{summed[-1]}_reach")
        if told.filter((pl.col("n") - pl.col("n_true")).abs() >= limit).height:
            found.append(f"a count by {summed[-1]} is further from the truth than is said")
    digest = store.frame("select substr(sha256, 1, 12) as told from core.snapshots")["told"]
    if set(release.table("deliveries")["fingerprint"]) & set(digest):
        found.append("whoever has an export sees that it is this one")
    return found


TOLD_IN = Ledger.told  # as it is before any rule is broken
BOTH_QUARTERS = ((SPRING, BOARD), (SUMMER, BOARD))
BOTH_AUDIENCES = ((SUMMER, BOARD), (SUMMER, PUBLIC))


def test_with_every_rule_in_place_nothing_stops_it(stores, tmp_path):
    steps = (*BOTH_QUARTERS, (SUMMER, PUBLIC))
    assert stopped(stores, tmp_path, *steps) == []


# The rules, each broken. What checks a rounding once more is broken with it ------------------


def none_becomes_some(broken: pytest.MonkeyPatch) -> None:
    def every_cell(quarter, costs, *, beyond=0):
        atoms = np.arange(beyond, quarter.truth.size)
        return rounding.Moves(atoms, costs.ravel()[atoms] - 1, atoms[:0])

    broken.setattr(rounding, "_up", every_cell)
    broken.setattr(rounding, "verified", lambda _, counts: counts)


def a_breakdown_does_not_add_up(broken: pytest.MonkeyPatch) -> None:
    whole = tables.Grid.faces

    def without_units(grid):
        names = sorted({breakdown for breakdown, _ in grid.levels[1:]})
        faces = whole(grid)
        faces[names.index("unit")] = 0
        return faces

    broken.setattr(tables.Grid, "faces", without_units)
    broken.setattr(rounding, "verified", lambda _, counts: counts)


def cells_go_down_and_up_alone(broken: pytest.MonkeyPatch) -> None:
    """Conventional rounding: every cell to its nearest multiple, whatever the totals say."""

    def nearest(quarter, *, carry, draw, ways=()):
        return (quarter.truth + quarter.base // 2) // quarter.base * quarter.base

    broken.setattr(joint, "rounded", nearest)


def a_quarters_sums_go_anywhere(broken: pytest.MonkeyPatch) -> None:
    free = ((rounding.FREE,) * 3,)
    broken.setattr(rounding, "WAYS", free)
    for tries in ("OF_FEW", "OF_MANY", "OF_MANY_COARSER"):
        broken.setattr(joint, tries, tuple(joint.Try(again, free) for again in range(12)))
    broken.setattr(joint, "looseness", lambda *_: (AS_A_CELL, AS_A_CELL))


def the_base_is_one_less(broken: pytest.MonkeyPatch) -> None:
    bases = layers.roundings
    broken.setattr(layers, "roundings", lambda *told: [base - 1 for base in bases(*told)])


def any_base_will_do(broken: pytest.MonkeyPatch) -> None:
    broken.setattr(policies, "SMALLEST_BASE", 1)


def a_told_quarter_is_rounded_anew(broken: pytest.MonkeyPatch) -> None:
    broken.setattr(Ledger, "told", lambda *_: pl.DataFrame(schema=TOLD))
    broken.setattr(protect.Ground, "draw", _drawn_by_what_is_counted)


def _drawn_by_what_is_counted(ground, *_):
    return np.random.default_rng(int(ground.cells["n"].sum()))


def each_audience_is_rounded_from_the_truth(broken: pytest.MonkeyPatch) -> None:
    broken.setattr(layers, "roundings", lambda policy, *_: [policy.base])


def cases_are_rounded_twice(broken: pytest.MonkeyPatch) -> None:
    table = declaring.Table
    broken.setattr(declaring, "Table", lambda **told: table(**told | {"part_of": None}))


def what_nobody_has_is_left_out(broken: pytest.MonkeyPatch) -> None:
    cube = publishing._cube

    def some(*told):
        made = cube(*told)
        return replace(made, cells=made.cells.filter(pl.col("n") > 0))

    broken.setattr(publishing, "_cube", some)


def figures_are_made_of_exact_counts(broken: pytest.MonkeyPatch) -> None:
    estimate, counted = publishing.estimate, []

    def count_and_remember(*told, **named):
        counted.append(count(*told, **named))
        return counted[-1]

    def exactly(cube, *told):
        exact = banded(counted[-1].cells, BANDS)
        cells = cube.cells.drop("n").join(exact, on=KEY, how="left").fill_null(0)
        return estimate(replace(cube, cells=cells), *told)

    broken.setattr(publishing, "count", count_and_remember)
    broken.setattr(publishing, "estimate", exactly)


def shares_of_few_are_told(broken: pytest.MonkeyPatch) -> None:
    setting = publishing._setting
    broken.setattr(
        publishing, "_setting", lambda *told: replace(setting(*told), min_denominator=1)
    )


def rows_are_counted_exactly(broken: pytest.MonkeyPatch) -> None:
    broken.setattr(sealed_checks, "withheld", lambda rows, _: rows)


def every_delivery_is_told(broken: pytest.MonkeyPatch) -> None:
    broken.setattr(beside, "_unnamed", lambda deliveries, *_: deliveries)


def exports_are_known_by_their_plain_hash(broken: pytest.MonkeyPatch) -> None:
    unnamed = beside._unnamed

    def named(deliveries, policy):
        told = deliveries["fingerprint"].first()
        return unnamed(deliveries, policy).with_columns(fingerprint=pl.lit(told))

    broken.setattr(beside, "_unnamed", named)


FIRST, SECOND = BOTH_QUARTERS[:1], BOTH_QUARTERS[1:]


@pytest.mark.parametrize(
    ("rule", "steps", "found"),
    [
        (none_becomes_some, FIRST, "where there is none, some are told"),
        (a_breakdown_does_not_add_up, FIRST, "levels of unit do not add up to all"),
        (cells_go_down_and_up_alone, FIRST, "levels of unit do not add up to all"),
        (a_quarters_sums_go_anywhere, SECOND, "further from the truth than is said"),
        (the_base_is_one_less, FIRST, "is not a multiple of the base"),
        (a_told_quarter_is_rounded_anew, BOTH_QUARTERS, "FAIL reader of all releases to board"),
        (each_audience_is_rounded_from_the_truth, BOTH_AUDIENCES, "all audiences: "),
        (cases_are_rounded_twice, FIRST, "FAIL reader of the newest release to board"),
        (what_nobody_has_is_left_out, FIRST, "declared cells are absent"),
        (figures_are_made_of_exact_counts, FIRST, "figures is not what the published counts"),
        (shares_of_few_are_told, FIRST, "figures is not what the published counts give"),
        (rows_are_counted_exactly, FIRST, "holds exact counts of rows"),
        (every_delivery_is_told, FIRST, "tells when an export had changed"),
        (exports_are_known_by_their_plain_hash, FIRST, "shows to whoever has an export"),
    ],
    ids=lambda told: told.__name__ if callable(told) else "",
)
def test_a_broken_rule_stops_the_release(stores, tmp_path, monkeypatch, rule, steps, found):
    rule(monkeypatch)
    assert found in "\n".join(stopped(stores, tmp_path, *steps))


def test_a_base_that_protects_nothing_stops_the_release(stores, tmp_path, monkeypatch):
    exact = {"base": 1, "min_denominator": 20, "bands": BANDS}
    with pytest.raises(PolicyError, match="base 1 protects nothing"):
        Policy("board", "rounding", **exact)
    any_base_will_do(monkeypatch)
    open_to_all = Policy("board", "rounding", **exact)
    found = stopped(stores, tmp_path, (SPRING, open_to_all), everybody=(open_to_all,))
    assert "found exactly" in found[0]


# What shows in no single file: whether anybody could make the same numbers --------------------


def others_make_the_same() -> bool:
    """Whether an attacker with keys of their own gets the published numbers from the truth."""
    cube = plant_and_office()
    published = released(cube).cells
    keys = (b"a key that somebody made up", b"another key of somebody")
    return any(released(cube, seed=key).cells.equals(published) for key in keys)


def a_seed_that_everybody_has(broken: pytest.MonkeyPatch) -> None:
    known = np.random.default_rng
    broken.setattr(protect.Ground, "draw", lambda *_: known(0))


def nothing_is_drawn(broken: pytest.MonkeyPatch) -> None:
    class Still:
        def uniform(self, _low, _high, size):
            return np.zeros(size)

    broken.setattr(protect.Ground, "draw", lambda *_: Still())


def test_nobody_without_the_key_can_repeat_a_rounding():
    assert not others_make_the_same()


@pytest.mark.parametrize("rule", [a_seed_that_everybody_has, nothing_is_drawn])
def test_a_rounding_that_can_be_repeated_is_found(monkeypatch, rule):
    rule(monkeypatch)
    assert others_make_the_same()
