"""Pages of an export that has not come whole: what their wrappers say, and what is there."""

from collections.abc import Mapping

from etl.readers.pages import Page
from etl.store import Store

_COLUMNS = {
    "pages_total": "total",
    "pages_records": "records",
    "pages_are_followed": "is_followed",
    "pages_are_first": "is_first",
    "pages_told": "told",
}


def page_columns(page: Page | None) -> dict[str, list[object]]:
    """The columns of staging.deliveries that keep what a file's wrapper says."""
    return {
        column: [getattr(page, name) if page is not None else None]
        for column, name in _COLUMNS.items()
    }


def short_of_pages(store: Store, told: Mapping[str, str], sha256: str) -> list[str]:
    """What is missing of the delivery that the file of this hash is the last one of."""
    found = store.frame(
        "select paged.* from core.paged_deliveries as paged"
        " inner join core.snapshots as snapshots on paged.snapshot = snapshots.snapshot"
        " where snapshots.source = $source and snapshots.export = $export"
        "  and snapshots.sha256 = $sha256",
        {**told, "sha256": sha256},
    )
    return [
        said
        for row in found.iter_rows(named=True)
        for said in missing_pages(
            Page(**{name: row[name] for name in _COLUMNS.values()}), files=row["files"]
        )
    ]


def missing_pages(page: Page | None, *, files: int) -> list[str]:
    """What to say of pages that came together, where some that they speak of did not."""
    if page is None or not page.is_short:
        return []
    held = f"{page.records:,}" if page.total is None else f"{page.records:,} of {page.total:,}"
    said = (
        f"the wrapper of its records says that more pages follow ({page.told})"
        if page.total is None
        else f"the wrapper of its records says {page.told}"
    )
    whole = "this file alone holds" if files == 1 else f"the {files} files together hold"
    return [
        f"{said}, and {whole} {held}: pages are missing, and their cases with them;"
        " export the other pages and load all of them together, as of one day"
    ]
