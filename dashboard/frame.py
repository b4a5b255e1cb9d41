"""What every page shares: its dress, the row of filters above its title, and its choices."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from html import escape
from pathlib import Path
from typing import NoReturn

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import access, grids, headlines, links, loop, tables, wording
from dashboard.palette import Theme
from metrics.release import Release

VIEWS = Path(__file__).parent / "views"
ICON = Path(__file__).parent / "icon.png"
ALL = "all"

# What Streamlit draws by itself and this dashboard has no use for.
_DRESS = """
[data-testid="stMainBlockContainer"]{max-width:1240px;margin:0 auto}
[data-testid="stHeaderActionElements"],[data-testid="stMainMenu"],
[data-testid="stElementToolbar"],.vega-embed summary{display:none}
[data-testid="stMarkdownContainer"]>p{max-width:90ch}
[data-testid="stExpander"] .ca-table{font-size:14px}
[data-testid="stExpander"] .ca-table :is(th,td){padding:6px}
[data-testid="stBaseButton-primary"],[data-testid="stBaseButton-primary"] p{
 color:var(--ca-ground)}
.ca-loop h2{font-size:24px;font-weight:650;margin:24px 0 6px;padding:0;color:var(--ca-text)}
.ca-loop li{font-size:17px;line-height:1.45;max-width:90ch;margin:0 0 6px;color:var(--ca-text)}
:root body :is(a,summary):focus-visible{outline:3px solid var(--ca-accent);outline-offset:2px}
.st-key-filters{min-height:68px}
[data-testid="stPageLink"] a p{text-decoration:underline;color:var(--ca-accent)}
"""


@dataclass(frozen=True, slots=True)
class Choice:
    """What the reader is looking at."""

    release: Release
    quarter: date
    level: str = ALL


def begin(title: str) -> None:
    """Set the title of the browser's tab and the dress of the page."""
    st.set_page_config(page_title=f"{title} · Case Audit", page_icon=ICON, layout="wide")
    st.html(f"<style>{tables.style_for(theme())}{grids.STYLE}{_DRESS}</style>")


def caption(words: str) -> None:
    """Write the line beneath a title: what the page is about."""
    st.html(f'<p class="ca-about">{escape(words)}</p>')


def theme() -> Theme:
    """The reader's theme."""
    return "dark" if st.context.theme.type == "dark" else "light"


def filters() -> DeltaGenerator:
    """Draw the empty row of filters that stands above the title."""
    return st.container(horizontal=True, key="filters")


def release(row: DeltaGenerator) -> Release:
    """Draw the filter of audiences, where there are several, and open the newest release.

    A page that is asked for again asks again here: nothing is shown because it was before.
    """
    shelf = access.shelf_of()
    found = tuple(shelf.newest()) if shelf is not None else ()
    if shelf is None or not found:
        _say_why_empty(shelf)
    _say_what_is_damaged(shelf)
    if len(found) == 1 and "audience" not in st.query_params:
        return _whole(shelf.take(found[0]))
    titles = {name: audience_name(name) for name in found}
    return _whole(shelf.take(pick(row, "audience", "Audience", titles, otherwise=found[0])))


def public() -> Release | None:
    """The newest public release that this server may show, whatever else it shows."""
    shelf = access.shelf_of()
    if shelf is None or loop.PUBLIC not in shelf.newest():
        return None
    return _whole(shelf.take(loop.PUBLIC))


def _whole(chosen: Release) -> Release:
    """The release, for a page to show; one of headlines alone is shown here, on every page."""
    if headlines.are_all(chosen):
        st.title(headlines.title(chosen), anchor=False)
        caption(headlines.about(chosen))
        st.html(headlines.table(chosen))
        st.header("How these numbers are made", anchor=False)
        for sentence in headlines.sentences(chosen):
            st.write(sentence)
        st.stop()
    return chosen


def quarter(row: DeltaGenerator, chosen: Release) -> date:
    """Draw the filter of quarters, newest first; the last whole one is chosen at first."""
    starts = chosen.quarters()
    if not starts:
        st.title("No quarter can be shown yet", anchor=False)
        st.write("These figures do not cover a quarter. They cover", _coverage(chosen))
        st.stop()
    month = int(chosen.manifest["fiscal_year_start_month"])
    codes = {
        links.quarter_code(start, fiscal_year_start_month=month): start
        for start in reversed(starts)
    }
    titles = {code: wording.quarter_name(chosen, start) for code, start in codes.items()}
    whole = chosen.figures(period="quarter").filter("complete")["period_start"].max()
    newest = next((code for code, start in codes.items() if start == whole), next(iter(codes)))
    return codes[pick(row, "quarter", "Quarter", titles, otherwise=newest)]


def unit(row: DeltaGenerator, chosen: Release) -> str:
    """Draw the filter of units; all of them together are chosen at first."""
    held = set(chosen.figures(breakdown="unit")["level"])
    declared = {
        code: title
        for kind, code, title in chosen.table("levels")
        .sort("position")
        .select("breakdown", "level", "title")
        .iter_rows()
        if kind == "unit" and code in held
    }
    return pick(row, "unit", "Unit", {ALL: "All units", **declared}, otherwise=ALL)


def pick(
    row: DeltaGenerator, name: str, label: str, titles: Mapping[str, str], *, otherwise: str
) -> str:
    """Draw one filter in the row and return the code chosen; the address keeps the choice.

    `titles` gives the words of each code, in order. A code that the address asks for and that
    is not among them is answered by a notice and the code `otherwise`.
    """
    asked: dict[str, str] = dict(st.query_params)
    kept = st.session_state.get(f"kept_{name}")
    if name not in asked and isinstance(kept, str) and kept in titles:
        asked[name] = kept
    chosen = links.choose(
        asked, name, among=tuple(titles), otherwise=otherwise, words=label.lower()
    )
    box = f"box_{name}"
    st.session_state[box] = st.session_state[f"kept_{name}"] = chosen.code
    st.query_params[name] = chosen.code
    row.selectbox(
        label,
        tuple(titles),
        format_func=lambda code: titles.get(code, code),
        key=box,
        on_change=_follow,
        args=(name,),
        width=max(150, min(340, 60 + 9 * max(len(title) for title in titles.values()))),
        filter_mode=None,
    )
    if chosen.notice:
        st.info(f"{chosen.notice} Shown instead: {titles[chosen.code]}.")
    return chosen.code


def links_to(*names: str) -> None:
    """Draw a link to each of the pages named, keeping what the reader has chosen."""
    kept = dict(st.query_params)
    with st.container(horizontal=True, key="onward"):
        for name in names:
            st.page_link(
                next(VIEWS.glob(f"[0-9][0-9]_{name}.py")),
                query_params=kept,
                icon=":material/arrow_forward:",
            )


def audience_name(audience: str) -> str:
    """An audience as words: 'Committee'."""
    return audience.replace("_", " ").capitalize()


def _follow(name: str) -> None:
    st.query_params[name] = st.session_state[f"box_{name}"]


def _coverage(chosen: Release) -> str:
    held = chosen.manifest
    first, last = (date.fromisoformat(held[f"coverage_{end}"]) for end in ("from", "until"))
    return f"{wording.day_text(first)} to {wording.day_text(last)}."


def _say_what_is_damaged(shelf: access.Shelf) -> None:
    for name in shelf.unreadable():
        st.warning(
            f"A release cannot be read and is not shown: {name}."
            " `case-audit verify` says whether it is as it was sealed."
        )


def _say_why_empty(shelf: access.Shelf | None) -> NoReturn:
    st.title("Nothing has been published here yet", anchor=False)
    if shelf is None:
        st.write("This server was started without releases to show.")
    else:
        named = wording.listed([audience_name(name).lower() for name in shelf.audiences])
        _say_what_is_damaged(shelf)
        st.write(f"There is no release for {named}. To make one, run this in the workspace:")
        st.code(f"case-audit publish --audience {shelf.audiences[0]}", language=None)
        if shelf.waiting():
            st.write("Releases that wait for somebody to approve them:")
            st.code(
                "\n".join(f"case-audit approve {name} --as NAME" for name in shelf.waiting()),
                language=None,
            )
    st.stop()
