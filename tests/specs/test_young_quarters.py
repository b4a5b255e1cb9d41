"""A young quarter is no worse than it will be: what is judged early, whatever comes of it."""

import pytest

from tests.specs.measured import figures_of, one

PRACTICES = """
[practices]
basis = "Policy, section 7"
[practices.follow_up]
safeguard_required = 3
[practices.news]
reporter = 30
"""

# A is told something and closed after 20 days. B is told nothing at all: too long since 1
# February. C waits for longer than 30 days from 2 July on; D is closed in time then.
SETTLED = """
    case | kind     | on         | party
    A    | received | 2024-01-01 |
    A    | updated  | 2024-01-02 | reporter
    A    | resolved | 2024-01-21 |
    B    | received | 2024-01-01 |
    C    | received | 2024-06-01 |
    C    | updated  | 2024-06-01 | reporter
    D    | received | 2024-06-20 |
    D    | resolved | 2024-07-05 |
"""


@pytest.mark.parametrize("as_of", ["2024-03-31", "2024-06-30", "2024-07-31"])
def test_a_silence_counts_in_the_quarter_in_which_it_was_too_long_and_stays_there(as_of):
    figures = figures_of(
        events=SETTLED, rules=PRACTICES, coverage_from="2024-01-01", as_of=as_of
    )
    first = one(
        figures, metric="without_news", part="reporter", period="quarter", start="2024-01-01"
    )
    assert (first["numerator"], first["denominator"]) == (1, 2)


def test_an_open_case_waits_in_the_quarter_of_the_as_of_day_and_is_no_share_of_it():
    told = {"events": SETTLED, "rules": PRACTICES, "coverage_from": "2024-01-01"}
    where = {"metric": "without_news", "part": "reporter", "period": "quarter"}
    young = one(figures_of(as_of="2024-06-30", **told), start="2024-04-01", **where)
    assert (young["state"], young["denominator"], young["pending"]) == ("no_data", 0, 2)
    later = one(figures_of(as_of="2024-07-31", **told), start="2024-07-01", **where)
    assert (later["numerator"], later["denominator"], later["pending"]) == (1, 2, 0)


@pytest.mark.parametrize(
    ("as_of", "results"),
    [
        ("2024-06-23", {"A": "pending", "B": "pending"}),
        ("2024-06-24", {"A": "kept", "B": "gap"}),
    ],
)
def test_what_was_done_early_is_judged_on_its_day_with_what_was_not(core, as_of, results):
    # The safeguard of A came at once and that of B not: none is judged before its day.
    events = """
        case | kind               | on
        A    | received           | 2024-06-20
        A    | safeguard_required | 2024-06-20
        A    | safeguard_applied  | 2024-06-20
        B    | received           | 2024-06-20
        B    | safeguard_required | 2024-06-20
    """
    store = core(as_of=as_of, events=events, rules=PRACTICES)
    found = store.frame(
        "select case_key, result from core.practice_gaps where gap = 'not_followed_up'"
    )
    assert dict(found.iter_rows()) == results
