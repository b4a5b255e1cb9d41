"""Names of the metrics that checks of one kind affect."""

BY_CASE = (
    "report_frequency",
    "time_to_resolution",
    "escalation_compliance",
    "deadline_compliance",
)
COMPLIANCE = ("deadline_compliance", "escalation_compliance")
CLOSING = ("time_to_resolution", "deadline_compliance")
STEPS = ("time_to_resolution", "deadline_compliance", "escalation_compliance")
SURVEYS = ("satisfaction",)
EVERY_FIGURE = (*BY_CASE, *SURVEYS)
