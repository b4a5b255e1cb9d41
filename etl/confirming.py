"""A quiet month: a full export that comes again, byte for byte, says that nothing changed."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from etl.store import Store

# The newest delivery of each export that came in one file: a part of several says nothing of
# the others. Bytes older than the newest are an old file found again, and confirm nothing.
_NEWEST = """
    with told as (
        select source, export, loading, as_of from staging.deliveries
        union all
        select deliveries.source, deliveries.export, deliveries.loading, later.as_of
        from staging.confirmations as later
        inner join staging.deliveries as deliveries
            on later.source = deliveries.source and later.export = deliveries.export
            and later.sha256 = deliveries.sha256
    ),
    newest as (
        select source, export, max({ 'as_of': as_of, 'loading': loading }) as newest
        from told group by source, export
    )
    select deliveries.source, deliveries.export, any_value(deliveries.sha256) as sha256,
        $as_of::date as as_of
    from staging.deliveries as deliveries
    inner join newest
        on deliveries.source = newest.source and deliveries.export = newest.export
        and deliveries.loading = newest.newest.loading
    where newest.newest.as_of < $as_of
    group by deliveries.source, deliveries.export
    having count(*) = 1 and any_value(deliveries.delivery) = 'full'
        and any_value(deliveries.sha256) = $sha256 and deliveries.source = $source
"""


def confirm(store: Store, before: Mapping[str, Any], as_of: date) -> date | None:
    """Note that the bytes of the delivery `before` came again as of a later day.

    The day until which nothing had changed, or none where that does not follow: the export is
    no full one, or not the newest of its kind, or not of a later day.
    """
    found = store.frame(
        _NEWEST, {"as_of": as_of, "sha256": before["sha256"], "source": before["source"]}
    )
    if found.is_empty():
        return None
    store.append("staging.confirmations", found)
    return as_of
