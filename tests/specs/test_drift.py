"""An export that is laid out otherwise than the last one: each difference is named."""

import json
from datetime import date
from pathlib import Path

import pytest

from etl.errors import ExportError, SourceError
from etl.load import load
from etl.store import Store
from etl.workspace import Workspace, init

SOURCE = """
name = "harbour"
title = "Harbour"
time_zone = "Europe/London"
[codes.unit]
"N" = "north"
"S" = "south"
[codes.channel]
"W" = "web"
[exports.cases]
grain = "case"
delivery = "delta"
dates = "%d/%m/%Y"
ignored = ["Note"]
rejects_allowed = 3
rejects_reason = "three test cases"
required = ["case_id", "unit", "received"]
[exports.cases.contract]
{contract}
[exports.cases.columns]
case_id = "Case"
unit = "Unit"
channel = "Channel"
[exports.cases.events]
received = "Received"
"""
HEADER = ("Case", "Unit", "Channel", "Received", "Note")
FIRST, SECOND = date(2024, 3, 31), date(2024, 6, 30)


def rows(count: int = 20, *, first: int = 0) -> list[dict[str, str]]:
    return [
        {
            "Case": f"HB-{first + n:04}",
            "Unit": "NS"[n % 2],
            "Channel": "W",
            "Received": f"{n % 28 + 1:02}/01/2024",
            "Note": f"something was said about {n}",
        }
        for n in range(count)
    ]


def written(
    folder: Path,
    header=HEADER,
    told: list[dict[str, str]] | None = None,
    *,
    name: str = "cases.csv",
    separator: str = ",",
    encoding: str = "utf-8",
) -> Path:
    """An export with these columns in this order; a column that the rows lack is blank."""
    lines = [separator.join(header)]
    lines += [separator.join(row.get(n, "") for n in header) for row in told or rows()]
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding=encoding)
    return path


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return init(tmp_path / "audit")


@pytest.fixture
def deliver(workspace, tmp_path):
    """Load a first export, then a second, and return what is said of the second."""

    def delivered(*, contract: str = "", first: Path | None = None, **second):
        text = SOURCE.format(contract=contract)
        (workspace.folder / "sources" / "harbour.toml").write_text(text, encoding="utf-8")
        load(workspace, [first or written(tmp_path)], as_of=FIRST)
        second.setdefault("told", rows(first=100))
        path = written(tmp_path, name="next.csv", **second)
        (found,) = load(workspace, [path], as_of=SECOND)
        return found.notes

    return delivered


def kept(workspace: Workspace, select: str) -> list[tuple]:
    with Store.open(workspace.store_path, mode="read") as store:
        return store.frame(select).rows()


def test_an_export_as_before_is_nothing_to_talk_about(deliver):
    assert deliver() == ()


# Columns


def test_a_new_column_is_named_and_not_read(deliver, workspace):
    notes = deliver(header=(*HEADER, "Event tag"))
    assert notes == (
        'column "Event tag" is new since the delivery of 2024-03-31 and is not read: describe'
        " it, or list it under ignored",
    )
    assert kept(workspace, "select kind, column_name, action from staging.drifts") == [
        ("new_column", "Event tag", "warn")
    ]


@pytest.mark.parametrize(
    ("contract", "header", "named"),
    [
        ('new_column = "refuse"', (*HEADER, "Event tag"), "Event tag"),
        ('missing_optional = "refuse"', HEADER[:-1], "Note"),
        ('reordered = "refuse"', HEADER[::-1], "another order"),
    ],
)
def test_a_contract_may_refuse_it_and_says_how_to_let_it_pass(
    deliver, workspace, contract, header, named
):
    with pytest.raises(ExportError) as caught:
        deliver(contract=contract, header=header)
    told = str(caught.value)
    assert named in told
    assert contract.replace("refuse", "warn") in told
    assert "[exports.cases.contract]" in told
    assert kept(workspace, "select count(*) from staging.deliveries") == [(1,)]


def test_what_is_accepted_is_not_said(deliver):
    assert deliver(contract='new_column = "accept"', header=(*HEADER, "Event tag")) == ()


def test_a_column_that_is_gone_is_named_with_what_is_lost(deliver):
    (note,) = deliver(header=tuple(name for name in HEADER if name != "Channel"))
    assert note == (
        'column "Channel" of the delivery of 2024-03-31 is not there any more, what was read'
        " from it is unknown"
    )


def test_a_renamed_column_is_suggested_and_never_assumed(deliver, workspace):
    told = [{**row, "Remark": row["Note"]} for row in rows(first=100)]
    notes = deliver(header=("Case", "Unit", "Channel", "Received", "Remark"), told=told)
    assert any(
        note.endswith('"Remark" is new and looks like it: was it renamed?') for note in notes
    )


def test_a_needed_column_that_is_missing_refuses_the_file_and_names_its_likely_new_name(
    deliver, workspace
):
    told = [{**row, "Team": row["Unit"]} for row in rows(first=100)]
    with pytest.raises(SourceError) as caught:
        deliver(header=("Case", "Team", "Channel", "Received", "Note"), told=told)
    assert "'Unit' is missing" in str(caught.value)
    assert '"Team" is new since the delivery of 2024-03-31 and looks like "Unit"' in str(
        caught.value
    )
    assert kept(workspace, "select count(*) from staging.deliveries") == [(1,)]


def test_a_column_unlike_the_missing_one_is_not_suggested(deliver):
    told = [{**row, "Story": "a long story " * 9} for row in rows(first=100)]
    with pytest.raises(SourceError) as caught:
        deliver(header=("Case", "Story", "Channel", "Received", "Note"), told=told)
    assert "looks like" not in str(caught.value)


def test_other_places_of_the_same_columns_change_nothing_but_are_said(deliver, workspace):
    (note,) = deliver(header=HEADER[::-1])
    assert note.startswith("the columns stand in another order")
    assert kept(workspace, "select count(distinct header_sha256) from staging.layouts") == [
        (1,)
    ]


# How a file is written


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"encoding": "utf-16"}, "the encoding is 'utf-16' and was 'utf-8'"),
        ({"separator": ";"}, "the delimiter is ';' and was ','"),
    ],
)
def test_another_encoding_or_delimiter_is_said(deliver, how, said):
    (note,) = deliver(**how)
    assert note.startswith(said)


def test_another_encoding_may_be_refused(deliver):
    with pytest.raises(ExportError, match="the encoding is 'utf-16'"):
        deliver(contract='encoding = "refuse"', encoding="utf-16")


# Dates


def test_dates_written_in_another_form_refuse_the_file_with_both_forms(deliver):
    told = [{**row, "Received": f"2024-01-{n % 28 + 1:02}"} for n, row in enumerate(rows())]
    with pytest.raises(ExportError) as caught:
        deliver(told=told)
    assert "20 of 20 dates do not fit %d/%m/%Y, but 20 fit %Y-%m-%d" in str(caught.value)
    assert "2024-03-31: %d/%m/%Y or %m/%d/%Y" in str(caught.value)


def test_days_and_months_that_changed_places_are_noticed_although_every_value_fits(deliver):
    # Received on the 1st to the 12th of June, by a system that writes the month first.
    told = [
        {**row, "Received": f"06/{n % 12 + 1:02}/2024"}
        for n, row in enumerate(rows(24, first=100))
    ]
    with pytest.raises(ExportError, match="with days and months exchanged"):
        deliver(told=told)


def test_days_and_months_that_changed_places_refuse_a_file_of_which_half_still_fits(deliver):
    told = [{**row, "Received": f"01/{n % 24 + 1:02}/2024"} for n, row in enumerate(rows(24))]
    with pytest.raises(ExportError) as caught:
        deliver(told=told)
    assert "12 of 24 dates do not fit %d/%m/%Y, but 24 fit %m/%d/%Y" in str(caught.value)


def test_dates_of_the_other_order_are_rejects_beside_one_of_the_declared(workspace, tmp_path):
    text = SOURCE.format(contract="")
    (workspace.folder / "sources" / "harbour.toml").write_text(text, encoding="utf-8")
    days = ["01/13/2024", "01/14/2024", "15/01/2024", *["03/01/2024"] * 17]
    told = [{**row, "Received": day} for row, day in zip(rows(), days, strict=True)]
    (taken,) = load(workspace, [written(tmp_path, told=told)], as_of=FIRST)
    assert (taken.rows_loaded, taken.rows_rejected) == (18, 2)


def test_a_first_delivery_with_days_and_months_exchanged_is_noticed_too(workspace, tmp_path):
    text = SOURCE.format(contract="")
    (workspace.folder / "sources" / "harbour.toml").write_text(text, encoding="utf-8")
    told = [{**row, "Received": f"06/{n % 12 + 1:02}/2024"} for n, row in enumerate(rows(24))]
    with pytest.raises(ExportError, match=r"spread over 335 days .* over 11 with"):
        load(workspace, [written(tmp_path, told=told)], as_of=FIRST)


def test_a_delivery_of_the_first_days_of_a_month_is_no_drift(deliver):
    told = [
        {**row, "Received": f"{n % 12 + 1:02}/06/2024"}
        for n, row in enumerate(rows(24, first=100))
    ]
    assert not any("Received" in note for note in deliver(told=told))


def test_months_in_another_language_refuse_the_file_and_are_told_which(deliver):
    months = ("Jan", "Mär", "Mai", "Dez")
    told = [{**row, "Received": f"05 {months[n % 4]} 2024"} for n, row in enumerate(rows())]
    with pytest.raises(ExportError, match=r'named in another language: locale = "de"\.'):
        deliver(told=told)


def test_a_day_that_no_month_has_is_a_reject_and_no_other_language(workspace, tmp_path):
    text = SOURCE.format(contract="").replace("%d/%m/%Y", "%d %b %Y")
    (workspace.folder / "sources" / "harbour.toml").write_text(text, encoding="utf-8")
    days = ["31 Feb 2024", *(f"{n:02} Feb 2024" for n in range(1, 20))]
    told = [{**row, "Received": day} for row, day in zip(rows(), days, strict=True)]
    (taken,) = load(workspace, [written(tmp_path, told=told)], as_of=FIRST)
    assert (taken.rows_loaded, taken.rows_rejected) == (19, 1)
    assert '"31 Feb 2024"' in taken.rejects[0]


def test_it_may_be_allowed_and_is_then_said(deliver):
    told = [
        {**row, "Received": f"06/{n % 12 + 1:02}/2024"}
        for n, row in enumerate(rows(24, first=100))
    ]
    (note,) = deliver(contract='date_format = "warn"', told=told)
    assert "exchanged" in note


# Codes


def coded(count: int) -> list[dict[str, str]]:
    return [{**row, "Unit": "X" if n < count else "N"} for n, row in enumerate(rows(first=100))]


def test_a_new_code_rejects_its_rows_and_names_the_column(deliver):
    (note,) = deliver(told=coded(2))
    assert note == (
        'column "Unit" has codes that harbour.toml does not list, in 2 rows, which are rejected'
    )


def test_a_new_code_may_refuse_the_file_although_rejects_are_allowed(deliver):
    with pytest.raises(ExportError, match='column "Unit" has codes'):
        deliver(contract='new_code = "refuse"', told=coded(1))


# What is kept


def test_no_value_of_a_file_is_kept_with_its_layout(deliver, workspace):
    deliver()
    ((seen, *_),) = kept(workspace, "select string_agg(seen, ' ') from staging.layouts")
    for value in ("HB-0", "something was said", "01/2024"):
        assert value not in seen
    assert '"Unit"' in seen


def test_the_same_bytes_again_are_compared_with_nothing(deliver, workspace, tmp_path):
    deliver(header=(*HEADER, "Event tag"))
    (again,) = load(workspace, [tmp_path / "next.csv"], as_of=SECOND)
    assert again.notes == ()
    assert kept(workspace, "select count(*) from staging.layouts") == [(2,)]


@pytest.mark.parametrize(
    ("contract", "said"),
    [
        ('new_colum = "warn"', "'new_colum' is not known"),
        ('new_column = "ignore"', "is not one of accept, warn, refuse"),
        ('new_code = "warn"', "is not one of reject, refuse"),
    ],
)
def test_a_contract_that_says_nothing_we_know_is_refused(deliver, contract, said):
    with pytest.raises(SourceError, match=said):
        deliver(contract=contract)


# Two versions of a real export


CFPB = """
name = "cfpb"
title = "Consumer complaints"
time_zone = "America/New_York"
[exports.public]
grain = "case"
dates = "%m/%d/%y"
[exports.public.columns]
case_id = "Complaint ID"
[exports.public.events]
received = "Date received"
"""


def test_two_versions_of_a_real_export(workspace, real_data):
    folder = real_data / "cfpb_fixtures"
    (workspace.folder / "sources" / "cfpb.toml").write_text(CFPB, encoding="utf-8")
    load(workspace, [folder / "v1-public.csv"], as_of=FIRST)
    (found,) = load(workspace, [folder / "v2-public.csv"], as_of=SECOND)
    assert found.rows_loaded == found.rows_in > 0
    assert [note.partition(" is new")[0] for note in found.notes] == ['column "Event tag"']


def test_the_intake_version_with_its_own_names_is_refused_and_changes_nothing(
    workspace, real_data
):
    folder = real_data / "cfpb_fixtures"
    (workspace.folder / "sources" / "cfpb.toml").write_text(CFPB, encoding="utf-8")
    load(workspace, [folder / "v1-public.csv"], as_of=FIRST)
    with pytest.raises(SourceError):
        load(workspace, [folder / "v1-intake.csv"], as_of=SECOND, source="cfpb")
    assert kept(workspace, "select count(*) from staging.deliveries") == [(1,)]


def test_what_stands_around_the_records_of_a_page_is_not_missed(tmp_path):
    workspace = init(tmp_path / "audit")
    source = SOURCE_OF_PAGES
    (workspace.folder / "sources" / "pages.toml").write_text(source, encoding="utf-8")
    pages = [{"next": "https://a"}, {}]
    files = []
    for number, around in enumerate(pages):
        path = tmp_path / f"{number}.json"
        rows = [{"id": f"{number}{n}", "on": f"2024-01-{n + 1:02}"} for n in range(9)]
        path.write_text(json.dumps({"rows": rows, **around}), encoding="utf-8")
        files.append(path)
    taken = load(workspace, files, as_of=date(2024, 3, 31))
    assert not [note for one in taken for note in one.notes if "not there any more" in note]


SOURCE_OF_PAGES = """
name = "pages"
title = "Pages"
time_zone = "UTC"
[exports.cases]
files = ["json"]
records = "rows[]"
grain = "case"
ignored = ["$.next"]
[exports.cases.columns]
case_id = "id"
[exports.cases.events]
received = "on"
"""
