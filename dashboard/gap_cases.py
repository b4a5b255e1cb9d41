"""From a gap to the cases behind it, masked, and what to do with them next."""

from datetime import date
from typing import Any

import polars as pl

from dashboard.markup import Cell, Column, plain, table, two_lines
from dashboard.phrases import count, days, month_text
from dashboard.process_gaps import Gap
from metrics.release import Release

SHOWN = 20
# What whoever owns the process asks first, by kind of gap.
_NEXT = {
    "skipped": "Ask whether the step was left out, or only not recorded: the two look alike",
    "out_of_order": "Ask why the later step could not wait, and whether its date is right",
    "same_person": "Have a second person look at these decisions, and keep the two acts apart",
    "bounced": "Ask what was missing when they came to the step first",
    "repeated": "Ask what the first time left undone",
    "triage_incomplete": "Have the missing acts done where the case is open",
    "not_followed_up": "See first whether anybody still waits for it in the open ones",
    "discipline_absent": "Ask the discipline why it was not there, and who stands in for it",
    "without_news": "Tell the people of the open ones today, then ask who should have",
    "not_served": "Find out who of these people still has no help, then speak to the partner",
    "check_missed": "Ask these people now: a check that is late is better than none",
    "no_exit_plan": "See where these people are now, and offer what a plan would have offered",
    "not_reviewed": "Have a supervisor look at the open ones this week",
    "milestone_missed": "Tell the people what they can expect now, and by when",
    "harmed": "See first to the people concerned, then how it could happen",
    "left_to_others": "Decide them: a review from outside is advice",
    "no_consequence": "Ask who decides on consequences, and what like cases elsewhere led to",
    "thin_evidence": "Have somebody who did not decide them see if the finding holds",
    "noted_late": "Ask what kept people from writing, and who else can say what happened",
    "came_again": "Ask whether coaching was the right route, and what the later report says",
    "short_handed": "Move open cases to somebody who has time, the gravest first",
}


def cases_behind(release: Release, quarter: date, gap: Gap) -> str:
    """The masked cases of a gap as a table; or nothing where it has too few to list."""
    rows = release.table("gap_cases").filter(
        (pl.col("metric") == gap.metric)
        & (pl.col("part") == gap.part)
        & (pl.col("period_start") == quarter)
    )
    if rows.is_empty():
        return ""
    timed = is_timed(rows)
    columns = [
        Column(name) for name in ("Reference", "Unit", "Category", "Severity", "Received")
    ]
    columns += [Column("Days", "number")] if timed else []
    columns += [Column("State")]
    shown = [_row(release, row, timed=timed) for row in rows.head(SHOWN).iter_rows(named=True)]
    return table(f"{gap.title}, case by case", columns, shown)


def is_timed(rows: pl.DataFrame) -> bool:
    """Whether a gap has a length in days: a step that was skipped has none."""
    return rows["days"].is_not_null().any()


def said_of_cases(release: Release, quarter: date, gap: Gap) -> str:
    """How many are listed of how many, and how a reference leads back to a number."""
    word = release.manifest["case_word_plural"]
    listed = release.table("gap_cases").filter(
        (pl.col("metric") == gap.metric)
        & (pl.col("part") == gap.part)
        & (pl.col("period_start") == quarter)
    )
    if listed.is_empty():
        return (
            f"Fewer than five {word}, or none: they are not listed, since so few could be"
            " recognised by what is told of them."
        )
    open_ones = listed["is_open"].sum()
    many = f"the first {SHOWN} of " if listed.height > SHOWN else ""
    order = ", those that took longest first" if is_timed(listed) else ""
    return (
        f"Listed: {many}{count(gap.cases)} {word}{order};"
        f" {count(int(open_ones))} of those named in this release are open. Days of receipt are"
        " told by the month. A reference holds in this release alone; `case-audit reveal` leads"
        " it back to a number for whoever has the exports and the key, and records who asked."
    )


def next_step(gap: Gap) -> str:
    """What to do with the cases of this gap first."""
    return f"{_NEXT[gap.metric]}."


def _row(release: Release, row: dict[str, Any], *, timed: bool) -> list[Cell]:
    length = plain(days(row["days"]) if row["days"] is not None else "not counted")
    return [
        two_lines(row["reference"], "", size="bold"),
        plain(release.title_of("unit", row["unit"])),
        plain(release.title_of("category", row["category"])),
        plain(release.title_of("severity", row["severity"])),
        plain(month_text(row["month"])),
        *([length] if timed else []),
        plain("open" if row["is_open"] else "closed"),
    ]
