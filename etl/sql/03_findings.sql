-- staging.findings: one row per export row that gives an allegation's finding.
create table if not exists staging.findings (
    snapshot integer not null,
    line bigint not null,
    source text not null,
    export text not null,
    case_key uuid not null,
    category text,
    outcome text
);
