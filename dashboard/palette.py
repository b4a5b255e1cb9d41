"""The colours of pages, charts and reports, for a light and a dark ground.

A colour never speaks alone: each signal and verdict has a shape or a symbol too.
"""

from dataclasses import dataclass, fields
from typing import Literal

Theme = Literal["light", "dark"]


@dataclass(frozen=True, slots=True)
class Palette:
    """Every colour in use, named for what it says."""

    ground: str
    panel: str
    line: str
    band: str
    text: str
    secondary: str
    accent: str
    concern: str
    concern_text: str
    concern_panel: str
    better: str
    better_text: str
    better_panel: str
    usual: str
    caution: str
    caution_panel: str
    withheld: str
    withheld_panel: str
    withheld_hatch: str


LIGHT = Palette(
    ground="#FFFFFF",
    panel="#F5F7FA",
    line="#D5DAE1",
    band="#EDF0F5",
    text="#0F1419",
    secondary="#4B5563",
    accent="#12436D",
    concern="#C2510B",
    concern_text="#8A3606",
    concern_panel="#FDF0E7",
    better="#1D6FB8",
    better_text="#0B4A80",
    better_panel="#E8F1FA",
    usual="#6B7280",
    caution="#5B4A00",
    caution_panel="#FFF7D6",
    withheld="#4A4A4A",
    withheld_panel="#F1F2F4",
    withheld_hatch="#E4E7EB",
)
DARK = Palette(
    ground="#14181F",
    panel="#1C222B",
    line="#3A424E",
    band="#1F2733",
    text="#E8EAED",
    secondary="#B4BBC6",
    accent="#8EC5F5",
    concern="#F59A55",
    concern_text="#FFC79A",
    concern_panel="#3A2413",
    better="#6BB3F0",
    better_text="#A9D3F9",
    better_panel="#122C44",
    usual="#9CA3AF",
    caution="#F2DE8B",
    caution_panel="#352E0C",
    withheld="#C7CCD4",
    withheld_panel="#262C36",
    withheld_hatch="#313845",
)
PALETTES: dict[Theme, Palette] = {"light": LIGHT, "dark": DARK}

# Which colour marks a signal; a measure that is neither good nor bad stays grey.
SIGNAL_COLOURS = {"worse": "concern", "better": "better"}


def colour_of(signal: str, palette: Palette) -> str:
    """The colour of the mark of a signal."""
    return str(getattr(palette, SIGNAL_COLOURS.get(signal, "usual")))


def variables(palette: Palette) -> str:
    """The palette as declarations of CSS variables, `--ca-concern-text` and so on."""
    return "".join(
        f"--ca-{field.name.replace('_', '-')}:{getattr(palette, field.name)};"
        for field in fields(palette)
    )


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance of a colour written #RRGGBB (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
