"""Large exports of an invented system: one row per case, six events a case in order of time."""

import sys
from datetime import date
from pathlib import Path

import duckdb

UNITS = 400
AS_OF = date(2026, 9, 30)
STEPS = ("acknowledged", "triaged", "assigned", "investigated", "escalated", "resolved")
CODES = {
    "category": ("misconduct", "harassment", "fraud", "safety", "privacy"),
    "channel": ("web", "phone", "email", "letter"),
    "severity": ("low", "medium", "high", "critical"),
    "outcome": ("substantiated", "unsubstantiated", "partly"),
    "kind": STEPS,
}
CASES = """
    select
        'C-' || lpad(number::varchar, 9, '0') as "case",
        'unit_' || hash(number, {edition}) % {units} as unit,
        {categories}[1 + (hash(number, 1) % 5)::integer] as category,
        {channels}[1 + (hash(number, 2) % 4)::integer] as channel,
        {severities}[1 + (hash(number, 3) % 4)::integer] as severity,
        case
            when hash(number, 4) % 5 > 0 then {outcomes}[1 + (hash(number, 5) % 3)::integer]
        end as outcome,
        strftime(
            timestamp '2023-10-01' + to_seconds(number * 94000000 // {cases}), '%Y-%m-%dT%H:%M'
        ) as received
    from range(0, {cases}, {every}) as numbers(number)
"""
EVENTS = """
    select
        'C-' || lpad(number::varchar, 9, '0') as "case",
        {steps}[step] as step,
        strftime(
            timestamp '2023-10-01' + to_seconds(
                number * 94000000 // {cases} + (step - 1) * 500000
                + (hash(number, step) % 400000)::bigint
            ),
            '%Y-%m-%dT%H:%M'
        ) as happened
    from range(0, {cases}, {every}) as numbers(number), range(1, 7) as steps(step)
    order by happened, number, step
"""


def write_exports(folder: Path, cases: int, *, every: int = 1, edition: int = 0) -> list[Path]:
    """Write cases.csv and events.csv: all of `cases`, or one of so many, in some edition."""
    folder.mkdir(parents=True, exist_ok=True)
    lists = {
        "categories": CODES["category"],
        "channels": CODES["channel"],
        "severities": CODES["severity"],
        "outcomes": CODES["outcome"],
        "steps": STEPS,
    }
    told = {name: str(list(values)) for name, values in lists.items()}
    told |= {"units": str(UNITS), "cases": str(cases), "every": str(every)}
    # Sixty million events are put in order of time on a machine of 8 GiB too.
    bounds = {"memory_limit": "4GiB", "temp_directory": str(folder / "spill")}
    with duckdb.connect(config=bounds) as connection:
        for name, select in (("cases", CASES), ("events", EVENTS)):
            path = folder / f"{name}.csv"
            filled = select.format(edition=edition, **told)
            connection.execute(f"copy ({filled}) to '{path}' (header, delimiter ',')")
    return [folder / "cases.csv", folder / "events.csv"]


def description() -> str:
    """The source description of these exports."""
    codes = {"unit": tuple(f"unit_{number}" for number in range(UNITS)), **CODES}
    lines = ['name = "large"', 'title = "Large"', 'time_zone = "UTC"']
    for field, values in codes.items():
        lines += [f"[codes.{field}]", *(f'{value} = "{value}"' for value in values)]
    lines += [
        "[exports.cases]",
        'grain = "case"',
        'dates = "%Y-%m-%dT%H:%M"',
        "[exports.cases.columns]",
        'case_id = "case"',
        *(f'{name} = "{name}"' for name in ("unit", "category", "channel", "severity")),
        'outcome = "outcome"',
        "[exports.cases.events]",
        'received = "received"',
        "[exports.events]",
        'grain = "event"',
        'dates = "%Y-%m-%dT%H:%M"',
        "[exports.events.columns]",
        'case_id = "case"',
        'kind = "step"',
        'occurred = "happened"',
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    to, number, step, version = sys.argv[1:]
    write_exports(Path(to), int(number), every=int(step), edition=int(version))
