"""Claims about texts that are kept or printed: codes, and nothing about a person."""

from string import Template

from checks.suites.affected import EVERY_FIGURE
from checks.verdict import Check

# Every text of a case, once per delivery, and the line on which it stands first.
_CODES = """
    select snapshot, min(line) as line, unit as told from staging.cases group by snapshot, unit
    union all
    select snapshot, min(line), category from staging.cases group by snapshot, category
    union all
    select snapshot, min(line), channel from staging.cases group by snapshot, channel
    union all
    select snapshot, min(line), severity from staging.cases group by snapshot, severity
    union all
    select snapshot, min(line), outcome from staging.cases group by snapshot, outcome
    union all
    select snapshot, min(line), status from staging.cases group by snapshot, status
    union all
    select snapshot, min(line), level from staging.events group by snapshot, level
    union all
    select snapshot, min(line), party from staging.events group by snapshot, party
"""

_EXAMINED = Template("""
    with codes as ($codes),
    texts as ($texts)
    select
        snapshot,
        line,
        cast(null as date) as happened_on,
        $violated as violated
    from texts
    where told is not null
""")

_MAIL = r"[a-z0-9._%+-]+@[a-z0-9-]+[.][a-z]{2,}"
_TELEPHONE = r"(^|[^0-9])([+]|00|0)[0-9][0-9 ()/.-]{7,}[0-9]"
# National insurance, social security, IBAN, and any number of nine digits or more.
_IDENTITY = (
    r"\b[a-z]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[a-d]\b"
    r"|\b[0-9]{3}-[0-9]{2}-[0-9]{4}\b"
    r"|\b[a-z]{2}[0-9]{2}[a-z0-9]{10,30}\b"
    r"|[0-9]{9,}"
)
_NAME = r"\b(Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Sir|Madam|Herr|Frau|Mme|Sig|Sra?)[.]? [A-Z]"


def _personal(text: str) -> str:
    patterns = "|".join((_MAIL, _TELEPHONE, _IDENTITY))
    return f"regexp_matches({text}, '{patterns}', 'i') or regexp_matches({text}, '{_NAME}')"


PRIVACY = (
    Check(
        name="codes_are_codes",
        title="No free text stands where a code should",
        why="Free text names people, and every level of a breakdown is printed.",
        about="staging.cases",
        severity="critical",
        examines=_EXAMINED.substitute(
            codes=_CODES,
            texts="select * from codes",
            violated="not regexp_full_match(told, '[a-z0-9][a-z0-9_]{0,39}')",
        ),
        affects=EVERY_FIGURE,
        remedy="Map the column's values to codes, or take it out of the source's description.",
        doubt="none",
        mended_in="sources",
    ),
    Check(
        name="nothing_about_a_person",
        title="No name, e-mail, telephone or identity number is kept",
        why="A release prints units, categories and channels: it would print the person.",
        about="staging.cases",
        severity="critical",
        examines=_EXAMINED.substitute(
            codes=_CODES,
            texts="""
                select * from codes
                union all
                select null, null, title from staging.levels
                union all
                select null, null, unit from staging.headcount
            """,
            violated=_personal("told"),
        ),
        affects=EVERY_FIGURE,
        remedy="Take the value out of the export, the description or headcount.csv.",
        doubt="none",
        mended_in="sources",
    ),
    Check(
        name="file_names_name_nobody",
        title="No delivery's file is named after a person",
        why="The name of a file is kept with its delivery, for as long as the audit is.",
        about="staging.deliveries",
        severity="warning",
        examines=Template("""
            select
                snapshot,
                cast(null as bigint) as line,
                as_of as happened_on,
                regexp_matches(file_name, '$mail', 'i')
                or regexp_matches(file_name, '$name') as violated
            from staging.deliveries
        """).substitute(mail=_MAIL, name=_NAME),
        affects=(),
        remedy="Name exports after their system and day.",
        doubt="none",
    ),
)
