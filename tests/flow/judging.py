"""Verdicts by the statements that Great Expectations runs, without waiting for it."""

from checks.suites import CHECKS
from checks.verdict import Verdict, batches, counted, judge
from etl.store import Store


def judged(store: Store) -> dict[str, Verdict]:
    """Every verdict on a store, by the name of its check."""
    found = {}
    for batch in batches(CHECKS):
        counts = store.frame(counted(batch)).row(0, named=True)
        for check in batch:
            parts = ("failing", "examined", "since", "undecided")
            own = {part: counts[f"{part}_{check.name}"] for part in parts}
            assert own.pop("undecided") == 0
            found[check.name] = judge(check, **own)
    return found
