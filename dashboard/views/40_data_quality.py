"""Which of the figures can be trusted, and what was found in the data?"""

import streamlit as st

from dashboard import frame, tables, wording

row = frame.filters()
release = frame.release(row)
quarter = frame.quarter(row, release)

st.title("Can these figures be trusted?", anchor=False)
st.caption(
    f"{wording.checks_sentence(release)} Data to {wording.day_text(release.as_of)}."
)

st.html(tables.trust_panel(release, quarter))
st.html(tables.checks(release, "failed"))
st.html(tables.deliveries(release))
with st.expander("Checks that passed or had nothing to examine"):
    st.html(tables.checks(release, "passed"))
