from datetime import date

import pytest

from etl.actions import COLUMNS, NAME, add_action, mark_done, read_actions
from etl.errors import WorkspaceError

HEADER = ",".join(COLUMNS)
GOOD = (
    "A1,Letters came late,Letters are drafted with the decision,workflow,Ethics office,"
    "2025-02-03,2025-04-30,,deadline_compliance,share_met,inform,all,all,everybody"
)
ROW = dict(zip(COLUMNS, GOOD.split(","), strict=True))


def written(folder, *lines):
    (folder / NAME).write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    return folder


def test_a_workspace_without_the_file_has_no_actions(tmp_path):
    assert read_actions(tmp_path).is_empty()


def test_an_action_is_read_with_its_line_and_its_days(tmp_path):
    row = read_actions(written(tmp_path, GOOD)).row(0, named=True)
    assert (row["line"], row["action"], row["owner"]) == (2, "A1", "Ethics office")
    assert (row["due_on"], row["done_on"]) == (date(2025, 4, 30), None)


def test_without_a_breakdown_it_is_about_everybody(tmp_path):
    row = read_actions(written(tmp_path, GOOD.replace("all,all", ","))).row(0, named=True)
    assert (row["breakdown"], row["level"]) == ("all", "all")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("workflow", "wish", "line 2: kind 'wish' is none of training, policy, workflow"),
        ("everybody", "public", "line 2: told 'public' is none of committee, everybody"),
        ("2025-04-30", "30/04/2025", "line 2: '30/04/2025' is not a date"),
        ("2025-04-30", "2025-01-30", "line 2: due 2025-01-30 is before 2025-02-03"),
        ("30,,dead", "30,2025-01-01,dead", "line 2: done 2025-01-01 is before 2025-02-03"),
        ("Ethics office", " ", "line 2: owner is blank"),
        ("inform,all", "inform", "line 2: it has more or fewer fields"),
    ],
)
def test_what_is_wrong_is_refused_with_its_line(tmp_path, old, new, said):
    with pytest.raises(WorkspaceError, match=said):
        read_actions(written(tmp_path, GOOD.replace(old, new)))


def test_two_actions_have_two_names(tmp_path):
    with pytest.raises(WorkspaceError, match="line 3: action 'A1' stands on line 2 already"):
        read_actions(written(tmp_path, GOOD, GOOD))


def test_an_action_is_added_and_done(tmp_path):
    add_action(tmp_path, ROW)
    add_action(tmp_path, ROW | {"action": "A2", "change": 'Say "why", and when'})
    mark_done(tmp_path, "A2", on=date(2025, 3, 1))
    rows = read_actions(tmp_path)
    assert rows["change"].to_list()[1] == 'Say "why", and when'
    assert rows["done_on"].to_list() == [None, date(2025, 3, 1)]


def test_what_cannot_be_read_again_is_not_written(tmp_path):
    add_action(tmp_path, ROW)
    before = (tmp_path / NAME).read_bytes()
    with pytest.raises(WorkspaceError, match="stands on line 2 already"):
        add_action(tmp_path, ROW)
    with pytest.raises(WorkspaceError, match="no such metric"):
        add_action(tmp_path, ROW | {"action": "A2"}, judge=_refuse)
    assert (tmp_path / NAME).read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


def _refuse(_):
    raise WorkspaceError("no such metric")


def test_what_is_not_there_or_done_already_cannot_be_done(tmp_path):
    add_action(tmp_path, ROW)
    with pytest.raises(WorkspaceError, match="no action 'A9'; it has A1"):
        mark_done(tmp_path, "A9", on=date(2025, 3, 1))
    mark_done(tmp_path, "A1", on=date(2025, 3, 1))
    with pytest.raises(WorkspaceError, match="'A1' was done on 2025-03-01"):
        mark_done(tmp_path, "A1", on=date(2025, 4, 1))
