"""The step that judges the data: it runs the checks, keeps what they found and tells of it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Literal

from checks.incidents import Incident, incidents_of, told
from checks.known_defects import KnownDefect, in_force, read_known_defects, read_owners
from checks.record import explain, record
from checks.suites import CHECKS
from checks.verdict import OWNERS, Verdict, blocking, digest
from dashboard.steps import Say, Told, require_loaded
from etl.changing import alone
from etl.load import prepare, rebuild
from etl.store import Store
from etl.workspace import CONFIGURATION, Workspace

FailOn = Literal["warning", "critical"]


def check(workspace: Workspace, *, say: Say, fail_on: FailOn = "critical") -> Told:
    """Judge the store and keep the verdicts.

    Blocked where a critical check failed or, with `fail_on` a warning, any check.
    """
    require_loaded(workspace)
    rebuild(workspace)
    # Great Expectations opens the file itself: without this a loader could come in between.
    with alone(workspace.store_path):
        verdicts, number, found = _judged(workspace, say)
    failed = [verdict for verdict in verdicts if verdict.outcome == "failed"]
    return Told(
        lines=(*digest(verdicts), *told(found, run=number)),
        data=[_as_data(verdict, found) for verdict in verdicts],
        blocked=bool(blocking(verdicts) if fail_on == "critical" else failed),
    )


def _judged(
    workspace: Workspace, say: Say
) -> tuple[tuple[Verdict, ...], int, tuple[Incident, ...]]:
    """The verdicts, the number of the run that they are kept as, and what is out of order."""
    known, owners = _declared(workspace)
    say("starting Great Expectations")
    from checks.run import run  # noqa: PLC0415  it takes seconds

    with Store.open(workspace.store_path) as store:
        prepare(store)
        explain(store, workspace.annotations())
        in_budget = _in_force(store, known)
    verdicts = run(workspace.store_path, known=in_budget, owners=owners)
    with Store.open(workspace.store_path) as store:
        fingerprint = store.frame("select fingerprint from core.build")["fingerprint"][0]
        number = record(store, verdicts, fingerprint=fingerprint)
        return verdicts, number, incidents_of(store)


def _declared(
    workspace: Workspace,
) -> tuple[tuple[KnownDefect, ...], dict[str, str]]:

    names = [check.name for check in CHECKS]
    return (
        read_known_defects(workspace.known_defects, checks=names, file=CONFIGURATION),
        read_owners(workspace.owners, default=OWNERS, file=CONFIGURATION),
    )


def _in_force(store: Store, known: Sequence[KnownDefect]) -> dict[str, KnownDefect]:

    as_of: date = store.frame("select as_of from staging.parameters")["as_of"][0]
    return in_force(known, as_of=as_of)


def _as_data(verdict: Verdict, found: Iterable[Incident]) -> Mapping[str, object]:
    latest = [incident for incident in found if incident.cause == verdict.cause][-1:]
    return {
        "check": verdict.name,
        "title": verdict.title,
        "severity": verdict.severity,
        "outcome": verdict.outcome,
        "failing": verdict.failing,
        "examined": verdict.examined,
        "since": verdict.since,
        "affects": list(verdict.affects),
        "owner": verdict.owner,
        "incident": {
            "cause": latest[0].cause,
            "status": latest[0].status,
            "first_seen": latest[0].first_seen,
            "last_seen": latest[0].last_seen,
            "runs": latest[0].runs,
        }
        if latest
        else None,
    }
