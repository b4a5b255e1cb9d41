"""Where does the process fail: which steps are skipped, out of order, repeated, waited for?"""

import streamlit as st

from dashboard import (
    charts,
    frame,
    gap_cases,
    panels,
    process_gaps,
    programme,
    series,
    wording,
)
from dashboard.figure import base_of, months_after

row = frame.filters()
release = frame.release(row)
quarter = frame.quarter(row, release)
found = process_gaps.gaps_of(release, quarter)
word = release.manifest["case_word_plural"]
name = wording.quarter_name(release, quarter)

if not found:
    st.title("Where does the process fail?", anchor=False)
    st.write(process_gaps.why_nothing(release))
    frame.links_to("audit", "methods")
    st.stop()

codes = {gap.code: gap.title for gap in found}
code = frame.pick(row, "gap", "Gap", codes, otherwise=found[0].code)
chosen = next(gap for gap in found if gap.code == code)
axis = charts.Axis("share", chosen.title, None, chosen.metric, base_of(release))
subject = series.Subject(chosen.metric, "share", chosen.part)

st.title("Where does the process fail?", anchor=False)
frame.caption(
    f"{word.capitalize()} of {name}, as they stand on the as-of day: received in it, or settled"
    " in it where only time can tell. Each gap says which."
)
st.html(process_gaps.headline(release, quarter, found))
if any(gap.cases for gap in found):
    st.html(process_gaps.ranked(release, found))
st.write(process_gaps.unjudged(release, quarter))
st.html(process_gaps.by_unit(release, quarter, chosen.metric) + process_gaps.KEY)

st.header(f"{chosen.title}. Is a unit different, or just small?", anchor=False)
rows = series.by_level(release, subject, "unit", start=quarter)
panels.side_by_side(release, rows, axis, first="Unit", folded=True)

st.header(f"{chosen.title}. Which {word}?", anchor=False)
frame.caption(f"Counted: {process_gaps.cohort(release, chosen)}.")
if chosen.cases:
    st.write(f"**What to do next.** {gap_cases.next_step(chosen)}")
    st.write(gap_cases.said_of_cases(release, quarter, chosen))
    if listed := gap_cases.cases_behind(release, quarter, chosen):
        st.html(listed)
else:
    st.write(f"None of the {word} that could be judged.")

st.header("Since when?", anchor=False)
panels.over_time(
    release,
    series.monthly(release, subject, until=months_after(quarter, 3)),
    axis,
    each="month",
    folded=True,
)

st.header("Days in each step", anchor=False)
st.html(process_gaps.waits(release, quarter))

said, groups = programme.alike(release, quarter)
if said:
    st.header("Is everybody treated alike, whoever speaks up?", anchor=False)
    st.write(said)
    st.html(groups)

if planned := programme.held(release, quarter):
    st.header("Is what was planned held?", anchor=False)
    st.write(planned)
frame.links_to("audit", "methods", "export")
