"""What the months of a language are called in exports: its names, and the ways to cut them."""

import unicodedata
from functools import cache

from babel import Locale

_SHORTEST = 3


@cache
def months_of(language: str) -> dict[str, str]:
    """Two-digit numbers of months by name, in small letters and without a final full stop.

    Beside the names of the Unicode CLDR these are their beginnings, of three letters or more,
    and each without its accents, where that is the name of one month alone: systems write
    "sep" and "fev" where the CLDR has "sept" and "févr.".
    """
    told = Locale.parse(language).months
    names = {
        name.casefold().rstrip("."): f"{number:02}"
        for shape in ("wide", "abbreviated")
        for context in ("format", "stand-alone")
        for number, name in told[context][shape].items()
    }
    cut: dict[str, set[str]] = {}
    for name, number in names.items():
        for written in (name, _without_accents(name)):
            for letters in range(_SHORTEST, len(written) + 1):
                cut.setdefault(written[:letters], set()).add(number)
    return {name: numbers.pop() for name, numbers in cut.items() if len(numbers) == 1} | names


def _without_accents(name: str) -> str:
    parts = unicodedata.normalize("NFD", name)
    return "".join(letter for letter in parts if not unicodedata.combining(letter))
