"""A small release with invented but coherent tables, for tests of pages, tables and reports.

Three units (one of them very small), six commitments, 33 months to September 2026. Shares,
intervals, limits and verdicts are worked out here from the invented counts, so that a count,
its share and its verdict agree. What matters to a reader of a test:

- `investigate` falls from July 2026, in Field operations only: not met;
- `inform` is just under its target: just missed;
- `acknowledge` is met, with deadlines that cannot be judged;
- Legal has so few cases that its figures are not shown.
"""

from collections.abc import Callable
from datetime import date
from functools import cache
from math import ceil, sqrt
from pathlib import Path
from typing import Any

import polars as pl

from metrics.release import TABLES, Release
from tests.release_words import PLAIN, PLAIN_SIZES, SERIES, Series, small_tables

QUARTER = date(2026, 7, 1)
MONTHS = [date(2024 + i // 12, i % 12 + 1, 1) for i in range(33)]
UNITS = {"field_operations": 0.5, "customer_service": 0.46, "legal": 0.04}

MANIFEST = {
    "release": "committee-2026-10-31",
    "audience": "committee",
    "as_of": "2026-10-31",
    "organisation": "Fairhaven Client Services",
    "case_word": "concern",
    "case_word_plural": "concerns",
    "time_zone": "Europe/London",
    "fiscal_year_start_month": "1",
    "method": "identity",
    "base": "1",
    "method_sentence": "Counts are exact. No share is shown for fewer than 10.",
    "min_denominator": "10",
    "policy": "committee",
    "policy_owner": "Ethics office",
    "coverage_from": "2024-01-01",
    "coverage_until": "2026-10-31",
    "inputs_sha256": "0" * 64,
    "restated_from": "",
    "restated_as_of": "",
    "product_version": "0.1.0",
    "checks_run": "5",
    "checks_failed": "2",
}


Row = dict[str, Any]
Counts = dict[date, tuple[int, ...]]
Span = tuple[str, date, date, Callable[[date], bool]]


def wilson(k: float, n: float) -> tuple[float, float]:
    """95 % interval of a share."""
    z, p = 1.96, k / n
    centre, spread = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (centre - spread) / (1 + z * z / n), (centre + spread) / (1 + z * z / n)


def month_after(start: date, months: int) -> date:
    """First day of the month that many months later."""
    index = start.year * 12 + start.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def counts_of(series: Series, unit: str) -> Counts:
    """Met, judged and missing of each month, without a random number."""
    made: Counts = {}
    for i, month in enumerate(MONTHS):
        wobble = (i * 37 % 11 - 5) / 100
        level = series.level + wobble / 2
        if series.part == "investigate" and unit == "field_operations" and month >= QUARTER:
            level = 0.4
        n = round(series.monthly * UNITS[unit] * (1 + wobble))
        missing = 4 if series.part == "acknowledge" and unit == "customer_service" else 0
        if series.measure == "top_two":
            missing = round(1.5 * n)
        made[month] = (min(n, round(n * level)), n, missing)
    if series.measure == "response_rate":
        answered = counts_of(SERIES[-1], unit)
        return {month: (n, n + silent, 0) for month, (_, n, silent) in answered.items()}
    return made


def spans() -> list[Span]:
    """Every period with the test that says which months belong to it."""
    made: list[Span] = []
    for length, name in ((1, "month"), (3, "quarter"), (12, "year")):
        for start in MONTHS[::length]:
            end = month_after(start, length)
            made.append((name, start, end, between(start, end)))
    made.append(("whole", MONTHS[0], date(2026, 11, 1), lambda _: True))
    return made


def between(start: date, end: date) -> Callable[[date], bool]:
    """Whether a month begins in a period."""
    return lambda month: start <= month < end


def empty_figure(metric: str, measure: str, part: str, level: str) -> Row:
    """A figure with its names and nothing else."""
    breakdown = "all" if level == "all" else "unit"
    row: Row = dict.fromkeys(TABLES["figures"])
    row |= {"metric": metric, "measure": measure, "part": part, "state": "ok", "reason": ""}
    return row | {"breakdown": breakdown, "level": level}


def share(series: Series, level: str, counts: Counts, base: int) -> list[Row]:
    """The figures of one series and level in every period."""
    rows = []
    for period, start, end, within in spans():
        inside = [counts[m] for m in MONTHS if within(m)]
        k, n, missing = (base * round(sum(c[i] for c in inside) / base) for i in range(3))
        row = empty_figure(series.metric, series.measure, series.part, level)
        row |= {"period": period, "period_start": start, "period_end": end, "pending": 0}
        row |= {"complete": end <= date(2026, 10, 31)}
        if base > 1 and level == "legal":
            row |= {"state": "withheld", "reason": "Withheld to protect the people involved."}
        elif n < 10:
            row |= {"state": "few", "numerator": k, "denominator": n, "missing": missing}
            row |= {"reason": "Fewer than 10, too few for a share."}
        else:
            low, high = wilson(k, n)
            row |= {"value": k / n, "low": low, "high": high, "numerator": k}
            row |= {"denominator": float(n), "missing": missing, "worst": k / (n + missing)}
            row |= {"best": (k + missing) / (n + missing)}
        rows.append(row)
    return rows


def plain(metric: str, measure: str, level: str, size: float) -> list[Row]:
    """Figures that are not shares: a rate, a number of reports, days."""
    rows = []
    for i, (period, start, end, within) in enumerate(spans()):
        months = sum(within(m) for m in MONTHS)
        growth = months if metric == "report_frequency" else 1
        size_of_unit = UNITS.get(level, 1.0)
        value = size * growth * (1 + (i * 37 % 11 - 5) / 100)
        row = empty_figure(metric, measure, "", level)
        row |= {"period": period, "period_start": start, "period_end": end, "complete": True}
        if level == "legal":
            row |= {"state": "few", "reason": "Fewer than 10, too few to show."}
        elif measure == "reports":
            row |= {"value": float(round(value)), "numerator": round(value)}
        elif measure == "rate":
            row |= {"value": value, "low": value * 0.87, "high": value * 1.14}
            row |= {"numerator": round(value * 15 * size_of_unit)}
            row |= {"denominator": 1500.0 * size_of_unit}
        else:
            row |= {"value": float(round(value)), "low": value - 5, "high": value + 6}
            resolved, waiting = (round(n * months * size_of_unit) for n in (52, 14))
            row |= {"numerator": resolved, "denominator": float(resolved + waiting)}
            row |= {"pending": waiting}
        rows.append(row)
    return rows


def all_figures(base: int) -> list[Row]:
    """Every figure of the release."""
    rows = []
    for series in [*SERIES, *PLAIN]:
        by_unit = {unit: counts_of(series, unit) for unit in UNITS}
        whole = {
            m: tuple(sum(c[m][i] for c in by_unit.values()) for i in range(3)) for m in MONTHS
        }
        for level, counts in {"all": whole, **by_unit}.items():
            rows += share(series, level, counts, base)
    for (metric, measure), size in PLAIN_SIZES.items():
        for level in ("all", *UNITS):
            scale = UNITS.get(level, 1.0) if measure == "reports" else 1.0
            rows += plain(metric, measure, level, size * scale)
    return rows


def judged(value: float, centre: float, spread: float, rule: str) -> Row:
    """Limits and the signal they give."""
    low, high = centre - spread, centre + spread
    signal = "worse" if value < low else "better" if value > high else "usual"
    reason = "" if signal == "usual" else rule
    return {"centre": centre, "lower": low, "upper": high, "signal": signal, "reason": reason}


def all_signals(figures: list[Row]) -> list[Row]:
    """Months against their own history, and units against the whole in a quarter."""
    rows = []
    names = ("metric", "measure", "part", "breakdown", "level", "period", "period_start")
    groups: dict[tuple[str, ...], list[Row]] = {}
    for f in figures:
        if f["period"] == "month" and f["value"] is not None:
            key = (f["metric"], f["measure"], f["part"], f["level"])
            groups.setdefault(key, []).append(f)
    for group in groups.values():
        values = [f["value"] for f in group[:24]]
        centre = sum(values) / len(values)
        spread = 3 * sqrt(sum((v - centre) ** 2 for v in values) / len(values))
        for f in group:
            row = {n: f[n] for n in names} | {"against": "history", "value": f["value"]}
            rows.append(row | judged(f["value"], centre, spread, "one month outside limits"))
    overall = {
        tuple(f[n] for n in ("metric", "measure", "part", "period_start")): f["value"]
        for f in figures
        if f["period"] == "quarter" and f["level"] == "all"
    }
    for f in figures:
        if f["period"] == "quarter" and f["breakdown"] == "unit" and f["best"] is not None:
            p = overall[tuple(f[n] for n in ("metric", "measure", "part", "period_start"))]
            row = {n: f[n] for n in names} | {"against": "units", "value": f["value"]}
            spread = 3.09 * sqrt(p * (1 - p) / f["denominator"])
            rows.append(row | judged(f["value"], p, spread, "outside 99.8 % limits"))
    return rows


def verdict(figure: Row, target: float) -> str:
    """Verdict by the 95 % interval."""
    if figure["value"] is None:
        return "too_few"
    if figure["value"] >= target:
        return "met" if figure["low"] > target else "met_narrowly"
    return "not_met" if figure["high"] < target else "just_missed"


def short_by(figure: Row, target: float) -> int | None:
    """How many more would have met the target."""
    if figure["value"] is None:
        return None
    return max(0, ceil(target * figure["denominator"] - 1e-9) - int(figure["numerator"]))


def all_results(figures: list[Row]) -> list[Row]:
    """The verdict on each commitment, level and quarter."""
    rows = []
    quarterly = {
        (f["metric"], f["measure"], f["part"], f["level"], f["period_start"]): f
        for f in figures
        if f["period"] == "quarter"
    }
    for s, level, start in [
        (s, level, start) for s in SERIES for level in ("all", *UNITS) for start in MONTHS[::3]
    ]:
        key = (s.metric, s.measure, s.part, level)
        f = quarterly[(*key, start)]
        before = quarterly.get((*key, month_after(start, -3)))
        last_year = quarterly.get((*key, month_after(start, -12)))
        fallen = s.part == "investigate" and start == QUARTER and level != "legal"
        rows.append(
            {
                "commitment": s.part or s.metric,
                "breakdown": f["breakdown"],
                "level": level,
                "period_start": start,
                "verdict": verdict(f, s.target),
                "short_by": short_by(f, s.target),
                "previous": before["value"] if before else None,
                "year_ago": last_year["value"] if last_year else None,
                "change_signal": "worse" if fallen else "usual" if before else "",
                "assurance": "hit_or_miss",
            }
        )
    return rows


def all_groups(base: int) -> list[Row]:
    """Two groups of people who raise concerns, where counts are exact: both treated alike."""
    told = {"period": "year", "period_start": date(2026, 1, 1), "cases": 200, "p_value": 0.4}
    of = {"differs": False, "state": "ok", "reason": ""}
    days = {"question": "triage", "value": 4.0, "low": 3.0, "high": 5.0, "others": 4.0}
    found = {"question": "upheld", "value": 0.5, "low": 0.4, "high": 0.6, "others": 0.5}
    return [
        {"person": person, **told, **of, **asked}
        for asked in (days, found)
        for person in ("client", "employee")
        if base == 1
    ]


def frame_of(table: str, rows: list[Row]) -> pl.DataFrame:
    """Rows as the table of that name."""
    return pl.DataFrame(rows, schema=TABLES[table], orient="row")


@cache
def unchanged(base: int) -> dict[str, pl.DataFrame]:
    """The tables of a release whose counts are multiples of `base`."""
    figures = all_figures(base)
    rows = {
        "figures": figures,
        "signals": all_signals(figures),
        "results": all_results(figures),
        "restatements": [],
        "versions": [],
        "actions": [],
        "action_months": [],
        "groups": all_groups(base),
        **small_tables(),
    }
    return {name: frame_of(name, rows[name]) for name in TABLES if name != "manifest"}


def release(**changes: Any) -> Release:
    """A release; a change names an entry of the manifest, or a table and its new rows.

    `release(audience="public", base="10")` rounds every count and withholds Legal;
    `release(annotations=[])` has no annotation.
    """
    unknown = set(changes) - set(MANIFEST) - set(TABLES)
    if unknown:
        raise ValueError(f"a release has no {sorted(unknown)}")
    manifest = MANIFEST | {k: str(v) for k, v in changes.items() if k in MANIFEST}
    base = int(manifest["base"])
    if base > 1:
        sentence = f"Every count is rounded to a multiple of {base}."
        manifest |= {"method": "rounding", "method_sentence": sentence}
    changed = {name: frame_of(name, rows) for name, rows in changes.items() if name in TABLES}
    described = [{"name": n, "value": v} for n, v in manifest.items()]
    tables = {
        **unchanged(base),
        "manifest": frame_of("manifest", described),
        **changed,
    }
    return Release(path=Path("invented.duckdb"), manifest=manifest, tables=tables)
