"""Times of an hour that comes twice, when clocks go back: which they are taken for is said."""

from pathlib import Path

import pytest

from etl.workspace import Workspace, init
from tests.flow.test_deliveries import SOURCE, load

RECEIVED = "HB-1,N,2024-10-27 01:40:00,"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = init(tmp_path / "audit")
    forms = 'delivery = "full"\ndates = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d"]'
    told = SOURCE.replace('delivery = "KIND"', forms)
    (made.folder / "sources" / "harbour.toml").write_text(told, encoding="utf-8")
    return made


@pytest.mark.parametrize(
    ("resolved", "said"),
    [
        (
            "2024-10-28 09:00:00",
            "1 time in an hour that came twice, when clocks in Europe/London",
        ),
        ("2024-10-27 01:50:00", "2 times in an hour"),
        # Before its receipt by the clock, it was in the later of the two.
        (
            "2024-10-27 01:10:00",
            "the earlier of the two; 1 of the later, as the file's order shows",
        ),
    ],
)
def test_a_time_of_an_hour_that_comes_twice_is_counted(workspace, capsys, resolved, said):
    load(workspace, [f"{RECEIVED}{resolved}\n"], "2024-12-01")
    assert said in capsys.readouterr().out


@pytest.mark.parametrize(
    "received", ["2024-10-27 00:40:00", "2024-10-27 02:40:00", "2024-10-27"]
)
def test_a_time_that_came_once_is_not(workspace, capsys, received):
    assert load(workspace, [f"HB-1,N,{received},\n"], "2024-12-01") == 0
    assert "came twice" not in capsys.readouterr().out
