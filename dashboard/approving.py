"""Who acts on a release: the verbs `approve`, `withdraw` and `releases`, and `publish --as`."""

import argparse
import os
import pwd
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from dashboard.verbs import add_verb, day, progress, tell, workspace_of

if TYPE_CHECKING:
    from dashboard.steps import Told
    from dashboard.verbs import Verbs
    from metrics.approvals import Person

Clock = Callable[[], datetime]
ROLE = "the name or role of who acts; recorded with the account (default: the account)"


def add_states(verbs: "Verbs", clock: Clock) -> None:
    """Declare the three verbs; whoever calls this tells them the time."""
    verb = add_verb(
        verbs, "approve", _approve, "approve a checked release; the last approval publishes it"
    )
    verb.add_argument("release", metavar="RELEASE", help="an id, or an audience")
    verb.add_argument("--as", dest="name", metavar="NAME", help=ROLE)
    verb.set_defaults(clock=clock)
    verb = add_verb(verbs, "withdraw", _withdraw, "withdraw a release, for ever")
    verb.add_argument("release", metavar="RELEASE", help="an id, or an audience")
    verb.add_argument("--reason", required=True, metavar="TEXT", help="why; it is recorded")
    verb.add_argument("--as", dest="name", metavar="NAME", help=ROLE)
    verb.set_defaults(clock=clock)
    add_verb(verbs, "releases", _releases, "list every release with its state")


def add_maker(verb: argparse.ArgumentParser, clock: Clock) -> None:
    """The options of `publish` about who makes a release of what, and who has approved it."""
    verb.add_argument(
        "--quarter",
        type=day,
        metavar="DATE",
        help="first day of the quarter of headline numbers (default: the last whole one)",
    )
    verb.add_argument("--as", dest="name", metavar="NAME", help=ROLE)
    verb.add_argument(
        "--approved-by",
        action="append",
        default=[],
        metavar="NAME",
        help="who has approved it, not its maker; may be repeated",
    )
    verb.add_argument(
        "--draft",
        action="store_true",
        help="have it wait for an approval although the policy asks for none",
    )
    verb.set_defaults(clock=clock)


def made(options: argparse.Namespace) -> "Told":
    """Make a release as somebody, and have it approved by those who are named."""
    from dashboard.publishing import publish_to

    return publish_to(
        workspace_of(options),
        options.audience,
        maker=person(options.name, options.clock),
        approved_by=[person(name, options.clock) for name in options.approved_by],
        hold="hold" if options.draft else "publish",
        quarter=options.quarter,
        say=progress(options),
    )


def person(name: str | None, clock: Clock) -> "Person":
    """Who acts, as they are recorded."""
    from metrics.approvals import Person

    account = pwd.getpwuid(os.getuid()).pw_name
    return Person(name or account, account, clock().isoformat(timespec="seconds"))


def _approve(options: argparse.Namespace) -> int:
    from dashboard.publishing import approve_release

    who = person(options.name, options.clock)
    return tell(options, approve_release(workspace_of(options), options.release, who))


def _withdraw(options: argparse.Namespace) -> int:
    from dashboard.publishing import withdraw_release

    told = withdraw_release(
        workspace_of(options),
        options.release,
        person(options.name, options.clock),
        reason=options.reason,
    )
    return tell(options, told)


def _releases(options: argparse.Namespace) -> int:
    from dashboard.publishing import list_releases

    return tell(options, list_releases(workspace_of(options)))
