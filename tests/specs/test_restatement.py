"""What moved since the last release, and why: two deliveries, two releases, one comparison."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from etl.store import Store
from metrics.catalog import METRICS
from metrics.count import count
from metrics.disclosure.policy import Policy
from metrics.escalated import with_escalations
from metrics.estimate import estimate
from metrics.exposure import average_people
from metrics.figures import Setting
from metrics.metric import ProtectedCube
from metrics.periods import periods
from metrics.release import Release, open_release
from metrics.restatement import Now, Past
from metrics.restating import restated
from metrics.versions import versions
from sample_data.dice import Dice
from tests.specs import measured
from tests.specs.measured import ACKNOWLEDGE, COMMITTEE, after, fill, judge, sealed

FIRST, SECOND = "2024-06-30", "2024-09-30"
REPORTS = ("report_frequency", "reports")
MET = ("deadline_compliance", "share_met")
PUBLIC = Policy("public", "rounding", base=5, min_denominator=20)
FOLLOWED = [
    metric
    for metric in METRICS
    if metric.name in {"report_frequency", "deadline_compliance", "time_to_resolution"}
]
TOLD = """
    case | kind         | on
    A    | received     | 2024-01-10
    A    | acknowledged | 2024-01-12
    A    | resolved     | 2024-01-30
    B    | received     | 2024-02-10
    B    | acknowledged | 2024-03-10
    B    | resolved     | 2024-03-30
"""


class Twice:
    """A store that is delivered to and told of, time after time, in a few metrics."""

    def __init__(self, store: Store, folder: Path):
        self.store, self.folder = store, folder
        self.workspace = measured._workspace(folder, ACKNOWLEDGE, "", 1)
        self.loading = 0
        self.last: Release | None = None

    def deliver(self, events: str | None, as_of: str) -> None:
        """Deliver events, or nothing, and build the core tables."""
        if events is None:
            measured.build(self.store, self.workspace, {})
            self.store.replace("staging.levels", measured.levels_in(self.store))
            return
        self.loading += 1
        fill(
            self.store,
            {"events": events},
            as_of=as_of,
            coverage_from="2024-01-01",
            workspace=self.workspace,
            loading=self.loading,
        )

    def tell(self, events: str | None, as_of: str, *, version: str = "1") -> pl.DataFrame:
        """Deliver, count and estimate; what moved since it was told before."""
        self.deliver(events, as_of)
        now = self._now(as_of, version)
        rules = self.workspace.rules()
        moved = (
            restated(self.store, COMMITTEE, rules, Past(self.last, now, now.tables["versions"]))
            if self.last
            else None
        )
        self.last = Release(path=self.folder, manifest=dict(now.facts), tables=dict(now.tables))
        return pl.DataFrame() if moved is None else moved

    def _now(self, as_of: str, version: str) -> Now:
        rules, store = self.workspace.rules(), self.store
        told = store.frame("select * from staging.parameters").row(0, named=True)
        span = (told["coverage_from"], told["coverage_until"])
        calendar = periods(*span, year_starts=1)
        people = average_people(
            store.frame("select * from core.exposure"), calendar, coverage=span
        )
        setting = Setting(calendar, measured.levels_in(store), people, 1, 1)
        parts = {metric.name: metric.parts(rules) for metric in FOLLOWED}
        cube = with_escalations(ProtectedCube(count(store, FOLLOWED).cells, 1), rules.deadlines)
        cells, figures = cube.cells, estimate(cube, FOLLOWED, parts, setting)
        deliveries = store.frame(
            "select source, export, as_of, substr(sha256, 1, 12) as fingerprint"
            " from core.snapshots"
        )
        tables: dict[str, Any] = {"figures": figures, "cubes": cells, "deliveries": deliveries}
        tables["versions"] = versions(store, FOLLOWED, rules)
        facts = {"as_of": as_of, "product_version": version, "policy": "1"}
        return Now(FOLLOWED, parts, setting, tables, facts)

    def publish(self, events: str | None, as_of: str, policy: Policy = COMMITTEE) -> Release:
        """The whole way to a release."""
        self.deliver(events, as_of)
        judge(self.store)
        return open_release(sealed(self.store, to=self.folder, policy=policy))

    def rule(self, rules: str) -> None:
        """Put other rules in force."""
        (self.folder / "rules" / "rules.toml").write_text(rules, encoding="utf-8")


@pytest.fixture
def twice(store, tmp_path) -> Twice:
    return Twice(store, tmp_path)


def moved(
    rows: pl.DataFrame, which: tuple[str, str], breakdown: str = "all"
) -> list[tuple[int, str, int]]:
    """(quarter's first month, cause, change of the count) of each change of one measure."""
    kept = rows.filter(
        (pl.col("metric") == which[0])
        & (pl.col("measure") == which[1])
        & (pl.col("breakdown") == breakdown)
    )
    return [
        (row["period_start"].month, row["cause"], row["count_by"])
        for row in kept.iter_rows(named=True)
    ]


def test_a_case_that_was_received_in_another_quarter_is_a_correction_of_both(twice):
    twice.tell(TOLD, FIRST)
    rows = twice.tell(TOLD.replace("2024-02-10", "2024-04-10").replace("03-", "05-"), SECOND)
    assert moved(rows, REPORTS) == [(1, "corrected", -1), (4, "corrected", 1)]


def test_what_happened_since_is_no_correction_and_what_had_happened_is_one(twice):
    told = "case | kind | on\nA | received | 2024-05-02\nB | received | 2024-02-02"
    twice.tell(told, FIRST)
    rows = twice.tell(f"{told}\nA | resolved | 2024-07-20\nB | resolved | 2024-05-20", SECOND)
    of_closings = rows.filter(pl.col("metric") == "time_to_resolution")
    causes = set(of_closings.select(pl.col("period_start").dt.month(), "cause").iter_rows())
    assert causes == {(4, "happened_since"), (1, "corrected")}


def test_what_no_delivery_accounts_for_is_unexplained_or_another_program_s(twice, store):
    twice.tell(TOLD, FIRST)
    gone = "delete from staging.events where case_key = '{}' and kind = 'acknowledged'"
    store.execute(gone.format("A"))
    assert moved(twice.tell(None, FIRST), MET) == [(1, "unexplained", -1)]
    store.execute(
        "update staging.events set occurred_on = date '2024-01-13',"
        " occurred_at = '2024-01-13' where case_key = 'A' and kind = 'resolved'"
    )
    rows = twice.tell(None, FIRST, version="2")
    assert set(rows["cause"]) == {"program"}


def test_a_rule_and_a_late_case_are_told_apart_and_add_up(twice):
    twice.tell(TOLD, FIRST)
    twice.rule(ACKNOWLEDGE.replace("within = 7", "within = 30"))
    late = f"{TOLD}    C | received | 2024-03-01\n    C | acknowledged | 2024-03-02"
    rows = twice.tell(late, SECOND)
    assert moved(rows, MET) == [(1, "rule", 1), (1, "late", 1)]
    both = rows.filter((pl.col("metric") == "deadline_compliance") & (pl.col("level") == "all"))
    assert both["before"].to_list() == [0.5, 0.5]
    assert both["by"].to_list() == [0.5, 0.0]
    assert both["now"].to_list() == [1.0, 1.0]


def test_without_the_deliveries_of_then_nobody_says_why(twice, store):
    twice.tell(TOLD, FIRST)
    store.execute("update staging.deliveries set sha256 = 'another'")
    rows = twice.tell(f"{TOLD}    C | received | 2024-03-20", SECOND)
    assert moved(rows, REPORTS) == [(1, "unexplained", 1)]


def test_a_headcount_that_is_corrected_moves_the_rate_and_says_so(twice):
    headcount = "unit,from,people\nx,2024-01-01,{}\n"
    path = twice.folder / "headcount.csv"
    path.write_text(headcount.format(100))
    twice.tell(TOLD, FIRST)
    path.write_text(headcount.format(200))
    rows = twice.tell(None, FIRST)
    assert {cause for _, cause, _ in moved(rows, ("report_frequency", "rate"))} == {"headcount"}
    assert moved(rows, REPORTS) == []


@pytest.mark.parametrize("seed", range(2))
def test_a_history_without_a_change_of_the_past_restates_nothing(store, tmp_path, seed):
    dice = Dice(f"restated/{seed}")
    twice = Twice(store, tmp_path)
    past = _history(dice, cases=60)
    twice.tell(_table(past), FIRST)
    new = _history(dice, cases=30, name="new", start="2024-07-01")
    assert twice.tell(_table([*past, *new]), SECOND).is_empty()


@pytest.mark.parametrize("seed", range(2))
def test_a_planted_change_of_the_past_is_found_with_its_cause_and_size(store, tmp_path, seed):
    dice = Dice(f"restated/{seed}")
    twice = Twice(store, tmp_path)
    past = _history(dice, cases=60)
    twice.tell(_table(past), FIRST)
    late = _history(dice, cases=dice.whole(1, 9), name="late")
    is_corrected = [dice.happens(0.5) for _ in past]
    told = [
        (case, received, after(received, 20) if corrected else answered)
        for (case, received, answered), corrected in zip(past, is_corrected, strict=True)
    ]
    rows = twice.tell(_table([*told, *late]), SECOND)
    assert sum(by for _, _, by in moved(rows, REPORTS)) == len(late)
    by_cause = {
        cause: sum(by for _, why, by in moved(rows, MET) if why == cause)
        for cause in {why for _, why, _ in moved(rows, MET)}
    }
    assert by_cause == {"late": len(late), "corrected": -sum(is_corrected)}


def test_a_release_names_what_it_was_compared_with_and_stays_the_same_file(twice):
    first = twice.publish(TOLD, FIRST)
    assert first.manifest["restated_from"] == ""
    assert first.table("restatements").is_empty()
    second = twice.publish(f"{TOLD}    C | received | 2024-03-20", SECOND)
    assert second.manifest["restated_from"] == first.id
    assert moved(second.table("restatements"), REPORTS) == [(1, "late", 1)]
    assert twice.publish(None, SECOND).id == second.id


def test_a_rule_edited_later_leaves_the_past_release_alone_and_is_named_in_the_next(twice):
    # B was acknowledged after 28 days: late by the rule of 7 days, in time by one of 30.
    first = twice.publish(TOLD, FIRST)
    kept = first.path.read_bytes()
    twice.rule(ACKNOWLEDGE.replace("within = 7", "within = 30"))
    again = twice.publish(None, FIRST)
    assert first.path.read_bytes() == kept
    assert again.id != first.id
    assert again.manifest["restated_from"] == first.id
    assert moved(again.table("restatements"), MET) == [(1, "rule", 1)]


def test_a_rule_with_a_later_day_in_force_changes_nothing_of_what_came_before(twice):
    first = twice.publish(TOLD, FIRST)
    newer = ACKNOWLEDGE.replace("within = 7", "within = 30\nin_force_from = 2024-06-30")
    twice.rule(f"{ACKNOWLEDGE}in_force_until = 2024-06-30\n{newer}")
    again = twice.publish(None, FIRST)
    assert again.manifest["restated_from"] == first.id
    assert moved(again.table("restatements"), MET) == []
    told = [
        release.figures(metric=MET[0], period="quarter", breakdown="all")["numerator"].to_list()
        for release in (first, again)
    ]
    assert told[0] == told[1]


def test_a_rounded_audience_is_told_of_no_late_case(twice):
    many = _history(Dice("many"), cases=120)
    late = _history(Dice("late"), cases=40, name="late")
    twice.publish(_table(many), FIRST, policy=PUBLIC)
    second = twice.publish(_table([*many, *late]), SECOND, policy=PUBLIC)
    assert second.manifest["restated_from"]
    assert second.table("restatements").is_empty()


def _history(
    dice: Dice, *, cases: int, name: str = "case", start: str = "2024-01-01"
) -> list[tuple[str, str, str]]:
    """(case, received, acknowledged in time) of cases that are closed within a month."""
    made = []
    for number in range(cases):
        received = after(start, dice.whole(0, 60 if start > FIRST else 150))
        made.append((f"{name}{number}", received, after(received, dice.whole(0, 7))))
    return made


def _table(history: list[tuple[str, str, str]]) -> str:
    lines = ["case | kind | on"]
    for case, received, acknowledged in history:
        lines += [f"{case} | received | {received}", f"{case} | acknowledged | {acknowledged}"]
        lines += [f"{case} | resolved | {after(received, 25)}"]
    return "\n".join(lines)


PROMISE = """
[practices]
basis = "Policy, section 4"

[practices.follow_up]
safeguard_required = 3

[practices.duties]
liaison_meeting = 7
"""
SAFEGUARDS = """
    case | kind               | on
    A    | received           | 2024-01-10
    A    | safeguard_required | 2024-01-11
    A    | safeguard_applied  | 2024-01-20
"""


def test_a_promise_that_is_edited_is_named_as_what_moved_a_gap(twice):
    twice.rule(ACKNOWLEDGE + PROMISE)
    twice.publish(SAFEGUARDS, FIRST)
    twice.rule(
        ACKNOWLEDGE + PROMISE.replace("safeguard_required = 3", "safeguard_required = 30")
    )
    again = twice.publish(None, FIRST).table("restatements")
    assert moved(again, ("not_followed_up", "share")) == [(1, "practice", -1)]


def test_a_meeting_that_is_noted_later_is_named_as_what_moved_the_duties(twice):
    planned = "kind,name,due,done\nliaison_meeting,housing,2024-01-10,{}\n"
    twice.rule(ACKNOWLEDGE + PROMISE)
    (twice.folder / "duties.csv").write_text(planned.format(""))
    twice.publish(SAFEGUARDS, FIRST)
    (twice.folder / "duties.csv").write_text(planned.format("2024-01-12"))
    again = twice.publish(None, FIRST).table("restatements")
    assert moved(again, ("duties", "share")) == [(1, "duties", -1)]
