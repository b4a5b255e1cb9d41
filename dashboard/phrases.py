"""Words for single numbers, dates, states and verdicts; sentences are made in `wording`."""

from collections.abc import Mapping
from datetime import date, timedelta
from math import floor
from typing import Any

from dashboard.figure import Figure
from metrics.release import Release

STATE_WORDS = {
    "few": "too few to show",
    "withheld": "withheld [c]",
    "not_reached": "not reached",
    "no_data": "no data",
    "not_assessable": "not assessable",
    "not_comparable": "not comparable",
    "not_fit": "not fit for use",
}
# Shorthand of the Government Analysis Function, for cells that hold no number.
STATE_MARKERS = {
    "few": "[u]",
    "withheld": "[c]",
    "not_reached": "[z]",
    "no_data": "[x]",
    "not_assessable": "[x]",
    "not_comparable": "[x]",
    "not_fit": "[x]",
}
VERDICT_WORDS = {
    "met": "Met",
    "met_narrowly": "Met, narrowly",
    "just_missed": "Just missed",
    "not_met": "Not met",
    "too_few": "Too few cases",
    "cannot_say": "Cannot say",
    "not_assessable": "Not assessable",
    "no_data": "No data",
    "withheld": "Withheld",
}
VERDICT_SYMBOLS = {
    "met": "✓",
    "met_narrowly": "✓",
    "just_missed": "◆",
    "not_met": "■",
    "cannot_say": "?",
    "too_few": "–",
    "not_assessable": "–",
    "no_data": "–",
    "withheld": "–",
}
SIGNAL_WORDS = {
    "usual": "within usual variation",
    "better": "better than usual",
    "worse": "worse than usual",
    "higher": "higher than usual",
    "lower": "lower than usual",
}
UNIT_SIGNAL_WORDS = {
    "usual": "within chance",
    "better": "better",
    "worse": "worse",
    "higher": "higher",
    "lower": "lower",
}
ASSURANCE_WORDS = {
    "pass": "As it runs, the process will go on meeting the target.",
    "fail": "As it runs, the process will not meet the target: that takes a change of it.",
    "hit_or_miss": "As it runs, chance decides from month to month whether the target is met.",
}
SIGNAL_SYMBOLS = {"worse": "■", "better": "▲", "usual": "●", "higher": "◆", "lower": "◆"}
# In these units 0 is a count, of which the method's sentence says what it means, or a length.
_COUNTED = {"cases", "days"}
Limits = tuple[float | None, float | None]
NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]

# The unit of each measure; a measure that is not named here is a share.
MEASURE_UNITS = {
    "rate": "per_100_people",
    "per_1000_engagements": "per_1000",
    "reports": "cases",
    "q25": "days",
    "median": "days",
    "q75": "days",
    "p90": "days",
    "closed": "cases",
    "passed_up": "cases",
    "open_cases": "cases",
    "clearance": "ratio",
}


def half_up(number: float, places: int = 0) -> float:
    """Round as readers do: a half goes up."""
    scale: int = 10**places
    return floor(number * scale + 0.5 + 1e-9) / scale


def share(value: float, *, beside: float | None = None) -> str:
    """A share as a percentage: '68%'.

    Never '100%' or '0%' for a share that is not, and never the same as the target `beside`
    it when it differs: '89.6%' against 90%.
    """
    for places in (0, 1):
        printed = half_up(value * 100, places)
        if tells_the_truth(printed, value, beside):
            return f"{printed:.{places}f}%"
    finest = half_up(value * 100, 1)
    if beside is not None and value < beside and finest >= half_up(beside * 100, 1):
        return f"just under {target(beside)}"
    return "over 99.9%" if value > 1 / 2 else "under 0.1%"


def tells_the_truth(printed: float, value: float, beside: float | None) -> bool:
    """Whether a rounded percentage stands on the same side of its limits as the share."""
    if printed in {0, 100} and value not in {0, 1}:
        return False
    return beside is None or (printed < half_up(beside * 100, 1)) == (value < beside)


def target(value: float) -> str:
    """A target as it was declared: '80%', '92.5%'."""
    return f"{half_up(value * 100, 1):g}%"


def days(value: float) -> str:
    """A length: '41 days', '1 day'."""
    number = half_up(value, 1)
    return f"{number:,g} {'day' if number == 1 else 'days'}"


def rate(value: float) -> str:
    """A rate per 100 people: '1.57', '13.5'."""
    return f"{half_up(value, 2):.2f}" if value < 10 else f"{half_up(value, 1):.1f}"


def count(n: float) -> str:
    """A whole number: '2,163'."""
    return f"{half_up(n):,.0f}"


def in_words(n: int) -> str:
    """A number inside a sentence: 'three', and from eleven on '11'."""
    return NUMBERS[n] if 0 <= n < len(NUMBERS) else count(n)


def capital(sentence: str) -> str:
    """The sentence with a capital first letter, the rest as it is."""
    return sentence[:1].upper() + sentence[1:]


def listed(parts: list[str]) -> str:
    """Parts as they are listed in a sentence: 'a', 'a and b', 'a, b and c'."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def value_text(value: float, unit: str, *, beside: float | None = None, base: int = 1) -> str:
    """A number in its unit.

    'about 0%', 'about 100%' and 'about 0.00' where it is of counts that are rounded to `base`:
    a few cases may be hidden in them, or missing.
    """
    number = _number_text(value, unit, beside)
    is_end = value == 0 or (value == 1 and unit == "share")
    return f"about {number}" if base > 1 and is_end and unit not in _COUNTED else number


def _number_text(value: float, unit: str, beside: float | None) -> str:
    if unit == "days":
        return days(value)
    if unit in {"per_100_people", "per_1000"}:
        return rate(value)
    if unit == "cases":
        return count(value)
    if unit == "ratio":
        return f"{half_up(value, 2):.2f}"
    return share(value, beside=beside)


def unit_of(figure: Figure) -> str:
    """The unit a figure is in."""
    return MEASURE_UNITS.get(figure.measure, "share")


def figure_text(row: Figure | Mapping[str, Any], *, beside: float | None = None) -> str:
    """A figure's value, or the words for why there is none."""
    figure = row if isinstance(row, Figure) else Figure.of(row)
    if figure.state != "ok" or figure.value is None:
        return STATE_WORDS.get(figure.state, "no data")
    return value_text(figure.value, unit_of(figure), beside=beside, base=figure.base)


def withheld_words(reason: str, lead: str = "Withheld") -> str:
    """Why a figure is withheld, as a sentence that says first that it is."""
    rest = reason.removeprefix("Withheld").strip()
    if not rest:
        return f"{lead}."
    return f"{lead} {rest}" if rest[:1].islower() else f"{lead}. {rest}"


def interval_text(figure: Figure) -> str:
    """The interval of a figure: '62% to 71%', '43 days or more', or nothing."""
    unit = unit_of(figure)
    if figure.state != "ok" or figure.low is None:
        return ""
    if figure.high is None:
        return f"{value_text(figure.low, unit)} or more"
    return between(figure.low, figure.high, unit)


def between(low: float, high: float, unit: str) -> str:
    """From one value to another, with the unit told once: '62% to 71%', '33 to 47 days'."""
    first, last = value_text(low, unit), value_text(high, unit)
    return f"{first.removesuffix(' days').removesuffix(' day')} to {last}"


def change_text(
    previous: float | None,
    value: float | None,
    signal: str,
    *,
    unit: str = "share",
    better: str = "higher",
) -> tuple[str, str]:
    """How far a figure moved, and whether its level is unusual.

    ('down 10 pts', 'worse than usual'). The second is empty where nothing says so, and
    'still worse than usual' where the figure did not move that way.
    """
    if previous is None or value is None:
        return "no earlier figure" if value is not None else "", ""
    moved = moved_by(previous, value, unit)
    worsening = "down" if better == "higher" else "up"
    improving = "up" if better == "higher" else "down"
    follows = {"worse": worsening, "better": improving}.get(signal)
    words = SIGNAL_WORDS.get(signal, "")
    return moved, words if follows is None or moved.startswith(follows) else f"still {words}"


def moved_by(previous: float, value: float, unit: str) -> str:
    """The difference of two figures as they are printed."""
    scale, places = (100, 0) if unit == "share" else (1, 2 if unit.startswith("per_") else 0)
    step = half_up(half_up(value * scale, places) - half_up(previous * scale, places), places)
    if step == 0:
        return "unchanged"
    size = f"{abs(step):g}"
    words = {"share": "pt" if size == "1" else "pts", "days": "day" if size == "1" else "days"}
    return f"{'up' if step > 0 else 'down'} {size} {words.get(unit, '')}".rstrip()


def verdict_word(code: str) -> str:
    """The word for a verdict, from the fixed list."""
    return VERDICT_WORDS[code]


def verdict_symbol(code: str) -> str:
    """The symbol beside the word, so that colour is never the only cue."""
    return VERDICT_SYMBOLS[code]


def signal_word(code: str) -> str:
    """The words for a signal; empty where there is none."""
    return SIGNAL_WORDS.get(code, "")


def is_unexplained(signal: str, value: float | None, limits: Limits) -> bool:
    """Whether a value lies outside its usual range and nothing is made of it."""
    low, high = limits
    if signal != "usual" or value is None or low is None or high is None:
        return False
    return value < low or value > high


def outside_words(base: int) -> str:
    """What is said of a value outside its range of which nothing is made, and why not."""
    return f"outside, but {'chance' if base == 1 else 'rounding'} may be why"


def day_text(day: date) -> str:
    """A day: '1 July 2026'."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def month_text(day: date) -> str:
    """A month: 'July 2026'."""
    return f"{MONTHS[day.month - 1]} {day.year}"


def short_month(day: date) -> str:
    """A month where there is little room: 'Jul 2026'."""
    return f"{MONTHS[day.month - 1][:3]} {day.year}"


def span_text(start: date, end: date) -> str:
    """The days of a half-open period: '1 July to 30 September 2026'."""
    last = end - timedelta(days=1)
    first = day_text(start)
    if start.year == last.year:
        first = first.removesuffix(f" {start.year}")
    return f"{first} to {day_text(last)}"


def fiscal_start(release: Release) -> int:
    """The month in which the organisation's year begins."""
    return int(release.manifest.get("fiscal_year_start_month", "1"))


def year_name(release: Release, start: date) -> str:
    """The year a day falls in: '2026', or '2026/27' where it begins in another month."""
    begins = fiscal_start(release)
    year = start.year if start.month >= begins else start.year - 1
    return str(year) if begins == 1 else f"{year}/{(year + 1) % 100:02d}"


def quarter_name(release: Release, start: date) -> str:
    """A quarter of the organisation's year: 'Q3 2026', 'Q3 2026/27'."""
    number = (start.month - fiscal_start(release)) % 12 // 3 + 1
    return f"Q{number} {year_name(release, start)}"


def period_name(release: Release, period: str, start: date, end: date) -> str:
    """A period as readers call it."""
    if period == "month":
        return month_text(start)
    if period == "quarter":
        return quarter_name(release, start)
    if period == "year":
        return year_name(release, start)
    return span_text(start, end)


def state_notice(state: str) -> str:
    """What a document says at its head where its release is not published; else nothing."""
    if state == "published":
        return ""
    if state == "withdrawn":
        return "Withdrawn: this release is not to be used any more."
    return "Not published: this release waits for somebody to approve it. Do not pass it on."
