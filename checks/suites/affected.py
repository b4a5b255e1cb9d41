"""Names of the metrics that checks of one kind affect."""

COMPLIANCE = ("deadline_compliance", "escalation_compliance", "paused_deadlines")
SURVEYS = ("satisfaction", "speak_up_again")

_OF_STEPS = (
    "time_to_acknowledgement",
    "time_to_triage",
    "time_to_safeguard",
    "time_to_decision",
)
_OF_ENDINGS = (
    "time_to_first_closure",
    "active_time",
    "outcomes_in_time",
    "closed_cases",
    "substantiation",
    "reopening",
    "backlog",
    "age_of_open_cases",
)

_OF_ESCALATIONS = (
    "escalations",
    "skipped_levels",
    "ping_pong",
    "right_route",
    "days_at_level",
)
_OF_GAPS = (
    "skipped",
    "out_of_order",
    "same_person",
    "bounced",
    "repeated",
    "triage_incomplete",
    "not_followed_up",
    "discipline_absent",
    "without_news",
    "not_served",
    "check_missed",
    "no_exit_plan",
    "not_reviewed",
    "milestone_missed",
    "harmed",
    "left_to_others",
    "no_consequence",
    "thin_evidence",
    "noted_late",
    "came_again",
    "short_handed",
    "days_in_step",
)

# What cannot be told without closings. Deadlines for the closing are among those of compliance.
CLOSING = ("time_to_resolution", "deadline_compliance", *_OF_ENDINGS)
STEPS = (
    "time_to_resolution",
    *COMPLIANCE,
    *_OF_STEPS,
    *_OF_ENDINGS,
    *_OF_ESCALATIONS,
    *_OF_GAPS,
)
_OF_REPORTERS = ("anonymity", "follow_up", "raised_by", "guidance")
RECEIPTS = ("report_frequency", *STEPS, "incident_to_report", *_OF_REPORTERS)
BY_CASE = RECEIPTS
EVERY_FIGURE = (*BY_CASE, *SURVEYS)
