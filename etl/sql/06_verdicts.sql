-- quality.verdicts: one row per run of the checks and check: what it found.
create table if not exists quality.verdicts (
    run bigint,
    fingerprint text,
    as_of date,
    name text,
    title text,
    why text,
    about text,
    severity text,
    outcome text,
    failing bigint,
    examined bigint,
    allowed text,
    since date,
    affects text[],
    remedy text,
    doubt text,
    cause text,
    topic text,
    owner text,
    statement text
);
