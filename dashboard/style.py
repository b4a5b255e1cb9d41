"""The style sheet of our HTML fragments: one for pages and reports, on screen and on paper."""

from dashboard.palette import DARK, LIGHT, Theme, variables

_SHOW_LIGHT = ".ca-on-dark{display:none}.ca-on-light{display:inline-block}"
_SHOW_DARK = ".ca-on-light{display:none}.ca-on-dark{display:inline-block}"

# Rows as cards: every table on a phone, one of many columns wherever it has no room.
_AS_CARDS = """
 TABLE,TABLE caption,TABLE tbody,TABLE tr,TABLE th,TABLE td{
  display:block;width:auto}
 TABLE thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
 TABLE tbody tr{border-bottom:1px solid var(--ca-line);padding:12px 0 10px;max-width:44em}
 TABLE tbody tr:first-child{border-top:2px solid var(--ca-line)}
 TABLE tbody th{border:0;padding:0 0 6px;min-width:0}
 TABLE tbody td,TABLE tbody td.ca-number{display:flex;gap:12px;align-items:baseline;
  justify-content:space-between;border:0;padding:3px 0;text-align:right;white-space:normal}
 TABLE td.ca-withheld{padding:3px 6px}
 TABLE tbody td.ca-nil{display:none}
 TABLE tbody tr:has(+ .ca-beneath){border-bottom:0;padding-bottom:0}
 TABLE tbody .ca-beneath{padding-top:4px}
 TABLE tbody .ca-beneath td{display:block;text-align:left}
 TABLE .ca-label{display:block;flex:0 0 36%;text-align:left;font-size:14px;
  color:var(--ca-secondary)}
 TABLE .ca-cell{flex:1 1 auto;min-width:0;overflow-wrap:anywhere}
 TABLE .ca-cell .ca-big,TABLE .ca-badge{white-space:normal}
"""
_ON_PHONES = _AS_CARDS.replace("TABLE", ".ca-table")
_WHERE_TIGHT = _AS_CARDS.replace("TABLE", ".ca-dense")
_CARDS = (
    f"@media screen and (max-width:760px){{{_ON_PHONES}}}"
    f"@media screen{{@container (max-width:960px){{{_WHERE_TIGHT}}}}}"
)

FRAGMENTS = (
    """
.ca-panel{border-left:6px solid var(--ca-line);background:var(--ca-panel);color:var(--ca-text);
 padding:18px 22px 16px;margin:0 0 28px}
.ca-panel .ca-verdict{font-size:26px;line-height:1.25;font-weight:700;margin:0 0 8px;padding:0;
 color:inherit;letter-spacing:-.005em}
.ca-panel p,.ca-panel li{font-size:17px;line-height:1.45;max-width:90ch;margin:0}
.ca-panel ul{list-style:none;margin:0;padding:0}
.ca-panel li{margin:6px 0 0;padding:0}
.ca-panel-concern{border-color:var(--ca-concern);background:var(--ca-concern-panel)}
.ca-panel-better{border-color:var(--ca-better);background:var(--ca-better-panel)}
.ca-panel-caution{border-color:var(--ca-caution);background:var(--ca-caution-panel)}
.ca-panel-quiet{border-color:var(--ca-usual)}
.ca-table{width:100%;border-collapse:collapse;color:var(--ca-text);font-size:16px;
 line-height:1.35;font-variant-numeric:tabular-nums;margin:0 0 30px;border:0}
:is(.ca-table,.ca-fit) + .ca-note{margin-top:-20px}
.ca-table td.ca-number{white-space:nowrap}
.ca-table td.ca-number .ca-small,.ca-table td.ca-number .ca-none{white-space:normal}
.ca-table caption{caption-side:top;text-align:left;font-size:17px;font-weight:650;
 color:var(--ca-text);padding:0 0 8px}
.ca-table th,.ca-table td{padding:10px 10px;text-align:left;vertical-align:middle;border:0;
 border-bottom:1px solid var(--ca-line);font-weight:400;color:inherit}
.ca-table thead th{font-size:14px;font-weight:650;color:var(--ca-secondary);
 border-bottom:2px solid var(--ca-line);vertical-align:bottom;padding-top:4px}
.ca-table .ca-number{text-align:right}
.ca-table thead th.ca-number{white-space:normal}
.ca-table tbody tr:hover{background:none}
.ca-bold,.ca-big,.ca-plain,.ca-small{display:block}
.ca-bold{font-weight:650}
.ca-big{font-size:21px;font-weight:700;line-height:1.2;white-space:nowrap}
.ca-small{font-size:14px;color:var(--ca-secondary)}
.ca-none{color:var(--ca-secondary)}
.ca-label{display:none}
.ca-badge{display:inline-block;border:1px solid currentColor;border-radius:4px;
 padding:2px 9px;font-weight:650;font-size:16px;white-space:nowrap}
.ca-concern{color:var(--ca-concern-text);background:var(--ca-concern-panel)}
.ca-better{color:var(--ca-better-text);background:var(--ca-better-panel)}
.ca-caution{color:var(--ca-caution);background:var(--ca-caution-panel)}
.ca-quiet{color:var(--ca-withheld);background:var(--ca-withheld-panel)}
.ca-usual{color:var(--ca-secondary)}
.ca-table td.ca-withheld{color:var(--ca-withheld);
 background:repeating-linear-gradient(135deg,var(--ca-withheld-panel) 0 6px,
 var(--ca-withheld-hatch) 6px 8px)}
.ca-table td.ca-withheld .ca-none{color:var(--ca-withheld);font-weight:650;
 background:var(--ca-withheld-panel);padding:1px 4px;border-radius:3px}
.ca-spark{vertical-align:middle;max-width:none}
.ca-table tbody th{min-width:10em}
.ca-fit{container-type:inline-size}
.ca-dense{font-size:15px}
.ca-dense th,.ca-dense td{padding:8px 6px}
.ca-dense .ca-badge{font-size:14px;padding:1px 6px}
.ca-table tr:has(+ .ca-beneath) > *{border-bottom:0;padding-bottom:2px}
.ca-table .ca-beneath td{padding-top:0;font-size:14px;color:var(--ca-secondary)}
.ca-note{font-size:14px;line-height:1.45;color:var(--ca-secondary);margin:0 0 28px;
 max-width:110ch}
.ca-details{margin:4px 0 28px}
.ca-details summary{cursor:pointer;font-size:16px;color:var(--ca-accent);padding:6px 0}
.ca-definition{margin:0 0 24px;max-width:90ch;color:var(--ca-text)}
.ca-definition h3{font-size:20px;font-weight:650;margin:0 0 4px;padding:0;color:inherit}
.ca-definition p{margin:0 0 6px;font-size:16px;line-height:1.45}
.ca-definition dl{margin:8px 0 0;padding:0}
.ca-definition dt{margin:0;padding:0;font-weight:650;font-size:16px}
.ca-sql{font-size:14px;line-height:1.4;white-space:pre-wrap;overflow-wrap:anywhere;
 background:var(--ca-panel);color:var(--ca-text);padding:12px 14px;margin:6px 0 0}
.ca-definition dd{margin:0 0 8px;padding:0;font-size:16px;line-height:1.45}
@media (max-width:900px){
 .ca-table th,.ca-table td{padding:8px 6px}
 .ca-badge{white-space:normal;padding:2px 6px}
 .ca-table tbody th{min-width:7.5em}
}
@media screen and (max-width:760px){
 .ca-panel{padding:14px 16px}
 .ca-panel .ca-verdict{font-size:22px}
 .ca-panel p,.ca-panel li{font-size:16px}
}
"""
    + _CARDS
    + """@media print{
 .ca-panel,.ca-badge,.ca-table td.ca-withheld{print-color-adjust:exact;
  -webkit-print-color-adjust:exact}
 .ca-badge{white-space:nowrap}
 .ca-panel{padding:8pt 12pt;margin-bottom:12pt;break-inside:avoid}
 .ca-panel .ca-verdict{font-size:15pt}
 .ca-panel p,.ca-panel li{font-size:10.5pt;margin-top:2pt}
 .ca-table{font-size:10pt;margin-bottom:14pt}
 :is(.ca-table,.ca-fit) + .ca-note{margin-top:-10pt}
 .ca-table caption{font-size:11pt;padding-bottom:3pt;break-after:avoid}
 .ca-table thead{display:table-header-group}
 .ca-table tr{break-inside:avoid}
 .ca-table tbody th{min-width:9.5em}
 .ca-table .ca-spark{width:92px;height:22px}
 .ca-table th,.ca-table td{padding:3.5pt 3.5pt}
 .ca-table thead th,.ca-small,.ca-note{font-size:9pt}
 .ca-big{font-size:13pt}
 .ca-badge{font-size:9pt;padding:1pt 4pt}
 .ca-table .ca-beneath td{font-size:9pt}
 .ca-dense{font-size:9pt}
 .ca-dense th,.ca-dense td{padding:3pt 1.5pt}
 .ca-dense tbody th{min-width:6em}
 .ca-dense .ca-big{font-size:11pt}
 .ca-dense td.ca-number{white-space:normal}
 .ca-dense .ca-badge{font-size:9pt;padding:1pt 2pt;white-space:normal}
 .ca-dense .ca-badge [aria-hidden]{display:none}
 .ca-badge.ca-quiet{white-space:normal}
 .ca-definition{break-inside:avoid}
 .ca-definition p,.ca-definition dt,.ca-definition dd{font-size:10pt}
 .ca-note{margin-bottom:12pt}
}
"""
)


def style_for(theme: Theme) -> str:
    """The style sheet for a page that knows its theme."""
    palette, pictures = (LIGHT, _SHOW_LIGHT) if theme == "light" else (DARK, _SHOW_DARK)
    return f":root{{{variables(palette)}}}{pictures}{FRAGMENTS}"


# For a page that follows the reader's system; paper is always light.
STYLE = (
    f":root{{{variables(LIGHT)}}}{_SHOW_LIGHT}"
    f"@media screen and (prefers-color-scheme:dark){{:root{{{variables(DARK)}}}{_SHOW_DARK}}}"
    f"{FRAGMENTS}"
)
