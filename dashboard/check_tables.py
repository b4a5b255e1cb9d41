"""HTML of the checks: what failed with its last runs, and one check opened."""

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from typing import Any
from urllib.parse import quote

import polars as pl

from dashboard.consequences import incident_of
from dashboard.figure import base_of
from dashboard.markup import Cell, Column, badge, plain, table, two_lines
from dashboard.palette import PALETTES, Palette
from dashboard.phrases import capital, count, day_text, in_words, listed, month_text
from dashboard.wording import checks_sentence
from metrics.release import Release

OUTCOMES = {
    ("failed", "critical"): ("■", "Failed", "concern"),
    ("failed", "warning"): ("◆", "Warning", "caution"),
    ("known", "critical"): ("◆", "Known defect", "caution"),
    ("known", "warning"): ("◆", "Known defect", "caution"),
    ("empty", "critical"): ("–", "Nothing to examine", "quiet"),
    ("empty", "warning"): ("–", "Nothing to examine", "quiet"),
    ("untold", "critical"): ("–", "Not told", "quiet"),
    ("untold", "warning"): ("–", "Not told", "quiet"),
}
PASSED = ("✓", "Passed", "better")
WITHHELD = "[c]"
AT_FAULT = ("failed", "known")

# What a row that breaks a claim means for the figures.
MEANING = {
    "visible": "Its rows are counted beside the figures and may be one thing or the other.",
    "unsure": "Its rows are in the right place and may have come to something else.",
    "misplaced": "Its rows may belong to another period, or to none.",
    "extra": "Its rows may be no cases of their own.",
    "absent": "Its rows are missing from every figure.",
    "level": "Its rows may belong to another unit, category, channel or severity.",
    "unbounded": "Nobody can say by how much it makes a figure wrong.",
    "none": "No published figure depends on it.",
}

FOUND = "Checks that found something, most damaging first"
RUNS, WIDTH, HEIGHT, PAD = 12, 108, 28, 2
_OF_ROWS = (
    Column("Rows failing", "number"),
    Column("Since"),
    Column(f"Last {in_words(RUNS)} runs"),
)


def faults(release: Release) -> str:
    """Checks that failed, most damaging first, in a table that has room on paper."""
    verdicts = list(release.table("verdicts").iter_rows(named=True))
    found = sorted((v for v in verdicts if v["outcome"] in AT_FAULT), key=damage)
    html = f'<p class="ca-note">{escape(checks_sentence(release))}</p>'
    if not found:
        return html
    with_rows = not any(v["examined"] is None for v in verdicts)
    columns = [Column("Check"), Column("Result"), Column("Figures affected")]
    columns += _OF_ROWS[:2] if with_rows else ()
    rows = []
    for verdict in found:
        title, result, _, *others = check_row(release, verdict, with_rows=with_rows)
        rows.append([title, result, *others[: len(columns) - 2]])
    return html + table(FOUND, columns, rows, beneath=[_advice(v) for v in found])


def checks(release: Release) -> str:
    """Checks that found something, most damaging first; those that passed are folded away."""
    verdicts = list(release.table("verdicts").iter_rows(named=True))
    quiet = ("passed", "untold")
    found = sorted((v for v in verdicts if v["outcome"] not in quiet), key=damage)
    untold = [v for v in verdicts if v["outcome"] == "untold"]
    passed = [v for v in verdicts if v["outcome"] == "passed"]
    note = checks_sentence(release)
    with_rows = not any(v["examined"] is None for v in verdicts)
    if not with_rows:
        note += " So is how many rows are at fault, since when, and in which earlier runs."
    html = f'<p class="ca-note">{escape(note)}</p>'
    if found:
        columns = [
            Column("Check"),
            Column("Result"),
            Column("Allowed"),
            Column("Figures affected"),
            *(_OF_ROWS if with_rows else ()),
        ]
        rows = [check_row(release, v, with_rows=with_rows) for v in found]
        html += table(FOUND, columns, rows, beneath=[_advice(v) for v in found])
    if passed:
        columns = [Column("Check"), Column("Result")]
        columns += [Column("Rows examined", "number")] if with_rows else []
        rows = [
            [
                two_lines(v["title"], v["why"], size="bold"),
                outcome_cell(v),
                *([plain(rows_of(v["examined"]))] if with_rows else []),
            ]
            for v in passed
        ]
        one = len(passed) == 1
        words = f"{capital(in_words(len(passed)))} {'check' if one else 'checks'} passed"
        inner = table(words, columns, rows)
        html += f'<details class="ca-details"><summary>{words}</summary>{inner}</details>'
    return html + _untold_table(untold)


def _untold_table(verdicts: Sequence[Mapping[str, Any]]) -> str:
    """What was checked of which nothing is told, folded away."""
    if not verdicts:
        return ""
    one = len(verdicts) == 1
    many = f"{capital(in_words(len(verdicts)))} {'check' if one else 'checks'}"
    words = f"{many} of which nothing is told"
    rows = [[two_lines(v["title"], v["why"], size="bold"), outcome_cell(v)] for v in verdicts]
    inner = table(words, [Column("Check"), Column("Result")], rows)
    return f'<details class="ca-details"><summary>{words}</summary>{inner}</details>'


def damage(verdict: Mapping[str, Any]) -> tuple[bool, bool, bool, float]:
    """Failed before known before empty, critical before warning, then by the share failing."""
    examined = verdict["examined"] or 0
    failing = (verdict["failing"] or 0) / examined if examined else 0.0
    return (
        verdict["outcome"] == "empty",
        verdict["outcome"] != "failed",
        verdict["severity"] != "critical",
        -failing,
    )


def check_row(
    release: Release, verdict: Mapping[str, Any], *, with_rows: bool = True
) -> list[Cell]:
    """One check that found something, with what is known of its rows where that is told."""
    unknown = "not known" if verdict["outcome"] in AT_FAULT else "–"
    since = month_text(verdict["since"]) if verdict["since"] else unknown
    return [
        two_lines(verdict["title"], "", size="bold"),
        outcome_cell(verdict),
        plain(verdict["allowed"] or "none"),
        plain(affected(release, verdict["affects"] or [])),
        *(
            [
                plain(rows_failing(verdict)),
                plain(since),
                bars_cell(release, verdict["name"]),
            ]
            if with_rows
            else []
        ),
    ]


def _advice(verdict: Mapping[str, Any]) -> str:
    """Why a check matters and, where it failed, what to do and whose it is."""
    said = [verdict["why"]]
    if verdict["outcome"] in AT_FAULT:
        said += [f"What to do: {verdict['remedy']}"] if verdict["remedy"] else []
        said += [f"Owner: {verdict['owner']}."] if verdict["owner"] else []
    return " ".join(said)


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


def affected(release: Release, names: Sequence[str]) -> str:
    """The published figures that depend on a check, by their titles."""
    titles = metric_titles(release)
    if not names:
        return "none directly"
    if titles and set(titles) <= set(names):
        return "Every figure"
    held = [titles.get(n, n.replace("_", " ")).lower() for n in names if n in titles]
    held = held or [n.replace("_", " ") for n in names]
    if len(held) > 4:
        held = [*held[:3], f"{in_words(len(held) - 3)} others"]
    return capital(listed(held))


def metric_titles(release: Release) -> dict[str, str]:
    """Titles of the metrics."""
    pairs = release.table("definitions").select("metric", "metric_title")
    return dict(pairs.unique(maintain_order=True).iter_rows())


def bars_cell(release: Release, name: str) -> Cell:
    """The last runs of a check as bars, for both themes, and the same in words."""
    history = release.table("check_history").filter(pl.col("name") == name).sort("run")
    rows = list(history.tail(RUNS).iter_rows(named=True))
    if not rows:
        return Cell('<span class="ca-none">no run on record</span>')
    words = escape(_bars_words(rows), quote=True)
    return Cell(
        "".join(
            f'<img class="ca-spark ca-on-{theme}" alt="{words}" width="{WIDTH}"'
            f' height="{HEIGHT}" src="data:image/svg+xml,{quote(_bars(rows, palette))}">'
            for theme, palette in PALETTES.items()
        )
    )


def _bars_words(rows: Sequence[Mapping[str, Any]]) -> str:
    failed = sum(row["outcome"] in AT_FAULT for row in rows)
    said = f"Failed in {in_words(failed)} of the last {in_words(len(rows))} runs"
    if len(rows) == 1:
        said = "Failed in the only run" if failed else "Did not fail in the only run"
    known = [row["failing"] for row in rows if row["failing"] is not None]
    return (
        f"{said}; rows failing, oldest first: {', '.join(map(count, known))}" if known else said
    )


def _bars(rows: Sequence[Mapping[str, Any]], palette: Palette) -> str:
    """A bar a run, the newest on the right; all of one height where counts are withheld."""
    step = (WIDTH - 2 * PAD) / RUNS
    most = max((row["failing"] or 0 for row in rows), default=0)
    floor = HEIGHT - PAD
    body = [f'<path d="M{PAD} {floor}H{WIDTH - PAD}" stroke="{palette.usual}"/>']
    for place, row in enumerate(rows, start=RUNS - len(rows)):
        at_fault = row["outcome"] in AT_FAULT
        share = (row["failing"] or 0) / most if most else float(at_fault)
        tall = max(2.0, share * (HEIGHT - 3 * PAD)) if at_fault else 0.0
        newest = place == RUNS - 1
        colour = palette.concern if newest and at_fault else palette.usual
        if tall:
            body.append(
                f'<rect x="{PAD + place * step + 1:.1f}" y="{floor - tall:.1f}"'
                f' width="{step - 2:.1f}" height="{tall:.1f}" fill="{colour}"/>'
            )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}"'
        f' viewBox="0 0 {WIDTH} {HEIGHT}">{"".join(body)}</svg>'
    )


def choices(release: Release) -> dict[str, str]:
    """Names of the checks with their titles, what failed first."""
    rows = sorted(release.table("verdicts").iter_rows(named=True), key=_failed_first)
    return {row["name"]: row["title"] for row in rows}


def _failed_first(verdict: Mapping[str, Any]) -> tuple[bool, str]:
    return verdict["outcome"] not in AT_FAULT, verdict["title"]


def opened(release: Release, name: str) -> str:
    """One check in full: claim, reason, result, owner, statement, and where its rows stand."""
    found = release.table("verdicts").filter(pl.col("name") == name)
    if not found.height:
        return ""
    verdict = found.row(0, named=True)
    facts = {
        "Why it matters": verdict["why"],
        "Result": f"{_outcome_words(verdict)}; {_rows_words(verdict)}",
        "Allowed": verdict["allowed"] or "none",
        "What its rows mean": MEANING.get(verdict["doubt"], ""),
        "Figures affected": affected(release, verdict["affects"] or []),
        "What to do": verdict["remedy"],
        "Owner": verdict["owner"],
        "Incident": _incident_words(release, verdict),
    }
    terms = "".join(
        f"<dt>{escape(term)}</dt><dd>{escape(text)}</dd>"
        for term, text in facts.items()
        if text
    )
    statement = (
        f'<details class="ca-details"><summary>The statement that examines the rows</summary>'
        f'<pre class="ca-sql">{escape(verdict["statement"] or "")}</pre></details>'
    )
    return (
        f'<section class="ca-definition ca-opened"><h3>{escape(verdict["title"])}</h3>'
        f"<dl>{terms}</dl></section>{statement}{places(release, verdict)}"
    )


def _outcome_words(verdict: Mapping[str, Any]) -> str:
    key = (verdict["outcome"], verdict["severity"])
    return OUTCOMES.get(key, PASSED)[1]


def _rows_words(verdict: Mapping[str, Any]) -> str:
    if verdict["examined"] is None:
        return f"rows {WITHHELD}, told only where counts are exact"
    return f"not so for {rows_failing(verdict)}"


def _incident_words(release: Release, verdict: Mapping[str, Any]) -> str:
    seen = incident_of(release, verdict)
    if seen is None:
        return ""
    since = (
        f"open since the data of {day_text(seen['first_seen'])}" if seen["first_seen"] else ""
    )
    runs = f"seen in {in_words(seen['runs'])} {'run' if seen['runs'] == 1 else 'runs'}"
    return capital(", ".join(filter(None, (since, runs)))) + "."


def places(release: Release, verdict: Mapping[str, Any]) -> str:
    """Where the rows of a failed check stand, for who may see counts that are exact."""
    if verdict["outcome"] not in AT_FAULT:
        return ""
    if base_of(release) != 1:
        words = f"{WITHHELD}: where its rows stand is told only to who may see the cases."
        return f'<p class="ca-note">{escape(words)}</p>'
    own = pl.col("name") == verdict["name"]
    found = release.table("fault_places").filter(own)
    html = (
        table("Where the fault sits", _PLACES, _place_rows(release, found))
        if found.height
        else ""
    )
    rows = release.table("row_places").filter(own)
    if rows.height:
        body = [
            [
                plain(f"{r['source']}, {r['export']}"),
                plain(count(r["snapshot"])),
                plain(count(r["line"])),
                plain(month_text(r["happened_on"]) if r["happened_on"] else "–"),
            ]
            for r in rows.iter_rows(named=True)
        ]
        shown = f"{capital(in_words(rows.height))} of its rows, as places in a delivery"
        columns = [Column("Export"), Column("Delivery", "number"), Column("Line", "number"),
                   Column("Month")]  # fmt: skip
        inner = table(shown, columns, body)
        html += (
            f'<details class="ca-details"><summary>{escape(shown)}</summary>{inner}</details>'
        )
    return html


_PLACES = [Column("Where"), Column("Most of them"), Column("Rows", "number")]
_FIELDS = {"source": "Source", "unit": "Unit", "channel": "Channel", "month": "Month"}


def _level_words(release: Release, field: str, level: str) -> str:
    if field == "month":
        return month_text(date.fromisoformat(f"{level}-01"))
    return release.title_of(field, level) if field in {"unit", "channel"} else level


def _place_rows(release: Release, found: pl.DataFrame) -> list[list[Cell]]:
    rows = []
    for field, title in _FIELDS.items():
        own = found.filter(pl.col("breakdown") == field).sort("failing", descending=True)
        if own.height:
            level = own["level"][0]
            words = _level_words(release, field, level)
            total = int(own["failing"].sum())
            most = f"{count(own['failing'][0])} of {count(total)}"
            rows.append([plain(title), plain(words), plain(most)])
    return rows
