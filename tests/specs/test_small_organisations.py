"""Where cases are so few that a coarser audience's numbers would tell too much: withheld.

Numbers of an audience are made of those of a finer one, which stay as they were told. Where no
draw leaves each of them its room beside the others, the metric that cannot be told is withheld
in that quarter, for good, and the release goes on.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from etl.store import Store
from metrics.attack.report import attack
from metrics.disclosure import joint
from metrics.disclosure.following import Link
from metrics.disclosure.layers import layer_name
from metrics.disclosure.ledger import Ledger
from metrics.disclosure.lengths import Lengths
from metrics.disclosure.policy import Policy
from metrics.disclosure.series import Rounding
from metrics.disclosure.spacing import Spacing
from metrics.disclosure.tables import Bases
from metrics.disclosure.turn import Turn
from metrics.release import Release, open_release
from tests.specs.measured import SEED, filled, judge, sealed
from tests.specs.test_joined import little_of_many

BANDS = (0, 61)
BOARD = Policy("board", "rounding", base=5, min_denominator=20, bands=BANDS)
PUBLIC = Policy("public", "rounding", base=10, min_denominator=50, bands=BANDS)
QUARTER = date(2024, 1, 1)
UNKNOWN = Spacing.lagged(0, None, 1)  # nobody knows how far it is behind
RULE = ("deadline_compliance", "acknowledge", QUARTER)


def told_once(name: str, *multiples: int) -> Rounding:
    """A table of one level and cell by month, in tens of which each is made of fives."""
    return Rounding(
        name=name,
        counts=np.array([[[2 * tens] for tens in multiples]]),
        truth=np.ones((1, len(multiples), 1), dtype=np.int64),
        told=[False] * len(multiples),
        faces=np.zeros((0, 1), dtype=np.int64),
        sums=np.zeros((0, 1), dtype=np.int64),
        stocks=[],
        draw=lambda *_: np.random.default_rng(0),
        follows=None if name == "received" else "received",
    )


@pytest.mark.parametrize(("received", "withheld"), [(0, True), (1, False)])
def test_a_table_is_withheld_that_narrows_what_is_told_beside_it(received, withheld):
    # None received (0 to 9) beside 10 acknowledged (1 to 19) would prove 1 to 9 in both.
    lead, early, late = (
        told_once("received", received),
        told_once("acknowledged", 1),
        told_once("closed", 0),
    )
    links = {(name, QUARTER): Link({0: UNKNOWN}, ()) for name in ("acknowledged", "closed")}
    turn = Turn(lead, [early, late], QUARTER, [0], {QUARTER: (0, 1)}, Bases(2, None, 5), links)
    turn.withhold(links)
    assert early.untold == ({QUARTER} if withheld else set())
    assert late.untold == set()


@pytest.mark.parametrize(("received", "withheld"), [((0, 1), True), ((1, 0), False)])
def test_a_table_is_withheld_that_narrows_what_is_told_for_who_looks_at_days(
    received, withheld
):
    # Thirty days after a receipt in February is March: "none received in January" (0 to 9)
    # beside "10 due in February" (1 to 19) would prove 1 to 9 in both. By months alone they
    # may have been received in February.
    lead, due = told_once("received", *received), told_once("due", 0, 1)
    months = (QUARTER, date(2024, 2, 1))
    thirty = Spacing.of(Lengths.always(30, 30), 1, months)
    links = {("due", QUARTER): Link({0: thirty}, (), plain=(0,))}
    turn = Turn(lead, [due], QUARTER, [0, 1], {QUARTER: (0, 2)}, Bases(2, None, 5), links)
    assert turn.narrowed() == 0
    turn.withhold(links, closely=False)
    assert due.untold == set()
    turn.withhold(links)
    assert due.untold == ({QUARTER} if withheld else set())


def test_what_is_withheld_does_not_follow_from_what_only_the_counts_say():
    # That all surveys came within the month is so in truth; no reader knows it.
    lead, surveys = told_once("received", 1), told_once("surveys", 0)
    known = Link({0: Spacing.lagged(0, 0, 1)}, ())
    turn = Turn(
        lead,
        [surveys],
        QUARTER,
        [0],
        {QUARTER: (0, 1)},
        Bases(2, None, 5),
        {("surveys", QUARTER): known},
    )
    assert turn.narrowed() > 0
    turn.withhold({("surveys", QUARTER): known})
    assert surveys.untold == set()


def test_what_is_drawn_again_is_withheld_only_if_it_must_be_again():
    lead, due = told_once("received", 1), told_once("due", 1)
    due.untold = frozenset({QUARTER})
    links = {("due", QUARTER): Link({0: UNKNOWN}, ())}
    joint._together(
        Turn(lead, [due], QUARTER, [0], {QUARTER: (0, 1)}, Bases(2, None, 5), links)
    )
    assert due.untold == frozenset()


@pytest.mark.parametrize(
    ("by_all", "by_days", "few", "withheld"),
    [
        (0, 0, 1, False),
        (1, 0, 1, True),
        (1, 0, 0, True),
        (0, 1, 1, True),
        # Of many counts a rule that is not told would cost more than what days narrow.
        (0, 1, 0, False),
    ],
)
def test_the_finest_audience_is_not_told_what_no_draw_can_tell(
    monkeypatch, by_all, by_days, few, withheld
):
    # Refused, it would stay so: a coarser audience's release keeps the numbers that were drawn.
    monkeypatch.setattr(Turn, "narrowed", lambda turn: by_all if turn.followers else 0)
    monkeypatch.setattr(Turn, "closely", lambda turn: by_days if turn.followers else 0)
    monkeypatch.setattr(joint, "FEW", 2 * few)
    lead, due = told_once("received", 1), told_once("due", 1)
    due.spaced = {0: UNKNOWN}
    joint.round_all([lead, due], [(QUARTER, [0])], Bases(5))
    assert due.untold == ({QUARTER} if withheld else set())


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> list[Release]:
    """The board's and the public's of two quarters; of the first one rule cannot be told."""

    def first_alone(turn: Turn, seen: object, *, closely: bool) -> None:
        for each in turn.new:
            if seen and turn.quarter == QUARTER and each.name.endswith("acknowledge"):
                each.untold |= {turn.quarter}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Turn, "withhold", first_alone)
        return list(two_quarters(tmp_path_factory.mktemp("small")))


def two_quarters(folder: Path) -> Iterator[Release]:
    """Both audiences' releases of the first quarter, and of one more."""
    for until in ("2024-03-31", "2024-06-30"):
        here = folder / until
        here.mkdir()
        for kept in ("ledger", "releases"):
            (folder / kept).mkdir(exist_ok=True)
            (here / kept).symlink_to(folder / kept)
        events, cases = little_of_many()
        with Store.open() as store:
            judge(filled(store, here, as_of=until, events=events, cases=cases))
            for policy in (BOARD, PUBLIC):
                path = sealed(store, to=here, policy=policy, everybody=(BOARD, PUBLIC))
                yield open_release(path)


def test_the_rest_of_a_release_is_told_and_it_says_what_is_withheld(releases):
    board, public, *_ = releases
    assert board.table("cubes")["n"].null_count() == 0
    cells = public.table("cubes")
    withheld = cells.filter(pl.col("n").is_null()).select("metric", "part").unique()
    assert withheld.rows() == [RULE[:2]]
    assert (
        "Withheld, [c]: Acknowledge within 7 days in the quarter from January 2024."
        in (public.manifest["method_sentence"])
    )
    assert "Withheld" not in board.manifest["method_sentence"]


def test_where_a_rounded_figure_is_withheld_it_says_of_which_counts_and_when(releases):
    told = releases[-1].table("figures").filter(breakdown="all", state="withheld")
    assert dict(told.select("period", "reason").unique().iter_rows()) == {
        period: f"In {when} the counts of this rule, beside the others, could tell of single"
        " cases."
        for period, when in (
            ("quarter", "this quarter"),
            ("month", "the quarter of this month"),
            ("year", "a quarter of this period"),
            ("whole", "a quarter of this period"),
        )
    }


def test_the_brief_sentence_of_a_release_says_what_is_withheld_too(releases):
    for release in releases:
        brief, whole = (release.manifest[f"method_{n}"] for n in ("in_brief", "sentence"))
        assert ("Withheld, [c]" in brief) == ("Withheld, [c]" in whole)
    assert "Withheld, [c]" in releases[1].manifest["method_in_brief"]


def test_what_was_withheld_stays_so_in_every_sum_that_it_is_part_of(releases):
    newest = releases[-1]
    figures = newest.table("figures").filter(
        (pl.col("metric") == RULE[0]) & (pl.col("breakdown") == "all")
    )
    states = dict(
        figures.select(
            (pl.col("period") + " " + pl.col("period_start").cast(str)), "state"
        ).iter_rows()
    )
    assert states["quarter 2024-01-01"] == states["month 2024-02-01"] == "withheld"
    assert states["year 2024-01-01"] == states["whole 2024-01-01"] == "withheld"
    assert states["quarter 2024-04-01"] != "withheld"
    withheld = figures.filter(pl.col("state") == "withheld")
    assert withheld.select("numerator", "denominator", "pending", "missing").null_count().row(
        0
    ) == ((withheld.height,) * 4)


def test_no_reader_takes_what_is_withheld_for_none(releases):
    found = attack([release.path for release in releases])
    assert found.passed


def test_the_ledger_knows_what_was_withheld_from_whom(releases):
    folder = releases[0].path.parent.parent
    ledger = Ledger(folder / "ledger", SEED)
    assert ledger.withheld(layer_name(10, BANDS)) == {RULE}
    assert ledger.withheld(layer_name(5, BANDS)) == set()
