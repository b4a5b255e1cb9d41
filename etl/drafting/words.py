"""What headers and codes say: the words of `words.toml`, in whatever way they are written."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

WORDS = Path(__file__).parent / "words.toml"

Sure = Literal["sure", "likely"]

EXACT, WITHIN = 100, 50
LONGEST_NAME = 40  # what the check of codes takes for a code and not for free text
_NEARLY = 80
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d"})
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_NEGATIONS = {
    "no", "not", "non", "un", "nicht", "kein", "keine", "niet", "geen", "nao", "sans", "ikke",
    "не", "без", "μη", "δεν", "nem",
}  # fmt: skip
_PARTS = {
    "part", "partly", "partial", "partially", "teilweise", "teils", "teilw", "tlw",
    "partiellement", "parcialmente", "parzialmente", "gedeeltelijk", "deels",
    "delvist", "castecne", "reszben",
}  # fmt: skip
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
# As databases write a day that there is none of: `0000-00-00`, `00.00.0000`.
_NO_DAY = re.compile(r"0{2,4}([-/.])00\1(00|0000)([ T]00:00(:00)?)?")
_NO_VALUE = r"\N"  # as databases dump it
# `Case #`; alone the sign counts rows as often as cases.
_SIGN_OF_NUMBER = re.compile(r"(?<=\w)\s*#")
# Systems put their own wrapping around a name that an administrator gave.
_WRAPPING = re.compile(
    r"^custom field \((.*)\)$|^\(?(?:u|new|cr\d+)_(.+)$"
    r"|^(?:_source|fields|properties|attributes)\.(.+)$"
    r"|^(?:.*\.)?\w*fields?(?:_?values)?\[(.+)\](?:\.(?:name|value))?$"
    # As databases tell the type of a value beside it, and services how they show it.
    r"|^(.+)(?:\.\$(?:date|oid|number\w+)|\._seconds|@[\w.]+\.FormattedValue)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Told:
    """What a code most likely means, and how sure the words make it."""

    meaning: str
    sure: Sure


# What is found in part is not what it is called beside that word; other parts are asked for.
_PARTLY = {found: Told("partly", "likely") for found in ("substantiated", "partly")}


def plain(text: str) -> str:
    """Small letters without accents, every run of other characters one blank."""
    letters = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    kept = "".join(c if c.isalnum() else " " for c in letters if not unicodedata.combining(c))
    # Letters of Korean are put together again.
    return unicodedata.normalize("NFC", " ".join(kept.split()))


def header_words(header: str) -> str:
    """The words of a column's name: `Custom field (Date closed)` and `dateClosed` are alike."""
    wrapped = _WRAPPING.match(header.strip())
    inner = next((part for part in wrapped.groups() if part), header) if wrapped else header
    words = plain(_CAMEL.sub(" ", _SIGN_OF_NUMBER.sub(" number", inner)))
    thing = words.removesuffix(" name")
    return thing if inner.endswith(".name") and thing in _things() else words


def likeness(field: str, header: str) -> int:
    """0 to 100: how well a column's name says that it holds a canonical field.

    Of a name out of two header rows, as `Dates / Received`, the lower may say it alone.
    """
    phrases = _named("columns", "dates")[field]
    whole, lower = header_words(header), header_words(_lower(header))
    return max(_best(phrases, whole), _best(phrases, lower) - 10 * (lower != whole))


def _lower(header: str) -> str:
    return header.rpartition(" / ")[2]


def likest(header: str) -> int:
    """0 to 100: how well a column's name says that it holds any field that is not a date."""
    words = header_words(header)
    return max(_best(phrases, words) for phrases in _named("columns").values())


def named_fields(name: str) -> frozenset[str]:
    """The words for a field that stands in a history alone, such as the assignee."""
    return frozenset(_named("fields")[name])


def names_known(header: Iterable[str]) -> int:
    """How many of a header's names we know, of fields, of dates, or of what is never read."""
    words = [{header_words(name), header_words(_lower(name))} for name in header]
    lists = [*_named("columns", "dates", "never").values()]
    return sum(
        any(_best(told, part) >= _NEARLY for told in lists for part in said) for said in words
    )


def is_called_a_date(header: str) -> bool:
    """Whether a column's name is that of a date, in full or nearly, or begins or ends so."""
    words = header_words(header)
    spelt = _named("spelt")
    begins = any(words.startswith(f"{told} ") for told in spelt["date_begins"])
    if begins or any(f" {words}".endswith(f" {told}") for told in spelt["date_ends"]):
        return True
    return max(_best(phrases, words) for phrases in _named("dates").values()) >= _NEARLY


def never_read(header: str) -> tuple[str, int]:
    """Why a column of this name is left out (person, address, ...), and how surely."""
    words = header_words(header)
    scored = [(_best(lists, words), why) for why, lists in _named("never").items()]
    score, why = max(scored, key=lambda pair: pair[0])
    return why, score


def code_means(field: str, code: str) -> Told | None:
    """What a code of severity, outcome, status or kind means; None where no word says it."""
    words = plain(code)
    lists = _of_code(field)
    for meaning, said in lists.items():
        if words in said:
            return Told(meaning, "sure")
    if _NEGATIONS & set(words.split()):
        return None
    found = [
        (len(phrase), meaning)
        for meaning, said in lists.items()
        for phrase in said
        if len(phrase) > 1 and f" {phrase} " in f" {words} "
    ]
    if not found:
        return None
    longest = max(found)
    rivals = {meaning for length, meaning in found if length == longest[0]}
    if len(rivals) > 1:
        return None
    if field == "outcome" and _PARTS & set(words.split()):
        return _PARTLY.get(longest[1])
    return Told(longest[1], "likely")


def name_for(text: str, *, other: str) -> str:
    """A name of ours for a text: small letters, digits and _; `other` where none are left.

    A long one is cut, and ends with a mark of the whole, so that no two become one.
    """
    words = plain(text.casefold().translate(_GERMAN)).encode("ascii", "ignore").decode()
    name = re.sub(r"\s+", "_", words.strip())
    name = name if name[:1].isalpha() else f"{other}{name and '_'}{name}"
    if len(name) <= LONGEST_NAME:
        return name
    mark = sha256(name.encode()).hexdigest()[:3]
    return f"{name[: LONGEST_NAME - 4].rstrip('_')}_{mark}"


def is_nothing(value: str) -> bool:
    """Whether a value is one of those that are written where there is nothing."""
    words = plain(value)
    is_marker = words in _named("nothing")["markers"] or _NO_DAY.fullmatch(value) is not None
    is_marker = is_marker or value == _NO_VALUE
    return is_marker or (not words and 0 < len(value) <= 3)


def never_days() -> frozenset[str]:
    """Days, as 1970-01-01, that stand for "never" or "no end"."""
    return frozenset(_named("nothing")["days"])


def _best(phrases: list[str], words: str) -> int:
    return max((_score(phrase, words) for phrase in phrases), default=0)


def _score(phrase: str, words: str) -> int:
    if phrase.endswith("*"):
        stem = phrase[:-1]
        return EXACT - 10 if words.startswith(stem) else 0
    if phrase == words:
        return EXACT
    # A longer phrase says more than a word that stands in many names.
    share = len(phrase) / max(len(words), 1)
    return WITHIN + round(40 * share) if f" {phrase} " in f" {words} " else 0


def _named(*tables: str) -> dict[str, list[str]]:
    return {name: words for table in tables for name, words in _told()[table].items()}


def _of_code(field: str) -> dict[str, list[str]]:
    return dict(_told()["codes"].get(field, {}))


@cache
def _things() -> frozenset[str]:
    """What has a name in a record, as `status.name`, and is no person with one."""
    names = {name for told in _named("columns").values() for name in told}
    people = {*_named("never")["person"], *_named("fields")["assignee"]}
    return frozenset(names - people - {"subject", "subjects", "account"})


@cache
def _told() -> dict[str, dict[str, Any]]:
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))
