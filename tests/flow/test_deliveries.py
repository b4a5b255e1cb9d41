"""Deliveries over time, through the command line: what is known, and since when."""

from datetime import date
from pathlib import Path

import pytest

from dashboard.cli import main
from etl.store import Store
from etl.workspace import Workspace, init

SOURCE = """
name = "harbour"
title = "Harbour"
time_zone = "Europe/London"
[codes.unit]
"N" = "north"
"S" = "south"
[exports.cases]
grain = "case"
delivery = "KIND"
[exports.cases.columns]
case_id = "Case"
unit = "Unit"
[exports.cases.events]
received = "Received"
resolved = "Resolved"
"""
HEADER = "Case,Unit,Received,Resolved\n"
JANUARY = [f"HB-{number},N,2024-01-0{number},\n" for number in range(1, 10)]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return describe(init(tmp_path / "audit"), "full")


def describe(workspace: Workspace, kind: str) -> Workspace:
    told = SOURCE.replace("KIND", kind)
    (workspace.folder / "sources" / "harbour.toml").write_text(told, encoding="utf-8")
    return workspace


def load(workspace: Workspace, rows: list[str], as_of: str, *options: str) -> int:
    export = workspace.folder.parent / f"{as_of}.csv"
    export.write_text(HEADER + "".join(rows), encoding="utf-8")
    return verb(workspace, "load", str(export), "--as-of", as_of, *options)


def verb(workspace: Workspace, *arguments: str) -> int:
    return main([*arguments, "--workspace", str(workspace.folder), "--quiet"])


def rows(workspace: Workspace, select: str) -> list[tuple]:
    with Store.open(workspace.store_path, mode="read") as store:
        return store.frame(select).rows()


def test_a_case_that_vanished_is_reported_and_is_not_closed(workspace, capsys):
    load(workspace, JANUARY, "2024-01-31")
    assert load(workspace, JANUARY[1:], "2024-02-29") == 0
    assert "1 case is of earlier deliveries not in this full one" in capsys.readouterr().out
    assert rows(
        workspace, "select last_seen_on, missing_on, explained_by from core.vanished_cases"
    ) == [(date(2024, 1, 31), date(2024, 2, 29), None)]
    assert rows(workspace, "select count(*), count(resolved_on) from core.cases") == [(9, 0)]


def test_the_first_day_covered_may_be_said_when_the_export_is_loaded_already(workspace, capsys):
    covered = "select coverage_from from staging.parameters"
    load(workspace, JANUARY, "2024-01-31")
    assert rows(workspace, covered) == [(date(2024, 1, 1),)]
    assert "nobody has said since when cases are counted" in capsys.readouterr().out
    load(workspace, JANUARY, "2024-01-31", "--coverage-from", "2023-11-01")
    assert "they cover the days from 2023-11-01 on" in capsys.readouterr().out
    assert rows(workspace, covered) == [(date(2023, 11, 1),)]
    load(workspace, JANUARY, "2024-01-31", "--coverage-from", "2023-11-01")
    assert "nothing changed" in capsys.readouterr().out


def said_of(workspace: Workspace, capsys, told: list[str], as_of: str) -> str:
    capsys.readouterr()
    load(workspace, told, as_of, "--accept-rejects", "1")
    return " ".join(capsys.readouterr().out.split())


UNREAD = "HB-1,N,sometime,\n"


def test_a_known_case_with_a_rejected_row_is_unread_this_time_and_has_not_vanished(
    workspace, capsys
):
    load(workspace, JANUARY, "2024-01-31")
    said = said_of(workspace, capsys, [*JANUARY[1:], UNREAD], "2024-02-29")
    assert (
        "1 case is in this full delivery with a row that was rejected; kept as last read,"
        " which is not gone" in said
    )
    assert "not in this full one" not in said
    assert "HB-1 " not in said
    gone = "select last_seen_on, is_unread, missing_on from core.vanished_cases"
    assert rows(workspace, gone) == [(date(2024, 1, 31), True, date(2024, 2, 29))]
    assert rows(workspace, "select count(*), count(resolved_on) from core.cases") == [(9, 0)]


def test_an_unread_case_that_is_not_named_later_has_vanished_since(workspace, capsys):
    load(workspace, JANUARY, "2024-01-31")
    load(workspace, [*JANUARY[1:], UNREAD], "2024-02-29", "--accept-rejects", "1")
    said = said_of(workspace, capsys, JANUARY[1:], "2024-03-31")
    assert "1 case is of earlier deliveries not in this full one" in said
    gone = "select last_seen_on, is_unread, missing_on from core.vanished_cases"
    assert rows(workspace, gone) == [(date(2024, 1, 31), False, date(2024, 3, 31))]
    load(workspace, [*JANUARY[1:], JANUARY[0]], "2024-04-30")
    assert rows(workspace, "select * from core.vanished_cases") == []


def test_a_case_may_lack_because_its_row_names_none_and_the_reader_is_told_so(
    workspace, capsys
):
    load(workspace, JANUARY, "2024-01-31")
    for unread in ("HB-1,N\n", ",N,2024-01-01,\n"):
        said = said_of(workspace, capsys, [*JANUARY[1:8], JANUARY[8], unread], "2024-02-29")
        assert "1 case is of earlier deliveries not in this full one" in said
        assert "; the rejected row without a case may be of them" in said


def test_of_two_rows_that_tell_a_known_case_in_two_ways_the_case_is_unread(workspace, capsys):
    load(workspace, JANUARY, "2024-01-31")
    capsys.readouterr()
    told = [*JANUARY, "HB-1,S,2024-01-01,\n"]
    load(workspace, told, "2024-02-29", "--accept-rejects", "2")
    said = " ".join(capsys.readouterr().out.split())
    assert "1 case is in this full delivery with a row that was rejected" in said


def test_a_case_that_vanished_is_watched_until_the_day_on_which_it_was_last_seen(workspace):
    load(workspace, JANUARY, "2024-01-31")
    load(workspace, JANUARY[1:], "2024-02-29")
    watched = "select observed_until, ended, days from core.clocks order by started_on limit 2"
    assert rows(workspace, watched) == [
        (date(2024, 1, 31), False, 30),
        (date(2024, 2, 29), False, 58),
    ]


def test_nobody_can_say_whether_a_case_that_vanished_kept_a_later_deadline(workspace):
    rule = (
        '[[deadline]]\nname = "told"\ntitle = "Told"\nfrom = "received"\nto = "resolved"\n'
        'within = 40\nunit = "calendar_days"\nbasis = "Policy 4"\nverified = true\n'
    )
    (workspace.folder / "rules" / "told.toml").write_text(rule, encoding="utf-8")
    ended = [*JANUARY[:8], "HB-9,N,2024-01-09,2024-01-20\n"]
    load(workspace, ended, "2024-01-31")
    load(workspace, ended[1:], "2024-02-29")
    results = "select result, count(*) from core.deadlines where rule = 'told' group by all"
    assert dict(rows(workspace, results)) == {"not_assessable": 1, "missed": 7, "met": 1}


def test_a_second_full_delivery_of_a_day_counts_what_it_lacks(workspace):
    # Only the cases that a new delivery concerns are computed anew: those it lacks are such.
    load(workspace, JANUARY, "2024-01-31")
    load(workspace, [*JANUARY[:8], "HB-9,S,2024-01-09,\n"], "2024-02-29")
    load(workspace, [*JANUARY[1:8], "HB-9,S,2024-01-09,\n"], "2024-02-29")
    gone = "select last_seen_on from core.cases where last_seen_on is not null"
    assert rows(workspace, gone) == [(date(2024, 2, 29),)]


def test_a_case_that_comes_back_has_not_vanished(workspace):
    for day, told in (("31", JANUARY), ("30", JANUARY[1:])):
        load(workspace, told, f"2024-01-{day}")
    assert rows(workspace, "select * from core.vanished_cases") == []


def test_what_changed_alone_says_nothing_of_the_other_cases(workspace):
    describe(workspace, "delta")
    load(workspace, JANUARY, "2024-01-31")
    load(workspace, ["HB-1,S,2024-01-01,2024-02-20\n"], "2024-02-29")
    assert rows(workspace, "select * from core.vanished_cases") == []
    assert rows(workspace, "select count(*), count(resolved_on) from core.cases") == [(9, 1)]


def test_what_changed_covers_the_days_since_the_delivery_before(workspace, capsys):
    describe(workspace, "delta")
    load(workspace, JANUARY, "2024-01-31")
    load(workspace, JANUARY[:1], "2024-02-29")
    load(workspace, JANUARY[:2], "2024-04-30", "--coverage-from", "2024-04-01")
    told = "select coverage_from, coverage_until from core.snapshots order by snapshot"
    assert rows(workspace, told) == [
        (date(2024, 1, 1), date(2024, 1, 31)),
        (date(2024, 2, 1), date(2024, 2, 29)),
        (date(2024, 4, 1), date(2024, 4, 30)),
    ]
    gap = (date(2024, 3, 1), date(2024, 4, 1))
    assert rows(workspace, "select gap_from, gap_until from core.coverage_gaps") == [gap]
    out = capsys.readouterr().out
    assert "no delivery tells of the days from 2024-03-01 to 2024-03-31" in out


def test_a_full_export_that_shrank_is_refused_until_somebody_says_so(workspace, capsys):
    load(workspace, JANUARY, "2024-01-31")
    before = workspace.store_path.read_bytes()
    assert load(workspace, JANUARY[:7], "2024-02-29") == 2
    told = capsys.readouterr().err
    assert "7 rows, 22 % fewer than the 9 of the delivery of 2024-01-31" in told
    assert "--accept-drop" in told
    assert workspace.store_path.read_bytes() == before
    assert load(workspace, JANUARY[:7], "2024-02-29", "--accept-drop") == 0
    assert rows(workspace, "select count(*) from core.vanished_cases") == [(2,)]


TWICE = [*JANUARY, "HB-1,S,2024-01-01,\n", "HB-2,N,2024-01-03,\n"]


def test_rows_that_tell_one_case_in_different_ways_are_rejected_with_their_lines(
    workspace, capsys
):
    assert load(workspace, TWICE, "2024-01-31") == 2
    told = capsys.readouterr().err
    assert "line 2: lines 2, 11 tell the same case in different ways" in told
    assert 'same_case = "last"' in told
    # A trial says the same, and loads nothing.
    trial = ("source", "test", "harbour", str(workspace.folder.parent / "2024-01-31.csv"))
    assert verb(workspace, *trial) == 1
    assert "11 rows in = 7 loaded + 4 rejected + 0 exact repeats" in capsys.readouterr().out
    assert load(workspace, TWICE, "2024-01-31", "--accept-rejects", "4") == 0
    assert rows(workspace, "select line from staging.rejects order by line") == [
        (2,), (3,), (11,), (12,),
    ]  # fmt: skip
    account = "select rows_in, rows_loaded, rows_rejected, rows_repeated from core.snapshots"
    assert rows(workspace, account) == [(11, 7, 4, 0)]
    assert rows(workspace, "select count(*) from core.cases") == [(7,)]
    assert rows(workspace, "select count(*) from core.events") == [(7,)]


def test_a_case_that_is_told_twice_alike_is_no_contradiction(workspace):
    # The two rows differ in what is not read: a column that nobody described.
    export = workspace.folder.parent / "twice.csv"
    export.write_text(
        "Case,Unit,Received,Resolved,Seen\nA,N,2024-01-01,,x\nA,N,2024-01-01,,y\n"
    )
    assert verb(workspace, "load", str(export), "--as-of", "2024-01-31") == 0
    assert rows(workspace, "select rows_loaded, rows_rejected from core.snapshots") == [(2, 0)]
    assert rows(workspace, "select count(*) from core.cases") == [(1,)]


def test_the_same_case_in_two_versions_is_a_conflict_where_the_last_row_counts(
    workspace, capsys
):
    file = workspace.folder / "sources" / "harbour.toml"
    told = file.read_text(encoding="utf-8")
    file.write_text(told.replace('"full"', '"full"\nsame_case = "last"'), encoding="utf-8")
    load(workspace, TWICE, "2024-01-31")
    assert rows(workspace, "select unit from core.cases order by line")[-2:] == [
        ("south",), ("north",),
    ]  # fmt: skip
    assert "2 cases are described in several ways as of one day" in capsys.readouterr().out
    assert rows(workspace, "select ways from core.conflicts") == [(2,), (2,)]


def test_the_second_of_two_files_for_one_day_corrects_the_first(workspace):
    load(workspace, JANUARY, "2024-01-31")
    load(workspace, ["HB-1,S,2024-01-01,\n", *JANUARY[1:]], "2024-01-31")
    assert rows(workspace, "select count(*) from core.cases where unit = 'south'") == [(1,)]
    assert rows(workspace, "select count(*) from core.conflicts") == [(0,)]


def test_a_past_day_is_seen_again_until_the_next_delivery(workspace, capsys):
    load(workspace, JANUARY, "2024-01-31")
    then = rows(workspace, "select * from core.cases order by all")
    closed = [row.replace(",\n", ",2024-02-10\n") for row in JANUARY]
    load(workspace, closed, "2024-02-29")
    now = rows(workspace, "select * from core.cases order by all")
    assert verb(workspace, "load", "--as-of", "2024-02-15") == 0
    assert "as it was known on 2024-02-15" in capsys.readouterr().out
    assert rows(workspace, "select * from core.cases order by all") == then
    load(workspace, JANUARY[:-1], "2024-01-30")
    assert rows(workspace, "select * from core.cases order by all") == now


def test_a_day_before_all_deliveries_cannot_be_asked(workspace, capsys):
    load(workspace, JANUARY, "2024-01-31")
    assert verb(workspace, "load", "--as-of", "2023-12-31") == 2
    assert "nothing was known on 2023-12-31 yet: the first delivery is of 2024-01-31" in (
        capsys.readouterr().err
    )
    assert verb(workspace, "load") == 2
    assert "name the exports to load" in capsys.readouterr().err


def test_a_kind_of_delivery_that_is_not_known_is_refused(workspace, capsys):
    describe(workspace, "partial")
    assert load(workspace, JANUARY, "2024-01-31") == 2
    assert "delivery = 'partial' is not one of full, delta" in capsys.readouterr().err


def test_only_the_cases_that_a_delivery_speaks_of_are_computed_anew(workspace):
    describe(workspace, "delta")
    load(workspace, JANUARY, "2024-01-31")
    with Store.open(workspace.store_path) as store:
        # A mark by which to see whether a row was made again.
        store.execute("update core.cases set category = 'marked'")
    load(workspace, ["HB-1,S,2024-01-01,\n"], "2024-01-31")
    marked = "select unit, category, count(*) from core.cases group by all order by all"
    assert rows(workspace, marked) == [("north", "marked", 8), ("south", "unknown", 1)]
    (workspace.folder / "headcount.csv").write_text("unit,from,people\nnorth,2024-01-01,9\n")
    load(workspace, ["HB-2,S,2024-01-02,\n"], "2024-01-31")
    assert rows(workspace, marked) == [("north", "unknown", 7), ("south", "unknown", 2)]


def test_the_same_full_export_of_a_later_day_says_that_nothing_changed(workspace, capsys):
    load(workspace, JANUARY, "2024-01-31")
    assert load(workspace, JANUARY, "2024-02-29") == 0
    assert "nothing had changed until 2024-02-29" in capsys.readouterr().out
    assert rows(workspace, "select as_of, coverage_until from staging.parameters") == [
        (date(2024, 2, 29), date(2024, 2, 29))
    ]
    watched = "select max(observed_until), max(days) from core.clocks"
    assert rows(workspace, watched) == [(date(2024, 2, 29), 59)]
    assert rows(workspace, "select count(*) from staging.deliveries") == [(1,)]
    # Given once more, it says nothing new.
    load(workspace, JANUARY, "2024-02-29")
    assert "the same bytes are loaded already" in capsys.readouterr().out
    assert rows(workspace, "select count(*) from staging.confirmations") == [(1,)]


def test_a_case_that_vanishes_after_a_quiet_month_was_watched_through_it(workspace):
    load(workspace, JANUARY, "2024-01-31")
    load(workspace, JANUARY, "2024-02-29")
    load(workspace, JANUARY[1:], "2024-03-31")
    gone = "select last_seen_on, missing_on from core.vanished_cases"
    assert rows(workspace, gone) == [(date(2024, 2, 29), date(2024, 3, 31))]
    # Quiet again: it is no longer gone than it was.
    load(workspace, JANUARY[1:], "2024-04-30")
    assert rows(workspace, gone) == [(date(2024, 2, 29), date(2024, 3, 31))]
    assert rows(workspace, "select * from core.coverage_gaps") == []
    verb(workspace, "load", "--as-of", "2024-02-15")
    assert rows(workspace, "select max(observed_until) from core.clocks") == [
        (date(2024, 2, 15),)
    ]


def test_a_quiet_month_outweighs_a_delivery_of_a_day_before_it_that_came_late(workspace):
    load(workspace, JANUARY, "2024-01-31")
    load(workspace, JANUARY, "2024-03-31")
    load(workspace, ["HB-1,S,2024-01-01,\n", *JANUARY[1:]], "2024-02-29")
    assert rows(workspace, "select count(*) from core.cases where unit = 'south'") == [(0,)]


def test_what_is_not_the_newest_full_export_confirms_nothing(workspace, capsys):
    load(workspace, JANUARY, "2024-01-31")
    load(workspace, [*JANUARY[:8], "HB-9,S,2024-01-09,\n"], "2024-02-29")
    load(workspace, JANUARY, "2024-03-31")
    assert "the same bytes are loaded already" in capsys.readouterr().out
    describe(workspace, "delta")
    load(workspace, [*JANUARY[:8], "HB-9,N,2024-01-09,2024-02-01\n"], "2024-03-31")
    load(workspace, [*JANUARY[:8], "HB-9,N,2024-01-09,2024-02-01\n"], "2024-04-30")
    assert rows(workspace, "select count(*) from staging.confirmations") == [(0,)]
    assert rows(workspace, "select as_of from staging.parameters") == [(date(2024, 3, 31),)]


def test_without_a_day_the_same_file_is_the_same_file(workspace):
    load(workspace, JANUARY, "2024-01-31")
    assert verb(workspace, "load", str(workspace.folder.parent / "2024-01-31.csv")) == 0
    assert rows(workspace, "select as_of from staging.parameters") == [(date(2024, 1, 31),)]
