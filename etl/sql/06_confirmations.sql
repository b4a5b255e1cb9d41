-- staging.confirmations: one row per later day on which a full export came again, unchanged.
create table if not exists staging.confirmations (
    source text not null,
    export text not null,
    sha256 text not null,
    -- Nothing had changed until the end of this day.
    as_of date not null
);
