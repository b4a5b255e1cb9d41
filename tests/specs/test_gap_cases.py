"""The cases behind a gap: masked, for the committee alone, and joined with no other release."""

from datetime import date

import polars as pl
import pytest

from metrics.disclosure.policy import Policy
from metrics.release import open_release
from tests.specs.measured import after, published

RULES = """
[procedure]
steps = ["received", "triaged", "resolved"]
mandatory = ["triaged"]
basis = "Policy, section 3"
"""


def made(folder, *, skipping: int, more: int = 0, policy: Policy | None = None):
    """Twenty cases of January, of which the first few were never triaged."""
    events = ["case | kind | on"]
    for number in range(20 + more):
        day = after("2024-01-02", number)
        events.append(f"case {number} | received | {day}")
        if number >= skipping:
            events.append(f"case {number} | triaged | {after(day, 1)}")
        events.append(f"case {number} | resolved | {after(day, 9)}")
    folder.mkdir(exist_ok=True)
    return published(
        folder,
        as_of="2024-03-31",
        coverage_from="2024-01-01",
        events="\n".join(events),
        rules=RULES,
        policy=policy or Policy("committee", "identity", min_denominator=10),
    )


def test_every_case_of_the_gap_is_there_once_and_no_other(tmp_path):
    release = made(tmp_path, skipping=6)
    rows = release.table("gap_cases")
    assert release.table("gaps").filter(pl.col("metric") == "skipped")["cases"].item() == 6
    assert rows.select("metric", "part").unique().rows() == [("skipped", "triaged")]
    assert rows["reference"].n_unique() == rows.height == 6
    assert set(rows["month"].dt.day()) == {1}


def test_fewer_than_five_are_none(tmp_path):
    assert made(tmp_path, skipping=4).table("gap_cases").is_empty()


@pytest.mark.parametrize("audience", ["leadership", "public"])
def test_whoever_sees_protected_counts_sees_no_case(tmp_path, audience):
    policy = Policy(audience, "rounding", base=5, min_denominator=10)
    assert made(tmp_path, skipping=6, policy=policy).table("gap_cases").is_empty()


def test_the_same_case_has_another_reference_in_every_release(tmp_path):
    first = made(tmp_path / "first", skipping=6).table("gap_cases")
    second = made(tmp_path / "second", skipping=6, more=1).table("gap_cases")
    assert set(first["reference"]).isdisjoint(second["reference"])


def test_made_again_the_same_release_has_the_same_references(tmp_path):
    again = [made(tmp_path / name, skipping=6).table("gap_cases") for name in ("one", "two")]
    assert again[0].equals(again[1])


def test_no_key_of_the_store_stands_in_the_file(tmp_path):
    release = made(tmp_path, skipping=6)
    (path,) = (tmp_path / "releases").glob("*.duckdb")
    assert open_release(path).manifest == release.manifest
    content = path.read_bytes()
    assert all(f"case {number}".encode() not in content for number in range(6))


NEWS = """
[practices]
basis = "Policy, section 4"

[practices.news]
reporter = 30
"""


def test_a_case_stands_in_the_quarter_in_which_its_gap_is_counted_with_its_days(tmp_path):
    events = ["case | kind | on", "case 9 | updated | 2023-12-25"]
    for number in range(10):
        events.append(f"case {number} | received | 2023-12-20")
        # Six of them hear nothing until they are closed after 41 days, four after 16.
        events.append(
            f"case {number} | resolved | {'2024-01-30' if number < 6 else '2024-01-05'}"
        )
    release = published(
        tmp_path,
        as_of="2024-03-31",
        coverage_from="2023-10-01",
        events="\n".join(events),
        rules=NEWS,
        policy=Policy("committee", "identity", min_denominator=10),
    )
    (gap,) = release.table("gaps").filter(pl.col("cases") > 0).iter_rows(named=True)
    rows = release.table("gap_cases")
    assert (gap["metric"], gap["cases"], gap["days"]) == ("without_news", 6, 246)
    assert gap["period_start"] == date(2024, 1, 1)
    assert rows["period_start"].to_list() == [date(2024, 1, 1)] * 6
    assert rows["month"].to_list() == [date(2023, 12, 1)] * 6
    assert rows["days"].to_list() == [41] * 6


def test_a_gap_without_a_length_has_no_days(tmp_path):
    assert made(tmp_path, skipping=6).table("gaps")["days"].is_null().all()
