"""The steps of an audit over a workspace, each joining one stage's function to its files."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from etl.errors import WorkspaceError
from etl.load import Delivery, ask_again, load
from etl.store import Store
from etl.workspace import CONFIGURATION, Workspace, init, open_workspace

AUDIENCES = ("committee", "leadership", "public")

if TYPE_CHECKING:
    from metrics.approvals import Places
    from metrics.disclosure.policy import Policy
    from metrics.release import Release

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Told:
    """What a step has to say: lines for people, and the same as data."""

    lines: tuple[str, ...]
    data: object
    blocked: bool = False


def find_workspace(given: Path | None, *, here: Path) -> Workspace:
    """The workspace named; else `here`, a folder above it, or the only one just below it.

    Raises WorkspaceError where there is none, or where it is not clear which one is meant.
    """
    if given is not None:
        return open_workspace(given)
    for folder in (here, *here.parents):
        if (folder / CONFIGURATION).is_file():
            return open_workspace(folder)
    below = sorted(path.parent for path in here.glob(f"*/{CONFIGURATION}"))
    if len(below) == 1:
        return open_workspace(below[0])
    if below:
        names = ", ".join(folder.name for folder in below)
        raise WorkspaceError(f"there are several workspaces here: {names}; add --workspace DIR")
    raise WorkspaceError("there is no workspace here; make one with: case-audit init DIR")


def make_workspace(folder: Path, *, template: Path | None = None) -> Told:
    """Make a workspace; the key in it must never be lost nor shared."""
    made = init(folder, template=template)
    return Told(
        lines=(
            f"made the workspace {made.folder}",
            f"next: edit {CONFIGURATION} and rules/, then: case-audit load EXPORT...",
            "keep secret.key safe and to yourselves: pseudonyms and rounding depend on it",
        ),
        data={"workspace": str(made.folder)},
    )


def load_exports(
    workspace: Workspace,
    exports: Sequence[Path],
    *,
    as_of: date,
    is_as_of_told: bool = True,
    source: str | None = None,
    coverage_from: date | None = None,
    accept_rejects: int = 0,
    accept_drop: Literal["yes", "no"] = "no",
    say: Say,
) -> Told:
    """Load exports and account for every row of every file."""
    deliveries = load(
        workspace,
        exports,
        as_of=as_of,
        is_as_of_told=is_as_of_told,
        source=source,
        coverage_from=coverage_from,
        accept_rejects=accept_rejects,
        accept_drop=accept_drop,
        say=say,
    )
    return Told(
        lines=tuple(line for delivery in deliveries for line in _account(delivery)),
        data=[_as_data(delivery) for delivery in deliveries],
    )


def _as_data(delivery: Delivery) -> dict[str, object]:
    return {
        "file": delivery.file_name,
        "source": delivery.source,
        "export": delivery.export,
        "sha256": delivery.sha256,
        "rows_in": delivery.rows_in,
        "rows_loaded": delivery.rows_loaded,
        "rows_rejected": delivery.rows_rejected,
        "rows_repeated": delivery.rows_repeated,
        "rows_left_out": delivery.rows_left_out,
        "known_as": delivery.known_as,
        "confirmed_until": delivery.confirmed_until and str(delivery.confirmed_until),
        "covers_from": delivery.covers_from and str(delivery.covers_from),
        "unknown_columns": list(delivery.unknown_columns),
        "notes": list(delivery.notes),
    }


def see_again(workspace: Workspace, *, as_of: date) -> Told:
    """Show the audit as it was known on a past day, to check and to publish, until a load."""
    require_loaded(workspace)
    ask_again(workspace, as_of=as_of)
    line = f"the audit is as it was known on {as_of}, until the next load or --as-of"
    return Told(lines=(line,), data={"as_of": str(as_of)})


def _account(delivery: Delivery) -> list[str]:
    what = f"{delivery.file_name} ({delivery.source}, {delivery.export})"
    if delivery.known_as is not None:
        return _account_of_known(what, delivery)
    lines = [
        f"{what}: {delivery.rows_in:,} rows in = {delivery.rows_loaded:,} loaded"
        f" + {delivery.rows_rejected:,} rejected + {delivery.rows_repeated:,} exact repeats"
        f"{left_out(delivery.rows_left_out)}"
    ]
    lines += [f"  rejected: {reject}" for reject in delivery.rejects]
    if delivery.unknown_columns:
        names = ", ".join(delivery.unknown_columns)
        lines.append(f"  not read, since the source does not know them: {names}")
    lines += [f"  {note}" for note in delivery.notes]
    return lines


def left_out(rows: int) -> str:
    """The last part of an account of rows, for a source that declares some to be no cases."""
    return f" + {rows:,} left out as the source says" if rows else ""


def _account_of_known(what: str, delivery: Delivery) -> list[str]:
    line = f"{what}: the same bytes are loaded already, as of {delivery.known_on}"
    if delivery.confirmed_until is not None:
        line = (
            f"{what}: the bytes of the full export of {delivery.known_on} again: nothing had"
            f" changed until {delivery.confirmed_until}"
        )
    if delivery.covers_from is not None:
        return [line, f"  as is said now, they cover the days from {delivery.covers_from} on"]
    if delivery.is_part:
        return [f"{line}, and part of this delivery too"]
    return [line if delivery.confirmed_until is not None else f"{line}; nothing changed"]


def places_of(workspace: Workspace) -> "Places":
    """Where the workspace's releases and their ledger stand."""
    from metrics.approvals import Places
    from metrics.disclosure.ledger import Ledger

    ledger = Ledger(workspace.folder / "ledger", workspace.key())
    return Places(releases=workspace.releases, ledger=ledger)


def is_published(workspace: Workspace, audience: str) -> bool:
    """Whether the newest release of an audience was made from the data as they are."""
    from metrics.approvals import standings
    from metrics.disclosure.policy import policies_of
    from metrics.release import open_release, published_in

    own = [path for path in published_in(workspace.releases) if f"-{audience}-" in path.stem]
    if not own:
        return False
    standing = standings(places_of(workspace).ledger.entries()).get(own[-1].stem)
    policy = policies_of(workspace.audiences)[audience]
    return bool(
        standing is not None
        and standing.inputs == inputs_now(workspace, policy)
        and open_release(own[-1]).manifest["product_version"] == version("case-audit")
    )


def inputs_now(workspace: Workspace, policy: "Policy") -> str:
    """The digest of the data as they are now, as a release for the policy's audience has it."""
    from metrics.inputs import inputs_digest

    require_loaded(workspace)
    with Store.open(workspace.store_path) as store:
        return inputs_digest(store, policy, workspace.key())


def write_report(release: Path, *, form: str, to: Path, quarter: date | None, say: Say) -> Told:
    """Render a release as a PDF, an HTML page, a workbook, CSV files or a sheet for everybody.

    One that is not published says so at its head.
    """
    from dashboard.phrases import state_notice
    from metrics.release import open_release, states_in

    opened = open_release(release)
    _require_quarter(opened.quarters(), quarter)
    notice = state_notice(states_in(release.parent).get(release.stem, "published"))
    say(f"writing {form}")
    if notice:
        say(notice)
    to.mkdir(mode=0o700, parents=True, exist_ok=True)
    written = _rendered(opened, form, quarter or opened.quarters()[-1], notice)
    for name, content in written.items():
        path = to / name
        path.parent.mkdir(mode=0o700, exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o600)
    paths = [str(to / name) for name in written]
    return Told(lines=tuple(f"wrote {path}" for path in paths), data={"files": paths})


def _rendered(release: "Release", form: str, quarter: date, notice: str) -> dict[str, bytes]:
    """The files of one form of report, by name."""
    from dashboard.headlines import are_all
    from dashboard.report import csv, headlines, html, pdf, sheet, xlsx

    of_quarter = f"{release.id}-{quarter:%Y-%m}"
    if form == "csv":
        texts = csv.render(release, notice=notice)
        return {f"{release.id}/{name}": text.encode() for name, text in texts.items()}
    if form == "sheet":
        _require_public(release)
        page = sheet.render(release, quarter, notice=notice)
        return {f"{of_quarter}-sheet.html": page.encode()}
    if form == "xlsx":
        _require_quarters(release)
        return {f"{of_quarter}.xlsx": xlsx.render(release, quarter, notice=notice)}
    name = release.id if are_all(release) else of_quarter
    if form == "html" and are_all(release):
        return {f"{name}.html": headlines.render(release, notice=notice).encode()}
    if form == "html":
        return {f"{name}.html": html.render(release, quarter, notice=notice).encode()}
    try:
        return {f"{name}.pdf": pdf.render(release, quarter, notice=notice)}
    except pdf.UnprintableError as error:
        raise WorkspaceError(str(error)) from error


def _require_quarters(release: "Release") -> None:
    from dashboard.headlines import are_all

    if are_all(release):
        raise WorkspaceError(
            "a workbook is of one quarter, and this release has headline numbers alone; take"
            " them as pdf, html or csv"
        )


def _require_public(release: "Release") -> None:
    from dashboard.loop import why_not

    refused = why_not(release)
    if refused:
        raise WorkspaceError(refused)


def verify(files: Sequence[Path], *, say: Say) -> Told:
    """Attack released files together, knowing nothing but them and the method."""
    from metrics.attack.report import attack  # scipy is not for --help

    found = attack(files, say=say)
    return Told(lines=found.lines(), data=found.told(), blocked=not found.passed)


def verify_workspace(workspace: Workspace, *, say: Say) -> Told:
    """Compare all that was sealed with the ledger, and attack all of it together."""
    from metrics.verifying import kept

    places = places_of(workspace)
    say("comparing the releases with the ledger")
    found = kept(places)
    attacked = verify(places.known(), say=say)
    return Told(
        lines=(*found.lines(), *attacked.lines),
        data={"ledger": list(found.faults), "attack": attacked.data},
        blocked=bool(found.faults) or attacked.blocked,
    )


def find_release(workspace: Workspace, named: str) -> Path:
    """A release by its id, the start of its id, or its audience.

    Of an audience it is the newest that is published, else the newest that waits for approval.
    Raises WorkspaceError where none fits.
    """
    from metrics.release import releases_in, states_in

    known, states = releases_in(workspace.releases), states_in(workspace.releases)
    fitting = [path for path in known if path.stem == named] or [
        path for path in known if path.stem.startswith(named)
    ]
    if fitting:
        return fitting[-1]
    own = [path for path in known if f"-{named}-" in path.stem]
    for state in ("published", "checked"):
        current = [path for path in own if states[path.stem] == state]
        if current:
            return current[-1]
    names = ", ".join(f"{path.stem} ({states[path.stem]})" for path in known) or "none"
    raise WorkspaceError(f"there is no release {named!r}; there are: {names}")


def spoken_in_releases(workspace: Workspace) -> tuple[str, ...]:
    """The scopes of the references in every release of the workspace, for `reveal`."""
    from metrics.release import open_release, releases_in, scope_of

    told = [open_release(path).manifest for path in releases_in(workspace.releases)]
    # Releases of protected counts do not tell what they were made of, nor of any case.
    return tuple(
        scope_of(each["audience"], each["inputs_sha256"])
        for each in told
        if "inputs_sha256" in each
    )


def _require_quarter(known: list[date], asked: date | None) -> None:
    if asked is not None and asked not in known:
        raise WorkspaceError(
            f"the release has no quarter that begins on {asked};"
            f" they begin on {', '.join(map(str, known))}"
        )


def require_loaded(workspace: Workspace) -> None:
    """Raise WorkspaceError where no export has been loaded yet."""
    if not workspace.store_path.is_file():
        raise WorkspaceError("no export has been loaded yet; run: case-audit load EXPORT...")
