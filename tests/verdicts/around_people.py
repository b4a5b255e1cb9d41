"""Rows around the claims about surveys and headcount."""

from collections.abc import Sequence
from datetime import date

from tests.verdicts.around_cases import told_of
from tests.verdicts.judging_rows import Around, Spoil, limit
from tests.verdicts.tables import AS_OF, DAY, FIRST, Tables, survey


def scored(*scores: tuple[str, int, int]) -> Spoil:
    """Surveys of a question, score and number, and no others."""

    def spoil(tables: Tables) -> None:
        told = [(question, score) for question, score, count in scores for _ in range(count)]
        tables["core.feedback"] = [
            survey(f"case {n % 40}", n, offered_on=FIRST, score=score, question=question)
            for n, (question, score) in enumerate(told)
        ]

    return spoil


def counted(*people: tuple[str, Sequence[float]]) -> Spoil:
    """The headcount of units, month by month from the first, and no other."""

    def spoil(tables: Tables) -> None:
        tables["staging.headcount"] = [
            {"unit": unit, "from_on": date(2024, 1 + place, 1), "people": float(number)}
            for unit, numbers in people
            for place, number in enumerate(numbers)
        ]

    return spoil


def last_counted(on: date) -> Spoil:
    def spoil(tables: Tables) -> None:
        tables["staging.headcount"] = [{"unit": "north", "from_on": on, "people": 9.0}]

    return spoil


def exposed(from_on: date, until_on: date) -> Spoil:
    def spoil(tables: Tables) -> None:
        tables["core.exposure"][0] |= {"from_on": from_on, "until_on": until_on}

    return spoil


def asked_twice(tables: Tables) -> None:
    tables["core.feedback"].append(survey("case 9", 99, offered_on=AS_OF, question="again"))


_VARY, _COVER = "scores_vary", "headcount_covers_units_and_months"
_LEAVE, _KEPT, _JUMP = (
    "headcount_lets_people_leave", "headcount_is_kept_up", "headcount_does_not_jump",
)  # fmt: skip

PEOPLE = (
    Around("surveys_offered", "asked twice", asked_twice, 0, 39),
    Around(_VARY, "43 of 50", scored(("process", 4, 43), ("process", 5, 7)), 43),
    Around(_VARY, "all of 49", scored(("process", 4, 49)), 0),
    Around(_VARY, "51 of 60", scored(("process", 4, 51), ("process", 5, 9)), 0),
    Around(_VARY, "of one question", scored(
        ("process", 4, 60), ("again", 4, 30), ("again", 5, 30)), 60, 120),
    Around(_COVER, "from the day of receipt", exposed(date(2024, 1, 5), date(2024, 9, 1)), 0),
    Around(_COVER, "until the day of receipt", exposed(FIRST, date(2024, 8, 5)), 5),
    Around(_COVER, "no unit", told_of(1, unit="unknown"), 0, 39),
    Around(_COVER, "before the first day", told_of(1, received_on=FIRST - DAY), 0, 39),
    Around(_COVER, "on the first day", told_of(1, received_on=FIRST), 0, 40),
    Around(_JUMP, "a fall", counted(("south", (61, 20))), 1),
    Around(_KEPT, "two units on one day", counted(*[(u, [50] * 8) for u in ("a", "b")]), 0, 8),
    *limit(_KEPT, "the last of them a year and five days old",
           last_counted(AS_OF - 369 * DAY), last_counted(AS_OF - 370 * DAY), 1),
    Around(_LEAVE, "one leaver", counted(("a", (50, 60, 59, 70, 80, 90, 99))), 0, 1),
    Around(_LEAVE, "nobody for a month", counted(("a", (50, 60, 60, 70, 80, 90, 99))), 1, 1),
    Around(_LEAVE, "a fifth more", counted(("a", (50, 52, 54, 56, 58, 59, 60))), 0, 1),
    Around(_LEAVE, "just over a fifth", counted(("a", (50, 52, 54, 56, 58, 59, 61))), 1, 1),
    Around(_LEAVE, "five steps", counted(("a", (50, 60, 70, 80, 90, 99))), 0, 0),
)  # fmt: skip
