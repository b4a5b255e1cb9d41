"""What a programme owes to a case while it is worked, and to whoever comes after it."""

from metrics.catalog.gap_metrics import gap_metric

LEFT_TO_OTHERS = gap_metric(
    "left_to_others",
    title="Left to others to decide",
    question="Does the organisation decide itself, whoever reviews a case from outside?",
    cohort=(
        "cases received in the period in which a review from outside was completed; one is"
        " judged when the time for a decision of our own is over, recorded or not"
    ),
    definition=(
        "Cases that somebody from outside reviewed without a decision of the organisation's"
        " own, before the review or within the days after it that the workspace's [practices]"
        " give, of all that were reviewed. A review adds to the decision and does not take its"
        " place."
    ),
    parts=lambda rules: rules.practices.parts("own_decision"),
)

NO_CONSEQUENCE = gap_metric(
    "no_consequence",
    title="Nothing followed",
    question="Does anything follow when a concern turns out to be true, wherever it arose?",
    cohort=(
        "cases received in the period whose outcome is substantiated, in whole or in part; one"
        " is judged when the time for something to follow is over, whether or not it did before"
    ),
    definition=(
        "Cases found true, in whole or in part, after which no consequence was recorded within"
        " the days of the decision that the workspace's [practices] give, of all found true. A"
        " unit where far fewer have one than elsewhere treats like cases differently."
    ),
    parts=lambda rules: rules.practices.parts("consequence"),
)

THIN_EVIDENCE = gap_metric(
    "thin_evidence",
    title="On too few sources",
    question="Do decisions rest on more than one source?",
    cohort="cases received in the period that were decided",
    definition=(
        "Cases decided on evidence of fewer sources than the workspace's [practices] demand, of"
        " all that were decided. Evidence counts up to the day of the decision, and the same"
        " source once; a case with evidence of which nobody noted the source is judged only"
        " where the others suffice."
    ),
    parts=lambda rules: rules.practices.parts("evidence"),
)

NOTED_LATE = gap_metric(
    "noted_late",
    title="Too late",
    question="Are notes written when things happen, or from memory?",
    cohort="cases received in the period with a note of what happened",
    definition=(
        "Cases with a note that was written more days after what it tells than the workspace's"
        " [practices] allow, of all with notes. A note stands on the day of what it tells and"
        " names the day on which it was written as its end; one that does not cannot be judged."
    ),
    parts=lambda rules: rules.practices.parts("note"),
)

CAME_AGAIN = gap_metric(
    "came_again",
    title="Reported again",
    question="Does coaching or mediation at an early stage hold?",
    cohort=(
        "cases received in the period that were settled by coaching or mediation; one is judged"
        " when the days for which it is watched are over, whether or not a report came before"
    ),
    definition=(
        "Cases coached or mediated whose subject was reported again, in another case, within"
        " the days after it that the workspace's [practices] watch, of all whose days are over."
        " A report is no finding yet. Where the source does not tell whom a case is about, it"
        " cannot be judged."
    ),
    parts=lambda rules: rules.practices.parts("repeat"),
)

SHORT_HANDED = gap_metric(
    "short_handed",
    title="Short of hands",
    question="Has somebody time for every open case?",
    cohort="cases received in the period that are open on the as-of day",
    definition=(
        "Open cases whose handler has more of them than the workspace's [practices] allow, of"
        " all that have a handler; and open cases that nobody has been assigned to within the"
        " days after the receipt that they give, of all open ones. A mean of cases per handler"
        " would hide the one who has too many behind the one who has none."
    ),
    parts=lambda rules: rules.practices.parts("workload"),
)

WORKING_GAPS = (
    LEFT_TO_OTHERS,
    NO_CONSEQUENCE,
    THIN_EVIDENCE,
    NOTED_LATE,
    CAME_AGAIN,
    SHORT_HANDED,
)
