"""Were the commitments of the quarter kept, and what needs attention?"""

import streamlit as st

from dashboard import attention, charts, frame, panels, tables, wording

chosen = frame.choice()
release, quarter, level = chosen.release, chosen.quarter, chosen.level

case_word = release.manifest["case_word"]
st.title(f"Ethics {case_word} audit, {wording.quarter_name(quarter)}", anchor=False)
st.caption(panels.particulars(release, quarter, level))

st.html(tables.verdict_panel(release, quarter, level))
st.html(tables.scorecard(release, quarter, level))
st.html(tables.four_measures(release, quarter, level))

st.header("What needs attention", anchor=False)
found = attention.findings(release, quarter, level)
if found:
    st.html(panels.key_of_charts())
    for left, right in zip(found[::2], [*found[1::2], None], strict=False):
        for column, finding in zip(st.columns(2, gap="large"), (left, right), strict=True):
            if finding is not None:
                with column:
                    panels.finding(chosen, finding)
else:
    st.write(panels.nothing_stands_out(release, quarter, level))
