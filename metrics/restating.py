"""Compare what is about to be told with the last release of the same audience."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from etl.actions import SCHEMA as ACTIONS
from etl.rules import Rules
from etl.store import Store
from metrics.actions import followed, require_known
from metrics.approvals import Places, standings
from metrics.disclosure.policy import Policy
from metrics.escalated import with_escalations
from metrics.metric import ProtectedCube
from metrics.recount import Recount, recount
from metrics.release import TABLES, Release, open_release
from metrics.restatement import UNEXPLAINED, Link, Now, Past, restatements
from metrics.versions import versions

MADE_OTHERWISE = ""  # by what is recorded to have been declared otherwise


def aftermath(
    store: Store,
    policy: Policy,
    rules: Rules,
    now: Now,
    actions: pl.DataFrame | None,
    places: Places,
) -> tuple[dict[str, pl.DataFrame], dict[str, str]]:
    """What became of the last release and of the actions: tables and facts of the release."""
    given = actions if actions is not None else pl.DataFrame(schema=ACTIONS)
    require_known(given, rules, now.setting.levels)
    until = now.facts["as_of" if now.setting.exact else "coverage_until"]
    followed_by = followed(
        given, now.tables["figures"], now.setting, as_of=date.fromisoformat(until)
    )
    tables, facts = compared(store, policy, rules, now, places)
    return {**followed_by, **tables}, facts


def compared(
    store: Store, policy: Policy, rules: Rules, now: Now, places: Places
) -> tuple[dict[str, pl.DataFrame], dict[str, str]]:
    """What moved since the audience's last release, and the facts of which release that is.

    Returns a release's tables `restatements` and `versions`; the facts are empty words for a
    first release.
    """
    last = last_told(places, now.facts)
    told = last.manifest if last else {"release": "", "as_of": ""}
    facts = {"restated_from": told["release"], "restated_as_of": told["as_of"]}
    made_by = versions(store, now.metrics, rules)
    rows = (
        restated(store, policy, rules, Past(last, now, made_by))
        if last
        else pl.DataFrame(schema=TABLES["restatements"])
    )
    return {"restatements": rows, "versions": made_by}, facts


def last_told(places: Places, facts: Mapping[str, str]) -> Release | None:
    """The newest release that the audience was told and that knows of no later day, if any.

    What waits for approval was not told; what was withdrawn later was. Made of the same data
    and declarations, a release is compared with what the one before it was compared with:
    published again, it is the same file.
    """
    told = standings(places.ledger.entries())
    by_name = {
        path.stem: path
        for path in places.known()
        if path.stem in told and told[path.stem].was_published
    }
    same = ("product_version", "policy")
    for name in sorted(by_name, reverse=True):
        if f"-{facts['audience']}-" not in name:
            continue
        release = open_release(by_name[name])
        if release.audience != facts["audience"] or release.as_of > _day(facts):
            continue
        if release.manifest["method"] == "private":
            continue  # numbers with noise cannot be set beside others
        if told[name].inputs != facts["inputs_sha256"] or any(
            release.manifest[key] != facts[key] for key in same
        ):
            return release
        before = by_name.get(release.manifest["restated_from"])
        return open_release(before) if before else None
    return None


def restated(store: Store, policy: Policy, rules: Rules, past: Past) -> pl.DataFrame:
    """What moved since `past.last` and why.

    Where counts are rounded, both numbers were told to the audience already and nothing but
    declarations, which are told too, may be named: a past quarter's counts are frozen, and a
    late case is told in the quarter that is told next.
    """
    told_now = past.told_now()
    if policy.method != "identity":
        return restatements(past, [Link(MADE_OTHERWISE, told_now)])
    made_anew = Link(MADE_OTHERWISE, past.estimated(past.cells_told()))
    known = recount(
        store, past.now.metrics, deliveries=past.last.table("deliveries"), as_of=past.last.as_of
    )
    if known is None:
        return restatements(past, [made_anew, Link(UNEXPLAINED, told_now)])
    links = [
        Link(cause, past.estimated(_whole(cells, rules))) for cause, cells in _counted(known)
    ]
    return restatements(past, [made_anew, *links, Link("happened_since", told_now)])


def _whole(cells: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    return with_escalations(ProtectedCube(cells=cells, base=1), rules.deadlines).cells


def _counted(known: Recount) -> list[tuple[str, pl.DataFrame]]:
    return [
        (MADE_OTHERWISE, known.known_then),
        ("late", known.with_late),
        ("vanished", known.without_gone),
        ("corrected", known.known_now),
    ]


def _day(facts: Mapping[str, str]) -> date:
    return date.fromisoformat(facts["as_of"])
