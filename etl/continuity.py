"""What a delivery says beside those before it: cases that are gone, gaps, contradictions."""

from collections.abc import Mapping
from datetime import date

from etl.delivery import Delivery
from etl.errors import ExportError
from etl.pages import short_of_pages
from etl.source import Export, Source
from etl.store import Store


def refuse_drop(store: Store, loading: int, sources: Mapping[str, Source]) -> None:
    """Refuse a full delivery with far fewer rows than the one before it.

    A file that was cut off between two rows shows in nothing else. Raises ExportError.
    """
    sizes = store.frame(
        "with sizes as ("
        " select source, export, loading, max(as_of) as as_of, min(file_name) as file_name,"
        "  sum(rows_in - rows_repeated)::bigint as told, bool_or(delivery = 'full') as is_full"
        " from staging.deliveries where delivery <> 'delta' group by source, export, loading)"
        " select now.source, now.export, now.file_name, now.told, earlier.told as told_before,"
        "  earlier.as_of"
        " from sizes as now inner join sizes as earlier"
        "  on now.source = earlier.source and now.export = earlier.export"
        "  and (earlier.as_of, earlier.loading) < (now.as_of, now.loading)"
        " where now.loading = $loading and now.is_full"
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
                f" {size['told_before']:,} of the delivery of {size['as_of']}; nothing was"
                " loaded: export it again, or add --accept-drop if so many rows did go"
            )


def notes(store: Store, delivery: Delivery, as_of: date) -> tuple[str, ...]:
    """Sentences about a delivery beside the others, without a case's name or value."""
    told = {"source": delivery.source, "export": delivery.export}
    return (
        *_gaps(store, delivery.source),
        *(_begun(store, told) if delivery.rows_in else ()),
        *_gone(store, told, as_of),
        *_undeclared(store, told, as_of),
        *_unlisted(store, told),
        *_conflicts(store, told),
        *short_of_pages(store, told, delivery.sha256),
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
        " from staging.deliveries where source = $source and export = $export and rows_in > 0",
        told,
    ).row(0, named=True)
    if known["loadings"] > 1 or known["is_said"] or not known["has_cases"]:
        return []
    return [
        "nobody has said since when cases are counted (--coverage-from DAY): they are taken to"
        " be since the first one, and a release for protected readers may be refused for it"
    ]


def _gone(store: Store, told: Mapping[str, str], as_of: date) -> list[str]:
    cases, explained, unread = store.frame(
        "select count(*) filter (where not is_unread) as cases,"
        " count(explained_by) filter (where not is_unread) as explained,"
        " count(*) filter (where is_unread) as unread from core.vanished_cases"
        " where source = $source and export = $export and missing_on = $as_of",
        {**told, "as_of": as_of},
    ).row(0)
    said = []
    if unread:
        said.append(
            f"{_cases(unread)} in this full delivery with a row that was rejected; kept as last"
            " read, which is not gone"
        )
    if cases:
        nameless = _nameless(store, told)
        said.append(
            f"{_cases(cases)} of earlier deliveries not in this full one; kept as last seen,"
            f" which is not closed ({explained:,} with a deletion or purge on record)"
            + (f"; the {_rows(nameless)} without a case may be of them" if nameless else "")
        )
    return said


def _undeclared(store: Store, told: Mapping[str, str], as_of: date) -> list[str]:
    """The question that cases of earlier deliveries raise which the newest does not name."""
    sizes = store.frame(
        "select max_by(delivery, loading) as told, max(as_of) as newest,"
        " count(distinct loading) as loadings from staging.deliveries"
        " where source = $source and export = $export and grain in ('case', 'allegation')",
        told,
    ).row(0, named=True)
    is_asked = sizes["told"] == "undeclared" and sizes["newest"] == as_of
    if not is_asked or sizes["loadings"] < 2:
        return []
    cases = store.frame(
        "with named as ("
        " select case_key, max({'as_of': holds_until, 'loading': loading}) as last"
        " from core.named_cases where source = $source and export = $export"
        " group by case_key)"
        " select count(*) from named where last < (select max({'as_of': holds_until,"
        "  'loading': loading}) from core.snapshots"
        "  where source = $source and export = $export)",
        told,
    ).item()
    if not cases:
        return []
    return [
        f"{_cases(cases)} of earlier deliveries not in this one, and kept as last told: gone,"
        ' or not changed? Nobody has said: declare delivery = "full" (every export holds every'
        f' case) or "delta" (what has changed) under [exports.{told["export"]}] in the'
        f" workspace's sources/{told['source']}.toml"
    ]


def _unlisted(store: Store, told: Mapping[str, str]) -> list[str]:
    """What logs, surveys and verdicts say of cases that no list of cases has ever had."""
    cases, deleted = store.frame(
        "with named as ("
        " select distinct case_key from core.named_cases"
        " where source = $source and export = $export and is_read"
        " and snapshot not in (select snapshot from core.snapshots"
        "  where grain in ('case', 'allegation', 'snapshot'))"
        " qualify loading = max(loading) over ())"
        " select count(*), count(*) filter (where case_key in"
        "  (select case_key from staging.events where kind = 'deleted'))"
        " from named where case_key not in (select case_key from staging.cases)"
        " and case_key not in (select case_key from core.cases)",
        told,
    ).row(0)
    if not cases:
        return []
    gone = f" ({deleted:,} with a deletion on record)" if deleted else ""
    return [
        f"{_cases(cases)} named here and in no list of cases{gone}: without a receipt nothing"
        " of them is counted; load the list that has them, where there is one"
    ]


def _nameless(store: Store, told: Mapping[str, str]) -> int:
    """Rejected rows of the newest loading of which nobody can tell whose they are."""
    rejected = store.frame(
        "select count(*) as nameless from staging.rejects as rejects"
        " inner join core.snapshots as snapshots on rejects.snapshot = snapshots.snapshot"
        " where rejects.case_key is null and source = $source and export = $export"
        " and loading = (select max(loading) from core.snapshots"
        "  where source = $source and export = $export)",
        told,
    )
    return int(rejected.item())


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
    return "rejected row" if number == 1 else f"{number:,} rejected rows"


def _export(sources: Mapping[str, Source], source: str, name: str) -> Export | None:
    found = sources.get(source)
    exports = found.exports if found is not None else ()
    return next((export for export in exports if export.name == name), None)
