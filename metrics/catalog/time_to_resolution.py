"""How long a case takes, open ones included."""

from metrics.metric import Measure, Metric

_KAPLAN_MEIER = "Kaplan and Meier (1958), J. Am. Stat. Assoc. 53: 457-481"
_QUANTILES = f"{_KAPLAN_MEIER}; interval by Brookmeyer and Crowley (1982), Biometrics 38: 29-41"
_IN_BANDS = "Where counts are rounded, days are counted in bands: the actuarial estimate."


def _quartile(name: str, title: str, share: str) -> Measure:
    return Measure(
        name=name,
        title=title,
        unit="days",
        better="lower",
        definition=(
            f"Calendar days from receipt to final closure within which {share} of the cases"
            " received in the period are resolved, by Kaplan-Meier: cases still open count for"
            " as long as they have been watched. A reopened case counts by its last closure."
            f" {_IN_BANDS}"
        ),
        source=_QUANTILES,
    )


def _open_after(days: int) -> Measure:
    return Measure(
        name=f"open_{days}",
        title=f"Still open after {days} days",
        unit="share",
        better="lower",
        definition=(
            f"Share of the cases received in the period that are not resolved {days} days after"
            f" receipt, by Kaplan-Meier with log-log interval. {_IN_BANDS}"
        ),
        source=_KAPLAN_MEIER,
    )


TIME_TO_RESOLUTION = Metric(
    name="time_to_resolution",
    title="Time to resolution",
    question="How long does it take until a case is resolved?",
    cohort="cases received in the period; open ones are watched up to the as-of date",
    kind="survival",
    outcomes=("ended", "open"),
    measures=(
        _quartile("q25", "A quarter resolved within", "a quarter"),
        _quartile("median", "Half resolved within", "half"),
        _quartile("q75", "Three quarters resolved within", "three quarters"),
        _open_after(30),
        _open_after(60),
        _open_after(90),
    ),
    contributions="""
        select
            '' as part,
            clocks.started_on as happened_on,
            cases.unit,
            cases.category,
            cases.channel,
            cases.severity,
            case when clocks.ended then 'ended' else 'open' end as outcome,
            clocks.days,
            cases.case_key,
            ['received', 'resolved', 'reopened'] as steps
        from core.clocks as clocks
        inner join core.cases as cases on clocks.case_key = cases.case_key
        where clocks.clock = 'resolution' and clocks.days >= 0
    """,
    depends_on=(
        "cases_have_a_received_date",
        "one_row_per_case",
        "closed_not_before_received",
        "closed_status_has_a_closing_date",
    ),
    part_of="report_frequency",
    charted="median",
    doubted=True,
)
