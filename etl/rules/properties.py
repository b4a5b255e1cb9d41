"""Every property of a deadline and a route in plain words, and the clocks of the presets."""

from collections.abc import Iterator
from typing import NamedTuple

from etl.rules.files import PRESETS, presets, told
from etl.rules.parsing import deadline

PROPERTIES = {
    "name": "what results and commitments call the rule; versions of one rule share it",
    "title": "the rule in one line, as a reader sees it",
    "from": "the kind of event that starts the clock, or several: the first that happens."
    " `incident` is the day of the incident",
    "to": "the kind of event that stops it, or several: the first that happens. A list within"
    " the list is a set: all of it must have happened, and the last of it stops the clock",
    "within, unit": "how long: hours, calendar_days, working_days, weeks, months or years."
    " Hours run from the instant to the instant, whatever the clocks of summer do; everything"
    " else ends with a local day. A month ends on the day of the same number, or on its last",
    "basis": "the law or the section of a policy that demands it",
    "verified": "whether somebody has compared the rule with that text",
    "jurisdiction": "whose law it is",
    "applies_to": "unit, category, channel, severity or outcome of the cases that it concerns;"
    " an open case has no outcome yet, and is not concerned",
    "in_force_from, in_force_until": "the rule in force on the day of receipt judges the case;"
    " the second day is the first on which it no longer is",
    "start": "first or last: which of several starts counts",
    "stop": "first or last: which of several stops counts; a case that was opened again has not"
    " reached its last resolution",
    "earlier_stops": "what a stop before the start means: out_of_order (not to be assessed),"
    " ignored (it belongs to an earlier round) or count (it was done early)",
    "day_one": "day_after: the day after the start is day 1; same_day: the day of the start is",
    "after_hours": "a start from `closes` on counts as the next day's, or, with"
    " next_working_day, one that is late or on no working day as the next working day's",
    "year_end": "the clock starts on the next such day of the year, as 03-31",
    "roll": "next_working_day: an end on no working day moves to the next one",
    "calendar": "the holidays that it counts by: a country's code, a calendar that is shipped,"
    " or a file of the workspace's calendars/; else the organisation's",
    "pauses": "off unless named: paused (from `paused` to `resumed`) or closed (from `resolved`"
    " to `reopened`). Pauses at once are one; working time is given back in working time; a"
    " pause that begins when the time is used up gives none back; an open one runs to the"
    " as-of day",
    "restarts": "events with which the clock starts again",
    "extensions": "events that put off the end, if they were recorded before it: to a length"
    " from the start (within, unit), or by so many more (adds). With neither, the end is not"
    " known, and what is not done by the old one cannot be assessed",
    "fallback": "without the event that should start it, the clock starts at the end of a"
    " length from another; `when` says whether the event is missing (not_done) or late"
    " (not_in_time); `counted` after: the rule's own length comes first",
    "lifted_by": "events that make the deadline needless, by its day or within a length",
    "on_request": "it is owed only where one of these events happened",
    "waiting": "the clock starts when a case has waited so long `for` one of these events",
    "lapses": "the clock starts with so many lapses (`times`) of other deadlines (`rules`)",
    "repeats": "each stop starts the clock again; the open round counts too",
    "limit": "no_later, or no_earlier: not before the day",
    "whose": "organisation, or reporter: a right that runs out, with a day and in no share",
    "force": "binding or advisory",
    "to_level": "an escalation to this level of the ladder, or a higher one",
    "passed_by": "later steps that prove this one, so that its date was lost",
    "owner, target": "a target makes the deadline a commitment on the scorecard",
}
ROUTES = {
    "demands": "one of these steps must be taken",
    "instead_of": "steps that do not do for it: such a case took the wrong route",
}


class Shipped(NamedTuple):
    """One deadline of a preset, in words."""

    preset: str
    title: str
    clock: str
    basis: str
    verified: str


def shipped() -> Iterator[Shipped]:
    """The deadlines of all presets, in the order of their names."""
    for preset in presets():
        for entry in told(PRESETS / f"{preset}.toml")["deadline"]:
            clock = (
                deadline(f"{preset}.toml", entry).clock
                if "within" in entry
                else "a length that the organisation sets"
            )
            verified = "yes" if entry["verified"] else "no"
            yield Shipped(preset, entry["title"], clock, entry["basis"], verified)
