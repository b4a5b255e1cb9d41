"""What several deliveries have wrong, one after the other, is one incident until it is gone."""

from datetime import date

from checks.incidents import incidents_of, told
from checks.record import record
from etl.store import Store
from tests.flow import clean_exports
from tests.flow.clean_exports import AS_OF, deliver
from tests.flow.injected_faults import FAULTS
from tests.flow.judging import judged

BY_NAME = {fault.name: fault for fault in FAULTS}
SECOND, THIRD = date(2025, 1, 31), date(2025, 2, 28)
LOST = "closing_dates_lost"


def test_a_cause_is_one_incident_over_two_deliveries_and_resolved_by_the_third(tmp_path):
    audit = clean_exports.workspace(tmp_path / "w")
    seen = []
    lost, also = BY_NAME["closed without a date"], BY_NAME["a matter of 1970"]
    for as_of, faults in ((AS_OF, (lost,)), (SECOND, (lost, also)), (THIRD, ())):
        exports = clean_exports.clean()
        for fault in faults:
            fault.spoil(exports)
        deliver(audit, exports, as_of=as_of)
        with Store.open(audit.store_path) as store:
            fingerprint = store.frame("select fingerprint from core.build").item()
            run = record(store, tuple(judged(store).values()), fingerprint=fingerprint)
            (own,) = (each for each in incidents_of(store) if each.cause == LOST)
            digest = [line for line in told(incidents_of(store), run=run) if own.title in line]
        seen.append((own.status, own.first_seen, own.last_seen, own.runs, digest))
    title = "Every closed case has its closing date"
    assert seen == [
        # What fails for the first time is told by its finding alone.
        ("open", AS_OF, AS_OF, 1, []),
        ("open", AS_OF, SECOND, 2,
         [f"Open since 2024-12-31, seen in 2 runs: {title}. Owner: Case-system team."]),
        ("resolved", AS_OF, SECOND, 2, [f"Resolved, last seen 2025-01-31: {title}."]),
    ]  # fmt: skip
