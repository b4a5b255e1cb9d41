"""Lists of cases in languages of which few else is known are drafted without a question."""

import pytest

from tests.drafts import drafted, first_export, numbers, told

HUNGARIAN = {
    "Ügyszám": numbers(12),
    "Beérkezés dátuma": [f"2024.01.{day:02}." for day in range(1, 13)],
    "Lezárás dátuma": ["2024.02.01.", ""],
    "Állapot": ["Folyamatban", "Lezárva", "Új"],
    "Eredmény": ["Részben megalapozott", "Megalapozatlan", "Megalapozott"],
    "Ügyintéző": ["Nagy Éva", "Kis Pál"],
}
KOREAN = {
    "접수번호": numbers(12),
    "접수일자": [f"2024년 1월 {day}일" for day in range(1, 13)],
    "종결일": ["2024년 2월 1일", ""],
    "진행 상태": ["처리중", "종결", "접수"],
    "처리결과": ["일부인정", "무혐의", "사실확인"],
    "담당자": ["김민수", "이영희"],
}


@pytest.mark.parametrize("columns", [HUNGARIAN, KOREAN])
def test_a_list_of_cases_is_understood(columns):
    made = drafted(columns)
    number, received, closed, status, outcome, person = columns
    export = first_export(made)
    assert export["columns"] == {"case_id": number, "status": status, "outcome": outcome}
    assert export["events"] == {"received": received, "closed": closed}
    assert {*told(made)["codes"]["status"].values()} == {"open", "closed", "new"}
    assert {*told(made)["codes"]["outcome"].values()} == {
        "partly", "unsubstantiated", "substantiated",
    }  # fmt: skip
    assert export["ignored"] == [person]
    assert made.questions == ()


def test_what_is_not_proven_in_hungarian_is_not_taken_for_proven():
    columns = HUNGARIAN | {"Eredmény": ["Nem teljesen megalapozott", "Megalapozott"]}
    codes = told(drafted(columns))["codes"]["outcome"]
    assert codes == {"Megalapozott": "substantiated", "Nem teljesen megalapozott": "?"}


@pytest.mark.parametrize(
    ("history", "values"),
    [
        (
            ("Ügyszám", "Módosítás időpontja", "Mező", "Régi érték", "Új érték"),
            ("Állapot", "Új", "Lezárva", "Súlyosság", "Alacsony", "Magas"),
        ),
        (
            ("접수번호", "변경일시", "변경항목", "변경전", "변경후"),
            ("상태", "접수", "종결", "중요도", "낮음", "높음"),
        ),
    ],
)
def test_a_history_is_understood(history, values):
    number, occurred, field, before, after = history
    status, new, closed, severity, low, high = values
    made = drafted(
        {
            number: [f"A-{n // 2}" for n in range(24)],
            occurred: [f"2024-01-{day:02}" for day in range(1, 25)],
            field: [status, severity],
            before: [new, low],
            after: [closed, high],
        }
    )
    steps = {step["change"]: step["when"] for step in first_export(made)["steps"]}
    assert steps == {"status": {field: [status]}, "severity": {field: [severity]}}
    assert told(made)["codes"]["status"] == {new: "new", closed: "closed"}
