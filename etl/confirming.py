"""A quiet month: a full export that comes again, byte for byte, says that nothing changed."""

from collections.abc import Iterable
from datetime import date

import polars as pl

from etl.store import Store

# The newest delivery of each export of which every file came again: a part of several says
# nothing of the others. Bytes older than the newest are an old file found again, and confirm
# nothing.
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
    select distinct deliveries.source, deliveries.export, deliveries.sha256,
        $as_of::date as as_of
    from staging.deliveries as deliveries
    inner join newest
        on deliveries.source = newest.source and deliveries.export = newest.export
        and deliveries.loading = newest.newest.loading
    where newest.newest.as_of < $as_of and deliveries.source = $source
    qualify bool_and(
        deliveries.delivery = 'full'
        and list_contains(string_split($came, ' '), deliveries.sha256)
    ) over (partition by deliveries.export)
"""


def confirm(store: Store, source: str, came: Iterable[str], as_of: date) -> pl.DataFrame:
    """Note which files of a source have come again as of a later day and confirm themselves.

    `came` are the hashes of all that came again. The columns are `source`, `export`, `sha256`
    and `as_of`, the day until which nothing had changed; without a row where that does not
    follow: an export is no full one, or not the newest of its kind, or not of a later day.
    """
    told = {"as_of": as_of, "came": " ".join(sorted(came)), "source": source}
    found = store.frame(_NEWEST, told)
    if found.height:
        store.append("staging.confirmations", found)
    return found
