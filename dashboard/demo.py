"""All of it on the sample organisation: from its exports to a dashboard that can be served."""

from pathlib import Path

import sample_data
from dashboard import steps
from dashboard.steps import AUDIENCES, Say, Told
from etl.workspace import CONFIGURATION, Workspace, open_workspace


def demo(folder: Path, *, say: Say) -> Told:
    """Build, load, check, publish and report the sample organisation in `folder`.

    Done again in the same folder, it changes nothing that is there already.
    """
    if (folder / CONFIGURATION).is_file():
        say(f"1/5 the workspace {folder} is there already")
    else:
        say(f"1/5 making the workspace {folder}")
        steps.make_workspace(folder, template=sample_data.WORKSPACE)
    workspace = open_workspace(folder)
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
    say("3/5 checking the data")
    _repeat(steps.check(workspace, say=_inner(say)), say)
    releases: list[str] = []
    pages: list[str] = []
    for audience in AUDIENCES:
        release, page = _published(workspace, audience, say)
        releases.append(release)
        pages.append(page)
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


def _published(workspace: Workspace, audience: str, say: Say) -> tuple[str, str]:
    """The audience's release and the page of its HTML report."""
    say(f"4/5 publishing to {audience}")
    _repeat(steps.publish_to(workspace, audience, say=_inner(say)), say)
    release = steps.find_release(workspace, audience)
    say(f"5/5 writing the reports for {audience}")
    html, _ = (
        steps.write_report(
            release, form=form, to=workspace.reports, quarter=None, say=_inner(say)
        )
        for form in ("html", "csv")
    )
    return release.stem, html.lines[0].removeprefix("wrote ")


def _inner(say: Say) -> Say:
    return lambda line: say(f"    ... {line}")


def _repeat(told: Told, say: Say) -> None:
    for line in told.lines:
        say(f"    {line}")
