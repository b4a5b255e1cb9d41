from tests.rule_files import rule
from tests.specs.measured import figures_of, one

# Received on 1 January and due on the 8th: with three days of pause on the 11th.
EVENTS = """
    case | kind         | on
    A    | received     | 2024-01-01
    A    | acknowledged | 2024-01-08
    B    | received     | 2024-01-01
    B    | paused       | 2024-01-03
    B    | resumed      | 2024-01-06
    B    | acknowledged | 2024-01-08
    C    | received     | 2024-01-01
    C    | paused       | 2024-01-03
    C    | resumed      | 2024-01-06
    C    | acknowledged | 2024-01-09
    D    | received     | 2024-01-01
    D    | paused       | 2024-01-03
    D    | resumed      | 2024-01-06
    D    | acknowledged | 2024-01-12
    E    | received     | 2024-01-01
    F    | received     | 2024-02-25
    F    | paused       | 2024-02-26
"""


def told(measure, **changes):
    figures = figures_of(
        as_of="2024-02-29", events=EVENTS, rules=rule(pauses='["paused"]', **changes)
    )
    found = one(figures, metric="paused_deadlines", part="acknowledge", measure=measure)
    return found["value"], found["numerator"], found["denominator"]


def test_of_the_clocks_that_have_run_out_three_of_five_stood_still_for_a_time():
    # B, C and D stood; A and E did not; the clock of F still stands and has not run out.
    assert told("paused") == (3 / 5, 3, 5)


def test_a_deadline_met_only_with_its_pause_is_counted_apart():
    # A, B and C are in time; C alone is so because the clock stood.
    assert told("met_by_pause") == (1 / 3, 1, 3)


def test_an_extension_is_no_pause():
    # With ten more days C and D would be in time without the pause, too.
    extended = '[{ event = "paused", adds = 10 }]'
    assert told("met_by_pause", extensions=extended) == (0, 0, 4)


def test_a_rule_that_takes_no_pause_off_has_no_such_figure():
    figures = figures_of(as_of="2024-02-29", events=EVENTS, rules=rule())
    assert not (figures["metric"] == "paused_deadlines").any()
