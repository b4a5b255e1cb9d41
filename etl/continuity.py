"""What a delivery says beside those before it: cases that are gone, gaps, contradictions."""

from collections.abc import Mapping
from datetime import date

from etl.deliveries import Delivery
from etl.errors import ExportError
from etl.source import Export, Source
from etl.store import Store


def refuse_drop(store: Store, loading: int, sources: Mapping[str, Source]) -> None:
    """Refuse a full delivery with far fewer rows than the one before it.

    A file that was cut off between two rows shows in nothing else. Raises ExportError.
    """
    sizes = store.frame(
        "with sizes as ("
        " select source, export, loading, max(as_of) as as_of, min(file_name) as file_name,"
        "  sum(rows_in - rows_repeated)::bigint as told"
        " from staging.deliveries where delivery = 'full' group by source, export, loading)"
        " select now.source, now.export, now.file_name, now.told, earlier.told as told_before,"
        "  earlier.as_of"
        " from sizes as now inner join sizes as earlier"
        "  on now.source = earlier.source and now.export = earlier.export"
        "  and (earlier.as_of, earlier.loading) < (now.as_of, now.loading)"
        " where now.loading = $loading"
        " qualify row_number() over (partition by now.source, now.export"
        "  order by earlier.as_of desc, earlier.loading desc) = 1",
        {"loading": loading},
    )
    for size in sizes.iter_rows(named=True):
        export = _export(sources, size["source"], size["export"])
        if export and size["told"] < (1 - export.drop_allowed) * size["told_before"]:
            fewer = 100 * (1 - size["told"] / size["told_before"])
            raise ExportError(
                f"{size['file_name']}: {size['told']:,} rows, {fewer:.0f} % fewer than the"
                f" {size['told_before']:,} of the full delivery of {size['as_of']}; nothing was"
                " loaded: export it again, or add --accept-drop if so many rows did go"
            )


def notes(store: Store, delivery: Delivery, as_of: date) -> tuple[str, ...]:
    """Sentences about a delivery beside the others, without a case's name or value."""
    told = {"source": delivery.source, "export": delivery.export}
    return (
        *_gaps(store, delivery.source),
        *_begun(store, told),
        *_gone(store, told, as_of),
        *_conflicts(store, told),
    )


def _gaps(store: Store, source: str) -> list[str]:
    gaps = store.frame(
        "select gap_from, gap_until - 1 as last_day from core.coverage_gaps"
        " where source = $source order by gap_from",
        {"source": source},
    )
    return [
        f"no delivery tells of the days from {gap_from} to {last_day}"
        for gap_from, last_day in gaps.iter_rows()
    ]


def _begun(store: Store, told: Mapping[str, str]) -> list[str]:
    """What is to be said with the first delivery of cases, or is taken for granted."""
    known = store.frame(
        "select count(distinct loading) as loadings, bool_or(coverage_told) as is_said,"
        " bool_or(grain in ('case', 'allegation')) as has_cases"
        " from staging.deliveries where source = $source and export = $export",
        told,
    ).row(0, named=True)
    if known["loadings"] > 1 or known["is_said"] or not known["has_cases"]:
        return []
    return [
        "nobody has said since when cases are counted (--coverage-from DAY): they are taken to"
        " be since the first one, and readers of protected releases learn its month"
    ]


def _gone(store: Store, told: Mapping[str, str], as_of: date) -> list[str]:
    cases, explained = store.frame(
        "select count(*) as cases, count(explained_by) as explained from core.vanished_cases"
        " where source = $source and export = $export and missing_on = $as_of",
        {**told, "as_of": as_of},
    ).row(0)
    if not cases:
        return []
    rejected = store.frame(
        "select coalesce(sum(rows_rejected), 0)::bigint as rejected from core.snapshots"
        " where source = $source and export = $export and loading = (select max(loading)"
        "  from core.snapshots where source = $source and export = $export)",
        told,
    ).item()
    return [
        f"{_cases(cases)} of earlier deliveries not in this full one; kept as last seen,"
        f" which is not closed ({explained:,} with a deletion or purge on record)"
        + (f"; the {_rows(rejected)} rejected may be of them" if rejected else "")
    ]


def _conflicts(store: Store, told: Mapping[str, str]) -> list[str]:
    conflicts = store.frame(
        "select count(*) as cases from core.conflicts"
        " where source = $source and export = $export",
        told,
    ).item()
    if not conflicts:
        return []
    return [f"{_cases(conflicts)} described in several ways as of one day; the last row counts"]


def _cases(number: int) -> str:
    return "1 case is" if number == 1 else f"{number:,} cases are"


def _rows(number: int) -> str:
    return "row" if number == 1 else f"{number:,} rows"


def _export(sources: Mapping[str, Source], source: str, name: str) -> Export | None:
    found = sources.get(source)
    exports = found.exports if found is not None else ()
    return next((export for export in exports if export.name == name), None)
