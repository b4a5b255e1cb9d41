"""The verb `reveal`: from a masked reference back to the number, for who is entitled to it."""

import argparse
import os
import pwd
import sys
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from dashboard.verbs import DONE, FINDING, add_verb, tell, workspace_of

if TYPE_CHECKING:
    from dashboard.verbs import Verbs


def add_reveal(verbs: "Verbs") -> argparse.ArgumentParser:
    """Declare the verb; whoever calls it tells it the time."""
    verb = add_verb(
        verbs,
        "reveal",
        reveal,
        "say which case a masked reference means, and keep a record that it was asked",
    )
    verb.add_argument("reference", metavar="REFERENCE", help="such as C-7K3M-QX2T-9A")
    verb.add_argument(
        "--export",
        type=Path,
        nargs="+",
        action="extend",  # given twice, both count
        required=True,
        metavar="FILE",
        help="the exports that hold the case: the store has no case number",
    )
    verb.add_argument("--source", help="the source (default: recognised by the header)")
    verb.add_argument(
        "--key-file",
        type=Path,
        metavar="FILE",
        help="where the key is (default: it is asked for and not shown)",
    )
    verb.add_argument("--purpose", metavar="TEXT", help="what for; recorded (default: asked)")
    return verb


def reveal(options: argparse.Namespace) -> int:
    """Answer one question; exit 1 where no case of the exports has the reference."""
    from dashboard.steps import Told, spoken_in_releases
    from etl.reveals import Question
    from etl.reveals import reveal as look_up

    workspace = workspace_of(options)
    question = Question(
        reference=options.reference,
        asked_by=pwd.getpwuid(os.getuid()).pw_name,
        asked_at=options.clock(),
        purpose=options.purpose or _asked("What is it for? "),
    )
    found = look_up(
        workspace,
        question,
        options.export,
        key=_key(options),
        source=options.source,
        scopes=spoken_in_releases(workspace),
    )
    kept = f"recorded as line {found.line} of ledger/reveals.jsonl, seal {found.seal[:16]}"
    numbers = [f"{source}: {number}" for source, number in found.numbers]
    lines = numbers or [f"no case of these exports has the reference {options.reference}"]
    tell(
        options,
        Told(
            lines=(*lines, kept),
            data={
                "reference": options.reference,
                "cases": [{"source": s, "number": n} for s, n in found.numbers],
                "line": found.line,
                "seal": found.seal,
            },
        ),
    )
    return DONE if numbers else FINDING


def _key(options: argparse.Namespace) -> bytes:
    from etl.pseudonyms import key_from, read_key

    if options.key_file is not None:
        return read_key(options.key_file)
    return key_from(_asked("The key, in hex: ", hidden=True), name="what was typed")


def _asked(words: str, *, hidden: bool = False) -> str:
    from etl.errors import WorkspaceError

    if not sys.stdin.isatty():
        raise WorkspaceError("nobody is there to be asked; give --key-file and --purpose")
    return getpass(words) if hidden else input(words)
