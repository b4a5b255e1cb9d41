"""Which months of a chart have no figure, and why: a gap in a line says neither."""

from datetime import date

import polars as pl

from dashboard.figure import months_after
from dashboard.phrases import STATE_WORDS, listed, short_month


def untold_months(rows: pl.DataFrame) -> str:
    """Say 'No figure: too few to show in Nov 2024; withheld [c] in Jan to Mar 2026.'.

    `rows` are months in a row, as `dashboard.series.monthly` gives them; empty if all are told.
    """
    runs: dict[str, list[tuple[date, date]]] = {}
    for start, state in rows.select("period_start", "state").iter_rows():
        if state == "ok":
            continue
        own = runs.setdefault(state, [])
        if own and months_after(own[-1][1], 1) == start:
            own[-1] = (own[-1][0], start)
        else:
            own.append((start, start))
    said = [
        f"{STATE_WORDS.get(state, 'no figure')} in {listed([_span(*ends) for ends in own])}"
        for state, own in runs.items()
    ]
    return f"No figure: {'; '.join(said)}." if said else ""


def _span(first: date, last: date) -> str:
    if first == last:
        return short_month(first)
    begun = short_month(first)
    if first.year == last.year:
        begun = begun.removesuffix(f" {first.year}")
    return f"{begun} to {short_month(last)}"
