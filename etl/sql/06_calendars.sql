-- staging.calendars: one row per calendar as defined: the days for which its list is kept.
create table if not exists staging.calendars (
    calendar text not null,
    definition text not null,
    kept_from date not null,
    kept_until date not null
);
