"""Plain tables of text as HTML, for numbers that stand beneath a chart."""

from collections.abc import Sequence
from html import escape

# Follows the colours of `dashboard.tables.STYLE`.
STYLE = """
<style>
.ca-grid { overflow-x: auto; }
.ca-grid table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
.ca-grid caption { text-align: left; font-weight: 600; padding: 0 0 8px; }
.ca-grid th, .ca-grid td { border: 0; border-bottom: 1px solid var(--ca-line);
  padding: 8px 16px 8px 0; text-align: left; vertical-align: top; }
.ca-grid thead th { color: var(--ca-secondary); font-size: 14px; font-weight: 600; }
.ca-grid tbody th { font-weight: 400; }
.ca-key { color: var(--ca-secondary); font-size: 14px; margin: 0; }
.ca-key span { display: inline-block; margin-right: 20px; }
.ca-events { color: var(--ca-secondary); font-size: 14px; list-style: none; margin: 0;
  padding: 0; }
.ca-events li { margin: 0 0 4px; }
</style>
"""


def grid(caption: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table whose first column names each row."""
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in header)
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:])
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="ca-grid"><table><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
