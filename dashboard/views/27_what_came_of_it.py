"""What was raised, what was found, what changed because of it, and what is still open?"""

import streamlit as st

from dashboard import access, downloads, frame, loop, wording

row = frame.filters()
release = frame.public()

if release is None:
    st.title("What came of it", anchor=False)
    st.write(loop.NOT_HERE)
    frame.links_to("audit")
    st.stop()

quarter = frame.quarter(row, release)
name = wording.quarter_name(release, quarter)

st.title(f"What came of it, {name}", anchor=False)
frame.caption(
    f"{release.manifest['organisation']} · for everybody who raises or takes"
    f" {release.manifest['case_word_plural']} · data to {wording.day_text(release.as_of)}"
)
st.html(loop.sections(release, quarter))
st.write(loop.thanks(release))

sheet = downloads.sheet(access.edition(release), quarter, _release=release)
st.download_button(
    f"Download the sheet to print ({downloads.size(sheet)})",
    sheet,
    file_name=f"{release.id}-{downloads.slug(name)}-sheet.html",
    mime="text/html",
    on_click="ignore",
)
frame.links_to("audit", "actions")
