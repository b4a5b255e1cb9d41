"""Many organisations, eight releases each to three audiences, under another's attack."""

import time

import pytest

from metrics.disclosure.ledger import Ledger
from tests import outsider
from tests.specs.test_outsider import SEED, findings, organisation, published, small_counts


@pytest.mark.parametrize("monthly", [3, 12, 60])
def test_many_organisations_keep_what_they_promise(tmp_path, monthly):
    """Of eight organisations of one size, no small count is found, narrowed or proved small."""
    spent, attacked = time.process_time(), 0
    for seed in range(8):
        folder = tmp_path / str(seed)
        folder.mkdir()
        ledger = Ledger(folder / "ledger", SEED)
        known = organisation(seed, monthly=monthly)
        paths = published(known, folder, releases=8, told=ledger)
        said = [outsider.read(path) for path in paths]
        attacked += sum(map(len, small_counts(ledger).values()))
        assert outsider.changed(said) == 0
        assert list(findings(said, ledger, most=4)) == []
        assert list(findings(said, ledger, most=2, own=1)) == []
    print(
        f"\n{monthly} cases a month: 8 organisations, 24 releases each, {attacked} small"
        f" counts; {time.process_time() - spent:.0f} s CPU for all"
    )
