from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.access import AUDIENCES, RELEASES
from tests.shelves import committee_and_public

APP = Path(__file__).parents[2] / "dashboard" / "app.py"

Open = Callable[..., AppTest]


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return committee_and_public(tmp_path_factory.mktemp("releases"))


@pytest.fixture
def opened(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Open a page of the dashboard as a reader with that address would."""

    def open_page(
        page: str = "10_audit",
        *,
        audiences: str = "committee",
        folder: Path = shelf,
        **asked: str,
    ) -> AppTest:
        monkeypatch.setenv(RELEASES, str(folder))
        monkeypatch.setenv(AUDIENCES, audiences)
        test = AppTest.from_file(APP, default_timeout=60)
        for name, value in asked.items():
            test.query_params[name] = value
        test.run()
        if page != "10_audit":
            test.switch_page(f"views/{page}.py")
            for name, value in asked.items():
                test.query_params[name] = value
            test.run()
        assert not test.exception, test.exception[0].value
        return test

    return open_page
