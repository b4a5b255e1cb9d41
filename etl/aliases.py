"""One case under two numbers: whatever speaks of it by the other one speaks of it."""

from etl.deliveries import staged_tables
from etl.store import Store

# A number that is a case's own, or that several cases have, says of none which it is.
_KNOWN = """
    select aliases.source, aliases.alias_key, min(aliases.case_key) as case_key
    from staging.aliases as aliases
    anti join staging.aliases as own
        on aliases.source = own.source and aliases.alias_key = own.case_key
    where aliases.alias_key is not null
    group by aliases.source, aliases.alias_key
    having count(distinct aliases.case_key) = 1
"""


def unite(store: Store, *, first_new: int) -> bool:
    """Bring every row of staging that names a case by its other number to the case itself.

    True where that changed rows of deliveries before the snapshot `first_new`.
    """
    known = store.frame(_KNOWN)
    if known.is_empty():
        return False
    before = 0
    for table in staged_tables(store, column="case_key"):
        if table != "aliases":
            before += store.rename_keys(f"staging.{table}", known, before=first_new)
    return before > 0
