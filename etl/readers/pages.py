"""What the wrapper around a list of records says of those that are on other pages."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

_EACH = "[]"
# A file with more of them is one value per line, and none of them is a page.
MOST = 10_000
_ONLY_LETTERS = re.compile(r"[^a-z0-9]")
_WHOLE = re.compile(r"[0-9]{1,15}")
# Objects about paging, in which other names than these mean what they mean beside the list.
_ABOUT = re.compile(
    r"(meta(data)?|pages?|paging|pageinfo|pagination|links|(list)?info|odata|cursors?"
    r"|responsemetadata|additionaldata)"
)
_OF_ALL = re.compile(
    r"total(count|size|elements|records|results|resources|items|hits|rows|entries)?"
    r"|recordsfiltered|numfound"
)
# Some systems count all records by these, and others those of the page.
_COUNT = re.compile(r"(record|result|row)?count")
_NEXT = re.compile(
    r"next((page)?(link|url|token|cursor|offset|number)?|recordsurl)|(next)?continuationtoken"
)
_MORE = re.compile(
    r"(has)?more(pages|items|rows|records|itemsincollection)?|hasnext(page)?|istruncated"
)
_LAST = re.compile(r"(is)?last(page)?|done|endofstream")
_START = re.compile(r"start(at|index)?|offset|skip")
_BEFORE = re.compile(r"prev(ious)?(page)?(link|url)?")
_NO_PAGE = frozenset({"", "false", "0", "-1"})


@dataclass(frozen=True, slots=True)
class Page:
    """What files that hold pages say: how many records there are in all, and how many here.

    `total` is none where no wrapper says it; `is_followed` says that each of them names a page
    after it, `is_first` that one of them is the first. `told` are the wrapper's own words.
    """

    total: int | None
    records: int
    is_followed: bool
    is_first: bool
    told: str

    @property
    def is_short(self) -> bool:
        """Whether records are missing that the wrappers speak of."""
        return self.is_followed if self.total is None else self.records < self.total


def page_of(
    outer: Sequence[tuple[Mapping[str, str], int]], place: Sequence[str]
) -> Page | None:
    """What the objects at the top of a file say of their lists of records.

    Each is told by its own cells and the number of records in its list at `place`.
    """
    if _EACH not in place or len(outer) > MOST:
        return None
    within = place[: place.index(_EACH)]
    return together(_page(cells, records, within) for cells, records in outer)


def together(pages: Iterable[Page]) -> Page | None:
    """Several pages as one: what they hold together, and what there should be."""
    told = list(pages)
    totals = [page.total for page in told if page.total is not None]
    if not told:
        return None
    # Two first pages with totals of their own are answers to two questions.
    firsts = {page.total for page in told if page.is_first and page.total is not None}
    loud = [page for page in told if page.is_short] or told
    return Page(
        max(*totals, sum(firsts)) if totals else None,
        sum(page.records for page in told),
        all(page.is_followed for page in told),
        any(page.is_first for page in told),
        loud[0].told,
    )


def _page(cells: Mapping[str, str], records: int, within: Sequence[str]) -> Page:
    named = list(_named(cells, within))
    total, said = _total(named)
    flags = [
        (name, (text == "true") == (_MORE.fullmatch(last) is not None))
        for name, last, text in named
        if text in {"true", "false"} and (_MORE.fullmatch(last) or _LAST.fullmatch(last))
    ]
    # Where it is said outright, an address for the next time says nothing.
    marks = flags or [
        (name, text not in _NO_PAGE) for name, last, text in named if _NEXT.fullmatch(last)
    ]
    following = [name for name, is_followed in marks if is_followed]
    # A count of what is on the page itself says nothing of the others.
    if following and total == records:
        total = None
    said = f"{said}: {total}" if total is not None else "".join(following[:1])
    is_first = any(_is_first(last, text) for _, last, text in named)
    return Page(total, records, bool(following), is_first, said)


def _total(named: Iterable[tuple[str, str, str]]) -> tuple[int | None, str]:
    totals = [
        (_OF_ALL.fullmatch(last) is None, int(text), name)
        for name, last, text in named
        if _WHOLE.fullmatch(text) and (_OF_ALL.fullmatch(last) or _COUNT.fullmatch(last))
    ]
    return min(totals)[1:] if totals else (None, "")


def _named(cells: Mapping[str, str], within: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Names about pages as they are written, the one that says what it is, and the value."""
    for name, text in cells.items():
        parts = [part for part in name.split(".")[1:] if part]
        about = parts
        for step in within:
            about = about[1:] if len(about) > 1 and about[0] == step else about
        plain = [_ONLY_LETTERS.sub("", part.lower()) for part in about]
        while len(plain) > 1 and _ABOUT.fullmatch(plain[0]):
            plain = plain[1:]
        # Where the next page is may be told in several parts, such as its number and address.
        if plain and (plain[1:] in ([], ["value"]) or _NEXT.fullmatch(plain[0])):
            yield ".".join(parts), plain[0], text


def _is_first(name: str, text: str) -> bool:
    return bool(_START.fullmatch(name) and text == "0") or bool(
        _BEFORE.fullmatch(name) and not text
    )
