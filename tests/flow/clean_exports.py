"""Exports of an invented system in which nothing is wrong, to be spoilt one fault at a time.

Twelve months of twenty cases each, received day by day and closed after 8 to 67 days, with a
history, deadlines that the system judges itself, surveys and a headcount. Every number follows
from the number of the case, so that whoever spoils rows knows which.
"""

import csv
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from etl.load import load
from etl.workspace import Workspace, init, open_workspace

FIRST, AS_OF = date(2024, 1, 1), date(2024, 12, 31)
KINDS = ("cases", "history", "clocks", "surveys")
CASES = 240
DAY = timedelta(days=1)
RESOLVE_WITHIN = 45

Row = dict[str, str]

SOURCE = """
name = "lighthouse"
title = "Lighthouse"
time_zone = "UTC"

[codes.unit]
"N" = "north"
"S" = "south"
[codes.category]
"CON" = "conduct"
"FRA" = "fraud"
"HAR" = "harassment"
[codes.channel]
"W" = "web"
"T" = "telephone"
"TEST" = "test_case"
[codes.severity]
"1" = "high"
"2" = "low"
[codes.status]
"Open" = "open"
"Closed" = "closed"
[codes.outcome]
"SUB" = "substantiated"
"UNS" = "unsubstantiated"
"INS" = "insufficient"
[codes.anonymity]
"Y" = "anonymous"
"N" = "named"
[codes.raised_by]
"E" = "employee"
"C" = "client"
[codes.level]
"M" = "manager"
"B" = "board"
[codes.question]
"Q1" = "process"
"Q2" = "speak_up_again"
[codes.verdict]
"kept" = "met"
"broken" = "breached"
[codes.clock]
"Closing" = "resolve"
[codes.kind]
"assigned" = "assigned"
"investigated" = "investigated"
"reopened" = "reopened"
"paused" = "paused"
"resumed" = "resumed"
"resolved" = "resolved"
"escalated" = "escalated"
"contacted" = "contacted"
"needed" = "safeguard_required"
"safe" = "safeguard_applied"

[exports.cases]
grain = "case"
same_case = "last"
dates = "%Y-%m-%d %H:%M"
[exports.cases.date_formats]
"Incident" = "%Y-%m-%d"
[exports.cases.columns]
case_id = "Case"
unit = "Unit"
category = "Category"
channel = "Channel"
severity = "Severity"
status = "Status"
outcome = "Finding"
anonymity = "Anonymous"
raised_by = "Reporter is"
incident_on = "Incident"
source_days = "Days"
source_reopens = "Reopens"
verdict = "In time"
[exports.cases.events]
received = "Received"
acknowledged = "Acknowledged"
decided = "Decided"
resolved = "Resolved"

[exports.history]
grain = "event"
dates = "%Y-%m-%d %H:%M"
[exports.history.columns]
case_id = "Case"
kind = "Step"
occurred = "At"
level = "Level"

[exports.clocks]
grain = "verdict"
dates = "%Y-%m-%d %H:%M"
[exports.clocks.columns]
case_id = "Case"
clock = "Clock"
verdict = "Kept"
started = "From"
stopped = "To"
due = "Due"

[exports.surveys]
grain = "feedback"
scale = [1, 5]
dates = "%Y-%m-%d"
[exports.surveys.columns]
case_id = "Case"
offered = "Sent"
answered = "Answered"
score = "Score"
question = "Question"
"""

RULES = f"""
ladder = ["team", "manager", "board"]

[[deadline]]
name = "acknowledge"
title = "Acknowledge within 7 days"
from = "received"
to = "acknowledged"
within = 7
unit = "calendar_days"
passed_by = ["decided", "resolved"]
basis = "Invented"

[[deadline]]
name = "resolve"
title = "Resolve within {RESOLVE_WITHIN} days"
from = "received"
to = "resolved"
within = {RESOLVE_WITHIN}
unit = "calendar_days"
pauses = ["paused"]
basis = "Invented"

[[deadline]]
name = "decide"
title = "Decide within 60 days, pauses left out"
from = "received"
to = "decided"
within = 60
unit = "calendar_days"
pauses = ["paused"]
basis = "Invented"

[[deadline]]
name = "escalate"
title = "Escalate serious cases within 3 days"
from = "received"
to = "escalated"
within = 3
unit = "calendar_days"
applies_to = {{ severity = ["high"] }}
basis = "Invented"

[[route]]
name = "formal"
title = "A formal investigation"
demands = ["investigated"]
instead_of = ["coached"]
applies_to = {{ severity = ["high"] }}
basis = "Invented"

[procedure]
steps = ["received", "acknowledged", "assigned", "investigated", "decided", "resolved"]
mandatory = ["acknowledged", "investigated", "decided"]
basis = "Invented"

[practices]
basis = "Invented"

[practices.follow_up]
safeguard_required = 3
"""

HEADCOUNT = {"N": (200, 204, 198, 203), "S": (150, 148, 152, 151)}
UNITS = {"N": "north", "S": "south"}


@dataclass
class Exports:
    """Rows of the files as text, to be spoilt in place; `headcount` is (unit, from, people)."""

    cases: list[Row] = field(default_factory=list)
    history: list[Row] = field(default_factory=list)
    clocks: list[Row] = field(default_factory=list)
    surveys: list[Row] = field(default_factory=list)
    headcount: list[list[str]] = field(default_factory=list)

    def of(self, number: int) -> Row:
        """The case with this number."""
        return next(row for row in self.cases if row["Case"] == name(number))

    def closed(self) -> list[Row]:
        """Cases that were closed, in their order."""
        return [row for row in self.cases if row["Resolved"]]


def name(number: int) -> str:
    return f"LH-{number:04}"


def at(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M")  # noqa: DTZ007  as the export writes it


def written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def clean() -> Exports:
    """Rows of which every claim is true; each call gives rows of its own."""
    made = Exports()
    for number in range(CASES):
        _add(made, number)
    for unit, people in HEADCOUNT.items():
        for quarter, count in enumerate(people):
            made.headcount.append([UNITS[unit], f"2024-{1 + 3 * quarter:02}-01", str(count)])
    return made


def _add(made: Exports, number: int) -> None:
    received = datetime(2024, 1 + number // 20, 1 + number % 20, 9, number % 60)  # noqa: DTZ001
    days = 8 + number * 7 % 60
    resolved = received + timedelta(days=days, hours=number % 7, minutes=number % 11)
    is_closed = resolved.date() <= AS_OF
    acknowledged = received + timedelta(days=12 if number % 9 == 0 else 1 + number % 4)
    case: Row = {
        "Case": name(number),
        "Unit": "NS"[number % 2],
        "Category": ("CON", "FRA", "HAR")[number % 3],
        "Channel": "WT"[number % 5 % 2],
        "Severity": "12"[number % 7 % 2],
        "Status": "Closed" if is_closed else "Open",
        "Finding": ("SUB", "UNS", "INS")[number * 5 % 3] if is_closed else "",
        "Anonymous": "YN"[number % 4 % 2],
        "Reporter is": "EC"[number % 5 % 2],
        "Incident": f"{received - timedelta(days=10 + number % 31):%Y-%m-%d}",
        "Days": str(days) if is_closed else "",
        "Reopens": "1" if number == 0 else "0",
        "In time": "",
        "Received": written(received),
        "Acknowledged": written(acknowledged) if acknowledged.date() <= AS_OF else "",
        "Decided": written(resolved - DAY) if is_closed else "",
        "Resolved": written(resolved) if is_closed else "",
    }
    made.cases.append(case)
    made.history.append(_step(number, "assigned", received + DAY))
    if number == 0:
        made.history.append(_step(number, "reopened", received + 3 * DAY))
    made.history.extend(_further(number, received))
    if is_closed:
        case["In time"] = "kept" if days <= RESOLVE_WITHIN else "broken"
        made.history.append(_step(number, "investigated", resolved - 2 * DAY))
        made.clocks.append(
            {
                "Case": name(number),
                "Clock": "Closing",
                "Kept": case["In time"],
                "From": written(received),
                "To": written(resolved),
                "Due": written(received + RESOLVE_WITHIN * DAY),
            }
        )
        _survey(made, number, resolved + DAY)


def _step(number: int, step: str, moment: datetime, level: str = "") -> Row:
    return {"Case": name(number), "Step": step, "At": written(moment), "Level": level}


def _further(number: int, received: datetime) -> list[Row]:
    """Steps that some of the cases take: passed up, and down again; kept safe; come back."""
    told = []
    if number % 6 == 0:
        told.append(_step(number, "escalated", received + (2 + number % 4) * DAY, "M"))
    if number % 18 == 0:
        told.append(_step(number, "escalated", received + 6 * DAY, "B"))
    if number % 36 == 0:
        told.append(_step(number, "escalated", received + 7 * DAY, "M"))
    if number % 5 == 0:
        told.append(_step(number, "needed", received + DAY))
    if number % 5 == 0 and number % 4 > 0:
        told.append(_step(number, "safe", received + (2 + number % 7) * DAY))
    if number % 8 == 1:
        told.append(_step(number, "contacted", received + 5 * DAY))
    return [row for row in told if at(row["At"]).date() <= AS_OF]


def _survey(made: Exports, number: int, sent: datetime) -> None:
    answered = sent + 3 * DAY
    if number % 4 == 0 or answered.date() > AS_OF:
        return
    is_answered = number % 3 > 0
    made.surveys.extend(
        {
            "Case": name(number),
            "Sent": f"{sent:%Y-%m-%d}",
            "Answered": f"{answered:%Y-%m-%d}" if is_answered else "",
            "Score": str(1 + (number + place) % 5) if is_answered else "",
            "Question": question,
        }
        for place, question in enumerate(("Q1", "Q2"))
    )


def workspace(folder: Path, *, delivery: str = "") -> Workspace:
    """An empty workspace that knows the system."""
    init(folder)
    description = SOURCE.replace('grain = "case"\n', f'grain = "case"\n{delivery}', 1)
    (folder / "sources" / "lighthouse.toml").write_text(description, encoding="utf-8")
    for path in (folder / "rules").iterdir():
        path.unlink()
    (folder / "rules" / "rules.toml").write_text(RULES, encoding="utf-8")
    about = folder / "case-audit.toml"
    text = about.read_text(encoding="utf-8").replace("Europe/London", "UTC")
    about.write_text(text.replace('"GB-ENG"', '"none"'), encoding="utf-8")
    return open_workspace(folder)


def deliver(
    audit: Workspace,
    exports: Exports,
    *,
    kinds: Collection[str] = KINDS,
    as_of: date = AS_OF,
    since: date = FIRST,
) -> None:
    """Write exports of these kinds as files and load them, as `case-audit load` does."""
    told = "".join(f"{','.join(row)}\n" for row in exports.headcount)
    (audit.folder / "headcount.csv").write_text(f"unit,from,people\n{told}", encoding="utf-8")
    paths = [_file(audit, kind, getattr(exports, kind), as_of) for kind in sorted(kinds)]
    load(
        audit, paths, as_of=as_of, source="lighthouse", coverage_from=since,
        accept_rejects=CASES, accept_drop="yes",
    )  # fmt: skip


def _file(audit: Workspace, kind: str, rows: list[Row], as_of: date) -> Path:
    path = audit.folder / f"{kind}-{as_of}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path
