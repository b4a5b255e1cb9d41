"""A release for protected readers begins on no day that is there because of a single case."""

import pytest

from etl.store import Store
from metrics.disclosure.policy import Policy
from metrics.judged import PublishError
from metrics.release import Release, open_release
from tests.specs.measured import COMMITTEE, filled, judge, sealed

BOARD = Policy("board", "rounding", base=5, min_denominator=20)


def cases(*months: str) -> str:
    """One case received on the tenth of each month that is named."""
    rows = [f"{n} | received | {month}-10" for n, month in enumerate(months)]
    return "\n".join(["case | kind | on", *rows])


def unsaid(store: Store, folder, events: str, *, as_of: str = "2024-06-30") -> Store:
    """A judged store of which nobody has said since when cases are counted."""
    folder.mkdir(exist_ok=True)
    judge(filled(store, folder, as_of=as_of, events=events))
    store.execute("update staging.deliveries set coverage_told = false")
    return store


def told(store: Store, folder, policy: Policy = BOARD) -> Release:
    return open_release(sealed(store, to=folder, policy=policy))


MANY = ["2024-02"] * 6 + ["2024-03"] * 12 + ["2024-05"] * 12


def test_it_begins_with_the_quarter_of_which_cases_are_told(store, tmp_path):
    release = told(unsaid(store, tmp_path, cases(*MANY)), tmp_path)
    assert release.manifest["coverage_from"] == "2024-01-01"
    assert str(release.table("cubes")["month"].min()) == "2024-01-01"


def test_exact_counts_are_told_from_the_first_case(store, tmp_path):
    release = told(unsaid(store, tmp_path, cases(*MANY)), tmp_path, COMMITTEE)
    assert release.manifest["coverage_from"] == "2024-02-10"


@pytest.mark.parametrize("alone", ["2024-01", "2024-02", "2024-03"])
def test_a_first_case_that_is_told_as_none_is_refused_with_the_remedy(store, tmp_path, alone):
    # Base 100 tells a quarter of one case as 0, unless it draws one of a hundred.
    wide = Policy("board", "rounding", base=100, min_denominator=200)
    unsaid(store, tmp_path, cases(alone, *["2024-05"] * 150))
    with pytest.raises(PublishError, match=r"nobody has said since .* --coverage-from DAY"):
        told(store, tmp_path, wide)
    assert not list((tmp_path / "ledger").glob("*.parquet"))


def test_once_somebody_has_said_it_the_same_is_told(store, tmp_path):
    wide = Policy("board", "rounding", base=100, min_denominator=200)
    unsaid(store, tmp_path, cases("2024-02", *["2024-05"] * 150))
    store.execute("update staging.deliveries set coverage_told = true")
    assert told(store, tmp_path, wide).manifest["coverage_from"] == "2024-02-10"


def test_what_has_begun_begins_there_again_though_an_older_case_turns_up(store, tmp_path):
    unsaid(store, tmp_path, cases(*MANY), as_of="2024-03-31")
    first = told(store, tmp_path)
    with Store.open() as later:
        unsaid(later, tmp_path / "later", cases("2023-11", *MANY))
        second = told(later, tmp_path)
    assert first.manifest["coverage_from"] == second.manifest["coverage_from"] == "2024-01-01"


def test_the_day_of_a_deliverys_first_case_is_not_told(store, tmp_path):
    unsaid(store, tmp_path, cases(*MANY))
    board, committee = (told(store, tmp_path, each) for each in (BOARD, COMMITTEE))
    assert board.table("deliveries")["coverage_from"].drop_nulls().is_empty()
    assert committee.table("deliveries")["coverage_from"].drop_nulls().len() == 2


def said(store: Store, folder, events: str, *, since: str, as_of: str) -> Store:
    """The same where somebody has said since when cases are counted."""
    unsaid(store, folder, events, as_of=as_of)
    day = f"coverage_from = date '{since}'"
    store.execute(f"update staging.deliveries set coverage_told = true, {day}")
    store.execute(f"update staging.parameters set {day}")
    return store


def test_months_before_those_that_were_told_come_too_late_for_protected_readers(
    store, tmp_path
):
    said(store, tmp_path, cases(*MANY), since="2024-02-01", as_of="2024-03-31")
    first = told(store, tmp_path)
    with Store.open() as later:
        more = cases(*["2024-01"] * 9, *MANY)
        said(later, tmp_path / "later", more, since="2024-01-01", as_of="2024-06-30")
        second, exact = (told(later, tmp_path, each) for each in (BOARD, COMMITTEE))
    assert first.manifest["coverage_from"] == second.manifest["coverage_from"] == "2024-02-01"
    assert exact.manifest["coverage_from"] == "2024-01-01"


@pytest.mark.parametrize(("starts", "fits"), [(2, False), (4, True)])
def test_quarters_of_another_year_do_not_follow_those_that_were_told(
    store, tmp_path, starts, fits
):
    unsaid(store, tmp_path, cases(*MANY), as_of="2024-03-31")
    told(store, tmp_path)
    with Store.open() as later:
        unsaid(later, tmp_path / "later", cases(*MANY), as_of="2024-07-31")
        later.execute(f"update staging.parameters set fiscal_year_start_month = {starts}")
        if fits:
            assert told(later, tmp_path).manifest["coverage_until"] == "2024-06-30"
        else:
            with pytest.raises(PublishError, match=r"is 2, .* end with .* March 2024"):
                told(later, tmp_path)
