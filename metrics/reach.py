"""How far rounding may have moved what a release tells."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from metrics.periods import months_between, quarter_of


@dataclass(frozen=True, slots=True)
class Off:
    """By how many bases more than a cell sums of a month's cells may be off, and a quarter's.

    A cell of a quarter is a sum of its months.
    """

    month: int = 0
    quarter: int = 0

    def __bool__(self) -> bool:
        """Whether any of them may."""
        return bool(self.month or self.quarter)

    def over(self, months: int) -> int:
        """A sum over so many months of a quarter that is told: of one, or of all."""
        return self.month if months == 1 else self.quarter

    def beside(self, other: "Off") -> "Off":
        """As far as either."""
        return Off(max(self.month, other.month), max(self.quarter, other.quarter))

    def in_part(self, months: int) -> int:
        """A sum over so many months of a quarter, told or not: by what is told of them."""
        if months == MONTHS:
            return self.quarter
        return min(months * self.month, self.quarter + (MONTHS - months) * self.month)


AS_A_CELL = Off()
Loose = Mapping[tuple[str, date], Off]
MONTHS = 3  # of a quarter
SUMS = {"escalation_compliance": "deadline_compliance"}  # of whose parts its counts are made
EVER = date.min  # of releases that told it of all their quarters at once


def loose_in(manifest: Mapping[str, str]) -> dict[tuple[str, date], Off]:
    """By how many bases more than a cell sums may be from the truth, by metric and quarter.

    Where one number stands for sums of months and of quarters it is that of both.
    """
    found = {}
    for one in filter(None, manifest.get("loose", "").split(",")):
        name, *quarter, by = one.split(":")
        month, _, whole = by.partition("/")
        off = Off(int(month), int(whole or month))
        found[name, date.fromisoformat(quarter[0]) if quarter else EVER] = off
    return found


def loose_words(loose: Loose) -> str:
    """The same for a manifest."""
    every = sorted(loose.items(), key=lambda one: one[0])
    known = (f"{name}:{on.isoformat()}:{by.month}/{by.quarter}" for (name, on), by in every)
    return ",".join(known)


def further_in(loose: Loose, metric: str, quarter: date) -> Off:
    """By how many bases more sums of a metric may be off in the quarter that begins so."""
    return loose.get((metric, quarter), loose.get((metric, EVER), AS_A_CELL))


def withheld_words(
    withheld: Collection[tuple[str, str, date]], names: Mapping[str, str]
) -> str:
    """Of which metrics and parts readers are not told some quarters, and why.

    `names` are those of metrics and of their parts.
    """
    quarters: dict[str, list[date]] = {}
    for metric, part, quarter in sorted(withheld):
        quarters.setdefault(names[part or metric], []).append(quarter)
    if not quarters:
        return ""
    told = "; ".join(f"{titles} {days}" for titles, days in in_quarters(quarters))
    why = "Beside the other counts, numbers of so few cases would tell too much."
    return f" Withheld, [c]: {told}. {why}"


def in_quarters(quarters: Mapping[str, Sequence[date]]) -> Iterator[tuple[str, str]]:
    """Titles that have the same quarters together, and those in words."""
    alike: dict[tuple[date, ...], list[str]] = {}
    for title, days in quarters.items():
        alike.setdefault(tuple(days), []).append(title)
    for days, titles in alike.items():
        from_ = _listed([f"{day:%B %Y}" for day in days])
        yield _listed(titles), f"in the quarter{'s' * (len(days) > 1)} from {from_}"


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def summed_in(manifest: Mapping[str, str]) -> dict[str, int]:
    """Of how many rules' counts, each rounded by itself, the counts of a metric are sums."""
    told = (one.partition(":") for one in manifest.get("summed", "").split(",") if one)
    return {name: int(times) for name, _, times in told}


def most_off(
    base: int,
    period: str,
    *,
    start: date,
    end: date,
    loose: Loose | None = None,
    metric: str = "",
    year_starts: int = 1,
) -> int:
    """How far rounding may have moved a sum of a metric in a period of these days.

    Each quarter of it is off by less than the base and what is `loose` then. A span that
    begins or ends within a quarter has parts of one at either end.
    """
    months = 12 * (end.year - start.year) + end.month - start.month
    quarters = {"month": 1, "quarter": 1, "year": 4}.get(period, months // 3 + 2)
    touched = Counter(
        quarter_of(month, year_starts=year_starts)
        for month in months_between(start, end)
        if month < end
    )
    known = loose or {}
    if (metric, EVER) in known:
        return quarters * (base * (1 + known[metric, EVER].quarter) - 1)
    further = sum(further_in(known, metric, on).in_part(many) for on, many in touched.items())
    return quarters * (base - 1) + base * further
