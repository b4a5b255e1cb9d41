"""What it costs to make the committee's release of many cases, step by step.

Four years of months, 400 units, every metric and every table of a release, beside the checks
before it. `CASE_AUDIT_BENCH_CASES=1000000 make bench TEST_ARGS="-k whole_release"` says how
many cases; the smallest number takes a minute.
"""

import os
import resource
import time
from pathlib import Path

import polars as pl

from dashboard import judging, publishing
from etl.store import Store
from tests.benchmarks.core_of_many import built, workspace_at

CASES = int(os.environ.get("CASE_AUDIT_BENCH_CASES", "100000"))


class Stages:
    """Seconds and computing seconds of each step, by what is said when it begins."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._begun("making the store")

    def _begun(self, said: str) -> None:
        self._said, self._wall, self._cpu = said, time.perf_counter(), time.process_time()

    def __call__(self, said: str) -> None:
        wall, cpu = time.perf_counter() - self._wall, time.process_time() - self._cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20)
        self.lines.append(
            f"{self._said}: {wall:.1f} s, {cpu:.1f} s of computing, {peak:.1f} GiB at most"
        )
        self._begun(said)


def test_a_whole_release(tmp_path: Path, monkeypatch) -> None:
    # The store was not loaded from files, so there is nothing to bring it up to date from.
    for module in (judging, publishing):
        monkeypatch.setattr(module, "rebuild", lambda _: None)
    say = Stages()
    workspace = workspace_at(tmp_path / "many")
    built(workspace, CASES)
    with Store.open(workspace.store_path, mode="load") as store:
        store.replace("core.build", pl.DataFrame([{"fingerprint": "drawn"}]))
    say("checking")
    judging.check(workspace, say=lambda _: None)
    told = publishing.publish_as_declared(
        workspace, "committee", maker="Benchmark", at="", say=say
    )
    say("done")
    assert told.data["state"] == "published"
    with Store.open(Path(told.data["path"]), mode="read") as release:
        figures = release.frame("select count(*) as n from figures")["n"][0]
    print("", f"{CASES:,} cases, {figures:,} figures", *say.lines, sep="\n")
