"""The smallest XLSX file that spreadsheets open; nothing in it depends on the clock."""

import zipfile
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

WRITTEN_AT = (2026, 10, 1, 6, 0, 0)

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPES = "http://schemas.openxmlformats.org"
_PARTS = {
    "[Content_Types].xml": f"""<Types xmlns="{_TYPES}/package/2006/content-types">\
<Default Extension="rels" \
ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
<Default Extension="xml" ContentType="application/xml"/>\
<Override PartName="/xl/workbook.xml" ContentType=\
"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>\
<Override PartName="/xl/worksheets/sheet1.xml" ContentType=\
"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>\
<Override PartName="/docProps/core.xml" \
ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>\
</Types>""",
    "_rels/.rels": f"""<Relationships xmlns="{_TYPES}/package/2006/relationships">\
<Relationship Id="rId1" Target="xl/workbook.xml" \
Type="{_TYPES}/officeDocument/2006/relationships/officeDocument"/>\
<Relationship Id="rId2" Target="docProps/core.xml" \
Type="{_TYPES}/package/2006/relationships/metadata/core-properties"/>\
</Relationships>""",
    "docProps/core.xml": f"""<cp:coreProperties \
xmlns:cp="{_TYPES}/package/2006/metadata/core-properties" \
xmlns:dcterms="http://purl.org/dc/terms/" \
xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\
<dcterms:created xsi:type="dcterms:W3CDTF">2026-10-01T06:00:00Z</dcterms:created>\
<dcterms:modified xsi:type="dcterms:W3CDTF">2026-10-01T06:00:00Z</dcterms:modified>\
</cp:coreProperties>""",
    "xl/_rels/workbook.xml.rels": f"""<Relationships \
xmlns="{_TYPES}/package/2006/relationships">\
<Relationship Id="rId1" Target="worksheets/sheet1.xml" \
Type="{_TYPES}/officeDocument/2006/relationships/worksheet"/></Relationships>""",
}


def write_xlsx(path: Path, rows: Sequence[Sequence[str]], *, sheet: str) -> None:
    """Write `rows` as text cells of one sheet; the same rows always give the same file."""
    parts = {
        **_PARTS,
        "xl/workbook.xml": _workbook(sheet),
        "xl/worksheets/sheet1.xml": _sheet(rows),
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            entry = zipfile.ZipInfo(name, date_time=WRITTEN_AT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, _HEAD + text, compresslevel=9)


def _workbook(sheet: str) -> str:
    return (
        f'<workbook xmlns="{_TYPES}/spreadsheetml/2006/main" '
        f'xmlns:r="{_TYPES}/officeDocument/2006/relationships">'
        f'<sheets><sheet name="{escape(sheet)}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )


def _sheet(rows: Sequence[Sequence[str]]) -> str:
    lines = "".join(
        f'<row r="{number}">{_cells(number, row)}</row>'
        for number, row in enumerate(rows, start=1)
    )
    return (
        f'<worksheet xmlns="{_TYPES}/spreadsheetml/2006/main">'
        f"<sheetData>{lines}</sheetData></worksheet>"
    )


def _cells(number: int, row: Sequence[str]) -> str:
    return "".join(
        f'<c r="{column}{number}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'
        for column, text in zip("ABCDEFGHIJ", row, strict=False)
    )
