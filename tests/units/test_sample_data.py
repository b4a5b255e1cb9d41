"""The exports hold what sample_data/README.md says, counted in the files themselves."""

import csv
import math
import re
import tomllib
import zipfile
from collections import Counter
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import holidays
import pytest

import sample_data
from sample_data import organisation, planted

README = (Path(sample_data.__file__).parent / "README.md").read_text(encoding="utf-8")
SOURCES = Path(sample_data.__file__).parents[1] / "etl" / "sources"
TAG = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
ENGLAND = holidays.country_holidays("GB", subdiv="ENG", years=range(2023, 2027))
RESULTS = ("met", "late", "missed", "lost")
TARGETS = {
    "acknowledge": 0.95,
    "triage": 0.90,
    "escalate": 0.95,
    "finish_investigation": 0.80,
    "tell_reporter": 0.90,
    "satisfaction": 0.70,
}
QUARTERS = [
    f"{year} Q{number}"
    for year in range(2023, 2027)
    for number in range(1, 5)
    if "2023 Q4" <= f"{year} Q{number}" <= "2026 Q3"
]
BEFORE_LETTERS = [quarter for quarter in QUARTERS if quarter <= "2025 Q2"]


@cache
def text_of(name):
    encoding = "cp1252" if name.startswith("casebook") else "utf-8"
    return (sample_data.FOLDER / name).read_text(encoding=encoding)


@cache
def rows_of(name):
    delimiter = ";" if name.startswith("casebook") else ","
    return list(csv.DictReader(text_of(name).splitlines(), delimiter=delimiter))


@cache
def history():
    with zipfile.ZipFile(sample_data.FOLDER / "casebook_history.xlsx") as archive:
        sheet = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))  # noqa: S314
    rows = [
        [cell.text or "" for cell in row.iter(f"{TAG}t")] for row in sheet.iter(f"{TAG}row")
    ]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def iso(text):
    return date.fromisoformat(text[:10]) if text else None


def british(text):
    day, month, year = text.split("/") if text else (1, 1, 1900)
    return date(int(year), int(month), int(day)) if year not in {"1900", 1900} else None


@cache
def codes(source):
    return tomllib.loads((SOURCES / f"{source}.toml").read_text(encoding="utf-8"))["codes"]


def is_readable(row):
    wrong = {"2025-02-30", "2024-11-31", "30/02/2025", "31/04/2026"}
    received = row.get("Received", row.get("Date received"))
    return received[:10] not in wrong and row.get("Allegation type") != "99 TEST"


@cache
def cases():
    """Case number to its facts, read from the files by the rules of the source descriptions."""
    found = {}
    known = codes("beacon")
    columns = tomllib.loads((SOURCES / "beacon.toml").read_text())["exports"]["cases"]["events"]
    for row in filter(is_readable, rows_of("beacon_cases.csv")):
        steps = {kind: iso(row[column]) for kind, column in columns.items()}
        found[row["Case ref"]] = {
            **{kind: day for kind, day in steps.items() if day and day <= sample_data.AS_OF},
            "unit": known["unit"][row["Department"]],
            "category": known["category"][row["Issue"]],
            "severity": known["severity"][row["Priority"]],
            "channel": known["channel"][row["Intake"]],
            "outcome": known["outcome"].get(row["Outcome"]),
        }
    return found | casebook_cases()


def casebook_cases():
    found, known = {}, codes("casebook")
    for row in filter(is_readable, rows_of("casebook_allegations.csv")):
        facts = {
            "received": british(row["Date received"]),
            "acknowledged": british(row["Date acknowledged"]),
            "triaged": british(row["Date triaged"]),
            "unit": known["unit"][row["Cost centre"]],
            "category": known["category"][row["Allegation type"]],
            "severity": known["severity"][row["Grade"]],
            "channel": known["channel"][row["Route"]],
            "outcome": known["outcome"].get(row["Finding"]),
        }
        kept = {name: value for name, value in facts.items() if value is not None}
        found.setdefault(row["Case no"], kept)
    for row in history():
        kind = known["kind"][row["Event"]]
        if row["Case no"] in found and (
            kind == "resolved" or kind not in found[row["Case no"]]
        ):
            found[row["Case no"]][kind] = british(row["Event date"])
    return found


def working_day_after(day, count):
    working = [
        day + timedelta(days=number)
        for number in range(1, 40)
        if (day + timedelta(days=number)).weekday() < 5
        and day + timedelta(days=number) not in ENGLAND
    ]
    return working[count - 1]


def quarter_of(day):
    return f"{day.year} Q{(day.month + 2) // 3}"


def result(rule, case):
    """The due day of a rule for a case, and what came of it; None where it does not apply."""
    severities = rule.get("applies_to", {}).get("severity", [case["severity"]])
    started, done = case.get(rule["from"]), case.get(rule["to"])
    if case["severity"] not in severities or started is None:
        return None
    if rule["unit"] == "working_days":
        due = working_day_after(started, rule["within"])
    else:
        due = started + timedelta(days=rule["within"])
    if due > sample_data.AS_OF:
        return None
    if done is not None:
        return due, "met" if done <= due else "late"
    closed = case.get("resolved")
    if case.get("outcome") == "withdrawn" and closed and closed <= due:
        return None
    lost = any(kind in case for kind in rule.get("passed_by", ()))
    return due, "lost" if lost else "missed"


@cache
def judged():
    """How many results of each kind a commitment has in each quarter, by unit and in all."""
    rules = tomllib.loads((sample_data.WORKSPACE / "rules/deadlines.toml").read_text())
    counts = Counter()
    for case in cases().values():
        for rule in rules["deadline"]:
            if found := result(rule, case):
                due, what = found
                counts[rule["name"], quarter_of(due), case["unit"], what] += 1
                counts[rule["name"], quarter_of(due), "all", what] += 1
    for number, offered, score in answers():
        what = "met" if score >= 4 else "late"
        counts["satisfaction", quarter_of(offered), cases()[number]["unit"], what] += 1
        counts["satisfaction", quarter_of(offered), "all", what] += 1
    return counts


def answers():
    for row in rows_of("beacon_surveys.csv"):
        if row["Score"] in set("12345") and row["Survey sent"] and row["Question"] == "Q1":
            yield row["Case ref"], iso(row["Survey sent"]), int(row["Score"])
    for row in rows_of("casebook_surveys.csv"):
        if row["Rating"] and row["Question"] == "Q1":
            yield row["Case no"], british(row["Sent"]), int(row["Rating"])


def kept_of(commitment, quarter, unit="all"):
    counts = {what: judged()[commitment, quarter, unit, what] for what in RESULTS}
    return counts["met"], counts["met"] + counts["late"] + counts["missed"], counts["lost"]


def counted():
    """Every planted fault, counted in the files."""
    beacon, casebook = rows_of("beacon_cases.csv"), rows_of("casebook_allegations.csv")
    readable = [row for row in beacon if is_readable(row)]
    surveys = rows_of("beacon_surveys.csv")
    slow = [case for case in cases().values() if is_slow(case)]
    met, due, _ = kept_of("escalate", "2026 Q2")
    small = [case for case in cases().values() if case["unit"] == organisation.SMALLEST_UNIT]
    second = Counter(row["Case ref"] for row in unique(readable))
    undated = {row["Case no"] for row in casebook if row["Date acknowledged"] == "01/01/1900"}
    return {
        "slow_investigations": len(slow),
        "lost_acknowledgements": sum(
            row["Intake"] == "WEB" and row["Received"] >= "2026-05-04" for row in readable
        ),
        "slipped_escalations": due - met,
        "late_letters": sum(
            due - met for met, due, _ in (kept_of("tell_reporter", q) for q in BEFORE_LETTERS)
        ),
        "tiny_unit": len(small),
        "repeated_rows": sum(
            len(text_of(name).splitlines()) - len(set(text_of(name).splitlines()))
            for name in ("beacon_cases.csv", "casebook_allegations.csv")
        ),
        "changed_rows": sum(count - 1 for count in second.values()),
        "closed_before_received": sum(
            "" < row["Closed"] < row["Received"] for row in unique(readable)
        ),
        "decided_before_received": sum(
            "" < row["Decided"] < row["Received"] and row["Reporter told"] < row["Received"]
            for row in unique(readable)
        ),
        "impossible_dates": sum(
            not is_readable(row) and row.get("Allegation type") != "99 TEST"
            for row in [*beacon, *casebook]
        ),
        "test_cases": sum(row["Allegation type"] == "99 TEST" for row in casebook),
        "sentinel_dates": len(undated),
        "dates_after_as_of": sum(row["Closed"] > "2026-10" for row in beacon),
        "events_without_case": sum(row["Case no"] not in cases() for row in history()),
        "scores_off_scale": sum(row["Score"] > "5" for row in surveys),
        "answered_unasked": sum(row["Survey sent"] == "" for row in surveys),
    }


def is_slow(case):
    due = case["received"] + timedelta(days=60)
    done = case.get("investigated")
    is_withdrawn = case.get("outcome") == "withdrawn"
    return (
        case["unit"] == organisation.SLOW_UNIT
        and case["received"] >= planted.INVESTIGATIONS_SLOW_FROM
        and due <= sample_data.AS_OF
        and not is_withdrawn
        and (done is None or done > due)
    )


def unique(rows):
    return [dict(items) for items in dict.fromkeys(tuple(row.items()) for row in rows)]


def readme_rows(first):
    """The cells of the README's table whose first column is headed `first`."""
    table = README.split(f"| {first} |")[1].split("\n\n")[0]
    lines = table.splitlines()[2:]
    return [
        tuple(cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]) for line in lines
    ]


def wilson(met, due):
    z = 1.959964
    share, scale = met / due, 1 + z * z / due
    middle = (share + z * z / (2 * due)) / scale
    half = z * (share * (1 - share) / due + z * z / (4 * due * due)) ** 0.5 / scale
    return middle - half, middle + half


def tail(met, due, share):
    """The smaller of the two exact binomial tails."""
    from_below = sum(binomial(number, due, share) for number in range(met + 1))
    from_above = sum(binomial(number, due, share) for number in range(met, due + 1))
    return min(from_below, from_above)


def binomial(number, due, share):
    return math.comb(due, number) * share**number * (1 - share) ** (due - number)


def test_every_planted_fault_is_in_the_files_as_often_as_the_constants_say():
    assert counted() == {fault.name: fault.count for fault in planted.FAULTS}


def test_the_readme_lists_every_planted_fault_as_the_constants_have_it():
    facts = [(f.name, str(f.count), f.fact, f.shows) for f in planted.FAULTS]

    assert readme_rows("fault") == facts


def test_the_readme_lists_every_planted_gap_as_the_constants_have_it():
    facts = [(g.name, str(g.count), g.fact, g.shows) for g in planted.PLANTED_GAPS]

    assert readme_rows("gap") == facts


def test_the_readme_lists_what_the_commitments_come_to():
    listed = [
        (k.quarter, k.commitment, str(k.kept), str(k.judged), str(k.not_assessable))
        for k in planted.KEPT
    ]

    assert readme_rows("quarter") == listed


def test_the_commitments_come_to_what_the_constants_say():
    found = {
        (k.commitment, k.quarter): (k.kept, k.judged, k.not_assessable) for k in planted.KEPT
    }

    assert found == {key: kept_of(*key) for key in found}
    assert {commitment for commitment, _ in found} == set(TARGETS)


@pytest.mark.parametrize("quarter", QUARTERS)
def test_only_the_planted_faults_break_a_commitment(quarter):
    broken = {
        name
        for name, target in TARGETS.items()
        if kept_of(name, quarter)[0] < target * kept_of(name, quarter)[1]
    }

    assert broken == {
        "2026 Q2": {"escalate", "finish_investigation"},
        "2026 Q3": {"finish_investigation"},
        **{name: {"tell_reporter"} for name in BEFORE_LETTERS},
    }.get(quarter, set())


@pytest.mark.parametrize(
    ("commitment", "quarter"),
    [
        ("escalate", "2026 Q2"),
        ("finish_investigation", "2026 Q2"),
        ("finish_investigation", "2026 Q3"),
    ],
)
def test_a_planted_break_is_clear_of_its_target(commitment, quarter):
    met, due, _ = kept_of(commitment, quarter)

    assert wilson(met, due)[1] < TARGETS[commitment]


@pytest.mark.parametrize("quarter", ["2026 Q2", "2026 Q3"])
def test_the_lost_acknowledgements_could_turn_the_commitment(quarter):
    met, due, lost = kept_of("acknowledge", quarter)

    assert met / (due + lost) < TARGETS["acknowledge"] < (met + lost) / (due + lost)


@pytest.mark.parametrize("quarter", QUARTERS[-4:])
def test_only_the_slow_unit_is_beyond_the_limits_among_units(quarter):
    beyond = set()
    for commitment in TARGETS:
        met, due, _ = kept_of(commitment, quarter)
        for unit in organisation.UNITS:
            k, n, _ = kept_of(commitment, quarter, unit)
            if n > 0 and tail(k, n, met / due) < 0.001:
                beyond.add((commitment, unit))

    is_slow_quarter = quarter in {"2026 Q2", "2026 Q3"}
    assert beyond == (
        {("finish_investigation", "field_operations")} if is_slow_quarter else set()
    )
    assert kept_of("finish_investigation", quarter, "field_operations")[1] >= 20


def test_each_case_of_the_tiny_unit_is_alone_in_its_quarter_and_category():
    small = [case for case in cases().values() if case["unit"] == organisation.SMALLEST_UNIT]
    cells = Counter((quarter_of(case["received"]), case["category"]) for case in small)

    assert organisation.people(organisation.SMALLEST_UNIT, sample_data.AS_OF) == 6
    assert set(cells.values()) == {1}


def test_the_size_of_the_organisation_is_as_described():
    systems = Counter(number[0] for number in cases())
    grave = sum(case["severity"] in {"high", "critical"} for case in cases().values())
    sizes = [organisation.people(unit, sample_data.AS_OF) for unit in organisation.UNITS]

    assert len(cases()) == 2005
    assert systems["B"] / len(cases()) == pytest.approx(0.6, abs=0.03)
    assert grave / len(cases()) == pytest.approx(0.2, abs=0.03)
    assert (len(sizes), min(sizes), max(sizes)) == (8, 6, 400)


def test_no_answer_is_blank_and_never_nought():
    rows = [*rows_of("beacon_surveys.csv"), *rows_of("casebook_surveys.csv")]
    scores = [row.get("Score", row.get("Rating")) for row in rows]

    assert scores.count("0") == 0
    assert 1 - scores.count("") / len(scores) == pytest.approx(0.28, abs=0.03)
