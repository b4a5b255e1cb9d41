"""All of it on the sample organisation: from its exports to a dashboard that can be served."""

from pathlib import Path

import sample_data
from dashboard import steps
from dashboard.judging import check
from dashboard.publishing import publish_as_declared
from dashboard.steps import AUDIENCES, Say, Told
from etl.workspace import CONFIGURATION, Workspace, open_workspace

MAKER = "Audit analyst"


def demo(folder: Path, *, at: str = "", say: Say) -> Told:
    """Build, load, check, publish and report the sample organisation in `folder`.

    Done again in the same folder, it changes nothing that is there already, and does not
    check or publish again what is published. The people who make and approve its releases are
    as invented as the organisation; `at` is when they do.
    """
    workspace = _workspace(folder, say)
    say(f"2/5 loading the exports of two case systems as of {sample_data.AS_OF}")
    exports = [sample_data.FOLDER / name for name in sample_data.EXPORTS]
    loaded = steps.load_exports(
        workspace,
        exports,
        as_of=sample_data.AS_OF,
        coverage_from=sample_data.RECEIVED_FROM,
        say=_inner(say),
    )
    _repeat(loaded, say)
    if all(steps.is_published(workspace, audience) for audience in AUDIENCES):
        say("3-5/5 these data are checked, published and reported already")
        say(f"    to have it done anew, remove {folder}")
    else:
        say("3/5 checking the data")
        _repeat(check(workspace, say=_inner(say)), say)
        for audience in AUDIENCES:
            _publish(workspace, audience, at, say)
    releases = [steps.find_release(workspace, audience).stem for audience in AUDIENCES]
    pages = [
        str(page)
        for name in releases
        for page in sorted(workspace.reports.glob(f"{name}*.html"))
    ]
    return Told(
        lines=(
            "",
            "The sample audit is ready.",
            f"  workspace  {folder}",
            *(f"  release    {name}" for name in releases),
            *(f"  report     {page}" for page in pages),
        ),
        data={"workspace": str(folder), "releases": releases, "reports": pages},
    )


def _workspace(folder: Path, say: Say) -> Workspace:
    if (folder / CONFIGURATION).is_file():
        say(f"1/5 the workspace {folder} is there already")
    else:
        say(f"1/5 making the workspace {folder}")
        steps.make_workspace(folder, template=sample_data.WORKSPACE)
    return open_workspace(folder)


def _publish(workspace: Workspace, audience: str, at: str, say: Say) -> None:
    """Make the audience's release, have it approved and write its reports."""
    say(f"4/5 publishing to {audience}")
    published = publish_as_declared(workspace, audience, maker=MAKER, at=at, say=_inner(say))
    _repeat(published, say)
    release = steps.find_release(workspace, audience)
    say(f"5/5 writing the reports for {audience}")
    for form in ("csv", "html"):
        steps.write_report(
            release, form=form, to=workspace.reports, quarter=None, say=_inner(say)
        )


def _inner(say: Say) -> Say:
    return lambda line: say(f"    ... {line}")


def _repeat(told: Told, say: Say) -> None:
    for line in told.lines:
        say(f"    {line}")
