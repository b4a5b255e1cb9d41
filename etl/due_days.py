"""On which day a rule runs out of what starts on a day, for many days at once.

The core tables hold the same for every case (`61_length_ends.sql`). Here it is said of days on
which nothing need have started: what readers can look up in a calendar must be known too.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from etl.rules import Deadline, Rules
from etl.rules.deadline import Length
from etl.store import Store

Days = NDArray[np.int64]  # numbered as `date.toordinal` does
Span = tuple[Days, Days]

EPOCH = date(1970, 1, 1).toordinal()
MONTHS = {"months": 1, "years": 12}
EACH = {"calendar_days": 1, "weeks": 7}


@dataclass(frozen=True, slots=True)
class Calendars:
    """The working days of each calendar, in order, and which one is the organisation's own."""

    working: Mapping[str, Days]
    own: str

    @classmethod
    def of(cls, store: Store, rules: Rules) -> Self:
        """Those by which a store's cases were judged under these rules."""
        rows = store.frame(
            "select calendar, day from staging.days where is_working order by calendar, day"
        )
        by_name = rows.partition_by("calendar", as_dict=True)
        working = {str(name): numbered(days["day"]) for (name,), days in by_name.items()}
        staged = store.frame("select calendar from staging.rules order by position")["calendar"]
        pairs = zip(rules.deadlines, staged, strict=False)
        return cls(working, next((name for rule, name in pairs if rule.calendar is None), ""))

    def of_rule(self, rule: Deadline) -> Days:
        """The working days that a rule counts by; none where nobody has declared them."""
        return self.working.get(rule.calendar or self.own, np.empty(0, dtype=np.int64))


def numbered(days: pl.Series) -> Days:
    """Days as numbers."""
    return days.cast(pl.Int32).to_numpy().astype(np.int64) + EPOCH


def dates(numbers: Days) -> pl.Series:
    """Numbers as days."""
    return pl.Series(numbers - EPOCH, dtype=pl.Int32).cast(pl.Date)


def is_by_day(rule: Deadline) -> bool:
    """Whether the day of the start, and its hour, say by which days the rule runs out.

    An extension puts the end off, not further than the rule allows. What makes a rule needless
    does not move it.
    """
    endless = [each for each in rule.extensions if not (each.length or each.adds)]
    return not replace(_still(rule), extensions=tuple(endless)).terms()


def is_no_sooner(rule: Deadline) -> bool:
    """Whether they say at least how soon it does: whatever else moves it puts it off."""
    return not replace(_still(rule), pauses=(), restarts=(), waiting=None).terms()


def without_delay(rule: Deadline) -> Deadline:
    """The rule as it runs for a case of which nothing puts the end off."""
    return replace(rule, extensions=(), pauses=(), restarts=(), waiting=None)


def _still(rule: Deadline) -> Deadline:
    """The rule without what the calendar says, and without what does not move it."""
    return replace(
        rule,
        day_one="day_after",
        after_hours=None,
        year_end=None,
        roll="none",
        calendar=None,
        whose="organisation",
        force="binding",
        extensions=(),
        lifted_by=None,
    )


def due_days(rule: Deadline, starts: Days, calendars: Calendars) -> Sequence[Span]:
    """The first and the last day on which the rule may run out of what starts on each day.

    Both are one but for hours and extensions. There are two such pairs where the hour of the
    start says which: of starts in time and of those after hours. None where no calendar of the
    rule is there, or it ends before. Meant for rules of which `is_by_day` holds.
    """
    working = calendars.of_rule(rule)
    try:
        return [_ends(rule, begun, working) for begun in _begun(rule, starts, working)]
    except IndexError:
        return ()


def _begun(rule: Deadline, starts: Days, working: Days) -> Iterator[Days]:
    """The days from which it counts, for starts in time and for late ones."""
    late = rule.after_hours
    for more in (0, 1) if late else (0,):
        begun = starts + more
        if late and late.counts_as == "next_working_day":
            begun = _landing(begun, working)
        yield _year_ends(begun, rule.year_end) if rule.year_end else begun


def _year_ends(days: Days, year_end: tuple[int, int]) -> Days:
    """The end of the year that each day is in."""
    month, day = year_end
    frame = pl.select(on=dates(days)).with_columns(
        end=pl.date(pl.col("on").dt.year(), month, day)
    )
    later = pl.when(pl.col("end") < pl.col("on")).then(pl.col("end").dt.offset_by("1y"))
    return numbered(frame.select(later.otherwise("end"))["end"])


def _ends(rule: Deadline, begun: Days, working: Days) -> Span:
    within, same_day = rule.within, rule.day_one == "same_day"
    if rule.length_unit == "hours":
        # A day on which the clocks are set back has an hour more; of a day without an hour its
        # end counts.
        first, last = begun + max(within - 1, 0) // 24, begun + -(-within // 24) + 1
    else:
        first = last = _counted(rule, begun, rule.length, working, same_day=same_day)
    for each in rule.extensions:
        if each.length:
            last = np.maximum(
                last, _counted(rule, begun, each.length, working, same_day=same_day)
            )
        elif each.adds:
            more = Length(each.adds, rule.length_unit)
            last = np.maximum(last, _counted(rule, last, more, working, same_day=False))
    return first, last


def _counted(
    rule: Deadline, begun: Days, length: Length, working: Days, *, same_day: bool
) -> Days:
    within, unit = length.within, length.unit
    if unit == "working_days":
        ends = _working_days(begun, within, working, same_day=same_day)
    elif unit in MONTHS:
        later = dates(begun).dt.offset_by(f"{within * MONTHS[unit]}mo")
        # A day that its month does not have is that month's last day already.
        is_kept = (later.dt.day() == dates(begun).dt.day()).to_numpy()
        ends = numbered(later) - (is_kept & same_day)
    elif unit == "hours":
        ends = begun + -(-within // 24) + 1
    else:
        ends = begun + within * EACH[unit] - same_day
    return _landing(ends, working) if rule.roll == "next_working_day" else ends


def _working_days(begun: Days, within: int, working: Days, *, same_day: bool) -> Days:
    """So many working days after each day; of none from a day that is none, the next one."""
    by_then = np.searchsorted(working, begun, side="right")
    is_working = np.isin(begun, working)
    first = (is_working & same_day).astype(np.int64)
    nothing = (~is_working & (within == 0)).astype(np.int64)
    ends: Days = working[by_then - first + nothing + within - 1]
    return ends


def _landing(days: Days, working: Days) -> Days:
    """The day itself if it is a working day, else the next one."""
    landing: Days = working[np.searchsorted(working, days, side="left")]
    return landing
