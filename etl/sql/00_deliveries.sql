-- staging.deliveries: one row per file taken in; files of one loading share its number.
create table if not exists staging.deliveries (
    snapshot integer primary key,
    loading integer not null,
    source text not null,
    export text not null,
    grain text not null,
    file_name text not null,
    sha256 text not null,
    as_of date not null,
    rows_in bigint not null,
    rows_loaded bigint not null,
    rows_rejected bigint not null,
    rows_repeated bigint not null,
    coverage_from date,
    coverage_until date not null,
    bytes bigint,
    described text,
    delivery text,
    coverage_told boolean,
    -- Rows that the source declares to be no cases; unknown of deliveries before it could.
    rows_left_out bigint,
    -- Names of the fields that its rows speak of; unknown of deliveries before they were kept.
    reads text,
    -- What the wrapper around its records says of those on other pages, where it has one.
    pages_total bigint,
    pages_records bigint,
    pages_are_followed boolean,
    pages_are_first boolean,
    pages_told text
);
