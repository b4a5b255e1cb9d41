import os
from pathlib import Path

import polars as pl
import pytest

from dashboard import cli, judging, steps
from dashboard.listing import print_figures
from etl.errors import WorkspaceError
from etl.workspace import init
from metrics.disclosure.policy import Policy
from tests.specs.measured import published


@pytest.fixture
def workspace(tmp_path):
    return init(tmp_path / "w")


def release_named(folder: Path, name: str, *, written: int) -> Path:
    path = folder / f"{name}.duckdb"
    path.touch()
    os.utime(path, (written, written))
    return path


@pytest.fixture
def shelf(workspace) -> dict[str, Path]:
    names = (
        "0001-2026-03-31-committee-aaaaaaaa",
        "0002-2026-06-30-committee-bbbbbbbb",
        "0003-2026-06-30-public-cccccccc",
        "0004-2026-03-31-committee-dddddddd",
    )
    # The files were copied: their times say nothing.
    return {
        name[:4]: release_named(workspace.releases, name, written=1000 - place)
        for place, name in enumerate(names)
    }


# Which release is meant


def test_a_release_is_meant_by_its_whole_name(workspace, shelf):
    assert steps.find_release(workspace, shelf["0001"].stem) == shelf["0001"]


def test_a_release_is_meant_by_the_start_of_its_name(workspace, shelf):
    assert steps.find_release(workspace, "0003") == shelf["0003"]


def test_an_audience_means_the_release_that_was_published_last_to_it(workspace, shelf):
    assert steps.find_release(workspace, "public") == shelf["0003"]
    assert steps.find_release(workspace, "committee") == shelf["0004"]


@pytest.mark.usefixtures("shelf")
def test_the_latest_of_many_is_not_the_first_in_the_alphabet(workspace):
    late = release_named(workspace.releases, "0010-2026-06-30-committee-00000000", written=1)
    assert steps.find_release(workspace, "committee") == late


@pytest.mark.usefixtures("shelf")
def test_a_name_that_fits_none_is_refused(workspace):
    with pytest.raises(WorkspaceError, match="there is no release 'board'; there are: 0001"):
        steps.find_release(workspace, "board")


def test_without_any_release_it_is_said(workspace):
    with pytest.raises(WorkspaceError, match="there are: none"):
        steps.find_release(workspace, "committee")


# Which workspace is meant


def test_a_workspace_that_is_named_wins_over_the_one_here(workspace, tmp_path):
    other = init(tmp_path / "other")
    found = steps.find_workspace(other.folder, here=workspace.folder)
    assert found.folder == other.folder


def test_here_wins_over_above_and_above_over_below(workspace, tmp_path):
    inner = init(workspace.folder / "inner")
    assert steps.find_workspace(None, here=inner.folder).folder == inner.folder
    assert steps.find_workspace(None, here=workspace.folder).folder == workspace.folder
    assert steps.find_workspace(None, here=tmp_path).folder == workspace.folder


def test_two_levels_below_is_too_far(tmp_path):
    init(tmp_path / "deep" / "w")
    with pytest.raises(WorkspaceError, match="there is no workspace here"):
        steps.find_workspace(None, here=tmp_path)


# Exit codes


def test_a_fault_of_ours_is_not_hidden_as_a_fault_of_the_users(workspace, monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(judging, "check", broken)
    with pytest.raises(ZeroDivisionError):
        cli.main(["check", "--workspace", str(workspace.folder)])


def test_stopping_it_by_hand_says_that_what_was_done_is_kept(workspace, monkeypatch, capsys):
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(judging, "check", stopped)
    assert cli.main(["check", "--workspace", str(workspace.folder)]) == 2
    assert "what was done before is kept" in capsys.readouterr().err


def test_what_it_writes_is_for_its_owner_alone(tmp_path):
    before = os.umask(0o022)
    try:
        cli.main(["init", str(tmp_path / "v")])
        assert os.umask(0o022) == 0o077
    finally:
        os.umask(before)


# Figures


def test_figures_are_printed_with_every_column_and_no_rounding(tmp_path):
    release = published(
        tmp_path, as_of="2024-03-31", events="case | kind | on\nA | received | 2024-01-01"
    )
    wanted = {"metric": "report_frequency", "period": "whole"}
    text = print_figures(release.path, form="csv", wanted=wanted)
    header, *rows = text.splitlines()
    assert header.split(",")[:3] == ["release", "audience", "metric"]
    assert len(rows) == release.figures(**wanted).height


def test_a_value_that_is_not_there_is_empty_in_csv_and_null_in_json(tmp_path):
    release = published(
        tmp_path, as_of="2024-03-31", events="case | kind | on\nA | received | 2024-01-01"
    )
    wanted = {"metric": "satisfaction", "period": "whole", "breakdown": "all"}
    csv = print_figures(release.path, form="csv", wanted=wanted)
    assert pl.read_csv(csv.encode())["value"].null_count() == 2
    assert '"value": null' in print_figures(release.path, form="json", wanted=wanted)


def test_bounds_say_how_far_each_count_may_be_from_the_truth(tmp_path):
    events = "case | kind | on\n" + "\n".join(
        f"{number} | received | 2024-0{1 + number % 3}-05" for number in range(33)
    )
    policy = Policy("board", "rounding", base=5, min_denominator=20)
    release = published(tmp_path, as_of="2024-03-31", events=events, policy=policy)
    wanted = {"metric": "report_frequency", "measure": "reports", "breakdown": "all"}
    text = print_figures(release.path, form="csv", wanted=wanted, bounds="with")
    rows = pl.read_csv(text.encode())
    told = {
        row["period"]: (row["numerator"], row["numerator_least"], row["numerator_most"])
        for row in rows.iter_rows(named=True)
    }
    n, least, most = told["quarter"]
    assert n in {30, 35}
    assert (least, most) == (n - 4, n + 4)
    assert told["year"][1:] == (n - 16, n + 16)
    assert least <= 33 <= most


def test_exact_counts_are_their_own_bounds(tmp_path):
    release = published(
        tmp_path, as_of="2024-03-31", events="case | kind | on\nA | received | 2024-01-01"
    )
    wanted = {"metric": "report_frequency", "period": "whole", "breakdown": "all"}
    text = print_figures(release.path, form="json", wanted=wanted, bounds="with")
    assert '"numerator_least": 1' in text
    assert '"numerator_most": 1' in text
