"""Try a source on an export: what would be loaded and what rejected; nothing is kept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import polars as pl

from etl.contradictions import contradicting
from etl.drafting.columns import may_be_shown
from etl.pages import missing_pages
from etl.pseudonyms import reference
from etl.readers.pages import Page, together
from etl.readers.rows import TextTable
from etl.recognition import found_within, recognised
from etl.reveals import ANALYST
from etl.source import Export, Source
from etl.staging import Staged, stage
from etl.written_order import direction

SHOWN_ROWS, SHOWN_LINES, SHOWN_VALUES = 10, 5, 8
_MANY = 5
_ORDER = ("ordinal", "line", "kind")  # of what happened in one instant
_ENDS = ("resolved", "closed", "cancelled")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Rows that would be rejected for one reason: how many, the first lines, the codes.

    `values` are given for unknown codes alone, and only those that look like codes.
    """

    column: str | None
    reason: str
    remedy: str
    rows: int
    lines: tuple[int, ...]
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """What loading one file would come to: rows in = loaded + rejected + repeats + left out.

    `sample` has up to ten rows as the store would hold them, with a masked reference for the
    case; `open_cases` are those whose last closing, if any, was followed by a reopening, or
    whose last state is not an end; of `closed_cases`, `undated_ends` are closed by their status
    alone, and `doubtful_ends` by a date although their status says otherwise. `findings` counts
    the issues of all cases, where the file tells of them. `also` are the other exports that the
    file holds; `page` is what the wrapper around its records says of other pages.
    """

    source: str
    export: str
    grain: str
    rows_in: int
    rows_loaded: int
    rows_rejected: int
    rows_repeated: int
    rows_left_out: int
    rejects_allowed: int
    refusals: tuple[Refusal, ...]
    sample: pl.DataFrame
    cases: int
    events: Mapping[str, int]
    findings: int | None
    open_cases: int | None
    closed_cases: int | None
    undated_ends: int
    doubtful_ends: int
    first_day: date | None
    last_day: date | None
    unknown_columns: tuple[str, ...]
    left_out: tuple[str, ...]
    also: tuple["Trial", ...] = ()
    page: Page | None = None

    @property
    def would_load(self) -> bool:
        """Whether no more rows would be rejected than the description allows."""
        alone = self.rows_rejected <= self.rejects_allowed
        return alone and all(other.would_load for other in self.also)

    @property
    def tells_ends(self) -> bool:
        """Whether it tells on which day a case has ended."""
        return not {*_ENDS}.isdisjoint(self.events)


def try_out(path: Path, source: Source, *, key: bytes, zone: str) -> Trial:
    """Read `path` as `source` describes it and say what would become of every row.

    `zone` is the organisation's time zone. Raises ExportError where the file cannot be read,
    SourceError where it does not fit.
    """
    with recognised(path, [source]) as (read, _, export):
        told = _tried(read.whole(), source, export, key=key, zone=zone)
        page = read.told.page
    also = []
    for other in [other for other in source.exports if other.name in export.also]:
        with found_within(path, other) as more:
            if more is not None:
                also.append(_tried(more.whole(), source, other, key=key, zone=zone))
    return replace(told, also=tuple(also), page=page)


def short_of_pages(trials: Iterable[Trial]) -> list[str]:
    """What the files that are tried lack of the pages that they speak of, by their export."""
    pages: dict[str, list[Page]] = {}
    files: dict[str, int] = {}
    for trial in trials:
        files[trial.export] = files.get(trial.export, 0) + 1
        pages.setdefault(trial.export, []).extend([trial.page] if trial.page else [])
    return [
        f"{export}: {said}"
        for export, told in pages.items()
        for said in missing_pages(together(told), files=files[export])
    ]


def _tried(text: TextTable, source: Source, export: Export, *, key: bytes, zone: str) -> Trial:
    workbook = text.kind == "workbook"
    staged = _believed(
        stage(text, source, export, workbook=workbook, key=key, zone=zone), export
    )
    days = _days(staged)
    is_state = export.grain == "snapshot"
    dated, undated, doubtful = (_ended_states(staged), 0, 0) if is_state else _closed(staged)
    closed = None if dated is None else dated + undated
    cases = _case_keys(staged)
    return Trial(
        source=source.name,
        export=export.name,
        grain=export.grain,
        rows_in=staged.rows_in,
        rows_loaded=staged.rows_loaded,
        rows_rejected=staged.rejects.height,
        rows_repeated=staged.rows_repeated,
        rows_left_out=staged.left_out.len(),
        rejects_allowed=export.rejects_allowed,
        refusals=_refusals(staged.rejects),
        sample=_sample(staged, key),
        cases=cases.len(),
        events=_events(staged, export),
        findings=staged.tables["findings"].height if "findings" in staged.tables else None,
        open_cases=None if closed is None else cases.len() - closed,
        closed_cases=closed,
        undated_ends=undated,
        doubtful_ends=doubtful,
        first_day=days.to_frame().min().item(),
        last_day=days.to_frame().max().item(),
        unknown_columns=tuple(sorted(set(text.header) - export.known)),
        left_out=tuple(sorted(set(text.header) & set(export.ignored) - set(export.read))),
    )


def _believed(staged: Staged, export: Export) -> Staged:
    """Without the rows that contradict each other, which are rejects."""
    odd = contradicting(staged.tables, export)
    if odd.is_empty():
        return staged
    tables = {
        table: rows.join(odd.select("line"), on="line", how="anti", maintain_order="left")
        for table, rows in staged.tables.items()
    }
    rejects = pl.concat([staged.rejects, odd]).sort("line")
    return replace(staged, tables=tables, rejects=rejects)


def _refusals(rejects: pl.DataFrame) -> tuple[Refusal, ...]:
    """Rejects by column and reason, the most frequent first."""
    grouped = (
        rejects.group_by("column_name", "reason", "remedy", maintain_order=True)
        .agg(pl.len().alias("rows"), pl.col("line"), pl.col("value").drop_nulls())
        .sort("rows", descending=True, maintain_order=True)
    )
    return tuple(
        Refusal(
            column=row["column_name"],
            reason=row["reason"],
            remedy=row["remedy"],
            rows=row["rows"],
            lines=tuple(row["line"][:SHOWN_LINES]),
            values=_codes(row["reason"], row["value"]),
        )
        for row in grouped.iter_rows(named=True)
    )


def _codes(reason: str, values: list[str]) -> tuple[str, ...]:
    if "listed in" not in reason:
        return ()
    # What stands in many rows is no person's name.
    shown = [
        value
        for value in dict.fromkeys(values)
        if values.count(value) >= _MANY or may_be_shown(value)
    ]
    return tuple(shown[:SHOWN_VALUES])


def _case_keys(staged: Staged) -> pl.Series:
    keys = [rows["case_key"] for rows in staged.tables.values()]
    return pl.concat(keys).unique() if keys else pl.Series(dtype=pl.String)


def _sample(staged: Staged, key: bytes) -> pl.DataFrame:
    """The first rows of the first table that has any, with the dates of a case's steps."""
    filled = [pair for pair in staged.tables.items() if pair[1].height]
    name, rows = (filled or list(staged.tables.items()))[0]
    first = rows.head(SHOWN_ROWS)
    masked = [reference(k.hex(), audience=ANALYST, key=key) for k in first["case_key"]]
    kept = first.drop("source", "export", strict=False).with_columns(
        pl.Series("case", masked, pl.String)
    )
    if name == "cases" and "events" in staged.tables:
        kept = kept.join(_steps(staged.tables["events"], first), on="line", how="left")
    said = [column.name for column in kept if column.null_count() < kept.height]
    hidden = ("line", "case", "case_key", "actor_key", "assignee_key")
    ordered = ["line", "case", *(name for name in said if name not in hidden)]
    return kept.select(ordered).sort("line")


def _steps(events: pl.DataFrame, first: pl.DataFrame) -> pl.DataFrame:
    own = events.filter(pl.col("line").is_in(first["line"].implode()))
    kinds = own["kind"].unique(maintain_order=True).to_list()
    return own.group_by("line").agg(
        pl.col("occurred_on").filter(pl.col("kind") == kind).first().alias(kind)
        for kind in kinds
    )


def _events(staged: Staged, export: Export) -> dict[str, int]:
    if "events" not in staged.tables:
        return {}
    events = staged.tables["events"]
    if export.grain == "allegation":
        # Each part of a case says the steps of all of it.
        events = events.unique(["case_key", "kind", "occurred_on", "occurred_at"])
    counted = events["kind"].value_counts(sort=True)
    return dict(zip(counted["kind"].to_list(), counted["count"].to_list(), strict=True))


def _closed(staged: Staged) -> tuple[int | None, int, int]:
    """Cases that have ended and were not reopened later, by a step and by their status alone.

    None where the file has no steps. The third are those of the first whose status is another.
    """
    if "events" not in staged.tables or "cases" not in staged.tables:
        return None, 0, 0
    ended = _ended(staged.tables["events"])
    cases = staged.tables["cases"]
    is_end = pl.col("status").is_in(_ENDS)
    called = cases.filter(is_end)["case_key"].unique()
    doubtful = cases.filter(~is_end)["case_key"].unique()
    return (
        ended.len(),
        called.filter(~called.is_in(ended.implode())).len(),
        doubtful.filter(doubtful.is_in(ended.implode())).len(),
    )


def _ended(events: pl.DataFrame) -> pl.Series:
    """Cases whose last end no reopening followed, in the order that core.events has."""
    turns = events.filter(
        pl.col("kind").is_in([*_ENDS, "reopened"]) & pl.col("occurred_on").is_not_null()
    )
    instant = pl.coalesce("occurred_at", pl.col("occurred_on").cast(pl.Datetime))
    in_order = turns.sort(instant, *_ORDER, nulls_last=False, maintain_order=True)
    last = in_order.group_by("case_key").agg(pl.col("kind").last())
    return last.filter(pl.col("kind") != "reopened")["case_key"]


def _ended_states(staged: Staged) -> int | None:
    """Cases of which the last state is an end; None where no state says a status."""
    states = staged.tables["cases"]
    if states["status"].null_count() == states.height:
        return None
    is_newest_first = direction(states.rename({"stated_at": "occurred_at"}), ()) < 0
    line = -pl.col("line") if is_newest_first else pl.col("line")
    in_order = states.sort("stated_at", "ordinal", line)
    last = in_order.group_by("case_key").agg(pl.col("status").last())
    return last.filter(pl.col("status").is_in(_ENDS)).height


def _days(staged: Staged) -> pl.Series:
    """Every day that a step or a survey's answer has."""
    columns = [
        rows[name]
        for rows in staged.tables.values()
        for name in ("occurred_on", "offered_on", "answered_on")
        if name in rows.columns
    ]
    return pl.concat([c.alias("day") for c in columns]) if columns else pl.Series("day", [])
