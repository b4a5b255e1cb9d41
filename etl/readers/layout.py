"""What a source declares about the files of one export, as far as a reader must know it."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Layout:
    """How one kind of file is laid out; every default is the safe rule for a file untold.

    Each field is meant as a key of the same name in a source's description, and
    `etl.reading.read_export` takes each as a keyword of the same name. A field that means
    nothing for a kind of file (a sheet for a CSV file) is passed over.

    - `delimiter`: the character between fields; "detect" takes the one of `, ; tab |` that
      splits the header into the most names.
    - `encoding`: one of `etl.readers.decoding.ENCODINGS`; "utf-8 or cp1252" is for files in
      which some lines are the one and some the other.
    - `quotes`: how a quotation mark stands inside a quoted value: "doubled", or after a
      "backslash", which then stands before itself too; "after blanks" is doubled, and blanks
      may stand before the mark that opens a value; "none" says that no value is ever quoted
      and a quotation mark is text.
    - `sheet`: a sheet of a workbook by name, or counted from 1.
    - `member`: the one file to read in a .zip archive, with `*` and `?` as wildcards.
    - `records`: where the rows of a JSON file are, such as `issues[].changelog.histories[]`;
      of several such places, the first at which the file has any.
    - `header_line`: the physical line (or row of a sheet) of the header, counted from 1;
      lines above it are a title.
    - `header_starts_with`: the same by the text with which the header's first cell begins.
    - `header_rows`: how many records the header has; a column's names from top to bottom
      become one, `Received / Date`. A blank above a name continues the name to its left, as
      merged cells are exported.
    - `footer_starts_with`: text with which the first cell of the first line below the table
      begins. It must be found: a file without its footer is cut off.
    - `repeats`: what to do where the header has a name several times: "refuse", or "number"
      them as `Comment`, `Comment [2]`, `Comment [3]`.
    - `unnamed`: what to do with a column without a name: "refuse", or "number" it by its
      place, as `Column 3`.
    """

    delimiter: str = "detect"
    encoding: str = "detect"
    quotes: Literal["doubled", "backslash", "after blanks", "none"] = "doubled"
    sheet: str | int | None = None
    member: str | None = None
    records: str | tuple[str, ...] | None = None
    header_line: int | None = None
    header_starts_with: str | None = None
    header_rows: int = 1
    footer_starts_with: str | None = None
    repeats: Literal["refuse", "number"] = "refuse"
    unnamed: Literal["refuse", "number"] = "refuse"


UNTOLD = Layout()
