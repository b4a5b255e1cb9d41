"""Were the commitments of the quarter kept, and what needs attention?"""

import streamlit as st

from dashboard import (
    attention,
    frame,
    grids,
    panels,
    practices,
    protection,
    restatement,
    tables,
    wording,
)

row = frame.filters()
release = frame.release(row)
quarter = frame.quarter(row, release)
level = frame.unit(row, release)

case_word = release.manifest["case_word"]
name = wording.quarter_in_words(release, quarter)
st.title(f"Ethics {case_word} audit, {name}", anchor=False)
audience = frame.audience_name(release.audience).lower()
frame.caption(f"{wording.subtitle(release, quarter, level)} · for: {audience}")

st.html(tables.verdict_panel(release, quarter, level))
st.html(tables.scorecard(release, quarter, level))
st.html(tables.four_measures(release, quarter, level))

st.header("What needs attention", anchor=False)
found = attention.matters(release, quarter, level)
if found:
    st.html(grids.KEY)
else:
    st.write(attention.nothing(release, quarter, level))
for pair in filter(None, (found[:2], found[2:])):
    for column, matter in zip(st.columns(2, gap="large"), pair, strict=False):
        with column:
            panels.matter(frame.Choice(release, quarter, level), matter)

if release.table("practices").height:
    st.header("What nobody can judge yet", anchor=False)
    st.write(practices.sentence(release))
    if missing := practices.to_record(release):
        with st.expander("What to record"):
            st.html(missing)
            st.write(practices.OR_ACTIONS)

st.header("What is told otherwise than last time", anchor=False)
st.write(restatement.sentence(release, level))
told_otherwise = restatement.table(release, level)
if told_otherwise:
    with st.expander("What moved, and why"):
        st.html(told_otherwise)
        st.write(restatement.matured(release, level))

st.header("How these figures are made", anchor=False)
st.write(wording.method_note(release))
st.write(protection.audience_sentence(release))
if base := protection.base_sentence(release):
    st.write(base)
    with st.expander(protection.BOUNDS):
        st.html(protection.bounds(release))
frame.links_to("methods", "data_quality", "export")
