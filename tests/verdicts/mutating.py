"""Small mistakes in SQL, one at a time: what somebody may mistype or turn round."""

import dataclasses
import re
from collections.abc import Iterator

from checks.verdict import Check, Rows

# What is told in quotation marks is no word of the statement, and neither is a comment.
_CODE = re.compile(r"'(?:[^']|'')*'|--[^\n]*|(?P<code>(?:(?!'|--).)+)", re.DOTALL)
_TURNED = {
    "<=": "<",
    ">=": ">",
    "<>": "=",
    "<": "<=",
    ">": ">=",
    "=": "<>",
}
_SWAPPED = {
    "and": "or",
    "or": "and",
    "min": "max",
    "max": "min",
    "bool_and": "bool_or",
    "bool_or": "bool_and",
    "greatest": "least",
    "least": "greatest",
    "true": "false",
    "false": "true",
    "preceding": "following",
    "is not null": "is null",
    "is null": "is not null",
    "not in": "in",
    "left join": "inner join",
    "anti join": "semi join",
    "distinct": "",
    "not": "",
    "abs": "",
}
_WORDS = re.compile(
    r"(?<![\w.])(" + "|".join(w.replace(" ", r"\s+") for w in _SWAPPED) + r")(?![\w.])"
)
_COMPARED = re.compile(r"(?<![<>=:])(<=|>=|<>|<|>|=)(?![<>=])")
_NUMBER = re.compile(r"(?<![\w.'$])(\d+(?:\.\d+)?)(?![\w.'])")
_LISTED = re.compile(r"\bin\s*\((\s*'[^']*'(?:\s*,\s*'[^']*')+\s*)\)")
_DATE = re.compile(r"date '(\d{4})-")


def mutants(check: Check) -> Iterator[tuple[str, Check]]:
    """Each mistake in what the check examines, named by place, with the check so spoilt."""
    rows = check.examines
    parts = (
        {"violated": rows.violated, "among": rows.among, "source": rows.source}
        if isinstance(rows, Rows)
        else {"statement": rows}
    )
    for part, text in parts.items():
        for name, spoilt in mistakes(text):
            made = (
                dataclasses.replace(rows, **{part: spoilt})
                if isinstance(rows, Rows)
                else spoilt
            )
            yield f"{part}: {name}", dataclasses.replace(check, examines=made)


def mistakes(text: str) -> Iterator[tuple[str, str]]:
    """Texts with one mistake each, and its name: what stood there, what does now, the line."""
    seen: dict[str, int] = {}
    for start, end, new in (*_in_code(text), *_in_lists(text)):
        spoilt = text[:start] + new + text[end:]
        line = " ".join(text[text.rfind("\n", 0, start) + 1 :].split("\n", 1)[0].split())
        name = f"{' '.join(text[start:end].split())} -> {new or 'nothing'} in [{line}]"
        seen[name] = seen.get(name, 0) + 1
        yield (name if seen[name] == 1 else f"{name} ({seen[name]})"), spoilt


def _in_code(text: str) -> Iterator[tuple[int, int, str]]:
    for found in _CODE.finditer(text):
        if found["code"] is None:
            continue
        at = found.start()
        for start, end, new in _of_code(found["code"]):
            yield at + start, at + end, new


def _of_code(code: str) -> Iterator[tuple[int, int, str]]:
    for word in _WORDS.finditer(code):
        told = " ".join(word[1].split())
        if told == "and" and _is_between(code[: word.start()]):
            continue
        yield word.start(), word.end(), _SWAPPED[told]
    for sign in _COMPARED.finditer(code):
        yield sign.start(), sign.end(), _TURNED[sign[1]]
    for number in _NUMBER.finditer(code):
        for by in (-1, 1):
            yield number.start(), number.end(), _moved(number[1], by)


def _is_between(before: str) -> bool:
    """Whether the next `and` is that of the last `between`."""
    last = before.rfind("between ")
    return last >= 0 and not re.search(r"\band\b", before[last:])


def _moved(number: str, by: int) -> str:
    return f"{float(number) * (1 + by / 10):.4g}" if "." in number else str(int(number) + by)


def _in_lists(text: str) -> Iterator[tuple[int, int, str]]:
    """Lists without one of their words, and days of another year."""
    for listed in _LISTED.finditer(text):
        words = [word.strip() for word in listed[1].split(",")]
        for place in range(len(words)):
            kept = ", ".join(words[:place] + words[place + 1 :])
            yield listed.start(1), listed.end(1), kept
    for day in _DATE.finditer(text):
        for by in (-1, 1):
            yield day.start(1), day.end(1), str(int(day[1]) + by)
