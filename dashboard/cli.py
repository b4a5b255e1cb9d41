"""The command line: one verb per stage, in the order data flows.

Exit codes: 0 done, 1 a finding (a critical check failed), 2 something for you to mend (a file,
a rule, an argument), 3 a fault of ours.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

from dashboard.action_verbs import add_action
from dashboard.approving import add_maker, add_states, made
from dashboard.revealing import add_reveal
from dashboard.source_verbs import add_source
from dashboard.verbs import (
    DONE,
    FINDING,
    YOURS,
    add_verb,
    day,
    progress,
    tell,
    workspace_of,
)

FORMS = ("pdf", "html", "xlsx", "csv", "sheet")

if TYPE_CHECKING:
    from dashboard.verbs import Verbs


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb and return its exit code."""
    options = _parser().parse_args(arguments)
    if not hasattr(options, "verb"):
        _parser().print_help()
        return YOURS
    os.umask(0o077)
    from etl.errors import InputError  # nothing is imported for --help
    from etl.store import StoreError

    try:
        return int(options.verb(options))
    except (InputError, StoreError) as error:
        print(f"case-audit: {error}", file=sys.stderr)
        return YOURS
    except BrokenPipeError:
        # The reader of a pipe has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        print("case-audit: stopped; what was done before is kept", file=sys.stderr)
        return YOURS


def _init(options: argparse.Namespace) -> int:
    from dashboard import steps

    return tell(options, steps.make_workspace(options.folder))


def _load(options: argparse.Namespace) -> int:
    from dashboard import steps

    if not options.exports:
        return tell(options, steps.see_again(workspace_of(options), as_of=_asked(options)))
    told = steps.load_exports(
        workspace_of(options),
        options.exports,
        as_of=options.as_of or _today(),
        is_as_of_told=options.as_of is not None,
        source=options.source,
        coverage_from=options.coverage_from,
        accept_rejects=options.accept_rejects,
        accept_drop="yes" if options.accept_drop else "no",
        say=progress(options),
    )
    return tell(options, told)


def _asked(options: argparse.Namespace) -> date:
    from etl.errors import InputError

    if options.as_of is None:
        raise InputError("name the exports to load, or with --as-of the day to see again")
    return cast("date", options.as_of)


def _check(options: argparse.Namespace) -> int:
    from dashboard.judging import check

    told = check(workspace_of(options), say=progress(options), fail_on=options.fail_on)
    tell(options, told)
    return FINDING if told.blocked else DONE


def _coverage(options: argparse.Namespace) -> int:
    from dashboard.practice_coverage import told

    return tell(options, told(workspace_of(options)))


def _publish(options: argparse.Namespace) -> int:
    from metrics.judged import BlockedError
    from metrics.sealing import UnsafeError

    try:
        told = made(options)
    except (BlockedError, UnsafeError) as error:
        print(f"case-audit: {error}", file=sys.stderr)
        return FINDING
    return tell(options, told)


def _report(options: argparse.Namespace) -> int:
    from dashboard import steps

    release, reports = _release(options)
    told = steps.write_report(
        release,
        form=options.format,
        to=options.to or reports,
        quarter=options.quarter,
        say=progress(options),
    )
    return tell(options, told)


def _figures(options: argparse.Namespace) -> int:
    from dashboard.listing import print_figures

    release, _ = _release(options)
    wanted = {name: getattr(options, name) for name in ("metric", "breakdown", "period")}
    text = print_figures(
        release,
        form="json" if options.json else options.format,
        wanted={name: value for name, value in wanted.items() if value is not None},
        bounds="with" if options.bounds else "without",
    )
    sys.stdout.write(text)
    return DONE


def _restatement(options: argparse.Namespace) -> int:
    from dashboard.listing import told_otherwise

    release, _ = _release(options)
    return tell(options, told_otherwise(release))


def _verify(options: argparse.Namespace) -> int:
    from dashboard import steps

    say = progress(options)
    if options.files:
        told = steps.verify(options.files, say=say)
    else:
        told = steps.verify_workspace(workspace_of(options), say=say)
    tell(options, told)
    return FINDING if told.blocked else DONE


def _serve(options: argparse.Namespace) -> int:
    from dashboard.serve import serve

    releases = workspace_of(options).releases
    serve(releases, port=options.port, audiences=tuple(options.audience or ("leadership",)))
    return DONE


def _demo(options: argparse.Namespace) -> int:
    from dashboard.demo import demo

    told = demo(
        options.folder,
        at=_now().isoformat(timespec="seconds"),
        newest_alone=options.newest_alone,
        say=lambda line: print(line, file=sys.stderr, flush=True),
    )
    tell(options, told)
    if options.no_serve:
        return DONE
    from dashboard.serve import serve
    from dashboard.steps import AUDIENCES

    serve(options.folder / "releases", port=options.port, audiences=AUDIENCES)
    return DONE


def _release(options: argparse.Namespace) -> tuple[Path, Path]:
    """The release that is meant, and where its reports go: a file needs no workspace."""
    from dashboard import steps

    named = Path(options.release)
    if named.is_file():
        return named, Path("reports")
    workspace = workspace_of(options)
    return steps.find_release(workspace, options.release), workspace.reports


def _today() -> date:
    """The default of --as-of: with `_now` the only place that reads the clock."""
    return _now().astimezone().date()


def _now() -> datetime:
    """When somebody asks what a reference means: no figure depends on it."""
    return datetime.now(UTC)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="case-audit",
        description="Audit how an organisation handles the concerns that people raise.",
        epilog="Exit codes: 0 done, 1 a finding, 2 yours to mend, 3 a fault of ours.",
    )
    verbs = parser.add_subparsers(title="verbs, in the order data flows", metavar="VERB")
    for add in (
        _add_init,
        add_source,
        _add_load,
        _add_check,
        _add_coverage,
        _add_publish,
        _add_states,
        _add_report,
        _add_figures,
        _add_restatement,
        _add_action,
        _add_verify,
        _add_reveal,
        _add_serve,
        _add_demo,
    ):
        add(verbs)
    return parser


def _add_init(verbs: "Verbs") -> None:
    verb = add_verb(verbs, "init", _init, "make a workspace with commented defaults")
    verb.add_argument("folder", type=Path, metavar="DIR")


def _add_load(verbs: "Verbs") -> None:
    verb = add_verb(verbs, "load", _load, "load exports: all of them or, on an error, none")
    verb.add_argument(
        "exports",
        type=Path,
        nargs="*",
        metavar="EXPORT",
        help="files of one delivery; none of them: see what was known at --as-of again",
    )
    verb.add_argument("--source", help="the source (default: recognised by the header)")
    verb.add_argument(
        "--as-of",
        type=day,
        metavar="DATE",
        help="last day the exports know of (default: today)",
    )
    verb.add_argument(
        "--coverage-from",
        type=day,
        metavar="DATE",
        help="first day that the exports cover (default: that of the first case)",
    )
    verb.add_argument(
        "--accept-rejects",
        type=int,
        default=0,
        metavar="N",
        help="load a file although up to N of its rows cannot be read (default: 0)",
    )
    verb.add_argument(
        "--accept-drop",
        action="store_true",
        help="load a full export although it has far fewer rows than the one before",
    )


def _add_check(verbs: "Verbs") -> None:
    verb = add_verb(
        verbs, "check", _check, "judge the data; exit 1 where a finding blocks a release"
    )
    verb.add_argument(
        "--fail-on",
        choices=("warning", "critical"),
        default="critical",
        help="the least grave finding for which to exit 1 (default: critical)",
    )


def _add_coverage(verbs: "Verbs") -> None:
    add_verb(
        verbs, "coverage", _coverage, "say which practices the data can speak of, and which not"
    )


def _add_publish(verbs: "Verbs") -> None:
    verb = add_verb(verbs, "publish", _publish, "make a release of judged data for an audience")
    verb.add_argument(
        "--audience", required=True, metavar="A", help="committee, leadership, ..."
    )
    add_maker(verb, _now)


def _add_states(verbs: "Verbs") -> None:
    add_states(verbs, _now)


def _add_report(verbs: "Verbs") -> None:
    verb = add_verb(
        verbs, "report", _report, "write a release as PDF, HTML, XLSX, CSV or a sheet"
    )
    verb.add_argument("release", metavar="RELEASE", help="a file, an id, or an audience")
    verb.add_argument("--format", choices=FORMS, default="html")
    verb.add_argument(
        "--to", type=Path, metavar="DIR", help="default: the workspace's reports/"
    )
    verb.add_argument(
        "--quarter",
        type=day,
        metavar="DATE",
        help="first day of the quarter (default: the last)",
    )


def _add_figures(verbs: "Verbs") -> None:
    verb = add_verb(
        verbs, "figures", _figures, "print the published figures, for pipes and scripts"
    )
    verb.add_argument("release", metavar="RELEASE", help="a file, an id, or an audience")
    verb.add_argument("--metric", metavar="M")
    verb.add_argument(
        "--breakdown", metavar="B", help="all, unit, category, channel or severity"
    )
    verb.add_argument("--period", choices=("month", "quarter", "year", "whole"))
    verb.add_argument("--format", choices=("csv", "json"), default="csv")
    verb.add_argument(
        "--bounds",
        action="store_true",
        help="add the least and the most that each count may truly be",
    )


def _add_restatement(verbs: "Verbs") -> None:
    verb = add_verb(
        verbs, "restatement", _restatement, "say what a release tells otherwise than the last"
    )
    verb.add_argument("release", metavar="RELEASE", help="a file, an id, or an audience")


def _add_action(verbs: "Verbs") -> None:
    add_action(verbs, clock=_today)


def _add_verify(verbs: "Verbs") -> None:
    verb = add_verb(
        verbs, "verify", _verify, "attack released files as an outsider; exit 1 if it succeeds"
    )
    verb.add_argument(
        "files",
        type=Path,
        nargs="*",
        metavar="FILE",
        help="released files, together; none: all of the workspace's, and its ledger",
    )


def _add_reveal(verbs: "Verbs") -> None:
    add_reveal(verbs).set_defaults(clock=_now)


def _add_serve(verbs: "Verbs") -> None:
    verb = add_verb(verbs, "serve", _serve, "serve the dashboard on this machine")
    verb.add_argument("--port", type=int, default=8501)
    verb.add_argument(
        "--audience",
        action="append",
        metavar="A",
        help="whose releases to show; may be repeated (default: leadership)",
    )


def _add_demo(verbs: "Verbs") -> None:
    verb = add_verb(
        verbs, "demo", _demo, "do all of it on the sample organisation and serve it"
    )
    verb.add_argument("folder", type=Path, nargs="?", default=Path("demo"), metavar="DIR")
    verb.add_argument("--no-serve", action="store_true", help="stop before serving")
    verb.add_argument("--newest-alone", action="store_true", help="without an earlier delivery")
    verb.add_argument("--port", type=int, default=8501)


if __name__ == "__main__":
    sys.exit(main())
