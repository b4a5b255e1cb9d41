"""Every published figure: choose a measure, a breakdown and a period."""

import streamlit as st

from dashboard import (
    benchmarks,
    browse,
    charts,
    frame,
    in_period,
    late_months,
    outlook,
    panels,
    paused_days,
    responses,
    series,
)
from dashboard.figure import base_of

row = frame.filters()
release = frame.release(row)
measure = browse.measure(row, release)
by = browse.breakdown(row, release, measure.subject)
each = browse.period(row, release, measure.subject, by)
axis = charts.Axis(
    measure.unit,
    measure.title,
    browse.target(release, measure.subject),
    measure.subject.metric,
    base_of(release),
)

st.title(measure.title, anchor=False)
st.write(measure.definition)
frame.caption(f"Counted: {measure.cohort}.")

if by == frame.ALL:
    rows = series.over_time(release, measure.subject, each)
    panels.over_time(release, rows, axis, each=each)
    paces = in_period.sentences(release, measure.subject)
    if paces:
        st.header("At the pace of each quarter", anchor=False)
        st.write(in_period.MEANING)
        st.write("\n".join(f"- {each}" for each in paces))
    stood = paused_days.sentences(release, measure.subject)
    if stood:
        st.header("Days paused", anchor=False)
        st.write(paused_days.MEANING)
        st.write("\n".join(f"- {each}" for each in stood))
    late = late_months.sentences(release, measure.subject)
    if late:
        st.header("Months still being entered", anchor=False)
        st.write(" ".join(late))
    answered = responses.sentences(release, measure.subject)
    if answered:
        st.header("Who answered", anchor=False)
        st.write(" ".join(answered))
    told = outlook.sentences(release, measure.subject)
    if told:
        st.header("The quarter to come", anchor=False)
        st.write(" ".join(told))
    elsewhere = benchmarks.published_elsewhere(release, measure.subject, measure.unit)
    if elsewhere:
        st.html(elsewhere)
else:
    start = browse.start(row, release, measure.subject, by, each)
    rows = series.by_level(release, measure.subject, by, start=start, period=each)
    panels.side_by_side(release, rows, axis, first=by.capitalize())
frame.links_to("methods", "data_quality", "export")
