"""What days tell, kept from whoever gives every case a whole profile by the calendar.

An attacker apart from ours, which knows no days: "5 within a day" in February beside "0 within
30 days" in March are the same cases in a year with 29 days in February.
"""

from pathlib import Path

from metrics.disclosure.turn import Turn
from tests.benchmarks.bench_profiles import AUDIENCES, narrowed, released
from tests.benchmarks.profile_attack import Narrowed

BOARD = AUDIENCES[:1]
# Rules of a day, and of 7 and 30 days to the closing; ten cases a month.
ORGANISATION = "D_1_10"


def known_closer(folder: Path) -> list[Narrowed]:
    """What he knows closer than the board was promised."""
    told, truth = released(folder, ORGANISATION, audiences=BOARD)
    many, closer = narrowed(told["board"], truth, ORGANISATION[0])
    assert many > 500
    return closer


def test_whoever_knows_the_days_finds_nothing(tmp_path):
    assert known_closer(tmp_path) == []


def test_where_no_draw_is_made_for_it_he_proves_counts_to_be_small(tmp_path, monkeypatch):
    monkeypatch.setattr(Turn, "closely", lambda _: 0)
    assert any(one.low > 0 and one.high < 5 for one in known_closer(tmp_path))
