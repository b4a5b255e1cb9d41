"""The words of the invented release: its commitments, definitions, checks and deliveries."""

from datetime import date
from typing import Any, NamedTuple

Row = dict[str, Any]


class Series(NamedTuple):
    """A share whose monthly counts are invented: its typical size and level."""

    metric: str
    measure: str
    part: str
    title: str
    owner: str
    target: float
    monthly: int
    level: float


SERIES = [
    Series("deadline_compliance", "share_met", "acknowledge", "Acknowledge within 7 days",
           "Intake desk", 0.9, 64, 0.95),
    Series("deadline_compliance", "share_met", "triage", "Triage within 7 days",
           "Ethics office", 0.85, 64, 0.94),
    Series("deadline_compliance", "share_met", "investigate",
           "Finish investigation within 60 days", "Investigations lead", 0.8, 62, 0.83),
    Series("deadline_compliance", "share_met", "inform",
           "Tell the reporter within 10 days of decision", "Ethics office", 0.9, 60, 0.885),
    Series("escalation_compliance", "share_met", "", "Escalate serious matters within 3 days",
           "Ethics committee", 0.9, 22, 0.91),
    Series("satisfaction", "top_two", "", "Satisfied with how it was handled",
           "Ethics office", 0.6, 24, 0.66),
]  # fmt: skip
PLAIN = [
    Series("satisfaction", "response_rate", "", "", "", 0.0, 60, 0.4),
    Series("time_to_resolution", "open_30", "", "", "", 0.0, 66, 0.7),
    Series("time_to_resolution", "open_60", "", "", "", 0.0, 66, 0.45),
    Series("time_to_resolution", "open_90", "", "", "", 0.0, 66, 0.2),
]
PLAIN_SIZES = {
    ("report_frequency", "rate"): 4.4,
    ("report_frequency", "reports"): 66.0,
    ("time_to_resolution", "q25"): 24.0,
    ("time_to_resolution", "median"): 47.0,
    ("time_to_resolution", "q75"): 81.0,
}


def definitions() -> list[Row]:
    """What each measure means, in words."""
    words = {
        "report_frequency": ("Report frequency", "How often do people speak up?"),
        "time_to_resolution": ("Time to resolution", "How long does a concern take?"),
        "escalation_compliance": ("Escalation compliance", "Is escalation in time?"),
        "deadline_compliance": ("Deadline compliance", "Are the promised deadlines kept?"),
        "satisfaction": ("Satisfaction", "Are people satisfied with how it was handled?"),
    }
    measures = {
        "rate": ("Reports per 100 people", "per_100_people", "neutral"),
        "reports": ("Reports received", "cases", "neutral"),
        "q25": ("A quarter are resolved within", "days", "lower"),
        "median": ("Half are resolved within", "days", "lower"),
        "q75": ("Three quarters are resolved within", "days", "lower"),
        "open_30": ("Still open after 30 days", "share", "lower"),
        "open_60": ("Still open after 60 days", "share", "lower"),
        "open_90": ("Still open after 90 days", "share", "lower"),
        "share_met": ("Share met", "share", "higher"),
        "top_two": ("Share satisfied", "share", "higher"),
        "response_rate": ("Share who answered", "share", "higher"),
    }
    pairs = list(PLAIN_SIZES) + [(s.metric, s.measure) for s in [*SERIES, *PLAIN]]
    return [
        {
            "metric": metric,
            "metric_title": words[metric][0],
            "question": words[metric][1],
            "cohort": "What fell due, was received or was offered in the period.",
            "measure": measure,
            "title": measures[measure][0],
            "unit_of_value": measures[measure][1],
            "better": measures[measure][2],
            "definition": f"{measures[measure][0]}, as the procedure says.",
            "source": "Wilson (1927)",
            "depends_on": ["dates_in_order"],
        }
        for metric, measure in dict.fromkeys(pairs)
    ]


def verdict_rows() -> list[Row]:
    """Five checks: two failed, and one had nothing to examine."""
    rows = []
    for name, title, severity, outcome, failing, examined, since, affects in [
        ("acknowledged_has_date", "Every acknowledged concern has its date", "warning",
         "failed", 264, 4012, date(2025, 11, 1), ["deadline_compliance"]),
        ("dates_in_order", "No concern is resolved before it is received", "warning",
         "failed", 7, 1904, None, ["time_to_resolution"]),
        ("one_row_per_case", "Each concern appears once", "critical", "passed", 0, 2100, None,
         []),
        ("unit_is_declared", "Every unit is in the list of units", "warning", "passed", 0,
         2100, None, []),
        ("reopenings_follow", "A reopening follows a resolution", "warning", "empty", 0, 0,
         None, []),
    ]:  # fmt: skip
        rows.append(
            {
                "name": name,
                "title": title,
                "why": "A deadline without its date cannot be judged.",
                "about": "deadlines",
                "severity": severity,
                "outcome": outcome,
                "failing": failing,
                "examined": examined,
                "allowed": "none",
                "since": since,
                "affects": affects,
                "remedy": "Ask the case-system team to restore the date.",
                "doubt": "visible",
                "cause": name,
                "topic": "Dates in order",
                "owner": "Intake desk",
                "statement": "select snapshot, line from core.deadlines",
            }
        )
    return rows


def small_tables() -> dict[str, list[Row]]:
    """The tables that are the same for every audience."""
    return {
        "commitments": [
            {"commitment": s.part or s.metric, "title": s.title, "metric": s.metric,
             "measure": s.measure, "part": s.part, "target": s.target, "owner": s.owner,
             "position": i}
            for i, s in enumerate(SERIES)
        ],
        "definitions": definitions(),
        "rules": [
            {"rule": s.part, "title": s.title, "clock": "from received to done",
             "applies_to": "every concern", "basis": "Procedure, section 4",
             "verified": s.part != "inform", "in_force": "since 1 January 2023"}
            for s in SERIES
            if s.part
        ],
        "verdicts": verdict_rows(),
        "deliveries": [
            {"source": "beacon", "export": "cases", "as_of": date(2026, 10, 31),
             "fingerprint": "ab" * 32, "rows_in": 2110, "rows_loaded": 2100,
             "rows_rejected": 3, "rows_repeated": 7, "coverage_from": date(2024, 1, 1),
             "coverage_until": date(2026, 10, 31)},
        ],
        "reject_reasons": [
            {"source": "beacon", "export": "cases", "column_name": "Received",
             "reason": "not a date", "row_count": 3},
        ],
        "annotations": [
            {"happened_on": date(2026, 7, 6), "text": "Three investigator posts vacant",
             "owner": "Investigations lead", "part": "investigate",
             "level": "field_operations"},
        ],
        "practices": [
            {"number": 9, "name": "Immediate safeguards", "question": "Made safe in time?",
             "state": "not_assessable", "missing": ["safeguard_required", "safeguard_applied"]},
            {"number": 2, "name": "Time to resolution", "question": "How long?",
             "state": "assessable", "missing": []},
        ],
        "gaps": [],  # tests of gaps make theirs of cases
        "gap_cases": [],
        "outlook": [
            {"metric": "report_frequency", "measure": "reports", "breakdown": "all",
             "level": "all", "period_start": date(2026, 10, 1), "period_end": date(2027, 1, 1),
             "low": 140, "high": 205, "quarters": 11, "ratio": 0.93, "ratio_low": 0.76,
             "ratio_high": 1.14, "seasonal": None, "state": "ok", "reason": ""},
        ],
        "in_period": [
            {"metric": "time_to_resolution", "breakdown": "all", "level": "all",
             "period_start": date(2026, 4, 1), "period_end": date(2026, 7, 1), "ended": 4,
             "watched": 31, "value": None, "low": None, "high": None, "state": "few",
             "reason": "Fewer than 10 came to their end in this quarter."},
            {"metric": "time_to_resolution", "breakdown": "all", "level": "all",
             "period_start": date(2026, 7, 1), "period_end": date(2026, 10, 1), "ended": 52,
             "watched": 140, "value": 61.5, "low": 54.0, "high": None, "state": "ok",
             "reason": ""},
        ],
        "paused_days": [
            {"breakdown": "all", "level": "all", "period_start": date(2026, 7, 1),
             "period_end": date(2026, 10, 1), "open": 12_000, "paused": 1_500,
             "unrecorded": 400, "share": 0.125, "state": "ok", "reason": ""},
        ],
        "late_months": [
            {"metric": "report_frequency", "month": date(2026, 9, 1), "seen": 41,
             "complete": 0.82, "low": 42, "high": 58, "grey": False, "state": "ok",
             "reason": ""},
        ],
        "responses": [
            {"metric": "satisfaction", "period": "quarter", "period_start": date(2026, 7, 1),
             "raw": 0.75, "weighed": 0.64, "low": 0.52, "high": 0.74, "response_rate": 0.41,
             "p_value": 0.01, "caution": True, "state": "ok", "reason": ""},
        ],
        "benchmarks": [
            {"metric": "report_frequency", "measure": "rate", "value": 1.57,
             "data_year": 2024, "population": "4,077 organisations", "source": "A publisher",
             "read": "the publisher's page", "our_year": date(2025, 1, 1), "ours": 1.9,
             "our_low": 1.7, "our_high": 2.1, "state": "ok", "reason": ""},
            {"metric": "time_to_resolution", "measure": "median", "value": 45.0,
             "data_year": 2019, "population": "closed cases", "source": "A publisher",
             "read": "a secondary source", "our_year": None, "ours": None, "our_low": None,
             "our_high": None, "state": "not_comparable",
             "reason": "it leaves out every case that is still open"},
        ],
        "levels": [
            {"breakdown": breakdown, "level": level, "title": title, "position": i}
            for i, (breakdown, level, title) in enumerate(
                [("unit", "field_operations", "Field operations"),
                 ("unit", "customer_service", "Customer service"),
                 ("unit", "legal", "Legal"),
                 ("severity", "low", "Low"),
                 ("severity", "high", "High")]
            )
        ],
        "cubes": [],
        "consequences": [],
        "check_history": [],
        "incidents": [],
        "fault_places": [],
        "row_places": [],
    }  # fmt: skip
