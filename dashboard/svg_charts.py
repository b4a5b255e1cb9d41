"""Control charts drawn by hand as inline SVG, for documents that load nothing.

Colours are CSS variables of `style`, so a chart follows the page's theme and prints light.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

import polars as pl

from dashboard import series
from dashboard.figure import Signal, Standing, base_of, history, months_after
from dashboard.markup import Column, plain, spark_words, table
from dashboard.phrases import (
    between,
    day_text,
    half_up,
    is_unexplained,
    month_text,
    outside_words,
    share,
    short_month,
    signal_word,
    target,
    unit_of,
    value_text,
)
from dashboard.sparklines import mark
from dashboard.untold import untold_months
from metrics.release import Release

TOP, BOTTOM, LEFT = 22, 30, 52
STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25)
ROOMY = 400
LETTERS = "ABCDEFGHIJ"
TOO_FEW_MONTHS = '<p class="ca-note">Too few months for a chart.</p>'

CHART_STYLE = """
.ca-chart{display:block;max-width:100%;height:auto;margin:0 0 4px;font-size:14px;
 font-variant-numeric:tabular-nums;overflow:visible}
.ca-chart text{fill:var(--ca-secondary)}
.ca-chart .ca-strong{fill:var(--ca-text);font-weight:700}
.ca-chart .ca-last{font-size:17px}
.ca-chart .ca-grid{stroke:var(--ca-line);stroke-width:1}
.ca-chart .ca-band{fill:var(--ca-band)}
.ca-chart .ca-centre{stroke:var(--ca-usual);stroke-width:1;fill:none}
.ca-chart .ca-target{stroke:var(--ca-text);stroke-width:1.6;stroke-dasharray:6 4;fill:none}
.ca-chart .ca-line{stroke:var(--ca-usual);stroke-width:1.6;fill:none;stroke-linejoin:round}
.ca-chart .ca-event{stroke:var(--ca-text);stroke-width:1;stroke-dasharray:2 3}
.ca-note.ca-key{margin:0 0 8px}
.ca-narrow{display:none}
@media (max-width:480px){.ca-wide{display:none}.ca-narrow{display:block}}
@media print{.ca-wide{display:block}.ca-narrow{display:none}}
"""


@dataclass(frozen=True, slots=True)
class Size:
    """How large a drawing is, with the room right of its plot, and the class it has."""

    width: int
    height: int
    right: int
    name: str


ON_SCREEN = (Size(700, 280, 112, "ca-wide"), Size(350, 240, 60, "ca-narrow"))
ON_PAPER = (Size(760, 216, 122, "ca-paper"),)


@dataclass(frozen=True, slots=True)
class Frame:
    """Where months and values stand on the drawing."""

    width: int
    height: int
    right: int
    start: date
    low: float
    high: float

    def x(self, month: date) -> float:
        """Where a month stands."""
        index = (month.year - self.start.year) * 12 + month.month - self.start.month
        return LEFT + (index + 0.5) * (self.width - LEFT - self.right) / 24

    def y(self, value: float) -> float:
        """Height of a value."""
        return TOP + (self.high - value) / (self.high - self.low) * (self.height - TOP - BOTTOM)

    @property
    def end(self) -> float:
        """The right edge of the plot."""
        return self.width - self.right


@dataclass(frozen=True, slots=True)
class Event:
    """A dated event that may explain a change, entered by a named owner."""

    happened_on: date
    text: str
    owner: str
    where: str


def control_chart(
    release: Release, row: Standing, quarter: date, *, sizes: Sequence[Size] = ON_SCREEN
) -> str:
    """A share by month with its usual range, target and events, and the numbers beneath."""
    points = history(release, row.figure, quarter)
    if len(points) < 2:
        return TOO_FEW_MONTHS
    events = events_of(release, row, quarter)
    start = months_after(quarter, -21)
    low, high, _ = scale(points, row.target)
    words = f"{row.title}, by month. {spark_words(points, row.figure, row.target)}"
    drawings = key(row)
    for size in sizes:
        frame = Frame(size.width, size.height, size.right, start, low, high)
        drawings += drawing(frame, points, events, row, words=words, name=size.name)
    months = series.monthly(release, subject_of(row), until=months_after(quarter, 3))
    untold = untold_months(months)
    said = f'<p class="ca-note">{escape(untold)}</p>' if untold else ""
    return drawings + event_list(events) + said + month_table(points, row, base_of(release))


def subject_of(row: Standing) -> series.Subject:
    """What the chart of a commitment is about."""
    figure = row.figure
    names = (figure.metric, figure.measure, figure.part, figure.breakdown, figure.level)
    return series.Subject(*names)


def key(row: Standing) -> str:
    """What the lines and shapes mean, above the chart."""
    return (
        '<p class="ca-note ca-key">Band: the usual month-to-month range. Thin line: the usual'
        f" level. Dashed line: the target of {target(row.target)}. ■ worse than usual,"
        " ▲ better than usual, ● usual variation.</p>"
    )


def scale(points: Sequence[Signal], goal: float) -> tuple[float, float, float]:
    """Lowest and highest value of the axis and the step between its lines."""
    numbers = [n for p in points for n in (p.value, p.lower, p.upper) if n is not None]
    low, high = max(0.0, min([*numbers, goal])), min(1.0, max([*numbers, goal]))
    step = next((s for s in STEPS if high - low <= 5 * s), 0.25)
    bottom = max(0.0, step * int(low / step + 1e-9))
    top = min(1.0, step * -int(-(high / step) // 1)) if high > bottom else bottom + step
    return bottom, max(top, bottom + step), step


def drawing(
    frame: Frame,
    points: Sequence[Signal],
    events: Sequence[Event],
    row: Standing,
    *,
    words: str,
    name: str,
) -> str:
    """The chart at one width."""
    label = escape(words, quote=True)
    body = [
        axes(frame, points, row.target),
        limits(frame, points),
        event_lines(frame, events),
        target_line(frame, row.target, points[-1].value),
        line(frame, points),
        marks(frame, points, unit_of(row.figure), row.target),
    ]
    return (
        f'<svg class="ca-chart {name}" role="img" aria-label="{label}" width="{frame.width}"'
        f' height="{frame.height}" viewBox="0 0 {frame.width} {frame.height}">'
        f"<title>{escape(words)}</title>{''.join(body)}</svg>"
    )


def axes(frame: Frame, points: Sequence[Signal], goal: float) -> str:
    """Horizontal lines with their values, and the names of some months."""
    _, _, step = scale(points, goal)
    count = round((frame.high - frame.low) / step)
    parts = []
    for value in (frame.low + step * i for i in range(count + 1)):
        y = frame.y(value)
        parts.append(f'<path class="ca-grid" d="M{LEFT} {y:.1f}H{frame.end}"/>')
        parts.append(
            f'<text x="{LEFT - 8}" y="{y + 5:.1f}" text-anchor="end">{share(value)}</text>'
        )
    named = {1, 7} if frame.width > ROOMY else {1}
    for month in (months_after(frame.start, i) for i in range(24)):
        if month.month in named:
            x, y = frame.x(month), frame.height - BOTTOM
            parts.append(f'<path class="ca-grid" d="M{x:.1f} {y}v5"/>')
            parts.append(
                f'<text x="{x:.1f}" y="{y + 21}" text-anchor="middle">'
                f"{short_month(month)}</text>"
            )
    return "".join(parts)


def limits(frame: Frame, points: Sequence[Signal]) -> str:
    """The usual range as a band, and the usual level as a thin line."""
    known = [p for p in points if p.lower is not None and p.upper is not None]
    if len(known) < 2:
        return ""
    floor, roof = frame.low, frame.high
    upper = [(frame.x(p.period_start), frame.y(min(roof, p.upper or 0))) for p in known]
    lower = [(frame.x(p.period_start), frame.y(max(floor, p.lower or 0))) for p in known]
    corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in upper + lower[::-1])
    centre = [(frame.x(p.period_start), frame.y(p.centre)) for p in known if p.centre]
    middle = " ".join(f"{x:.1f},{y:.1f}" for x, y in centre)
    return (
        f'<polygon class="ca-band" points="{corners}"/>'
        f'<polyline class="ca-centre" points="{middle}"/>'
    )


def target_line(frame: Frame, goal: float, last: float) -> str:
    """The target, dashed; named at the right where there is room, else in the key."""
    y = frame.y(goal)
    drawn = f'<path class="ca-target" d="M{LEFT} {y:.1f}H{frame.end}"/>'
    if frame.width < ROOMY:
        return drawn
    y += 5 - apart(frame, goal, last)
    words = f"Target {target(goal)}"
    return f'{drawn}<text class="ca-strong" x="{frame.end + 8}" y="{y:.1f}">{words}</text>'


def apart(frame: Frame, goal: float, last: float) -> float:
    """How far two names at the right must move apart, the last value's up or down."""
    gap = frame.y(last) - frame.y(goal)
    if abs(gap) > 18:
        return 0.0
    return (18 - abs(gap)) / 2 * (1 if gap > 0 else -1)


def line(frame: Frame, points: Sequence[Signal]) -> str:
    """The months joined, broken where one is missing."""
    steps, before = [], None
    for point in points:
        joined = before is not None and months_after(before, 1) == point.period_start
        at = f"{frame.x(point.period_start):.1f} {frame.y(point.value):.1f}"
        steps.append(f"{'L' if joined else 'M'}{at}")
        before = point.period_start
    return f'<path class="ca-line" d="{"".join(steps)}"/>'


def marks(frame: Frame, points: Sequence[Signal], unit: str, goal: float) -> str:
    """Each month in the shape and colour of its signal, the last with its value."""
    colours = {"worse": "var(--ca-concern)", "better": "var(--ca-better)"}
    drawn = "".join(
        mark(
            point.signal,
            frame.x(point.period_start),
            frame.y(point.value),
            fill=colours.get(point.signal, "var(--ca-usual)"),
            size=4.2,
        )
        for point in points
    )
    last = points[-1]
    y = frame.y(last.value) + 6 + apart(frame, goal, last.value)
    words = value_text(last.value, unit, base=last.base)
    at = f'x="{frame.end + 8}" y="{y:.1f}"'
    return f'{drawn}<text class="ca-strong ca-last" {at}>{words}</text>'


def event_lines(frame: Frame, events: Sequence[Event]) -> str:
    """Dotted lines with the letters under which the events are listed."""
    parts = []
    for letter, event in zip(LETTERS, events, strict=False):
        x = frame.x(event.happened_on)
        bottom = frame.height - BOTTOM
        parts.append(f'<path class="ca-event" d="M{x:.1f} {TOP - 4}V{bottom}"/>')
        parts.append(
            f'<text class="ca-strong" x="{x:.1f}" y="{TOP - 8}" text-anchor="middle">'
            f"{letter}</text>"
        )
    return "".join(parts)


def events_of(release: Release, row: Standing, quarter: date) -> list[Event]:
    """Events of the 24 months that bear on a commitment and level, at most ten."""
    figure = row.figure
    known = release.table("annotations").filter(
        (pl.col("happened_on") >= months_after(quarter, -21))
        & (pl.col("happened_on") < months_after(quarter, 3))
    )
    chosen = []
    for found in known.sort("happened_on").iter_rows(named=True):
        part, level = found["part"] or "", found["level"] or ""
        about_this = part in {"", figure.part, row.commitment}
        if about_this and (figure.level == "all" or level in {"", figure.level}):
            where = release.title_of("unit", level) if level else ""
            chosen.append(
                Event(found["happened_on"], found["text"], found["owner"] or "", where)
            )
    return chosen[: len(LETTERS)]


def event_list(events: Sequence[Event]) -> str:
    """The events in words."""
    if not events:
        return ""
    items = "".join(
        f"<li><strong>{letter}</strong> {escape(event_text(event))}</li>"
        for letter, event in zip(LETTERS, events, strict=False)
    )
    return f'<ul class="ca-events">{items}</ul>'


def event_text(event: Event) -> str:
    """Say '6 July 2026: Three posts vacant (Field operations, entered by the lead)'."""
    notes = [event.where] if event.where else []
    notes += [f"entered by {event.owner}"] if event.owner else []
    end = f" ({', '.join(notes)})" if notes else ""
    return f"{day_text(event.happened_on)}: {event.text}{end}"


def compared(point: Signal, base: int) -> str:
    """How a month stands to its usual range, and why nothing is made of one outside it."""
    if is_unexplained(point.signal, point.value, (point.lower, point.upper)):
        return outside_words(base)
    return signal_word(point.signal) or "not compared"


def month_table(points: Sequence[Signal], row: Standing, base: int) -> str:
    """The numbers of the chart, for those who cannot or would rather not see it."""
    unit = unit_of(row.figure)
    columns = [
        Column("Month"),
        Column("Value", "number"),
        Column("Usual range", "number"),
        Column("Compared with the past"),
    ]
    rows = [
        [
            plain(month_text(p.period_start)),
            plain(value_text(p.value, unit, base=base)),
            plain(range_text(p, unit)),
            plain(compared(p, base)),
        ]
        for p in points
    ]
    inner = table(f"{row.title}, by month", columns, rows)
    return (
        f'<details class="ca-details ca-months"><summary>The numbers of this chart</summary>'
        f"{inner}</details>"
    )


def range_text(point: Signal, unit: str) -> str:
    """The usual range of a month."""
    if point.lower is None or point.upper is None:
        return "–"
    low, high = max(0.0, point.lower), point.upper
    if unit == "share":
        high = min(1.0, half_up(high, 6))
    return between(low, high, unit)
