"""What it costs to protect and to attack the sample audit, quarter by quarter.

The first release tells eleven quarters at once, which happens once; the second tells the one
that came since, as every later release does. Seconds by the clock, on two cores that nothing
else should use meanwhile, and of computing.
"""

import tempfile
import time
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import sample_data
from dashboard import steps
from dashboard.judging import check
from etl.store import Store
from etl.workspace import Workspace, open_workspace
from metrics.disclosure.policy import policies_of
from metrics.publish import publish
from metrics.sealed import About
from sample_data.generate import write_exports

AUDIENCES = ("leadership", "public")
LATER_WITHIN = 10.0  # seconds for protecting and attacking a quarter's release
TIMED = ("protecting", "attacking")


def quiet(_: str) -> None:
    """Say nothing."""


class Watch:
    """Seconds by the clock and of computing of each step, by the first word said of it."""

    def __init__(self) -> None:
        self.spent: dict[str, Counter[str]] = {}
        self._step, self._since = "", self._now()

    def __call__(self, said: str) -> None:
        now = self._now()
        spent = self.spent.setdefault(self._step, Counter())
        spent.update({clock: now[clock] - self._since[clock] for clock in now})
        self._step, self._since = said.split()[0], now

    def _now(self) -> dict[str, float]:
        return {"clock": time.perf_counter(), "CPU": time.process_time()}


def loaded(workspace: Workspace, exports: Path, as_of: date) -> None:
    steps.load_exports(
        workspace,
        [exports / name for name in sample_data.EXPORTS],
        as_of=as_of,
        coverage_from=sample_data.RECEIVED_FROM,
        say=quiet,
    )
    check(workspace, say=quiet)


def released(workspace: Workspace, audience: str) -> dict[str, Counter[str]]:
    """Seconds of protecting and of attacking one release to an audience."""
    policies = policies_of(workspace.audiences)
    about = workspace.organisation
    watch = Watch()
    with Store.open(workspace.store_path) as store:
        publish(
            store,
            replace(policies[audience], approvals=0),
            rules=workspace.rules(),
            annotations=workspace.annotations(),
            about=About(about.name, about.case_word, about.case_word_plural, "0"),
            seed=workspace.key(),
            places=steps.places_of(workspace),
            everybody=tuple(policies.values()),
            say=watch,
        )
    watch("done")
    return {step: watch.spent[step] for step in TIMED}


@pytest.fixture(scope="module")
def spent(tmp_path_factory) -> dict[tuple[date, str], dict[str, Counter[str]]]:
    folder = tmp_path_factory.mktemp("quarters") / "sample"
    steps.make_workspace(folder, template=sample_data.WORKSPACE)
    workspace = open_workspace(folder)
    found = {}
    for as_of in (sample_data.EARLIER, sample_data.AS_OF):
        with tempfile.TemporaryDirectory() as exports:
            write_exports(Path(exports), as_of)
            loaded(workspace, Path(exports), as_of)
        for audience in AUDIENCES:
            found[as_of, audience] = released(workspace, audience)
    return found


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_later_quarter_is_protected_and_attacked_within_ten_seconds(spent, audience):
    for as_of in (sample_data.EARLIER, sample_data.AS_OF):
        protect, attack = (spent[as_of, audience][step] for step in TIMED)
        print(
            f"\n{audience}, told on {as_of}: protect {protect['clock']:.1f} s,"
            f" attack {attack['clock']:.1f} s; CPU {protect['CPU']:.1f} and {attack['CPU']:.1f}"
        )
    later = spent[sample_data.AS_OF, audience].values()
    assert sum(step["clock"] for step in later) < LATER_WITHIN
