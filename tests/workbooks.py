"""Workbooks (.xlsx) made cell by cell, as programs write them."""

import io
import zipfile

OFFICE = "http://schemas.openxmlformats.org"
MAIN = f"{OFFICE}/spreadsheetml/2006/main"
KIND = f"{OFFICE}/officeDocument/2006/relationships"
# Styles of cells, by position: number, day, day and time.
NUMBER, DAY, INSTANT = 0, 1, 2


def cell(at: str, value: object, style: int = NUMBER) -> str:
    if isinstance(value, str):
        return f'<c r="{at}" t="inlineStr"><is><t>{value}</t></is></c>'
    return f'<c r="{at}" s="{style}"><v>{value}</v></c>'


def sheet(*rows: str) -> str:
    return f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(rows)}</sheetData></worksheet>'


def row(number: int, *cells: str) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


def workbook(extra: dict[str, bytes] | None = None, **sheets: str) -> bytes:
    """Bytes of a workbook with `sheets` (name and XML) and `extra` parts."""
    numbered = list(enumerate(sheets, start=1))
    names = "".join(f'<sheet name="{s}" sheetId="{n}" r:id="r{n}"/>' for n, s in numbered)
    targets = "".join(
        f'<Relationship Id="r{n}" Type="{KIND}/worksheet" Target="worksheets/s{n}.xml"/>'
        for n, _ in numbered
    )
    rels = f"{OFFICE}/package/2006/relationships"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{OFFICE}/package/2006/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{rels}"><Relationship Id="a" '
        f'Type="{KIND}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{KIND}">'
        f"<sheets>{names}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{rels}">{targets}<Relationship '
        f'Id="z" Type="{KIND}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="0"/>'
        '<xf numFmtId="14"/><xf numFmtId="22"/></cellXfs></styleSheet>',
        **{f"xl/worksheets/s{n}.xml": sheets[name] for n, name in numbered},
    }
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, text in (parts | (extra or {})).items():
            opened.writestr(name, text)
    return archive.getvalue()
