"""What METHODS.md says of what came of earlier releases: restatements and actions."""

from metrics.actions import FEWEST as LEAST
from metrics.actions import SOONEST, YEAR
from metrics.markdown import section, table, wrapped
from metrics.statistics.before_after import CONFIDENCE

CAUSES = {
    "another headcount, policy, definition or program": (
        "the counts that were told then, made into figures as today"
    ),
    "another rule, calendar, procedure, promise, list of duties or definition": (
        "the deliveries known then, counted as today"
    ),
    "late cases": "with the cases that later deliveries were the first to tell of",
    "vanished cases": "without those that are no cases any more",
    "corrections": (
        "as later deliveries tell what had happened by the last as-of day, and what has no date"
        " of its own, such as a unit"
    ),
    "what happened since": "with all that happened after the last as-of day; no restatement",
    "unexplained": "what no delivery and no declaration accounts for",
}


def restatements() -> str:
    """How a figure that is told otherwise is put down to its causes."""
    return "\n\n".join(
        (
            section(
                "## What is told otherwise than before",
                "Each release is compared with the last one of its audience, by quarter,"
                " for everybody and each unit. A figure of a quarter that was whole then is"
                " followed from what was told to what is told now, through recounts that differ"
                " in one thing each; the changes add up to the whole, in this order:",
            ),
            table(("cause", "what sets the recount apart from the one before"), CAUSES.items()),
            wrapped(
                "Known then are the deliveries that the last release names; what had happened"
                " is cut off at its as-of day. Nothing is estimated, so nothing is found by"
                " chance: where no past case is told otherwise, nothing is restated. Which"
                " definition, rule, calendar, procedure and promise a release was made by"
                " stands in it as a hash of each; two that changed at once and cannot be set"
                " apart are named together."
            ),
            wrapped(
                "Where counts are rounded a quarter keeps the numbers that it was told with, so"
                " that no difference of two releases shows a case; late cases are counted in"
                " the quarter told next, and only declarations can move a figure."
            ),
        )
    )


def actions() -> str:
    """How it is judged whether an action worked."""
    return section(
        "## Whether an action worked",
        f"Before are the {YEAR} months up to the month in which an action was accepted, and the"
        f" months until it was done; after are the {YEAR} months from the month after that. The"
        " month itself is in neither. Before holds more than the bad quarter for which the gap"
        " was accepted: what follows a bad quarter looks better by itself. A share changed"
        f" where Newcombe's interval of the difference at {CONFIDENCE:.0%} leaves out 0, a rate"
        " where the exact interval of the ratio leaves out 1; where months differ by more than"
        " chance, or counts are rounded, the interval is as much wider.",
        f"Nobody says anything before {SOONEST} whole months have passed, nor below {LEAST}"
        " judged on one side. With looks after 6, 9 and 12 months, and the worst of 8 or 20"
        " units picked by its last quarter, an action that does nothing is said to have worked"
        " in 1 to 3 of 100 simulated histories (at 95% it would be 7 to 12). An effect"
        " recurred where the months after the first six are worse than those by the same rule."
        " The control chart begins new limits in the month after the action was done, with the"
        " action as the recorded reason. That a figure changed after an action does not prove"
        " that the action changed it.",
    )
