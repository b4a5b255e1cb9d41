"""What hand-written SQL asks of every text that is kept: a code, and nothing about a person."""

_PERSON = (
    r"[a-z0-9._%+-]+@[a-z0-9-]+[.][a-z]{2,}"
    r"|(^|[^0-9])([+]|00|0)[0-9][0-9 ()/.-]{7,}[0-9]"
    r"|\b[a-z]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[a-d]\b|\b[0-9]{3}-[0-9]{2}-[0-9]{4}\b"
    r"|\b[a-z]{2}[0-9]{2}[a-z0-9]{10,30}\b|[0-9]{9,}"
)
_NAMED = r"\b(Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Sir|Madam|Herr|Frau|Mme|Sig|Sra?)[.]? [A-Z]"
_MAIL = r"[a-z0-9._%+-]+@[a-z0-9-]+[.][a-z]{2,}"

# Grouping sets read the cases once for all six texts.
TEXTS = f"""
    with codes as materialized (
        select coalesce(unit, category, channel, severity, outcome, status) as told
        from staging.cases
        group by grouping sets (
            (snapshot, unit), (snapshot, category), (snapshot, channel),
            (snapshot, severity), (snapshot, outcome), (snapshot, status)
        )
        union all
        select coalesce(level, party)
        from staging.events
        where level is not null or party is not null
        group by grouping sets ((snapshot, level), (snapshot, party))
    ),
    texts as (
        select told from codes
        union all
        select title from staging.levels
        union all
        select unit from staging.headcount
    )
    select
        (select count(told) from codes) as codes_are_codes__of,
        (select count_if(not regexp_full_match(told, '[a-z0-9][a-z0-9_]{{0,39}}')) from codes)
            as codes_are_codes,
        (select count(told) from texts) as nothing_about_a_person__of,
        (
            select count_if(
                regexp_matches(told, '{_PERSON}', 'i') or regexp_matches(told, '{_NAMED}')
            )
            from texts
        ) as nothing_about_a_person,
        (select count(*) from staging.deliveries) as file_names_name_nobody__of,
        (
            select count_if(
                regexp_matches(file_name, '{_MAIL}', 'i')
                or regexp_matches(file_name, '{_NAMED}')
            )
            from staging.deliveries
        ) as file_names_name_nobody
"""
