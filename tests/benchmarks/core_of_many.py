"""Core tables of as many cases as one likes, without an hour of loading.

Cases and their events are drawn in DuckDB; everything that follows from them (milestones,
clocks, deadlines, escalations, step gaps) is made by the product's own statements from the
rules below. `exports` writes the same cases as files: loaded by `etl.load` they come to the
same counts, which `bench_measure` sees to.
"""

import re
from datetime import date
from pathlib import Path

from etl import demands
from etl.building import core_files, prepare
from etl.store import Store
from etl.workspace import Workspace, init, open_workspace
from tests.verdicts.tables import written

AS_OF = date(2026, 9, 30)
FIRST = date(2022, 10, 1)
UNITS = 400

# Statements whose number is lower make the cases and events of what was loaded.
_DERIVED_FROM = "50"

RULES = """
ladder = ["team", "manager", "board"]
[[deadline]]
name = "acknowledge"
title = "Acknowledge within 7 days"
from = "received"
to = "acknowledged"
within = 7
unit = "calendar_days"
passed_by = ["triaged", "investigated", "decided", "resolved"]
basis = "Invented"
verified = true
[[deadline]]
name = "triage"
title = "Triage within 10 working days"
from = "received"
to = "triaged"
within = 10
unit = "working_days"
basis = "Invented"
verified = true
[[deadline]]
name = "resolve"
title = "Resolve within 90 days"
from = "received"
to = "resolved"
within = 90
unit = "calendar_days"
pauses = ["paused"]
basis = "Invented"
verified = true
[[deadline]]
name = "escalate"
title = "Escalate serious cases within 5 days"
from = "received"
to = "escalated"
within = 5
unit = "calendar_days"
applies_to = { severity = ["high", "critical"] }
basis = "Invented"
verified = true
"""

_LISTS = {
    "category": ["misconduct", "harassment", "fraud", "safety", "privacy", "conflict"],
    "channel": ["web", "phone", "email", "letter"],
    "severity": ["low", "medium", "high", "critical"],
    "outcome": ["substantiated", "unsubstantiated", "partly", "insufficient"],
    "anonymity": ["anonymous", "named"],
    "raised_by": ["employee", "contractor", "client", "public"],
}

_LAYOUTS = """
[exports.cases]
grain = "case"
dates = "%Y-%m-%dT%H:%M"
[exports.cases.columns]
case_id = "case"
unit = "unit"
category = "category"
channel = "channel"
severity = "severity"
outcome = "outcome"
anonymity = "anonymity"
raised_by = "raised_by"
incident_on = "incident"
[exports.cases.date_formats]
incident = "%Y-%m-%d"
[exports.cases.events]
received = "received"
[exports.events]
grain = "event"
dates = "%Y-%m-%dT%H:%M"
[exports.events.columns]
case_id = "case"
kind = "step"
level = "level"
occurred = "happened"
[exports.surveys]
grain = "feedback"
dates = "%Y-%m-%d"
scale = [1, 5]
[exports.surveys.columns]
case_id = "case"
offered = "offered"
answered = "answered"
score = "score"
"""

# One row per case number from 0; what is drawn of it follows from the number alone. Whole
# minutes, as exports tell them.
_DRAWN = f"""
    create or replace temp table drawn as
    select
        n,
        md5('case ' || n)::uuid as case_key,
        date_trunc('minute', timestamp '{FIRST} 00:00' + to_seconds(
            (n * 104729 % $cases) * {(AS_OF - FIRST).days * 86400} // $cases
        )) as received_at,
        'unit_' || hash(n, 1) % {UNITS} as unit,
        {_LISTS["category"]}[1 + (hash(n, 2) % 6)::integer] as category,
        {_LISTS["channel"]}[1 + (hash(n, 3) % 4)::integer] as channel,
        {_LISTS["severity"]}[1 + (hash(n, 4) % 4)::integer] as severity,
        {_LISTS["outcome"]}[1 + (hash(n, 5) % 4)::integer] as outcome,
        if(hash(n, 6) % 10 < 8, {_LISTS["anonymity"]}[1 + (hash(n, 7) % 2)::integer], null)
            as anonymity,
        if(hash(n, 8) % 10 < 7, {_LISTS["raised_by"]}[1 + (hash(n, 9) % 4)::integer], null)
            as raised_by,
        if(hash(n, 10) % 10 < 6, received_at::date - (hash(n, 11) % 200)::integer, null)
            as incident_on,
        -- Minutes: a week or so to a decision, then a tail of up to a year and a half.
        (600 + hash(n, 12) % 14000)::bigint as acknowledging,
        (600 + hash(n, 13) % 9000)::bigint as triaging,
        (4000 + hash(n, 14) % 60000)::bigint as deciding,
        (1000 + pow((hash(n, 15) % 1000) / 1000, 4) * 700000)::bigint as closing
    from range($cases) as numbers(n)
"""

# Steps of a case, each with its minutes after the receipt and how often in a hundred it is.
_STEPS = f"""
    create or replace temp table stepped as
    select
        drawn.case_key,
        drawn.n,
        steps.kind,
        steps.place,
        case
            when steps.kind = 'escalated'
                then {["manager", "board"]}[1 + (hash(n, 20) % 2)::integer]
        end as level,
        drawn.received_at + to_minutes(
            case steps.kind
                when 'received' then 0
                when 'acknowledged' then acknowledging
                when 'escalated' then acknowledging + 60
                when 'triaged' then acknowledging + triaging
                when 'paused' then acknowledging + triaging + deciding // 4
                when 'resumed' then acknowledging + triaging + deciding // 2
                when 'investigated' then acknowledging + triaging + deciding * 3 // 4
                when 'decided' then acknowledging + triaging + deciding
                when 'informed' then acknowledging + triaging + deciding + closing // 2
                when 'resolved' then acknowledging + triaging + deciding + closing
                when 'reopened' then acknowledging + triaging + deciding + closing + 20000
            end
        ) as occurred_at
    from drawn
    cross join (values
        ('received', 1, 100), ('acknowledged', 2, 95), ('escalated', 3, 25),
        ('triaged', 4, 92), ('paused', 5, 8), ('resumed', 6, 8), ('investigated', 7, 75),
        ('decided', 8, 85), ('informed', 9, 80), ('resolved', 10, 96), ('reopened', 11, 4)
    ) as steps(kind, place, often)
    where
        -- Who is paused is resumed.
        hash(drawn.n, if(steps.kind = 'resumed', 5, steps.place), 99) % 100 < steps.often
        and occurred_at < timestamp '{AS_OF}' + interval 1 day
        and (steps.kind <> 'reopened' or hash(drawn.n, 10, 99) % 100 < 96)
"""

_CASES = """
    insert into core.cases by name
    with ends as (
        select
            case_key,
            max(occurred_at::date) filter (where kind = 'resolved') as resolved_on,
            bool_or(kind = 'reopened') as reopened
        from stepped
        where kind in ('resolved', 'reopened')
        group by case_key
    )

    select
        drawn.case_key, 'many' as source, 1 as snapshot, drawn.n + 2 as line,
        drawn.received_at::date as received_on, drawn.received_at, drawn.incident_on,
        drawn.unit, drawn.category, drawn.channel, drawn.severity, drawn.anonymity,
        drawn.raised_by, drawn.outcome, 1 as export_rows, 1 as versions,
        if(coalesce(ends.reopened, false), null, ends.resolved_on) as resolved_on,
        coalesce(ends.reopened, false) as reopened
    from drawn
    left join ends on drawn.case_key = ends.case_key
"""
_EVENTS = """
    insert into core.events by name
    select
        case_key, 'many' as source, kind, occurred_at::date as occurred_on, occurred_at, level,
        if(kind = 'received', 1, 2) as snapshot, n + 2 as line, true as has_hours,
        place as sequence
    from stepped
"""
_FEEDBACK = f"""
    insert into core.feedback by name
    select
        case_key, 'many' as source, 3 as snapshot, n + 2 as line,
        occurred_at::date as offered_on,
        if(hash(n, 31) % 10 < 4 and occurred_at::date + 5 <= date '{AS_OF}',
            occurred_at::date + 5, null) as answered_on,
        if(answered_on is not null, 1 + (hash(n, 32) % 5)::integer, null) as score,
        1 as scale_low, 5 as scale_high, 'process' as question
    from stepped
    where kind = 'resolved' and hash(n, 30) % 10 < 7
"""
_HEADCOUNT = f"""
    insert into staging.headcount by name
    select 'unit_' || u as unit, date '{FIRST}' as from_on, 250.0 as people
    from range({UNITS}) as units(u)
"""
_LEVELS = f"""
    insert into staging.levels by name
    select 'unit' as breakdown, 'unit_' || u as level, 'Unit ' || u as title, u as position
    from range({UNITS}) as units(u)
    union all
    select breakdown, level, level as title, position
    from (
        {
    " union all ".join(
        f"select '{breakdown}' as breakdown, unnest({_LISTS[breakdown]}) as level,"
        f" generate_subscripts({_LISTS[breakdown]}, 1) as position"
        for breakdown in ("category", "channel", "severity")
    )
}
    ) as listed
"""
_PARAMETERS = f"""
    insert into staging.parameters by name
    select
        date '{AS_OF}' as as_of, date '{FIRST}' as coverage_from,
        date '{AS_OF}' as coverage_until, 'UTC' as time_zone, 1 as fiscal_year_start_month
"""


def workspace_at(folder: Path) -> Workspace:
    """A workspace with these rules and the description of the exports."""
    init(folder)
    configuration = folder / "case-audit.toml"
    told = configuration.read_text(encoding="utf-8")
    configuration.write_text(re.sub('time_zone = ".*"', 'time_zone = "UTC"', told))
    (folder / "rules" / "deadlines.toml").write_text(RULES, encoding="utf-8")
    (folder / "sources" / "many.toml").write_text(description(), encoding="utf-8")
    lines = [f"unit_{number},{FIRST},250" for number in range(UNITS)]
    (folder / "headcount.csv").write_text("unit,from,people\n" + "\n".join(lines) + "\n")
    return open_workspace(folder)


def built(workspace: Workspace, cases: int) -> None:
    """Write the workspace's store with so many cases, as if their exports had been loaded."""
    with written({}, workspace.store_path, prepare=prepare) as store:
        store.execute("truncate staging.parameters")
        for statement in (_PARAMETERS, _HEADCOUNT, _LEVELS):
            store.execute(statement)
    with Store.open(workspace.store_path, mode="load") as store:
        store.execute(_DRAWN, {"cases": cases})
        for statement in (_STEPS, _CASES, _EVENTS):
            store.execute(statement)
        demands.declare(
            store,
            workspace.rules(),
            calendar=workspace.organisation.calendar,
            folder=workspace.folder / "calendars",
            first=FIRST,
            as_of=AS_OF,
        )
        for path in core_files():
            if path.name >= _DERIVED_FROM:
                store.run_file(path)
        store.execute(_FEEDBACK)
        store.drop_temporary()


def exports(store_path: Path, folder: Path) -> list[Path]:
    """The cases of a store that `built` made, as the files that a system would have told."""
    folder.mkdir(parents=True)
    with Store.open(store_path, mode="read") as store:
        frames = {
            "cases": store.frame(
                "select case_key as 'case', unit, category, channel, severity, outcome,"
                " anonymity, raised_by, incident_on as incident,"
                " strftime(received_at, '%Y-%m-%dT%H:%M') as received"
                " from core.cases order by line"
            ),
            "events": store.frame(
                "select case_key as 'case', kind as step, level,"
                " strftime(occurred_at, '%Y-%m-%dT%H:%M') as happened"
                " from core.events where kind <> 'received' order by line, sequence"
            ),
            "surveys": store.frame(
                "select case_key as 'case', offered_on as offered, answered_on as answered,"
                " score from core.feedback order by line"
            ),
        }
    for name, frame in frames.items():
        frame.write_csv(folder / f"{name}.csv")
    return [folder / f"{name}.csv" for name in frames]


def description() -> str:
    """The source description of these exports."""
    codes = {"unit": [f"unit_{number}" for number in range(UNITS)], **_LISTS}
    codes["kind"] = [
        "acknowledged", "escalated", "triaged", "paused", "resumed", "investigated", "decided",
        "informed", "resolved", "reopened",
    ]  # fmt: skip
    codes["level"] = ["team", "manager", "board"]
    lines = ['name = "many"', 'title = "Many"', 'time_zone = "UTC"']
    for field, values in codes.items():
        lines += [f"[codes.{field}]", *(f'{value} = "{value}"' for value in values)]
    return "\n".join(lines) + _LAYOUTS
