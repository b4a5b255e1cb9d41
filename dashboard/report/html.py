"""The quarterly audit as one HTML file that loads nothing, for screen, paper and archive."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256
from html import escape

from dashboard import tables
from dashboard.breakdowns import by_unit, levels_of
from dashboard.figure import Standing, standings
from dashboard.phrases import day_text
from dashboard.protection import BOUNDS, audience_sentence, base_sentence, bounds
from dashboard.svg_charts import CHART_STYLE, ON_SCREEN, TOO_FEW_MONTHS, Size, control_chart
from dashboard.wording import (
    method_note,
    quarter_in_words,
    subtitle,
    trust_headline,
    unit_headline,
)
from metrics.release import Release

UNIT_COLUMNS = (
    ("report_frequency", "rate", "Reports per 100 people"),
    ("time_to_resolution", "median", "Half resolved within"),
    ("escalation_compliance", "share_met", "Escalated in time"),
    ("satisfaction", "top_two", "Satisfied"),
)
TOO_FEW_UNITS = '<p class="prose">By unit there are too few to show.</p>'
DOCUMENT_STYLE = """
:root{color-scheme:light dark}
*{box-sizing:border-box}
body{margin:0;background:var(--ca-ground);color:var(--ca-text);font-family:"Source Sans 3",
 "Source Sans Pro","Source Sans",system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",
 Arial,sans-serif;font-size:16px;line-height:1.45}
main,header,footer{max-width:1080px;margin:0 auto;padding:0 28px}
header{padding-top:36px}
h1{font-size:32px;line-height:1.2;font-weight:700;margin:2px 0 6px}
h2{font-size:24px;line-height:1.25;font-weight:650;margin:40px 0 12px}
h3{font-size:20px;line-height:1.3;font-weight:650;margin:24px 0 8px;max-width:60ch}
.org{font-weight:650;color:var(--ca-accent);margin:0}
.sub{font-size:15px;color:var(--ca-secondary);margin:0 0 20px}
.prose{max-width:90ch;margin:0 0 12px}
.lead{font-size:20px;font-weight:650;margin:0 0 16px;max-width:70ch}
.ca-events{list-style:none;margin:0 0 8px;padding:0;font-size:15px}
footer{border-top:1px solid var(--ca-line);margin-top:40px;padding-top:14px;
 padding-bottom:40px;font-size:14px;color:var(--ca-secondary);overflow-wrap:anywhere}
footer p{margin:0 0 4px}
@media (max-width:480px){main,header,footer{padding-left:16px;padding-right:16px}
 header{padding-top:20px}h1{font-size:27px}}
@page{size:A4;margin:14mm 14mm 15mm}
@media print{
 :root{color-scheme:light}
 body{font-size:10.5pt}
 main,header,footer{max-width:none;padding-left:0;padding-right:0}
 header{padding-top:0}
 h1{font-size:20pt}h2{font-size:14pt;margin:16pt 0 6pt}h3{font-size:12pt;margin:10pt 0 4pt}
 h1,h2,h3{break-after:avoid}
 .sub,.ca-events,footer{font-size:9pt}.lead{font-size:12pt}
 .ca-chart{break-inside:avoid;width:150mm}
 .ca-months{display:none}
 .ca-details::details-content{content-visibility:visible;block-size:auto}
 .ca-details>summary{display:none}
 footer{margin-top:16pt;padding-bottom:0}
}
"""


def render(release: Release, quarter: date, *, notice: str = "") -> str:
    """The audit of one quarter; the same release gives the same bytes.

    `notice` stands above everything, such as that the release is not published.
    """
    style = tables.STYLE + CHART_STYLE + DOCUMENT_STYLE
    title = title_of(release, quarter)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy(style)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(title)} · {escape(release.manifest['organisation'])}</title>\n"
        f"<style>{style}</style>\n</head>\n<body>\n"
        f"{heading(release, title, subtitle(release, quarter), notice)}\n<main>\n"
        f"{evidence(release, quarter)}\n{units(release, quarter)}\n"
        f"{attention(release, quarter)}\n"
        f"{trust(release, quarter)}\n{tables.checks(release)}\n"
        f"{tables.deliveries(release)}\n{method(release)}\n"
        f"{tables.definitions(release)}\n{tables.rules(release)}\n</main>\n"
        f"{footer(release)}\n</body>\n</html>\n"
    )


def title_of(release: Release, quarter: date) -> str:
    """What the report is called."""
    return f"Ethics {release.manifest['case_word']} audit, {quarter_in_words(release, quarter)}"


def policy(style: str) -> str:
    """What the file may load: its own style sheet, pictures it carries, and nothing else."""
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:;"
        " base-uri 'none'; form-action 'none'"
    )


def heading(release: Release, title: str, about: str, notice: str = "") -> str:
    """Whose document this is, and of what."""
    above = f'<p class="lead">{escape(notice)}</p>' if notice else ""
    return (
        f'<header>{above}<p class="org">{escape(release.manifest["organisation"])}</p>'
        f'<h1>{escape(title)}</h1><p class="sub">{escape(about)}</p></header>'
    )


def evidence(release: Release, quarter: date) -> str:
    """The verdict, the commitments and the four measures."""
    return "\n".join(
        [
            tables.verdict_panel(release, quarter),
            tables.scorecard(release, quarter),
            tables.four_measures(release, quarter),
        ]
    )


def units(release: Release, quarter: date) -> str:
    """The four measures of every unit."""
    return by_unit(release, quarter, UNIT_COLUMNS)


def attention(release: Release, quarter: date, sizes: Sequence[Size] = ON_SCREEN) -> str:
    """A chart and a table by unit for each commitment that was missed, and for no other."""
    missed = [
        row
        for code in ("not_met", "just_missed")
        for row in standings(release, quarter)
        if row.verdict == code
    ]
    if not missed:
        return ""
    sections = "\n".join(missed_section(release, quarter, row, sizes) for row in missed)
    return f"<h2>What needs attention</h2>\n{sections}"


def missed_section(
    release: Release, quarter: date, row: Standing, sizes: Sequence[Size]
) -> str:
    """One missed commitment."""
    chart = control_chart(release, row, quarter, sizes=sizes)
    units = units_of(release, quarter, row)
    if chart == TOO_FEW_MONTHS and units == TOO_FEW_UNITS:
        # One line: of two the end of a page may part the second from its heading.
        said = (
            '<p class="ca-note">There are too few for a chart by month or a table by unit.</p>'
        )
    else:
        said = chart + units
    return f"<section><h3>{escape(unit_headline(release, quarter, row))}</h3>{said}</section>"


def units_of(release: Release, quarter: date, row: Standing) -> str:
    """A missed commitment by unit; in a sentence where no unit has enough to show."""
    measure = (row.figure.metric, row.figure.measure, row.figure.part)
    units = levels_of(release, *measure, quarter, "unit")[1:]
    if units and all(unit.figure.state == "few" for unit in units):
        return TOO_FEW_UNITS
    return tables.breakdown(release, *measure, quarter, "unit")


def trust(release: Release, quarter: date) -> str:
    """How far the data carries the figures."""
    return (
        "<h2>Can these figures be trusted?</h2>\n"
        f'<p class="lead">{escape(trust_headline(release, quarter))}</p>\n'
        f"{tables.trust(release, quarter)}"
    )


def method(release: Release) -> str:
    """How verdicts and figures are made."""
    notes = [method_note(release), audience_sentence(release), base_sentence(release)]
    prose = "".join(f'<p class="prose">{escape(note)}</p>' for note in notes if note)
    folded = ""
    if notes[-1]:
        folded = f"<summary>{BOUNDS}</summary>{bounds(release)}"
        folded = f'<details class="ca-details">{folded}</details>'
    return f"<h2>How these figures are made</h2>\n{prose}{folded}"


def footer(release: Release) -> str:
    """What the reader needs to cite the figures or to ask about them."""
    named = release.manifest
    owner = named.get("policy_owner", "")
    lines = [
        f"Release {release.id}, data to {day_text(release.as_of)}."
        " The same release always gives this same report.",
        f"Made{_exports(named)} by version {named['product_version']}.",
    ]
    lines += [f"Questions about these figures: {owner}."] if owner else []
    return f"<footer>{''.join(f'<p>{escape(line)}</p>' for line in lines)}</footer>"


def _exports(named: Mapping[str, str]) -> str:
    """The hash of what it was made from, which only readers of exact counts may know."""
    digest = named.get("inputs_sha256")
    return f" from exports with the combined sha256 {digest}" if digest else ""
