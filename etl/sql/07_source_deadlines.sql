-- staging.source_deadlines: one row per deadline that a source itself keeps: evidence alone.
create table if not exists staging.source_deadlines (
    snapshot integer not null,
    line bigint not null,
    source text not null,
    export text not null,
    case_key uuid not null,
    clock text,
    started_on date,
    started_at timestamp,
    stopped_on date,
    stopped_at timestamp,
    due_on date,
    due_at timestamp,
    verdict text
);
