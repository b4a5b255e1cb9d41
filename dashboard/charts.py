"""Charts of published figures: months against their usual range, and units side by side."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import altair as alt
import polars as pl

from dashboard.palette import Palette
from dashboard.phrases import listed, month_text, short_month, value_text
from dashboard.phrases import target as target_text

FONT = "Source Sans, Source Sans 3, sans-serif"


_SHAPES = {
    "usual": "circle",
    "better": "triangle-up",
    "worse": "square",
    "higher": "diamond",
    "lower": "diamond",
}
_LEAST_SPAN = 0.1
_PADDING = {"left": 2, "top": 5, "right": 14, "bottom": 5}  # a bold label needs the room
_NEAR = 0.07  # labels closer than this share of the axis would overlap


@dataclass(frozen=True, slots=True)
class Axis:
    """How the values of a measure are written on an axis and beside a mark."""

    unit: str
    title: str
    target: float | None = None
    metric: str = ""
    base: int = 1

    @property
    def share(self) -> bool:
        """Whether the values are shares, which end at 0 and 1."""
        return self.unit == "share"

    @property
    def format(self) -> str:
        """Vega's format of a tick."""
        return ".0%" if self.share else ",.4~g"

    def words(self, value: float) -> str:
        """Write one value as tables do."""
        return value_text(value, self.unit, beside=self.target, base=self.base)

    def goal(self) -> str:
        """Write the target as it was declared."""
        return "" if self.target is None else target_text(self.target)


def months(
    rows: pl.DataFrame,
    *,
    axis: Axis,
    ink: Palette,
    events: pl.DataFrame,
    names: Sequence[str] | None = None,
) -> alt.LayerChart:
    """Monthly values with their usual range, their target and the events that fell among them.

    `rows` as `dashboard.series.monthly` gives them, `events` as `marked_events` does; `names`
    are what the periods are called where they are no months.
    """
    low, high = _span(rows, axis)
    x = _periods(rows, names or [short_month(start) for start in rows["period_start"]])
    rows, events = _timed(rows, "period_start"), _timed(events, "month")
    y = alt.Y("value:Q", **_measured(axis, low, high))
    months_shown = alt.Chart(rows).encode(x=x)
    layers: list[alt.Chart] = [
        months_shown.mark_area(color=ink.band, opacity=1, clip=True).encode(
            y=alt.Y("lower:Q", title=None), y2="upper:Q"
        ),
        months_shown.mark_line(color=ink.usual, strokeWidth=1, clip=True).encode(
            y=alt.Y("centre:Q", title=None)
        ),
    ]
    if axis.target is not None:
        layers.append(_target_line(axis.target, ink))
    layers += _event_lines(events, ink)
    layers += [
        months_shown.mark_line(color=ink.usual, strokeWidth=1.5).encode(y=y),
        months_shown.mark_point(filled=True, size=64, opacity=1).encode(
            y=y,
            shape=_shape(),
            color=_colour(ink),
            tooltip=_tooltip(rows, axis),
        ),
    ]
    layers += _end_labels(rows, axis, ink, span=high - low)
    return _finished(layers, ink, height=280)


def units(rows: pl.DataFrame, *, axis: Axis, ink: Palette) -> alt.LayerChart:
    """Units as dots over the range that chance alone would give a unit of that size.

    `rows` as `dashboard.series.by_unit` gives them.
    """
    known = rows.filter(pl.col("value").is_not_null())
    shown = known.with_columns(
        pl.Series("words", [axis.words(value) for value in known["value"]], dtype=pl.String)
    )
    names = alt.Axis(labelLimit=170, labelOverlap=False, ticks=False, domain=False, grid=False)
    y = alt.Y("title:N", sort=list(shown["title"]), title=None, axis=names)
    x = alt.X("value:Q", **_measured(axis, *_span(shown, axis)))
    each = alt.Chart(shown).encode(y=y)
    layers: list[alt.Chart] = [
        each.mark_bar(color=ink.band, height=16, clip=True).encode(
            x=alt.X("lower:Q", title=None), x2="upper:Q"
        ),
        each.mark_tick(color=ink.usual, thickness=1.5, height=16, clip=True).encode(
            x=alt.X("centre:Q", title=None)
        ),
        each.mark_point(filled=True, size=90, opacity=1).encode(
            x=x, shape=_shape(), color=_colour(ink), tooltip=_tooltip(rows, axis, of="title")
        ),
        *(
            each.mark_text(align="left", dx=9, fontSize=14, fontWeight=600, **drawn).encode(
                x=x, text="words:N"
            )
            # A halo first, so that no line crosses the number.
            for drawn in ({"stroke": ink.ground, "strokeWidth": 4}, {"color": ink.text})
        ),
    ]
    if axis.target is not None:
        layers.append(_upright_target(axis.target, ink))
    return _finished(layers, ink, height=alt.Step(30))


def _measured(axis: Axis, low: float, high: float) -> dict[str, Any]:
    """How the axis that carries the numbers is drawn, whichever way it lies."""
    return {
        "title": None,
        "scale": alt.Scale(domain=[low, high], zero=False, nice=False, clamp=True),
        "axis": alt.Axis(format=axis.format, tickCount=5),
    }


def _upright_target(target: float, ink: Palette) -> alt.Chart:
    mark = alt.Chart(pl.DataFrame({"target": [target]}))
    chart: alt.Chart = mark.mark_rule(
        color=ink.text, strokeDash=[5, 4], strokeWidth=1.5
    ).encode(x=alt.X("target:Q", title=None))
    return chart


def describe_months(
    rows: pl.DataFrame, *, axis: Axis, names: Sequence[str] | None = None
) -> str:
    """Say in words what the months show, for a reader who cannot see the chart."""
    names = names or [month_text(start) for start in rows["period_start"]]
    called = pl.Series("called", names, dtype=pl.String)
    known = rows.with_columns(called).filter(pl.col("value").is_not_null())
    if known.is_empty():
        return f"{axis.title}: nothing has been published."
    first, last = known.row(0, named=True), known.row(-1, named=True)
    said = [
        f"{axis.title}, from {first['called']} to {last['called']}.",
        f"The last value is {axis.words(last['value'])}.",
    ]
    if axis.target is not None:
        said.append(f"The target is {axis.goal()}.")
    for signal in ("worse", "better", "higher", "lower"):
        unusual = known.filter(pl.col("signal") == signal)["called"].to_list()
        if unusual:
            said.append(f"{signal.capitalize()} than usual: {listed(unusual)}.")
    return " ".join(said)


def describe_units(rows: pl.DataFrame, *, axis: Axis) -> str:
    """Say in words how the units compare, for a reader who cannot see the chart."""
    known = rows.filter(pl.col("value").is_not_null())
    if known.is_empty():
        return f"{axis.title}: nothing has been published."
    named = "; ".join(
        f"{row['title']} {axis.words(row['value'])}"
        + (f", {row['signal']} than chance explains" if row["signal"] != "usual" else "")
        for row in known.iter_rows(named=True)
    )
    return f"{axis.title} by unit. {named}."


def _span(rows: pl.DataFrame, axis: Axis) -> tuple[float, float]:
    columns = ("value", "lower", "upper")
    held: list[float] = [
        float(value) for name in columns for value in rows[name].drop_nulls().to_list()
    ]
    if axis.target is not None:
        held.append(axis.target)
    if not held:
        return 0.0, 1.0
    low, high = min(held), max(held)
    room = (high - low) * 0.08 or 0.05 * (abs(high) or 1.0)
    low, high = max(low - room, 0.0), high + room
    if not axis.share:
        return low, high
    # A share that moves by a point must not look like a fall: the axis spans ten at least.
    spare = max(0.0, _LEAST_SPAN - (high - low)) / 2
    low, high = low - spare, high + spare
    low -= max(0.0, high - 1.0) if spare else 0.0
    high -= min(0.0, low) if spare else 0.0
    return max(low, 0.0), min(high, 1.0)


def _periods(rows: pl.DataFrame, names: Sequence[str]) -> alt.X:
    """The axis of periods by their names: no format of dates knows of fiscal quarters."""
    places = _timed(rows, "period_start")["period_start"]
    called = json.dumps(dict(zip(map(str, places), names, strict=True)))
    return alt.X(
        "period_start:T",
        title=None,
        scale=alt.Scale(type="utc"),
        axis=alt.Axis(
            labelExpr=f"{called}[toString(time(datum.value))]", values=_ticks(rows), grid=False
        ),
    )


def _ticks(rows: pl.DataFrame) -> list[alt.DateTime]:
    """Few enough dates that their labels do not touch, ending with the last one."""
    starts = [date.fromisoformat(str(day)) for day in rows["period_start"]]
    step = max(1, -(-len(starts) // 4))
    return [
        alt.DateTime(year=day.year, month=day.month, date=day.day, utc=True)
        for day in starts[::-1][::step]
    ]


def _target_line(target: float, ink: Palette) -> alt.Chart:
    line: alt.Chart = (
        alt.Chart(pl.DataFrame({"target": [target]}))
        .mark_rule(color=ink.text, strokeDash=[5, 4], strokeWidth=1.5)
        .encode(y=alt.Y("target:Q", title=None))
    )
    return line


def _event_lines(events: pl.DataFrame, ink: Palette) -> Sequence[alt.Chart]:
    if events.is_empty():
        return ()
    marked = events.group_by("month", maintain_order=True).agg(pl.col("letter").str.join(", "))
    base = alt.Chart(marked).encode(x=alt.X("month:T", title=None))
    return (
        base.mark_rule(color=ink.secondary, strokeDash=[2, 3]),
        base.mark_text(
            baseline="bottom", fontSize=14, fontWeight=700, color=ink.secondary
        ).encode(y=alt.value(-3), text="letter:N"),
    )


def _end_labels(
    rows: pl.DataFrame, axis: Axis, ink: Palette, *, span: float
) -> Sequence[alt.Chart]:
    known = rows.filter(pl.col("value").is_not_null())
    if known.is_empty():
        return ()
    month, last = int(known["period_start"][-1]), float(known["value"][-1])
    if axis.target is None:
        return (_label(month, last, axis.words(last), ink, weight=700),)
    # Where the two labels would overlap, the higher one moves up and the lower one down.
    shift = 9 if abs(last - axis.target) < _NEAR * span else 0
    up = -shift if last >= axis.target else shift
    return (
        _label(month, last, axis.words(last), ink, weight=700, shift=up),
        _label(
            int(rows["period_start"][-1]),
            axis.target,
            f"Target {axis.goal()}",
            ink,
            weight=400,
            shift=-up,
        ),
    )


def _label(
    month: int,
    value: float,
    words: str,
    ink: Palette,
    *,
    weight: Literal[400, 700],
    shift: int = 0,
) -> alt.Chart:
    spot = pl.DataFrame({"period_start": [month], "value": [value], "words": [words]})
    label: alt.Chart = (
        alt.Chart(spot)
        .mark_text(
            align="left", dx=10, dy=shift, fontSize=14, fontWeight=weight, color=ink.text
        )
        .encode(
            x=alt.X("period_start:T", title=None),
            y=alt.Y("value:Q", title=None),
            text="words:N",
        )
    )
    return label


def _shape() -> alt.Shape:
    return alt.Shape(
        "signal:N",
        legend=None,
        scale=alt.Scale(domain=list(_SHAPES), range=list(_SHAPES.values())),
    )


def _colour(ink: Palette) -> alt.Color:
    colours = [ink.usual, ink.better, ink.concern, ink.text, ink.text]
    return alt.Color(
        "signal:N", legend=None, scale=alt.Scale(domain=list(_SHAPES), range=colours)
    )


def _tooltip(rows: pl.DataFrame, axis: Axis, of: str = "period_start") -> list[alt.Tooltip]:
    first = (
        alt.Tooltip("title:N", title="Level")
        if of == "title"
        else alt.Tooltip(
            "period_start:T", title="From", format="%B %Y", timeUnit="utcyearmonth"
        )
    )
    tips = [first, alt.Tooltip("value:Q", title=axis.title, format=axis.format)]
    if rows["numerator"].drop_nulls().len():
        tips.append(alt.Tooltip("numerator:Q", title="Number", format=","))
        tips.append(alt.Tooltip("denominator:Q", title="Out of", format=",.4~g"))
    return tips


def _timed(rows: pl.DataFrame, column: str) -> pl.DataFrame:
    # Milliseconds at midnight UTC: a date as text would be read in the reader's own zone.
    return rows.with_columns(pl.col(column).cast(pl.Datetime("ms")).cast(pl.Int64))


def _finished(
    layers: Sequence[alt.Chart], ink: Palette, *, height: int | alt.Step
) -> alt.LayerChart:
    chart: alt.LayerChart = (
        alt.LayerChart(layer=list(layers))
        .properties(height=height, background="transparent", padding=_PADDING)
        .configure(font=FONT)
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=ink.secondary,
            labelFontSize=14,
            labelFontWeight="normal",
            gridColor=ink.line,
            domainColor=ink.line,
            tickColor=ink.line,
            labelOverlap=True,
        )
    )
    return chart
