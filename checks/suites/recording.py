"""Claims about what is recorded of each case, since figures are broken down by it."""

from checks.verdict import Allowance, Check

_BROKEN_DOWN = (
    "report_frequency",
    "time_to_resolution",
    "escalation_compliance",
    "deadline_compliance",
    "satisfaction",
)
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
        examines="""
            select
                snapshot,
                line,
                received_on as happened_on,
                unit = 'unknown' as violated
            from core.cases
        """,
        affects=_BROKEN_DOWN,
        remedy="Make the unit a required field at intake.",
        allowed=_FEW,
    ),
    Check(
        name="category_is_recorded",
        title="The category of a case is recorded",
        why="A case of no category is missing from every figure by category.",
        about="core.cases",
        severity="warning",
        examines="""
            select
                snapshot,
                line,
                received_on as happened_on,
                category = 'unknown' as violated
            from core.cases
        """,
        affects=_BROKEN_DOWN,
        remedy="Make the category a required field at triage.",
        allowed=_FEW,
    ),
    Check(
        name="channel_is_recorded",
        title="The channel of a case is recorded",
        why="A case of no channel is missing from every figure by channel.",
        about="core.cases",
        severity="warning",
        examines="""
            select
                snapshot,
                line,
                received_on as happened_on,
                channel = 'unknown' as violated
            from core.cases
        """,
        affects=_BROKEN_DOWN,
        remedy="Name the channel's column in the source's description, or record it at intake.",
        allowed=_FEW,
    ),
    Check(
        name="severity_is_recorded",
        title="The severity of a case is recorded",
        why="Rules that hold for serious cases cannot be judged where nobody said how serious.",
        about="core.cases",
        severity="warning",
        examines="""
            select
                snapshot,
                line,
                received_on as happened_on,
                severity = 'unknown' as violated
            from core.cases
        """,
        affects=_BROKEN_DOWN,
        remedy="Name the severity's column in the source's description, or set it at triage.",
        allowed=_FEW,
    ),
)
