"""METHODS.md, made from the declarations: `python -m metrics.methods > METHODS.md`."""

import sys
from collections.abc import Iterable, Sequence
from importlib import resources
from pathlib import Path
from typing import get_args

import polars as pl

from etl.rules import Rules, read_rules
from etl.rules.properties import PROPERTIES, ROUTES, shipped
from metrics.catalog import METRICS
from metrics.catalog.deadline_compliance import DEADLINE_COMPLIANCE
from metrics.consequences import COUNT_TOLERANCE
from metrics.disclosure.policy import BANDS, Policy
from metrics.markdown import section as _section
from metrics.markdown import table as _table
from metrics.markdown import wrapped as _wrapped
from metrics.methods_aftermath import actions, restatements
from metrics.methods_beside import days_paused, late, pace_of_quarters
from metrics.methods_headlines import headlines
from metrics.methods_people import alike, answers
from metrics.metric import BREAKDOWNS, PERIODS, State
from metrics.scorecard import FEWEST, TOLERATED_MISSING
from metrics.sealed import definitions, rules_table
from metrics.signals import BASELINE, FEWEST_MONTHS, LEVEL, MONTHS_SHOWN

RULES = "template/rules"

RESULTS = {
    "met": "done on or before the due day; where hours count, by the instant",
    "met_late": "done after it",
    "missed": "not done, and the due day has passed: overdue and still open is missed",
    "not_due": "the due day has not come by the as-of day; in no share, whether done or not",
    "not_applicable": (
        "the rule asks nothing of this case: the step it starts from has not happened, another"
        " step made it needless, nobody asked for it, it is the reporter's own clock, or the"
        " case was withdrawn before the due day"
    ),
    "not_assessable": (
        "a date or a field that the rule needs is not in the data; printed beside the share,"
        " with what the share would be if all of them had been late, or in time"
    ),
}
STATES = {
    "ok": "there is a value",
    "few": (
        "fewer stand behind it than the audience may judge by; where counts are rounded, 0 is"
        " few too, since it may be a few in truth"
    ),
    "withheld": "kept back to protect people",
    "not_reached": (
        "so many cases are still open, or have been watched for so short a time, that there is"
        " no such number yet; it is said and never skipped"
    ),
    "no_data": "there was nothing to count, which is neither 0 % nor 100 %",
    "not_assessable": "what is needed to judge is not in the data, such as the headcount",
    "not_comparable": "it was counted in another way than what it would be compared with",
    "not_fit": "a critical check failed on which it rests, so no number is shown",
}
VERDICTS = {
    "Met": "the whole interval lies above the target",
    "Met, narrowly": "the share reaches the target, and the interval crosses it",
    "Just missed": "the share is below the target, and the interval crosses it",
    "Not met": "the whole interval lies below the target",
    "Too few cases": f"fewer than {FEWEST} were judged, or fewer than the audience may see",
    "Cannot say": (
        "rows that a failed check puts in doubt could turn the result, between the worst and"
        " the best case of the figure; or more than"
        f" {TOLERATED_MISSING:.0%} could not be assessed, and they would decide; or a critical"
        " check failed on which the figure rests"
    ),
    "Not assessable": "none of them could be assessed",
    "No data": "nothing fell due",
}
USES = {
    "fit": (
        f"its range lies within its interval; for a count, within {COUNT_TOLERANCE:.0%} of it"
    ),
    "use with caution": (
        "rows in doubt could move it further than chance would, or nobody can say by how much"
    ),
    "not fit": (
        "a critical check failed on which it rests, or more than half of the rows behind it are"
        " in doubt"
    ),
}
SIGNALS = {
    "usual": "within what chance does, month by month or unit by unit",
    "better, worse": "outside it, for measures of which more (or less) is better",
    "higher, lower": "outside it, for measures that are neither, such as reports",
}


def methods() -> str:
    """The whole document; the same declarations give the same text."""
    sections = [
        _opening(),
        _metrics(),
        _cohorts(),
        _deadlines(),
        _states(),
        _verdicts(),
        _uses(),
        pace_of_quarters(),
        days_paused(),
        late(),
        answers(),
        alike(),
        _signals(),
        restatements(),
        actions(),
        _protection(),
    ]
    return "\n\n".join(sections) + "\n"


def _opening() -> str:
    return _section(
        "# Methods",
        "This page is made from the declarations in the code by `python -m metrics.methods`; a"
        " test fails where it is not current. The same words stand beside the figures, in the"
        " reports and in every release.",
    )


def _metrics() -> str:
    told = definitions()
    parts = ["## What is measured"]
    for metric in METRICS:
        rows = told.filter(pl.col("metric") == metric.name)
        parts += [
            f"### {metric.title}",
            _wrapped(f"**{metric.question}**"),
            _wrapped(f"Counted: {metric.cohort}."),
            _table(
                ("measure", "what it is", "unit", "better", "source"),
                (
                    (row["title"], row["definition"], row["unit_of_value"], row["better"],
                     row["source"])
                    for row in rows.iter_rows(named=True)
                ),
            ),
        ]  # fmt: skip
        if metric.depends_on:
            parts.append(_wrapped(f"It rests on the checks {_listed(metric.depends_on)}."))
        if metric.uncompared:
            parts.append(_wrapped(f"Not tested for what is unusual: {metric.uncompared}"))
        if metric.exact_only:
            parts.append(_wrapped(f"Told only where counts are exact. {metric.exact_only}"))
    return "\n\n".join(parts)


def _cohorts() -> str:
    return _section(
        "## Who is counted where",
        f"Periods are {_words(PERIODS)}: half-open spans of the organisation's own days, in"
        " its own fiscal year. Every figure is given for everybody and by"
        f" {_words(BREAKDOWNS[1:])}. Nothing after the as-of day is known to any figure.",
        "A case counts in the period of its **receipt**, whenever it is resolved, and cases"
        " that are still open stay in: leaving them out would make a slow process look fast."
        " A deadline counts in the period in which it **fell due**, whatever became of it by"
        " then. A survey counts in the period in which it was **offered**, answered or not.",
        "A rate is per 100 people of the average headcount over the covered days of the period."
        " Days before the first headcount row have no rate, and neither has a unit without"
        " headcount. A quarter is not scaled to a year.",
        "Time to resolution is Kaplan-Meier over everybody received, in whole calendar days: a"
        " case that is resolved on the day of its receipt counts 0, one that was opened again"
        " counts to its last closure, and one that is open still has not ended.",
    )


def _deadlines() -> str:
    with resources.as_file(resources.files("etl")) as etl:
        rules: Rules = read_rules(Path(etl) / RULES)
    return "\n\n".join(
        [
            "## What becomes of a deadline",
            _wrapped(
                "The share is met, of met, met late and missed. The day on which the clock"
                " starts is day 0 unless the rule says otherwise; working days leave out"
                " Saturday, Sunday and the public holidays of the rule's calendar. Holidays up"
                " to the as-of day are kept as they were when they were first used, so that a"
                " later list changes no day that has been judged; a release tells all of them."
            ),
            _table(
                ("result", "when"),
                ((name, RESULTS[name]) for name in DEADLINE_COMPLIANCE.outcomes),
            ),
            *_of_rules(),
            "### The deadlines that a new workspace starts with",
            _wrapped(
                "They are to be edited. *Verified* says whether somebody has compared the rule"
                " with the text that it cites."
            ),
            _table(
                ("deadline", "clock", "applies to", "basis", "in force", "verified"),
                (
                    (row["title"], row["clock"], row["applies_to"], row["basis"],
                     row["in_force"], "yes" if row["verified"] else "no")
                    for row in rules_table(rules.deadlines).iter_rows(named=True)
                ),
            ),
        ]
    )  # fmt: skip


def _of_rules() -> list[str]:
    return [
        "### What a deadline may say",
        _table(("key", "meaning"), ((f"`{key}`", PROPERTIES[key]) for key in PROPERTIES)),
        _wrapped(
            "A route is judged with the same words: met where a demanded step was taken,"
            " missed where another one was taken instead or the case was closed without,"
            " not due while it is open and took none."
        ),
        _table(("key", "meaning"), ((f"`{key}`", ROUTES[key]) for key in ROUTES)),
        "### The presets",
        _wrapped(
            'A workspace switches them on by name: `presets = ["eu_2019_1937_internal"]` in'
            " a rules file. An [[override]] with the deadline's name changes what it says,"
            " or switches it off; what changes the clock is no longer verified."
        ),
        _table(("preset", "deadline", "clock", "basis", "verified"), shipped()),
    ]


def _states() -> str:
    return "\n\n".join(
        [
            "## Why a figure is not there",
            _wrapped("A figure has a value, or a state and the reason in words."),
            _table(("state", "meaning"), ((name, STATES[name]) for name in get_args(State))),
        ]
    )


def _verdicts() -> str:
    return "\n\n".join(
        [
            "## The words of the scorecard",
            _wrapped(
                "They follow from the target and the 95 % interval by fixed rules. The quarter"
                " is a full count; the interval says what chance alone could have made of the"
                " same process. A survey is judged by those who answered."
            ),
            _table(("word", "rule"), VERDICTS.items()),
        ]
    )


def _uses() -> str:
    return "\n\n".join(
        [
            "## Which figures may be used, and how wrong they could be",
            _wrapped(
                "Every figure of everybody and of each unit is marked by the checks on which it"
                " rests and that failed."
            ),
            _table(("mark", "rule"), USES.items()),
            _wrapped(
                "Its range runs from the worst to the best case. Each row in doubt is taken for"
                " whatever makes the figure lowest, and then highest: a step that may be wrong"
                " has come to something else, a day that may be wrong belongs to another period"
                " or to none, a double is no case of its own. Where nobody can bound a fault"
                " there is no range. Where counts are rounded, the rows in doubt are rounded"
                " with the others, and the range holds that of every true count."
            ),
            _wrapped(
                "A case in doubt that a figure leaves out may come to belong to it. A length of"
                " time is lowest if all in doubt ended on the day asked for, and highest if"
                " none ever does; of what cases come to by a day, the sure ones alone give the"
                " bounds; of those open at an end, each in doubt is open or is not. Where a"
                " source never records what is asked, that is told beside the figure and is no"
                " fault; where a check failed that speaks of it, it counts as either."
            ),
            _wrapped(_without_range()),
            _wrapped(
                "Rows that stand in no period, since their day of receipt is lost or they could"
                " not be read, widen the range of the whole span and of no single quarter: each"
                " belongs to one quarter at most, and counted into all of them it would make"
                " each look as wrong as only one can be. A quarter's range therefore holds as"
                " long as none of them is its own; how many they are stands beside the whole"
                " span."
            ),
        ]
    )


def _without_range() -> str:
    reasons: dict[str, list[str]] = {}
    for metric in METRICS:
        if metric.unbounded:
            reasons.setdefault(metric.unbounded, []).append(metric.title)
    told = " ".join(
        f"No range is stated for: {', '.join(t)}. {why}" for why, t in reasons.items()
    )
    return (
        f"{told} Satisfaction weighted by who answers, months that are still being entered,"
        " and lengths of time at the pace of one quarter have ranges of their own, told where"
        " they are."
    )


def _signals() -> str:
    return "\n\n".join(
        [
            "## What is unusual",
            _wrapped(
                f"Against its own history: control charts of the last {MONTHS_SHOWN} months,"
                f" with limits from the first {BASELINE} of them and the four rules of NHS"
                " England's Making Data Count. Where fewer than three a month are expected,"
                " exact probabilities take the place of the rules. A series with fewer than"
                f" {FEWEST_MONTHS} months that can be shown is not charted."
            ),
            _wrapped(
                "Against the whole organisation: a unit is named where chance alone would put"
                f" it so far off in less than {(1 - LEVEL) / 2:.1%} of quarters on that side,"
                " by the exact binomial or Poisson tail; the limits drawn are Spiegelhalter's."
            ),
            _wrapped(
                "For lengths of time, what is compared is how many of the unit's cases have"
                " ended with how many would have by now at the daily rates of all units (the"
                " expected ends of the log-rank test), open cases included, by the same tails."
                " It needs days that are counted one by one, so that it is told only where"
                " counts are exact."
            ),
            _wrapped(
                "Where counts are rounded, each is read as near to the average as rounding"
                " allows, so that rounding accuses nobody."
            ),
            _table(("signal", "meaning"), SIGNALS.items()),
        ]
    )


def _protection() -> str:
    rounding = Policy("leadership", "rounding", base=5, min_denominator=20)
    withheld = Policy("annex", "suppression", threshold=10, min_denominator=50)
    return _section(
        "## How people are protected",
        "First everything is counted, then the counts are protected for one audience, and only"
        " then is anything computed from them: every share, length, limit and sentence of a"
        " release is made of its protected counts.",
        f"**Identity**, for those who may see every case: {_lower(Policy('c', 'identity'))}",
        f"**Rounding**, here with base 5: {_lower(rounding)} A small mixed-integer program"
        " rounds all counts of a quarter together, so that levels add up to all, outcomes to"
        " their totals and months to the quarter; which way a count goes depends on a secret"
        " key. Multiples of the base, 0 included, stay as they are. A level that others were"
        " merged into has the sums of what was told of them until then, which are as many times"
        " further from the truth.",
        f"**Suppression**, here with threshold 10: {_lower(withheld)} The counts of a metric in"
        " a quarter, at every level, and the sums that are read beside them are one system of"
        " equations; linear programming shows that every small count could be none, or enough"
        " (Fischetti and Salazar (2001), Management Science 47: 1008-1027). Where most counts"
        " that are not small would be withheld, levels are, and the organisation's are told."
        " Deadlines and surveys count the same cases again: they are told where they, beside"
        " the cases received, tell nothing of what is withheld, and else not at all.",
        headlines(),
        "Where counts are rounded, lengths of time are counted in bands that begin on the days"
        f" {', '.join(map(str, BANDS))}, and estimated by the actuarial method; intervals of"
        " shares and rates hold those of all counts that may be the true ones; counts of rows"
        " in deliveries and checks are left out, since they would be a second look at the same"
        " numbers.",
        "A share is shown where at least as many stand behind it as the audience's"
        " `min_denominator`; where counts are rounded, a rate where there are as many people.",
    )


def _lower(policy: Policy) -> str:
    sentence = policy.method_sentence()
    return sentence[0].lower() + sentence[1:]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _words(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"


if __name__ == "__main__":
    sys.stdout.write(methods())
