"""What every verb of the command line shares: its options, its workspace, how it tells."""

import argparse
import json
import os
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dashboard.steps import Told
    from etl.workspace import Workspace

    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

DONE, FINDING, YOURS, OURS = 0, 1, 2, 3


def add_verb(
    verbs: "Verbs",
    name: str,
    handler: Callable[[argparse.Namespace], int],
    about: str,
) -> argparse.ArgumentParser:
    """A verb with the options that each has; `about` is what it does, as an order."""
    verb = verbs.add_parser(name, help=about, description=about[0].upper() + about[1:] + ".")
    verb.set_defaults(verb=handler)
    verb.add_argument("--json", action="store_true", help="print the result as JSON")
    verb.add_argument("--quiet", action="store_true", help="say nothing while working")
    if name not in {"init", "demo"}:
        verb.add_argument(
            "--workspace",
            type=Path,
            default=_told_workspace(),
            metavar="DIR",
            help="the workspace (default: this folder, one above it, or the only one in it)",
        )
    return verb


def add_act(
    acts: "Verbs", name: str, handler: Callable[[argparse.Namespace], int], about: str
) -> argparse.ArgumentParser:
    """One of the things that a verb does, with the options that each has."""
    act = add_verb(acts, name, handler, about)
    # What is told before the act is not to be taken back by its own default.
    for option in act._actions:
        if option.dest in {"json", "quiet", "workspace"}:
            option.default = argparse.SUPPRESS
    return act


def workspace_of(options: argparse.Namespace) -> "Workspace":
    """The workspace that is named, or the one that is here.

    Raises WorkspaceError where there is none.
    """
    from dashboard import steps

    return steps.find_workspace(options.workspace, here=Path.cwd())


def tell(options: argparse.Namespace, told: "Told") -> int:
    """Print what a step has to say, to people or to programs."""
    if options.json:
        print(json.dumps(told.data, indent=2, default=str))
    else:
        print("\n".join(told.lines))
    return DONE


def progress(options: argparse.Namespace) -> Callable[[str], None]:
    """Where a step says how far it is: the terminal, unless it is to be quiet."""

    def say(line: str) -> None:
        if not options.quiet:
            print(f"... {line}", file=sys.stderr, flush=True)

    return say


def _told_workspace() -> Path | None:
    told = os.environ.get("CASE_AUDIT_WORKSPACE")
    return Path(told) if told else None


def day(text: str) -> date:
    """A day as it is written on the command line."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date; write 2026-03-31") from error
