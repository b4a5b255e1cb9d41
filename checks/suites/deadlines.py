"""Claims about deadlines: each rule finds its cases, and the dates it needs are there."""

from checks.suites.affected import COMPLIANCE, STEPS
from checks.verdict import Check, Rows

# Deadlines that are due and whether a date they need is lost, alone and among those of the
# same rule, channel and quarter. Rules that a source never records are left to `rules_judged`.
# Counted by place and joined again: a window would keep every deadline of a place in memory.
_DUE = """(
    with due as (
        select
            cases.snapshot,
            cases.line,
            cases.source,
            cases.channel,
            deadlines.rule,
            coalesce(deadlines.due_on, deadlines.started_on, cases.received_on) as happened_on,
            coalesce(year(happened_on) * 4 + quarter(happened_on), 0) as quarter_number,
            deadlines.result = 'not_assessable' as lost
        from core.deadlines as deadlines
        inner join core.cases as cases on deadlines.case_key = cases.case_key
        where deadlines.result not in ('not_due', 'not_applicable')
    ),
    counted as materialized (
        select
            rule,
            source,
            channel,
            quarter_number,
            count(*) as deadlines_there,
            count_if(lost) as lost_there
        from due
        group by rule, source, channel, quarter_number
    ),
    judged as (
        select rule, source
        from counted
        group by rule, source
        having sum(lost_there) < sum(deadlines_there)
    ),
    places as (
        select
            counted.rule,
            counted.channel,
            counted.quarter_number,
            sum(counted.deadlines_there) as deadlines_there,
            sum(counted.lost_there) as lost_there
        from counted
        semi join judged on counted.rule = judged.rule and counted.source = judged.source
        group by counted.rule, counted.channel, counted.quarter_number
    )
    select due.*, places.deadlines_there, places.lost_there
    from due
    semi join judged on due.rule = judged.rule and due.source = judged.source
    inner join places
        on
            due.rule = places.rule
            and due.channel = places.channel
            and due.quarter_number = places.quarter_number
) as due"""

DEADLINES = (
    Check(
        name="one_deadline_per_rule",
        title="No case has two deadlines of one rule",
        why="The case would count twice in the compliance with that rule.",
        about="core.deadlines",
        severity="critical",
        # Only of those that have two it is asked where their case stands.
        examines="""
            with counted as materialized (
                select
                    case_key,
                    rule,
                    round,
                    min(started_on) as started_on,
                    count(*) > 1 as doubled
                from core.deadlines
                group by case_key, rule, round
            ),
            doubled as (select distinct case_key from counted where doubled),
            places as (
                select cases.case_key, cases.snapshot, cases.line
                from core.cases as cases
                inner join doubled on cases.case_key = doubled.case_key
            )
            select
                places.snapshot,
                places.line,
                counted.started_on as happened_on,
                counted.doubled as violated
            from counted
            left join places on counted.case_key = places.case_key
        """,
        affects=COMPLIANCE,
        remedy="Give the rule's versions dates in force that do not overlap.",
        doubt="extra",
        mended_in="rules",
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
        affects=COMPLIANCE,
        remedy="Correct applies_to or in_force_from of the rule.",
        doubt="visible",
        mended_in="rules",
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
        affects=COMPLIANCE,
        remedy="Add the step's date to the export, or take the rule out for that source.",
        doubt="visible",
        mended_in="sources",
    ),
    Check(
        name="deadlines_can_be_judged",
        title="No deadline has lost a date that it needs",
        why="A deadline without it can be neither met nor missed, and compliance has a gap.",
        about="core.deadlines",
        severity="warning",
        examines=Rows(_DUE, "lost", dated="happened_on"),
        affects=COMPLIANCE,
        remedy="Fill in the dates in the case system and export again.",
        doubt="visible",
        cause="deadline_dates_lost",
    ),
    Check(
        name="dates_kept_everywhere",
        title="No channel loses one in twenty of its deadlines' dates in a quarter",
        why="Where they get lost together, something broke, and nobody there is judged.",
        about="core.deadlines",
        severity="warning",
        # At least three, so that one slip in a small channel is no pattern.
        examines=Rows(
            _DUE,
            "lost and lost_there >= 3 and 20 * lost_there > deadlines_there",
            dated="happened_on",
        ),
        affects=COMPLIANCE,
        remedy="Ask whoever runs the channel why the date is no longer filled in.",
        doubt="visible",
        cause="deadline_dates_lost",
    ),
    Check(
        name="no_heaping_on_the_due_day",
        title="No rule is met on its last day far more often than on the days around it",
        why="Work that ends when it is done does not end on the due day; entries may.",
        about="core.deadlines",
        severity="warning",
        # Of eleven days around the due day seven or eight are working days, so one in seven is
        # what chance puts on it; four standard deviations more is no chance.
        examines="""
            with around as (
                select
                    deadlines.case_key,
                    deadlines.rule,
                    deadlines.due_on,
                    deadlines.done_on = deadlines.due_on as last_day
                from core.deadlines as deadlines
                where deadlines.done_on between deadlines.due_on - 5 and deadlines.due_on + 5
            ),
            rules as (
                select
                    rule,
                    count_if(last_day) - count(*) / 7.0
                    > 4 * sqrt(count(*) * 6 / 49.0) as heaped
                from around
                group by rule
                having count(*) >= 42
            ),
            steps as (select distinct rule, to_kind from staging.rules)
            select
                cases.snapshot,
                cases.line,
                around.due_on as happened_on,
                steps.to_kind as step,
                around.last_day and coalesce(rules.heaped, false) as violated
            from around
            left join rules on around.rule = rules.rule
            left join steps on around.rule = steps.rule
            left join core.cases as cases on around.case_key = cases.case_key
        """,
        affects=STEPS,
        remedy="Compare a few of those cases with what shows when the step was taken.",
        doubt="unsure",
    ),
    Check(
        name="no_pause_just_before_the_due_day",
        title="No rule's clock is paused mostly in the last three days before it runs out",
        why="A pause is for waiting on somebody; begun on the eve of the due day it buys time.",
        about="core.deadlines",
        severity="warning",
        # Of the last ten days three hold three tenths by chance; four deviations are none. The
        # due day is the one before any pause moved it, of rules that a pause moves.
        examines="""
            with pausing as (
                select distinct rule from staging.rules where pauses in ('paused', 'either')
            ),
            clocks as (
                select
                    deadlines.case_key,
                    deadlines.rule,
                    coalesce(deadlines.unpaused_due_on, deadlines.due_on) as due_on
                from core.deadlines as deadlines
                inner join pausing on deadlines.rule = pausing.rule
            ),
            pauses as (
                select
                    clocks.rule,
                    clocks.due_on,
                    events.snapshot,
                    events.line,
                    events.occurred_on >= clocks.due_on - 2 as late
                from clocks
                inner join core.events as events on clocks.case_key = events.case_key
                where
                    events.kind = 'paused'
                    and events.occurred_on between clocks.due_on - 9 and clocks.due_on
            ),
            rules as (
                select
                    rule,
                    count_if(late) - count(*) * 0.3 > 4 * sqrt(count(*) * 0.21) as crowded
                from pauses
                group by rule
                having count(*) >= 10
            )
            select
                pauses.snapshot,
                pauses.line,
                pauses.due_on as happened_on,
                'paused' as step,
                pauses.late and coalesce(rules.crowded, false) as violated
            from pauses
            left join rules on pauses.rule = rules.rule
        """,
        affects=COMPLIANCE,
        remedy="Ask what each of those pauses waited for.",
        # The due day moves with the pause, perhaps into another period.
        doubt="misplaced",
    ),
)
