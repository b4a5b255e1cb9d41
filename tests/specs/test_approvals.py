"""Who may approve a release, what publishes it, and that no step of it is ever taken back."""

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from metrics.approvals import (
    ApprovalError,
    Person,
    Places,
    approve,
    publish_if_due,
    standings,
    withdraw,
)
from metrics.disclosure.ledger import TOLD, Ledger
from metrics.release import published_in, states_in

MAKER, CHAIR, OFFICER = Person("Analyst"), Person("Chair"), Person("Data protection officer")
LAYER = "5|0"


@pytest.fixture
def places(tmp_path) -> Places:
    (tmp_path / "releases").mkdir()
    return Places(tmp_path / "releases", Ledger(tmp_path / "ledger", b"a key of the tests"))


def seal(
    places: Places, number: int, *, approvals=1, audience="board", month=None, method="rounding"
) -> str:
    """A sealed release of one count, as `metrics.sealing.seal` leaves it."""
    name = f"{number:04}-2026-03-31-{audience}-{number:08}"
    about = {"release": name, "audience": audience, "inputs": "data", **MAKER.told()}
    places.ledger.append("draft", **about)
    if month:
        row = ("reports", "", "all", "all", date(2026, month, 1), "reported", -1, 5, 3)
        cells = pl.DataFrame([row], schema=dict(TOLD), orient="row")
        places.ledger.keep(LAYER, cells, release=name)
    places.ledger.append("release", **about, approvals=approvals, method=method)
    (places.releases / f"{name}.duckdb").touch()
    publish_if_due(places, name, MAKER)
    return name


def state(places: Places, name: str) -> str:
    (known,) = (states_in(places.releases).get(name) for _ in range(1))
    ledger = standings(places.ledger.entries())[name].state
    assert known in (ledger, None)
    return ledger


def months_told(places: Places) -> list[int]:
    return sorted(month.month for month in places.ledger.told(LAYER)["month"])


# Approving ----------------------------------------------------------------------------------


def test_a_release_that_needs_nobody_is_published_when_it_is_sealed(places):
    name = seal(places, 1, approvals=0)
    assert state(places, name) == "published"
    assert [path.stem for path in published_in(places.releases)] == [name]


def test_a_release_that_needs_two_is_published_by_the_second_who_approves(places):
    name = seal(places, 1, approvals=2)
    assert state(places, name) == "checked"
    assert published_in(places.releases) == []
    assert approve(places, name, CHAIR, inputs="data").lacking == 1
    assert published_in(places.releases) == []
    standing = approve(places, name, OFFICER, inputs="data")
    assert (standing.state, standing.approved_by) == (
        "published",
        ("Chair", "Data protection officer"),
    )
    assert [path.stem for path in published_in(places.releases)] == [name]


@pytest.mark.parametrize(
    ("who", "entitled", "reason"),
    [
        (MAKER, (), "Analyst made it; somebody else must approve it"),
        (Person(" ANALYST "), (), "made it"),
        (CHAIR, (), "Chair has approved it already"),
        (OFFICER, ("Chair", "Head"), "may not; those who may are Chair, Head"),
        (Person("  "), (), "say who approves it, with --as NAME"),
    ],
)
def test_not_everybody_may_approve(places, who, entitled, reason):
    name = seal(places, 1, approvals=3)
    approve(places, name, CHAIR, inputs="data")
    with pytest.raises(ApprovalError, match=reason):
        approve(places, name, who, entitled=entitled, inputs="data")
    assert standings(places.ledger.entries())[name].approved_by == ("Chair",)


def test_what_was_made_of_other_data_is_made_anew_before_it_is_approved(places):
    name = seal(places, 1)
    with pytest.raises(ApprovalError, match="have changed since it was made; make it anew"):
        approve(places, name, CHAIR, inputs="other data")


def test_approvals_of_a_release_are_none_of_the_one_that_replaces_it(places):
    first = seal(places, 1, approvals=2)
    approve(places, first, CHAIR, inputs="data")
    second = seal(places, 2, approvals=2)
    with pytest.raises(ApprovalError, match=f"{second} was made after it and replaces it"):
        approve(places, first, OFFICER, inputs="data")
    assert approve(places, second, OFFICER, inputs="data").state == "checked"


def test_a_release_to_others_replaces_nothing(places):
    name = seal(places, 1)
    seal(places, 2, audience="public")
    assert approve(places, name, CHAIR, inputs="data").state == "published"


def test_what_is_published_is_not_approved_again(places):
    name = seal(places, 1, approvals=0)
    with pytest.raises(ApprovalError, match="it is published, and only a checked release"):
        approve(places, name, CHAIR, inputs="data")


def test_a_release_that_the_ledger_does_not_know_is_not_approved(places):
    with pytest.raises(ApprovalError, match="no release '0009'; it has: none"):
        approve(places, "0009", CHAIR, inputs="data")


# Withdrawing --------------------------------------------------------------------------------


def test_a_withdrawn_release_is_never_shown_again_and_what_it_told_stays_told(places):
    first, second = seal(places, 1, approvals=0, month=1), seal(places, 2, approvals=0, month=2)
    withdraw(places, second, CHAIR, reason="wrong headcount")
    assert [path.stem for path in published_in(places.releases)] == [first]
    assert (places.releases / f"{second}.duckdb").is_file()
    assert months_told(places) == [1, 2]
    with pytest.raises(ApprovalError, match="is withdrawn: wrong headcount; nothing was chan"):
        withdraw(places, second, CHAIR, reason="again")


def test_a_draft_that_nobody_read_is_put_aside_and_its_counts_were_not_told(places):
    seal(places, 1, approvals=0, month=1)
    draft = seal(places, 2, month=2)
    withdraw(places, draft, CHAIR, reason="a unit is missing")
    assert months_told(places) == [1]
    assert not (places.releases / f"{draft}.duckdb").exists()
    assert [path.stem for path in places.ever()][-1] == draft


def test_counts_that_others_were_made_from_stay_told_until_those_are_withdrawn_too(places):
    draft = seal(places, 1, month=1)
    later = seal(places, 2, audience="public", month=2)
    withdraw(places, draft, CHAIR, reason="wrong")
    assert months_told(places) == [1, 2]
    withdraw(places, later, CHAIR, reason="wrong too")
    assert months_told(places) == []
    assert list(places.releases.iterdir()) == []


def test_counts_under_a_published_release_stay_told_whatever_is_withdrawn(places):
    draft = seal(places, 1, month=1)
    seal(places, 2, audience="public", month=2, approvals=0)
    withdraw(places, draft, CHAIR, reason="wrong")
    assert months_told(places) == [1, 2]


def test_exact_counts_are_in_nobodys_way(places):
    draft = seal(places, 1, month=1)
    exact = seal(places, 2, audience="committee", method="identity")
    withdraw(places, draft, CHAIR, reason="wrong")
    assert months_told(places) == []
    withdraw(places, exact, CHAIR, reason="wrong")
    assert places.known() == []


def test_a_reason_is_asked_for(places):
    name = seal(places, 1)
    with pytest.raises(ApprovalError, match="say why it is withdrawn, with --reason"):
        withdraw(places, name, CHAIR, reason=" ")


# The record ---------------------------------------------------------------------------------


def test_every_step_is_an_entry_with_who_when_and_from_which_account(places):
    name = seal(places, 1)
    approve(places, name, Person("Chair", "ann", "2026-04-02T09:00:00+00:00"), inputs="data")
    withdraw(places, name, OFFICER, reason="asked for")
    kinds = [entry["kind"] for entry in places.ledger.entries()]
    assert kinds == ["draft", "release", "approved", "published", "withdrawn"]
    approval = places.ledger.entries()[2]
    assert (approval["by"], approval["account"], approval["at"]) == (
        "Chair",
        "ann",
        "2026-04-02T09:00:00+00:00",
    )


def test_releases_from_before_there_were_approvals_are_published(places):
    places.ledger.append("release", release="0001-old", audience="board", digest="d")
    assert standings(places.ledger.entries())["0001-old"].was_published


def test_a_file_that_the_list_of_states_does_not_name_is_not_shown(places):
    seal(places, 1, approvals=0)
    stranger = places.releases / "0007-2026-03-31-board-00000007.duckdb"
    stranger.touch()
    assert stranger not in published_in(places.releases)
    assert states_in(places.releases)[stranger.stem] == "unknown"


def test_a_folder_that_was_handed_over_without_states_is_shown_whole(tmp_path):
    path = tmp_path / "releases" / "0001.duckdb"
    path.parent.mkdir()
    path.touch()
    assert published_in(path.parent) == [path]


def test_the_list_of_states_is_for_its_owner_alone(places):
    seal(places, 1)
    listed: Path = places.releases.parent / "states.json"
    assert listed.stat().st_mode & 0o777 == 0o600
    assert list(json.loads(listed.read_text(encoding="utf-8")).values()) == ["checked"]
