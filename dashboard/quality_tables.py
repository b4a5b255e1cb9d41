"""HTML about the data itself: checks, deliveries, definitions and rules."""

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from typing import Any

import polars as pl

from dashboard.check_tables import AT_FAULT, OUTCOMES, WITHHELD, damage, rows_of
from dashboard.consequences import consequence_of
from dashboard.figure import Figure, Standing, standings
from dashboard.markup import Cell, Column, badge, figure_cell, plain, table, two_lines
from dashboard.phrases import capital, count, day_text, listed, unit_of, value_text
from dashboard.wording import caution_of, could_flip, quarter_in_words
from metrics.release import Release

_WITHHELD, _NO_CHECK = plain(WITHHELD), plain("–")


def trust(release: Release, quarter: date) -> str:
    """For each commitment: may it be used, what did the checks find, how wrong could it be?"""
    rows = standings(release, quarter)
    verdicts = list(release.table("verdicts").iter_rows(named=True))
    every = _topics(verdicts, {row.figure.metric for row in rows})
    found = {topic: [topic_cell(verdicts, row, topic) for row in rows] for topic in every}
    # A column that tells of no figure is a sentence below the table.
    told = {t: cells for t, cells in found.items() if not {*cells} <= {_WITHHELD, _NO_CHECK}}
    columns = [
        Column("Reported figure"),
        Column("Use"),
        *(Column(topic) for topic in told),
        Column("Reported", "number"),
        Column("Worst to best case", "number"),
    ]
    body = [
        [
            two_lines(row.title, "", size="bold"),
            use_cell(release, row),
            *(cells[place] for cells in told.values()),
            figure_cell(row.figure, beside=row.target),
            plain(range_text(release, row.figure)),
        ]
        for place, row in enumerate(rows)
    ]
    caption = f"What the data allows, {quarter_in_words(release, quarter)}"
    note = (
        "Worst to best case: the figure if everything in doubt had gone wrong, or right. A rate"
        " or a length of time: the lowest to the highest."
    )
    if any(verdict["outcome"] == "untold" for verdict in verdicts):
        note += _not_told([t for t in every if t not in told], told) + (
            " So are faults in few cases: no range and no caution here allows for them."
        )
    cautions = [caution_of(release, row) for row in rows]
    return f'{table(caption, columns, body, beneath=cautions)}<p class="ca-note">{note}</p>'


def _not_told(topics: Sequence[str], told: Mapping[str, Sequence[Cell]]) -> str:
    """Which kinds of check a reader of protected counts is told nothing of."""
    shown = any(_WITHHELD in cells for cells in told.values())
    said = [f"{WITHHELD}, where it stands in a row"] if shown else []
    if topics:
        kinds = listed([topic.lower() for topic in topics])
        said.append(f"what checks of {'these' if not told else 'other'} kinds found ({kinds})")
    return f" {capital(listed(said))}: told only where counts are exact."


def _topics(verdicts: Sequence[Mapping[str, Any]], metrics: set[str]) -> list[str]:
    """Kinds of check that concern any of the metrics, in their order."""
    concerning = (v["topic"] for v in verdicts if metrics & set(v["affects"] or []))
    return [topic for topic in dict.fromkeys(concerning) if topic]


def topic_cell(verdicts: Sequence[Mapping[str, Any]], row: Standing, topic: str) -> Cell:
    """What the checks of one kind found for a figure: the gravest of them."""
    own = [
        v for v in verdicts if v["topic"] == topic and row.figure.metric in (v["affects"] or [])
    ]
    failed = [v for v in own if v["outcome"] in AT_FAULT]
    if not own:
        return _NO_CHECK
    if not failed and any(v["outcome"] == "untold" for v in own):
        return _WITHHELD
    if not failed:
        return Cell(badge("✓", "Pass", "better"))
    gravest = min(failed, key=damage)
    symbol, result, tone = OUTCOMES[(gravest["outcome"], gravest["severity"])]
    rows = gravest["failing"]
    words = result if rows is None else f"{count(rows)} {'row' if rows == 1 else 'rows'}"
    return Cell(badge(symbol, words, tone))


def use_cell(release: Release, row: Standing) -> Cell:
    """Whether a figure may be reported as it stands."""
    use = consequence_of(release, row.figure).use
    if use == "not_fit" or row.figure.state == "not_fit":
        return Cell(badge("■", "Not fit", "concern"))
    if row.figure.value is None:
        return Cell(badge("–", "Not shown", "quiet"))
    if could_flip(row) or use == "caution":
        return Cell(badge("◆", "Caution", "caution"))
    return Cell(badge("✓", "Safe", "better"))


def range_text(release: Release, figure: Figure) -> str:
    """The range in which the truth lies, whatever the rows in doubt are."""
    found = consequence_of(release, figure)
    low, high = (found.low, found.high) if found.is_wide else (figure.worst, figure.best)
    if figure.value is None or low is None or high is None:
        return "–" if figure.value is None else "nothing unknown"
    unit = unit_of(figure)
    least, most = value_text(low, unit), value_text(high, unit)
    return "nothing unknown" if least == most else f"{least} to {most}"


def deliveries(release: Release) -> str:
    """Rows in and rows used, in one sentence and one table."""
    rows = release.table("deliveries")
    if not rows.height:
        return '<p class="ca-note">No delivery is on record.</p>'
    if rows["rows_in"].null_count():
        return _delivered(rows)
    columns = [
        Column("Source and export"),
        Column("Data to"),
        Column("Rows in", "number"),
        Column("Used", "number"),
        Column("Unreadable", "number"),
        Column("Repeats", "number"),
    ]
    others = _left_out(rows) > 0
    columns += [Column("Left out", "number")] if others else []
    body = [delivery_row(row, with_left_out=others) for row in rows.iter_rows(named=True)]
    html = f'<p class="ca-note">{escape(delivery_sentence(rows))}</p>'
    html += sentences(rows)
    html += table("Deliveries, row by row accounted for", columns, body)
    return html + reject_table(release)


def _delivered(rows: pl.DataFrame) -> str:
    """Which exports the figures rest on, for readers who are told no more of deliveries."""
    columns = [Column("Source"), Column("Exports")]
    body = [
        [
            two_lines(str(source), "", size="bold"),
            plain(listed(own["export"].unique(maintain_order=True).to_list())),
        ]
        for (source,), own in rows.group_by("source", maintain_order=True)
    ]
    html = f'<p class="ca-note">{escape(delivery_sentence(rows))}</p>'
    return html + table("Sources and their exports", columns, body)


def sentences(rows: pl.DataFrame) -> str:
    """One sentence per delivery, where there are several."""
    if rows.height < 2:
        return ""
    items = "".join(f"<li>{escape(reconciled(row))}</li>" for row in rows.iter_rows(named=True))
    return f'<ul class="ca-events">{items}</ul>'


def reconciled(row: Mapping[str, Any]) -> str:
    """Say 'Beacon, cases: 1,210 rows received = 1,200 used + 2 unreadable + 8 repeats.'."""
    repeats, others = row["rows_repeated"], row.get("rows_left_out")
    return (
        f"{capital(row['source'])}, {row['export']}: {count(row['rows_in'])} rows received ="
        f" {count(row['rows_loaded'])} used + {count(row['rows_rejected'])} unreadable"
        f" + {count(repeats)} exact {'repeat' if repeats == 1 else 'repeats'}"
        f"{f' + {count(others)} left out' if others else ''}."
    )


def delivery_sentence(rows: pl.DataFrame) -> str:
    """Say '2,110 rows received, 2,100 used, 3 unreadable, 7 exact repeats'."""
    names = ("rows_in", "rows_loaded", "rows_rejected", "rows_repeated")
    if rows.select(names).null_count().sum_horizontal()[0]:
        # A release is not made unless the check on this has passed.
        return (
            "Every row of every delivery is accounted for: rows in are rows used, unreadable"
            " rows, exact repeats and rows that a source declares to be no cases. How many of"
            " each there were, and when they came, is told only where counts are exact."
        )
    received, used, bad, repeats = (int(rows[name].sum() or 0) for name in names)
    others = _left_out(rows)
    sentence = (
        f"Rows in, rows used: {count(received)} rows received, {count(used)} used,"
        f" {count(bad)} unreadable, {count(repeats)} exact"
        f" {'repeat' if repeats == 1 else 'repeats'}"
        f"{f', {count(others)} left out as no cases' if others else ''}."
    )
    lost = received - used - bad - repeats - others
    return sentence if lost == 0 else f"{sentence} {count(abs(lost))} are not accounted for."


def _left_out(rows: pl.DataFrame) -> int:
    """Rows that sources declare to be no cases; earlier releases do not tell of any."""
    if "rows_left_out" not in rows.columns:
        return 0
    return int(rows["rows_left_out"].sum() or 0)


def delivery_row(row: Mapping[str, Any], *, with_left_out: bool = False) -> list[Cell]:
    """One file as it was delivered."""
    numbers = ["rows_in", "rows_loaded", "rows_rejected", "rows_repeated"]
    numbers += ["rows_left_out"] if with_left_out else []
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
