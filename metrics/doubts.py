"""Contributions that a failed check puts in doubt: counted apart, protected with the others."""

from collections.abc import Iterable, Mapping, Sequence
from string import Template

import polars as pl

from metrics.metric import ANY_STEP, Metric

# What may be true of a contribution in doubt: it came to something else in its place; it
# belongs to another period, or to none, and may have come to something else; it is none.
KINDS = ("unsure", "misplaced", "extra")
AT_FAULT = ("failed", "known")

_SUFFIX = f"_({'|'.join(KINDS)})$"

# A case in doubt that contributes nothing, and perhaps should: it is counted apart from all.
LACKING = "lacking"

_DOUBTED = Template("""
    with contributions as ($contributions),
    judged as (
        select
            contributions.*,
            coalesce(doubtful.misplaced or $moved, false) as misplaced,
            coalesce(doubtful.extra, false) as extra,
            coalesce(
                doubtful.unsure or list_has_any(doubtful.steps, contributions.steps)
                or (contributions.steps is null and len(doubtful.steps) > 0),
                false
            ) as unsure
        from contributions
        left join metrics.doubtful as doubtful on contributions.case_key = doubtful.case_key
    )
    select
        judged.* exclude (case_key, steps, misplaced, extra, unsure)
        replace (
            case
                when judged.misplaced or (judged.extra and judged.unsure)
                    then judged.outcome || '_misplaced'
                when judged.extra then judged.outcome || '_extra'
                when judged.unsure then judged.outcome || '_unsure'
                else judged.outcome
            end as outcome
        )
    from judged
""")

_LACKING = Template("""
    union all by name
    select
        parts.part,
        cases.received_on as happened_on,
        cases.unit,
        cases.category,
        cases.channel,
        cases.severity,
        'lacking_' || if(doubtful.misplaced or $moves, 'misplaced', 'unsure') as outcome,
        null::integer as days
    from metrics.doubtful as doubtful
    inner join core.cases as cases on doubtful.case_key = cases.case_key
    cross join (select distinct contributions.part from contributions) as parts
    anti join contributions
        on parts.part = contributions.part and cases.case_key = contributions.case_key
    where $joined
""")


def contributed(metric: Metric) -> str:
    """SELECT of the metric's contributions, those in doubt with an outcome of their own."""
    if not metric.doubted:
        return metric.contributions
    moved = _in_doubt(metric.moved_by)
    select = _DOUBTED.substitute(contributions=metric.contributions, moved=moved)
    if metric.joined_by:
        select += _LACKING.substitute(
            moves="true" if metric.moved_by else "false",
            joined=f"doubtful.misplaced or {_in_doubt(metric.joined_by)}",
        )
    return select


def _in_doubt(kinds: Sequence[str]) -> str:
    """Whether a doubtful case is so for one of these kinds of event."""
    if not kinds:
        return "false"
    if tuple(kinds) == ANY_STEP:
        return "(doubtful.unsure or len(doubtful.steps) > 0)"
    told = ", ".join(f"'{kind}'" for kind in kinds)
    return f"(doubtful.unsure or list_has_any(doubtful.steps, [{told}]))"


def kinds_of(verdicts: pl.DataFrame, metric: str) -> tuple[str, ...]:
    """The doubts that failed checks cast on a metric: known to whoever knows the verdicts."""
    found = set(
        verdicts.filter(
            pl.col("outcome").is_in(AT_FAULT) & pl.col("affects").list.contains(metric)
        )["doubt"]
    )
    if {"unsure", "extra"} <= found:
        found.add("misplaced")
    return tuple(kind for kind in KINDS if kind in found)


def outcomes_with(outcomes: Iterable[str], kinds: Sequence[str]) -> tuple[str, ...]:
    """Each outcome, followed by itself in each kind of doubt."""
    return tuple(name for each in outcomes for name in (each, *(f"{each}_{k}" for k in kinds)))


def subtotals_with(
    outcomes: Iterable[str], subtotals: Iterable[Sequence[str]], kinds: Sequence[str]
) -> tuple[tuple[str, ...], ...]:
    """Sums that are published beside the cells: each outcome, and each sum, doubts included."""
    if not kinds:
        return tuple(tuple(names) for names in subtotals)
    alone = [outcomes_with((each,), kinds) for each in outcomes]
    return (*alone, *(outcomes_with(names, kinds) for names in subtotals))


def together(cells: pl.DataFrame) -> pl.DataFrame:
    """The cells with those in doubt counted where their outcome says, and no lacking ones."""
    keys = [name for name in cells.columns if name != "n"]
    return (
        cells.with_columns(pl.col("outcome").str.replace(_SUFFIX, ""))
        .filter(pl.col("outcome") != LACKING)
        .group_by(keys, maintain_order=True)
        .agg(pl.when(pl.col("n").null_count() == 0).then(pl.col("n").sum()))
        .select(cells.columns)
    )


def apart(cells: pl.DataFrame) -> pl.DataFrame:
    """The cells with a column `doubt` ('' where there is none) beside the plain outcome."""
    return cells.with_columns(
        pl.col("outcome").str.extract(_SUFFIX).fill_null("").alias("doubt"),
        pl.col("outcome").str.replace(_SUFFIX, "").alias("outcome"),
    )


def blocked(verdicts: pl.DataFrame) -> Mapping[str, list[str]]:
    """Metrics that are not fit to be published, with the titles of the critical checks."""
    failed = verdicts.filter(
        (pl.col("severity") == "critical") & (pl.col("outcome") == "failed")
    )
    found: dict[str, list[str]] = {}
    for row in failed.iter_rows(named=True):
        for metric in row["affects"]:
            found.setdefault(metric, []).append(row["title"])
    return found
