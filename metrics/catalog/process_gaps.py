"""Where the procedure fails: steps skipped, out of order, bounced, repeated, waited for."""

from metrics.catalog.gap_metrics import RESTS_ON, By, gap_metric, period_day
from metrics.catalog.practice_gaps import PRACTICE_GAPS
from metrics.catalog.times import EXACT_ONLY
from metrics.metric import ANY_STEP, Measure, Metric, Pass

_KAPLAN_MEIER = "Kaplan and Meier (1958), J. Am. Stat. Assoc. 53: 457-481"
_COHORT = "cases received in the period that went through the step; {}"

# Whether a step was skipped, or overtaken, shows at one point of a case whatever came of it: no
# young quarter favours either, and the day of receipt tells since when it goes on.
_BY: dict[str, tuple[By, str]] = {
    "skipped": ("receipt", "proven_on"),
    "out_of_order": ("receipt", "done_on"),
    "bounced": ("closing", "bounced_on"),
    "repeated": ("closing", "repeated_on"),
}
_COLUMNS = ",".join(
    f"""
            results.{gap},
            {period_day(by, f"results.{gap}", f"results.{found_on}")} as {gap}_on"""
    for gap, (by, found_on) in _BY.items()
)
_STEPS = "select position as part, step as name from staging.procedure_steps"
_WAITS = """
        select steps.position as part, steps.step || '_to_' || nexts.step as name
        from staging.procedure_steps as steps
        inner join staging.procedure_steps as nexts on steps.position + 1 = nexts.position
    """
STEPS = Pass(
    f"""
        select
            results.position as part,
            cases.case_key,
            cases.unit,
            cases.category,
            cases.channel,
            cases.severity,{_COLUMNS},
            results.waited as days_in_step,
            cases.received_on as days_in_step_on,
            results.waited_days as days_in_step_days
        from core.step_results as results
        inner join core.cases as cases on results.case_key = cases.case_key
        cross join staging.parameters as parameters
    """,  # noqa: S608  our own columns
    timed=("days_in_step",),
    named={**dict.fromkeys(_BY, _STEPS), "days_in_step": _WAITS},
)

SKIPPED = gap_metric(
    "skipped",
    title="Skipped",
    question="Are the mandatory steps taken?",
    cohort=_COHORT.format(
        "one is judged when a later step or the closing shows that it is over"
    ),
    definition=(
        "Cases without a record of a mandatory step although a later step, or their closing,"
        " shows that it was passed: skipped, or done and not recorded. Of all cases that came"
        " past it. The closing of a case that was withdrawn, cancelled, referred or out of"
        " scope shows nothing. A step that the source of the case never records, and a"
        " mandatory step that depends on a severity not recorded, cannot be judged."
    ),
    parts=lambda rules: rules.procedure.skippable,
    read_with=STEPS,
)

OUT_OF_ORDER = gap_metric(
    "out_of_order",
    title="Out of order",
    question="Are the steps taken in their order?",
    cohort=_COHORT.format("one is judged when it is done"),
    definition=(
        "Cases in which a later step of the procedure was done before this one, of all in"
        " which this one was done. Steps of one instant, or of one day where no hour is told,"
        " are in order unless the export itself numbers them; what happened before a case was"
        " opened again is not compared with what happened after."
    ),
    parts=lambda rules: rules.procedure.overtaken,
    read_with=STEPS,
)

SAME_PERSON = gap_metric(
    "same_person",
    title="Done by the same person",
    question="Are steps that two people must take taken by two?",
    cohort=_COHORT.format("one is judged when both steps are done"),
    definition=(
        "Cases in which one person did both steps, of those in which both were done and it is"
        " recorded by whom. Where it is not recorded it cannot be judged."
    ),
    parts=lambda rules: rules.procedure.pairs,
)

BOUNCED = gap_metric(
    "bounced",
    title="Came back",
    question="Do cases come back to a step that they had left?",
    cohort="cases closed in the period that went through the step",
    definition=(
        "Closed cases that went from this step to another and back to it, of all closed cases"
        " with this step. Steps after a case was opened again are counted anew."
    ),
    parts=lambda rules: rules.procedure.steps,
    by="closing",
    read_with=STEPS,
)

REPEATED = gap_metric(
    "repeated",
    title="Done again",
    question="Are steps done more than once?",
    cohort="cases closed in the period that went through the step",
    definition=(
        "Closed cases in which this step was done at two instants or more, of all closed cases"
        " with this step. A step done again after the case was opened again is not repeated."
    ),
    parts=lambda rules: rules.procedure.steps,
    by="closing",
    read_with=STEPS,
)

DAYS_IN_STEP = Metric(
    name="days_in_step",
    title="Days in each step",
    question="Where do cases wait?",
    cohort=(
        "cases received in the period that took the first of two steps; those that have not"
        " come to the second are watched up to the as-of day, or to their closing where they"
        " were withdrawn, cancelled, referred or out of scope"
    ),
    kind="survival",
    outcomes=("ended", "open", "unrecorded"),
    measures=tuple(
        Measure(
            name=name,
            title=f"{words} within",
            unit="days",
            better="lower",
            definition=(
                f"Calendar days from one step to the next within which {words.lower()} of the"
                " cases took it, by Kaplan-Meier. A case that passed the second step over, or"
                " took it first, has no such time and is printed beside the figure."
            ),
            source=(
                f"{_KAPLAN_MEIER}; interval by Brookmeyer and Crowley (1982), Biometrics 38:"
                " 29-41"
            ),
        )
        for name, words in (
            ("q25", "A quarter"),
            ("median", "Half"),
            ("q75", "Three quarters"),
            ("p90", "Nine in ten"),
        )
    ),
    contributions=STEPS.of("days_in_step"),
    depends_on=RESTS_ON,
    charted="median",
    exact_only=EXACT_ONLY,
    parts=lambda rules: rules.procedure.waits,
    doubted=True,
    joined_by=ANY_STEP,
    read_with=STEPS,
)

# Kinds of gap that have a share, in the order in which they are told.
GAPS = (SKIPPED, OUT_OF_ORDER, SAME_PERSON, BOUNCED, REPEATED, *PRACTICE_GAPS)
