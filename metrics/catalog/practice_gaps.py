"""What a programme owes to people and does not do: safeguards, news, referrals, checks."""

from metrics.catalog.gap_metrics import gap_metric
from metrics.metric import Metric

TRIAGE_INCOMPLETE = gap_metric(
    "triage_incomplete",
    title="Not whole",
    question="Is everything done that makes a triage whole?",
    cohort=(
        "cases received in the period that were triaged; one is judged when the investigation,"
        " the decision or the closing shows that its triage is over, whole or not"
    ),
    definition=(
        "Triaged cases without a record of one of the acts that the workspace's [practices]"
        " demand of a triage, such as assessing the risk, reviewing consent and consulting the"
        " ethics office, of all that were judged. A source that never records one of the acts"
        " cannot be judged."
    ),
    parts=lambda rules: rules.practices.parts("triage"),
)

NOT_FOLLOWED_UP = gap_metric(
    "not_followed_up",
    title="Not followed up in time",
    question="Is what must follow done in time: a safeguard, a decision to pause, consent?",
    cohort=(
        "cases received in the period in which something called for an answer; one is judged"
        " when its time is over, answered or not, whether or not the case was closed"
    ),
    definition=(
        "Cases in which an event that calls for another was not answered within the days that"
        " the workspace's [practices] give: a safeguard required and applied, a red flag and a"
        " recorded decision to pause, consent in doubt and confirmed again, coercion identified"
        " and a conversation about rights, a review requested and granted, completed and its"
        " outcome told. Of all cases with such an event. The first of a case counts."
    ),
    parts=lambda rules: rules.practices.parts("follow_up"),
)

DISCIPLINE_ABSENT = gap_metric(
    "discipline_absent",
    title="Not at the table",
    question="Do the disciplines that must meet about a case meet in time?",
    cohort=(
        "cases received in the period that need a conference; one is judged when the time for"
        " it is over, whether or not the discipline was there before"
    ),
    definition=(
        "Cases that needed a conference in which this discipline was at none within the days"
        " that the workspace's [practices] give, of all that needed one. A conference of which"
        " nobody noted who was there cannot be judged."
    ),
    parts=lambda rules: rules.practices.parts("discipline"),
)

WITHOUT_NEWS = gap_metric(
    "without_news",
    title="Left without news",
    question="Was anybody left without news for too long?",
    cohort=(
        "cases in which somebody had no news for too long for the first time in the period, and"
        " those closed in it without that; any other open case waits"
    ),
    definition=(
        "Cases in which somebody had no news for longer than the workspace's [practices]"
        " allow, from the receipt (for others than the reporter: from the first event that"
        " names them) to the closing or, in an open case, to the as-of day; of all cases"
        " with such a person of which that was settled in the period. By the day of receipt a"
        " young quarter would hold those that failed early, and not those that may yet be well"
        " closed. A reporter of whom nobody knows who it is does not count."
    ),
    parts=lambda rules: rules.practices.parts("news"),
    by="judgement",
)

NOT_SERVED = gap_metric(
    "not_served",
    title="Referred and not served",
    question="Do people who are referred to a partner receive the service in time?",
    cohort=(
        "cases received in the period that were referred to the partner; one is judged when the"
        " time for the service to begin is over, begun or not, whether or not the case was"
        " closed"
    ),
    definition=(
        "Cases referred to this partner in which no service had begun within the days that the"
        " workspace's [practices] give, of all referred to it. A partner's refusal counts as no"
        " service: the person has none."
    ),
    parts=lambda rules: rules.practices.parts("referral"),
)

CHECK_MISSED = gap_metric(
    "check_missed",
    title="No check for retaliation",
    question="Is it asked, time and again, whether anybody suffers for having spoken up?",
    cohort=(
        "cases received in the period whose reporter is known; one is judged when half the time"
        " to the next check has passed, done or not, whether or not the case was closed"
    ),
    definition=(
        "Cases without a check nearest to this day after the receipt, of all whose day is"
        " over. Where it is not recorded whether somebody gave their name, a check that was not"
        " done cannot be judged; reporters who gave none do not count."
    ),
    parts=lambda rules: rules.practices.parts("check_up"),
)

NO_EXIT_PLAN = gap_metric(
    "no_exit_plan",
    title="Without a plan",
    question="Is there a plan before a service ends?",
    cohort="cases received in the period in which a service ended",
    definition=(
        "Cases in which a service ended and no plan for disengaging was recorded on that day or"
        " before, of all in which one ended."
    ),
    parts=lambda rules: rules.practices.parts("exit"),
)

NOT_REVIEWED = gap_metric(
    "not_reviewed",
    title="Not looked at by a supervisor",
    question="Does a supervisor look at every open case regularly?",
    cohort=(
        "cases that no supervisor had looked at for too long for the first time in the period,"
        " and those closed in it without that; any other open case waits"
    ),
    definition=(
        "Cases that no supervisor looked at for longer than the workspace's [practices] allow,"
        " from the receipt to the closing or, in an open case, to the as-of day; of all of"
        " which that was settled in the period. By the day of receipt a young quarter would"
        " hold those that failed early, and not those that may yet be well closed. A case"
        " closed sooner than that needed no look."
    ),
    parts=lambda rules: rules.practices.parts("review"),
    by="judgement",
)

MILESTONE_MISSED = gap_metric(
    "milestone_missed",
    title="Announced and not kept",
    question="Is what people were told to expect, and when, kept?",
    cohort=(
        "cases in which a day announced passed in the period without what was announced, for"
        " the first time, and those in which the last such day passed in it, all kept"
    ),
    definition=(
        "Cases in which, by a day that was announced, fewer milestones had been reached than"
        " were announced up to that day, of all cases with an announcement. One without a day"
        " cannot be judged."
    ),
    parts=lambda rules: rules.practices.parts("milestone"),
    by="judgement",
)

HARMED = gap_metric(
    "harmed",
    title="Harm done",
    question="Was a confidence broken, or did somebody suffer for having spoken up?",
    cohort=(
        "cases received in the period; one is judged when the days for which it is watched are"
        " over, whether or not harm was done before and the case was closed"
    ),
    definition=(
        "Cases in which this harm was recorded within the days that the workspace's [practices]"
        " watch after the receipt, of all whose days are over. For harm to whoever spoke up,"
        " anonymous reporters are left out. A source that never records it cannot be judged."
    ),
    parts=lambda rules: rules.practices.parts("harm"),
)

PRACTICE_GAPS: tuple[Metric, ...] = (
    TRIAGE_INCOMPLETE,
    NOT_FOLLOWED_UP,
    DISCIPLINE_ABSENT,
    WITHOUT_NEWS,
    NOT_SERVED,
    CHECK_MISSED,
    NO_EXIT_PLAN,
    NOT_REVIEWED,
    MILESTONE_MISSED,
    HARMED,
)
