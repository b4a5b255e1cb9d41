"""Claims about surveys: offered, answered by those to whom they were, on the scale."""

from checks.suites.affected import SURVEYS
from checks.verdict import Allowance, Check, Rows


def _of_surveys(violated: str, *, among: str, dated: str = "answered_on") -> Rows:
    return Rows("core.feedback", violated, among=among, dated=dated)


_SCORES = _of_surveys("score not between scale_low and scale_high", among="score is not null")

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
        affects=SURVEYS,
        remedy="Load the export of surveys, or offer one whenever a case is closed.",
        allowed=Allowance(
            share=0.5, reason="people who stay anonymous, or object, cannot be asked"
        ),
        doubt="none",
        mended_in="surveys",
    ),
    Check(
        name="scores_are_inside_the_scale",
        title="Every score lies on the scale of its survey",
        why="A score off the scale says neither satisfied nor not; it is left out.",
        about="core.feedback",
        severity="warning",
        examines=_SCORES,
        affects=SURVEYS,
        remedy="Correct the score in the survey system, or the code of no answer.",
        doubt="visible",
        mended_in="surveys",
        cause="scores_off_the_scale",
    ),
    Check(
        name="scale_declared_right",
        title="Nineteen of twenty scores lie on the scale of their survey",
        why="With more of them off it, the scale is another, and no score means what it says.",
        about="core.feedback",
        severity="critical",
        examines=_SCORES,
        affects=SURVEYS,
        remedy="Correct the scale in the source's description.",
        allowed=Allowance(
            share=0.05, reason="as many are reported as a warning and left out of the figures"
        ),
        doubt="visible",
        mended_in="sources",
        cause="scores_off_the_scale",
    ),
    Check(
        name="scores_were_given",
        title="Every score comes from somebody who answered",
        why="Systems fill in a score for people who never answered, usually the worst.",
        about="core.feedback",
        severity="warning",
        examines=_of_surveys(
            "answered_on is null", among="score is not null", dated="offered_on"
        ),
        affects=SURVEYS,
        remedy="Name that score among the nulls in the source's description.",
        doubt="unsure",
        mended_in="surveys",
        cause="silence_scored",
    ),
    Check(
        name="answers_have_scores",
        title="Every answered survey has a score",
        why="An answer without a score counts as an answer and as nobody's satisfaction.",
        about="core.feedback",
        severity="warning",
        examines=_of_surveys("score is null", among="answered_on is not null"),
        affects=SURVEYS,
        remedy="Check the column of the score in the source's description.",
        doubt="visible",
        mended_in="surveys",
    ),
    Check(
        name="answers_have_an_offer",
        title="Every answer follows the offer of its survey",
        why="An answer without an offer, or before it, belongs to no period.",
        about="core.feedback",
        severity="warning",
        examines=_of_surveys(
            "offered_on is null or answered_on < offered_on", among="answered_on is not null"
        ),
        affects=SURVEYS,
        remedy="Correct the dates in the survey system.",
        doubt="visible",
        mended_in="surveys",
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
        affects=SURVEYS,
        remedy="Export cases and surveys over the same period, with the same number of a case.",
        doubt="absent",
        mended_in="surveys",
    ),
    Check(
        name="scores_vary",
        title="No single score makes up 85 % of a survey's scores",
        why="A score that nearly everybody gives is more often a default than an opinion.",
        about="core.feedback",
        severity="warning",
        # Fifty scores or more of one source.
        examines="""
            with given as (
                select
                    source,
                    question,
                    score,
                    count(*) as surveys,
                    sum(count(*)) over (partition by source, question) as surveys_ever
                from core.feedback
                where score is not null
                group by source, question, score
            ),
            defaults as (
                select source, question, score
                from given
                where surveys_ever >= 50 and surveys > 0.85 * surveys_ever
            )
            select
                feedback.snapshot,
                feedback.line,
                feedback.offered_on as happened_on,
                defaults.score is not null as violated
            from core.feedback as feedback
            left join defaults
                on
                    feedback.source = defaults.source
                    and feedback.question is not distinct from defaults.question
                    and feedback.score = defaults.score
            where feedback.score is not null
        """,
        affects=SURVEYS,
        remedy="Ask what the survey system writes for people who did not answer.",
        doubt="unsure",
        mended_in="surveys",
        cause="silence_scored",
    ),
    Check(
        name="survey_dates_possible",
        title="No survey is dated after the as-of day or before 1990",
        why="Such a survey belongs to no period that is covered, and is left out.",
        about="staging.feedback",
        severity="warning",
        examines="""
            select
                rows_of.snapshot,
                rows_of.line,
                snapshots.as_of as happened_on,
                greatest(rows_of.offered_on, rows_of.answered_on) > snapshots.as_of
                or least(rows_of.offered_on, rows_of.answered_on) < date '1990-01-01'
                    as violated
            from staging.feedback as rows_of
            inner join core.chosen_rows as chosen
                on rows_of.snapshot = chosen.snapshot and rows_of.case_key = chosen.case_key
            inner join core.snapshots as snapshots on rows_of.snapshot = snapshots.snapshot
            where coalesce(rows_of.offered_on, rows_of.answered_on) is not null
        """,
        affects=SURVEYS,
        remedy="Correct the date in the survey system, or name it under sentinels.",
        doubt="unsure",
        mended_in="surveys",
    ),
)
