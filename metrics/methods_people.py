"""What METHODS.md says of people: who answers, and whether groups are treated alike."""

from metrics.groups import FALSE_DIFFERENCES, FEWEST
from metrics.markdown import section


def answers() -> str:
    """What the answers of a survey say of those who did not answer."""
    return section(
        "## Who answers",
        "Beside satisfaction stand the response rate and the share if everybody who did not"
        " answer were dissatisfied, or satisfied. Where counts are exact, the answers of each"
        " quarter are also weighed to all who were asked by what their case came to"
        " (post-stratification: Holt and Smith 1979, J. R. Stat. Soc. A 142: 33-46; interval by"
        " Wilson with the effective number of answers), and a chi-square or Fisher's exact test"
        " says whether the share who answer differs by outcome. Neither can undo that people"
        " with the same outcome differ in whether they answer; the bounds hold that too.",
    )


def alike() -> str:
    """How groups of people who raise cases are compared."""
    return section(
        "## Whether everybody is treated alike",
        "Where the workspace promises it (`equal_treatment`) and counts are exact, each group"
        " of people who raise cases stands beside all others, year by year: half of its cases"
        " are triaged within so many days (Kaplan-Meier, open cases included; log-rank test),"
        " and so many of those closed with a finding are found true (Wilson's interval;"
        " Fisher's exact test). A group is said to differ only where at most"
        f" {FALSE_DIFFERENCES:.0%} of all that are said to differ in the year would by chance"
        " (Benjamini and Hochberg 1995, J. R. Stat. Soc. B 57: 289-300), and nothing is said"
        f" of fewer than {FEWEST} cases, of the group or of the others. A difference is a"
        " question and no proof: groups raise different matters.",
    )
