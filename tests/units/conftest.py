from collections.abc import Callable

import pytest

from etl.staging import Staged
from tests.staged import staging_in


@pytest.fixture
def staged(tmp_path) -> Callable[..., Staged]:
    """Stage a text table by a description of it; `source_zone` is the export's time zone."""
    return staging_in(tmp_path)
