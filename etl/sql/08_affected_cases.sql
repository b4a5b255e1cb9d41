-- quality.affected_cases: one row per check, case and step that a finding puts in doubt.
create table if not exists quality.affected_cases (
    name text not null,
    case_key uuid not null,
    step text
);
