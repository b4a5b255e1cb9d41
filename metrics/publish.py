"""Make a release: count, protect, estimate, and seal the result in one immutable file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from etl.due_days import Calendars
from etl.rules import Rules
from etl.store import Store
from metrics.absent_rows import absent_rows
from metrics.approvals import UNNAMED, Person, Places, standings
from metrics.benchmarks import benchmarks
from metrics.catalog import METRICS, metrics_for
from metrics.consequences import consequences
from metrics.count import count
from metrics.crosswalk import heirs_sentence, heirs_words
from metrics.days_off import days_off
from metrics.declaring import declared
from metrics.disclosure.layers import (
    Protected,
    commitment,
    layers_of,
    protected_by_layers,
)
from metrics.disclosure.ledger import Ledger
from metrics.disclosure.policy import Policy
from metrics.disclosure.protect import Declared
from metrics.disclosure.tables import Table
from metrics.doubts import apart, blocked, together
from metrics.escalated import summed, with_escalations
from metrics.estimate import estimate
from metrics.exposure import average_people, total_engagements
from metrics.figures import Setting
from metrics.gap_cases import gap_cases
from metrics.gaps import gaps
from metrics.inputs import inputs_digest, told_to
from metrics.judged import (
    Judging,
    judged,
    marked,
    refuse_unfit,
    without,
)
from metrics.metric import ExactCube, Metric, ProtectedCube
from metrics.outlook import outlook
from metrics.pace import paces
from metrics.periods import periods, quarter_of, quarterly
from metrics.reach import loose_words, withheld_words
from metrics.release import TABLES
from metrics.restatement import Now
from metrics.restating import aftermath
from metrics.running_out import Ends
from metrics.scorecard import results
from metrics.sealed import About, facts_of, tables_about
from metrics.sealing import Made, seal
from metrics.signals import signals
from metrics.span import refuse_first_case, told_span
from metrics.told_checks import at_fault, refuse_few, told_before, told_checks

ASKED = " People may also be asked about cases that are not closed."
SHORT = " Cases that came late may lack a deadline: there can be fewer deadlines than cases."


def publish(
    store: Store,
    policy: Policy,
    *,
    rules: Rules,
    annotations: pl.DataFrame,
    about: About,
    seed: bytes,
    places: Places,
    everybody: Sequence[Policy] = (),
    renamed: Mapping[tuple[str, str], str] | None = None,
    actions: pl.DataFrame | None = None,
    maker: Person = UNNAMED,
    say: Callable[[str], None] = lambda _: None,
) -> Path:
    """Make a release of the core tables for the policy's audience and return its file.

    It is published at once where the policy asks for nobody's approval. `everybody` are the
    policies of all audiences: their numbers are made of each other. Protected audiences are
    told a quarter once, when it is complete; what was told before keeps its numbers. The same
    data, rules, policy and seed give the same release: published again at once, it is the file
    that is there already. Raises PublishError where the data were not judged since they last
    changed or no quarter is complete, BlockedError where no figure is fit to be published;
    UnsafeError where the attack on the release succeeds.
    """
    found = judged(store)
    data = _data(store, policy, rules, everybody, places.ledger)
    judging = _judging(store, policy, data, found, secret=seed, ledger=places.ledger)
    say("counting")
    exact = _within(count(store, data.metrics, at_fault=judging.at_fault), data.calendar)
    say(f"protecting the counts for {policy.audience}")
    protected = _protected(
        exact, data, policy, everybody, judging, secret=seed, places=places, renamed=renamed
    )
    say("estimating")
    escalated = with_escalations(_cube(exact, protected, policy), rules.deadlines)
    setting = _setting(store, policy, data, protected)
    told = (data.levels, annotations, judging.verdicts, data.metrics)
    tables = _estimated(without(escalated, judging.unfit), data, rules, setting, judging)
    tables |= tables_about(store, policy, rules, *told, data.calendar, actions)
    inputs = inputs_digest(store, policy, seed)
    facts = facts_of(data.told, policy, about, judging.verdicts, inputs)
    facts |= _protection(protected, policy, setting, rules) | days_off(rules, data.ends)
    tables |= gap_cases(store, policy, tables["gaps"], inputs, secret=seed)
    say("comparing with the last release")
    now = Now(data.metrics, data.parts, setting, tables, facts, tuple(judging.unfit))
    after, since = aftermath(store, policy, rules, now, actions, places)
    tables, facts = tables | after, facts | since
    made = Made(protected, inputs, maker)
    return seal(tables, told_to(policy, facts), policy, made=made, places=places, say=say)


@dataclass(frozen=True, slots=True)
class _Data:
    """What is published of a store: metrics with their parts, levels and covered months.

    `calendar` has all periods, `spans` those that figures are told for; `ends` the days on
    which rules run out.
    """

    told: Mapping[str, Any]
    calendar: pl.DataFrame
    spans: pl.DataFrame
    levels: pl.DataFrame
    metrics: tuple[Metric, ...]
    parts: Mapping[str, tuple[str, ...]]
    rules: Rules
    ends: Ends


def _judging(
    store: Store,
    policy: Policy,
    data: _Data,
    found: pl.DataFrame,
    *,
    secret: bytes,
    ledger: Ledger,
) -> Judging:
    """The verdicts that the audience may know, and what of them figures depend on."""
    refuse_unfit(data.metrics, found)
    until = data.told["coverage_until"]
    refuse_few(store, found, policy, secret=secret, until=until)
    before = told_before(ledger.entries(), policy, until)
    verdicts = told_checks(store, found, policy, secret=secret, until=until, before=before)
    names = None if policy.method == "identity" else at_fault(verdicts)
    absent = absent_rows(store, data.metrics, policy, at_fault=names)
    return Judging(verdicts, blocked(verdicts), absent, names)


def _data(
    store: Store,
    policy: Policy,
    rules: Rules,
    everybody: Sequence[Policy],
    ledger: Ledger,
) -> _Data:
    told = told_span(store, policy, everybody, ledger)
    outcomes = _outcomes_told(policy, everybody, ledger)
    by_month = policy.method != "suppression"
    metrics = metrics_for(exact=policy.method == "identity", outcomes=outcomes)
    return _Data(
        told=told,
        calendar=_calendar(told),
        spans=_calendar(told) if by_month else quarterly(_calendar(told)),
        levels=store.frame("select * from staging.levels order by all"),
        metrics=metrics,
        parts={metric.name: metric.parts(rules) for metric in metrics},
        rules=rules,
        ends=Ends.between(told["coverage_from"], told["as_of"], Calendars.of(store, rules)),
    )


def _protected(
    exact: ExactCube,
    data: _Data,
    policy: Policy,
    everybody: Sequence[Policy],
    judging: Judging,
    *,
    secret: bytes,
    places: Places,
    renamed: Mapping[tuple[str, str], str] | None,
) -> Protected | None:
    """The counts as the audience may see them; None where it may see the exact ones."""
    if policy.method == "identity":
        return None
    starts = data.told["fiscal_year_start_month"]
    withheld = policy.method == "suppression"
    made = protected_by_layers(
        together(exact.cells) if withheld else exact.cells,
        policy,
        everybody=everybody,
        secret=secret,
        declared=Declared(
            tables=_tables(data, policy, everybody, judging, places),
            levels=_codes(data.levels),
            months=data.calendar["month"].unique().sort().to_list(),
            quarters=_quarters(data.calendar, starts),
            is_settled=data.told["as_of"] == data.told["coverage_until"],
            looks={*_looks(places), data.told["as_of"]},
        ),
        ledger=places.ledger,
        renamed=renamed or {},
    )
    refuse_first_case(made.cells, data.told, policy)
    return made


def _tables(
    data: _Data,
    policy: Policy,
    everybody: Sequence[Policy],
    judging: Judging,
    places: Places,
) -> list[Table]:
    since, doubted = data.told["coverage_from"], _doubted(policy, everybody, places)
    known = (data.metrics, data.rules, data.ends)
    if policy.method == "suppression":
        # Counts in doubt told apart would be smaller still, and withheld.
        return declared(*known, since=since, verdicts=judging.verdicts.clear(), doubted={})
    return declared(*known, since=since, verdicts=judging.verdicts, doubted=doubted)


def _looks(places: Places) -> set[date]:
    """The as-of days of earlier releases."""
    known = standings(places.ledger.entries()).values()
    return {standing.as_of for standing in known if standing.as_of}


def _doubted(
    policy: Policy, everybody: Sequence[Policy], places: Places
) -> Mapping[str, set[str]]:
    """Kinds of doubt that cells told before are in, by metric: they stay declared."""
    found: dict[str, set[str]] = {}
    for name in layers_of(policy, everybody):
        told = apart(places.ledger.told(name))
        for metric, doubt in told.select("metric", "doubt").unique().iter_rows():
            found.setdefault(metric, set()).add(doubt)
    return found


def _outcomes_told(policy: Policy, everybody: Sequence[Policy], ledger: Ledger) -> set[str]:
    """The outcomes that cells told before are of."""
    if policy.method == "identity":
        return set()
    layers = layers_of(policy, everybody)
    return {outcome for name in layers for outcome in ledger.told(name)["outcome"].unique()}


def _cube(exact: ExactCube, protected: Protected | None, policy: Policy) -> ProtectedCube:
    """What the audience may see: exact counts only where the policy is identity."""
    if protected is None:
        return ProtectedCube(cells=exact.cells, base=1)
    return ProtectedCube(cells=protected.cells.drop("n_true"), base=policy.base)


def _protection(
    protected: Protected | None, policy: Policy, setting: Setting, rules: Rules
) -> dict[str, str]:
    """What a release says of its protection."""
    if protected is None:
        return {"method_sentence": policy.method_sentence()}
    titles = {metric.name: metric.title for metric in METRICS}
    loose = {(titles[name], quarter): by for (name, quarter), by in protected.loose.items()}
    aside = "".join(
        f" Counts of {titles[name]} are sums of {times} such counts, one for each rule."
        for name, times in setting.summed.items()
    )
    early = {"asked_early": "yes"} if protected.asked_early else {}
    short = {"came_late": "yes"} if protected.is_short else {}
    aside += ASKED * bool(early) + SHORT * bool(short)
    names = titles | {rule.name: rule.title for rule in rules.deadlines}
    aside += withheld_words(protected.withheld.get(protected.layer, ()), names)
    aside += heirs_sentence(protected.heirs, setting.levels)
    return {
        "method_sentence": policy.method_sentence(loose=loose) + aside,
        "method_in_brief": policy.method_sentence() + aside,
        **early,
        **short,
        **heirs_words(protected.heirs),
        "loose": loose_words(protected.loose),
        "summed": ",".join(f"{name}:{times}" for name, times in setting.summed.items()),
        "threshold": str(policy.threshold or policy.base),
        **_committed(protected),
    }


def _committed(protected: Protected) -> dict[str, str]:
    """What binds the maker to the dice: its opening lies with the proof, inside."""
    seed = protected.seeds.get(protected.layer)
    return {"seed_commitment": commitment(seed)} if seed else {}


def _calendar(told: Mapping[str, Any]) -> pl.DataFrame:
    return periods(
        told["coverage_from"],
        told["coverage_until"],
        year_starts=told["fiscal_year_start_month"],
    )


def _setting(store: Store, policy: Policy, data: _Data, protected: Protected | None) -> Setting:
    people = average_people(
        store.frame("select * from core.exposure"),
        data.spans,
        coverage=(data.told["coverage_from"], data.told["coverage_until"]),
    )
    return Setting(
        periods=data.spans,
        levels=data.levels,
        exposure=people,
        engagements=total_engagements(
            store.frame("select * from core.engagements"), data.spans
        ),
        base=policy.base,
        min_denominator=policy.min_denominator,
        loose=protected.loose if protected else {},
        summed=summed(data.rules.deadlines) if protected else {},
        withheld=policy.method == "suppression",
        heirs=protected.heirs if protected else (),
    )


def _estimated(
    cube: ProtectedCube, data: _Data, rules: Rules, setting: Setting, judging: Judging
) -> dict[str, pl.DataFrame]:
    """Everything that is computed from the protected counts."""
    plain = cube
    if not setting.withheld:
        plain = ProtectedCube(cells=together(cube.cells), base=cube.base)
    figures = marked(estimate(plain, data.metrics, data.parts, setting), judging.unfit)
    pace = paces(plain.cells, data.metrics, setting)
    found = signals(figures, data.metrics, setting=setting, pace=pace)
    ranges = consequences(
        figures, cube.cells, data.metrics, judging.verdicts, judging.absent, setting
    )
    return {
        "cubes": cube.cells.select(*TABLES["cubes"]),
        "figures": figures,
        "signals": found,
        "gaps": gaps(figures, found),
        "benchmarks": benchmarks(figures),
        "outlook": outlook(figures, data.metrics, base=setting.base),
        "results": results(figures, found, rules.commitments, ranges),
        "consequences": ranges,
    }


def _within(cube: ExactCube, calendar: pl.DataFrame) -> ExactCube:
    """Only the covered months: before and after them nobody was counting."""
    months = calendar["month"].unique()
    return ExactCube(cells=cube.cells.filter(pl.col("month").is_in(months.implode())))


def _codes(levels: pl.DataFrame) -> dict[str, list[str]]:
    return {
        str(breakdown[0]): rows["level"].to_list()
        for breakdown, rows in levels.group_by("breakdown")
    }


def _quarters(calendar: pl.DataFrame, year_starts: int) -> dict[date, date]:
    return {
        month: quarter_of(month, year_starts=year_starts)
        for month in calendar["month"].unique()
    }
