-- staging.cases: one row per export row that describes a case.
create table if not exists staging.cases (
    snapshot integer not null,
    line bigint not null,
    source text not null,
    export text not null,
    case_key uuid not null,
    unit text,
    category text,
    channel text,
    severity text,
    outcome text,
    status text,
    incident_on date,
    incident_exactness text,
    -- What the source itself says: evidence, compared with ours and never used.
    source_due_on date,
    source_days integer,
    source_reopens integer,
    source_verdict text,
    assignee_key text,
    reporter_key text,
    subject_key text,
    anonymity text,
    raised_by text,
    -- Where a row is the state of the case at an instant: that instant, and the declared order.
    stated_on date,
    stated_at timestamp,
    ordinal bigint
);
