"""Which of the figures can be trusted, and what was found in the data?"""

import streamlit as st

from dashboard import (
    check_tables,
    doubt_places,
    frame,
    grids,
    other_figures,
    tables,
    wording,
)

NO_CHECK = "none"

row = frame.filters()
release = frame.release(row)
quarter = frame.quarter(row, release)

st.title("Can these figures be trusted?", anchor=False)
frame.caption(
    f"{wording.quarter_name(release, quarter)} · data to {wording.day_text(release.as_of)} ·"
    f" {release.manifest['checks_run']} checks run"
)

st.html(grids.trust_panel(release, quarter))
st.html(tables.trust(release, quarter))
if figures := other_figures.others(release, quarter):
    st.html(figures)
if places := doubt_places.where(release, quarter):
    st.html(places)

st.header("What the checks found", anchor=False)
st.html(tables.checks(release))

st.header("Open a check", anchor=False)
titles = {NO_CHECK: "Choose one to see what it claims", **check_tables.choices(release)}
name = frame.pick(
    st.container(horizontal=True, key="checks"), "check", "Check", titles, otherwise=NO_CHECK
)
if name != NO_CHECK:
    st.html(check_tables.opened(release, name))

st.header("Rows received, rows used", anchor=False)
st.html(tables.deliveries(release))
frame.links_to("audit", "methods", "export")
