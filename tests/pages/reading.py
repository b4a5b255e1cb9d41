"""What a reader of a page sees, taken out of the elements that Streamlit would draw."""

import html
import io
import re
from typing import Any

import polars as pl
from streamlit.testing.v1 import AppTest


def words(test: AppTest) -> str:
    """All text of a page, in order, without its style sheets and tags."""
    parts = []
    for element in test.main:
        body = getattr(element, "value", None)
        if element.type == "html":
            body = element.proto.body
        if isinstance(body, str):
            parts.append(body)
    text = re.sub(r"<style>.*?</style>", " ", " ".join(parts), flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def charts(test: AppTest) -> list[Any]:
    """The charts of a page, as sent to the browser."""
    return [chart.proto for chart in test.get("vega_lite_chart")]


def numbers_of(chart: Any) -> list[pl.DataFrame]:
    """Every table of numbers that a chart carries to the browser."""
    payloads = [dataset.data.data for dataset in chart.datasets]
    if chart.HasField("data"):
        payloads.append(chart.data.data)
    return [pl.read_ipc_stream(io.BytesIO(data)) for data in payloads if data]
