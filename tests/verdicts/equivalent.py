"""Mistakes that change nothing that can be seen, by check, each with its reason."""

_ONE_ROW = "staging.parameters has one row"
_NONE_OR_LESS = (
    "a month that is examined usually has five cases, which five times 0 or -1 is under"
)
_ITSELF = "what stands alone is its own first place, and no twin of another"

EQUIVALENT: dict[str, dict[str, str]] = {
    "no_month_is_nearly_empty": {
        "statement: max -> min in [least(max(snapshots.coverage_until),"
        " max(parameters.as_of)) as last_day] (2)": _ONE_ROW,
        "statement: 0 -> -1 in [coalesce(received.reports, 0) as reports,]": _NONE_OR_LESS,
    },
    "no_near_duplicates": {
        "statement: > -> >= in [having count(*) > 1]": _ITSELF,
        "statement: 1 -> 0 in [having count(*) > 1]": _ITSELF,
    },
}
