-- staging.changes: one row per change of a field of a case, or per watched field of a state.
create table if not exists staging.changes (
    snapshot integer not null,
    line bigint not null,
    source text not null,
    export text not null,
    case_key uuid not null,
    field text not null,
    meaning text not null,
    before text,
    after text not null,
    -- False where the export tells what a field is, and the row before what it was.
    before_known boolean not null,
    before_rank integer,
    after_rank integer,
    occurred_on date not null,
    occurred_at timestamp not null,
    exactness text,
    ordinal bigint,
    actor_key text
);
