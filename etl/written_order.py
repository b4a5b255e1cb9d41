"""The order in which a file tells what happened, where its clock does not tell it."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from etl.dates import has_offset
from etl.source import Export, Place, Source, has_hours
from etl.store import Store

# Of logs and states the rows stand in an order; the dates in one case's row do not.
_IN_ORDER = {
    "event": ("events",),
    "change": ("events", "changes"),
    "snapshot": ("changes", "cases"),
}
# As many lines tell whether a file begins with the oldest or with the newest.
_LOOKED_AT = 50_000
# A row out of its place does not make another order of a file.
_TO_ONE = 20
# What a row says, of which topic: what was before, and what came to be. Of what is not known to
# have been anything before, each line is a topic of its own.
_CHANGE = (
    "select line, case_key, occurred_at, field as topic,"
    " if(before_known, coalesce(before, ''), 'line ' || line) as past, after as came,"
    " after as says from staging.changes where snapshot = $snapshot"
)
_EVENT = (
    "select line, case_key, occurred_at,"
    " case when kind in ('resolved', 'closed', 'cancelled', 'reopened') then 'its end'"
    " when kind in ('paused', 'resumed') then 'pause'"
    " else concat_ws(' ', kind, level, party) end as topic,"
    " case kind when 'reopened' then 'ended' when 'resumed' then 'paused'"
    " when 'paused' then 'resumed' else 'reopened' end as past,"
    " if(kind in ('resolved', 'closed', 'cancelled'), 'ended', kind) as came,"
    " kind as says from staging.events where snapshot = $snapshot and occurred_at is not null"
)
_STATE = (
    "select line, case_key, stated_at as occurred_at, 'line ' || line as topic, '' as past,"
    " '' as came, '' as says from staging.cases"
    " where snapshot = $snapshot and stated_at is not null"
)
_SAYING = {"changes": _CHANGE, "events": _EVENT, "cases": _STATE}
_DAY, _NONE = timedelta(days=1), timedelta(0)
# When an hour that comes twice is for the first and for the second time, in UTC.
Hours = tuple[datetime, datetime]
_INSTANT = pl.Datetime("us")


def settle(
    store: Store, source: Source, export: Export, *, snapshot: int, home: str
) -> tuple[str, ...]:
    """Give the staged rows of a file their places where instants tie or may be either of two.

    Rows of one instant stand in the order of the file, which is from below where the file
    begins with the newest. An hour that comes twice, when clocks go back, has been read as the
    earlier one: a row with an earlier time than the row before it, or a date of a case's row
    before its receipt, is of the later. `home` is the zone in which days are counted. Returns
    what is to be said of such times.
    """
    tables = _IN_ORDER.get(export.grain, ())
    doubled, later = 0, 0
    if tables and not _is_log_of_texts(export):
        by_clock = _is_by_the_clock(export.columns["occurred"], export)
        hours = _hours(store, tables, snapshot, source.time_zone) if by_clock else []
        doubled, later = _settle_rows(
            store, tables, export, hours, snapshot=snapshot, home=home
        )
    kinds = [kind for kind, place in export.events.items() if _is_by_the_clock(place, export)]
    if kinds:
        hours = _hours(store, ("events",), snapshot, source.time_zone)
        told = _within(store, ("events",), snapshot, hours)
        # Of several dates of one step in a row none is amended alone.
        single = [kind for kind in kinds if kind not in export.further_events]
        second = after_receipt(told, hours).filter(pl.col("kind").is_in(single))
        moved = _later(second, home).drop("ordinal")
        _write(store, ("events",), moved, snapshot, ("line", "kind"))
        doubled += _doubled(told.filter(pl.col("kind").is_in(kinds)), hours)
        later += moved.height
    return _said(source.time_zone, doubled, later)


def _doubled(told: pl.DataFrame, hours: Sequence[Hours]) -> int:
    times = _in_hours(told, hours).filter(pl.col("hour").is_not_null())
    return times.unique(["line", "kind"]).height


def _said(zone: str, doubled: int, later: int) -> tuple[str, ...]:
    if not doubled:
        return ()
    times = "1 time" if doubled == 1 else f"{doubled:,} times"
    known = f"; {later:,} of the later, as the file's order shows" if later else ""
    return (
        f"{times} in an hour that came twice, when clocks in {zone} went back: read as the"
        f" earlier of the two{known}",
    )


def _settle_rows(
    store: Store,
    tables: Sequence[str],
    export: Export,
    hours: Sequence[Hours],
    *,
    snapshot: int,
    home: str,
) -> tuple[int, int]:
    """The same of rows that stand in an order; how many times came twice, and are the later."""
    first = _first(store, tables, snapshot)
    is_declared = "order" in export.columns
    begins = 1 if is_declared else direction(first, hours)
    if begins < 0:
        placed = entries_from_below if _are_parts_of_an_entry(export) else from_below
        _write(store, tables, placed(_tied(store, tables, snapshot)), snapshot)
    told = _within(store, tables, snapshot, hours)
    if not begins:
        return _doubled(told, hours), 0
    place = pl.col("ordinal") if is_declared else pl.col("line") * begins
    ordered = told.with_columns(place.alias("place"))
    moved = _later(second_hours(ordered, hours), home).drop("ordinal")
    _write(store, tables, moved, snapshot)
    return _doubled(told, hours), moved.unique(["line", "kind"]).height


def direction(told: pl.DataFrame, hours: Sequence[Hours]) -> int:
    """1 where the rows of a case begin with the oldest, -1 with the newest, 0 with neither.

    What nothing tells begins with the oldest.
    """
    at, hour = pl.col("occurred_at"), pl.col("hour")
    # Back by the clock, it may have been forward.
    is_doubled = hour.eq(hour.shift(1)).fill_null(value=False)
    step = pl.when(~is_doubled).then(at - at.shift(1))
    ordered = _in_hours(told, hours).sort("line")
    told_by_cases = ordered.select(step.over("case_key").alias("step"))["step"]
    on, back = _ways(told_by_cases)
    if not on and not back:
        # Where the rows of each case share their instant, the file as a whole may tell.
        on, back = _ways(ordered.select(step.alias("step"))["step"])
    if on >= _TO_ONE * back:
        return 1
    return -1 if back >= _TO_ONE * on else 0


def _ways(steps: pl.Series) -> tuple[int, int]:
    return int((steps > _NONE).sum()), int((steps < _NONE).sum())


def from_below(tied: pl.DataFrame) -> pl.DataFrame:
    """The places of rows that share an instant, in a file that begins with the newest.

    `tied` has what each row `says`: of a `topic` what was `past` and what `came` of it. A row
    that says again what an earlier one says, with nothing between that took it back, has
    the place of that one: two columns of a system tell one change.
    """
    among = pl.col("line").rank("dense", descending=True).over("case_key", "occurred_at")
    placed = tied.with_columns(among.cast(pl.Int64).alias("place")).sort("place")
    of_topic = ["case_key", "occurred_at", "topic"]
    alike = [*of_topic, "past", "says"]
    told = _last_before(_last_before(placed, "came", "past"), "past", "came")
    before = pl.col("place").shift(1).over(alike)
    # Left again, and come back to what it was: then it happened once more.
    undone = (pl.col("last came") > before) & (pl.col("last past") > before)
    is_again = before.is_not_null() & ~undone.fill_null(value=False)
    rounds = told.with_columns((~is_again).cum_sum().over(alike).alias("round"))
    first = pl.col("place").first().over(*alike, "round")
    each = rounds.with_columns(first.alias("first")).group_by("line")
    return each.agg(
        pl.when(pl.col("first").n_unique() == 1)
        .then(pl.col("first").min())
        .otherwise(pl.col("place").min())
        .alias("ordinal")
    )


def entries_from_below(tied: pl.DataFrame) -> pl.DataFrame:
    """The places of rows that share an instant, where the newest entry is first in the file.

    The rows of one entry stay in the order it has them. An entry changes a topic once, so where
    one comes again another entry has begun, unless only the file's order leads from each of
    the changes to the next.
    """
    instant = ["case_key", "occurred_at"]
    of_topic = [*instant, "topic"]
    ordered = tied.sort("line")
    goes_on = (pl.col("past") == pl.col("came").shift(1)).all().over(of_topic)
    comes_back = (pl.col("came") == pl.col("past").shift(1)).all().over(of_topic)
    among = pl.col("line").rank("dense").cast(pl.Int64).over(of_topic)
    times = pl.when(goes_on & ~comes_back).then(1).otherwise(among)
    counted = ordered.with_columns(times.alias("times")).with_columns(
        pl.col("times").cum_max().over(instant).alias("entry")
    )
    return counted.group_by("line").agg((-pl.col("entry").max()).alias("ordinal"))


def _last_before(placed: pl.DataFrame, theirs: str, mine: str) -> pl.DataFrame:
    """With the place of the last row before each whose `theirs` is what `mine` is of this."""
    of_topic = ["case_key", "occurred_at", "topic"]
    others = placed.select(
        *of_topic, "place", pl.col(theirs).alias(mine), pl.col("place").alias(f"last {theirs}")
    )
    # `placed` is sorted by place; of groups polars cannot see that and would warn of it.
    return placed.join_asof(
        others,
        on="place",
        by=[*of_topic, mine],
        allow_exact_matches=False,
        check_sortedness=False,
    )


def second_hours(told: pl.DataFrame, hours: Sequence[Hours]) -> pl.DataFrame:
    """The rows whose hour is the second of two: those after the clock was seen to go back.

    `told` has the rows' `place`. Where a case's rows go back more than once they are in no
    order, and stay.
    """
    ordered = _in_hours(told, hours).filter(pl.col("hour").is_not_null()).sort("place")
    each = ["case_key", "hour"]
    at = pl.col("occurred_at")
    went_back = (at < at.shift(1)).fill_null(value=False).over(each)
    return (
        ordered.with_columns(went_back.alias("back"))
        .with_columns(
            pl.col("back").cum_sum().over(each).alias("seen"),
            pl.col("back").sum().over(each).alias("times"),
        )
        .filter((pl.col("seen") > 0) & (pl.col("times") == 1))
    )


def after_receipt(told: pl.DataFrame, hours: Sequence[Hours]) -> pl.DataFrame:
    """The dates of cases' rows before the receipt, within an hour that comes twice."""
    doubled = _in_hours(told, hours).filter(pl.col("hour").is_not_null())
    received = pl.col("occurred_at").filter(pl.col("kind") == "received").max()
    return doubled.filter(pl.col("occurred_at") < received.over("line", "hour"))


def doubled_hours(days: Iterable[date], zone: str) -> list[Hours]:
    """The hours that come twice in a zone on any of the days, and on those before them."""
    clock, hours = ZoneInfo(zone), []
    near = {day + _DAY * n for day in days for n in (-1, 0) if date.min < day < date.max}
    for day in sorted(near):
        first = datetime(day.year, day.month, day.day, tzinfo=UTC)
        last = first + _DAY
        before = _offset(first, clock)
        back = before - _offset(last, clock)
        if back <= _NONE:
            continue
        while last - first > timedelta(minutes=1):
            middle = first + (last - first) / 2
            if _offset(middle, clock) == before:
                first = middle
            else:
                last = middle
        turn = last.replace(second=0, microsecond=0, tzinfo=None)
        hours.append((turn - back, turn))
    return hours


def _offset(moment: datetime, clock: ZoneInfo) -> timedelta:
    return moment.astimezone(clock).utcoffset() or _NONE


def _in_hours(told: pl.DataFrame, hours: Sequence[Hours]) -> pl.DataFrame:
    """With the `hour` that an instant, read as the earlier of two, is in, and its length."""
    known = pl.DataFrame(
        [(first, turn, turn - first) for first, turn in hours],
        schema={"first": _INSTANT, "hour": _INSTANT, "length": pl.Duration("us")},
        orient="row",
    )
    # The last that began before it, if that has not ended.
    near = told.sort("occurred_at").join_asof(
        known, left_on="occurred_at", right_on="first", strategy="backward"
    )
    inside = pl.col("occurred_at") < pl.col("hour")
    return near.drop("first").with_columns(pl.when(inside).then(pl.col("hour")).alias("hour"))


def _later(told: pl.DataFrame, home: str) -> pl.DataFrame:
    """The rows by the second of two hours, with the day that is there."""
    at = pl.col("occurred_at") + pl.col("length")
    local = at.dt.replace_time_zone("UTC").dt.convert_time_zone(home).dt.date()
    return told.with_columns(at.alias("occurred_at"), local.alias("occurred_on"))


def _is_by_the_clock(place: Place, export: Export) -> bool:
    """Whether no date there names its zone or offset."""
    forms = [form for name in place.columns for form in export.written.date_forms(name)]
    return any(map(has_hours, forms)) and not any(map(has_offset, forms))


def _is_log_of_texts(export: Export) -> bool:
    """Whether a row may tell of several instants, each in the place that its text gives it."""
    text = export.columns.get("text")
    patterns = [step.pattern or "" for step in export.steps]
    return (text is not None and text.separator is not None) or any(
        "(?P<occurred>" in pattern for pattern in patterns
    )


def _are_parts_of_an_entry(export: Export) -> bool:
    """Whether an entry has its instant and several rows, which are in the order it has them."""
    around = (name.rpartition("[].")[0] for name in export.columns["occurred"].columns)
    return any(around)


def _select(table: str) -> str:
    instant = "stated_at" if table == "cases" else "occurred_at"
    kind = "kind" if table == "events" else "null::text as kind"
    return (
        f"select line, case_key, {instant} as occurred_at, ordinal, {kind} from staging.{table}"  # noqa: S608
        f" where snapshot = $snapshot and {instant} is not null"
    )


def _first(store: Store, tables: Sequence[str], snapshot: int) -> pl.DataFrame:
    """The first rows of the file with their cases and their instants, each once."""
    told = " union all ".join(map(_select, tables))
    return store.frame(
        f"select distinct on (line) * exclude (kind) from ({told}) where line <= $most",  # noqa: S608
        {"snapshot": snapshot, "most": _LOOKED_AT},
    )


def _tied(store: Store, tables: Sequence[str], snapshot: int) -> pl.DataFrame:
    """What those rows say that share their instant with another row of their case."""
    told = " union all ".join(_SAYING[table] for table in tables)
    return store.frame(
        f"with told as (select distinct * from ({told}))"  # noqa: S608
        " select * from told where (case_key, occurred_at) in"
        " (select (case_key, occurred_at) from told group by case_key, occurred_at"
        "  having count(distinct line) > 1)",
        {"snapshot": snapshot},
    )


def _hours(store: Store, tables: Sequence[str], snapshot: int, zone: str) -> list[Hours]:
    if zone == "UTC":
        return []
    told = " union all ".join(map(_select, tables))
    days = store.frame(
        f"select distinct occurred_at::date as day from ({told})",  # noqa: S608
        {"snapshot": snapshot},
    )
    return doubled_hours(days["day"], zone)


def _within(
    store: Store, tables: Sequence[str], snapshot: int, hours: Sequence[Hours]
) -> pl.DataFrame:
    """The rows of the days on which an hour comes twice."""
    told = " union all ".join(map(_select, tables))
    days = {moment.date() for hour in hours for moment in hour}
    return store.frame(
        f"select distinct * from ({told}) where list_contains($days, occurred_at::date)",  # noqa: S608
        {"snapshot": snapshot, "days": sorted(days)},
    )


def _write(
    store: Store,
    tables: Sequence[str],
    rows: pl.DataFrame,
    snapshot: int,
    keys: Sequence[str] = ("line",),
) -> None:
    """Put the places, or the later hours, of rows into the tables that hold them."""
    if rows.is_empty():
        return
    number = pl.lit(snapshot).cast(pl.Int32).alias("snapshot")
    for table in tables:
        named = "stated" if table == "cases" else "occurred"
        new = {"ordinal": "ordinal", "occurred_at": f"{named}_at", "occurred_on": f"{named}_on"}
        values = [name for name in new if name in rows.columns]
        given = rows.select(number, *keys, *(pl.col(name).alias(new[name]) for name in values))
        store.amend(f"staging.{table}", given.unique(), keys=("snapshot", *keys))
