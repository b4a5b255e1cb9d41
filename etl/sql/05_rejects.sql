-- staging.rejects: one row per export row that could not be read.
create table if not exists staging.rejects (
    snapshot integer not null,
    line bigint not null,
    column_name text,
    reason text not null,
    remedy text not null,
    -- The case that the row names, where that much of it can be read.
    case_key uuid
);
