-- temp.demanded: one row per case that some rule asked to escalate: since when.
create or replace temp table temp.demanded as
select
    deadlines.case_key,
    min(deadlines.started_on) as demanded_on
from core.deadlines as deadlines
where
    deadlines.result <> 'not_applicable'
    and deadlines.rule in (
        select rules.rule
        from staging.rules as rules
        where rules.to_kind = 'escalated'
    )
group by deadlines.case_key;
