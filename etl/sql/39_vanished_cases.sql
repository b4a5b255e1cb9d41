-- core.vanished_cases: one row per case and export whose newest full delivery lacks it.
create or replace table core.vanished_cases as
with whole as (
    select
        source,
        export,
        max({ 'as_of': holds_until, 'loading': loading }) as newest
    from core.snapshots
    where delivery = 'full' and grain in ('case', 'allegation')
    group by source, export
    having count(distinct loading) > 1
),

-- Most often there are none, and then no row needs to be looked at.
seen as materialized (
    select snapshots.*
    from core.snapshots as snapshots
    semi join whole on snapshots.source = whole.source and snapshots.export = whole.export
),

sightings as (
    select
        seen.source,
        seen.export,
        spoken.case_key,
        max({ 'as_of': seen.holds_until, 'loading': seen.loading }) as last_sighting
    from core.spoken_rows as spoken
    inner join seen on spoken.snapshot = seen.snapshot
    group by seen.source, seen.export, spoken.case_key
),

gone as (
    select
        sightings.*,
        sightings.last_sighting.as_of as last_seen_on
    from sightings
    inner join whole on sightings.source = whole.source and sightings.export = whole.export
    where sightings.last_sighting < whole.newest
)

select
    gone.case_key,
    gone.source,
    gone.export,
    gone.last_seen_on,
    min(if(later.as_of > gone.last_seen_on, later.as_of, later.holds_until)) as missing_on,
    -- An event that says why; without one nobody knows, and the case is as it was last seen.
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
        and gone.last_sighting < { 'as_of': later.holds_until, 'loading': later.loading }
group by gone.case_key, gone.source, gone.export, gone.last_seen_on;
