"""What policy demands, written into the store: rules as rows, and calendars that stay."""

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from etl import working_days
from etl.rules import Deadline, Rules, tables
from etl.rules.deadline import Length
from etl.rules.practices import as_table as as_limits
from etl.rules.procedure import as_tables
from etl.store import Store
from etl.working_days import Calendar

# The staging tables that stand for the rules: what is judged changes when they do.
TABLES = (
    "rules", "rule_steps", "lengths", "extensions", "ladder", "routes", "days",
    "procedure_steps", "procedure_pairs", "practice_limits",
)  # fmt: skip

_DAYS_OF = {
    "hours": 1, "calendar_days": 1, "working_days": 2, "weeks": 7, "months": 31, "years": 366,
}  # fmt: skip


def declare(
    store: Store, rules: Rules, *, calendar: str, folder: Path, first: date, as_of: date
) -> None:
    """Write the rules and the days of every calendar that they count by.

    `calendar` is the organisation's, `folder` holds calendars of its own, `first` is the first
    day covered. Raises WorkspaceError for a calendar that is not known.
    """
    made = tables(rules, calendar=calendar)
    promised = {"practice_limits": as_limits(rules.practices)}
    for name, rows in {**made, **as_tables(rules.procedure), **promised}.items():
        store.replace(f"staging.{name}", rows)
    span = (date(first.year - 10, 1, 1), as_of + _reach(rules.deadlines))
    names = {*made["rules"]["calendar"], calendar}
    known = [working_days.calendar(name, folder) for name in sorted(names)]
    parts = [_of(each, kept_days(store, each, span, as_of=as_of), span) for each in known]
    store.replace("staging.days", pl.concat(parts))


def kept_days(
    store: Store, calendar: Calendar, span: tuple[date, date], *, as_of: date
) -> dict[date, str]:
    """Holidays of a calendar by day: up to the as-of day as they were when first used.

    A later list of public holidays thus changes no day that has been judged; days after the
    as-of day follow the list that is installed. The kept days grow with every build.
    """
    key = {"calendar": calendar.name, "definition": calendar.definition}
    kept = store.frame(
        "select kept_from, kept_until from staging.calendars"
        " where calendar = $calendar and definition = $definition",
        key,
    )
    if kept.height:
        had_from, had_until = kept.row(0)
    else:
        # Nothing is kept yet: an empty span that ends before the first day.
        had_from, had_until = span[0], span[0] - timedelta(days=1)
    span_kept = (min(span[0], had_from), max(as_of, had_until))
    # Of the years that are kept nothing is asked again: to list holidays takes its time.
    asked_from = span[0] if span[0] < had_from else min(had_until, span[1])
    listed = calendar.holidays(first=asked_from.year, last=span[1].year)
    new = {
        day: name
        for day, name in listed.items()
        if span_kept[0] <= day <= span_kept[1] and not had_from <= day <= had_until
    }
    _keep(store, calendar, new, span_kept)
    stand = store.frame(
        "select day, holiday from staging.holidays"
        " where calendar = $calendar and definition = $definition",
        key,
    )
    later = {day: name for day, name in listed.items() if day > span_kept[1]}
    return {**dict(stand.iter_rows()), **later}


def _keep(
    store: Store, calendar: Calendar, new: dict[date, str], span: tuple[date, date]
) -> None:
    key = {"calendar": calendar.name, "definition": calendar.definition}
    others = store.frame("select * from staging.calendars").filter(
        (pl.col("calendar") != calendar.name) | (pl.col("definition") != calendar.definition)
    )
    row = {**key, "kept_from": span[0], "kept_until": span[1]}
    store.replace("staging.calendars", pl.concat([others, pl.DataFrame([row])]))
    version = working_days.list_version()
    rows = [{**key, "day": day, "holiday": name, "list": version} for day, name in new.items()]
    if rows:
        store.append("staging.holidays", pl.DataFrame(rows))


def _of(calendar: Calendar, holidays: dict[date, str], span: tuple[date, date]) -> pl.DataFrame:
    days = working_days.days(*span, holidays, weekend=calendar.weekend)
    return days.select(pl.lit(calendar.name).alias("calendar"), pl.all())


def _reach(deadlines: Iterable[Deadline]) -> timedelta:
    """Days after the as-of day in which every deadline of a case received by then ends."""
    # Five of seven days are working days, but for the holidays of a few weeks a year.
    longest = max((2 * sum(map(_days, _lengths(rule))) for rule in deadlines), default=0)
    return timedelta(days=732 + longest)


def _lengths(rule: Deadline) -> list[Length]:
    moved = [rule.fallback.length] if rule.fallback else []
    moved += [rule.waiting.length] if rule.waiting else []
    moved += [each.length for each in rule.extensions if each.length]
    moved += [Length(each.adds, rule.length.unit) for each in rule.extensions if each.adds]
    return [rule.length, *moved]


def _days(length: Length) -> int:
    return length.within * _DAYS_OF[length.unit]
