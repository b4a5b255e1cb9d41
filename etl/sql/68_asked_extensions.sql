-- scratch.asked_extensions: one row per clock and event that may put off its end.
create or replace table scratch.asked_extensions as
with kinds as (
    select distinct
        position,
        kind
    from staging.extensions
)

select
    clocks.clock,
    clocks.position,
    timeline.kind,
    timeline.sequence,
    timeline.occurred_on,
    timeline.until_on,
    timeline.occurred_on - coalesce(sum(
        greatest(least(spans.until_on, timeline.occurred_on) - spans.from_on, 0)
    ), 0)::integer as recorded_on
from scratch.due_days as clocks
inner join kinds on clocks.position = kinds.position
inner join scratch.timeline as timeline
    on clocks.number = timeline.number and kinds.kind = timeline.kind
left join scratch.lost_time as spans on clocks.clock = spans.clock
where timeline.occurred_on >= clocks.started_on
group by
    clocks.clock, clocks.position, timeline.kind, timeline.sequence, timeline.occurred_on,
    timeline.until_on;
