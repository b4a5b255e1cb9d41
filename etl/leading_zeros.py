"""Case numbers of a source that differ by leading zeros alone: one case or two, nobody says."""

import polars as pl

from etl.pseudonyms import pseudonyms
from etl.source import Export, Source
from etl.store import Store

_NUMBER = r"^0*[1-9][0-9]*$"
_SHAPE = ("digits", "zeros")
# Pairs of which both are kept: as a case's number, or as another number of a case.
_KEPT = """
    with kept as (
        select case_key from staging.cases
        union all
        select case_key from staging.events
        union all
        select case_key from staging.changes
        union all
        select case_key from staging.findings
        union all
        select case_key from staging.feedback
        union all
        select case_key from staging.source_deadlines
        union all
        select alias_key from staging.aliases
    ),

    twins as (
        select distinct
            least(one::uuid, other::uuid) as one,
            greatest(one::uuid, other::uuid) as other
        from staging.number_twins
    )

    select count(*) as pairs
    from twins
    semi join kept as kept_one on twins.one = kept_one.case_key
    semi join kept as kept_other on twins.other = kept_other.case_key
"""


class LeadingZeros:
    """Looks through the case numbers of one file, chunk by chunk, for such pairs.

    The store keeps no number, only how many zeros stand before how many digits in those of a
    file. A number's twin is asked for where that shape says that there may be one.
    """

    def __init__(self, store: Store, source: Source, key: bytes) -> None:
        """Begin with the shapes of the numbers in the source's earlier files."""
        known = store.frame(
            "select distinct digits, zeros from staging.number_shapes where source = $source",
            {"source": source.name},
        )
        self._source, self._key = source.name, key
        self._before = set(known.iter_rows())
        self._here: set[tuple[int, int]] = set()
        self._twins: list[pl.DataFrame] = []

    def look_at(self, names: pl.Series) -> None:
        """Look at the next chunk's case numbers, each of them once."""
        numbers = names.filter(names.str.contains(_NUMBER)).alias("name").to_frame()
        bare = pl.col("name").str.strip_chars_start("0")
        shaped = numbers.with_columns(
            bare.str.len_bytes().alias("digits"),
            (pl.col("name").str.len_bytes() - bare.str.len_bytes()).alias("zeros"),
        )
        self._here |= set(shaped.select(_SHAPE).unique().iter_rows())
        for digits, zeros in self._before | self._here:
            alike = shaped.filter(pl.col("digits") == digits, pl.col("zeros") != zeros)
            if alike.height:
                twins = alike.select(pl.concat_str(pl.lit("0" * zeros), bare).alias("name"))
                pairs = {"one": self._keys(alike["name"]), "other": self._keys(twins["name"])}
                self._twins.append(pl.DataFrame(pairs))

    def _keys(self, names: pl.Series) -> list[str]:
        return pseudonyms(names, purpose="case", within=self._source, key=self._key)

    def noted(
        self, store: Store, source: Source, export: Export, *, snapshot: int
    ) -> tuple[str, ...]:
        """Keep the shapes of a file whose rows are kept, and say how many pairs there are."""
        if self._here:
            shapes = pl.DataFrame(sorted(self._here), schema=_SHAPE, orient="row")
            store.append(
                "staging.number_shapes",
                shapes.with_columns(
                    pl.lit(snapshot).alias("snapshot"), pl.lit(source.name).alias("source")
                ),
            )
        pairs = self._pairs(store)
        if not pairs:
            return ()
        several = "s differ from others" if pairs > 1 else " differs from another"
        column = export.columns["case_id"].columns[0]
        return (
            f"{pairs:,} case number{several} of {source.title} by leading zeros alone: each is"
            " kept as a case of its own. Where they are the same cases, export the file again"
            " with its numbers as text, or take the zeros off in every export of"
            f' {source.file}, as case_id = {{ columns = ["{column}"],'
            ' pattern = "^0*(?P<value>.+)$" }, and load the files again',
        )

    def _pairs(self, store: Store) -> int:
        if not self._twins:
            return 0
        store.replace("staging.number_twins", pl.concat(self._twins))
        pairs = int(store.frame(_KEPT).item())
        store.drop("staging.number_twins")
        return pairs
