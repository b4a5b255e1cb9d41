"""A release of headline numbers with noise: the one thing that there is to show of it."""

from html import escape

from dashboard.grids import grid
from dashboard.phrases import capital, count, day_text, quarter_name
from metrics.release import Release

ALONE = "private"


def are_all(release: Release) -> bool:
    """Whether the release has headline numbers and nothing else."""
    return release.manifest["method"] == ALONE


def title(release: Release) -> str:
    """What the page is called."""
    return f"{capital(release.manifest['case_word_plural'])} in numbers"


def about(release: Release) -> str:
    """Whose numbers, and how fresh."""
    held = release.manifest
    return (
        f"{held['organisation']} · whole quarters of the whole organisation · data to"
        f" {day_text(release.as_of)}"
    )


def table(release: Release) -> str:
    """One row per quarter, the newest first, with each headline and how far it may be off."""
    named = release.table("definitions")
    told = {
        (row["metric"], row["measure"], row["period_start"]): _words(
            row["value"], row["low"], row["high"]
        )
        for row in release.table("figures").iter_rows(named=True)
    }
    keys = list(named.select("metric", "measure").iter_rows())
    rows = [
        [quarter_name(release, quarter), *(told.get((*key, quarter), "") for key in keys)]
        for quarter in reversed(release.quarters())
    ]
    return grid("Whole quarters, the newest first", ("Quarter", *named["title"]), rows)


def _words(value: float | None, low: float, high: float) -> str:
    if value is None:
        return f"at most {count(high)}"
    return f"about {count(value)} ({count(low)} to {count(high)})"


def sentences(release: Release) -> tuple[str, ...]:
    """How the numbers were made, what has been spent, and what each of them counts."""
    held = release.manifest
    counted = (
        f"{row['title']}: {row['definition']} Cohort: {row['cohort']}."
        for row in release.table("definitions").iter_rows(named=True)
    )
    return (
        held["method_sentence"],
        f"Of the budget of {held['budget']}, {held['spent']} has been spent, for ever, on all"
        " numbers of this kind that were told to anybody so far. Numbers of several quarters"
        " may be added up; what they are off then adds up too.",
        *counted,
        f"Questions about these numbers: {held['policy_owner']}.",
    )


def notes(release: Release) -> str:
    """The same as HTML."""
    return "".join(f'<p class="prose">{escape(each)}</p>' for each in sentences(release))
