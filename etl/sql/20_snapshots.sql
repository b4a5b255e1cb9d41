-- core.snapshots: one row per delivery known on the as-of day.
create or replace table core.snapshots as
select
    snapshot,
    source,
    export,
    grain,
    sha256,
    as_of,
    rows_in,
    rows_loaded,
    rows_rejected,
    rows_repeated,
    coverage_from,
    coverage_until
from staging.deliveries
where as_of <= (select parameters.as_of from staging.parameters as parameters);
