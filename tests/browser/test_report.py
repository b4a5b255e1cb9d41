"""The report as a browser draws it: within the window and the page, however much is checked."""

import pytest

from dashboard.report import html
from tests.releases import QUARTER, release

TOPICS = ("Rows read", "Counted once", "Fields filled in", "Deadlines judged", "Surveys")


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """A report whose figures rest on checks of six kinds, each of which found something."""
    known = release().table("verdicts").to_dicts()
    found = {
        **next(row for row in known if row["outcome"] == "failed"),
        "failing": None,
        "examined": None,
    }
    more = [{**found, "name": topic, "topic": topic} for topic in TOPICS]
    path = tmp_path_factory.mktemp("report") / "audit.html"
    path.write_text(html.render(release(verdicts=[*known, *more]), QUARTER), encoding="utf-8")
    return path.as_uri()


@pytest.mark.parametrize(
    ("width", "medium"), [(390, "screen"), (768, "screen"), (1000, "screen"), (1280, "screen"),
                          (688, "print")],
)  # fmt: skip
def test_a_report_never_needs_to_be_scrolled_sideways(browser, report, width, medium):
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.emulate_media(media=medium)
    page.goto(report)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()
