"""Mistakes that change nothing that can be seen, by check, each with its reason."""

_ITSELF = "what stands alone is its own first place, and no twin of another"
_ASKED_ONCE = "an anti join asks whether there is any, not how many"
_NO_QUARTER = "what has no day is in no quarter of a year, whatever number stands for it"
_QUARTER = "quarters are told apart by any factor from four on"
_NOT_COMPARED = "only the other check compares the deadlines of a place"
_NOT_ONE = "no clock is not one clock, and neither is one fewer"
_QUARTERS = "coalesce(year(happened_on) * 4 + quarter(happened_on), 0) as quarter_number,"

_CLOSED = {"statement: distinct -> nothing in [select distinct rows_of.case_key]": _ASKED_ONCE}

EQUIVALENT: dict[str, dict[str, str]] = {
    "no_month_is_nearly_empty": {
        "statement: max -> min in [least(max(snapshots.coverage_until),"
        " max(parameters.as_of)) as last_day] (2)": "staging.parameters has one row",
        "statement: 0 -> -1 in [coalesce(received.reports, 0) as reports,]": (
            "where five are usual, five times none and five times one fewer are both under it"
        ),
    },
    "no_near_duplicates": {
        "statement: > -> >= in [having count(*) > 1]": _ITSELF,
        "statement: 1 -> 0 in [having count(*) > 1]": _ITSELF,
    },
    "closed_status_has_a_closing_date": _CLOSED,
    "closing_dates_kept": _CLOSED,
    "one_clock_per_case": {
        "statement: 0 -> -1 in [coalesce(running.clocks, 0) <> 1 as violated]": _NOT_ONE,
    },
    "no_backdating": {
        "statement: distinct -> nothing in [list(distinct rows_of.kind) as kinds]": (
            "a list that names a kind twice contains it as well"
        ),
    },
    "deadlines_can_be_judged": {
        f"source: 4 -> 3 in [{_QUARTERS}]": _NOT_COMPARED,
        f"source: 4 -> 5 in [{_QUARTERS}]": _QUARTER,
        f"source: 0 -> -1 in [{_QUARTERS}]": _NO_QUARTER,
        f"source: 0 -> 1 in [{_QUARTERS}]": _NO_QUARTER,
        "source: and -> or in [semi join judged on counted.rule = judged.rule"
        " and counted.source = judged.source]": _NOT_COMPARED,
    },
    "dates_kept_everywhere": {
        f"source: 4 -> 5 in [{_QUARTERS}]": _QUARTER,
        f"source: 0 -> -1 in [{_QUARTERS}]": _NO_QUARTER,
        f"source: 0 -> 1 in [{_QUARTERS}]": _NO_QUARTER,
    },
    "source_verdict_agrees": {
        "statement: distinct -> nothing in [select distinct rule]": (
            "deadlines that are told twice are all met, or not all, as those told once are"
        ),
    },
}
