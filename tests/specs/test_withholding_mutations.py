"""Every rule of suppression broken, one at a time: our own attacker must stop the release."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from etl.store import Store
from metrics import publish as publishing
from metrics.attack.report import attack
from metrics.disclosure import withholding
from metrics.disclosure.linked import Linked
from metrics.disclosure.policy import Policy
from metrics.disclosure.ranges import Known
from metrics.disclosure.sensitive import few
from metrics.disclosure.suppression import Pattern, Wanted, suppressed
from metrics.sealing import UnsafeError
from tests.specs.measured import ACKNOWLEDGE, filled, judge, sealed
from tests.specs.test_withholding import ANNEX, organisation

Break = Callable[[pytest.MonkeyPatch], None]


@pytest.fixture(scope="module")
def judged(tmp_path_factory) -> Iterator[Store]:
    with Store.open() as store:
        folder = tmp_path_factory.mktemp("judged")
        judge(filled(store, folder, as_of="2024-03-31", **organisation()))
        yield store


def stopped(store: Store, folder: Path, policy: Policy = ANNEX) -> str:
    """What the attack says of the releases, or nothing."""
    (folder / "rules").mkdir()
    (folder / "rules" / "rules.toml").write_text(ACKNOWLEDGE, encoding="utf-8")
    try:
        path = sealed(store, to=folder, policy=policy)
    except UnsafeError as error:
        return str(error)
    return "\n".join(line for line in attack([path]).lines() if line.startswith("FAIL"))


def nothing_is_withheld_for_anothers_sake(broken: pytest.MonkeyPatch) -> None:
    def alone(tables: Linked, want: Wanted, _: Known | None = None) -> Pattern:
        values = tables.values.astype(float)
        return Pattern(want.sensitive | want.unpublished, values, values)

    broken.setattr(withholding, "suppressed", alone)


def a_withheld_count_need_not_be_enough(broken: pytest.MonkeyPatch) -> None:
    def narrow(tables: Linked, want: Wanted, known: Known | None = None) -> Pattern:
        low, high = np.maximum(tables.values - 1, 0), tables.values + 1
        return suppressed(tables, replace(want, low=low, high=high), known)

    broken.setattr(withholding, "suppressed", narrow)


def none_is_told(broken: pytest.MonkeyPatch) -> None:
    broken.setattr(withholding, "few", lambda n, least: few(n, least, zeros=True))


def a_count_below_the_threshold_is_told(broken: pytest.MonkeyPatch) -> None:
    broken.setattr(withholding, "few", lambda n, _: few(n, 1))


def sums_are_told_all_the_same(broken: pytest.MonkeyPatch) -> None:
    frame = withholding._frame

    def with_sums(ground, part, month, system, hidden):
        is_sum = [place is not None and "+" in place[1] for place in system.places]
        return frame(ground, part, month, system, hidden & ~np.tile(is_sum, system.levels))

    broken.setattr(withholding, "_frame", with_sums)


def the_whole_is_told_all_the_same(broken: pytest.MonkeyPatch) -> None:
    frame = withholding._frame

    def with_wholes(ground, part, month, system, hidden):
        whole = [
            place is not None and place[0] == "report_frequency" for place in system.places
        ]
        return frame(ground, part, month, system, hidden & ~np.tile(whole, system.levels))

    broken.setattr(withholding, "_frame", with_wholes)


def figures_are_made_of_what_is_withheld(broken: pytest.MonkeyPatch) -> None:
    estimated = publishing._estimated

    def from_zero(cube, *told):
        return estimated(replace(cube, cells=cube.cells.fill_null(0)), *told) | {
            "cubes": estimated(cube, *told)["cubes"]
        }

    broken.setattr(publishing, "_estimated", from_zero)


TEN = Policy("annex", "suppression", threshold=10, min_denominator=20, bands=(0, 31))


@pytest.fixture(scope="module")
def two_small(tmp_path_factory) -> Iterator[Store]:
    """Two units of one case each, and two of many: the two small ones hide each other."""
    events, cases = ["case | kind | on"], ["case | unit"]
    for number in range(84):
        unit = {0: "archive", 1: "vault"}.get(number, "depot" if number % 2 else "office")
        # Enough are not due yet: else it would be told how many, and no deadline is.
        day = f"2024-01-{1 + number % 20:02}" if number < 62 else "2024-03-29"
        events.append(f"{number} | received | {day}")
        cases.append(f"{number} | {unit}")
    told = {"events": "\n".join(events), "cases": "\n".join(cases)}
    with Store.open() as store:
        judge(filled(store, tmp_path_factory.mktemp("two"), as_of="2024-03-31", **told))
        yield store


def test_two_small_units_hide_each_other(two_small, tmp_path):
    assert stopped(two_small, tmp_path, TEN) == ""


def test_a_withheld_count_that_need_not_be_enough_stops_the_release(
    two_small, tmp_path, monkeypatch
):
    a_withheld_count_need_not_be_enough(monkeypatch)
    assert "FAIL reader of the newest release" in stopped(two_small, tmp_path, TEN)


def test_a_count_below_the_threshold_is_found(judged, tmp_path, monkeypatch):
    a_count_below_the_threshold_is_told(monkeypatch)
    assert "a count below the threshold is told" in stopped(judged, tmp_path)


def test_nothing_stops_what_keeps_to_the_rules(judged, tmp_path):
    assert stopped(judged, tmp_path) == ""


@pytest.mark.parametrize(
    "rule",
    [
        nothing_is_withheld_for_anothers_sake,
        none_is_told,
        sums_are_told_all_the_same,
        the_whole_is_told_all_the_same,
        figures_are_made_of_what_is_withheld,
    ],
    ids=lambda rule: rule.__name__,
)
def test_a_broken_rule_stops_the_release(judged, tmp_path, monkeypatch, rule: Break):
    rule(monkeypatch)
    assert "FAIL" in stopped(judged, tmp_path)
