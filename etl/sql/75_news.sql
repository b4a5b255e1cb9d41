-- core.news: one row per case, party and day with news, the first and last day included.
create or replace table core.news as
select
    parties.case_key,
    parties.part,
    events.occurred_on as told_on
from core.parties as parties
inner join core.events as events
    on
        parties.case_key = events.case_key
        and list_contains(parties.kinds, events.kind)
        and parties.part
        = coalesce(events.party, if(events.kind = 'updated', null, 'reporter'))
union
select
    case_key,
    part,
    since_on as told_on
from core.parties
union
-- The last silence lasts to the closing, or is not over yet.
select
    parties.case_key,
    parties.part,
    coalesce(parties.resolved_on, parameters.as_of) as told_on
from core.parties as parties
cross join staging.parameters as parameters;
