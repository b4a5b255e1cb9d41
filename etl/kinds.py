"""Kinds of event of which laws and policies speak beside the steps that every case takes."""

OF_LAWS = (
    # What stops, moves or restarts a clock.
    "allocated", "reallocated", "reinvestigated",
    "direction_lifted",
    # What a regulator's clock waits for.
    "holding_response", "final_response", "feedback", "feedback_requested", "accepted",
    "acknowledgement_waived", "checked", "summary_requested", "summary_sent", "panel_requested",
    "panel_met", "panel_reported", "responded", "interviewed", "deleted",
    "grounds_decided", "conclusive_decided", "reconsideration_requested",
    "counselling_started", "counselling_ended", "notice_given", "complaint_filed",
    "decision_requested", "reported_externally", "annual_report",
    # Levels and routes.
    "escalation_requested", "stage_2_acknowledged", "updated", "reviewed",
    "coached", "mediated",
)  # fmt: skip
