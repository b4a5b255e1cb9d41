from dataclasses import dataclass
import polars as pl
@dataclass(frozen=True, slots=True)
class TextTable:
    header: tuple[str,...]; rows: pl.DataFrame; ragged: pl.DataFrame; encoding: str; delimiter: str; size: int; sha256: str
