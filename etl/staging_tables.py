"""From the typed rows of a file to the rows of the staging tables."""

from collections.abc import Iterable

import polars as pl

from etl.pseudonyms import keyed
from etl.source import CODED, FIXED
from etl.values import File, coded, each_code, text_of

_KEYS = ("line", "source", "export", "case_key")
# Of millions of events the file is kept alone, which is of one export of one source.
_PLACE = ("line", "case_key")
_DATED = ("occurred_on", "occurred_at", "exactness", "ordinal", "actor_key")
_ENDED = ("resolved", "closed", "cancelled")


def tables_of(
    rows: pl.DataFrame, steps: pl.DataFrame, file: File, key: bytes
) -> dict[str, pl.DataFrame]:
    """What each staging table receives of the typed `rows` of one file."""
    keyed = _without_backfill(rows, file).with_columns(
        pl.lit(file.export.name).alias("export"), pl.col("case_id key").alias("case_key")
    )
    makers = {
        "case": lambda: _of_a_case(keyed, file),
        "allegation": lambda: _of_a_case(keyed, file),
        "finding": lambda: {"findings": _finding(keyed, file, None, 0)},
        "event": lambda: {"events": _history(keyed, file)},
        "feedback": lambda: {"feedback": _feedback(keyed, file)},
        "snapshot": lambda: {**_of_a_case(keyed, file), "changes": _watched(keyed, file)},
        "change": lambda: _of_steps(keyed, steps, file, key),
        "verdict": lambda: {"source_deadlines": _verdicts(keyed, file)},
    }
    made = makers[file.export.grain]()
    return {table: frame for table, frame in made.items() if frame.width}


def _without_backfill(rows: pl.DataFrame, file: File) -> pl.DataFrame:
    """Blank what the system fills in backwards in the rows where the case has not ended."""
    names = [
        name
        for field in file.export.backfilled
        for name in rows.columns
        if name in {f"is {field}", f"event {field}"}
        or name.startswith((f"is {field} ", f"event {field} "))
    ]
    if not names or "is status" not in rows.columns:
        return rows
    ended = pl.col("is status").is_in(_ENDED)
    return rows.with_columns(pl.when(ended).then(pl.col(name)).alias(name) for name in names)


def _or_null(
    rows: pl.DataFrame, file: File, field: str, kind: type[pl.DataType], *, named: str = ""
) -> pl.Expr:
    name = named or field
    if field in file.export.constants:
        return pl.lit(file.export.constants[field]).alias(name)
    column = f"is {field} on" if kind is pl.Date else f"is {field}"
    if column in rows.columns:
        return pl.col(column).alias(name)
    return pl.lit(None, dtype=kind).alias(name)


def _person(rows: pl.DataFrame, field: str) -> pl.Expr:
    column = f"{field} key"
    found = pl.col(column) if column in rows.columns else pl.lit(None, dtype=pl.String)
    return found.alias(f"{field}_key")


def _when(rows: pl.DataFrame, field: str, prefix: str) -> list[pl.Expr]:
    """Day and instant of a date field as `{prefix}_on` and `{prefix}_at`."""
    if f"is {field} on" in rows.columns:
        on, at = pl.col(f"is {field} on"), pl.col(f"is {field} at")
    else:
        on, at = pl.lit(None, dtype=pl.Date), pl.lit(None, dtype=pl.Datetime("us"))
    return [on.alias(f"{prefix}_on"), at.alias(f"{prefix}_at")]


def _of_a_case(rows: pl.DataFrame, file: File) -> dict[str, pl.DataFrame]:
    export = file.export
    tables = {"cases": _cases(rows, file), "events": _steps(rows, file)}
    if "alias" in export.columns:
        other = pl.col("alias key")
        told = rows.select(*_KEYS, other.alias("alias_key"))
        # Where a file has one number alone, it is the case's own.
        tables["aliases"] = told.filter(pl.col("alias_key").ne_missing(pl.col("case_key")))
    if export.grain == "allegation":
        tables["findings"] = _finding(rows, file, None, 0)
    elif export.findings or _has_list(file):
        tables["findings"] = _findings(rows, file)
    if "score" in export.columns:
        told = _feedback(rows, file)
        spoken = pl.any_horizontal(pl.col("offered_on", "answered_on", "score").is_not_null())
        tables["feedback"] = told.filter(spoken)
    return tables


def _cases(rows: pl.DataFrame, file: File) -> pl.DataFrame:
    codes = ("unit", "category", "channel", "severity", "outcome", "status")
    is_state = file.export.grain == "snapshot"
    return rows.select(
        *_KEYS,
        *(_or_null(rows, file, field, pl.String) for field in codes),
        _or_null(rows, file, "incident_on", pl.Date),
        _precision(rows, "incident_on").alias("incident_exactness"),
        _or_null(rows, file, "due", pl.Date, named="source_due_on"),
        _or_null(rows, file, "source_days", pl.Int32),
        _or_null(rows, file, "source_reopens", pl.Int32),
        _or_null(rows, file, "verdict", pl.String, named="source_verdict"),
        _person(rows, "assignee"),
        _person(rows, "reporter"),
        _person(rows, "subject"),
        _or_null(rows, file, "anonymity", pl.String),
        _or_null(rows, file, "raised_by", pl.String),
        *_when(rows, "occurred" if is_state else "", "stated"),
        _or_null(rows, file, "order", pl.Int64, named="ordinal"),
    )


def _precision(rows: pl.DataFrame, field: str) -> pl.Expr:
    name = f"is {field} precision"
    return pl.col(name) if name in rows.columns else pl.lit(None, dtype=pl.String)


def _has_list(file: File) -> bool:
    category = file.export.columns.get("category")
    return category is not None and category.separator is not None


def _findings(rows: pl.DataFrame, file: File) -> pl.DataFrame:
    """One row per issue of a case: of a group of columns, or of a cell with several."""
    parts = [
        _finding(rows, file, place, number)
        for number, place in enumerate(file.export.findings, start=1)
    ]
    if _has_list(file):
        category = file.export.columns["category"]
        listed = rows.with_columns(each_code("category", category, file).alias("is category"))
        if file.export.findings:
            # One issue alone stands in its own columns too.
            listed = listed.filter(pl.col("is category").list.len() > 1)
        parts.append(_finding(listed.explode("is category"), file, None, 0))
    found = pl.concat(parts)
    return found.filter(pl.any_horizontal(pl.col("category", "outcome").is_not_null()))


def _finding(rows: pl.DataFrame, file: File, group: object, number: int) -> pl.DataFrame:
    if group is not None:
        places = file.export.findings[number - 1]
        rows = rows.drop("is category", "is outcome", strict=False).with_columns(
            coded(text_of(place, file), file.codes(field)).alias(f"is {field}")
            for field, place in places.items()
        )
    return rows.select(
        *_KEYS,
        _or_null(rows, file, "category", pl.String),
        _or_null(rows, file, "outcome", pl.String),
    )


def _steps(rows: pl.DataFrame, file: File) -> pl.DataFrame:
    """One row per date of a step that is filled in, in the order of the description."""
    export = file.export
    kinds = [
        rows.filter(pl.col(f"event {name} on").is_not_null()).select(
            *_PLACE,
            _kind(rows, kind).alias("kind"),
            pl.lit(export.event_levels.get(kind), dtype=pl.String).alias("level"),
            pl.col(f"event {name} on").alias("occurred_on"),
            pl.col(f"event {name} at").alias("occurred_at"),
            pl.col(f"event {name} precision").alias("exactness"),
            pl.lit(None, dtype=pl.Int64).alias("ordinal"),
            pl.lit(None, dtype=pl.String).alias("actor_key"),
            pl.lit(None, dtype=pl.String).alias("party"),
            _until(rows, name),
        )
        for name, kind, _ in export.dated_steps
    ]
    return pl.concat(kinds) if kinds else _no_events(rows)


def _kind(rows: pl.DataFrame, kind: str) -> pl.Expr:
    """The step of a date's column; the day on which a cancelled case was closed is another."""
    if kind != "closed" or "is status" not in rows.columns:
        return pl.lit(kind)
    was_cancelled = pl.col("is status") == "cancelled"
    if "event cancelled on" in rows.columns:
        was_cancelled &= pl.col("event cancelled on").is_null()
    return pl.when(was_cancelled).then(pl.lit("cancelled")).otherwise(pl.lit(kind))


def _no_events(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.head(0).select(
        *_PLACE,
        *(pl.lit(None, dtype=pl.String).alias(name) for name in ("kind", "level")),
        pl.lit(None, dtype=pl.Date).alias("occurred_on"),
        pl.lit(None, dtype=pl.Datetime("us")).alias("occurred_at"),
        pl.lit(None, dtype=pl.String).alias("exactness"),
        pl.lit(None, dtype=pl.Int64).alias("ordinal"),
        *(pl.lit(None, dtype=pl.String).alias(name) for name in ("actor_key", "party")),
        pl.lit(None, dtype=pl.Date).alias("until_on"),
    )


def _until(rows: pl.DataFrame, kind: str) -> pl.Expr:
    name = f"until {kind} on"
    end = pl.col(name) if name in rows.columns else pl.lit(None, dtype=pl.Date)
    return end.alias("until_on")


def _happened(rows: pl.DataFrame, file: File) -> list[pl.Expr]:
    return [
        pl.col("is occurred on").alias("occurred_on"),
        pl.col("is occurred at").alias("occurred_at"),
        pl.col("is occurred precision").alias("exactness"),
        _or_null(rows, file, "order", pl.Int64, named="ordinal"),
        _person(rows, "actor"),
    ]


def _history(rows: pl.DataFrame, file: File) -> pl.DataFrame:
    export = file.export
    kind = (
        pl.lit(export.constant_kind) if export.constant_kind is not None else pl.col("is kind")
    )
    return rows.filter(kind.is_not_null()).select(
        *_PLACE,
        kind.alias("kind"),
        _or_null(rows, file, "level", pl.String),
        *_happened(rows, file),
        _or_null(rows, file, "party", pl.String),
        _or_null(rows, file, "until", pl.Date, named="until_on"),
    )


def _watched(rows: pl.DataFrame, file: File) -> pl.DataFrame:
    """One row per state and watched field; what it was before, the row before says."""
    parts = [
        rows.with_columns(
            (pl.col(f"{field} key") if field == "assignee" else pl.col(f"is {field}")).alias(
                "after"
            )
        )
        .filter(pl.col("after").is_not_null() & pl.col("is occurred on").is_not_null())
        .select(
            *_KEYS,
            pl.lit(field).alias("field"),
            pl.lit(meaning).alias("meaning"),
            pl.lit(None, dtype=pl.String).alias("before"),
            "after",
            pl.lit(value=False).alias("before_known"),
            pl.lit(None, dtype=pl.Int32).alias("before_rank"),
            _rank(pl.col("after"), field, file).alias("after_rank"),
            *_happened(rows, file),
        )
        for field, meaning in file.export.changes.items()
    ]
    return pl.concat(parts) if parts else pl.DataFrame()


def _rank(value: pl.Expr, field: str, file: File) -> pl.Expr:
    """Place of a code in its order, the lowest first; null for a field without an order."""
    order = FIXED["severity"] if field == "severity" else file.source.levels("level")
    if field not in ("severity", "level"):
        return pl.lit(None, dtype=pl.Int32)
    return value.replace_strict(
        list(order), list(range(1, len(order) + 1)), default=None, return_dtype=pl.Int32
    )


def _of_steps(
    rows: pl.DataFrame, steps: pl.DataFrame, file: File, key: bytes
) -> dict[str, pl.DataFrame]:
    """The events and changes that the steps of the rows speak of."""
    order = _or_null(rows, file, "order", pl.Int64, named="ordinal")
    kept = steps.drop("problem").join(
        rows.select(*_KEYS, order, _person(rows, "actor")),
        on="line",
        how="inner",
        maintain_order="left",
    )
    # Without an order of its own a cell's entries stand in theirs.
    dated = kept.filter(pl.col("on").is_not_null()).with_columns(
        pl.coalesce("ordinal", pl.when(pl.col("entry") > 0).then("entry")),
        pl.col("on").alias("occurred_on"),
        pl.col("at").alias("occurred_at"),
        pl.col("precision").alias("exactness"),
    )
    told = dated.filter(pl.col("kind").is_not_null())
    events = told.select(*_PLACE, "kind", "level", *_DATED)
    return {"events": events, "changes": _moved(dated, file, key)}


def _moved(dated: pl.DataFrame, file: File, key: bytes) -> pl.DataFrame:
    changed = dated.filter(pl.col("change").is_not_null() & pl.col("after").is_not_null())
    parts = [_moves(changed, field, file, key) for field in _fields(file)]
    return pl.concat(parts) if parts else pl.DataFrame()


def _fields(file: File) -> Iterable[str]:
    return dict.fromkeys(step.change for step in file.export.steps if step.change is not None)


def _moves(changed: pl.DataFrame, field: str, file: File, key: bytes) -> pl.DataFrame:
    of_field = changed.filter(pl.col("change") == field)
    if field not in CODED:
        within = file.source.name
        of_field = of_field.with_columns(
            keyed(of_field[part], purpose="person", within=within, key=key)[0].alias(part)
            for part in ("before", "after")
        )
    known = "before" in file.export.columns or any(
        step.change == field and (step.before or "(?P<before>" in (step.pattern or ""))
        for step in file.export.steps
    )
    return of_field.select(
        *_KEYS,
        pl.col("change").alias("field"),
        "meaning",
        "before",
        "after",
        pl.lit(known).alias("before_known"),
        _rank(pl.col("before"), field, file).alias("before_rank"),
        _rank(pl.col("after"), field, file).alias("after_rank"),
        *_DATED,
    )


def _feedback(rows: pl.DataFrame, file: File) -> pl.DataFrame:
    low, high = file.export.scale
    answered = _or_null(rows, file, "answered", pl.Date, named="answered_on")
    if file.export.scores:
        # The day on which nobody answered is no day of an answer.
        answered = pl.when(pl.col("is score").is_not_null()).then(answered).alias("answered_on")
    if file.export.unoffered:
        word = text_of(file.export.columns["score"], file)
        rows = rows.filter(~word.is_in(file.export.unoffered).fill_null(value=False))
    return rows.select(
        *_KEYS,
        _or_null(rows, file, "offered", pl.Date, named="offered_on"),
        answered,
        _or_null(rows, file, "score", pl.Int32),
        pl.lit(low).cast(pl.Int32).alias("scale_low"),
        pl.lit(high).cast(pl.Int32).alias("scale_high"),
        _or_null(rows, file, "question", pl.String),
    )


def _verdicts(rows: pl.DataFrame, file: File) -> pl.DataFrame:
    # A file of clocks that all run, or all ended, may lack the column that says how they stand.
    verdict = pl.col("is verdict") if "is verdict" in rows.columns else pl.lit(None, pl.String)
    if "is stopped on" in rows.columns:
        # Not breached is not yet met while the clock runs.
        runs = pl.col("is stopped on").is_null() & (verdict == "met")
        verdict = pl.when(runs).then(pl.lit("running")).otherwise(verdict)
    told = rows.select(
        *_KEYS,
        _or_null(rows, file, "clock", pl.String),
        *_when(rows, "started", "started"),
        *_when(rows, "stopped", "stopped"),
        *_when(rows, "due", "due"),
        verdict.alias("verdict"),
    )
    # A case of which no clock runs has nothing to say here.
    return told.filter(
        pl.any_horizontal(pl.col("verdict", "started_on", "due_on").is_not_null())
    )
