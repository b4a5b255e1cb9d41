"""Claims about what is recorded of each case, since figures are broken down by it."""

from checks.suites.affected import EVERY_FIGURE
from checks.suites.cases import of_cases
from checks.verdict import Allowance, Check

_FEW = Allowance(
    share=0.05, reason="so few cases of an unknown level do not change how the levels compare"
)

RECORDING = (
    Check(
        name="unit_is_recorded",
        title="The unit of a case is recorded",
        why="A case of no unit is missing from every comparison of units.",
        about="core.cases",
        severity="warning",
        examines=of_cases("unit = 'unknown'"),
        affects=EVERY_FIGURE,
        remedy="Make the unit a required field at intake.",
        allowed=_FEW,
        doubt="level",
    ),
    Check(
        name="category_is_recorded",
        title="The category of a case is recorded",
        why="A case of no category is missing from every figure by category.",
        about="core.cases",
        severity="warning",
        examines=of_cases("category = 'unknown'"),
        affects=EVERY_FIGURE,
        remedy="Make the category a required field at triage.",
        allowed=_FEW,
        doubt="level",
    ),
    Check(
        name="channel_is_recorded",
        title="The channel of a case is recorded",
        why="A case of no channel is missing from every figure by channel.",
        about="core.cases",
        severity="warning",
        examines=of_cases("channel = 'unknown'"),
        affects=EVERY_FIGURE,
        remedy="Name the channel's column in the source's description, or record it at intake.",
        allowed=_FEW,
        doubt="level",
    ),
    Check(
        name="severity_is_recorded",
        title="The severity of a case is recorded",
        why="Rules that hold for serious cases cannot be judged where nobody said how serious.",
        about="core.cases",
        severity="warning",
        examines=of_cases("severity = 'unknown'"),
        affects=EVERY_FIGURE,
        remedy="Name the severity's column in the source's description, or set it at triage.",
        allowed=_FEW,
        doubt="level",
    ),
    Check(
        name="codes_do_not_drift",
        title="No field of a case stops being filled in from one month to the next",
        why="A form or a list of values was changed, and the source's description was not.",
        about="core.cases",
        severity="warning",
        # A fifth or more of a month's cases, and three times the share of the year before.
        examines="""
            with monthly as (
                select
                    cast(date_trunc('month', received_on) as date) as month,
                    count(*) as reports,
                    count_if(unit = 'unknown') as unit,
                    count_if(category = 'unknown') as category,
                    count_if(channel = 'unknown') as channel,
                    count_if(severity = 'unknown') as severity
                from core.cases
                where received_on is not null
                group by all
            ),
            told as (
                unpivot monthly on unit, category, channel, severity
                into name field value blanks
            ),
            compared as (
                select
                    month,
                    reports,
                    blanks,
                    sum(blanks) over earlier as blanks_before,
                    sum(reports) over earlier as reports_before
                from told
                window earlier as (
                    partition by field order by month
                    rows between 12 preceding and 1 preceding
                )
            )
            select
                cast(null as integer) as snapshot,
                cast(null as bigint) as line,
                month as happened_on,
                blanks >= 3 and 5 * blanks >= reports
                and blanks * reports_before > 3 * blanks_before * reports as violated
            from compared
            where reports_before >= 20
        """,
        affects=EVERY_FIGURE,
        remedy="Compare the newest values of the field with the source's description.",
        doubt="level",
        mended_in="sources",
    ),
)
