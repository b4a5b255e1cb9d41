-- staging.aliases: one row per row that tells a case's other number, or that it has none.
create table if not exists staging.aliases (
    snapshot integer not null,
    line bigint not null,
    source text not null,
    export text not null,
    case_key text not null,
    alias_key text
);
