"""Every check of the product, one entry each; a new one is run, recorded and shown."""

from checks.suites.cases import CASES
from checks.suites.closures import CLOSURES
from checks.suites.deadlines import DEADLINES
from checks.suites.deliveries import DELIVERIES
from checks.suites.duplicates import DUPLICATES
from checks.suites.events import EVENTS
from checks.suites.feedback import FEEDBACK
from checks.suites.headcount import HEADCOUNT
from checks.suites.privacy import PRIVACY
from checks.suites.recording import RECORDING

CHECKS = (
    *DELIVERIES,
    *CASES,
    *DUPLICATES,
    *RECORDING,
    *PRIVACY,
    *CLOSURES,
    *EVENTS,
    *DEADLINES,
    *FEEDBACK,
    *HEADCOUNT,
)
