import hashlib
from datetime import date

import pytest

from etl.errors import WorkspaceError
from etl.workspace import Workspace, init, open_workspace

ABOUT = """
[organisation]
name = "Invented"
time_zone = "Europe/London"
calendar = "GB-ENG"
"""


def opened(folder, text: str = ABOUT) -> Workspace:
    (folder / "case-audit.toml").write_text(text, encoding="utf-8")
    return open_workspace(folder)


def mode(path) -> int:
    return path.stat().st_mode & 0o777


# Making one


def test_a_new_workspace_can_be_opened_and_is_its_owner_s_alone(tmp_path):
    folder = tmp_path / "audit"
    made = init(folder)
    assert made == open_workspace(folder)
    assert mode(folder) == 0o700
    assert mode(folder / "secret.key") == 0o600
    assert {mode(path) for path in folder.iterdir() if path.is_dir()} == {0o700}
    assert len(made.key()) == 32
    assert made.rules().deadlines
    assert made.headcount().is_empty()
    assert made.annotations().is_empty()


def test_two_workspaces_have_different_keys(tmp_path):
    assert init(tmp_path / "a").key() != init(tmp_path / "b").key()


def test_a_workspace_is_never_made_over_another(tmp_path):
    key = init(tmp_path).key()
    with pytest.raises(WorkspaceError, match="is a workspace already; nothing was changed"):
        init(tmp_path)
    assert open_workspace(tmp_path).key() == key


def test_a_workspace_may_begin_from_a_template(tmp_path):
    template = tmp_path / "template"
    template.mkdir()
    opened(template)
    assert init(tmp_path / "audit", template=template).organisation.name == "Invented"


# Opening one


def test_what_the_configuration_leaves_out_has_a_default(tmp_path):
    about = opened(tmp_path).organisation
    assert (about.fiscal_year_start_month, about.case_word, about.case_word_plural) == (
        1,
        "case",
        "cases",
    )


def test_the_word_for_a_case_has_a_plural(tmp_path):
    assert opened(tmp_path, ABOUT + 'case_word = "concern"').organisation.case_word_plural == (
        "concerns"
    )


def test_a_folder_without_a_configuration_is_no_workspace(tmp_path):
    with pytest.raises(WorkspaceError, match=r"it has no case-audit\.toml.*case-audit init"):
        open_workspace(tmp_path)


@pytest.mark.parametrize(
    ("line", "instead", "problem"),
    [
        ("[organisation]", "[organisation", "not valid TOML"),
        ("[organisation]", "[[organisation]]", "organisation must be a table"),
        ('name = "Invented"', "", "name is missing under [organisation]"),
        ('name = "Invented"', "name = 7", "name must be a text in quotes"),
        ('calendar = "GB-ENG"', "", "calendar is missing"),
        ('calendar = "GB-ENG"', "calendar = 1", "calendar must be a text in quotes"),
        ('"Europe/London"', '"London"', "time_zone 'London' is not a time zone's name"),
        ('"Europe/London"', '"../etc"', "is not a time zone's name"),
        ('"GB-ENG"', '"GB-ENG"\nfiscal_year_start_month = 13', "month is 1 to 12"),
        ('"GB-ENG"', '"GB-ENG"\nfiscal_year_start_month = "4"', "month is 1 to 12"),
        ('"GB-ENG"', '"GB-ENG"\nfiscal_year_start_month = true', "month is 1 to 12"),
    ],
)
def test_a_configuration_that_says_something_amiss_is_refused(tmp_path, line, instead, problem):
    assert line in ABOUT
    with pytest.raises(WorkspaceError) as caught:
        opened(tmp_path, ABOUT.replace(line, instead))
    assert str(caught.value).startswith("case-audit.toml: ")
    assert problem in str(caught.value)


# The key

RANDOM = hashlib.sha256(b"a key for tests").digest()


def with_key(folder, text: str, permissions: int = 0o600) -> Workspace:
    path = folder / "secret.key"
    path.write_text(text)
    path.chmod(permissions)
    return opened(folder)


def test_a_key_is_read_from_hex(tmp_path):
    assert with_key(tmp_path, RANDOM.hex() + "\n").key() == RANDOM


def test_a_missing_key_is_refused(tmp_path):
    with pytest.raises(WorkspaceError, match=r"secret\.key is missing; restore it"):
        opened(tmp_path).key()


@pytest.mark.parametrize("permissions", [0o640, 0o604, 0o660])
def test_a_key_that_others_can_read_is_refused(tmp_path, permissions):
    with pytest.raises(WorkspaceError, match=r"open to others; run: chmod 600 secret\.key"):
        with_key(tmp_path, "0f" * 32, permissions).key()


def test_a_short_key_is_refused(tmp_path):
    with pytest.raises(WorkspaceError, match="too short; it needs 32 bytes in hex"):
        with_key(tmp_path, "0f" * 31).key()


@pytest.mark.parametrize("text", ["not hex" * 10, "é" * 64])
def test_a_key_that_is_no_hex_is_refused_without_showing_it(tmp_path, text):
    with pytest.raises(WorkspaceError, match="something else than a key in hex") as caught:
        with_key(tmp_path, text).key()
    assert text[:3] not in str(caught.value)


# Headcount and annotations


def headcount(folder, text: str | bytes):
    data = text if isinstance(text, bytes) else text.encode()
    (folder / "headcount.csv").write_bytes(data)
    return opened(folder).headcount()


def test_a_headcount_is_read(tmp_path):
    found = headcount(
        tmp_path, "\ufeffunit,from,people\nnorth,2024-01-01,40\nsouth,2024-01-01,7.5\n"
    )
    assert found.rows() == [
        ("north", date(2024, 1, 1), 40.0),
        ("south", date(2024, 1, 1), 7.5),
    ]


def test_without_a_headcount_there_are_no_rows(tmp_path):
    assert opened(tmp_path).headcount().is_empty()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "line 1: column 'unit' is missing; the first line must read unit,from,people"),
        ("unit;from;people\n", "line 1: column 'unit' is missing"),
        ("unit,people\n", "line 1: column 'from' is missing"),
        (
            "unit,from,people\nnorth,1.1.2024,4\n",
            "line 2: '1.1.2024' is not a date; write it as",
        ),
        ("unit,from,people\nnorth,2024-02-30,4\n", "line 2: '2024-02-30' is not a date"),
        ("unit,from,people\nnorth,2024-01-01,many\n", "line 2: 'many' is not a number"),
        ("unit,from,people\nnorth,2024-01-01,-1\n", "line 2: people cannot be -1"),
        ("unit,from,people\nnorth,2024-01-01,nan\n", "line 2: people cannot be nan"),
        ("unit,from,people\nnorth,2024-01-01,inf\n", "line 2: people cannot be inf"),
        ("unit,from,people\n,2024-01-01,4\n", "line 2: the unit is blank; name it"),
        ("unit,from,people\nnorth,2024-01-01\n", "line 2: it has more or fewer fields"),
        ("unit,from,people\nnorth,2024-01-01,1,200\n", "line 2: it has more or fewer fields"),
        ('unit,from,people\n"north,2024-01-01,1\n', "its quotation marks do not close"),
        (
            "unit,from,people\nd\u00e9p\u00f4t,2024-01-01,4\n".encode("cp1252"),
            "not written in UTF-8",
        ),
        (
            "unit,from,people\nnorth,2024-01-01,4\n\nnorth,2024-01-01,5\n",
            "line 4: unit 'north' has a headcount from 2024-01-01 on line 2 already; keep one",
        ),
    ],
)
def test_a_headcount_that_says_something_amiss_is_refused(tmp_path, text, problem):
    with pytest.raises(WorkspaceError) as caught:
        headcount(tmp_path, text)
    assert str(caught.value).startswith("headcount.csv")
    assert problem in str(caught.value)


def annotations(folder, text: str):
    (folder / "annotations.csv").write_text(text, encoding="utf-8")
    return opened(folder).annotations()


def test_annotations_are_read_and_blanks_mean_everything(tmp_path):
    rows = '2024-02-01,"New form, in use",Intake desk,,\n2024-03-01,Move,Office,triage,north\n'
    assert annotations(tmp_path, "date,text,owner,part,unit\n" + rows).rows() == [
        (date(2024, 2, 1), "New form, in use", "Intake desk", "", ""),
        (date(2024, 3, 1), "Move", "Office", "triage", "north"),
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("date,text,owner,part\n", "annotations.csv line 1: column 'unit' is missing"),
        ("date,text,owner,part,unit\nsoon,a,b,,\n", "line 2: 'soon' is not a date"),
        ("date,text,owner,part,unit\n2024-01-01,a, b,c,,\n", "line 2: it has more or fewer"),
    ],
)
def test_annotations_that_say_something_amiss_are_refused(tmp_path, text, problem):
    with pytest.raises(WorkspaceError) as caught:
        annotations(tmp_path, text)
    assert problem in str(caught.value)


def test_a_workspace_s_own_source_is_found_beside_the_shipped_ones(tmp_path):
    made = init(tmp_path)
    (tmp_path / "sources" / "copa.toml").write_text(
        'name = "copa"\ntitle = "Ours"\ntime_zone = "UTC"\n[exports]\n', encoding="utf-8"
    )
    assert made.sources()["copa"].title == "Ours"
    assert "beacon" in made.sources()
