-- staging.procedure_steps: one row per step of the workspace's procedure, from the first on.
create table if not exists staging.procedure_steps (
    step text not null,
    position bigint not null,
    -- Whether a case may not go without it, and for which severities; null: for all.
    mandatory boolean not null,
    severities text[]
);
