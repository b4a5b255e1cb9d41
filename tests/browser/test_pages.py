"""The pages as a browser draws them: complete, within the window, and from this host alone."""

import urllib.error
import urllib.request
from urllib.parse import urlsplit

import pytest

PAGES = {
    "audit": "/",
    "one unit": "/?unit=legal",
    "gaps": "/gaps",
    "actions": "/actions",
    "what came of it": "/what_came_of_it",
    "metrics": "/metrics",
    "units compared": "/metrics?by=unit",
    "data quality": "/data_quality",
    "methods": "/methods",
    "export": "/export",
}
SCREENS = {"desk": (1366, 900), "phone": (390, 844)}
OWN_TITLES = (
    "Ethics concern audit",
    "Where does the process fail?",
    "Did the fixes hold?",
    "What came of it",
    ": ",
    "trusted?",
    "How the figures are made",
    "Export",
)

# The widest thing drawn, looked for inside the box that scrolls.
OVERFLOW = """() => {
  const page = document.querySelector('[data-testid="stMain"]');
  return Math.max(document.documentElement.scrollWidth - window.innerWidth,
                  page.scrollWidth - page.clientWidth);
}"""
# What is kept free for the row above the title, and what it takes.
HEIGHTS = """() => {
  const row = document.querySelector('.st-key-filters');
  return [getComputedStyle(row).minHeight, Math.round(row.getBoundingClientRect().height)];
}"""
GROUND = (
    "() => getComputedStyle(document.querySelector('[data-testid=\"stApp\"]')).backgroundColor"
)


@pytest.fixture
def drawn(browser, address):
    """Draw one page and return it with the addresses it asked for and what it complained of."""
    contexts = []

    def draw(path, *, screen="desk", scheme="light"):
        width, height = SCREENS[screen]
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme
        )
        contexts.append(context)
        page = context.new_page()
        asked, blocked = [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on(
            "console",
            lambda said: blocked.append(said.text) if "Content Security" in said.text else None,
        )
        page.goto(address + path)
        page.wait_for_selector("h1", timeout=60_000)
        page.wait_for_selector('[data-testid="stPageLink"]', timeout=60_000)
        page.wait_for_function(
            "() => !document.querySelector('[data-testid=\"stSkeleton\"]')", timeout=60_000
        )
        return page, asked, blocked

    yield draw
    for context in contexts:
        context.close()


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
@pytest.mark.parametrize("screen", SCREENS)
def test_every_page_is_drawn_whole_within_the_window_and_from_this_host_alone(
    drawn, address, path, screen
):
    page, asked, blocked = drawn(path, screen=screen)
    assert page.locator('[data-testid="stAlertContentError"]').count() == 0
    assert page.locator('[data-testid="stException"]').count() == 0
    assert any(part in page.locator("h1").first.inner_text() for part in OWN_TITLES)
    assert page.evaluate(OVERFLOW) <= 0
    hosts = {urlsplit(url).netloc for url in asked if url.startswith(("http", "ws"))}
    assert hosts == {urlsplit(address).netloc}
    assert blocked == []


@pytest.mark.parametrize(
    ("scheme", "ground"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(20, 24, 31)")]
)
def test_the_page_follows_the_readers_theme(drawn, scheme, ground):
    page, _, _ = drawn("/", scheme=scheme)
    assert page.evaluate(GROUND) == ground
    assert page.locator(".ca-verdict").first.is_visible()


def test_the_charts_of_the_audit_are_drawn(drawn):
    page, _, _ = drawn("/")
    page.wait_for_selector(
        '[data-testid="stVegaLiteChart"] svg, [data-testid="stVegaLiteChart"] canvas',
        timeout=60_000,
    )
    assert page.locator('[data-testid="stVegaLiteChart"]').count() == 3


def test_the_row_of_filters_is_given_the_height_that_its_boxes_will_need(drawn):
    page, _, _ = drawn("/methods?audience=public")
    page.wait_for_selector('.st-key-filters [data-testid="stSelectbox"]')
    kept, needed = page.evaluate(HEIGHTS)
    assert kept == f"{needed}px"  # else what is below jumps when the boxes come


def test_who_goes_by_keyboard_sees_which_link_they_are_on(drawn):
    page, _, _ = drawn("/methods")
    for place in ('header a[href$="/export"]', '[data-testid="stPageLink"] a'):
        page.locator(place).first.focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        style = page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
        assert style == "solid", place


def test_a_file_that_is_made_on_request_comes_whole(drawn):
    page, _, _ = drawn("/export?audience=public")
    for label, first in (("Download the workbook", b"PK"), ("Download all tables", b"PK")):
        with page.expect_download(timeout=60_000) as asked:
            page.get_by_role("button", name=label).click()
        data = asked.value.path().read_bytes()
        assert data.startswith(first)
        assert len(data) > 1000


def test_no_control_of_streamlits_own_is_left_on_the_page(drawn):
    page, _, _ = drawn("/")
    for name in ("stMainMenu", "stAppDeployButton", "stToolbarActions", "stStatusWidget"):
        shown = page.locator(f'[data-testid="{name}"]:visible')
        assert shown.count() == 0, name


def test_a_link_copied_from_the_address_opens_the_same_figures(drawn, address):
    page, _, _ = drawn("/?quarter=2025Q4&unit=customer_service&audience=public")
    copied = page.url.removeprefix(address)
    again, _, _ = drawn(copied)
    assert again.locator("h1").inner_text() == "Ethics concern audit, Q4 2025"
    assert page.locator(".ca-verdict").inner_text() == again.locator(".ca-verdict").inner_text()


def test_a_notice_about_an_unknown_link_stays_until_it_was_read(drawn):
    page, _, _ = drawn("/?quarter=1999Q1")
    page.wait_for_timeout(1500)
    assert "no such quarter" in page.locator('[data-testid="stAlert"]').inner_text()


def test_choosing_another_quarter_changes_the_address(drawn):
    page, _, _ = drawn("/")
    page.get_by_label("Quarter").click()
    page.get_by_role("option", name="Q2 2026").click()
    page.wait_for_function("() => document.querySelector('h1').innerText.includes('Q2 2026')")
    assert "quarter=2026Q2" in page.url


def test_the_server_refuses_its_statistics_and_sends_its_guards(address):
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{address}/_stcore/metrics", timeout=10)
    with urllib.request.urlopen(address, timeout=10) as answer:
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
