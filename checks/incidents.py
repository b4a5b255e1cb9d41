"""Repeated failures of one cause are one incident, from its first day until it is gone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from etl.store import Store

Status = Literal["open", "resolved"]
_AT_FAULT = ("failed", "known")


@dataclass(frozen=True, slots=True)
class Incident:
    """One cause that made checks fail in runs that follow each other.

    `first_seen` and `last_seen` are the as-of days of the first and last of those `runs`
    (None where a run of an earlier version kept none); `title` is that of the gravest check.
    """

    cause: str
    title: str
    checks: tuple[str, ...]
    severity: str
    owner: str
    first_seen: date | None
    last_seen: date | None
    runs: int
    ended_in: int | None
    failing: int
    status: Status

    def __str__(self) -> str:
        """Say it as a sentence."""
        since = f" since {self.first_seen}" if self.first_seen else ""
        seen = f", seen in {self.runs} runs" if self.runs > 1 else ""
        if self.status == "open":
            return f"Open{since}{seen}: {self.title}. Owner: {self.owner}."
        last = f", last seen {self.last_seen}" if self.last_seen else ""
        return f"Resolved{last}: {self.title}."


def incidents_of(store: Store) -> tuple[Incident, ...]:
    """Every incident that the runs kept in the store tell of, the newest last."""
    rows = store.frame(
        "select run, fingerprint, as_of, name, title, severity, outcome, failing,"
        " coalesce(cause, name) as cause, coalesce(owner, '') as owner"
        " from quality.verdicts order by run, rowid"
    )
    return incidents(rows.iter_rows(named=True))


def incidents(history: Iterable[Mapping[str, Any]]) -> tuple[Incident, ...]:
    """The incidents of verdicts in the order of their runs; one per cause and spell of runs.

    Runs of one fingerprint judged the same data: the last of them counts. A run that leaves a
    check out says nothing of it, neither that it goes on nor that it ends.
    """
    under_way: dict[str, Incident] = {}
    over: list[Incident] = []
    for run, by_cause in _runs(history).items():
        for cause, rows in by_cause.items():
            failed = [row for row in rows if row["outcome"] in _AT_FAULT]
            before = under_way.pop(cause, None)
            if failed:
                under_way[cause] = _gone_on(before, cause, failed)
            elif before is not None:
                over.append(replace(before, status="resolved", ended_in=run))
    return (*over, *under_way.values())


def _runs(
    history: Iterable[Mapping[str, Any]],
) -> dict[int, dict[str, list[Mapping[str, Any]]]]:
    """Rows of each run by cause; of runs of the same data, one after the other, the last."""
    runs: dict[int, dict[str, list[Mapping[str, Any]]]] = {}
    judged: tuple[int, str] | None = None
    for row in history:
        now = (row["run"], row["fingerprint"])
        if judged is not None and judged[1] == now[1] and judged[0] != now[0]:
            runs.pop(judged[0])
        judged = now
        runs.setdefault(row["run"], {}).setdefault(row["cause"], []).append(row)
    return runs


def _gone_on(before: Incident | None, cause: str, failed: list[Mapping[str, Any]]) -> Incident:
    gravest = min(failed, key=lambda row: row["severity"])
    return Incident(
        cause=cause,
        title=gravest["title"],
        checks=tuple(row["name"] for row in failed),
        severity=gravest["severity"],
        owner=gravest["owner"],
        first_seen=before.first_seen if before else gravest["as_of"],
        last_seen=gravest["as_of"],
        runs=before.runs + 1 if before else 1,
        ended_in=None,
        failing=max(row["failing"] for row in failed),
        status="open",
    )


def told(found: Iterable[Incident], *, run: int) -> tuple[str, ...]:
    """Lines about what goes on since an earlier run, and what is over since the one before."""
    return tuple(
        str(each)
        for each in found
        if (each.status == "open" and each.runs > 1) or each.ended_in == run
    )
