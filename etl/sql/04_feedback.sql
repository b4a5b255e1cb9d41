-- staging.feedback: one row per export row of a survey.
create table if not exists staging.feedback (
    snapshot integer not null,
    line bigint not null,
    source text not null,
    export text not null,
    case_key uuid not null,
    offered_on date,
    answered_on date,
    score integer,
    scale_low integer not null,
    scale_high integer not null,
    question text
);
