"""Whether a release of noisy headlines is what it says: these numbers, this noise, no more.

Whoever has the files cannot see the truth and need not: the noise that each number is said to
have, the budget and that nothing is told twice otherwise can all be read and reckoned again.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from math import exp

from metrics.attack.told import CELL, Told
from metrics.release import TABLES

METHOD = "private"
TELLING = ("manifest", "figures", "cubes", "definitions")
MOST = 10
SAID = re.compile(r"Within (\d+) of the truth 95 times of 100; drawn with epsilon ([\d.]+)\.")

Cell = tuple[object, ...]
Number = tuple[int, Decimal]


def noisy_leaks(told: Sequence[Told]) -> Iterator[str]:
    """What such releases, read together in their order, say against what they promise."""
    known: dict[Cell, Number] = {}
    gone = Decimal(0)
    for release in told:
        yield from (f"{release.name}: {fault}" for fault in _strange(release))
        numbers = _numbers(release)
        again = [cell for cell, number in numbers.items() if known.get(cell, number) != number]
        if again:
            yield (
                f"{release.name}: {len(again)} numbers were told before otherwise: two draws"
                " of one number tell more than either"
            )
        known |= numbers
        said, budget = (Decimal(release.release.manifest[key]) for key in ("spent", "budget"))
        if said < max(gone, sum((each for _, each in known.values()), Decimal(0))):
            yield f"{release.name}: it says that {said} is spent, and more has been"
        if said > budget:
            yield f"{release.name}: {said} is spent of a budget of {budget}"
        gone = said


def in_words(release: Told) -> str:
    """How many numbers the release tells, and what they have cost."""
    held = release.release.manifest
    return (
        f"  {release.name}: {release.cells.height} numbers with noise, of the whole"
        f" organisation; {held['spent']} of a budget of {held['budget']} spent"
    )


def _numbers(release: Told) -> dict[Cell, Number]:
    """What was drawn for each cell, and with how much noise the file says it was."""
    figures = {_place(row): row for row in release.release.table("figures").to_dicts()}
    found = {}
    for row in release.cells.to_dicts():
        figure = figures.get((row["metric"], row["part"], row["month"], _name(row)))
        words = SAID.fullmatch(figure["reason"]) if figure else None
        if words:
            found[tuple(row[name] for name in CELL)] = (row["n"], Decimal(words[2]))
    return found


def _place(figure: dict[str, object]) -> Cell:
    return figure["metric"], figure["part"], figure["period_start"], figure["measure"]


def _name(cell: dict[str, object]) -> str:
    return f"{cell['part']}:{cell['outcome']}" if cell["part"] else str(cell["outcome"])


def _strange(release: Told) -> Iterator[str]:
    """What of one file is more, or other, than headline numbers with the noise they say."""
    for name in TABLES:
        if name not in TELLING and release.release.table(name).height:
            yield f"the table {name} tells more than the headlines"
    figures, cells = release.release.table("figures"), release.cells
    numbers = _numbers(release)
    if len(numbers) != cells.height or len(numbers) != figures.height:
        yield "its figures are not those of its numbers, one each"
    if release.release.table("definitions").height > MOST:
        yield f"it has more than {MOST} headlines"
    if not (cells["level"] == "all").all() or not (figures["period"] == "quarter").all():
        yield "it tells of less than the whole organisation in a quarter"
    by_place: dict[Cell, Number] = {
        (metric, part, month, _name({"part": part, "outcome": outcome})): number
        for (metric, part, _, _, month, outcome, _), number in numbers.items()
    }
    for figure in figures.to_dicts():
        number = by_place.get(_place(figure))
        if number and figure != figure | _shown(*number):
            yield f"a number is told otherwise than its draw with epsilon {number[1]} gives"


def _shown(n: int, epsilon: Decimal) -> dict[str, object]:
    """What may be said of a number drawn with this noise, and nothing beside it."""
    p, off = exp(-float(epsilon)), 0
    # P(|noise| > off) by the sum of both tails, until it is small enough.
    while 2 * p ** (off + 1) / (1 + p) > 1 / 20:
        off += 1
    value = max(n, 0)
    return {
        "value": float(value) if value else None,
        "low": float(max(value - off, 0)),
        "high": float(value + off),
        "state": "ok" if value else "few",
        "reason": f"Within {off} of the truth 95 times of 100; drawn with epsilon {epsilon}.",
        **dict.fromkeys(("numerator", "denominator", "pending", "missing", "worst", "best")),
    }
