-- staging.layouts: one row per file taken in: how it was laid out, and no value of it.
create table if not exists staging.layouts (
    snapshot integer not null,
    source text not null,
    export text not null,
    header_sha256 text not null,
    -- Names of columns in order, delimiter, encoding, forms of dates, profiles: as JSON.
    seen text not null
);
