"""One page for the frontline, to print and hang up: what came of what was raised."""

from datetime import date
from html import escape

from dashboard import loop, style
from dashboard.phrases import day_text
from dashboard.protection import where_alone
from dashboard.report.html import DOCUMENT_STYLE, policy
from dashboard.wording import quarter_in_words
from metrics.release import Release

SHEET_STYLE = """
main,header,footer{max-width:760px}
.ca-loop h2{margin:22px 0 6px}
.ca-loop ul{margin:0;padding-left:1.2em}
.ca-loop li{margin:0 0 6px}
footer{margin-top:20px;padding-bottom:24px}
@media print{.ca-loop{break-inside:avoid}.ca-loop h2{margin:10pt 0 3pt}
 .ca-loop li{margin:0 0 3pt}footer{margin-top:8pt}}
"""


def render(release: Release, quarter: date, *, notice: str = "") -> str:
    """The sheet of one quarter; the same release gives the same bytes.

    `notice` stands at its head where the release is not published.

    Raises ValueError where the release is not the public one.
    """
    refused = loop.why_not(release)
    if refused:
        raise ValueError(refused)
    dress = style.STYLE + DOCUMENT_STYLE + SHEET_STYLE
    organisation = release.manifest["organisation"]
    title = f"What came of it, {quarter_in_words(release, quarter)}"
    foot = (loop.thanks(release), where_alone(release), _source(release))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy(dress)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(title)} · {escape(organisation)}</title>\n"
        f"<style>{dress}</style>\n</head>\n<body>\n"
        f'<header><p class="org">{escape(organisation)}</p><h1>{escape(title)}</h1>'
        f"{f'<p><strong>{escape(notice)}</strong></p>' if notice else ''}"
        f'<p class="sub">{escape(loop.FOR_WHOM.format(**release.manifest))}</p></header>\n'
        f"<main>{loop.sections(release, quarter)}</main>\n"
        f"<footer>{''.join(f'<p>{escape(line)}</p>' for line in foot)}</footer>\n"
        "</body>\n</html>\n"
    )


def _source(release: Release) -> str:
    return f"Release {release.id}, data to {day_text(release.as_of)}."
