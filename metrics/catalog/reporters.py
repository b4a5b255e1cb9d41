"""Who speaks up, whether with a name, and whether they come back."""

from metrics.catalog.times import EXACT_ONLY
from metrics.metric import Counted, Measure, Metric

_WILSON = "Wilson (1927), J. Am. Stat. Assoc. 22: 209-212"
_TIME_FOR_IT = 30  # days in which nobody can say yet that a reporter did not come back
_RESTS_ON = ("cases_have_a_received_date", "one_row_per_case")
_PLACE = """
            '' as part,
            cases.received_on as happened_on,
            cases.unit,
            cases.category,
            cases.channel,
            cases.severity,
"""

ANONYMITY = Metric(
    name="anonymity",
    title="Anonymous reports",
    question="How many people speak up without giving their name?",
    cohort="cases received in the period",
    kind="counted",
    outcomes=("anonymous", "named", "not_recorded"),
    measures=(
        Measure(
            name="anonymous",
            title="Anonymous",
            unit="share",
            better="neutral",
            definition=(
                "Cases whose reporter gave no name at intake, of those of which it is recorded;"
                " somebody who gives a name later counts as anonymous."
            ),
            source=_WILSON,
            counted=Counted(
                ("anonymous",), of=("anonymous", "named"), missing=("not_recorded",)
            ),
        ),
    ),
    contributions=f"""
        select {_PLACE}
            coalesce(cases.anonymity, 'not_recorded') as outcome,
            null::integer as days,
            cases.case_key,
            []::text[] as steps
        from core.cases as cases
        where cases.received_on is not null
    """,  # noqa: S608  our own columns
    depends_on=_RESTS_ON,
    charted="anonymous",
    exact_only=EXACT_ONLY,
    doubted=True,
)

FOLLOW_UP = Metric(
    name="follow_up",
    title="Anonymous reporters who came back",
    question="Do people who report anonymously come back to their case?",
    cohort="anonymous cases received in the period, from sources that record contacts",
    kind="counted",
    outcomes=("came_back", "did_not", "too_young", "not_recorded"),
    measures=(
        Measure(
            name="came_back",
            title="Came back at least once",
            unit="share",
            better="higher",
            definition=(
                "Anonymous cases whose reporter came back at least once by the as-of day, of"
                " all that were received at least 30 days before it. People have had too little"
                " time to come back to younger ones, which are not judged yet, whether or not"
                " somebody did."
            ),
            source=_WILSON,
            counted=Counted(
                ("came_back",),
                of=("came_back", "did_not"),
                missing=("not_recorded",),
                pending=("too_young",),
            ),
        ),
    ),
    contributions=f"""
        select {_PLACE}
            case
                when recorded.kind is null then 'not_recorded'
                when parameters.as_of < cases.received_on + {_TIME_FOR_IT} then 'too_young'
                when came.case_key is not null then 'came_back'
                else 'did_not'
            end as outcome,
            null::integer as days,
            cases.case_key,
            ['contacted']::text[] as steps
        from core.cases as cases
        cross join staging.parameters as parameters
        left join core.recorded_kinds as recorded
            on cases.source = recorded.source and recorded.kind = 'contacted'
        left join core.milestones as came
            on cases.case_key = came.case_key and came.kind = 'contacted'
        where cases.received_on is not null and cases.anonymity = 'anonymous'
    """,  # noqa: S608  our own columns
    depends_on=_RESTS_ON,
    charted="came_back",
    exact_only=EXACT_ONLY,
    doubted=True,
)

_WHO = {
    "employee": "employees",
    "former_employee": "former employees",
    "contractor": "contractors",
    "client": "clients",
    "relative": "relatives of clients",
    "public": "members of the public",
}

RAISED_BY = Metric(
    name="raised_by",
    title="Who raises concerns",
    question="Who speaks up?",
    cohort="cases received in the period",
    kind="counted",
    outcomes=(*_WHO, "not_recorded"),
    measures=tuple(
        Measure(
            name=code,
            title=f"Raised by {words}",
            unit="share",
            better="neutral",
            definition=(
                f"Cases raised by {words}, of those of which it is recorded who raised them."
            ),
            source=_WILSON,
            counted=Counted((code,), of=tuple(_WHO), missing=("not_recorded",)),
        )
        for code, words in _WHO.items()
    ),
    contributions=f"""
        select {_PLACE}
            coalesce(cases.raised_by, 'not_recorded') as outcome,
            null::integer as days,
            cases.case_key,
            []::text[] as steps
        from core.cases as cases
        where cases.received_on is not null
    """,  # noqa: S608  our own columns
    depends_on=_RESTS_ON,
    uncompared=(
        "of groups that share one whole, each that rises makes another fall; no side of it is"
        " better."
    ),
    exact_only=EXACT_ONLY,
    doubted=True,
)
