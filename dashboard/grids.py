"""Small tables and lists of text that stand beneath charts and headings."""

from collections.abc import Sequence
from datetime import date
from html import escape

from dashboard.markup import Column, plain, table
from dashboard.wording import exceptions, trust_headline
from metrics.release import Release

# Beside the classes of `dashboard.tables.STYLE`, whose colours these use.
STYLE = """
.ca-key { color: var(--ca-secondary); font-size: 14px; margin: 0; }
.ca-key span { display: inline-block; margin-right: 20px; }
.ca-events { color: var(--ca-secondary); font-size: 14px; list-style: none; margin: 0;
  padding: 0; }
.ca-events li { margin: 0 0 4px; }
"""
KEY = (
    '<p class="ca-key"><span>■ worse than usual</span><span>▲ better than usual</span>'
    "<span>● within usual variation</span><span>Shaded: usual month-to-month range</span>"
    "<span>Dashed line: target</span></p>"
)


def grid(caption: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of words whose first column names each row."""
    columns = [Column(title) for title in header]
    return table(caption, columns, [[plain(cell) for cell in row] for row in rows])


def trust_panel(release: Release, quarter: date) -> str:
    """Which commitments may be used as they stand, and what the others could hide."""
    cautions = [found for found in exceptions(release, quarter) if found.kind == "caution"]
    items = "".join(
        f"<li><strong>{escape(found.title)}</strong>. {escape(found.sentence)}</li>"
        for found in cautions
    )
    tone = "caution" if cautions else "better"
    return (
        f'<section class="ca-panel ca-panel-{tone}">'
        f'<h2 class="ca-verdict">{escape(trust_headline(release, quarter))}</h2>'
        f"{f'<ul>{items}</ul>' if items else ''}</section>"
    )


def provenance(release: Release) -> str:
    """What is needed to make the same release again."""
    held = release.manifest
    words = {
        "release": "Release",
        "as_of": "Data to",
        "coverage_from": "Covers from",
        "coverage_until": "Covers until",
        "time_zone": "Days are those of",
        "method": "Method of protection",
        "policy": "Policy",
        "product_version": "Version of Case Audit",
        "inputs_sha256": "Fingerprint of the data and rules",
    }
    said = "".join(
        f"<li>{escape(title)}: {escape(held[name])}</li>"
        for name, title in words.items()
        if held.get(name)
    )
    return f'<ul class="ca-events">{said}</ul>'
