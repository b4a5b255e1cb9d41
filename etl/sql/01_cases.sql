-- staging.cases: one row per export row that describes a case.
create table if not exists staging.cases (
    snapshot integer not null,
    line bigint not null,
    source text not null,
    export text not null,
    case_key text not null,
    unit text,
    category text,
    channel text,
    severity text,
    outcome text,
    status text,
    incident_on date,
    source_days integer
);
