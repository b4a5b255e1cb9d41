"""HTML that pages and reports share: the verdict of a quarter and the tables beneath it.

Everything here is made for `st.html`, which drops inline SVG, and for the report alike.
"""

from datetime import date
from html import escape

from dashboard.breakdowns import breakdown
from dashboard.check_tables import checks
from dashboard.earlier import figure_before, moved_since
from dashboard.figure import (
    Figure,
    Standing,
    history,
    months_after,
    quarterly,
    standings,
)
from dashboard.markup import (
    Cell,
    Column,
    figure_cell,
    plain,
    short_cell,
    spark_cell,
    table,
    two_lines,
    verdict_badge,
)
from dashboard.quality_tables import definitions, deliveries, rules, trust
from dashboard.style import STYLE, style_for
from dashboard.wording import (
    Finding,
    about,
    capital,
    count,
    counts_text,
    exceptions,
    figure_text,
    headline,
    interval_text,
    plural_commitments,
    quarter_in_words,
    quarter_name,
    share,
    target,
    withheld_words,
)
from metrics.release import Release

__all__ = [
    "STYLE",
    "breakdown",
    "checks",
    "definitions",
    "deliveries",
    "four_measures",
    "rules",
    "scorecard",
    "style_for",
    "trust",
    "verdict_panel",
]

# The measure that stands for each metric, with the words beneath its name.
HEADLINE_MEASURES = (
    ("report_frequency", "rate", "In the quarter, for every 100 people on average"),
    ("time_to_resolution", "median", "Half are resolved within"),
    ("escalation_compliance", "share_met", "Escalated in time, of those due"),
    ("satisfaction", "top_two", "Satisfied, of those who answered"),
)
LEADS = {"missed": "", "caution": "Use with caution: ", "note": "Data note: "}
KEY = (
    "Grey band: usual month-to-month range. Dashed line: target. ▲ better than usual,"
    " ■ worse than usual, ● usual variation."
)


def verdict_panel(release: Release, quarter: date, level: str = "all") -> str:
    """The verdict sentence and what needs attention."""
    found = exceptions(release, quarter, level)
    items = "".join(f"<li>{finding_html(finding)}</li>" for finding in found)
    return (
        f'<section class="ca-panel ca-panel-{tone(release, quarter, level)}">'
        f'<h2 class="ca-verdict">{escape(headline(release, quarter, level))}</h2>'
        f"{f'<ul>{items}</ul>' if items else ''}</section>"
    )


def tone(release: Release, quarter: date, level: str) -> str:
    """The colour of the panel, from the worst verdict."""
    verdicts = {row.verdict for row in standings(release, quarter, level)}
    for code, name in (("not_met", "concern"), ("just_missed", "caution")):
        if code in verdicts:
            return name
    return "better" if verdicts & {"met", "met_narrowly"} else "quiet"


def finding_html(finding: Finding) -> str:
    """A missed commitment or a caution, its name first."""
    lead = LEADS[finding.kind]
    return f"<strong>{escape(lead + finding.title)}</strong>. {escape(finding.sentence)}"


def scorecard(release: Release, quarter: date, level: str = "all") -> str:
    """Every commitment: result, number, target, change, last year and two years of months."""
    rows = standings(release, quarter, level)
    before, last_year = months_after(quarter, -3), months_after(quarter, -12)
    columns = [
        Column("Commitment and owner"),
        Column("Result"),
        Column("Share", "number"),
        Column("Target", "number"),
        Column(f"Since {heading(release, before)}"),
        Column(heading(release, last_year), "number"),
        Column("Last 24 months"),
    ]
    caption = f"{plural_commitments(len(rows))}, {quarter_in_words(release, quarter)}"
    body = [scorecard_row(release, quarter, row) for row in rows]
    untold = [why_untold(row.figure) for row in rows]
    plural = release.manifest["case_word_plural"]
    note = (
        f"{KEY} A deadline counts in the quarter it fell due, so overdue open {plural}"
        " count as late."
    )
    told = table(caption, columns, body, beneath=untold)
    return f'{told}<p class="ca-note">{escape(note)}</p>'


def why_untold(figure: Figure) -> str:
    """Why a figure is withheld, for the line beneath its row; else nothing."""
    return withheld_words(figure.reason) if figure.state == "withheld" else ""


def heading(release: Release, quarter: date) -> str:
    """A quarter's name that does not break in a narrow column."""
    return quarter_name(release, quarter).replace(" ", "\N{NO-BREAK SPACE}")


def scorecard_row(release: Release, quarter: date, row: Standing) -> list[Cell]:
    """One commitment."""
    figure = row.figure
    moved, usual = moved_since(release, row, quarter)
    ago = figure_before(release, row, quarter, months=12)
    return [
        two_lines(row.title, row.owner, size="bold"),
        verdict_badge(row.verdict),
        figure_cell(figure, counts_text(release, figure), beside=row.target),
        plain(target(row.target)),
        two_lines(moved or "–", usual, size="plain"),
        plain("–") if ago.state == "no_data" else short_cell(ago),
        spark_cell(
            history(release, figure, quarter),
            figure,
            until=months_after(quarter, 3),
            goal=row.target,
        ),
    ]


def four_measures(release: Release, quarter: date, level: str = "all") -> str:
    """The four measures of the audit in one quarter, the one before and a year ago."""
    before, last_year = months_after(quarter, -3), months_after(quarter, -12)
    columns = [
        Column("Measure"),
        Column(quarter_in_words(release, quarter), "number"),
        Column("Behind it"),
        Column(heading(release, before), "number"),
        Column(heading(release, last_year), "number"),
        Column("Last 24 months"),
    ]
    titles = dict(release.table("definitions").select("metric", "metric_title").iter_rows())
    rows = []
    for metric, measure, words in HEADLINE_MEASURES:
        now, then, ago = (
            quarterly(release, start, level, metric, measure)
            for start in (quarter, before, last_year)
        )
        name = titles.get(metric) or capital(metric.replace("_", " "))
        rows.append(
            [
                two_lines(name, words, size="bold"),
                figure_cell(now),
                lines(behind(release, quarter, level, now)),
                short_cell(then),
                short_cell(ago),
                spark_cell(history(release, now, quarter), now, until=months_after(quarter, 3)),
            ]
        )
    caption = f"Four measures, {quarter_in_words(release, quarter)}"
    note = "Grey band: usual month-to-month range. ▲ better than usual, ■ worse than usual,"
    note += " ◆ higher or lower than usual, ● usual variation."
    return f'{table(caption, columns, rows)}<p class="ca-note">{escape(note)}</p>'


def lines(sentences: list[str]) -> Cell:
    """Short sentences, one a line."""
    return Cell("".join(f'<span class="ca-small">{escape(s)}</span>' for s in sentences))


def behind(release: Release, quarter: date, level: str, figure: Figure) -> list[str]:
    """The counts and companions without which a measure misleads."""
    if figure.state == "withheld":
        return [withheld_words(figure.reason)]
    interval = interval_text(figure)
    said = [capital(counts_text(release, figure))]
    said += [f"95% interval {interval}"] if interval else []
    if figure.metric == "time_to_resolution":
        said += survival_lines(release, quarter, level)
    elif figure.metric == "satisfaction":
        said += satisfaction_lines(release, quarter, level, figure)
    elif figure.metric == "escalation_compliance":
        if figure.pending:
            said.append(capital(f"{about(release)}{count(figure.pending)} not due yet"))
        if figure.missing:
            said.append(capital(f"{about(release)}{count(figure.missing)} cannot be judged"))
    if figure.state != "ok" and figure.reason:
        said.append(figure.reason)
    return [line for line in said if line]


def survival_lines(release: Release, quarter: date, level: str) -> list[str]:
    """The quartiles and the share still open, so that a median does not stand alone."""
    early, late, still_open = (
        quarterly(release, quarter, level, "time_to_resolution", measure)
        for measure in ("q25", "q75", "open_90")
    )
    said = []
    if early.state == "ok":
        said.append(f"A quarter within {figure_text(early)}")
    if late.state == "ok":
        said.append(f"Three quarters within {figure_text(late)}")
    elif late.state == "not_reached":
        said.append("Three quarters: not reached yet")
    if still_open.state == "ok":
        said.append(f"{figure_text(still_open)} still open after 90 days")
    elif still_open.state in {"not_reached", "not_assessable"}:
        said.append("Still open after 90 days: not known yet")
    return said


def satisfaction_lines(
    release: Release, quarter: date, level: str, figure: Figure
) -> list[str]:
    """The response rate, and how far silence could move the result."""
    said = []
    answered = quarterly(release, quarter, level, "satisfaction", "response_rate")
    if answered.state == "ok":
        behind_it = counts_text(release, answered)
        said.append(f"{figure_text(answered)} answered ({behind_it})")
    if figure.missing and figure.worst is not None and figure.best is not None:
        bounds = f"{share(figure.worst)} to {share(figure.best)}"
        said.append(f"Had everybody answered: {bounds}")
    return said
