-- staging.practice_limits: one row per thing that the workspace's [practices] demand.
create table if not exists staging.practice_limits (
    -- Of what sort: triage, follow_up, discipline, news, referral, check_up, exit,
    -- review, milestone, harm, own_decision, consequence, evidence, note, repeat, workload,
    -- duty or equal.
    demand text not null,
    part text not null,
    -- Within how many days; null where there is no limit of time.
    days integer,
    -- How many: sources of evidence at least, open cases of one person at most.
    amount integer,
    -- Kinds of event that satisfy it, any of them.
    kinds text[] not null
);
