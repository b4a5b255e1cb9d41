"""Every check of the product, one entry each; a new one is run, recorded and shown."""

from dataclasses import replace

from checks.suites.cases import CASES
from checks.suites.closures import CLOSURES
from checks.suites.deadlines import DEADLINES
from checks.suites.deliveries import DELIVERIES
from checks.suites.duplicates import DUPLICATES
from checks.suites.events import EVENTS
from checks.suites.evidence import EVIDENCE
from checks.suites.feedback import FEEDBACK
from checks.suites.headcount import HEADCOUNT
from checks.suites.privacy import PRIVACY
from checks.suites.recording import RECORDING
from checks.verdict import Check

# By what they are about, in the words and in the order of the page about data quality.
SUITES: dict[str, tuple[Check, ...]] = {
    "Rows read": DELIVERIES,
    "Counted once": (*CASES, *DUPLICATES),
    "Fields filled in": (*RECORDING, *PRIVACY),
    "Dates in order": (*CLOSURES, *EVENTS),
    "Deadlines judged": (*DEADLINES, *EVIDENCE),
    "Surveys": FEEDBACK,
    "Headcount": HEADCOUNT,
}

CHECKS = tuple(
    replace(check, topic=topic) for topic, suite in SUITES.items() for check in suite
)
