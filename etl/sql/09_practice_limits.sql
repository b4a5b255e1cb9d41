-- staging.practice_limits: one row per thing that the workspace's [practices] demand.
create table if not exists staging.practice_limits (
    -- Of what sort: triage, follow_up, discipline, news, referral, check_up, exit,
    -- review, milestone or harm.
    demand text not null,
    part text not null,
    -- Within how many days; null where there is no limit of time.
    days integer,
    -- Kinds of event that satisfy it, any of them.
    kinds text[] not null
);
