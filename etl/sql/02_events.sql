-- staging.events: one row per date of a step, or per row of an export of events.
create table if not exists staging.events (
    snapshot integer not null,
    line bigint not null,
    case_key uuid not null,
    kind text not null,
    level text,
    occurred_on date,
    occurred_at timestamp,
    -- How exactly it is told: instant, day, month or year.
    exactness text,
    -- The declared order of the rows, where instants tie.
    ordinal bigint,
    actor_key text,
    -- Whom it was done for or with: a party to the case, a partner, a discipline.
    party text,
    -- The day to which the event puts off what it is about, such as an extension.
    until_on date
);
