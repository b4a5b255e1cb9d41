"""The verb `source`: draft, test, list and show descriptions of case systems."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from dashboard.verbs import DONE, FINDING, add_act, add_verb, tell, workspace_of

if TYPE_CHECKING:
    from dashboard.verbs import Verbs
    from etl.workspace import Workspace


def add_source(verbs: "Verbs") -> None:
    """Declare the verb and what can be done with a source."""
    verb = add_verb(
        verbs,
        "source",
        lambda _: _help(verb),
        "describe a case system, and try the description",
    )
    acts = verb.add_subparsers(title="what to do", metavar="WHAT")
    draft = add_act(acts, "draft", _draft, "propose a description from an export of any system")
    draft.add_argument("exports", nargs="+", type=Path, metavar="EXPORT")
    draft.add_argument("--name", help="the source's name (default: the file's)")
    draft.add_argument(
        "--to", type=Path, metavar="FILE", help="write it there (default: print)"
    )
    test = add_act(acts, "test", _test, "show what would be loaded and rejected; loads nothing")
    test.add_argument("source", metavar="SOURCE", help="a name, or the TOML file itself")
    test.add_argument("exports", nargs="+", type=Path, metavar="EXPORT")
    codes = add_act(acts, "codes", _codes, "list an organisation's own codes in its workspace")
    codes.add_argument("exports", nargs="+", type=Path, metavar="EXPORT")
    add_act(acts, "list", _list, "list the sources that are known here")
    show = add_act(acts, "show", _show, "print a source's description, to copy and adapt")
    show.add_argument("source", metavar="NAME")


def _help(verb: argparse.ArgumentParser) -> int:
    verb.print_help()
    return 2


def _draft(options: argparse.Namespace) -> int:
    from dashboard import source_steps

    told = source_steps.draft_source(
        options.exports, name=options.name, to=options.to, workspace=_workspace_or_none(options)
    )
    return tell(options, told)


def _test(options: argparse.Namespace) -> int:
    from dashboard import source_steps

    told = source_steps.try_source(
        options.source, options.exports, workspace=_workspace_or_none(options)
    )
    tell(options, told)
    return FINDING if told.blocked else DONE


def _codes(options: argparse.Namespace) -> int:
    from dashboard import source_steps

    return tell(options, source_steps.list_codes(options.exports, workspace_of(options)))


def _list(options: argparse.Namespace) -> int:
    from dashboard import source_steps

    return tell(options, source_steps.list_sources(_workspace_or_none(options)))


def _show(options: argparse.Namespace) -> int:
    from dashboard import source_steps

    return tell(options, source_steps.show_source(options.source, _workspace_or_none(options)))


def _workspace_or_none(options: argparse.Namespace) -> "Workspace | None":
    """The workspace; a description can be drafted and tried before there is one."""
    from etl.errors import WorkspaceError

    try:
        return workspace_of(options)
    except WorkspaceError as error:
        if options.workspace is not None:
            raise
        if not str(error).startswith("there is no workspace"):
            print(f"... {error}; going on without", file=sys.stderr)
        return None
