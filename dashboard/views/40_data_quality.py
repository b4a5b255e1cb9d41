"""Which of the figures can be trusted, and what was found in the data?"""

import streamlit as st

from dashboard import frame, grids, tables, wording

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

st.header("What the checks found", anchor=False)
st.html(tables.checks(release))

st.header("Rows received, rows used", anchor=False)
st.html(tables.deliveries(release))
frame.links_to("audit", "methods", "export")
