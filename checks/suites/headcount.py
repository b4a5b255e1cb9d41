"""Claims about headcount.csv: every unit and month, without jumps, and with leavers."""

from checks.verdict import Check, Rows

_RATES = ("report_frequency",)

_STEPS = """(
    select
        unit,
        from_on,
        people,
        lag(people) over (partition by unit order by from_on) as people_before
    from staging.headcount
) as steps"""


def _of_steps(violated: str, *, among: str = "true") -> Rows:
    return Rows(
        _STEPS,
        violated,
        among=among,
        dated="from_on",
        snapshot="cast(null as integer)",
        line="cast(null as bigint)",
    )


HEADCOUNT = (
    Check(
        name="headcount_covers_units_and_months",
        title="Every case fell to a unit whose headcount of that day is known",
        why="Without people there is no rate; a case without exposure would inflate one.",
        about="core.exposure",
        severity="warning",
        examines="""
            select
                cases.snapshot,
                cases.line,
                cases.received_on as happened_on,
                exposure.unit is null as violated
            from core.cases as cases
            cross join staging.parameters as parameters
            left join core.exposure as exposure
                on
                    cases.unit = exposure.unit
                    and cases.received_on >= exposure.from_on
                    and cases.received_on < exposure.until_on
            where cases.unit <> 'unknown' and cases.received_on >= parameters.coverage_from
        """,
        affects=_RATES,
        remedy="Add the unit and its people to headcount.csv, from the first day covered.",
        mended_in="headcount",
    ),
    Check(
        name="headcount_does_not_jump",
        title="No unit's headcount changes by half from one row to the next",
        why="A unit that was split, merged or mistyped makes every rate before or after wrong.",
        about="staging.headcount",
        severity="warning",
        examines=_of_steps(
            "abs(people - people_before) > 0.5 * people_before"
            " and abs(people - people_before) >= 10",
            among="people_before is not null",
        ),
        affects=_RATES,
        remedy="Correct the row, or say in annotations.csv what happened to the unit.",
        mended_in="headcount",
        cause="headcount_wrong",
    ),
    Check(
        name="headcount_is_kept_up",
        title="No year passes without a new row in the headcount",
        why="People come and go; an old headcount makes rates that nobody can trust.",
        about="staging.headcount",
        severity="warning",
        # Days on which any unit has a row, and the as-of day.
        examines="""
            with told as (
                select
                    days.from_on,
                    lead(days.from_on, 1, parameters.as_of + 1) over (order by days.from_on)
                        as until_on
                from (select distinct from_on from staging.headcount) as days
                cross join staging.parameters as parameters
            )
            select
                cast(null as integer) as snapshot,
                cast(null as bigint) as line,
                from_on as happened_on,
                until_on - from_on > 370 as violated
            from told
        """,
        affects=_RATES,
        remedy="Add the rows of the months since to headcount.csv.",
        mended_in="headcount",
    ),
    Check(
        name="headcount_lets_people_leave",
        title="The headcount falls now and then",
        why="One that only grows never took the leavers out, and every rate is too low.",
        about="staging.headcount",
        severity="warning",
        # One row for all: six steps or more, a fifth more people than at first.
        examines="""
            with steps as (
                select
                    from_on,
                    people,
                    lag(people) over units as people_before,
                    first_value(people) over units as people_first,
                    lead(from_on) over units is null as is_last
                from staging.headcount
                window units as (partition by unit order by from_on)
            )
            select
                cast(null as integer) as snapshot,
                cast(null as bigint) as line,
                min(from_on) as happened_on,
                bool_and(coalesce(people >= people_before, true))
                and sum(people) filter (where is_last)
                > 1.2 * sum(people_first) filter (where is_last) as violated
            from steps
            having count(people_before) >= 6
        """,
        affects=_RATES,
        remedy="Count people on the day, without those who have left.",
        mended_in="headcount",
        cause="headcount_wrong",
    ),
)
