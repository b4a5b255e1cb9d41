"""The verb `action`: what the committee decided after a gap, who does it, and until when."""

import argparse
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from dashboard.verbs import YOURS, add_act, add_verb, day, tell, workspace_of

if TYPE_CHECKING:
    from dashboard.verbs import Verbs

_TEXTS = {
    "finding": "what was found, in words that everybody may read who is told of it",
    "change": "what is to be done about it, in such words",
    "owner": "the role that answers for it, such as 'Intake desk'",
}
_FIGURE = {
    "metric": "whose figure it should move, such as deadline_compliance",
    "measure": "the measure of it, a share or a rate",
}


def add_action(verbs: "Verbs", *, clock: Callable[[], date]) -> None:
    """Declare the verb; whoever calls it tells it the day."""
    verb = add_verb(
        verbs, "action", lambda _: _help(verb), "keep corrective actions, and follow them"
    )
    verb.set_defaults(clock=clock)
    acts = verb.add_subparsers(title="what to do", metavar="WHAT")
    add = add_act(acts, "add", _add, "write down an action that was accepted")
    add.add_argument("action", metavar="NAME", help="a short name that no other has")
    for name, about in (_TEXTS | _FIGURE).items():
        add.add_argument(f"--{name}", required=True, metavar="TEXT", help=about)
    add.add_argument("--kind", required=True, help="training, policy or workflow")
    add.add_argument("--due", required=True, type=day, metavar="DATE")
    add.add_argument("--accepted", type=day, metavar="DATE", help="default: today")
    add.add_argument("--part", default="", help="the deadline, where the metric has several")
    add.add_argument("--breakdown", default="all", help="default: everybody")
    add.add_argument("--level", default="all", help="such as the unit that it is for")
    add.add_argument(
        "--tell",
        default="committee",
        help="committee (default), or everybody: the readers of every release",
    )
    done = add_act(acts, "done", _done, "write down that an action was done")
    done.add_argument("action", metavar="NAME")
    done.add_argument("--on", type=day, metavar="DATE", help="default: today")
    listing = add_act(acts, "list", _list, "list the actions, and which are overdue")
    listing.add_argument("--as-of", type=day, metavar="DATE", help="default: today")


def _help(verb: argparse.ArgumentParser) -> int:
    verb.print_help()
    return YOURS


def _add(options: argparse.Namespace) -> int:
    from dashboard import action_steps

    names = (*_TEXTS, *_FIGURE, "action", "kind", "part", "breakdown", "level")
    row = {name: str(getattr(options, name)) for name in names}
    row |= {
        "accepted": str(options.accepted or options.clock()),
        "due": str(options.due),
        "told": options.tell,
    }
    return tell(options, action_steps.add(workspace_of(options), row))


def _done(options: argparse.Namespace) -> int:
    from dashboard import action_steps

    on = options.on or options.clock()
    return tell(options, action_steps.done(workspace_of(options), options.action, on=on))


def _list(options: argparse.Namespace) -> int:
    from dashboard import action_steps

    as_of = options.as_of or options.clock()
    return tell(options, action_steps.listing(workspace_of(options), as_of=as_of))
