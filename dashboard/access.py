"""Which releases this server may show: none, unless an audience was named when it started."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from metrics.release import Release, audience_of, published_in, readable, states_in

# Set by `dashboard.serve.serve`; without them nothing is shown.
RELEASES = "CASE_AUDIT_RELEASES"
AUDIENCES = "CASE_AUDIT_AUDIENCES"


class AccessError(Exception):
    """A release was asked for that this server may not show."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder of releases and the audiences whose releases may be taken from it."""

    folder: Path
    audiences: tuple[str, ...]

    def newest(self) -> dict[str, Path]:
        """Newest published file of each allowed audience, in the order they were allowed."""
        found: dict[str, Path] = {}
        for path in reversed(published_in(self.folder)):
            audience = _audience_of(path, path.stat().st_mtime_ns)
            if audience not in self.audiences or audience in found:
                continue
            if _opened(path, path.stat().st_mtime_ns) is not None:
                found[audience] = path
            if len(found) == len(self.audiences):
                break
        return {name: found[name] for name in self.audiences if name in found}

    def unreadable(self) -> list[str]:
        """Published releases to the allowed audiences that are damaged, or no releases.

        A release is read whole where it would be shown: of those before it nobody asks.
        """
        shown = set(self.newest().values())
        found, past = [], set[str]()
        for path in reversed(published_in(self.folder)):
            audience = _audience_of(path, path.stat().st_mtime_ns)
            named = any(f"-{own}-" in path.stem for own in self.audiences)
            if audience is None and named:
                found.append(path.stem)
            if audience in self.audiences and audience not in past and path not in shown:
                found.append(path.stem)
            past |= {audience} if path in shown and audience else set()
        return sorted(found)

    def waiting(self) -> list[str]:
        """Releases to the allowed audiences that wait for approval."""
        return [
            name
            for name, state in states_in(self.folder).items()
            if state == "checked" and any(f"-{own}-" in name for own in self.audiences)
        ]

    def take(self, audience: str) -> Release:
        """Open the newest published release of an audience.

        Raises AccessError where that audience is not allowed or has no release.
        """
        path = self.newest().get(audience)
        if path is None:
            raise AccessError(f"no release for {audience!r} may be shown here")
        release = _opened(path, path.stat().st_mtime_ns)
        if release is None or release.audience not in self.audiences:
            raise AccessError(f"{path.name} is not for {audience!r}")
        return release


def edition(release: Release) -> str:
    """What tells a release from every other in a cache: its file and when that was written."""
    return f"{release.path}@{release.path.stat().st_mtime_ns}"


def shelf_of(environment: Mapping[str, str] = os.environ) -> Shelf | None:
    """Read what this server was started with; None where it was told of no releases."""
    folder = environment.get(RELEASES, "")
    audiences = tuple(name for name in environment.get(AUDIENCES, "").split(",") if name)
    if not folder or not audiences:
        return None
    return Shelf(folder=Path(folder), audiences=audiences)


@st.cache_resource(show_spinner=False, max_entries=256)
def _audience_of(path: Path, changed: int) -> str | None:  # noqa: ARG001 (part of the key)
    return audience_of(path)


@st.cache_resource(show_spinner=False, max_entries=8)
def _opened(path: Path, changed: int) -> Release | None:  # noqa: ARG001 (part of the key)
    return readable(path)
