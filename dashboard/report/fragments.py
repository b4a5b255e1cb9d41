"""Our own HTML fragments as plain data, so that other forms of report show the very same words.

A fragment is read into elements; a picture among them becomes one that stands by itself.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote

from dashboard.palette import LIGHT, Palette
from dashboard.svg_charts import CHART_STYLE

FAMILY = "Source Sans 3"
_VOID = {"img", "br"}
# What paper has no use for: a second drawing for phones or a dark ground, numbers folded away.
_DROPPED = {"ca-narrow", "ca-on-dark", "ca-label", "ca-details"}
_PICTURE = "data:image/svg+xml,"
_SPACES = re.compile(r"[ \t\r\n]+")
_VARIABLE = re.compile(r"var\(--ca-([a-z-]+)\)")
_CHART_RULES = re.compile(r"^\.ca-chart[^{]*\{[^}]*\}", re.MULTILINE | re.DOTALL)


@dataclass(slots=True)
class Element:
    """An element of a fragment: its tag, its classes and what is in it."""

    tag: str
    classes: tuple[str, ...] = ()
    inner: list["Element | str"] = field(default_factory=list)
    picture: str = ""
    alt: str = ""
    span: int = 1
    hidden: bool = False

    def told(self) -> dict[str, Any]:
        """The same as what JSON can hold."""
        held: dict[str, Any] = {"tag": self.tag, "classes": list(self.classes)}
        held["inner"] = told(self.inner)
        if self.tag == "img":
            held |= {"picture": self.picture, "alt": self.alt}
        held |= {"span": self.span} if self.span > 1 else {}
        return held | ({"hidden": True} if self.hidden else {})


def told(found: Sequence[Element | str]) -> list[dict[str, Any] | str]:
    """Elements as what JSON can hold."""
    return [each if isinstance(each, str) else each.told() for each in found]


def read(html: str) -> list[Element | str]:
    """The elements of a fragment that is to be printed, in order."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return [_without_dropped(e) for e in reader.root.inner if not _is_dropped(e)]


def coloured(svg: str, palette: Palette = LIGHT) -> str:
    """A drawing with the colours of a palette in place of the page's variables."""
    return _VARIABLE.sub(lambda m: str(getattr(palette, m[1].replace("-", "_"))), svg)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("body")
        self.open = [self.root]
        self.drawing: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        classes = tuple(given.get("class", "").split())
        if tag == "svg":
            self.drawing = []
            self._add(Element("img", classes, alt=given.get("aria-label", "")))
        if self.drawing is not None:
            self.drawing.append(self.get_starttag_text() or "")
            return
        made = Element(tag, classes, span=int(given.get("colspan", "1")))
        made.hidden = given.get("aria-hidden") == "true"
        if tag == "img":
            made.alt = given.get("alt", "")
            made.picture = unquote(given.get("src", "").removeprefix(_PICTURE))
        self._add(made)
        if tag not in _VOID:
            self.open.append(made)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.drawing is None:
            self.handle_starttag(tag, attrs)
        else:
            self.drawing.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if self.drawing is None:
            self.open.pop()
            return
        self.drawing.append(f"</{tag}>")
        if tag == "svg":
            drawn = self.open[-1].inner[-1]
            if isinstance(drawn, Element):
                drawn.picture = _alone("".join(self.drawing))
            self.drawing = None

    def handle_data(self, data: str) -> None:
        if self.drawing is not None:
            self.drawing.append(escape(data))
        elif words := _SPACES.sub(" ", data):
            self.open[-1].inner.append(words)

    def _add(self, made: Element) -> None:
        self.open[-1].inner.append(made)


def _is_dropped(found: Element | str) -> bool:
    return isinstance(found, Element) and bool(_DROPPED & set(found.classes))


def _without_dropped(found: Element | str) -> Element | str:
    if isinstance(found, Element):
        found.inner = [_without_dropped(e) for e in found.inner if not _is_dropped(e)]
    return found


def _alone(svg: str) -> str:
    """A chart of a page as a picture that needs neither its page nor its style sheet."""
    rules = "".join(_CHART_RULES.findall(CHART_STYLE))
    # Else a font that holds all weights is drawn in its thinnest (linebender/resvg#1099).
    weights = '.ca-chart text{font-variation-settings:"wght" 400}'
    weights += '.ca-chart .ca-strong{font-variation-settings:"wght" 700}'
    dress = f'<style>.ca-chart{{font-family:"{FAMILY}"}}{rules}{weights}</style>'
    named = svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return coloured(named.replace(">", f">{dress}", 1))
