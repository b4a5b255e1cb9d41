"""Parts of pages that more than one view draws: a chart with its headline and its table."""

from collections.abc import Mapping
from datetime import date
from html import escape
from typing import Any

import polars as pl
import streamlit as st

from dashboard import access, actions, charts, frame, series, wording
from dashboard.attention import Matter
from dashboard.figure import Figure, base_of, months_after
from dashboard.grids import grid, key_of, key_of_levels
from dashboard.palette import PALETTES, Theme
from dashboard.phrases import (
    ASSURANCE_WORDS,
    SIGNAL_WORDS,
    STATE_WORDS,
    between,
    is_unexplained,
    listed,
    outside_words,
    withheld_words,
)
from dashboard.untold import untold_months
from metrics.release import Release

# Levels with nothing to count, from which on a row for each would hide those with something.
_MANY_EMPTY = 5
_STANDING = {
    "usual": "could be chance",
    "better": "better than chance explains",
    "worse": "worse than chance explains",
    "higher": "higher than chance explains",
    "lower": "lower than chance explains",
}


def matter(chosen: frame.Choice, found: Matter) -> None:
    """Draw one matter: its headline, its months, how units compare, and the numbers."""
    release, quarter, subject = chosen.release, chosen.quarter, found.subject
    name = f"{subject.metric}.{subject.measure}.{subject.part}"
    st.subheader(headline(chosen, found), anchor=False)
    base = base_of(release)
    axis = charts.Axis(found.unit, found.title, found.target, subject.metric, base)
    end = months_after(quarter, 3)
    rows = series.monthly(release, subject, until=end)
    if rows["value"].drop_nulls().is_empty():
        st.write("No month of this has a figure that can be shown.")
        return
    events = series.marked_events(release, subject, rows)
    spec = _months(access.edition(release), subject, axis, end, frame.theme(), _release=release)
    _draw(spec, key=f"months.{name}", alt=charts.describe_months(rows, axis=axis))
    if found.standing is not None and found.standing.assurance:
        st.write(ASSURANCE_WORDS[found.standing.assurance])
    if events.height:
        st.html(listed_events(release, events))
    _say_untold(rows)
    with st.expander("The same numbers as a table"):
        st.html(period_table(release, rows, axis))
        if chosen.level == frame.ALL:
            units = series.by_level(release, subject, "unit", start=quarter)
            st.html(level_table(release, units, axis, first="Unit"))


def headline(chosen: frame.Choice, found: Matter) -> str:
    """State the finding, and a unit only where its figure cannot be chance."""
    release, standing = chosen.release, found.standing
    if standing is not None and chosen.level == frame.ALL:
        return wording.unit_headline(release, chosen.quarter, standing)
    if standing is not None:
        value = wording.figure_text(standing.figure, beside=standing.target)
        return f"{found.title}: {value} against a target of {wording.target(standing.target)}"
    when = f" in {wording.month_text(found.month)}" if found.month else ""
    return f"{found.title}: {wording.signal_word(found.signal)}{when}"


def over_time(
    release: Release, rows: pl.DataFrame, axis: charts.Axis, *, each: str, folded: bool = False
) -> None:
    """Draw one measure over the periods of one length, with its table, perhaps folded away."""
    is_drawn = rows["value"].drop_nulls().len() > 1
    if is_drawn:
        events = series.no_events(release)
        names = [
            wording.period_name(release, each, start, end)
            for start, end in rows.select("period_start", "period_end").iter_rows()
        ]
        chart = charts.months(
            rows, axis=axis, ink=PALETTES[frame.theme()], events=events, names=names
        )
        _explain(rows, axis)
        _draw(
            chart.to_dict(validate=False),
            key="over_time",
            alt=charts.describe_months(rows, axis=axis, names=names),
        )
        if each == "month":
            _say_untold(rows)
    _beneath(period_table(release, rows, axis, each=each), folded=folded and is_drawn)


def before_and_after(release: Release, action: dict[str, Any]) -> None:
    """Draw the months of an action's figure, with limits that begin anew, and their table."""
    rows, axis = actions.months(release, action["action"]), actions.axis_of(release, action)
    events = actions.event(action)
    chart = charts.months(rows, axis=axis, ink=PALETTES[frame.theme()], events=events)
    _explain(rows, axis)
    _draw(
        chart.to_dict(validate=False),
        key="before_after",
        alt=charts.describe_months(rows, axis=axis),
    )
    st.html(listed_events(release, events))
    with st.expander("The same numbers as a table"):
        st.html(period_table(release, rows, axis))


def side_by_side(
    release: Release, rows: pl.DataFrame, axis: charts.Axis, *, first: str, folded: bool = False
) -> None:
    """Draw the levels of a breakdown side by side, with their table, perhaps folded away."""
    is_drawn = rows["value"].drop_nulls().len() > 1
    if is_drawn:
        chart = charts.units(rows, axis=axis, ink=PALETTES[frame.theme()])
        st.html(key_of_levels(target=axis.target))
        _draw(
            chart.to_dict(validate=False),
            key="levels",
            alt=charts.describe_units(rows, axis=axis),
        )
    _beneath(level_table(release, rows, axis, first=first), folded=folded and is_drawn)


def _beneath(table: str, *, folded: bool) -> None:
    """The numbers of a chart; folded away where a page has more to say below them."""
    with st.expander("The same numbers as a table") if folded else st.container():
        st.html(table)


def _say_untold(rows: pl.DataFrame) -> None:
    if said := untold_months(rows):
        st.html(f'<p class="ca-about">{escape(said)}</p>')


def _explain(rows: pl.DataFrame, axis: charts.Axis) -> None:
    if key := key_of(rows, target=axis.target):
        st.html(key)


def _draw(spec: dict[str, Any], *, key: str, alt: str) -> None:
    st.vega_lite_chart(spec=spec, theme=None, key=key, alt=alt)


def listed_events(release: Release, events: pl.DataFrame) -> str:
    """What the lettered lines of a chart stand for."""
    said = []
    for row in events.iter_rows(named=True):
        where = f", {release.title_of('unit', row['level'])}" if row["level"] else ""
        owner = f" (entered by: {row['owner']})" if row["owner"] else ""
        said.append(
            f"<li><b>{row['letter']}</b> {escape(wording.day_text(row['happened_on']))}"
            f"{escape(where)}: {escape(row['text'])}{escape(owner)}</li>"
        )
    return f'<ul class="ca-events">{"".join(said)}</ul>'


def period_table(
    release: Release, rows: pl.DataFrame, axis: charts.Axis, *, each: str = "month"
) -> str:
    """The numbers of a chart of periods, newest first."""
    body = [
        (
            wording.period_name(release, each, row["period_start"], row["period_end"]),
            _value(row, axis),
            _counts(release, row, axis),
            _range(row, axis),
            _compared(release, row, SIGNAL_WORDS),
        )
        for row in rows.reverse().iter_rows(named=True)
    ]
    header = ("Period", "Figure", "Counts", "Usual range", "Compared with usual")
    return grid(axis.title, header, body) + _why_none(rows)


def level_table(release: Release, rows: pl.DataFrame, axis: charts.Axis, *, first: str) -> str:
    """The numbers of a chart of levels, the highest first; many without data stand below."""
    empty = rows.filter(pl.col("state") == "no_data")
    if empty.height > _MANY_EMPTY:
        rows = rows.filter(pl.col("state") != "no_data")
    else:
        empty = empty.head(0)
    body = [
        (
            row["title"] or row["level"],
            _value(row, axis),
            _counts(release, row, axis),
            _range(row, axis),
            _compared(release, row, _STANDING),
        )
        for row in rows.iter_rows(named=True)
    ]
    header = (first, "Figure", "Counts", "Expected for its size", "Compared with all")
    told = grid(f"{axis.title}, by {first.lower()}", header, body) if body else ""
    return told + _nothing_in(empty) + _why_none(rows)


def _compared(release: Release, row: dict[str, Any], words: Mapping[str, str]) -> str:
    """How a figure stands to its range, and why nothing is made of one outside it."""
    if row["lower"] is None:
        return ""
    if is_unexplained(row["signal"], row["value"], (row["lower"], row["upper"])):
        return outside_words(base_of(release))
    return words.get(row["signal"], "")


def _nothing_in(empty: pl.DataFrame) -> str:
    if empty.is_empty():
        return ""
    names = listed([row["title"] or row["level"] for row in empty.iter_rows(named=True)])
    return f'<p class="ca-about">No data for {empty.height} others: {escape(names)}.</p>'


def _value(row: dict[str, Any], axis: charts.Axis) -> str:
    if row["value"] is None:
        return wording.capital(STATE_WORDS.get(row["state"], "no figure"))
    return axis.words(row["value"])


def _why_none(rows: pl.DataFrame) -> str:
    """Each reason for a missing figure once, beneath the table: in its cells it is too long."""
    said = rows.filter(pl.col("value").is_null() & (pl.col("reason") != ""))
    reasons = said.select("state", "reason").unique(maintain_order=True)
    return "".join(
        f'<p class="ca-about">{escape(_why(state, reason))}</p>'
        for state, reason in reasons.iter_rows()
    )


def _why(state: str, reason: str) -> str:
    words = wording.capital(STATE_WORDS.get(state, "no figure"))
    if state == "withheld":
        return withheld_words(reason, words)
    return f"{words}: {reason[:1].lower() + reason[1:]}"


def _counts(release: Release, row: dict[str, Any], axis: charts.Axis) -> str:
    return wording.counts_text(release, Figure.of({**row, "metric": axis.metric}))


def _range(row: dict[str, Any], axis: charts.Axis) -> str:
    if row["lower"] is None or row["upper"] is None:
        return ""
    low, high = max(row["lower"], 0.0), row["upper"]
    if axis.share:
        high = min(high, 1.0)
    return between(low, high, axis.unit)


@st.cache_data(show_spinner=False, max_entries=256)
def _months(
    edition: str,  # noqa: ARG001 (part of the cache's key)
    subject: series.Subject,
    axis: charts.Axis,
    until: date,
    theme: Theme,
    *,
    _release: Release,
) -> dict[str, Any]:
    """Vega-Lite description of a chart of months; drawing one takes a tenth of a second."""
    rows = series.monthly(_release, subject, until=until)
    events = series.marked_events(_release, subject, rows)
    chart = charts.months(rows, axis=axis, ink=PALETTES[theme], events=events)
    spec: dict[str, Any] = chart.to_dict(validate=False)
    return spec
