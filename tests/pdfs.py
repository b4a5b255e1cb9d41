"""What a PDF says, to the eye and to who hears it read aloud; and other packed reports."""

import io
import re
from collections.abc import Iterator
from typing import Any
from zipfile import ZipFile

from pypdf import PdfReader


def pages(data: bytes) -> list[str]:
    """The words of each page, as they are printed."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(data)).pages]


def words(data: bytes) -> str:
    """The words of all pages, with single spaces wherever lines end."""
    return re.sub(r"\s+", " ", " ".join(pages(data)))


def elements(data: bytes) -> list[dict[str, Any]]:
    """What the document is tagged as, in reading order."""
    root = PdfReader(io.BytesIO(data)).root_object["/StructTreeRoot"]
    return list(_within(root["/K"]))


def _within(node: Any) -> Iterator[dict[str, Any]]:
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        for each in node:
            yield from _within(each)
    elif isinstance(node, dict):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from _within(node["/K"])


def everything(data: bytes) -> str:
    """All that can be read in a PDF: pages, descriptions, outline, facts about the file."""
    reader = PdfReader(io.BytesIO(data))
    told = [words(data), str(reader.metadata), repr(reader.outline)]
    told += [str(each[key]) for each in elements(data) for key in ("/Alt", "/T") if key in each]
    told.append(reader.root_object["/Metadata"].get_object().get_data().decode())
    return "\n".join(told)


def unpacked(name: str, content: bytes) -> str:
    """What a report of any form says, which some keep packed."""
    if name.endswith(".pdf"):
        return everything(content)
    if name.endswith(".xlsx"):
        with ZipFile(io.BytesIO(content)) as packed:
            return "\n".join(packed.read(each).decode() for each in packed.namelist())
    return content.decode("utf-8")
