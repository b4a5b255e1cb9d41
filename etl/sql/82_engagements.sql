-- core.engagements: one row per unit and month that has ended: engagements with clients.
create or replace table core.engagements as
select
    engagements.unit,
    engagements.month,
    engagements.engagements,
    engagements.consent_forms
from staging.engagements as engagements
cross join staging.parameters as parameters
where engagements.month + interval 1 month <= parameters.as_of + 1;
