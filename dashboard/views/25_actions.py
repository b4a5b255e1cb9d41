"""Were the gaps closed: are corrective actions done in time, and did they work?"""

import streamlit as st

from dashboard import actions, frame, panels

row = frame.filters()
release = frame.release(row)
found = actions.rows_of(release)

if not found:
    st.title("Did the fixes hold?", anchor=False)
    st.write(actions.why_nothing(release))
    frame.links_to("audit", "gaps")
    st.stop()

charted = [each for each in found if actions.months(release, each["action"]).height]
titles = {each["action"]: each["change"] for each in charted}
chosen = None
if charted:
    code = frame.pick(row, "action", "Action", titles, otherwise=charted[0]["action"])
    chosen = next(each for each in charted if each["action"] == code)

st.title("Did the fixes hold?", anchor=False)
frame.caption(actions.about(release))
st.html(actions.headline(release))
st.html(actions.listing(release))

if chosen is not None:
    st.header(f"{actions.subject(release, chosen)}: before and after", anchor=False)
    st.write(actions.effect_words(release, chosen))
    panels.before_and_after(release, chosen)

st.header("How this is judged", anchor=False)
st.write(actions.METHOD)
frame.links_to("audit", "gaps", "methods")
