"""Which languages a file may be written in, by the names of its months and its letters."""

from collections.abc import Iterable

from etl.months import months_of

# English comes first: of its own names only the unusual ones have to be asked for.
_LANGUAGES = (
    "en",
    "de",
    "fr",
    "es",
    "it",
    "nl",
    "pt",
    "sv",
    "da",
    "nb",
    "fi",
    "pl",
    "cs",
    "hu",
    "ro",
    "tr",
)
# Letters that a header has in some of these languages and not in the others.
_LETTERS = {
    "őű": ("hu",), "áíóú": ("es", "pt", "cs", "hu"),
    "æø": ("da", "nb"), "å": ("da", "nb", "sv", "fi"), "ä": ("de", "sv", "fi"),
    "ö": ("de", "sv", "fi", "tr"), "ü": ("de", "tr"), "ß": ("de",), "ñ": ("es",),
    "ãõ": ("pt",), "ç": ("fr", "pt", "tr"), "éè": ("fr", "es", "it", "pt", "cs", "hu"),
    "ìò": ("it",), "ąęłśż": ("pl",), "ěřůž": ("cs",), "ășț": ("ro",), "ışğ": ("tr",),
}  # fmt: skip


def languages_of(names: Iterable[str], header: str = "") -> tuple[str, ...]:
    """The languages that have all of these months, by the letters of a header if several do.

    A month that is called alike in two of them says nothing of those that are not.
    """
    written = {name.casefold() for name in names}
    fitting = [told for told in _LANGUAGES if written <= months_of(told).keys()]
    if "en" in fitting:
        return ("en",)
    seen = set(header.casefold())
    for letters, having in _LETTERS.items():
        left = [told for told in fitting if told in having]
        fitting = left if seen & set(letters) and left else fitting
    return tuple(fitting)
