-- staging.number_shapes: one row per file and shape of its case numbers that are digits alone.
create table if not exists staging.number_shapes (
    snapshot integer not null,
    source text not null,
    -- `00123` has two zeros and three digits.
    zeros smallint not null,
    digits smallint not null
);
