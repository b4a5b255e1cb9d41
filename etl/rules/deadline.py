"""A deadline: what policy demands, from one event to another, and all that moves its end."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Literal

ALWAYS = date(1900, 1, 1)
FOR_EVER = date(9999, 12, 31)

LengthUnit = Literal["hours", "calendar_days", "working_days", "weeks", "months", "years"]
UNITS: tuple[LengthUnit, ...] = (
    "hours", "calendar_days", "working_days", "weeks", "months", "years",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Length:
    """So many hours, days, weeks, months or years; days and longer end with a local day."""

    within: int
    unit: LengthUnit

    @property
    def words(self) -> str:
        """'7 calendar days', '1 month'."""
        unit = self.unit.replace("_", " ")
        return f"{self.within} {unit[:-1] if self.within == 1 else unit}"


@dataclass(frozen=True, slots=True)
class AfterHours:
    """A start from this local time on, or outside working days, counts as a later day's.

    `counts_as` "next_day" moves late starts alone; "next_working_day" moves a start that is
    late or on no working day.
    """

    closes: time
    counts_as: Literal["next_day", "next_working_day"]


@dataclass(frozen=True, slots=True)
class Extension:
    """A longer end, where an event of this kind was recorded before the deadline expired.

    `length` counts from the start, `adds` from the day without the extension, in the rule's
    own unit. With neither, only the day that the event itself records can extend it; with one
    of them, that day counts up to it.
    """

    event: str
    length: Length | None
    adds: int | None


@dataclass(frozen=True, slots=True)
class Fallback:
    """Where a clock starts when the event that should start it does not come.

    The end of `length` from the event `from_kind`. `when` "not_done": the event has not come
    before the deadline counted this way is over; "not_in_time": it has not come by the end of
    `length`. `counted` "after": the rule's own length is counted first and `length` added to
    its end, as in "three months and seven days".
    """

    from_kind: str
    length: Length
    when: Literal["not_done", "not_in_time"]
    counted: Literal["before", "after"]


@dataclass(frozen=True, slots=True)
class Lift:
    """What makes the deadline needless when it happens by the due day, or within a length."""

    events: tuple[str, ...]
    length: Length | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """The clock starts only at the end of so long a wait for one of these events."""

    length: Length
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lapses:
    """The clock starts when so many deadlines of these rules have lapsed in one case."""

    rules: tuple[str, ...]
    times: int


@dataclass(frozen=True, slots=True)
class Deadline:
    """One version of a rule: the dates in force and the case's receipt decide which counts.

    `stops` are alternatives, each a tuple of kinds that must all have happened: the clock
    stops with the last of them, and with the first alternative that is complete.
    """

    name: str
    title: str
    starts: tuple[str, ...]
    stops: tuple[tuple[str, ...], ...]
    length: Length
    applies_to: Mapping[str, tuple[str, ...]]
    passed_by: tuple[str, ...]
    in_force_from: date
    in_force_until: date
    basis: str
    verified: bool
    start: Literal["first", "last"] = "first"
    stop: Literal["first", "last"] = "first"
    earlier_stops: Literal["out_of_order", "ignored", "count"] = "out_of_order"
    day_one: Literal["day_after", "same_day"] = "day_after"
    after_hours: AfterHours | None = None
    roll: Literal["none", "next_working_day"] = "none"
    calendar: str | None = None
    pauses: tuple[str, ...] = ()
    restarts: tuple[str, ...] = ()
    extensions: tuple[Extension, ...] = ()
    fallback: Fallback | None = None
    lifted_by: Lift | None = None
    on_request: tuple[str, ...] = ()
    year_end: tuple[int, int] | None = None
    waiting: Waiting | None = None
    lapses: Lapses | None = None
    repeats: bool = False
    limit: Literal["no_later", "no_earlier"] = "no_later"
    whose: Literal["organisation", "reporter"] = "organisation"
    force: Literal["binding", "advisory"] = "binding"
    to_level: str | None = None
    jurisdiction: str = ""
    owner: str = ""
    target: float | None = None
    preset: str = ""

    @property
    def from_kind(self) -> str:
        """The first kind of event that may start the clock."""
        return self.starts[0]

    @property
    def to_kind(self) -> str:
        """The first kind of event that may stop the clock."""
        return self.stops[0][0]

    @property
    def within(self) -> int:
        """How many of `length_unit`."""
        return self.length.within

    @property
    def length_unit(self) -> LengthUnit:
        """What `within` counts."""
        return self.length.unit

    @property
    def clock(self) -> str:
        """The rule in words: 'received to acknowledged, 7 calendar days'."""
        stops = " or ".join(" and ".join(kinds) for kinds in self.stops)
        level = f" at {self.to_level}" if self.to_level else ""
        ends = "not before" if self.limit == "no_earlier" else ""
        first = f"{' or '.join(self.starts)} to {stops}{level}, {ends} {self.length.words}"
        return "; ".join([" ".join(first.split()).replace("_", " "), *self.terms()])

    def terms(self) -> tuple[str, ...]:
        """What else moves or limits the clock, a short sentence each; none for a plain one."""
        return (*self._starting(), *self._ending(), *self._standing())

    def _starting(self) -> list[str]:
        said = []
        if self.start == "last":
            said.append("from the last of them")
        if self.day_one == "same_day":
            said.append("the day of the start is day 1")
        if self.after_hours:
            late = self.after_hours.counts_as.replace("_", " ")
            said.append(f"from {self.after_hours.closes:%H:%M} counts as the {late}")
        if self.year_end:
            said.append("counted from the {:02}-{:02} after it".format(*self.year_end))
        if self.fallback:
            said.append(self._fallback_words(self.fallback))
        return [*said, *self._moving()]

    def _moving(self) -> list[str]:
        said = []
        if self.restarts:
            said.append(f"starts again when {_or(self.restarts)}")
        if self.waiting:
            said.append(
                f"only after {self.waiting.length.words} without {_or(self.waiting.events)}"
            )
        if self.lapses:
            said.append(
                f"from the {_nth(self.lapses.times)} lapse of {', '.join(self.lapses.rules)}"
            )
        return said

    def _fallback_words(self, fallback: Fallback) -> str:
        counted = f"{fallback.length.words} after {fallback.from_kind.replace('_', ' ')}"
        if fallback.counted == "after":
            both = f"{self.length.words} and {fallback.length.words}"
            counted = f"{both} after {fallback.from_kind.replace('_', ' ')} in all"
        when = "in time" if fallback.when == "not_in_time" else "at all"
        return f"without that start {when}: {counted}"

    def _ending(self) -> list[str]:
        said = []
        if self.roll == "next_working_day":
            said.append("an end on no working day moves to the next one")
        if self.pauses:
            said.append(f"time {' or '.join(self.pauses)} does not count")
        said += [
            f"{ext.event.replace('_', ' ')} before expiry: {_extended(ext)}"
            for ext in self.extensions
        ]
        if self.lifted_by:
            length = self.lifted_by.length
            when = f" within {length.words}" if length else " by then"
            said.append(f"needless if {_or(self.lifted_by.events)}{when}")
        if self.repeats:
            said.append("then again each time")
        if self.stop == "last":
            said.append("the last time counts")
        return said

    def _standing(self) -> list[str]:
        said = []
        if self.on_request:
            said.append(f"only where {_or(self.on_request)}")
        if self.calendar:
            said.append(f"calendar {self.calendar}")
        if self.whose == "reporter":
            said.append("the reporter's own clock: in no share")
        if self.force == "advisory":
            said.append("advisory")
        return said


def _or(kinds: tuple[str, ...]) -> str:
    return " or ".join(kinds).replace("_", " ")


def _nth(number: int) -> str:
    return {1: "1st", 2: "2nd", 3: "3rd"}.get(number, f"{number}th")


def _extended(extension: Extension) -> str:
    if extension.length:
        return f"{extension.length.words} in all"
    if extension.adds:
        return f"up to {extension.adds} more"
    return "to the day that it records"
