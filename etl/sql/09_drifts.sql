-- staging.drifts: one row per difference of a file from the last one of its kind.
create table if not exists staging.drifts (
    snapshot integer not null,
    kind text not null,
    column_name text,
    action text not null
);
