-- quality.explained_months: one row per month for which annotations.csv has an event.
create table if not exists quality.explained_months (
    month date not null
);
