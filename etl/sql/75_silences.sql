-- core.silences: one row per case and party that must have news: the longest time without any.
create or replace table core.silences as
with spans as (
    select
        parties.*,
        news.told_on,
        lead(news.told_on) over in_turn - news.told_on as days
    from core.news as news
    inner join core.parties as parties
        on news.case_key = parties.case_key and news.part = parties.part
    where
        parties.since_on <= news.told_on
        and (parties.resolved_on is null or news.told_on <= parties.resolved_on)
    window in_turn as (partition by news.case_key, news.part order by news.told_on)
),

longest as (
    select
        case_key,
        source,
        part,
        limit_days,
        resolved_on,
        max(days)::integer as days,
        -- Since when nobody told anything in the first silence that lasted too long.
        min(told_on) filter (where days > limit_days) as silent_from
    from spans
    group by case_key, source, part, limit_days, resolved_on
)

select
    longest.case_key,
    longest.part,
    case
        when recorded.kind is null then 'not_assessable'
        when longest.days > longest.limit_days then 'gap'
        when longest.resolved_on is null then 'pending'
        else 'kept'
    end as result,
    coalesce(longest.silent_from + longest.limit_days + 1, longest.resolved_on) as found_on,
    longest.days
from longest
left join core.recorded_kinds as recorded
    on longest.source = recorded.source and recorded.kind = 'updated';
