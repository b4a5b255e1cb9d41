"""Making releases of a workspace, approving and withdrawing them, and saying how they stand."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from dashboard.steps import Say, Told, find_release, inputs_now, places_of, require_loaded
from etl.actions import read_actions
from etl.changing import alone
from etl.errors import WorkspaceError
from etl.load import rebuild
from etl.store import Store
from etl.workspace import CONFIGURATION, Workspace
from metrics.approvals import Person, Places, Standing, approve, standings, withdraw
from metrics.disclosure.policy import Policy, policies_of
from metrics.headlines import publish_headlines
from metrics.publish import publish
from metrics.release import open_release
from metrics.sealed import About


def publish_to(
    workspace: Workspace,
    audience: str,
    *,
    maker: Person,
    approved_by: Sequence[Person] = (),
    hold: Literal["hold", "publish"] = "publish",
    quarter: date | None = None,
    say: Say,
) -> Told:
    """Make a release of the store's data for one audience, and have it approved by these.

    With "hold" it waits for an approval although its policy asks for none. `quarter` is that
    of headline numbers, the last whole one where none is named.
    """
    require_loaded(workspace)
    policy = _policy(workspace, audience)
    policy = replace(policy, approvals=max(int(hold == "hold"), policy.approvals))
    places = places_of(workspace)
    with places.ledger.alone():
        # Rules that were changed after the check make other data of it: publish refuses them.
        rebuild(workspace)
        path = _sealed(workspace, policy, places, quarter=quarter, maker=maker, say=say)
        standing = standings(places.ledger.entries())[path.stem]
        for who in approved_by if standing.lacking else ():
            standing = _approved(workspace, path.stem, who)
    unfit = [name for name in open_release(path).manifest["not_fit"].split(", ") if name]
    is_told = standing.state == "published"
    done = f"published {path.stem} to {audience}: {path}" if is_told else line(standing)
    return Told(
        lines=(done, *_spent(path), *_next_for(standing), *_left_out(unfit)),
        data={**data(standing), "path": str(path), "not_fit": unfit},
    )


def _sealed(
    workspace: Workspace,
    policy: Policy,
    places: Places,
    *,
    quarter: date | None,
    maker: Person,
    say: Say,
) -> Path:
    """Make the release that the policy asks for: of headlines alone, or of every figure."""
    _refuse_quarter(policy, quarter)
    path = workspace.store_path
    with alone(path), Store.open(path, mode="measure") as store:
        if policy.method == "private":
            return publish_headlines(
                store,
                policy,
                rules=workspace.rules(),
                about=_about(workspace),
                seed=workspace.key(),
                places=places,
                everybody=tuple(policies_of(workspace.audiences).values()),
                quarter=quarter,
                maker=maker,
                say=say,
            )
        return publish(
            store,
            policy,
            rules=workspace.rules(),
            annotations=workspace.annotations(),
            about=_about(workspace),
            seed=workspace.key(),
            places=places,
            everybody=tuple(policies_of(workspace.audiences).values()),
            renamed=workspace.renamed,
            actions=read_actions(workspace.folder),
            maker=maker,
            say=say,
        )


def _refuse_quarter(policy: Policy, quarter: date | None) -> None:
    if quarter is not None and policy.method != "private":
        raise WorkspaceError(
            "--quarter is for headline numbers (method private): other releases tell every"
            " whole quarter; leave it out"
        )


def _spent(path: Path) -> list[str]:
    """What a release of headlines has cost, with all before it."""
    held = open_release(path).manifest
    if held["method"] != "private":
        return []
    return [f"spent {held['spent']} of a budget of {held['budget']}, for ever"]


def publish_as_declared(
    workspace: Workspace, audience: str, *, maker: str, at: str, say: Say
) -> Told:
    """Make a release and have it approved by as many as must, the first that are declared."""
    policy = _policy(workspace, audience)
    people = [Person(name, "demo", at) for name in policy.approvers[: policy.approvals]]
    return publish_to(
        workspace, audience, maker=Person(maker, "demo", at), approved_by=people, say=say
    )


def approve_release(workspace: Workspace, named: str, who: Person) -> Told:
    """Have somebody approve a release that waits for it."""
    with places_of(workspace).ledger.alone():
        standing = _approved(workspace, find_release(workspace, named).stem, who)
    return Told(lines=(line(standing), *_next_for(standing)), data=data(standing))


def withdraw_release(workspace: Workspace, named: str, who: Person, *, reason: str) -> Told:
    """Withdraw a release for ever."""
    places = places_of(workspace)
    with places.ledger.alone():
        release = find_release(workspace, named).stem
        standing = withdraw(places, release, who, reason=reason)
    kept = (
        "what it told stays told: later releases keep its counts"
        if standing.was_published
        else "nobody was to read it yet; it is kept in withdrawn/"
    )
    return Told(lines=(line(standing), kept), data=data(standing))


def list_releases(workspace: Workspace) -> Told:
    """Every release that was ever begun, with its state."""
    known = standings(places_of(workspace).ledger.entries()).values()
    lines = tuple(line(standing) for standing in known) or ("there is no release yet",)
    return Told(lines=lines, data=[data(standing) for standing in known])


def _approved(workspace: Workspace, release: str, who: Person) -> Standing:
    places = places_of(workspace)
    known = standings(places.ledger.entries())
    audience = known[release].audience if release in known else ""
    policy = _policy(workspace, audience)
    return approve(
        places,
        release,
        who,
        entitled=policy.approvers,
        inputs=inputs_now(workspace, policy),
    )


def _policy(workspace: Workspace, audience: str) -> Policy:
    policies = policies_of(workspace.audiences)
    if audience not in policies:
        names = ", ".join(policies)
        raise WorkspaceError(
            f"{CONFIGURATION} has no audience {audience!r}; it has {names or 'none'}"
        )
    return policies[audience]


def _about(workspace: Workspace) -> About:
    """What releases say of the organisation."""
    about = workspace.organisation
    return About(
        organisation=about.name,
        case_word=about.case_word,
        case_word_plural=about.case_word_plural,
        product_version=version("case-audit"),
    )


def line(standing: Standing) -> str:
    """A release and its state in a line."""
    by = f"; approved by {' and '.join(standing.approved_by)}" if standing.approved_by else ""
    return f"{standing.release}: {standing.in_words()} (made by {standing.maker or '-'}{by})"


def data(standing: Standing) -> dict[str, object]:
    """The same for programs."""
    return {
        "release": standing.release,
        "audience": standing.audience,
        "state": standing.state,
        "made_by": standing.maker,
        "approvals_needed": standing.needed,
        "approvals_lacking": standing.lacking,
        "approved_by": list(standing.approved_by),
        "reason": standing.reason,
    }


def _next_for(standing: Standing) -> list[str]:
    if not standing.lacking:
        return []
    return [
        f"next: case-audit report {standing.release}, to read it, and then:"
        f" case-audit approve {standing.release} --as NAME"
    ]


def _left_out(unfit: Sequence[str]) -> list[str]:
    if not unfit:
        return []
    return [
        "without the figures that a critical check makes unfit:"
        f" {', '.join(name.replace('_', ' ') for name in unfit)}; see: case-audit check"
    ]
