"""How often concerns are raised."""

from metrics.metric import Measure, Metric

REPORT_FREQUENCY = Metric(
    name="report_frequency",
    title="Reports per 100 people",
    question="How often are concerns raised, for the number of people who could raise one?",
    cohort="cases received in the period",
    kind="rate",
    outcomes=("received",),
    measures=(
        Measure(
            name="rate",
            title="Reports per 100 people",
            unit="per_100_people",
            better="neutral",
            definition=(
                "Cases received in the covered days of the period, from every source, per 100"
                " people of the average headcount over those days; not scaled to a year. The"
                " interval is the exact Poisson one, widened by what rounding may have moved."
            ),
            source="Garwood (1936), Biometrika 28: 437-442",
        ),
        Measure(
            name="per_1000_engagements",
            title="Reports per 1,000 client engagements",
            unit="per_1000",
            better="neutral",
            definition=(
                "Cases received in the period, from every source, per 1,000 engagements with"
                " clients in its months. Without the engagements of every month there is none."
                " The interval is the exact Poisson one, widened by what rounding may have"
                " moved."
            ),
            source="Garwood (1936), Biometrika 28: 437-442",
        ),
        Measure(
            name="reports",
            title="Reports",
            unit="cases",
            better="neutral",
            definition="Cases received in the period, however many allegations each holds.",
            source="A count.",
        ),
    ),
    contributions="""
        select
            '' as part,
            received_on as happened_on,
            unit,
            category,
            channel,
            severity,
            'received' as outcome,
            null::integer as days
        from core.cases
        where received_on is not null
    """,
    depends_on=(
        "cases_have_a_received_date",
        "one_row_per_case",
        "no_month_is_nearly_empty",
        "headcount_covers_units_and_months",
    ),
    charted="rate",
)
