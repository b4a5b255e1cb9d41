import re
from datetime import date
from html.parser import HTMLParser
from typing import Any

import polars as pl
import pytest

from dashboard import markup, style, tables
from dashboard.breakdowns import by_unit
from dashboard.style import STYLE, style_for
from metrics.release import TABLES, Release
from tests.releases import QUARTER, release

VOID = {"img", "meta", "br"}


class Outline(HTMLParser):
    """Tags in order with their attributes, and whether each is closed where it should be."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def words(html: str) -> str:
    """What a reader sees, with a bar between elements and every space an ordinary one."""
    seen = re.sub(r"<[^>]*>", "|", html).replace("\N{NO-BREAK SPACE}", " ")
    return re.sub(r"(\s*\|\s*)+", "|", seen)


@pytest.fixture(scope="module")
def exact() -> Release:
    return release()


@pytest.fixture(scope="module")
def rounded() -> Release:
    return release(audience="public", base="10")


def everything(known: Release, level: str = "all") -> list[str]:
    return [
        tables.verdict_panel(known, QUARTER, level),
        tables.scorecard(known, QUARTER, level),
        tables.four_measures(known, QUARTER, level),
        tables.breakdown(
            known, "deadline_compliance", "share_met", "investigate", QUARTER, "unit"
        ),
        by_unit(known, QUARTER, [("satisfaction", "top_two", "Satisfied")]),
        tables.trust(known, QUARTER),
        tables.checks(known),
        tables.deliveries(known),
        tables.definitions(known),
        tables.rules(known),
    ]


@pytest.mark.parametrize("base", ["1", "10"])
def test_every_element_is_closed_where_it_was_opened(base: str):
    for html in everything(release(base=base)):
        assert Outline(html).open == []


def test_no_fragment_holds_what_a_cleaning_page_would_drop(exact: Release):
    kept = (
        "section h2 h3 ul li strong table caption thead tbody tr th td span img p details"
        " summary dl dt dd"
    )
    for html in everything(exact):
        assert {tag for tag, _ in Outline(html).tags} <= set(kept.split())


def test_every_table_has_a_caption_and_headings_with_a_scope(exact: Release):
    for html in everything(exact):
        outline = Outline(html)
        assert html.count("<table") == html.count("<caption>")
        assert all(a.get("scope") for tag, a in outline.tags if tag == "th")


def test_every_picture_says_what_it_shows(exact: Release):
    pictures = [a for tag, a in Outline(tables.scorecard(exact, QUARTER)).tags if tag == "img"]
    assert len(pictures) == 12
    assert "Sep 2026: 63%, worse than usual" in str(pictures[4]["alt"])
    assert "target 80%" in str(pictures[4]["alt"])


def test_each_cell_repeats_its_heading_for_a_phone(exact: Release):
    html = tables.scorecard(exact, QUARTER)
    assert html.count('<span class="ca-label">Target</span>') == 6


def test_the_scorecard_says_result_number_counts_target_change_and_last_year(exact: Release):
    assert (
        "|Finish investigation within 60 days|Investigations lead|Result|■|Not met|"
        "Share|63%|119 of 190|Target|80%|Since Q2 2026|down 21 pts|"
        "worse than usual|Q3 2025|85%|"
    ) in words(tables.scorecard(exact, QUARTER))


@pytest.mark.parametrize(
    ("verdicts", "tone"),
    [("not_met met", "concern"), ("just_missed met", "caution"), ("met too_few", "better"),
     ("too_few no_data", "quiet")],
)  # fmt: skip
def test_the_panel_takes_the_colour_of_the_worst_verdict(verdicts: str, tone: str):
    names = [c["commitment"] for c in release().table("commitments").to_dicts()]
    chosen = dict(zip(names, verdicts.split(), strict=False))
    rows = release().table("results").to_dicts()
    kept = [r | {"verdict": chosen[r["commitment"]]} for r in rows if r["commitment"] in chosen]
    commitments = release().table("commitments").to_dicts()[:2]
    known = release(results=kept, commitments=commitments)
    assert f"ca-panel-{tone}" in tables.verdict_panel(known, QUARTER)


def test_a_month_that_may_not_be_printed_is_not_drawn():
    few = {"state": "few", "value": None}
    known = release(
        figures=[
            row | few if (row["period"], row["part"]) == ("month", "triage") else row
            for row in release().table("figures").iter_rows(named=True)
        ]
    )
    html = tables.scorecard(known, QUARTER)
    assert html.count("<img") == 10
    assert "|too few months|" in words(html)


def test_the_four_measures_never_show_a_median_alone(exact: Release):
    seen = words(tables.four_measures(exact, QUARTER))
    assert "|48 days|" in seen
    assert "|A quarter within 24 days|Three quarters within 83 days|" in seen
    assert "still open after 90 days|" in seen


def test_the_four_measures_show_who_did_not_answer(exact: Release):
    seen = words(tables.four_measures(exact, QUARTER))
    assert "|40% answered (74 of 186)|Had everybody answered: 27% to 87%|" in seen


def test_the_four_measures_show_counts_intervals_and_earlier_quarters(exact: Release):
    seen = words(tables.four_measures(exact, QUARTER))
    assert "|202 concerns, 1,500 people|95% interval 11.7 to 15.3|" in seen
    assert "|Q2 2026|12.9|Q3 2025|12.8|" in seen


def changed(measure: str, **values: Any) -> Release:
    """A release in which one measure of the quarter is different for all units."""
    wanted = (measure, "all", "quarter", QUARTER)
    names = ("measure", "level", "period", "period_start")
    return release(
        figures=[
            row | values if tuple(row[name] for name in names) == wanted else row
            for row in release().table("figures").iter_rows(named=True)
        ]
    )


def test_a_median_that_was_not_reached_says_so_and_why():
    reason = "Fewer than half of these concerns are resolved."
    known = changed(
        "median", value=None, low=None, high=None, state="not_reached", reason=reason
    )
    seen = words(tables.four_measures(known, QUARTER))
    assert "|not reached|" in seen
    assert f"|{reason}|" in seen


def test_a_cohort_too_young_for_90_days_says_so():
    known = changed("open_90", value=None, state="not_reached", reason="Too young.")
    seen = words(tables.four_measures(known, QUARTER))
    assert "|Still open after 90 days: not known yet|" in seen


def test_deadlines_to_come_and_unknown_ones_stand_beside_the_share():
    known = changed("share_met", pending=7, missing=3)
    seen = words(tables.four_measures(known, QUARTER))
    assert "|7 not due yet|3 cannot be judged|" in seen


def test_a_withheld_cell_is_hatched_and_shows_no_count(rounded: Release):
    html = tables.breakdown(
        rounded, "deadline_compliance", "share_met", "triage", QUARTER, "unit"
    )
    legal = html[html.index("Legal") :]
    assert legal.count("ca-withheld") == 3
    assert not re.search(
        r"\d", words(legal[: legal.index("</tr>")]).replace("95% interval", "")
    )


def test_a_cell_with_too_few_shows_no_count_either(exact: Release):
    html = tables.breakdown(exact, "satisfaction", "top_two", "", QUARTER, "unit")
    legal = words(html[html.index("Legal") :])
    assert "|Answered|–|Satisfied|–|Share satisfied|too few to show|" in legal


def test_a_breakdown_keeps_the_declared_order(exact: Release):
    html = tables.breakdown(exact, "satisfaction", "top_two", "", QUARTER, "unit")
    places = [html.index(n) for n in ("All units", "Field operations", "Customer", "Legal")]
    assert places == sorted(places)


def test_a_breakdown_shows_levels_without_a_figure(exact: Release):
    html = tables.breakdown(exact, "satisfaction", "top_two", "", QUARTER, "severity")
    assert words(html).count("|no data|") == 2
    assert "All concerns" in html


def test_a_breakdown_agrees_with_the_scorecard_about_a_near_miss(exact: Release):
    html = tables.breakdown(
        exact, "deadline_compliance", "share_met", "inform", QUARTER, "unit"
    )
    assert "|89.6%|" in words(html)


def test_only_units_outside_their_limits_are_coloured(exact: Release):
    html = tables.breakdown(
        exact, "deadline_compliance", "share_met", "investigate", QUARTER, "unit"
    )
    assert html.count("ca-badge") == 2
    assert "|■|worse|" in words(html)


def test_counts_have_the_names_of_what_they_count(exact: Release):
    seen = words(tables.breakdown(exact, "report_frequency", "rate", "", QUARTER, "unit"))
    assert "|People|Concerns|Reports per 100 people|" in seen


def verdicts(*wanted: tuple[str, str, str, int]) -> Release:
    first = release().table("verdicts").to_dicts()[0]
    return release(
        verdicts=[
            first | {"title": title, "severity": severity, "outcome": outcome, "failing": n}
            for title, severity, outcome, n in wanted
        ]
    )


def test_the_most_damaging_check_comes_first():
    known = verdicts(
        ("Empty", "critical", "empty", 0),
        ("Few", "warning", "failed", 3),
        ("Many", "warning", "failed", 300),
        ("Grave", "critical", "failed", 1),
    )
    html = tables.checks(known)
    places = [html.index(f">{name}<") for name in ("Grave", "Many", "Few", "Empty")]
    assert places == sorted(places)


def test_checks_that_passed_are_folded_away(exact: Release):
    html = tables.checks(exact)
    assert html.index("<details") < html.index("Each concern appears once")
    assert "<summary>Two checks passed</summary>" in html


def test_a_failed_check_says_what_to_do_and_since_when(exact: Release):
    seen = words(tables.checks(exact))
    assert "judged. What to do: Ask the case-system team to restore the date. Owner:" in seen
    assert "|264 of 4,012|" in seen
    assert "|November 2025|" in seen


def test_no_check_is_no_table():
    assert "<table" not in tables.checks(release(verdicts=[]))


def test_trust_gives_the_range_in_which_the_truth_lies(exact: Release):
    seen = words(tables.trust(exact, QUARTER))
    assert "|Reported|96%|Worst to best case|90% to 96%|" in seen
    assert "|Use|◆|Caution|Dates in order|–|Reported|68%|Worst to best case|27% to 87%|" in seen
    assert "|nothing unknown|" in seen


def test_rows_in_are_accounted_for(exact: Release):
    assert (
        "2,110 rows received, 2,100 used, 3 unreadable, 7 exact repeats."
        in tables.deliveries(exact)
    )


def test_rows_that_are_lost_are_said_to_be_lost():
    (row,) = release().table("deliveries").to_dicts()
    known = release(deliveries=[row | {"rows_loaded": 2090}])
    assert "10 are not accounted for." in tables.deliveries(known)


def test_a_basis_nobody_checked_is_said_to_be_unchecked(exact: Release):
    assert tables.rules(exact).count("not yet checked against the text") == 1


HOSTILE = '<img src=x onerror="alert(1)">&'


def hostile() -> Release:
    """A release whose every text that people wrote is an attack."""
    kept = {"metric", "measure", "part", "breakdown", "level", "period", "state", "verdict",
            "commitment", "signal", "change_signal", "against", "outcome", "severity", "rule",
            "unit_of_value", "better"}  # fmt: skip
    changes: dict[str, Any] = {"case_word": HOSTILE, "case_word_plural": HOSTILE}
    for name in TABLES:
        rows = release().table(name)
        texts = [c for c, t in rows.schema.items() if t == pl.String and c not in kept]
        lists = [c for c, t in rows.schema.items() if isinstance(t, pl.List)]
        changes[name] = rows.with_columns(
            *(pl.lit(HOSTILE).alias(c) for c in texts),
            *(pl.concat_list(pl.lit(HOSTILE)).alias(c) for c in lists),
        ).to_dicts()
    del changes["manifest"]
    return release(audience=HOSTILE, **changes)


def test_everything_that_people_wrote_is_escaped():
    for html in everything(hostile()):
        for tag, attributes in Outline(html).tags:
            assert "onerror" not in attributes
            assert tag != "img" or str(attributes["src"]).startswith("data:image/svg+xml,")


@pytest.mark.parametrize("level", ["all", "legal"])
def test_an_empty_release_is_still_a_page(level: str):
    nothing: dict[str, Any] = {name: [] for name in TABLES if name != "manifest"}
    for html in everything(release(**nothing), level):
        assert Outline(html).open == []


def test_a_quarter_without_results_says_that_nothing_can_be_judged(exact: Release):
    html = tables.verdict_panel(exact, date(2030, 1, 1))
    assert "None of the six commitments can be judged in Q1 2030 so far." in html


# Style


def test_each_theme_shows_one_picture_and_hides_the_other():
    assert ".ca-on-dark{display:none}" in style_for("light")
    assert ".ca-on-light{display:none}" in style_for("dark")
    assert ".ca-on-dark{display:none}" not in style_for("dark")


def test_no_type_on_screen_is_smaller_than_14_pixels():
    assert min(int(size) for size in re.findall(r"font-size:(\d+)px", STYLE)) >= 14


def test_every_class_of_the_tables_has_a_style(exact: Release):
    used = {
        name
        for html in everything(exact) + everything(release(base="10"))
        for name in " ".join(re.findall(r'class="([^"]*)"', html)).split()
    }
    assert {name for name in used if f".{name}" not in STYLE} <= {"ca-text", "ca-cell"}


def test_every_colour_of_the_style_sheet_is_a_token_of_the_palette():
    declared = set(re.findall(r"(--ca-[a-z-]+):", STYLE))
    assert set(re.findall(r"var\((--ca-[a-z-]+)\)", STYLE)) <= declared


def test_a_cell_with_nothing_to_say_takes_no_line_of_a_card():
    columns = [markup.Column("Gap"), markup.Column("Days"), markup.Column("Cases")]
    html = markup.table("Gaps", columns, [[markup.plain(words) for words in ("a", "–", "0")]])
    assert html.count("ca-nil") == 1
    assert html.index("ca-nil") < html.index("Days</span>")
    assert "td.ca-nil{display:none}" in style.FRAGMENTS
