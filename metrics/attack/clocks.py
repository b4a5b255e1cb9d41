"""When a clock runs out, by a release's own words and by the days off that it tells.

Whoever knows on which day something started can count in a calendar, so that ten working days
are known to the day.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from metrics.attack.closing_days import Length
from metrics.attack.versions import Owed

Days = NDArray[np.datetime64]
Span = tuple[Days, Days]

LENGTH = r"(?P<within>\d+) (?P<unit>hour|calendar day|working day|week|month|year)s?"
WORDS = re.compile(
    rf"(?P<start>[^,;]+?) to (?P<stop>[^,;]+), (?P<early>not before )?{LENGTH}(?P<terms>;.*)?$"
)
ROLLS = "an end on no working day moves to the next one"
SAME_DAY = "the day of the start is day 1"
LATE = re.compile(r"from (\d\d:\d\d counts as the next (working )?day)$")
NEXT = "next working day"
YEAR_END = re.compile(r"counted from the (\d\d-\d\d) after it$")
CALENDAR = re.compile(r"calendar (.+)$")
LONGER = re.compile(rf".+ before expiry: (?:{LENGTH} in all|up to (?P<adds>\d+) more)$")
LIFTED = re.compile(r"needless if ")
# What may put the end off for as long as anybody likes.
ENDLESS = re.compile(
    r".+ before expiry: to the day that it records$|time .+ does not count$|starts again when "
    r"|only after .+ without "
)
NO_END = 100 * 366  # days: longer than anything is told of
STILL = ("advisory", "the reporter's own clock: in no share")
RECEIVED = "received"
BEFORE = timedelta(days=731)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS = {"month": 1, "year": 12}
DAYS = {"calendar day": 1, "week": 7}


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock that the day of its start alone stops, but for the hour."""

    start: str
    stop: str
    within: int
    unit: str
    early: bool  # whether nothing may be done before it has run out
    terms: tuple[str, ...]

    @property
    def late(self) -> str:
        """From which hour a start counts as which other day; "" for none."""
        found = [plain[1] for term in self.terms if (plain := LATE.match(term))]
        return found[0] if found else ""

    @property
    def longer(self) -> Sequence[re.Match[str]]:
        """The extensions that it may have."""
        return [plain for term in self.terms if (plain := LONGER.match(term))]

    @property
    def is_endless(self) -> bool:
        """Whether nobody knows by when it has run out."""
        return any(ENDLESS.match(term) for term in self.terms)

    @property
    def is_lifted(self) -> bool:
        """Whether another step may make it needless."""
        return any(LIFTED.match(term) for term in self.terms)

    @property
    def asks(self) -> bool:
        """Whether it hangs on which days are working days."""
        is_moved = ROLLS in self.terms or self.late.endswith(NEXT)
        return is_moved or self.unit == "working day"


def clock_of(words: str) -> Clock | None:
    """What the words say; None where anything else moves the clock."""
    plain = WORDS.match(words)
    if plain is None:
        return None
    terms = tuple(filter(None, (plain["terms"] or "").split("; ")[1:]))
    if not all(_is_known(term) for term in terms):
        return None
    within, early = int(plain["within"]), bool(plain["early"])
    return Clock(plain["start"], plain["stop"], within, plain["unit"], early, terms)


def is_endless(owed: Owed) -> bool:
    """Whether nobody knows by when a version of the rule has run out."""
    clocks = [clock_of(words) for _, words in owed.clocks]
    return any(each is None or each.is_endless for each in clocks)


def _is_known(term: str) -> bool:
    moved = any(
        known.match(term) for known in (LATE, YEAR_END, CALENDAR, LONGER, LIFTED, ENDLESS)
    )
    return moved or term in {ROLLS, SAME_DAY, *STILL}


@dataclass(frozen=True, slots=True)
class DaysOff:
    """The calendars that a release tells, and that of clocks that name none; days told of."""

    own: str
    calendars: Mapping[str, np.busdaycalendar]
    starts: Days

    @classmethod
    def of(cls, manifest: Mapping[str, str]) -> "DaysOff":
        """As a release's manifest has them."""
        told = (part.partition(": ") for part in manifest.get("days_off", "").split("; "))
        calendars = {name: _calendar(days.split(", ")) for name, _, days in told if name}
        first = date.fromisoformat(manifest["coverage_from"]) - BEFORE
        after = date.fromisoformat(manifest.get("as_of", manifest["coverage_from"]))
        starts = np.arange(np.datetime64(first), np.datetime64(after + timedelta(days=1)))
        return cls(manifest.get("calendar", ""), calendars, starts)

    def spans(self, clock: Clock) -> Sequence[Span]:
        """First and last day on which it runs out, of each start; two where it may be late.

        None where it counts working days that the release does not tell.
        """
        named = [plain[1] for term in clock.terms if (plain := CALENDAR.match(term))]
        calendar = self.calendars.get(named[0] if named else self.own)
        if calendar is None and clock.asks:
            return ()
        known = calendar or np.busdaycalendar()
        return [_ends(clock, begun, known) for begun in self._begun(clock, known)]

    def _begun(self, clock: Clock, calendar: np.busdaycalendar) -> Iterator[Days]:
        year_ends = [plain[1] for term in clock.terms if (plain := YEAR_END.match(term))]
        for more in (0, 1) if clock.late else (0,):
            begun = self.starts + np.timedelta64(more, "D")
            if clock.late.endswith(NEXT):
                begun = np.busday_offset(begun, 0, roll="forward", busdaycal=calendar)
            if year_ends:
                years = begun.astype("datetime64[Y]")
                own, later = (_in_year(year, year_ends[0]) for year in (years, years + 1))
                begun = np.where(own < begun, later, own)
            yield begun

    def lags(self, owed: Owed) -> tuple[tuple[date, int], ...]:
        """Up to how many months after the receipt a rule is due, by the first day in force.

        Nothing where that is not known of all its versions.
        """
        spans = () if is_endless(owed) else self._from_receipt(owed)
        lasts = [
            [_months_of(last) - _months_of(self.starts) for _, last in own] for own in spans
        ]
        known = zip(owed.clocks, lasts, strict=False)
        return tuple((since, int(np.max(own))) for (since, _), own in known)

    def lengths(self, owed: Owed) -> tuple[Length, ...] | None:
        """How many days after the receipt a rule is due, by its day; None if nobody knows."""
        spans = self._from_receipt(owed)
        if not spans:
            return None
        fewest = np.zeros(self.starts.size, dtype=np.int64)
        most = fewest.copy()
        for (since, _), own_spans in zip(owed.clocks, spans, strict=True):
            own = self.starts >= np.datetime64(since)
            first = np.min([one for one, _ in own_spans], axis=0)
            last = np.max([one for _, one in own_spans], axis=0)
            fewest[own] = (first - self.starts).astype(np.int64)[own]
            most[own] = (last - self.starts).astype(np.int64)[own]
        return tuple(_runs(self.starts, fewest, most))

    def _from_receipt(self, owed: Owed) -> Sequence[Sequence[Span]]:
        """Those of each version; none where not all are known, and from the receipt."""
        clocks = [clock_of(words) for _, words in owed.clocks]
        spans = [self.spans(each) if each and each.start == RECEIVED else () for each in clocks]
        return spans if all(spans) else ()


def _months_of(days: Days) -> NDArray[np.int64]:
    """Months as numbers."""
    return days.astype("datetime64[M]").astype(np.int64)


def _runs(starts: Days, fewest: NDArray[Any], most: NDArray[Any]) -> Iterator[Length]:
    """Days in a row of one length together; the first has no beginning, the last no end."""
    numbers = [day.toordinal() for day in starts.tolist()]
    begins = 0
    for at in range(1, len(numbers) + 1):
        is_last = at == len(numbers)
        if is_last or (fewest[at], most[at]) != (fewest[begins], most[begins]):
            first = numbers[begins] if begins else date.min.toordinal()
            last = date.max.toordinal() - 1 if is_last else numbers[at] - 1
            yield Length(int(fewest[begins]), int(most[begins]), first, last)
            begins = at


def _calendar(words: Sequence[str]) -> np.busdaycalendar:
    mask = [day not in words for day in WEEKDAYS]
    days = [word for word in words if word and word not in WEEKDAYS]
    return np.busdaycalendar(weekmask=mask, holidays=np.array(days, dtype="datetime64[D]"))


def _in_year(years: NDArray[np.datetime64], day: str) -> Days:
    month, number = map(int, day.split("-"))
    months = years.astype("datetime64[M]") + (month - 1)
    return months.astype("datetime64[D]") + (number - 1)


def _ends(clock: Clock, begun: Days, calendar: np.busdaycalendar) -> Span:
    same_day = SAME_DAY in clock.terms
    last = _counted(clock, begun, (clock.within, clock.unit), calendar, same_day=same_day)
    # An hour less where the clocks are set back, and no day more where the hour is known.
    first = begun + _day(max(clock.within - 1, 0) // 24) if clock.unit == "hour" else last
    for plain in clock.longer:
        if plain["adds"]:
            more = int(plain["adds"]), clock.unit
            ends = _counted(clock, last, more, calendar, same_day=False)
        else:
            whole = int(plain["within"]), plain["unit"]
            ends = _counted(clock, begun, whole, calendar, same_day=same_day)
        last = np.maximum(last, ends)
    return first, first + _day(NO_END) if clock.is_endless else last


def _counted(
    clock: Clock,
    begun: Days,
    length: tuple[int, str],
    calendar: np.busdaycalendar,
    *,
    same_day: bool,
) -> Days:
    within, unit = length
    if unit == "hour":
        return begun + _day((within + 23) // 24 + 1)
    if unit == "working day":
        ends = _working_days(begun, within, calendar, same_day=same_day)
    elif unit in MONTHS:
        ends = _months(begun, within * MONTHS[unit], same_day=same_day)
    else:
        ends = begun + _day(within * DAYS[unit] - same_day)
    if ROLLS in clock.terms:
        ends = np.busday_offset(ends, 0, roll="forward", busdaycal=calendar)
    return ends


def _day(number: int) -> np.timedelta64:
    return np.timedelta64(number, "D")


def _working_days(
    begun: Days, within: int, calendar: np.busdaycalendar, *, same_day: bool
) -> Days:
    if not within:
        return np.busday_offset(begun, 0, roll="forward", busdaycal=calendar)
    less = np.where(same_day & np.is_busday(begun, busdaycal=calendar), 1, 0)
    return np.busday_offset(begun, within - less, roll="backward", busdaycal=calendar)


def _months(begun: Days, more: int, *, same_day: bool) -> Days:
    month = begun.astype("datetime64[M]")
    number = begun - month.astype("datetime64[D]")
    last = (month + more + 1).astype("datetime64[D]") - (month + more).astype("datetime64[D]")
    kept = np.minimum(number, last - np.timedelta64(1, "D"))
    less = (same_day & (kept == number)).astype(np.int64)
    ends: Days = (month + more).astype("datetime64[D]") + kept - less
    return ends
