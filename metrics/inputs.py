"""What a release was made from, as the ledger and readers of exact counts may know it."""

from collections.abc import Mapping

from etl.store import Store
from metrics.disclosure.policy import Policy
from metrics.keyed import keyed


def inputs_digest(store: Store, policy: Policy, secret: bytes) -> str:
    """What a release was made from: for readers of exact counts the plain hash of the inputs.

    For others it is keyed, since a small export is found again by trying all small exports.
    """
    fingerprint = str(store.frame("select fingerprint from core.build")["fingerprint"][0])
    if policy.method == "identity":
        return fingerprint
    return keyed(secret, "inputs", fingerprint)


def told_to(policy: Policy, facts: Mapping[str, str]) -> dict[str, str]:
    """What of a release's facts its audience is told: other data must give the same release."""
    hidden = set() if policy.method == "identity" else {"inputs_sha256"}
    return {name: told for name, told in facts.items() if name not in hidden}
