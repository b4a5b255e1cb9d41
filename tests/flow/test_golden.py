import pytest

from tests.flow.golden_release import FOLDER, texts

REMEDY = "if it is meant, run: python -m tests.flow.golden_release, and review the difference"


@pytest.mark.parametrize("name", ["figures.csv", "results.csv", "verdicts.csv"])
def test_the_audit_of_the_sample_is_what_was_reviewed(committee, name):
    lines = texts(committee)[name].splitlines()
    reviewed = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    changed = [line for line in lines if line not in reviewed]
    gone = [line for line in reviewed if line not in lines]
    assert (changed, gone) == ([], []), REMEDY
    assert lines == reviewed, REMEDY


def test_every_golden_file_is_compared():
    assert {path.name for path in FOLDER.iterdir()} == {
        "figures.csv",
        "results.csv",
        "verdicts.csv",
    }
