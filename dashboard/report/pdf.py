"""The quarterly audit as a PDF for the board: a few pages on paper, the verdict first.

It is made of the fragments that the page is made of, so that no word and no number differs.
Typst sets it by `pdf.typ`, with the typeface of the pages, and asks for nothing from anywhere.
"""

import json
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from html import escape
from importlib.resources import files

import typst

from dashboard import headlines
from dashboard.check_tables import faults
from dashboard.figure import base_of
from dashboard.palette import LIGHT
from dashboard.quality_tables import delivery_sentence
from dashboard.report import headlines as of_headlines
from dashboard.report import html
from dashboard.report.fragments import FAMILY, read, told
from dashboard.svg_charts import ON_PAPER
from dashboard.wording import subtitle
from metrics.release import Release

_ELSEWHERE = (
    "Every check and every delivery, what each measure counts{} and what the deadlines rest on"
    " are told in the same report as HTML."
)
_BOUNDS = ", how far each count may be from the truth"


class UnprintableError(ValueError):
    """A release has a sign that no typeface at hand can print."""


def render(release: Release, quarter: date, *, notice: str = "") -> bytes:
    """The audit of one quarter; the same release gives the same bytes.

    `notice` stands at the head of every page, such as that the release is not published.

    Raises UnprintableError where a name in the release cannot be printed.
    """
    if headlines.are_all(release):
        said = of_headlines.body(release, notice)
        return _set(release, headlines.title(release), said, notice)
    title = html.title_of(release, quarter)
    elsewhere = _ELSEWHERE.format(_BOUNDS if base_of(release) > 1 else "")
    body = (
        html.heading(release, title, subtitle(release, quarter), notice),
        html.evidence(release, quarter),
        html.attention(release, quarter, ON_PAPER),
        "<h2>By unit</h2>",
        html.units(release, quarter),
        # On one page where they have room on one, so that no last page has only their end.
        f'<section class="ca-kept">{html.trust(release, quarter)}'
        f'<p class="ca-note">{escape(delivery_sentence(release.table("deliveries")))}</p>'
        f"{faults(release)}"
        f'<section class="ca-whole">{html.method(release)}<p class="prose">{elsewhere}</p>'
        f"{html.footer(release)}</section></section>",
    )
    return _set(release, title, "".join(body), notice)


def _set(release: Release, title: str, body: str, notice: str) -> bytes:
    """Set a document of fragments; nothing but the release decides a byte of it."""
    document = {
        "title": title,
        "notice": notice,
        "foot": f"{title} · for: {release.audience.replace('_', ' ')} · {release.id}",
        "body": told(read(body)),
        "family": FAMILY,
        "palette": asdict(LIGHT),
    }
    family = files("fontpkg_source_sans_3") / "files"
    typefaces = typst.Fonts(include_system_fonts=False, font_paths=[str(family)])
    try:
        return typst.compile(
            (files("dashboard.report") / "pdf.typ").read_bytes(),
            font_paths=typefaces,
            ignore_system_fonts=True,
            sys_inputs={"told": json.dumps(document)},
            # Tagged for who hears it read aloud, and fit to be kept for decades: the compiler
            # refuses what does not conform.
            pdf_standards=["ua-1", "a-2a"],
            timestamp=datetime.combine(release.as_of, time(), tzinfo=UTC),
        )
    except typst.TypstError as error:
        if "could not be displayed" in error.message or "codepoint" in error.message:
            raise UnprintableError(
                "the typeface of the PDF lacks a sign of a name in this release"
                f" ({error.message.partition(': ')[2]}); take the report as HTML and print it"
            ) from error
        raise
