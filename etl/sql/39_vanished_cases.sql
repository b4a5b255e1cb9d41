-- core.vanished_cases: one row per case and export of which the newest full delivery says none.
create or replace table core.vanished_cases as
with whole as (
    select
        source,
        export,
        max({ 'as_of': holds_until, 'loading': loading }) filter (delivery = 'full') as newest
    from core.snapshots
    where grain in ('case', 'allegation')
    group by source, export
    -- Those before it may be of a time when nobody had said that each is full.
    having count(distinct loading) > 1 and bool_or(delivery = 'full')
),

named as (
    select
        *,
        { 'as_of': holds_until, 'loading': loading } as delivered
    from core.named_cases
),

gone as (
    select
        named.case_key,
        whole.source,
        whole.export,
        max(named.delivered) filter (where named.is_read) as last_read,
        max(named.delivered) as last_named,
        max(named.delivered) = whole.newest as is_unread
    from named
    inner join whole on named.source = whole.source and named.export = whole.export
    group by whole.source, whole.export, whole.newest, named.case_key
    having max(named.delivered) filter (where named.is_read) < whole.newest
)

select
    gone.case_key,
    gone.source,
    gone.export,
    gone.last_read.as_of as last_seen_on,
    gone.is_unread,
    if(
        gone.is_unread, max(later.as_of),
        min(if(later.as_of > gone.last_read.as_of, later.as_of, later.holds_until))
    ) as missing_on,
    -- Without an event that says why, nobody knows.
    (
        select min(events.kind)
        from core.events as events
        where events.case_key = gone.case_key and events.kind in ('deleted', 'purged')
    ) as explained_by
from gone
inner join core.snapshots as later
    on
        gone.source = later.source
        and gone.export = later.export
        and later.delivery = 'full'
        and if(gone.is_unread, gone.last_read, gone.last_named)
        < { 'as_of': later.holds_until, 'loading': later.loading }
group by gone.case_key, gone.source, gone.export, gone.last_read, gone.is_unread;
