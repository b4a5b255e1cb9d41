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
_KINDS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def uncalculated_rows(data: bytes, sheet: str) -> list[int]:
    """Rows of `sheet`, from 1, with a formula that has no value, of the .xlsx file `data`."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        part = _part(archive, sheet)
        if part is None:
            return []
        xml = archive.read(part)
    # A text that a formula has found to be blank is written with its kind.
    return sorted(
        {
            _row_at(xml, cell.start())
            for cell in _FORMULA.finditer(xml)
            if cell["value"] is None or b't="str"' not in cell["told"]
        }
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


def _row_at(xml: bytes, place: int) -> int:
    number = 0
    for row in _ROW.finditer(xml, 0, place):
        # A row that does not tell its number follows the one before it.
        number = int(row[1]) if row[1] else number + 1
    return number
