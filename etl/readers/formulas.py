"""Formulas of an .xlsx sheet that nobody has calculated: a reader would take them for blank."""

import io
import re
import zipfile
from posixpath import join, normpath

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

# A program that writes formulas without calculating them leaves their value out.
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\b(?P<told>[^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?P<value><(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*?(?:\sr=\"(\d+)\"[^>]*)?>")
_PLACE = re.compile(rb"\sr=\"([A-Z]{1,3})\d+\"")
_KINDS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def uncalculated_cells(data: bytes, sheet: str) -> list[tuple[int, int | None]]:
    """Row, from 1, and column, from 0, of formulas without a value, of the .xlsx file `data`.

    Where a cell does not tell its column, that is None.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        part = _part(archive, sheet)
        if part is None:
            return []
        xml = archive.read(part)
    # A text that a formula has found to be blank is written with its kind.
    cells = [
        cell
        for cell in _FORMULA.finditer(xml)
        if cell["value"] is None or b't="str"' not in cell["told"]
    ]
    return list(
        zip(_rows_at(xml, [cell.start() for cell in cells]), map(_column, cells), strict=True)
    )


def _part(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """Name of the part of the archive that holds `sheet`."""
    try:
        book = fromstring(archive.read("xl/workbook.xml"), forbid_dtd=True)
        links = fromstring(archive.read("xl/_rels/workbook.xml.rels"), forbid_dtd=True)
    except (KeyError, ParseError, DefusedXmlException):
        return None
    sheets = book.findall(".//{*}sheet")
    ids = [told.get(_KINDS) for told in sheets if told.get("name") == sheet]
    targets = [link.get("Target") for link in links if link.get("Id") in ids]
    found = [normpath(join("/xl", target)).lstrip("/") for target in targets if target]
    return next((name for name in found if name in archive.namelist()), None)


def _rows_at(xml: bytes, places: list[int]) -> list[int]:
    """The row that each of these places, in their order, lies in."""
    found, number = [], 0
    rows = _ROW.finditer(xml)
    following = next(rows, None)
    for place in places:
        while following is not None and following.start() < place:
            # A row that does not tell its number follows the one before it.
            number = int(following[1]) if following[1] else number + 1
            following = next(rows, None)
        found.append(number)
    return found


def _column(cell: re.Match[bytes]) -> int | None:
    told = _PLACE.search(cell["told"])
    if told is None:
        return None
    number = 0
    for letter in told[1]:
        number = 26 * number + letter - ord("A") + 1
    return number - 1
