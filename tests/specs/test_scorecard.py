import pytest

from metrics.scorecard import verdict
from tests.specs.measured import after, counted, deadlines_judged, published

TARGET = 0.9


def word(target=TARGET, **ended) -> str:
    return verdict(deadlines_judged(**ended), target)


# Wilson's interval decides between the outer words and the inner ones. Of 100 deadlines, 96 in
# time have the interval 0.902 to 0.984, 95 have 0.888 to 0.978; 84 have 0.756 to 0.899 and 85
# have 0.767 to 0.907.


@pytest.mark.parametrize(
    ("met", "said"),
    [
        (100, "met"),
        (96, "met"),
        (95, "met_narrowly"),
        (90, "met_narrowly"),
        (89, "just_missed"),
        (85, "just_missed"),
        (84, "not_met"),
        (0, "not_met"),
    ],
)
def test_the_word_follows_the_target_and_the_interval(met, said):
    assert word(met=met, missed=100 - met) == said


@pytest.mark.parametrize(("met", "said"), [(19, "too_few"), (20, "met_narrowly")])
def test_below_20_there_are_too_few_to_say(met, said):
    assert word(met=met) == said


def test_what_is_withheld_is_not_called_too_few():
    withheld = deadlines_judged(met=30) | {"state": "withheld", "value": None}
    assert verdict(withheld, TARGET) == "withheld"


def test_a_target_that_is_reached_to_the_dot_is_met():
    # 7 % of 100 is 7, though the binary number just above 0.07 would ask for 8.
    assert word(0.07, met=7, missed=93) == "met_narrowly"
    assert word(0.07, met=6, missed=94) == "just_missed"


def test_every_deadline_of_a_target_of_all():
    assert word(1.0, met=500) == "met_narrowly"
    assert word(1.0, met=499, missed=1) == "not_met"


# Cannot say: more than a twentieth could not be judged, and it could turn the result.


@pytest.mark.parametrize(
    ("met", "missed", "lost", "said"),
    [
        (35, 3, 2, "met_narrowly"),  # they would decide, but are a twentieth and not more
        (94, 0, 6, "met"),  # 6 of 100, but 94 of 100 would do still
        (89, 0, 11, "cannot_say"),  # if all were late, 89 of 100 would not do
        (80, 10, 10, "cannot_say"),  # if all were in time, 90 of 100 would do
        (79, 11, 10, "just_missed"),  # even if all were in time, 89 of 100
        (60, 30, 10, "not_met"),
    ],
)
def test_what_could_not_be_judged_and_would_decide_forbids_a_word(met, missed, lost, said):
    assert word(met=met, missed=missed, not_assessable=lost) == said


def test_where_missing_ones_may_bring_it_just_to_the_target_nothing_can_be_said():
    assert word(met=90, not_assessable=10) == "met"
    assert word(met=899, missed=1, not_assessable=100) == "cannot_say"


def test_who_did_not_answer_a_survey_is_no_loss_of_data():
    row = counted("satisfaction", {"satisfied": 21, "other": 4, "unanswered": 75})
    assert verdict(row, 0.7) == "met_narrowly"


@pytest.mark.parametrize(
    ("ended", "said"),
    [
        ({"met": 0}, "no_data"),
        ({"met": 0, "not_due": 30}, "no_data"),
        ({"met": 0, "not_assessable": 30}, "not_assessable"),
        ({"met": 30, "min_denominator": 31}, "too_few"),
        ({"met": 0, "base": 5, "min_denominator": 20}, "too_few"),
    ],
)
def test_a_figure_that_is_not_there_is_never_met_or_missed(ended, said):
    assert word(**ended) == said


# Rounded counts: the outer words are said where they hold for every count that may be true.


@pytest.mark.parametrize(
    ("met", "missed", "said"),
    [
        (130, 45, "just_missed"),
        (110, 55, "not_met"),
        (20, 20, "not_met"),
        (35, 5, "just_missed"),
        (195, 5, "met_narrowly"),
        (200, 0, "met"),
    ],
)
def test_rounding_alone_never_makes_a_target_met_or_not_met(met, missed, said):
    target = 0.8 if met == 130 else TARGET
    assert word(target, met=met, missed=missed, base=5) == said
    for true in range(max(met - 4, 0), met + 5):
        for due in range(max(met + missed - 4, true), met + missed + 5):
            kept = true / due >= target
            assert not (kept and said == "not_met")
            assert kept or said != "met"


# In a release: one row per commitment, level and quarter

COMMITMENT = """
[[deadline]]
name = "acknowledge"
title = "Acknowledge within 7 days"
from = "received"
to = "acknowledged"
within = 7
unit = "calendar_days"
basis = "Policy, section 1"

[[commitment]]
name = "acknowledge"
title = "Acknowledge within 7 days"
metric = "deadline_compliance"
measure = "share_met"
part = "acknowledge"
target = 0.9
owner = "Intake desk"
"""


def events_of(quarters) -> str:
    """Events of 20 cases a quarter, of which so many are acknowledged in time."""
    rows = ["case | kind | on"]
    for start, met in quarters.items():
        for number in range(20):
            days = 3 if number < met else 30
            rows.append(f"{start} {number} | received | {start}")
            rows.append(f"{start} {number} | acknowledged | {after(start, days)}")
    return "\n".join(rows)


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    starts = ("2023-01-01", "2023-04-01", "2023-07-01", "2023-10-01", "2024-01-01")
    release = published(
        tmp_path_factory.mktemp("results"),
        as_of="2024-03-31",
        coverage_from="2023-01-01",
        events=events_of(dict(zip(starts, (20, 18, 17, 10, 15), strict=True))),
        rules=COMMITMENT,
    )
    rows = release.table("results").filter(release.table("results")["level"] == "all")
    assert [str(day) for day in rows["period_start"]] == list(starts)
    return rows


def test_a_commitment_has_a_word_for_every_quarter(results):
    assert results["verdict"].to_list() == [
        "met_narrowly",
        "met_narrowly",
        "just_missed",
        "not_met",
        "not_met",
    ]


def test_it_is_said_how_many_more_in_time_would_have_met_the_target(results):
    assert results["short_by"].to_list() == [0, 0, 1, 8, 3]


def test_the_quarter_before_and_the_year_before_stand_beside(results):
    assert results["previous"].to_list() == [None, 1.0, 0.9, 0.85, 0.5]
    assert results["year_ago"].to_list() == [None, None, None, None, 1.0]


def test_units_are_judged_beside_the_whole(tmp_path):
    release = published(
        tmp_path,
        as_of="2024-03-31",
        events=events_of({"2024-01-01": 20}),
        cases="case | unit\n2024-01-01 0 | north\n"
        + "".join(f"2024-01-01 {number} | south\n" for number in range(1, 20)),
        rules=COMMITMENT,
    )
    told = release.table("results").select("breakdown", "level", "verdict").rows()
    assert told == [
        ("all", "all", "met_narrowly"),
        ("unit", "north", "too_few"),
        ("unit", "south", "too_few"),
    ]
