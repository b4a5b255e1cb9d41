from tests.specs.measured import figures_of, one, spec

STEPS = """
    case | kind         | on
    A    | received     | 2024-01-01
    A    | acknowledged | 2024-01-04
    A    | resolved     | 2024-01-31
    B    | received     | 2024-01-01
    B    | acknowledged | 2024-01-11
    C    | received     | 2024-01-01
    D    | received     | 2024-01-01
    D    | resolved     | 2024-01-06
"""


def test_a_case_that_waits_for_its_acknowledgement_keeps_the_clock_running():
    # A after 3 days, B after 10, C waits still: two of the three had none by day 7.
    figures = figures_of(as_of="2024-02-29", events=STEPS)
    late = one(figures, metric="time_to_acknowledgement", measure="open_7")
    assert late["value"] == 2 / 3
    assert (late["numerator"], late["denominator"], late["pending"]) == (2, 3, 1)
    assert one(figures, metric="time_to_acknowledgement", measure="q25")["value"] == 3
    q75 = one(figures, metric="time_to_acknowledgement", measure="q75")
    assert q75["state"] == "not_reached"


def test_a_case_closed_without_an_acknowledgement_is_printed_beside_the_figure():
    # D is over: its acknowledgement was left out or its day is lost, nobody can tell which.
    figures = figures_of(as_of="2024-02-29", events=STEPS)
    assert one(figures, metric="time_to_acknowledgement", measure="median")["missing"] == 1


def test_a_step_that_the_exports_never_record_is_not_assessable():
    spec(
        as_of="2024-02-29",
        events=STEPS,
        metric="time_to_triage",
        expect={"state": "not_assessable", "value": None, "missing": 4},
    )


def test_a_step_dated_before_the_receipt_is_missing_and_not_a_negative_time():
    spec(
        as_of="2024-02-29",
        events="""
            case | kind         | on
            A    | received     | 2024-01-10
            A    | acknowledged | 2024-01-01
            B    | received     | 2024-01-10
            B    | acknowledged | 2024-01-12
        """,
        metric="time_to_acknowledgement",
        measure="median",
        expect={"value": 2, "denominator": 1, "missing": 1},
    )


REOPENED = """
    case | kind     | on
    A    | received | 2024-01-01
    A    | resolved | 2024-01-11
    A    | reopened | 2024-02-10
    A    | resolved | 2024-02-15
"""


def test_first_closure_final_closure_and_active_time_are_three_measures():
    figures = figures_of(as_of="2024-03-31", events=REOPENED)

    def half(metric):
        return one(figures, metric=metric, measure="median")["value"]

    assert half("time_to_first_closure") == 10
    assert half("time_to_resolution") == 45
    assert half("active_time") == 15  # 10 days, then 5: the 30 between were no work


def test_a_case_that_is_open_again_has_been_active_until_the_as_of_day():
    figures = figures_of(as_of="2024-02-20", events=REOPENED.rsplit("A ", 1)[0])
    row = one(figures, metric="active_time", measure="median")
    assert (row["state"], row["pending"]) == ("not_reached", 1)


def test_days_from_the_matter_to_the_report_count_those_whose_day_is_known():
    cases = """
        case | incident_on
        A    | 2023-12-31
        B    | 2023-10-01
        C    |
        D    | 2024-02-01
    """
    events = """
        case | kind     | on
        A    | received | 2024-01-01
        B    | received | 2024-01-01
        C    | received | 2024-01-01
        D    | received | 2024-01-01
    """
    figures = figures_of(as_of="2024-02-29", cases=cases, events=events)
    late = one(figures, metric="incident_to_report", measure="open_60")
    assert (late["value"], late["denominator"], late["missing"]) == (0.5, 2, 2)
    assert one(figures, metric="incident_to_report", measure="q25")["value"] == 1


NEEDS = """
    case | kind               | on
    A    | received           | 2024-01-01
    A    | safeguard_required | 2024-01-03
    A    | safeguard_applied  | 2024-01-05
    B    | received           | 2024-01-01
    B    | safeguard_required | 2024-01-10
    C    | received           | 2024-01-01
    C    | safeguard_applied  | 2024-01-02
    D    | received           | 2024-01-01
"""


def test_a_safeguard_is_waited_for_from_the_day_of_the_need():
    # A waits for 2 days, B still; C was safeguarded without a recorded need; D needs none.
    figures = figures_of(as_of="2024-02-29", events=NEEDS)
    late = one(figures, metric="time_to_safeguard", measure="open_7")
    assert (late["value"], late["numerator"], late["denominator"]) == (0.5, 1, 2)
    assert (late["pending"], late["missing"]) == (1, 1)
    assert one(figures, metric="time_to_safeguard", measure="q25")["value"] == 2


def test_a_case_closed_without_its_safeguard_is_still_without_it():
    events = NEEDS + "    B | resolved | 2024-01-12\n"
    late = one(
        figures_of(as_of="2024-02-29", events=events),
        metric="time_to_safeguard",
        measure="open_7",
    )
    assert (late["value"], late["pending"]) == (0.5, 1)
