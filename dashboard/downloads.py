"""The files a reader can take away: made once for each release, never for each reader."""

import io
import zipfile
from datetime import date

import streamlit as st

from dashboard.figure import base_of
from dashboard.grids import grid
from dashboard.report import csv, html, pdf, xlsx
from dashboard.report import sheet as sheets
from metrics.release import Release

# Archives made again from one release are the same to the byte.
_STAMP = (1980, 1, 1, 0, 0, 0)

HOLDS = {
    "figures.csv": "Every published figure, or the reason why there is none",
    "definitions.csv": "What each measure counts",
    "bounds.csv": "How far each count may be from the truth",
    "datapackage.json": "The columns and their types, for programs",
    "README.txt": "Who the figures are for and how to read them",
}


@st.cache_data(show_spinner="Writing the report…", max_entries=16)
def report(edition: str, quarter: date, *, _release: Release) -> bytes:  # noqa: ARG001
    """The report on a quarter as one HTML page; `edition` tells releases apart."""
    return html.render(_release, quarter).encode()


@st.cache_data(show_spinner="Setting the report…", max_entries=16)
def printed(edition: str, quarter: date, *, _release: Release) -> bytes | str:  # noqa: ARG001
    """The report as a PDF, or why it cannot be printed; `edition` tells releases apart."""
    try:
        return pdf.render(_release, quarter)
    except pdf.UnprintableError as error:
        return str(error)


@st.cache_data(show_spinner=False, max_entries=8)
def workbook(edition: str, quarter: date, *, _release: Release) -> bytes:  # noqa: ARG001
    """The tables of a quarter as a workbook; `edition` tells releases apart."""
    return xlsx.render(_release, quarter)


@st.cache_data(show_spinner="Writing the sheet…", max_entries=16)
def sheet(edition: str, quarter: date, *, _release: Release) -> bytes:  # noqa: ARG001
    """The sheet for the frontline as one HTML page; `edition` tells releases apart."""
    return sheets.render(_release, quarter).encode()


@st.cache_data(show_spinner=False, max_entries=8)
def packed(edition: str, *, _release: Release) -> bytes:  # noqa: ARG001
    """All tables of a release in one archive; `edition` tells releases apart."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, text in csv.render(_release).items():
            stamped = zipfile.ZipInfo(name, _STAMP)
            archive.writestr(stamped, text.encode(), zipfile.ZIP_DEFLATED)
    return target.getvalue()


def contents(release: Release) -> str:
    """What is in the archive: each file with what it holds."""
    rounded = base_of(release) > 1
    rows = [held for held in HOLDS.items() if rounded or held[0] != "bounds.csv"]
    return grid("In the archive", ("File", "What it holds"), rows)


def size(data: bytes) -> str:
    """How large a file is, as readers say it."""
    if len(data) < 1_000_000:
        return f"{max(1, round(len(data) / 1000))} kB"
    return f"{len(data) / 1_000_000:.1f} MB"


def slug(words: str) -> str:
    """Words as a part of a file's name."""
    return "-".join(words.lower().replace("/", "-").split())
