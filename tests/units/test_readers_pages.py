"""What wrappers of JSON lists say of other pages, as the systems write them."""

import io
import json
from typing import Any

import pytest

from etl.pages import missing_pages
from etl.readers.json_records import read_json
from etl.readers.layout import Layout
from etl.readers.pages import Page, together

ROWS = [{"id": str(number)} for number in range(50)]


def page_of(text: Any, records: str, *, file: str = "page.json") -> Page | None:
    data = text if isinstance(text, str) else json.dumps(text)
    return read_json(io.BytesIO(data.encode()), file=file, layout=Layout(records=records)).page


def said(page: Page | None) -> str:
    return " ".join(missing_pages(page, files=1))


SHORT = {
    "Jira": ({"startAt": 0, "maxResults": 50, "total": 137, "issues": ROWS}, "total: 137"),
    "Jira since tokens": ({"issues": ROWS, "nextPageToken": "x", "isLast": False}, "isLast"),
    "Zendesk": ({"tickets": ROWS, "next_page": "https://a", "count": 137}, "count: 137"),
    "Zendesk by cursor": (
        {"tickets": ROWS, "meta": {"has_more": True}, "links": {"next": "https://a"}},
        "meta.has_more",
    ),
    "Zendesk since a time": (
        {"tickets": ROWS, "count": 50, "next_page": "https://a", "end_of_stream": False},
        "end_of_stream",
    ),
    "Salesforce": (
        {"totalSize": 137, "done": False, "nextRecordsUrl": "/x", "records": ROWS},
        "totalSize: 137",
    ),
    "Help Scout": (
        {"_embedded": {"conversations": ROWS}, "page": {"totalElements": 137, "size": 50}},
        "page.totalElements: 137",
    ),
    "Dynamics": ({"@odata.nextLink": "https://a", "value": ROWS}, "@odata.nextLink"),
    "Intercom": (
        {"conversations": ROWS, "pages": {"next": {"page": 2, "starting_after": "x"}}},
        "pages.next.page",
    ),
    "GraphQL": (
        {"data": {"issues": {"nodes": ROWS, "pageInfo": {"hasNextPage": True}}}},
        "data.issues.pageInfo.hasNextPage",
    ),
    "Elasticsearch": ({"hits": {"total": {"value": 137}, "hits": ROWS}}, "hits.total.value"),
    "Spring": ({"content": ROWS, "last": False, "number": 0}, "last"),
    "two counts": ({"rows": ROWS, "meta": {"count": 50, "total": 137}}, "meta.total: 137"),
}
PLACES = {
    "Help Scout": "_embedded.conversations[]",
    "GraphQL": "data.issues.nodes[]",
    "Elasticsearch": "hits.hits[]",
}


def place(name: str, page: dict[str, Any]) -> str:
    lists = [key for key, value in page.items() if isinstance(value, list)]
    return PLACES.get(name) or f"{lists[0]}[]"


@pytest.mark.parametrize(("name", "page", "words"), [(n, *told) for n, told in SHORT.items()])
def test_a_page_whose_wrapper_speaks_of_others_is_said_to_be_short(name, page, words):
    told = said(page_of(page, place(name, page)))
    assert words in told
    assert "pages are missing" in told


WHOLE = {
    "Jira": {"startAt": 0, "maxResults": 50, "total": 50, "issues": ROWS},
    "Jira since tokens": {"issues": ROWS, "isLast": True},
    "Zendesk": {"tickets": ROWS, "next_page": None, "count": 50},
    "Zendesk by cursor": {
        "tickets": ROWS,
        "meta": {"has_more": False},
        "links": {"next": "https://a"},
    },
    "Zendesk since a time": {
        "tickets": ROWS,
        "count": 50,
        "next_page": "https://a",
        "end_of_stream": True,
    },
    "Salesforce": {"totalSize": 50, "done": True, "records": ROWS},
    "Dynamics": {"value": ROWS, "@odata.context": "https://a"},
    "a count of something else": {"rows": ROWS, "summary": {"open": {"count": 137}}},
    "a total as text": {"rows": ROWS, "total": "many"},
    "no wrapper at all": {"rows": ROWS},
}


@pytest.mark.parametrize(("name", "page"), WHOLE.items())
def test_a_list_that_is_whole_is_not_said_to_be_short(name, page):
    told = page_of(page, place(name, page))
    assert told is not None
    assert told.records == 50
    assert not said(told)


def test_a_list_alone_says_nothing_of_pages():
    assert page_of(ROWS, "[]") is None


def test_an_empty_page_may_say_that_there_are_records():
    assert "total: 137" in said(page_of({"issues": [], "total": 137}, "issues[]"))


def test_the_records_of_the_outermost_list_are_counted_and_not_those_within():
    issues = [{"histories": [{"id": "1"}, {"id": "2"}, {"id": "3"}]} for _ in range(50)]
    told = page_of({"issues": issues, "total": 137}, "issues[].histories[]")
    assert told is not None
    assert (told.records, told.total) == (50, 137)


def test_pages_one_behind_the_other_in_a_file_are_counted_together():
    pages = [{"issues": ROWS, "total": 120}, {"issues": ROWS, "total": 120}]
    lines = "\n".join(json.dumps(page) for page in pages)
    told = page_of(lines, "issues[]", file="pages.ndjson")
    assert told is not None
    assert (told.records, told.total, told.is_short) == (100, 120, True)


def jira(start: int, records: int, total: int) -> Page | None:
    return page_of({"startAt": start, "total": total, "issues": ROWS[:records]}, "issues[]")


def test_pages_that_came_together_are_whole():
    assert not said(together([jira(0, 50, 137), jira(50, 50, 137), jira(100, 37, 137)]))


def test_a_page_in_the_middle_may_be_missing():
    told = together([jira(0, 50, 137), jira(100, 37, 137)])
    assert said(told).startswith(
        "the wrapper of its records says total: 137, and this file alone holds 87 of 137"
    )


def test_a_total_that_grew_while_pages_were_fetched_counts_as_one():
    assert not said(together([jira(0, 50, 137), jira(50, 50, 138), jira(100, 38, 138)]))


def test_answers_to_two_questions_have_a_total_each():
    told = together([jira(0, 30, 30), jira(0, 50, 60)])
    assert told is not None
    assert (told.records, told.total) == (80, 90)


def test_of_pages_that_name_the_next_one_the_last_names_none():
    first = page_of({"issues": ROWS, "nextPageToken": "x"}, "issues[]")
    last = page_of({"issues": ROWS}, "issues[]")
    assert said(first)
    assert not said(together([first, last]))
