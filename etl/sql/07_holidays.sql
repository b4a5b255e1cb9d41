-- staging.holidays: one row per kept holiday of a calendar: up to the as-of day it stands.
create table if not exists staging.holidays (
    calendar text not null,
    definition text not null,
    day date not null,
    holiday text not null,
    list text not null
);
