"""How long it takes to attack a release to three audiences with all releases before it."""

import time
from datetime import date

import numpy as np

from etl.store import Store
from metrics.attack.report import attack
from metrics.disclosure.policy import Policy
from tests.specs.measured import ACKNOWLEDGE, filled, judge, sealed

COMMITTEE = Policy("committee", "identity", min_denominator=10)
BOARD = Policy("leadership", "rounding", base=5, min_denominator=20)
PUBLIC = Policy("public", "rounding", base=10, min_denominator=50)
AUDIENCES = (COMMITTEE, BOARD, PUBLIC)
QUARTERS = [date(2024 + at // 4, at % 4 * 3 + 1, 1) for at in range(8)]
ENDS = ["2024-03-31", "2024-06-30", "2024-09-30", "2024-12-31"]
ENDS += [end.replace("2024", "2025") for end in ENDS]


def cases_until(as_of: str) -> tuple[str, str]:
    """Events and units of some 60 cases a month in eight units, known on that day."""
    draw = np.random.default_rng(3)
    events, units = ["case | kind | on"], ["case | unit"]
    last = date.fromisoformat(as_of)
    for number in range(1500):
        at = int(draw.integers(24))
        received = date(2024 + at // 12, at % 12 + 1, 1 + int(draw.integers(28)))
        after = received.toordinal() + int(draw.gamma(1.5, 40))
        unit, resolved = int(draw.geometric(0.35)), draw.random() < 0.9
        if received > last:
            continue
        events.append(f"{number} | received | {received}")
        if resolved and after <= last.toordinal():
            events.append(f"{number} | resolved | {date.fromordinal(after)}")
        units.append(f"{number} | unit_{min(unit, 8)}")
    return "\n".join(events), "\n".join(units)


def test_eight_releases_to_three_audiences(tmp_path):
    """The last attack costs hardly more than what is new in it."""
    spent = []
    paths = []
    (tmp_path / "all" / "rules").mkdir(parents=True)
    (tmp_path / "all" / "rules" / "rules.toml").write_text(ACKNOWLEDGE, encoding="utf-8")
    for as_of in ENDS:
        folder = tmp_path / as_of
        folder.mkdir()
        with Store.open() as store:
            events, units = cases_until(as_of)
            judge(filled(store, folder, as_of=as_of, events=events, cases=units))
            for policy in AUDIENCES:
                path = sealed(store, to=tmp_path / "all", policy=policy, everybody=AUDIENCES)
                paths.append(path)
        started = time.process_time()
        found = attack(paths, looked_at=paths[:-3])
        spent.append(time.process_time() - started)
        assert found.passed, "\n".join(found.lines())
        print(f"\n{len(paths)} releases to {as_of}: {spent[-1]:.1f} s CPU")
