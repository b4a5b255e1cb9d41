import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from etl.store import Store

BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data"

# The same examples in every run, so that a run says something about what was changed. Others
# are tried by `make test TEST_ARGS="--hypothesis-profile=search -k ..."`: what fails becomes
# an @example of its test.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("search", deadline=None, print_blob=True)
settings.load_profile("same")


@pytest.fixture
def store() -> Iterator[Store]:
    """An empty store in memory."""
    with Store.open() as opened:
        yield opened


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real exports, which are not part of the project."""
    folder = Path(os.environ.get("CASE_AUDIT_REAL_DATA", BESIDE))
    if not folder.is_dir():
        pytest.skip(
            "The real exports are not here: set CASE_AUDIT_REAL_DATA to their folder,"
            " or put it at ../shared/data beside the project."
        )
    return folder
