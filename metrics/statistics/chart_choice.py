"""Which chart a series gets: by the kind of its number and by its spread, before any signal."""

from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from metrics.statistics.control_charts import ENOUGH_EVENTS, p_chart, u_chart


class Choice(NamedTuple):
    """A chart, why, and the spread it was chosen by (see `Chart.sigma_z`)."""

    kind: Literal["p", "p'", "u", "u'", "xmr", "t", "g"]
    reason: str
    sigma_z: float | None


def choose_chart(
    number: Literal["share", "rate", "value"],
    counts: npt.ArrayLike = (),
    sizes: npt.ArrayLike = (),
    *,
    baseline: int | None = None,
) -> Choice:
    """The chart for a share (of trials), a rate (per exposure) or a value (such as a median).

    A value has an XmR chart. Where fewer than 3 events (for a share: successes or failures) are
    expected in a month, three-sigma limits give false alarms, and what lies between two events
    is charted: days (t) for a rate, cases (g) for a share. Otherwise it is p or u, or Laney's
    p' or u' where months differ by clearly more than chance (see `p_chart`). What a chart would
    flag plays no part.

    Args:
        number: What the series is made of.
        counts: Successes, or events, per month; not needed for a value.
        sizes: Trials, or exposure, per month; not needed for a value.
        baseline: As in `p_chart`.

    Source: Montgomery, Introduction to Statistical Quality Control, 7.4; Laney (2002), Quality
    Engineering 14, 531-537; Benneyan (2001), Health Care Management Science 4, 305-318.

    Raises:
        ValueError: as `p_chart` and `u_chart`.
    """
    if number == "value":
        return Choice("xmr", "a value that is not a count", None)
    chart = (p_chart if number == "share" else u_chart)(counts, sizes, baseline=baseline)
    if chart.sparse and chart.centre is not None and np.any(np.asarray(counts)):
        reason = f"fewer than {ENOUGH_EVENTS} events are expected in a month"
        return Choice("g" if number == "share" else "t", reason, chart.sigma_z)
    primed = chart.kind in {"p'", "u'"}
    reason = f"months differ by {'more than' if primed else 'what'} chance gives"
    return Choice(chart.kind, reason, chart.sigma_z)
