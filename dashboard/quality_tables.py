"""HTML about the data itself: checks, deliveries, definitions and rules."""

from collections.abc import Mapping
from datetime import date
from html import escape
from typing import Any

import polars as pl

from dashboard.figure import Figure, Standing, standings
from dashboard.markup import Cell, Column, badge, figure_cell, plain, table, two_lines
from dashboard.phrases import (
    capital,
    count,
    day_text,
    in_words,
    listed,
    month_text,
    share,
)
from dashboard.wording import caution_of, checks_sentence, could_flip, quarter_in_words
from metrics.release import Release

OUTCOMES = {
    ("failed", "critical"): ("■", "Failed", "concern"),
    ("failed", "warning"): ("◆", "Warning", "caution"),
    ("empty", "critical"): ("–", "Nothing to examine", "quiet"),
    ("empty", "warning"): ("–", "Nothing to examine", "quiet"),
}
PASSED = ("✓", "Passed", "better")


WITHHELD = "[c]"


def checks(release: Release) -> str:
    """Checks that found something, most damaging first; those that passed are folded away."""
    verdicts = list(release.table("verdicts").iter_rows(named=True))
    found = sorted((v for v in verdicts if v["outcome"] != "passed"), key=damage)
    passed = [v for v in verdicts if v["outcome"] == "passed"]
    note = checks_sentence(release)
    if any(v["examined"] is None for v in verdicts):
        note += f" {WITHHELD}: counts of rows are told only where counts are exact."
    html = f'<p class="ca-note">{escape(note)}</p>'
    if found:
        caption = "Checks that found something, most damaging first"
        columns = [
            Column("Check and why it matters"),
            Column("Result"),
            Column("Rows failing", "number"),
            Column("Allowed"),
            Column("Since"),
            Column("Figures affected"),
        ]
        html += table(caption, columns, [check_row(release, v) for v in found])
    if passed:
        columns = [Column("Check"), Column("Result"), Column("Rows examined", "number")]
        rows = [
            [two_lines(v["title"], v["why"], size="bold"), outcome_cell(v),
             plain(rows_of(v["examined"]))]
            for v in passed
        ]  # fmt: skip
        one = len(passed) == 1
        words = f"{capital(in_words(len(passed)))} {'check' if one else 'checks'} passed"
        inner = table(words, columns, rows)
        html += f'<details class="ca-details"><summary>{words}</summary>{inner}</details>'
    return html


def damage(verdict: Mapping[str, Any]) -> tuple[bool, bool, float]:
    """Failed before empty, critical before warning, then by the share of rows that fail."""
    examined = verdict["examined"] or 0
    failing = (verdict["failing"] or 0) / examined if examined else 0.0
    return verdict["outcome"] != "failed", verdict["severity"] != "critical", -failing


def check_row(release: Release, verdict: Mapping[str, Any]) -> list[Cell]:
    """One check that found something."""
    unknown = "not known" if verdict["outcome"] == "failed" else "–"
    unknown = WITHHELD if verdict["examined"] is None else unknown
    since = month_text(verdict["since"]) if verdict["since"] else unknown
    name = two_lines(verdict["title"], verdict["why"], size="bold")
    if verdict["remedy"] and verdict["outcome"] == "failed":
        remedy = f"What to do: {verdict['remedy']}"
        name = Cell(f'{name.html}<span class="ca-small">{escape(remedy)}</span>')
    return [
        name,
        outcome_cell(verdict),
        plain(rows_failing(verdict)),
        plain(verdict["allowed"] or "none"),
        plain(since),
        plain(affected(release, verdict["affects"] or [])),
    ]


def rows_failing(verdict: Mapping[str, Any]) -> str:
    """'5 of 1,876'; '[c]' where counts of rows are withheld."""
    if verdict["examined"] is None:
        return WITHHELD
    return f"{count(verdict['failing'])} of {count(verdict['examined'])}"


def rows_of(number: int | None) -> str:
    """A count of rows; '[c]' where it is withheld, which is not 0."""
    return WITHHELD if number is None else count(number)


def outcome_cell(verdict: Mapping[str, Any]) -> Cell:
    """What a check came to, as a badge."""
    key = (verdict["outcome"], verdict["severity"])
    return Cell(badge(*OUTCOMES.get(key, PASSED)))


def affected(release: Release, names: list[str]) -> str:
    """The figures that depend on a check, by their titles."""
    titles = metric_titles(release)
    if not names:
        return "none directly"
    return capital(listed([titles.get(n, n.replace("_", " ")).lower() for n in names]))


def metric_titles(release: Release) -> dict[str, str]:
    """Titles of the metrics."""
    pairs = release.table("definitions").select("metric", "metric_title").unique()
    return dict(pairs.iter_rows())


def trust(release: Release, quarter: date) -> str:
    """For each commitment: may it be used, and how wrong could it be?"""
    columns = [
        Column("Reported figure"),
        Column("Use"),
        Column("Reported", "number"),
        Column("Worst to best case", "number"),
        Column("Checks that failed"),
    ]
    failed = release.table("verdicts").filter(pl.col("outcome") == "failed")
    rows = [
        [
            two_lines(row.title, caution_of(release, row), size="bold"),
            use_cell(row),
            figure_cell(row.figure, beside=row.target),
            plain(range_text(row.figure)),
            plain(failing_checks(failed, row)),
        ]
        for row in standings(release, quarter)
    ]
    caption = f"What the data allows, {quarter_in_words(release, quarter)}"
    note = "Worst to best case: the figure if everything unknown had gone wrong, or right."
    return f'{table(caption, columns, rows)}<p class="ca-note">{note}</p>'


def use_cell(row: Standing) -> Cell:
    """Whether a figure may be reported as it stands."""
    if row.figure.value is None:
        return Cell(badge("–", "Not shown", "quiet"))
    if could_flip(row):
        return Cell(badge("◆", "Caution", "caution"))
    return Cell(badge("✓", "Safe", "better"))


def range_text(figure: Figure) -> str:
    """The range in which the truth lies whatever the unknown dates are."""
    if figure.value is None or figure.worst is None or figure.best is None:
        return "–"
    worst, best = share(figure.worst), share(figure.best)
    return "nothing unknown" if worst == best else f"{worst} to {best}"


def failing_checks(failed: pl.DataFrame, row: Standing) -> str:
    """Titles of the failed checks on which a figure depends."""
    names = {row.figure.metric, row.figure.part, row.commitment} - {""}
    titles = [
        v["title"] for v in failed.iter_rows(named=True) if names & set(v["affects"] or [])
    ]
    if len(titles) > 1:
        return f"{in_words(len(titles))}, listed below"
    return titles[0] if titles else "none"


def deliveries(release: Release) -> str:
    """Rows in and rows used, in one sentence and one table."""
    rows = release.table("deliveries")
    if not rows.height:
        return '<p class="ca-note">No delivery is on record.</p>'
    columns = [
        Column("Source and export"),
        Column("Data to"),
        Column("Rows in", "number"),
        Column("Used", "number"),
        Column("Unreadable", "number"),
        Column("Repeats", "number"),
    ]
    body = [delivery_row(row) for row in rows.iter_rows(named=True)]
    html = f'<p class="ca-note">{escape(delivery_sentence(rows))}</p>'
    html += table("Deliveries, row by row accounted for", columns, body)
    return html + reject_table(release)


def delivery_sentence(rows: pl.DataFrame) -> str:
    """Say '2,110 rows received, 2,100 used, 3 unreadable, 7 exact repeats'."""
    names = ("rows_in", "rows_loaded", "rows_rejected", "rows_repeated")
    if rows.select(names).null_count().sum_horizontal()[0]:
        # A release is not made unless the check on this has passed.
        return (
            "Every row of every delivery is accounted for: rows in are rows used, unreadable"
            f" rows and exact repeats. {WITHHELD}: told only where counts are exact."
        )
    received, used, bad, repeats = (int(rows[name].sum() or 0) for name in names)
    sentence = (
        f"Rows in, rows used: {count(received)} rows received, {count(used)} used,"
        f" {count(bad)} unreadable, {count(repeats)} exact"
        f" {'repeat' if repeats == 1 else 'repeats'}."
    )
    lost = received - used - bad - repeats
    return sentence if lost == 0 else f"{sentence} {count(abs(lost))} are not accounted for."


def delivery_row(row: Mapping[str, Any]) -> list[Cell]:
    """One file as it was delivered."""
    numbers = ("rows_in", "rows_loaded", "rows_rejected", "rows_repeated")
    mark = f"sha256 {row['fingerprint'][:12]}" if row["fingerprint"] else ""
    name = f"{row['source']}, {row['export']}"
    return [
        two_lines(name, mark, size="bold"),
        plain(day_text(row["as_of"]) if row["as_of"] else "not known"),
        *(plain(rows_of(row[number])) for number in numbers),
    ]


def reject_table(release: Release) -> str:
    """Why rows could not be read; empty where all were."""
    reasons = release.table("reject_reasons")
    if not reasons.height:
        return ""
    columns = [Column("Column"), Column("Why it could not be read"), Column("Rows", "number")]
    body = [
        [
            two_lines(row["column_name"] or "the whole row", row["export"], size="bold"),
            plain(row["reason"]),
            plain(rows_of(row["row_count"])),
        ]
        for row in reasons.sort("row_count", descending=True).iter_rows(named=True)
    ]
    return table("Rows that could not be read", columns, body)


def definitions(release: Release) -> str:
    """What each metric asks, whom it counts and how it is worked out."""
    html = ""
    for (_,), rows in release.table("definitions").group_by("metric", maintain_order=True):
        first = rows.row(0, named=True)
        measures = "".join(
            f"<dt>{escape(row['title'])}</dt><dd>{escape(row['definition'])}"
            f'<span class="ca-small">{escape(row["source"] or "")}</span></dd>'
            for row in rows.iter_rows(named=True)
        )
        html += (
            f'<section class="ca-definition"><h3>{escape(first["metric_title"])}</h3>'
            f"<p>{escape(first['question'])} Counted: {escape(first['cohort'])}.</p>"
            f"<dl>{measures}</dl></section>"
        )
    return html


def rules(release: Release) -> str:
    """The deadlines, what they rest on and whether somebody checked that."""
    rows = release.table("rules")
    if not rows.height:
        return '<p class="ca-note">No deadline has been declared.</p>'
    columns = [Column("Deadline"), Column("Applies to"), Column("Basis"), Column("In force")]
    body = [
        [
            two_lines(row["title"], row["clock"], size="bold"),
            plain(row["applies_to"] or "all"),
            two_lines(row["basis"] or "none given", verified_words(row), size="plain"),
            plain(row["in_force"] or "always"),
        ]
        for row in rows.iter_rows(named=True)
    ]
    return table("Deadlines and what they rest on", columns, body)


def verified_words(row: Mapping[str, Any]) -> str:
    """Whether the basis was read in its primary text."""
    return "checked against the text" if row["verified"] else "not yet checked against the text"
