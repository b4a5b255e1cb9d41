"""Twenty-four months in the height of a line of text, as images that carry their own data.

An image, because a page that cleans its HTML drops inline SVG. One for each theme, because
an image cannot see the page's colours; the style sheet shows the one that fits.
"""

from collections.abc import Sequence
from datetime import date
from urllib.parse import quote

from dashboard.figure import Signal, months_after
from dashboard.palette import PALETTES, Palette, Theme, colour_of

WIDTH, HEIGHT, PAD = 132, 32, 5
MONTHS_SHOWN = 24

Point = tuple[float, float]


def sparkline(
    points: Sequence[Signal], *, until: date, theme: Theme, target: float | None = None
) -> str:
    """Draw the months before `until`: usual range, dashed target, last point marked."""
    return f"data:image/svg+xml,{quote(svg(points, until, PALETTES[theme], target))}"


def svg(points: Sequence[Signal], until: date, palette: Palette, target: float | None) -> str:
    """The drawing itself."""
    start = months_after(until, -MONTHS_SHOWN)
    low, high = extent(points, target)
    placed = [(x_of(p.period_start, start), y_of(p.value, low, high)) for p in points]
    body = [band(points, start, low, high, palette)]
    if target is not None:
        y = y_of(target, low, high)
        body.append(
            f'<path d="M{PAD} {y:.1f}H{WIDTH - PAD}" stroke="{palette.text}"'
            ' stroke-width="1" stroke-dasharray="3 2.5"/>'
        )
    body.append(
        f'<path d="{path(points, placed)}" fill="none" stroke="{palette.usual}"'
        ' stroke-width="1.4" stroke-linejoin="round"/>'
    )
    body += [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="1.9" fill="{colour_of(p.signal, palette)}"/>'
        for p, (x, y) in zip(points[:-1], placed[:-1], strict=True)
        if p.signal in {"better", "worse"}
    ]
    if placed:
        x, y = placed[-1]
        colour = colour_of(points[-1].signal, palette)
        body.append(mark(points[-1].signal, x, y, fill=colour))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}"'
        f' viewBox="0 0 {WIDTH} {HEIGHT}">{"".join(body)}</svg>'
    )


def mark(signal: str, x: float, y: float, *, fill: str, size: float = 3.6) -> str:
    """A point whose shape says its signal: square worse, triangle better, else a disc."""
    if signal == "worse":
        side = 2 * size
        return (
            f'<rect x="{x - size:.1f}" y="{y - size:.1f}" width="{side:.1f}"'
            f' height="{side:.1f}" fill="{fill}"/>'
        )
    corners = {
        "better": [(0.0, -1.25), (1.15, 0.85), (-1.15, 0.85)],
        "higher": [(0.0, -1.3), (1.3, 0.0), (0.0, 1.3), (-1.3, 0.0)],
        "lower": [(0.0, -1.3), (1.3, 0.0), (0.0, 1.3), (-1.3, 0.0)],
    }.get(signal)
    if corners is None:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}" fill="{fill}"/>'
    at = " ".join(f"{x + size * a:.1f},{y + size * b:.1f}" for a, b in corners)
    return f'<polygon points="{at}" fill="{fill}"/>'


def extent(points: Sequence[Signal], target: float | None) -> tuple[float, float]:
    """The lowest and the highest number the drawing has to hold."""
    numbers = [n for p in points for n in (p.value, p.lower, p.upper) if n is not None] + (
        [] if target is None else [target]
    )
    low, high = min(numbers, default=0.0), max(numbers, default=1.0)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def x_of(month: date, start: date) -> float:
    """Where a month stands, whether or not the months before it have a value."""
    index = (month.year - start.year) * 12 + month.month - start.month
    return PAD + index * (WIDTH - 2 * PAD) / (MONTHS_SHOWN - 1)


def y_of(value: float, low: float, high: float) -> float:
    """Height of a value, high values up."""
    return PAD + (high - value) / (high - low) * (HEIGHT - 2 * PAD)


def path(points: Sequence[Signal], placed: Sequence[Point]) -> str:
    """A line through the points that is broken where a month is missing."""
    steps = []
    before: date | None = None
    for point, (x, y) in zip(points, placed, strict=True):
        joined = before is not None and months_after(before, 1) == point.period_start
        steps.append(f"{'L' if joined else 'M'}{x:.1f} {y:.1f}")
        before = point.period_start
    return "".join(steps)


def band(
    points: Sequence[Signal], start: date, low: float, high: float, palette: Palette
) -> str:
    """The range in which a month would be usual."""
    known = [p for p in points if p.lower is not None and p.upper is not None]
    if len(known) < 2:
        return ""
    upper = [(x_of(p.period_start, start), y_of(p.upper or 0, low, high)) for p in known]
    lower = [(x_of(p.period_start, start), y_of(p.lower or 0, low, high)) for p in known]
    corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in upper + lower[::-1])
    return f'<polygon points="{corners}" fill="{palette.band}"/>'
