"""Whether the people who spoke up are satisfied with the process, and would do it again."""

from dataclasses import replace

from metrics.catalog.times import EXACT_ONLY
from metrics.metric import Counted, Measure, Metric

UNUSABLE = "unusable"

# Two best of five grades; of fewer, the best alone: of two, both would be everybody.
_ANSWERS = """
        select
            '' as part,
            coalesce(feedback.offered_on, feedback.answered_on) as happened_on,
            cases.unit,
            cases.category,
            cases.channel,
            cases.severity,
            case
                when feedback.answered_on is null and feedback.score is null then 'unanswered'
                when
                    feedback.offered_on is null
                    or feedback.score is null
                    or feedback.score not between feedback.scale_low and feedback.scale_high
                    then '{unusable}'
                when
                    feedback.score
                    > feedback.scale_high
                    - if(feedback.scale_high - feedback.scale_low >= 4, 2, 1)
                    then '{good}'
                else 'other'
            end as outcome,
            null::integer as days,
            cases.case_key,
            []::text[] as steps
        from core.feedback as feedback
        inner join core.cases as cases on feedback.case_key = cases.case_key
        where feedback.question = '{question}'
    """

SATISFACTION = Metric(
    name="satisfaction",
    title="Satisfaction with the process",
    question="Are the people who spoke up satisfied with how their case was handled?",
    cohort="surveys offered in the period; those who answered are the base of the share",
    kind="survey",
    outcomes=("satisfied", "other", "unanswered", "unusable"),
    measures=(
        Measure(
            name="top_two",
            title="Satisfied",
            unit="share",
            better="higher",
            definition=(
                "Answers in the two best of the survey's grades (the best where there are fewer"
                " than five), of all usable answers, with Wilson's interval, widened by what"
                " rounding may have moved."
                " Beside it stands what the share would be if everybody who"
                " did not answer were dissatisfied, or satisfied."
            ),
            source="Wilson (1927), J. Am. Stat. Assoc. 22: 209-212",
        ),
        Measure(
            name="response_rate",
            title="Answered the survey",
            unit="share",
            better="higher",
            definition="Usable answers, of all surveys offered in the period.",
            source="Wilson (1927), J. Am. Stat. Assoc. 22: 209-212",
        ),
    ),
    contributions=_ANSWERS.format(question="process", good="satisfied", unusable=UNUSABLE),
    depends_on=("scores_are_inside_the_scale", "answers_have_an_offer", "scores_vary"),
    doubted=True,
    follows="report_frequency",
    charted="top_two",
    subtotals=(("satisfied", "other"), ("unanswered", "unusable")),
)

# Where counts are protected. That figures are told at all says that of twenty scores nineteen
# lie on their scale: beside the number of those that do not, it would narrow that one.
SATISFACTION_TOGETHER = replace(
    SATISFACTION,
    outcomes=("satisfied", "other", "unanswered"),
    contributions=_ANSWERS.format(question="process", good="satisfied", unusable="unanswered"),
    subtotals=(("satisfied", "other"),),
)

SPEAK_UP_AGAIN = Metric(
    name="speak_up_again",
    title="Would speak up again",
    question="Would the people who spoke up do it again?",
    cohort="surveys with that question offered in the period; those who answered are the base",
    kind="counted",
    outcomes=("again", "other", "unanswered", "unusable"),
    measures=(
        Measure(
            name="again",
            title="Would speak up again",
            unit="share",
            better="higher",
            definition=(
                "Answers that somebody would speak up again, of all usable answers to that"
                " question. Beside it stands what the share would be if everybody who did not"
                " answer would not, or would."
            ),
            source="Wilson (1927), J. Am. Stat. Assoc. 22: 209-212",
            counted=Counted(
                ("again",), of=("again", "other"), missing=("unanswered", "unusable")
            ),
        ),
    ),
    contributions=_ANSWERS.format(question="speak_up_again", good="again", unusable=UNUSABLE),
    depends_on=("scores_are_inside_the_scale", "answers_have_an_offer"),
    doubted=True,
    charted="again",
    exact_only=EXACT_ONLY,
)
