"""Headline numbers as one HTML file that loads nothing."""

from html import escape

from dashboard import headlines, style
from dashboard.report.html import DOCUMENT_STYLE, heading, policy
from metrics.release import Release


def render(release: Release, *, notice: str = "") -> str:
    """All quarters of a release of headlines; the same release gives the same bytes.

    `notice` stands above everything, such as that the release is not published.
    """
    dress = style.STYLE + DOCUMENT_STYLE
    organisation, name = release.manifest["organisation"], headlines.title(release)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy(dress)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(name)} · {escape(organisation)}</title>\n"
        f"<style>{dress}</style>\n</head>\n<body>\n"
        f"{body(release, notice)}\n"
        "</body>\n</html>\n"
    )


def body(release: Release, notice: str) -> str:
    """What it says, from its heading to its foot."""
    name, about = headlines.title(release), headlines.about(release)
    return (
        f"{heading(release, name, about, notice)}\n"
        f"<main>{headlines.table(release)}\n<h2>How these numbers are made</h2>\n"
        f"{headlines.notes(release)}</main>\n"
        f"<footer><p>Release {release.id}. The same release always gives this same report."
        f" Made by version {escape(release.manifest['product_version'])}.</p></footer>"
    )
