"""The codes of a column, each with what it is proposed to mean."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from etl.drafting.columns import Column, codes_to_show
from etl.drafting.words import Told, code_means, name_for, plain
from etl.readers.leaves import JOINT
from etl.source import FIXED

OPEN = "?"
# Words for grave that stand above others where both are used.
_GRAVER = ("severe", "urgent", "highest", "hochste", "schwerwiegend", "grave", "majeur")
# The transitions of the standard lifecycle in XES (IEEE 1849): where one says nothing of the
# case, the name of the step has to.
_LIFECYCLE = {
    "schedule": "open", "assign": "open", "reassign": "open", "start": "open",
    "resume": "open", "suspend": "waiting", "complete": None, "autoskip": None,
    "manualskip": None, "withdraw": None, "ate_abort": None, "pi_abort": None,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Code:
    """A code as the system writes it, ours for it ("?" where it is asked), and how sure.

    `called` is the name of a code that is a number, where the export tells it.
    """

    written: str
    ours: str
    rows: int
    sure: bool
    called: str | None = None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The codes of one column; `hidden` were seen too seldom, or look like somebody."""

    field: str
    codes: tuple[Code, ...]
    hidden: int
    labels: dict[str, str]

    @property
    def asked(self) -> tuple[str, ...]:
        """Codes of which nobody can tell the meaning but whoever uses them."""
        return tuple(code.written for code in self.codes if code.ours == OPEN)


def vocabulary(field: str, column: Column, people: frozenset[str]) -> Vocabulary:
    """What the codes of `column` mean for a canonical field.

    Severity, outcome, status and kind have codes of ours, which the words of a code tell or
    nobody; the codes of the others are the organisation's, and become names of ours.
    """
    shown, hidden = codes_to_show(column, people)
    if field in FIXED:
        return _of_ours(field, column, shown, hidden)
    names = _names(field, shown)
    return Vocabulary(
        field=field,
        codes=tuple(Code(code, names[code], rows, sure=True) for code, rows in shown.items()),
        hidden=hidden,
        labels={names[code]: code for code in reversed(shown)},
    )


def _of_ours(field: str, column: Column, shown: dict[str, int], hidden: int) -> Vocabulary:
    codes = []
    for code, rows in shown.items():
        told = _means(field, code)
        meaning = told.meaning if told else OPEN
        codes.append(Code(code, meaning, rows, told is not None and told.sure == "sure"))
    # A word that we know is nobody's name: it may stand here although it was seen once.
    others = column.values.filter(~column.values.is_in(list(shown))).value_counts()
    for code, rows in sorted(others.iter_rows()):
        told = _means(field, code)
        if told is not None and told.sure == "sure":
            codes.append(Code(code, told.meaning, rows, sure=True))
            hidden -= 1
    if field == "severity":
        codes = _gravest_apart(codes)
    return Vocabulary(field=field, codes=tuple(codes), hidden=hidden, labels={})


def _gravest_apart(codes: list[Code]) -> list[Code]:
    """The same; of two grave codes the graver is critical, where nothing else is.

    As one of ours they would be no step apart, and an escalation from one to the other is lost.
    """
    graver = [code for code in codes if code.ours == "high" and plain(code.written) in _GRAVER]
    others = [code for code in codes if code.ours == "high" and code not in graver]
    if not others or any(code.ours == "critical" for code in codes):
        return codes
    return [
        replace(code, ours="critical", sure=False) if code in graver else code for code in codes
    ]


def _means(field: str, code: str) -> Told | None:
    """What a code means; a step's lifecycle tells of the step: its end does not end a case."""
    if field == "status" and _is_of_several(code):
        return None
    name, _, transition = code.rpartition("/")
    if field != "status" or not name or transition not in _LIFECYCLE:
        return code_means(field, code)
    meaning = _LIFECYCLE[transition]
    if meaning is not None:
        return Told(meaning, "likely")
    told = code_means(field, name)
    return Told(told.meaning, "likely") if told is not None else None


def _is_of_several(code: str) -> bool:
    """Whether it is a list of statuses, as what was and what became: which, nobody knows."""
    told = [code_means("status", part) for part in code.split(JOINT)]
    return len({part.meaning for part in told if part is not None}) > 1


def _names(field: str, codes: Iterable[str]) -> dict[str, str]:
    """Names of ours for codes; spellings that differ in case and blanks share one."""
    names: dict[str, str] = {}
    for code in codes:
        name = name_for(code, other=field)
        names[code] = name if name != field else f"{field}_{len(set(names.values())) + 1}"
    return names


def merged(vocabularies: Iterable[Vocabulary]) -> tuple[Vocabulary, ...]:
    """One vocabulary per field: exports of one source share its codes.

    Of a code that several have, the first one's meaning counts.
    """
    found: dict[str, Vocabulary] = {}
    for told in vocabularies:
        before = found.get(told.field)
        if before is None:
            found[told.field] = told
            continue
        written = {code.written for code in before.codes}
        found[told.field] = replace(
            before,
            codes=(*before.codes, *(c for c in told.codes if c.written not in written)),
            hidden=before.hidden + told.hidden,
            labels={**told.labels, **before.labels},
        )
    return tuple(found.values())


def of_verdicts(column: Column, meanings: dict[str, str]) -> Vocabulary:
    """What a column of truths says of a deadline, by its codes."""
    counts = dict(column.values.value_counts().iter_rows())
    codes = tuple(
        Code(written, meanings[written], rows, sure=True)
        for written, rows in sorted(counts.items())
    )
    return Vocabulary(field="verdict", codes=codes, hidden=0, labels={})
