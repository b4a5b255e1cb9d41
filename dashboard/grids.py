"""Small tables and lists of text that stand beneath charts and headings."""

from collections.abc import Sequence
from datetime import date
from html import escape

import polars as pl

from dashboard.consequences import (
    consequence_of,
    doubt_sentence,
    mending_sentence,
    needs_care,
)
from dashboard.figure import Standing, standings
from dashboard.markup import Column, plain, table
from dashboard.wording import caution_of, could_flip, day_text, trust_headline
from metrics.release import Release

# Beside the classes of `dashboard.tables.STYLE`, whose colours these use.
STYLE = """
.ca-about { color: var(--ca-secondary); font-size: 14px; margin: 0; max-width: 110ch; }
.ca-key { color: var(--ca-secondary); font-size: 14px; margin: 0; }
.ca-key span { display: inline-block; margin-right: 20px; }
ul.ca-events { color: var(--ca-secondary); font-size: 14px; list-style: none; margin: 0;
  padding: 0; overflow-wrap: anywhere; max-width: 110ch; }
ul.ca-events li { margin: 0 0 4px; padding: 0; }
"""
KEY = (
    '<p class="ca-key"><span>■ worse than usual</span><span>▲ better than usual</span>'
    "<span>◆ higher or lower than usual</span><span>● within usual variation</span>"
    "<span>Shaded: usual month-to-month range</span>"
    "<span>Dashed line: target</span></p>"
)


def key_of(rows: pl.DataFrame, *, target: float | None) -> str:
    """The key of one chart over time: what its marks mean, and nothing that is not in it.

    Without a usual range its marks are points and nothing more.
    """
    words = {
        "worse": "■ worse than usual",
        "better": "▲ better than usual",
        "higher": "◆ higher than usual",
        "lower": "◆ lower than usual",
        "usual": "● within usual variation",
    }
    said = []
    if rows["lower"].count():
        said = [text for signal, text in words.items() if signal in set(rows["signal"])]
        said.append("Shaded: usual range")
    said += ["Dashed line: target"] if target is not None else []
    spans = "".join(f"<span>{text}</span>" for text in said)
    return f'<p class="ca-key">{spans}</p>' if said else ""


def key_of_levels(*, target: float | None) -> str:
    """The key of levels side by side; of a target only where there is one."""
    goal = "<span>Dashed line: target</span>" if target is not None else ""
    return (
        '<p class="ca-key"><span>■ worse than chance explains</span>'
        "<span>▲ better than chance explains</span><span>● could be chance</span>"
        "<span>Shaded: expected for its size</span><span>Thin line: all together</span>"
        f"{goal}</p>"
    )


_BLANK = "–"


def grid(caption: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of words whose first column names each row; a column of blanks is left out."""
    kept = [i for i in range(len(header)) if i == 0 or any(row[i] for row in rows)]
    columns = [Column(header[i]) for i in kept]
    return table(caption, columns, [[plain(row[i] or _BLANK) for i in kept] for row in rows])


def trust_panel(release: Release, quarter: date) -> str:
    """Which commitments may be used as they stand, and what the others could hide."""
    doubtful = [
        row
        for row in standings(release, quarter)
        if could_flip(row) or needs_care(release, row)
    ]
    items = "".join(
        f"<li><strong>{escape(row.title)}</strong>. {escape(_doubts(release, row))}</li>"
        for row in doubtful
    )
    if not doubtful:
        items = "<li>No result would turn round if everything in doubt were known.</li>"
    tone = "caution" if doubtful else "better"
    return (
        f'<section class="ca-panel ca-panel-{tone}">'
        f'<h2 class="ca-verdict">{escape(trust_headline(release, quarter))}</h2>'
        f"<ul>{items}</ul></section>"
    )


def _doubts(release: Release, row: Standing) -> str:
    """What is in doubt about a figure, what it could come to, since when and whose it is."""
    checks = consequence_of(release, row.figure).checks
    said = (
        caution_of(release, row) or doubt_sentence(release, row),
        mending_sentence(release, checks) if needs_care(release, row) else "",
    )
    return " ".join(filter(None, said)) or "A check on which it rests has failed: see below."


def provenance(release: Release) -> str:
    """What is needed to make the same release again."""
    held = release.manifest
    first, last = (
        day_text(date.fromisoformat(held[f"coverage_{end}"])) for end in ("from", "until")
    )
    facts = {
        "Release": held["release"],
        "Covers": f"{first} to {last}, in days of {held['time_zone']}",
        "Version of Case Audit": held["product_version"],
    }
    if "inputs_sha256" in held:  # readers of protected counts are not told
        facts["Fingerprint of the data and rules"] = held["inputs_sha256"]
    said = "".join(f"<li>{escape(title)}: {escape(fact)}</li>" for title, fact in facts.items())
    return f'<ul class="ca-events">{said}</ul>'
