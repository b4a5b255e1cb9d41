"""What every page shares: its dress, the row of filters above its title, and its choices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NoReturn

import streamlit as st

from dashboard import access, grids, links, tables, wording
from dashboard.palette import Theme
from metrics.release import Release

ICON = Path(__file__).parent / "icon.png"

ALL = "all"

# What Streamlit draws by itself and this dashboard has no use for.
_DRESS = """
<style>
[data-testid="stMainBlockContainer"] { max-width: 1240px; margin: 0 auto; }
[data-testid="stHeaderActionElements"], [data-testid="stMainMenu"],
[data-testid="stAppDeployButton"], [data-testid="stElementToolbar"],
.vega-embed summary { display: none; }
</style>
"""


@dataclass(frozen=True, slots=True)
class Choice:
    """What the reader is looking at."""

    release: Release
    quarter: date
    level: str

    @property
    def breakdown(self) -> str:
        """The breakdown that the level belongs to."""
        return ALL if self.level == ALL else "unit"


def begin(title: str) -> None:
    """Set the title of the browser's tab and the dress of the page."""
    st.set_page_config(page_title=f"{title} · Case audit", page_icon=ICON, layout="wide")
    st.html(_DRESS + tables.STYLE + grids.STYLE)


def theme() -> Theme:
    """The reader's theme."""
    return "dark" if st.context.theme.type == "dark" else "light"


def release() -> Release:
    """Draw the row of filters with the audience alone and return the release chosen."""
    with _row():
        chosen, notices = _audience()
    _tell(notices)
    return chosen


def choice(*, of: str = "unit") -> Choice:
    """Draw the row of filters and return what was chosen.

    `of` is "unit" where a page can show one unit, "quarter" where it shows them all.
    """
    with _row():
        chosen, notices = _audience()
        quarter, said = _quarter(chosen)
        notices += said
        level = ALL
        if of == "unit":
            level, said = _unit(chosen)
            notices += said
    _tell(notices)
    return Choice(release=chosen, quarter=quarter, level=level)


def pick(
    name: str, label: str, codes: Sequence[str], titles: dict[str, str], otherwise: str
) -> tuple[str, list[str]]:
    """Draw one filter whose choice is kept in the address; return it and any notices."""
    asked = dict(st.query_params)
    if name not in asked and st.session_state.get(_kept(name)) in codes:
        asked[name] = st.session_state[_kept(name)]
    chosen = links.choose(
        asked, name, among=codes, otherwise=otherwise, words=label.lower()
    )
    box = f"box_{name}"
    st.session_state[box] = chosen.code
    st.session_state[_kept(name)] = chosen.code
    st.query_params[name] = chosen.code
    st.selectbox(
        label,
        codes,
        format_func=lambda code: titles.get(code, code),
        key=box,
        on_change=_follow,
        args=(name,),
        width=200,
        filter_mode=None,
    )
    return chosen.code, [chosen.notice] if chosen.notice else []


def _follow(name: str) -> None:
    st.query_params[name] = st.session_state[f"box_{name}"]


def _kept(name: str) -> str:
    return f"last_{name}"


def _row() -> st.delta_generator.DeltaGenerator:
    return st.container(horizontal=True, key="filters")


def _audience() -> tuple[Release, list[str]]:
    shelf = access.shelf_of()
    found = tuple(shelf.newest()) if shelf is not None else ()
    if shelf is None or not found:
        _nothing_to_show(shelf)
    notices: list[str] = []
    audience = found[0]
    if len(found) > 1:
        titles = {name: name.replace("_", " ").capitalize() for name in found}
        audience, notices = pick("audience", "Audience", found, titles, found[0])
    elif st.query_params.get("audience", audience) != audience:
        notices = [f"The link asks for another audience; these figures are for: {audience}."]
    return shelf.take(audience), notices


def _quarter(chosen: Release) -> tuple[date, list[str]]:
    starts = chosen.quarters()
    if not starts:
        st.title("No quarter can be shown yet")
        st.write(
            f"The figures for the {chosen.audience} hold no whole quarter. They cover"
            f" {chosen.manifest['coverage_from']} to {chosen.manifest['coverage_until']}."
        )
        st.stop()
    month = int(chosen.manifest["fiscal_year_start_month"])
    of_code = {
        links.quarter_code(start, fiscal_year_start_month=month): start
        for start in reversed(starts)
    }
    titles = {code: wording.quarter_name(chosen, start) for code, start in of_code.items()}
    newest = links.quarter_code(_latest_whole(chosen), fiscal_year_start_month=month)
    code, notices = pick("quarter", "Quarter", tuple(of_code), titles, newest)
    return of_code[code], notices


def _latest_whole(chosen: Release) -> date:
    whole = chosen.figures(period="quarter", complete=True)["period_start"]
    last = whole.max()
    return last if isinstance(last, date) else chosen.quarters()[-1]


def _unit(chosen: Release) -> tuple[str, list[str]]:
    units = chosen.table("levels")
    held = set(chosen.figures(breakdown="unit")["level"])
    declared = [
        (code, title)
        for breakdown, code, title in units.select("breakdown", "level", "title").iter_rows()
        if breakdown == "unit" and code in held
    ]
    titles = {ALL: "All units", **dict(declared)}
    return pick("unit", "Unit", tuple(titles), titles, ALL)


def _nothing_to_show(shelf: access.Shelf | None) -> NoReturn:
    st.title("Nothing has been published here yet")
    if shelf is None:
        st.write("This server was started without a folder of releases, so it shows nothing.")
    else:
        named = ", ".join(shelf.audiences)
        st.write(
            f"There is no release for: {named}. To make one, run"
            f" `case-audit publish --audience {shelf.audiences[0]}` in the workspace."
        )
    st.stop()


def _tell(notices: list[str]) -> None:
    for notice in notices:
        st.info(notice)
