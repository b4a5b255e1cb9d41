"""Make a release of headline numbers under differential privacy: count, draw, book, seal."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from etl.rules import Deadline, Rules
from etl.store import Store
from metrics.approvals import UNNAMED, Person, Places
from metrics.catalog import METRICS
from metrics.disclosure.headlines import (
    GEOMETRIC,
    LAYER,
    Booking,
    Headline,
    book,
    bookings,
    drawn,
    require_extra,
    said,
    spent,
    within,
)
from metrics.disclosure.layers import Protected
from metrics.disclosure.policy import Policy, PolicyError
from metrics.disclosure.tables import KEY, SCHEMA
from metrics.doubts import blocked
from metrics.inputs import inputs_digest
from metrics.judged import BlockedError, PublishError, judged
from metrics.metric import Metric
from metrics.periods import month_of, quarter_before, quarter_of
from metrics.release import TABLES
from metrics.sealed import About, setting_of
from metrics.sealing import Made, seal

SOURCE = f"{GEOMETRIC}; drawn by OpenDP"


class BudgetError(PublishError):
    """The numbers would cost more than is left; nothing was drawn."""


def publish_headlines(
    store: Store,
    policy: Policy,
    *,
    rules: Rules,
    about: About,
    seed: bytes,
    places: Places,
    everybody: Sequence[Policy] = (),
    quarter: date | None = None,
    maker: Person = UNNAMED,
    say: Callable[[str], None] = lambda _: None,
) -> Path:
    """Make a release of the policy's headlines for a quarter and return its file.

    The quarter is the last whole one, or the one that begins on `quarter`. `everybody` are the
    policies of all audiences, which share one budget. A number that was
    drawn before is told again as it was, at no cost. Raises PublishError where the data were
    not judged or do not cover the quarter, BlockedError where a critical check failed on which
    a headline rests, BudgetError where the new numbers cost more than is left, and
    MissingExtraError where OpenDP is not installed: nothing is drawn then.
    """
    require_extra()
    _require_one_budget(policy, everybody)
    verdicts = judged(store)
    _refuse_unfit(policy.headlines, blocked(verdicts))
    _require_parts(policy, rules)
    told = store.frame("select * from staging.parameters").row(0, named=True)
    chosen = _covered(quarter or _last_whole(told), told)
    booked = bookings(places.ledger)
    new = _undrawn(policy.headlines, chosen, booked)
    if new:
        _require_budget(policy, booked, len(new))
        say(f"drawing {len(new)} numbers")
        counts = [_counted(store, each, chosen) for each in new]
        numbers = drawn(counts, policy.epsilon)
        rows = [{**each.cell(chosen), "n": n} for each, n in zip(new, numbers, strict=True)]
        _book(places, policy, pl.DataFrame(rows, schema=SCHEMA))
        booked = bookings(places.ledger)
    tables = _tables(policy, booked)
    facts = _facts(policy, about, told, tables["figures"], spent(booked))
    cells = tables["cubes"].with_columns(n_true=pl.lit(None, dtype=pl.Int64))
    made = Made(Protected(LAYER, cells, {}, {}), inputs_digest(store, policy, seed), maker)
    return seal(tables, facts, policy, made=made, places=places, say=say)


def _require_one_budget(policy: Policy, everybody: Sequence[Policy]) -> None:
    for other in everybody:
        if other.method == policy.method and other.budget != policy.budget:
            raise PolicyError(
                f"audience {policy.audience}: its budget of {policy.budget} is not that of"
                f" {other.audience}, {other.budget}; one case may be in the numbers of both, so"
                " that they share one budget: declare the same"
            )


def _refuse_unfit(headlines: Sequence[Headline], unfit: Mapping[str, list[str]]) -> None:
    titles = dict.fromkeys(title for each in headlines for title in unfit.get(each.metric, ()))
    # To leave one headline out would tell its readers what the check found.
    if titles:
        raise BlockedError(
            f"critical checks failed on which the headlines rest: {'; '.join(titles)}; nothing"
            " was drawn"
        )


def _require_parts(policy: Policy, rules: Rules) -> None:
    for each in policy.headlines:
        known = _metric(each).parts(rules)
        own = [rule for rule in rules.deadlines if rule.name == each.part]
        reason = None
        if each.part not in known:
            reason = f"there is no rule {each.part!r}; there are {', '.join(known) or 'none'}"
        elif each.part and not all(_is_plain(rule) for rule in own):
            reason = (
                f"whether {each.part!r} is met may rest on what is recorded of other cases, so"
                " that one case could move the number by more than one; choose another rule"
            )
        if reason:
            raise PolicyError(f"audience {policy.audience}: headline {each.title!r}: {reason}")


def _is_plain(rule: Deadline) -> bool:
    """Whether a case meets the rule, or meets it late, by its own events alone.

    A rule that starts or holds without an event, waits for others to lapse, or is in hours, is
    judged by what the exports record at all.
    """
    stands_alone = rule.fallback is None and rule.lapses is None
    return stands_alone and rule.limit == "no_later" and rule.length_unit != "hours"


def _metric(headline: Headline) -> Metric:
    return next(metric for metric in METRICS if metric.name == headline.metric)


def _last_whole(told: dict[str, Any]) -> date:
    starts = told["fiscal_year_start_month"]
    begun = quarter_of(month_of(told["as_of"] + timedelta(days=1)), year_starts=starts)
    return quarter_before(begun, 1)


def _covered(quarter: date, told: dict[str, Any]) -> date:
    starts = told["fiscal_year_start_month"]
    if quarter_of(quarter, year_starts=starts) != quarter:
        raise PublishError(f"no quarter begins on {quarter}; name its first day")
    first, last = month_of(told["coverage_from"]), told["coverage_until"]
    if quarter < first or _end(quarter) > last + timedelta(days=1):
        raise PublishError(
            f"the exports cover {told['coverage_from']} to {last}, not the whole quarter from"
            f" {quarter}; load what is missing, or name another quarter with --quarter"
        )
    return quarter


def _end(quarter: date) -> date:
    return quarter_before(quarter, -1)


def _undrawn(
    headlines: Sequence[Headline], quarter: date, booked: Sequence[Booking]
) -> list[Headline]:
    known = {row for each in booked for row in each.cells.select(*KEY).iter_rows()}
    return [each for each in headlines if tuple(each.cell(quarter).values()) not in known]


def _require_budget(policy: Policy, booked: Sequence[Booking], new: int) -> None:
    own = [each for each in booked if each.audience == policy.audience]
    if own and own[-1].budget < policy.budget and own[-1].version == policy.version:
        raise PolicyError(
            f"audience {policy.audience}: its readers were promised a budget of"
            f" {own[-1].budget} under version {policy.version}; a larger one needs another"
            " version, decided by its owner"
        )
    gone, cost = spent(booked), policy.epsilon * new
    if gone + cost > policy.budget:
        raise BudgetError(
            f"{new} new numbers cost {cost}, and of the budget of {policy.budget} there is"
            f" {max(policy.budget - gone, Decimal(0))} left ({gone} is spent for ever on"
            f" {sum(each.cells.height for each in booked)} numbers, to all audiences); nothing"
            f" was drawn. Declare fewer headlines or a smaller epsilon, or have {policy.owner}"
            " decide on a larger budget under another version"
        )


def _counted(store: Store, headline: Headline, quarter: date) -> int:
    """How many cases: each once, so that one case moves the number by one at most."""
    metric = _metric(headline)
    # Contributions without a key are cases themselves, one a row.
    cases = "count(distinct case_key)" if metric.doubted else "count(*)"
    found = store.frame(
        f"select {cases} as n from ({metric.contributions})"  # noqa: S608  the declaration's own
        " where part = $part and list_contains($outcomes, outcome)"
        " and happened_on >= $first and happened_on < $end",
        {
            "part": headline.part,
            "outcomes": list(headline.outcomes),
            "first": quarter,
            "end": _end(quarter),
        },
    )
    return int(found["n"][0])


def _book(places: Places, policy: Policy, cells: pl.DataFrame) -> None:
    book(
        places.ledger,
        cells,
        audience=policy.audience,
        version=policy.version,
        epsilon=policy.epsilon,
        budget=policy.budget,
    )


def _tables(policy: Policy, booked: Sequence[Booking]) -> dict[str, pl.DataFrame]:
    """Every number of the headlines that was ever drawn, and no other row of any table."""
    figures, cubes = [], []
    for each in policy.headlines:
        rows = [
            (row, one.epsilon)
            for one in booked
            for row in one.cells.iter_rows(named=True)
            if row == {**each.cell(row["month"]), "n": row["n"]}
        ]
        for row, epsilon in sorted(rows, key=lambda found: found[0]["month"]):
            cubes.append(row)
            figures.append(_figure(each, row["month"], row["n"], epsilon))
    empty = {
        name: pl.DataFrame(schema=columns)
        for name, columns in TABLES.items()
        if name != "manifest"
    }
    return empty | {
        "figures": pl.DataFrame(figures, schema=TABLES["figures"]),
        "cubes": pl.DataFrame(cubes, schema=TABLES["cubes"]),
        "definitions": _definitions(policy),
    }


def _figure(headline: Headline, quarter: date, n: int, epsilon: Decimal) -> dict[str, Any]:
    """One number as its readers see it: no number at all where the noise has eaten it."""
    off = within(epsilon)
    centre = max(n, 0)
    row: dict[str, Any] = dict.fromkeys(TABLES["figures"])
    return row | {
        "metric": headline.metric,
        "measure": headline.name,
        "part": headline.part,
        "breakdown": "all",
        "level": "all",
        "period": "quarter",
        "period_start": quarter,
        "period_end": _end(quarter),
        "complete": True,
        "value": float(centre) if centre else None,
        "low": float(max(centre - off, 0)),
        "high": float(centre + off),
        "state": "ok" if centre else "few",
        "reason": said(epsilon),
    }


def _definitions(policy: Policy) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "metric": each.metric,
                "metric_title": _metric(each).title,
                "question": _metric(each).question,
                "cohort": _metric(each).cohort,
                "measure": each.name,
                "title": each.title,
                "unit_of_value": "cases",
                "better": "neutral",
                "definition": (
                    f"Cases counted as {' or '.join(_words(each.outcomes))}"
                    + (f" under the rule {each.part}" if each.part else "")
                    + ", each once, as they were known on the day of the draw, and a random"
                    " whole number, added or taken away, that is not told."
                ),
                "source": SOURCE,
                "depends_on": [],
            }
            for each in policy.headlines
        ],
        schema=TABLES["definitions"],
    )


def _words(outcomes: Sequence[str]) -> list[str]:
    return [outcome.replace("_", " ") for outcome in outcomes]


def _facts(
    policy: Policy, about: About, told: dict[str, Any], figures: pl.DataFrame, gone: Decimal
) -> dict[str, str]:
    """What a release of headlines says of itself: nothing that a case could have moved."""
    first, last = figures["period_start"].min(), figures["period_end"].max()
    if not isinstance(first, date) or not isinstance(last, date):
        raise PublishError("no number was ever drawn for these headlines")
    covered = {**told, "coverage_from": first, "coverage_until": last - timedelta(days=1)}
    return {
        **setting_of(covered, policy, about),
        "not_fit": "",
        "restated_from": "",
        "restated_as_of": "",
        "epsilon": str(policy.epsilon),
        "budget": str(policy.budget),
        "spent": str(gone),
        "method_sentence": policy.method_sentence(),
    }
