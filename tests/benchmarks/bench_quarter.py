"""What it costs to protect and to attack the sample audit, quarter by quarter.

The first release tells eleven quarters at once, which happens once; the second tells the one
that came since, as every later release does. CPU seconds of one core.
"""

import tempfile
import time
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
    """CPU seconds of each step of a release, by the first word that is said of it."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}
        self._step, self._since = "", time.process_time()

    def __call__(self, said: str) -> None:
        now = time.process_time()
        self.spent[self._step] = self.spent.get(self._step, 0.0) + now - self._since
        self._step, self._since = said.split()[0], now


def loaded(workspace: Workspace, exports: Path, as_of: date) -> None:
    steps.load_exports(
        workspace,
        [exports / name for name in sample_data.EXPORTS],
        as_of=as_of,
        coverage_from=sample_data.RECEIVED_FROM,
        say=quiet,
    )
    check(workspace, say=quiet)


def released(workspace: Workspace, audience: str) -> dict[str, float]:
    """CPU seconds of protecting and of attacking one release to an audience."""
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
def spent(tmp_path_factory) -> dict[tuple[date, str], dict[str, float]]:
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
        told = spent[as_of, audience]
        print(
            f"\n{audience}, told on {as_of}: protect {told['protecting']:.1f} s,"
            f" attack {told['attacking']:.1f} s CPU"
        )
    assert sum(spent[sample_data.AS_OF, audience].values()) < LATER_WITHIN
