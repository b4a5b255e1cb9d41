"""Claims about what sources say themselves: their verdicts and counts against ours."""

from checks.suites.affected import COMPLIANCE, STEPS
from checks.verdict import Check, Rows

EVIDENCE = (
    Check(
        name="source_deadlines_agree",
        title="The source judges its deadlines as the rule of the same name does",
        why="Where they differ, a clock was paused, a date was changed, or a rule is wrong.",
        about="core.source_deadlines",
        severity="warning",
        # A clock is a rule of ours where the source's description gives it the rule's name.
        examines="""
            with ours as (
                select
                    case_key,
                    rule,
                    bool_and(result = 'met') as is_met
                from core.deadlines
                where
                    result in ('met', 'met_late', 'missed')
                    and rule in (select theirs.clock from core.source_deadlines as theirs)
                group by case_key, rule
            ),
            steps as (select distinct rule, to_kind from staging.rules)
            select
                theirs.snapshot,
                theirs.line,
                theirs.due_on as happened_on,
                steps.to_kind as step,
                ours.is_met <> (theirs.verdict = 'met') as violated
            from core.source_deadlines as theirs
            inner join ours on theirs.case_key = ours.case_key and theirs.clock = ours.rule
            left join steps on theirs.clock = steps.rule
            where theirs.verdict in ('met', 'breached')
        """,
        affects=COMPLIANCE,
        remedy="Compare calendar, pauses and length of the clock with those of the rule.",
        doubt="unsure",
        mended_in="rules",
        cause="source_judges_otherwise",
    ),
    Check(
        name="source_verdicts_fit_their_dates",
        title="No verdict of a source contradicts its own dates, or lacks the day it is about",
        why="Systems call in time what never had a target, and some never judge again.",
        about="core.source_deadlines",
        severity="warning",
        # Stopped on the due day it may be either: the hour decides.
        examines=Rows(
            "core.source_deadlines",
            "due_on is null or coalesce("
            "if(verdict = 'met', stopped_on > due_on, stopped_on < due_on), false)",
            among="verdict in ('met', 'breached')",
            dated="started_on",
        ),
        # It is evidence alone: no figure is made of it.
        affects=(),
        remedy="Ask what the system writes where there is no target; take no share from it.",
        doubt="none",
        cause="source_judges_otherwise",
    ),
    Check(
        name="source_verdict_agrees",
        title="The source calls those cases late that were closed too late or not at all",
        why="Where they differ, the source promised another day, or a closing was changed.",
        about="core.cases",
        severity="warning",
        examines="""
            with ours as (
                select
                    deadlines.case_key,
                    bool_and(deadlines.result = 'met') as is_met
                from core.deadlines as deadlines
                inner join (
                    select distinct rule
                    from staging.rules
                    where to_kind in ('resolved', 'closed')
                ) as rules
                    on deadlines.rule = rules.rule
                where deadlines.result in ('met', 'met_late', 'missed')
                group by deadlines.case_key
            )
            select
                cases.snapshot,
                cases.line,
                cases.received_on as happened_on,
                'resolved' as step,
                ours.is_met <> (cases.source_verdict = 'met') as violated
            from core.cases as cases
            inner join ours on cases.case_key = ours.case_key
            where cases.source_verdict in ('met', 'breached')
        """,
        affects=COMPLIANCE,
        remedy="Compare the day that the source promises with the rule's.",
        doubt="unsure",
        mended_in="rules",
        cause="source_judges_otherwise",
    ),
    Check(
        name="source_reopens_agree",
        title="The source counts as many reopenings of a case as its history holds",
        why="A case that was opened again and whose history does not say so looks quicker.",
        about="core.cases",
        severity="warning",
        # Only where a source's history tells of reopenings at all; many give the count alone.
        examines="""
            with told as (
                select source, case_key, count(*) as reopenings
                from core.events
                where kind = 'reopened'
                group by source, case_key
            ),
            telling as (select distinct source from told)
            select
                cases.snapshot,
                cases.line,
                cases.received_on as happened_on,
                'resolved' as step,
                cases.source_reopens <> coalesce(told.reopenings, 0) as violated
            from core.cases as cases
            inner join telling on cases.source = telling.source
            left join told on cases.case_key = told.case_key
            where cases.source_reopens is not null
        """,
        affects=STEPS,
        remedy="Export the whole history, over the same period as the cases.",
        doubt="unsure",
    ),
    Check(
        name="rows_of_a_case_agree_on_dates",
        title="The rows of a case in one delivery agree about the days of its steps",
        why="The last row was taken, and another would give other durations.",
        about="core.conflicts",
        severity="warning",
        examines="""
            select
                cases.snapshot,
                cases.line,
                cases.received_on as happened_on,
                dated.case_key is not null as violated
            from core.cases as cases
            left join (
                select distinct case_key from core.conflicts where ways_of_dating > 1
            ) as dated
                on cases.case_key = dated.case_key
            where cases.export_rows > 1
        """,
        affects=STEPS,
        remedy="Look at those cases in the case system, and export each of them once.",
        doubt="unsure",
        cause="rows_disagree",
    ),
)
