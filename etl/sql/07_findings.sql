-- quality.findings: one row per check and row that breaks its claim, in the newest run.
create table if not exists quality.findings (
    name text not null,
    snapshot integer,
    line bigint,
    happened_on date,
    step text
);
