from tests.specs.measured import figures_of, one, spec

CASES = """
    case | anonymity | raised_by
    A    | anonymous | employee
    B    | anonymous | client
    C    | named     | employee
    D    |           |
"""
EVENTS = """
    case | kind      | on
    A    | received  | 2024-01-01
    A    | contacted | 2024-01-05
    B    | received  | 2024-01-02
    C    | received  | 2024-01-03
    C    | contacted | 2024-01-05
    D    | received  | 2024-01-04
"""


def figures(events: str = EVENTS):
    return figures_of(as_of="2024-03-31", cases=CASES, events=events)


def test_anonymous_is_who_gave_no_name_at_intake_and_unknown_is_neither():
    row = one(figures(), metric="anonymity")
    assert (row["value"], row["denominator"], row["missing"]) == (2 / 3, 3, 1)
    assert (row["worst"], row["best"]) == (0.5, 0.75)


def test_of_two_anonymous_reporters_one_came_back():
    row = one(figures(), metric="follow_up")
    assert (row["value"], row["numerator"], row["denominator"]) == (0.5, 1, 2)


def test_whoever_spoke_up_less_than_30_days_ago_has_had_too_little_time_to_come_back():
    # On 31 January the 30 days of A are over, and those of B are not.
    young = figures_of(as_of="2024-01-31", cases=CASES, events=EVENTS)
    row = one(young, metric="follow_up")
    assert (row["numerator"], row["denominator"], row["pending"]) == (1, 1, 1)


def test_without_any_record_of_contacts_it_is_not_assessable_whether_they_came_back():
    silent = "\n".join(line for line in EVENTS.splitlines() if "contacted" not in line)
    row = one(figures(silent), metric="follow_up")
    assert (row["state"], row["missing"]) == ("not_assessable", 2)


def test_who_raised_a_case_is_told_of_those_of_which_it_is_known():
    row = one(figures(), metric="raised_by", measure="client")
    assert (row["value"], row["denominator"], row["missing"]) == (1 / 3, 3, 1)


AGAIN = """
    case | offered_on | answered_on | score | scale_low | scale_high | question
    A    | 2024-02-01 | 2024-02-03  | 1     | 0         | 1          | speak_up_again
    B    | 2024-02-01 | 2024-02-03  | 0     | 0         | 1          | speak_up_again
    C    | 2024-02-01 |             |       | 0         | 1          | speak_up_again
    A    | 2024-02-01 | 2024-02-03  | 5     | 1         | 5          | process
"""


def test_who_would_speak_up_again_is_a_question_of_its_own():
    told = figures_of(as_of="2024-03-31", events=EVENTS, feedback=AGAIN)
    row = one(told, metric="speak_up_again")
    assert (row["value"], row["denominator"], row["missing"]) == (0.5, 2, 1)
    assert one(told, metric="satisfaction", measure="top_two")["denominator"] == 1


def test_of_a_scale_with_two_grades_only_the_better_is_satisfied():
    spec(
        as_of="2024-03-31",
        events=EVENTS,
        feedback="""
            case | offered_on | answered_on | score | scale_low | scale_high
            A    | 2024-02-01 | 2024-02-03  | 1     | 0         | 1
            B    | 2024-02-01 | 2024-02-03  | 0     | 0         | 1
        """,
        metric="satisfaction",
        measure="top_two",
        expect={"numerator": 1, "denominator": 2},
    )
