"""Claims about deadlines: each rule finds its cases, and the dates it needs are there."""

from string import Template

from checks.verdict import Check

_COMPLIANCE = ("deadline_compliance", "escalation_compliance")

# Deadlines that are due and whether a date they need is lost, alone and among those of the
# same rule, channel and quarter. Rules that a source never records are left to `rules_judged`.
_DUE = Template("""
            with due as (
                select
                    cases.snapshot,
                    cases.line,
                    coalesce(deadlines.due_on, deadlines.started_on, cases.received_on)
                        as happened_on,
                    cases.channel,
                    deadlines.rule,
                    deadlines.result = 'not_assessable' as lost,
                    bool_or(deadlines.result <> 'not_assessable')
                        over (partition by deadlines.rule, cases.source) as judged
                from core.deadlines as deadlines
                inner join core.cases as cases on deadlines.case_key = cases.case_key
                where deadlines.result not in ('not_due', 'not_applicable')
            ),
            grouped as (
                select
                    *,
                    count(*) over place as deadlines_there,
                    count(*) filter (where lost) over place as lost_there
                from due
                where judged
                window place as (partition by rule, channel, date_trunc('quarter', happened_on))
            )
            select snapshot, line, happened_on, $violated as violated
            from grouped
""")

DEADLINES = (
    Check(
        name="one_deadline_per_rule",
        title="No case has two deadlines of one rule",
        why="The case would count twice in the compliance with that rule.",
        about="core.deadlines",
        severity="critical",
        examines="""
            select
                cases.snapshot,
                cases.line,
                deadlines.started_on as happened_on,
                row_number() over (
                    partition by deadlines.case_key, deadlines.rule, deadlines.round
                    order by deadlines.due_on
                ) > 1 as violated
            from core.deadlines as deadlines
            left join core.cases as cases on deadlines.case_key = cases.case_key
        """,
        affects=_COMPLIANCE,
        remedy="Give the rule's versions dates in force that do not overlap.",
    ),
    Check(
        name="rules_apply",
        title="Every rule concerns at least one case",
        why="A rule that concerns none has a condition or a date that no case meets.",
        about="core.deadlines",
        severity="warning",
        examines="""
            select
                cast(null as integer) as snapshot,
                cast(null as bigint) as line,
                cast(null as date) as happened_on,
                rules.rule not in (select deadlines.rule from core.deadlines as deadlines)
                    as violated
            from (select distinct rule from staging.rules) as rules
        """,
        affects=_COMPLIANCE,
        remedy="Correct applies_to or in_force_from of the rule.",
    ),
    Check(
        name="rules_judged",
        title="Every rule can be judged in every source whose cases it concerns",
        why="Where no export records the step, compliance is unknown, not good.",
        about="core.deadlines",
        severity="warning",
        examines="""
            select
                cast(null as integer) as snapshot,
                cast(null as bigint) as line,
                min(deadlines.due_on) as happened_on,
                bool_and(deadlines.result = 'not_assessable') as violated
            from core.deadlines as deadlines
            inner join core.cases as cases on deadlines.case_key = cases.case_key
            where deadlines.result <> 'not_applicable'
            group by deadlines.rule, cases.source
        """,
        affects=_COMPLIANCE,
        remedy="Add the step's date to the export, or take the rule out for that source.",
    ),
    Check(
        name="deadlines_can_be_judged",
        title="No deadline has lost a date that it needs",
        why="A deadline without it can be neither met nor missed, and compliance has a gap.",
        about="core.deadlines",
        severity="warning",
        examines=_DUE.substitute(violated="lost"),
        affects=_COMPLIANCE,
        remedy="Fill in the dates in the case system and export again.",
    ),
    Check(
        name="dates_kept_everywhere",
        title="No channel loses one in twenty of its deadlines' dates in a quarter",
        why="Where they get lost together, something broke, and nobody there is judged.",
        about="core.deadlines",
        severity="warning",
        # At least three, so that one slip in a small channel is no pattern.
        examines=_DUE.substitute(
            violated="lost and lost_there >= 3 and 20 * lost_there > deadlines_there"
        ),
        affects=_COMPLIANCE,
        remedy="Ask whoever runs the channel why the date is no longer filled in.",
    ),
)
