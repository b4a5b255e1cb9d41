from datetime import date
from urllib.parse import unquote
from xml.etree import ElementTree as Xml

import pytest

from dashboard.figure import Signal, months_after
from dashboard.palette import DARK, LIGHT
from dashboard.sparklines import HEIGHT, WIDTH, mark, sparkline

UNTIL = date(2026, 10, 1)
SVG = "{http://www.w3.org/2000/svg}"


def months(*values: float | None, signal: str = "usual") -> list[Signal]:
    """The months before UNTIL, the last with a signal; None is a month without a figure."""
    return [
        Signal(
            months_after(UNTIL, i - len(values)), "all", v, 0.8, 0.7, 0.9,
            signal if i == len(values) - 1 else "usual", "",
        )
        for i, v in enumerate(values)
        if v is not None
    ]  # fmt: skip


def drawn(points: list[Signal], **kwargs: object) -> Xml.Element:
    uri = sparkline(points, until=UNTIL, theme="light", **kwargs)  # type: ignore[arg-type]
    head, _, picture = uri.partition(",")
    assert head == "data:image/svg+xml"
    return Xml.fromstring(unquote(picture))  # noqa: S314


def test_a_sparkline_is_an_image_that_carries_its_own_data():
    picture = drawn(months(0.8, 0.7))
    assert picture.tag == f"{SVG}svg"
    assert picture.get("width") == str(WIDTH)


def test_the_uri_needs_no_escaping_inside_an_attribute():
    uri = sparkline(months(0.8, 0.7), until=UNTIL, theme="light", target=0.8)
    assert not set(uri) & set("\"'<> #&")


@pytest.mark.parametrize(
    ("signal", "shape"),
    [("worse", "rect"), ("better", "polygon"), ("higher", "polygon"), ("usual", "circle")],
)
def test_the_last_month_is_marked_by_the_shape_of_its_signal(signal: str, shape: str):
    last = list(drawn(months(0.8, 0.7, signal=signal)))[-1]
    assert last.tag == f"{SVG}{shape}"


@pytest.mark.parametrize(
    ("signal", "colour"),
    [("worse", LIGHT.concern), ("better", LIGHT.better), ("usual", LIGHT.usual)],
)
def test_the_last_month_has_the_colour_of_its_signal(signal: str, colour: str):
    assert list(drawn(months(0.8, 0.7, signal=signal)))[-1].get("fill") == colour


def test_the_dark_picture_has_the_dark_colours():
    uri = unquote(sparkline(months(0.8, 0.7, signal="worse"), until=UNTIL, theme="dark"))
    assert DARK.concern in uri
    assert LIGHT.concern not in uri


def test_the_target_is_dashed_and_absent_where_there_is_none():
    def dashed(picture: Xml.Element) -> int:
        return sum(part.get("stroke-dasharray") is not None for part in picture)

    assert dashed(drawn(months(0.8, 0.7), target=0.9)) == 1
    assert dashed(drawn(months(0.8, 0.7))) == 0


def test_the_line_breaks_where_a_month_is_missing():
    def strokes(picture: Xml.Element) -> int:
        return sum((p.get("d") or "").count("M") for p in picture if p.get("fill") == "none")

    assert strokes(drawn(months(0.8, 0.7, 0.8))) == 1
    assert strokes(drawn(months(0.8, None, 0.8))) == 2


def test_the_last_month_before_the_end_stands_at_the_right_edge():
    recent = list(drawn(months(0.8, 0.7)))[-1]
    assert float(recent.get("cx") or 0) == pytest.approx(WIDTH - 5)


def test_months_without_variation_and_without_limits_still_have_a_height():
    flat = [
        Signal(months_after(UNTIL, i), "all", 0.5, None, None, None, "", "") for i in (-2, -1)
    ]
    last = list(drawn(flat))[-1]
    assert float(last.get("cy") or 0) == pytest.approx(HEIGHT / 2)


def test_no_month_at_all_is_an_empty_picture():
    assert not [part for part in drawn([]) if part.tag == f"{SVG}circle"]


def test_a_square_stands_around_its_point():
    assert 'x="6.0" y="6.0" width="8.0"' in mark("worse", 10, 10, fill="red", size=4)
