"""Kinds of event of which laws, policies and good practice speak beside a case's steps."""

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

# What an ethics programme does for people beside deciding their case.
OF_PRACTICES = (
    # Making somebody safe.
    "risk_assessed", "safeguard_required", "safeguard_applied", "safeguard_lifted",
    "red_flag", "work_paused", "supervisor_authorised", "ethics_consulted",
    "consent_reviewed", "consent_inconsistent", "consent_reconfirmed", "consent_form_signed",
    # Working the case.
    "conference_required", "conference_held", "note_written", "supervisor_review",
    "conflict_checked", "evidence_added", "waiting_for_resource", "milestone_announced",
    "milestone_met", "internal_decision",
    # Standing by people.
    "coercion_identified", "rights_conversation", "intermediary_offered",
    "intermediary_accepted", "intermediary_contact", "referral_made", "referral_accepted",
    "service_started", "liaison_meeting", "review_requested", "review_granted",
    "review_completed", "outcome_communicated", "retaliation_check_due", "retaliation_check",
    "retaliation_reported", "adverse_action", "disengagement_plan", "alternative_offered",
    "service_ended", "confidentiality_breach", "named_later",
    # Putting things right.
    "gap_found", "training_assigned", "training_done", "policy_updated",
    "workflow_changed", "effect_reviewed", "action_due", "action_done",
    "effectiveness_checked", "protocol_review", "guidance_sought", "consequence",
)  # fmt: skip
