"""All of it on the sample organisation: from its exports to a dashboard that can be served."""

import tempfile
from datetime import date
from pathlib import Path

import sample_data
from dashboard import steps
from dashboard.judging import check
from dashboard.publishing import publish_as_declared
from dashboard.steps import AUDIENCES, Say, Told
from etl.workspace import CONFIGURATION, Workspace, open_workspace
from sample_data.generate import write_exports

MAKER = "Audit analyst"


def demo(folder: Path, *, at: str = "", newest_alone: bool = False, say: Say) -> Told:
    """Build, load, check, publish and report the sample organisation in `folder`.

    There are two deliveries, three months apart, each told to everybody, so that the second
    says what moved since the first. With `newest_alone` there is only the second. Done again
    in the same folder, it changes nothing that is there already, and does not check or publish
    again what is published. The people who make and approve its releases are as invented as
    the organisation; `at` is when they do.
    """
    is_new = not (folder / CONFIGURATION).is_file()
    workspace = _workspace(folder, say)
    if is_new and not newest_alone:
        with tempfile.TemporaryDirectory() as earlier:
            write_exports(Path(earlier), sample_data.EARLIER)
            _audit(workspace, Path(earlier), sample_data.EARLIER, at, say)
    _audit(workspace, sample_data.FOLDER, sample_data.AS_OF, at, say)
    releases = [steps.find_release(workspace, audience).stem for audience in AUDIENCES]
    pages = [
        str(page)
        for name in releases
        for form in ("pdf", "html")
        for page in sorted(workspace.reports.glob(f"{name}*.{form}"))
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


def _audit(workspace: Workspace, exports: Path, as_of: date, at: str, say: Say) -> None:
    """Load a delivery, check it, and publish and report it to every audience."""
    say(f"2/5 loading the exports of two case systems as of {as_of}")
    loaded = steps.load_exports(
        workspace,
        [exports / name for name in sample_data.EXPORTS],
        as_of=as_of,
        coverage_from=sample_data.RECEIVED_FROM,
        say=_inner(say),
    )
    _repeat(loaded, say)
    if all(steps.is_published(workspace, audience) for audience in AUDIENCES):
        say("3-5/5 these data are checked, published and reported already")
        say(f"    to have it done anew, remove {workspace.folder}")
        return
    say("3/5 checking the data")
    _repeat(check(workspace, say=_inner(say)), say)
    for audience in AUDIENCES:
        _publish(workspace, audience, at, say)


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
    for form in ("csv", "html", "pdf"):
        steps.write_report(
            release, form=form, to=workspace.reports, quarter=None, say=_inner(say)
        )


def _inner(say: Say) -> Say:
    return lambda line: say(f"    ... {line}")


def _repeat(told: Told, say: Say) -> None:
    for line in told.lines:
        say(f"    {line}")
