-- staging.procedure_pairs: one row per two kinds of event that one person may not both do.
create table if not exists staging.procedure_pairs (
    first_kind text not null,
    second_kind text not null
);
