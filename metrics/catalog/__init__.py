"""The metrics, one declaration each; the order here is the order on every page."""

from collections.abc import Collection

from metrics.catalog.closures import (
    AGE_OF_OPEN_CASES,
    BACKLOG,
    REOPENING,
    SUBSTANTIATION,
)
from metrics.catalog.deadline_compliance import DEADLINE_COMPLIANCE, ESCALATION_COMPLIANCE
from metrics.catalog.escalation_paths import (
    DAYS_AT_LEVEL,
    ESCALATIONS,
    PING_PONG,
    RIGHT_ROUTE,
    SKIPPED_LEVELS,
)
from metrics.catalog.outcomes_in_time import OUTCOMES_IN_TIME
from metrics.catalog.pauses import PAUSED_DEADLINES
from metrics.catalog.process_gaps import DAYS_IN_STEP, GAPS
from metrics.catalog.programme import CONSENT_FORMS, DUTIES, GUIDANCE
from metrics.catalog.report_frequency import REPORT_FREQUENCY
from metrics.catalog.reporters import ANONYMITY, FOLLOW_UP, RAISED_BY
from metrics.catalog.satisfaction import (
    SATISFACTION,
    SATISFACTION_TOGETHER,
    SPEAK_UP_AGAIN,
    UNUSABLE,
)
from metrics.catalog.time_to_resolution import TIME_TO_RESOLUTION
from metrics.catalog.times import (
    ACTIVE_TIME,
    CLOSED_CASES,
    INCIDENT_TO_REPORT,
    TIME_TO_ACKNOWLEDGEMENT,
    TIME_TO_DECISION,
    TIME_TO_FIRST_CLOSURE,
    TIME_TO_SAFEGUARD,
    TIME_TO_TRIAGE,
)
from metrics.metric import Metric

METRICS: tuple[Metric, ...] = (
    REPORT_FREQUENCY,
    TIME_TO_RESOLUTION,
    ESCALATION_COMPLIANCE,
    DEADLINE_COMPLIANCE,
    PAUSED_DEADLINES,
    ESCALATIONS,
    SKIPPED_LEVELS,
    PING_PONG,
    RIGHT_ROUTE,
    DAYS_AT_LEVEL,
    SATISFACTION,
    SPEAK_UP_AGAIN,
    ANONYMITY,
    FOLLOW_UP,
    RAISED_BY,
    GUIDANCE,
    INCIDENT_TO_REPORT,
    TIME_TO_ACKNOWLEDGEMENT,
    TIME_TO_TRIAGE,
    TIME_TO_SAFEGUARD,
    TIME_TO_DECISION,
    TIME_TO_FIRST_CLOSURE,
    ACTIVE_TIME,
    SUBSTANTIATION,
    OUTCOMES_IN_TIME,
    REOPENING,
    BACKLOG,
    AGE_OF_OPEN_CASES,
    CLOSED_CASES,
    *GAPS,
    DAYS_IN_STEP,
    DUTIES,
    CONSENT_FORMS,
)


def metrics_for(*, exact: bool, outcomes: Collection[str] = ()) -> tuple[Metric, ...]:
    """The metrics that an audience is told, which sees exact counts or protected ones.

    `outcomes` are those that protected counts were told of before: they are told on.
    """
    if exact:
        return METRICS
    told = SATISFACTION if UNUSABLE in outcomes else SATISFACTION_TOGETHER
    return tuple(
        told if metric.name == told.name else metric
        for metric in METRICS
        if not metric.exact_only
    )
