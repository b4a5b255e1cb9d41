"""Claims about surveys: offered, answered by those to whom they were, on the scale."""

from checks.verdict import Allowance, Check

_SURVEYS = ("satisfaction",)

_SCORES = """
            select
                snapshot,
                line,
                answered_on as happened_on,
                score not between scale_low and scale_high as violated
            from core.feedback
            where score is not null
"""

FEEDBACK = (
    Check(
        name="surveys_offered",
        title="Most closed cases were offered a survey",
        why="With fewer, satisfaction is that of the people somebody chose to ask.",
        about="core.feedback",
        severity="warning",
        examines="""
            with offered as (select distinct case_key from core.feedback)
            select
                cases.snapshot,
                cases.line,
                cases.resolved_on as happened_on,
                offered.case_key is null as violated
            from core.cases as cases
            left join offered on cases.case_key = offered.case_key
            where cases.resolved_on is not null
        """,
        affects=_SURVEYS,
        remedy="Load the export of surveys, or offer one whenever a case is closed.",
        allowed=Allowance(
            share=0.5, reason="people who stay anonymous, or object, cannot be asked"
        ),
    ),
    Check(
        name="scores_are_inside_the_scale",
        title="Every score lies on the scale of its survey",
        why="A score off the scale says neither satisfied nor not; it is left out.",
        about="core.feedback",
        severity="warning",
        examines=_SCORES,
        affects=_SURVEYS,
        remedy="Correct the score in the survey system, or the code of no answer.",
    ),
    Check(
        name="scale_declared_right",
        title="Nineteen of twenty scores lie on the scale of their survey",
        why="With more of them off it, the scale is another, and no score means what it says.",
        about="core.feedback",
        severity="critical",
        examines=_SCORES,
        affects=_SURVEYS,
        remedy="Correct the scale in the source's description.",
        allowed=Allowance(
            share=0.05, reason="as many are reported as a warning and left out of the figures"
        ),
    ),
    Check(
        name="scores_were_given",
        title="Every score comes from somebody who answered",
        why="Systems fill in a score for people who never answered, usually the worst.",
        about="core.feedback",
        severity="warning",
        examines="""
            select
                snapshot,
                line,
                offered_on as happened_on,
                answered_on is null as violated
            from core.feedback
            where score is not null
        """,
        affects=_SURVEYS,
        remedy="Name that score among the nulls in the source's description.",
    ),
    Check(
        name="answers_have_scores",
        title="Every answered survey has a score",
        why="An answer without a score counts as an answer and as nobody's satisfaction.",
        about="core.feedback",
        severity="warning",
        examines="""
            select
                snapshot,
                line,
                answered_on as happened_on,
                score is null as violated
            from core.feedback
            where answered_on is not null
        """,
        affects=_SURVEYS,
        remedy="Check the column of the score in the source's description.",
    ),
    Check(
        name="answers_have_an_offer",
        title="Every answer follows the offer of its survey",
        why="An answer without an offer, or before it, belongs to no period.",
        about="core.feedback",
        severity="warning",
        examines="""
            select
                snapshot,
                line,
                answered_on as happened_on,
                offered_on is null or answered_on < offered_on as violated
            from core.feedback
            where answered_on is not null
        """,
        affects=_SURVEYS,
        remedy="Correct the dates in the survey system.",
    ),
    Check(
        name="feedback_of_known_cases",
        title="Every survey belongs to a case that was delivered",
        why="A survey of an unknown case has no unit, and is left out of every breakdown.",
        about="core.feedback",
        severity="warning",
        examines="""
            select
                feedback.snapshot,
                feedback.line,
                feedback.offered_on as happened_on,
                facts.case_key is null as violated
            from core.feedback as feedback
            left join core.case_facts as facts on feedback.case_key = facts.case_key
        """,
        affects=_SURVEYS,
        remedy="Export cases and surveys over the same period, with the same number of a case.",
    ),
)
