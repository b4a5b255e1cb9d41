"""What do the figures mean, by which rules, and how are the people in them protected?"""

import streamlit as st

from dashboard import frame, grids, protection, tables, wording

release = frame.release(frame.filters())
manifest = release.manifest

st.title("How the figures are made", anchor=False)
frame.caption(
    f"{manifest['organisation']} · data to {wording.day_text(release.as_of)} ·"
    f" for: {frame.audience_name(release.audience).lower()}"
)
st.write(wording.method_note(release))

st.header("How the people in the figures are protected", anchor=False)
st.write(protection.audience_sentence(release))
st.write(
    f"A share is shown only where at least {manifest['min_denominator']}"
    f" {manifest['case_word_plural']} stand behind it. Pages, downloads and charts are all made"
    " from the same protected figures; no filter reaches behind them."
)
if base := protection.base_sentence(release):
    st.write(base)
    with st.expander(protection.BOUNDS):
        st.html(protection.bounds(release))

st.header("Who chose this, and how mistakes are put right", anchor=False)
st.write(
    f"The figures and the protection were chosen by: {manifest['policy_owner']}. The targets"
    " belong to the owners named beside each commitment."
)
st.write(
    "A release is never changed. When a later delivery of data corrects an earlier one, a new"
    " release is made, and its figures replace these here; the earlier release is kept, so the"
    " two can be compared."
)

st.header("What each figure means", anchor=False)
st.html(tables.definitions(release))

st.header("The rules that deadlines follow", anchor=False)
st.html(tables.rules(release))

st.header("What this is made of", anchor=False)
st.html(grids.provenance(release))
frame.links_to("audit", "data_quality", "export")
