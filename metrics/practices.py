"""The practices of an ethics programme, and which of them the data can speak of at all.

Their order and numbers are those of the catalogue of practices that the programme is judged by.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import polars as pl

from etl.actions import KINDS
from etl.store import Store
from metrics.catalog.practice_gaps import PRACTICE_GAPS

State = Literal["assessable", "partly", "not_assessable"]


@dataclass(frozen=True, slots=True)
class Practice:
    """What a programme should do, what measures it, and what must be recorded for that.

    `needs` holds kinds of event, or facts of `FACTS`. `measured_by` names a metric of the
    catalogue, or the table of a release that compares; a deadline between two of the kinds, or
    a procedure, makes it that of a practice. A corrective action of one of the kinds in
    `actions` tells all that `needs` would.
    """

    number: int
    name: str
    question: str
    needs: tuple[str, ...]
    measured_by: str = "deadline_compliance"
    actions: tuple[str, ...] = ()

    @property
    def is_owed(self) -> bool:
        """Whether the workspace must say under [practices] what it promises."""
        owed = {metric.name for metric in PRACTICE_GAPS} | {"duties", "groups"}
        return self.measured_by in owed


@dataclass(frozen=True, slots=True)
class Covered:
    """Whether a practice can be judged, what is missing for it, and if actions tell it."""

    practice: Practice
    state: State
    missing: tuple[str, ...]
    by_actions: bool = False


# Facts beside the kinds of event, each with the statement that is true where it is recorded.
FACTS = {
    "headcount": "select count(*) > 0 as there from core.exposure",
    "survey": "select count(*) > 0 as there from core.feedback",
    "anonymity": "select count(anonymity) > 0 as there from core.cases",
    "channel": "select count(*) > 0 as there from core.cases where channel <> 'unknown'",
    "severity": "select count(*) > 0 as there from core.cases where severity <> 'unknown'",
    "outcome": "select count(outcome) > 0 as there from core.cases",
    "person_acting": "select count(actor_key) > 0 as there from core.events",
    "consent_form_signed": ("select count(consent_forms) > 0 as there from core.engagements"),
    "party": "select count(party) > 0 as there from core.events",
    "reporter": "select count(reporter_key) > 0 as there from core.cases",
    "subject": "select count(subject_key) > 0 as there from core.cases",
    "assignee": "select count(assignee_key) > 0 as there from core.cases",
    "group": "select count(raised_by) > 0 as there from core.cases",
}

PRACTICES: tuple[Practice, ...] = (
    Practice(1, "Reported concerns", "How often do people speak up?",
             ("received", "headcount"), "report_frequency"),
    Practice(2, "Time to resolution", "How long does a case take?",
             ("received", "resolved"), "time_to_resolution"),
    Practice(3, "Satisfaction", "Are people satisfied with how they were treated?",
             ("survey",), "satisfaction"),
    Practice(4, "Confidentiality", "Was anybody's confidence broken?",
             ("confidentiality_breach",), "harmed"),
    Practice(5, "Confidential channels", "Do people dare to speak up, and give their name?",
             ("anonymity", "channel", "named_later"), "anonymity"),
    Practice(6, "Escalation", "Are serious cases passed up in time?",
             ("severity", "escalated"), "escalation_compliance"),
    Practice(7, "Consistent consequences", "Do like findings have like consequences?",
             ("outcome", "consequence"), "no_consequence"),
    Practice(8, "Triage", "Is triage done in time, and whole?",
             ("triaged", "risk_assessed", "consent_reviewed", "ethics_consulted"),
             "triage_incomplete"),
    Practice(9, "Immediate safeguards", "Was the person made safe in time?",
             ("safeguard_required", "safeguard_applied"), "not_followed_up"),
    Practice(10, "Pausing the work", "Is a decision to pause taken and recorded?",
             ("red_flag", "work_paused", "supervisor_authorised"), "not_followed_up"),
    Practice(11, "Consent", "Is consent reviewed, and confirmed again where it was in doubt?",
             ("consent_reviewed", "consent_inconsistent", "consent_reconfirmed"),
             "not_followed_up"),
    Practice(12, "Case conference", "Did the right disciplines meet in time?",
             ("conference_required", "conference_held", "party"), "discipline_absent"),
    Practice(13, "Documentation", "Are notes written when things happen?",
             ("note_written",), "noted_late"),
    Practice(14, "Conversation about rights", "Was the person told their rights and options?",
             ("coercion_identified", "rights_conversation"), "not_followed_up"),
    Practice(15, "Independent intermediary", "Was one offered, accepted, and met?",
             ("intermediary_offered", "intermediary_accepted", "intermediary_contact"),
             "not_followed_up"),
    Practice(16, "Supervisor's reviews", "Does a supervisor look at open cases regularly?",
             ("supervisor_review",), "not_reviewed"),
    Practice(17, "Updates", "Was anybody left without news?", ("updated", "party"),
             "without_news"),
    Practice(18, "Milestones", "Is what was announced kept?",
             ("milestone_announced", "milestone_met"), "milestone_missed"),
    Practice(19, "Partner referrals", "Do people who are referred receive the service?",
             ("referral_made", "referral_accepted", "service_started", "party"), "not_served"),
    Practice(20, "Partner meetings", "Do the partners meet as planned?", ("liaison_meeting",),
             "duties"),
    Practice(21, "External review", "Is a review granted in time, and its outcome told?",
             ("review_requested", "review_granted", "review_completed",
              "outcome_communicated"), "not_followed_up"),
    Practice(22, "Who decides", "Does the organisation decide, whoever reviews?",
             ("review_completed", "internal_decision"), "left_to_others"),
    Practice(23, "Formal investigation", "Are serious cases investigated and not coached?",
             ("severity", "investigated", "coached"), "skipped"),
    Practice(24, "Impartial investigation", "Does somebody else decide, free of conflict?",
             ("person_acting", "investigated", "decided", "conflict_checked",
              "evidence_added"), "same_person"),
    Practice(25, "Retaliation watch", "Is it checked that nobody suffers for speaking up?",
             ("retaliation_check", "retaliation_reported", "adverse_action"), "check_missed"),
    Practice(26, "Disengagement plan", "Is there a plan before a service ends?",
             ("disengagement_plan", "alternative_offered", "service_ended"), "no_exit_plan"),
    Practice(27, "Consent forms", "Is a clear form signed at the start?",
             ("consent_form_signed",), "consent_forms"),
    Practice(28, "Training", "Is training done after a gap?",
             ("training_assigned", "training_done"), actions=("training",)),
    Practice(29, "Policy update", "Is the policy changed after a gap?",
             ("gap_found", "policy_updated"), actions=("policy",)),
    Practice(30, "Workflow change", "Is the workflow changed, and its effect looked at?",
             ("workflow_changed", "effect_reviewed"), actions=("workflow",)),
    Practice(31, "Corrective actions", "Are actions done in time, and do they hold?",
             ("action_due", "action_done", "effectiveness_checked"), actions=KINDS),
    Practice(32, "Asking for guidance", "Do staff ask before something happens?",
             ("guidance_sought",), "guidance"),
    Practice(33, "Equal treatment", "Are groups of people treated alike?",
             ("group", "triaged", "outcome"), "groups"),
    Practice(34, "Access to resources", "Do cases wait for somebody to work on them?",
             ("assignee", "waiting_for_resource"), "short_handed"),
    Practice(35, "Coaching and mediation", "Does coaching at an early stage hold?",
             ("coached", "subject"), "came_again"),
    Practice(36, "Review of protocols", "Are the protocols reviewed as planned?",
             ("protocol_review",), "duties"),
)  # fmt: skip


def coverage(store: Store, actions: pl.DataFrame | None = None) -> tuple[Covered, ...]:
    """Every practice in its order, with what is not recorded for it.

    `store` holds the core tables, `actions` the corrective actions as `etl.actions` reads them;
    those accepted after the as-of day say nothing yet. A kind counts as recorded where any
    source ever told it.
    """
    recorded = set(store.frame("select distinct kind from core.recorded_kinds")["kind"])
    recorded |= set(store.frame("select distinct kind from staging.duties")["kind"])
    recorded |= {
        name for name, statement in FACTS.items() if store.frame(statement)["there"][0]
    }
    taken = _taken(store, actions) if actions is not None else set()
    return tuple(_covered(practice, recorded, taken) for practice in PRACTICES)


def _taken(store: Store, actions: pl.DataFrame) -> set[str]:
    """Kinds of the actions that were accepted by the as-of day."""
    as_of: date = store.frame("select as_of from staging.parameters")["as_of"][0]
    return set(actions.filter(pl.col("accepted_on") <= as_of)["kind"])


def _covered(practice: Practice, recorded: set[str], taken: set[str]) -> Covered:
    if taken & set(practice.actions):
        return Covered(practice, "assessable", (), by_actions=True)
    missing = tuple(need for need in practice.needs if need not in recorded)
    if not missing:
        return Covered(practice, "assessable", ())
    # A practice whose every event is missing, and one that only lacks a part of it.
    is_partly = len(missing) < len(practice.needs)
    return Covered(practice, "partly" if is_partly else "not_assessable", missing)
