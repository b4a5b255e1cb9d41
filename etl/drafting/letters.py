"""Whether the letters of a table are those of the language that it was written in."""

import polars as pl

from etl.readers.rows import TextTable

# Encodings of several bytes for a letter, and the letters that only their language has. Bytes
# of another language would be its narrow ones.
WIDE = {"cp932": "[ぁ-ヿ].*[ぁ-ヿ]", "cp949": "[가-힣]{2}"}
_NARROW = "[｡-ﾟ]"
_MISSPELT = r"\p{L}[¹³²¿¡¶¼½¾¥£¢¦¤×÷©®±]+\p{L}|\p{Ll}[À-ÖØ-ÞΆ-ΫЀ-Я]|[À-ɏ]{4}"
# Letters of Turkish as they look in cp1252, and those of the languages that do have them.
_TURKISH, _NORDIC = "[þðýÞÐÝ]", "[æáéíóúÆÁÉÍÓÚ]"
# Hungarian's long vowels as they look in cp1252, its other ones, and letters that it has not.
_HUNGARIAN, _SHORTER, _UNHUNGARIAN = "[õûÕÛ]", "[áéíóöúü]", "[ãâêôçàèäñëïîß]"
_LOOKED_AT = 1_000  # rows


def misspelt(text: TextTable) -> bool:
    """Whether letters of a table are signs, capitals inside words, or strange in a row.

    So do those of another language look where their encoding was not known.
    """
    return _holds(text, _MISSPELT)


def eastern(text: TextTable) -> str | None:
    """The encoding of a table read as cp1252 whose letters were Turkish or Hungarian ones."""
    if _holds(text, _TURKISH) and not _holds(text, _NORDIC):
        return "cp1254"
    is_hungarian = _holds(text, _HUNGARIAN) and _holds(text, _SHORTER)
    return "cp1250" if is_hungarian and not _holds(text, _UNHUNGARIAN) else None


def is_wide(text: TextTable, encoding: str) -> bool:
    """Whether a table read in an encoding of `WIDE` is in the language of that."""
    return _holds(text, WIDE[encoding]) and not _holds(text, _NARROW)


def _holds(text: TextTable, pattern: str) -> bool:
    """Whether a name or one of the first cells has a part like this."""
    cells = [text.rows[f"c{place}"].head(_LOOKED_AT) for place in range(len(text.header))]
    written = pl.concat([pl.Series(text.header), *(cell.rename("") for cell in cells)])
    return bool(written.str.contains(pattern).any())
