"""What METHODS.md says of tables that stand beside the figures, where counts are exact."""

from metrics.in_period import ENOUGH
from metrics.late_entry import ENOUGH_MONTHS
from metrics.markdown import section


def pace_of_quarters() -> str:
    """How long it would take if all went on as in one quarter."""
    return section(
        "## At the pace of one quarter",
        "Beside the time of those received in a quarter, for whom one has to wait, stands"
        " how long half would take to their resolution, and to their acknowledgement, if all"
        " went on as in that quarter: Kaplan-Meier with late entry, of all who were waiting"
        " at any time of the quarter, each watched during it alone and from the age already"
        " reached (period analysis: Brenner and Gefeller 1996, Cancer 78: 2004-2010; Klein"
        " and Moeschberger 2003, Survival Analysis, 4.6). The interval is Brookmeyer and"
        " Crowley's of the log-log band. Clearing old cases does not lengthen it, as it"
        f" lengthens the age of closed cases. With fewer than {ENOUGH} ends in the quarter,"
        " or where nobody was left to watch before half had ended, nothing is told. It counts"
        " the days"
        " of receipt one by one, which no protected count can, so that it is told only where"
        " counts are exact.",
    )


def days_paused() -> str:
    """The share of open days on which cases stood paused."""
    return section(
        "## Days paused",
        "Of all days on which cases were open in a quarter, cases times days, those on which"
        " they stood paused: from each pause to the next resumption of its reason, two at once"
        " counted once, within the case; one that nobody ended runs to the as-of day. It counts"
        " what was recorded, whatever the rules make of a pause. Days of cases whose source"
        " never records a pause are told beside it, and alone they cannot be assessed. All days"
        " are counted and those of a case hang together, so that the share has no interval. It"
        " is told only where counts are exact.",
    )


def late() -> str:
    """What the newest months may still come to."""
    return section(
        "## Months that are still being entered",
        "Cases come in late, and the newest months look quiet until they have. Where every"
        f" source was delivered month by month for {ENOUGH_MONTHS} months, each case received"
        " since then counts in the month in which a delivery first had it, and the chain ladder"
        " (Mack 1993, ASTIN Bulletin 23: 213-225) says which share of a month's cases is there"
        " so far. What is still to come is told as a range of the final number, and a month of"
        " which less than half is there is not to be compared at all. It is told only where"
        " counts are exact.",
    )
