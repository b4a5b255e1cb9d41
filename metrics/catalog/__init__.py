"""The metrics, one declaration each; the order here is the order on every page."""

from metrics.catalog.deadline_compliance import DEADLINE_COMPLIANCE, ESCALATION_COMPLIANCE
from metrics.catalog.report_frequency import REPORT_FREQUENCY
from metrics.catalog.satisfaction import SATISFACTION
from metrics.catalog.time_to_resolution import TIME_TO_RESOLUTION
from metrics.metric import Metric

METRICS: tuple[Metric, ...] = (
    REPORT_FREQUENCY,
    TIME_TO_RESOLUTION,
    ESCALATION_COMPLIANCE,
    DEADLINE_COMPLIANCE,
    SATISFACTION,
)
