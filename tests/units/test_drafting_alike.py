"""Drafts of several files of one export: its pages, or the histories of two years."""

import json
from pathlib import Path

from etl.description import read_source
from etl.drafting.draft import Draft, draft
from etl.trial import try_out
from tests.drafts import told

CASES = "id,Created,Status,Queue\n" + "".join(
    f"{n},2026-01-{n % 27 + 1:02} 09:00,{('open', 'resolved')[n % 2]},{('A', 'B')[n % 2]}\n"
    for n in range(100, 140)
)
CHANGES = "Case number,Changed at,Field,Old value,New value\n"


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def changes(year: int, *, numbers: range = range(20)) -> str:
    steps = (("01", "Open", "In progress"), ("02", "In progress", "Closed"))
    return CHANGES + "".join(
        f"A-{n},{year}-{month}-{n % 27 + 1:02} 10:00,Status,{old},{new}\n"
        for n in numbers
        for month, old, new in steps
    )


def transactions(folder: Path, page: int, *, cases: range) -> Path:
    """A page of Request Tracker's transactions, which have numbers of their own."""
    items = [
        {
            "id": str(5000 + 2 * n + second),
            "Type": "Status",
            "Field": "Status",
            "OldValue": ("new", "open")[second],
            "NewValue": ("open", "resolved")[second],
            "Created": f"2026-02-{n % 27 + 1:02}T1{second}:00:00Z",
            "Object": {"id": str(n), "type": "ticket"},
        }
        for n in cases
        for second in (0, 1)
    ]
    around = {"page": page} | ({"next_page": "https://a"} if page == 1 else {"prev_page": "b"})
    told = json.dumps({"items": items, **around})
    return written(folder, f"transactions-{page}.json", told)


def drafted(folder: Path) -> Draft:
    cases = written(folder, "cases.csv", "Case number,Opened,Status\n" + "".join(
        f"A-{n},2024-12-{n + 1:02} 09:00,Closed\n" for n in range(20)
    ))  # fmt: skip
    first = written(folder, "2025.csv", changes(2025))
    second = written(folder, "2026.csv", changes(2026, numbers=range(5, 15)))
    return draft(cases, first, second, name="s", zone="UTC")


def test_two_files_with_the_same_columns_are_one_export(tmp_path):
    made = drafted(tmp_path)
    assert list(told(made)["exports"]) == ["cases", "changes"]
    assert "from an export of 60 rows and 5 columns" in made.toml


def test_each_file_of_one_export_fits_its_draft(tmp_path):
    made = drafted(tmp_path)
    toml = made.toml.replace('time_zone = "?"', 'time_zone = "UTC"')
    source = read_source(written(tmp_path, "s.toml", toml))
    for name, rows in (("2025.csv", 40), ("2026.csv", 20)):
        trial = try_out(tmp_path / name, source, key=bytes(32), zone="UTC")
        assert (trial.export, trial.rows_loaded) == ("changes", rows)


def test_pages_of_one_list_are_one_export_whatever_is_around_them(tmp_path):
    pages = [
        transactions(tmp_path, 1, cases=range(100, 120)),
        transactions(tmp_path, 2, cases=range(120, 140)),
    ]
    made = draft(written(tmp_path, "cases.csv", CASES), *pages, name="s", zone="UTC")
    assert list(told(made)["exports"]) == ["cases", "changes"]
    assert "from an export of 80 rows" in made.toml


def test_files_with_other_columns_are_exports_of_their_own(tmp_path):
    more = CHANGES.replace("Field", "Column").replace("New value", "Value now")
    both = [
        written(tmp_path, "one.csv", changes(2025)),
        written(tmp_path, "two.csv", changes(2026).replace(CHANGES, more)),
    ]
    made = draft(*both, name="s", zone="UTC")
    assert made.toml.count("# A draft, proposed from an export of 40 rows") == 2


def test_a_log_that_goes_on_naming_cases_that_are_gone_is_known_by_the_others(tmp_path):
    log = transactions(tmp_path, 1, cases=range(100, 145))
    made = draft(written(tmp_path, "cases.csv", CASES), log, name="s", zone="UTC")
    assert told(made)["exports"]["changes"]["columns"]["case_id"] == "Object.id"


def test_a_log_of_other_things_is_not_taken_for_one_of_these_cases(tmp_path):
    log = transactions(tmp_path, 1, cases=range(120, 160))
    made = draft(written(tmp_path, "cases.csv", CASES), log, name="s", zone="UTC")
    columns = [export["columns"]["case_id"] for export in told(made)["exports"].values()]
    assert "Object.id" not in columns
