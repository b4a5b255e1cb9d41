-- core.openings: one row per case that a log of states tells of: the first of them.
create or replace table core.openings as
-- Such a log begins with the case itself, where nothing says when it was received.
select
    states.case_key,
    states.source,
    states.snapshot,
    arg_min(states.line, (states.stated_at, states.line)) as line,
    min(states.stated_on) as stated_on,
    min(states.stated_at) as stated_at
from staging.cases as states
inner join core.chosen_rows as chosen
    on states.snapshot = chosen.snapshot and states.case_key = chosen.case_key
where states.stated_on is not null
group by states.case_key, states.source, states.snapshot;
