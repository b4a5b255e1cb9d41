"""Take the report or the tables with you."""

import streamlit as st

from dashboard import access, downloads, frame, protection, wording

row = frame.filters()
release = frame.release(row)
quarter = frame.quarter(row, release)
edition = access.edition(release)
audience = frame.audience_name(release.audience).lower()
name = wording.quarter_name(release, quarter)

st.title("Export", anchor=False)
frame.caption(
    f"{release.manifest['organisation']} · data to {wording.day_text(release.as_of)} ·"
    f" for: {audience}"
)
st.info(
    f"These files are for this audience: {audience}. {protection.where_alone(release)}"
    " Do not pass them on to anyone else without asking"
    f" the owner of the policy: {release.manifest['policy_owner']}."
)

if release.manifest["method"] == "rounding" and st.toggle(
    "Show how far each count may be from the truth"
):
    st.html(protection.bounds(release))

st.header("Report", anchor=False)
st.write(
    f"The audit of {name}: as a PDF of a few pages, for a meeting or to print, and as one page"
    " that opens in any browser, has every table and needs no network."
)
stem = f"{release.id}-{downloads.slug(name)}"
printed = downloads.printed(edition, quarter, _release=release)
if isinstance(printed, str):
    st.warning(wording.capital(f"{printed}."))
else:
    st.download_button(
        f"Download the PDF ({downloads.size(printed)})",
        printed,
        file_name=f"{stem}.pdf",
        mime="application/pdf",
        on_click="ignore",
        type="primary",
    )
report = downloads.report(edition, quarter, _release=release)
st.download_button(
    f"Download the page ({downloads.size(report)})",
    report,
    file_name=f"{stem}.html",
    mime="text/html",
    on_click="ignore",
)

st.header("Tables", anchor=False)
st.write(
    f"The figures of {name} as a workbook, and every figure that these pages can show as CSV,"
    " for a program. A cell without a number says why beside it. Each is made when you ask for"
    " it, which may take some seconds."
)
# Made on request: those of exact counts take longer than a reader waits for a page.
st.download_button(
    "Download the workbook",
    lambda: downloads.workbook(edition, quarter, _release=release),
    file_name=f"{stem}.xlsx",
    mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    on_click="ignore",
)
st.html(downloads.contents(release))
st.download_button(
    "Download all tables",
    lambda: downloads.packed(edition, _release=release),
    file_name=f"{release.id}-tables.zip",
    mime="application/zip",
    on_click="ignore",
)
frame.links_to("audit", "methods")
