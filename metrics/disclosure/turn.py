"""What is rounded together in one quarter, and how much it tells."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from metrics.disclosure.closing import Further, given_away
from metrics.disclosure.following import Follower
from metrics.disclosure.following_room import narrowed
from metrics.disclosure.linking import Links
from metrics.disclosure.looseness import looseness
from metrics.disclosure.nesting import Nested, Relation, relations
from metrics.disclosure.nesting_room import Windows, nesting_gives_away
from metrics.disclosure.rounding import FREE
from metrics.disclosure.runs import Run
from metrics.disclosure.series import Rounding
from metrics.disclosure.tables import Bases, Counts
from metrics.reach import Off

TRIES = 15  # at rounding a table and those that follow it, or fewer
DRAWS = 3  # more of each, after which a coarser audience's sums go further


@dataclass(frozen=True, slots=True)
class Turn:
    """What is rounded together in one quarter: a table, and those that follow it.

    `months` are the quarter's; `spans` has by quarter the months of this one and of those
    before, as far back as the links between them reach. `drawn` says how often it was drawn
    before, in vain.
    """

    table: Rounding
    followers: Sequence[Rounding]
    quarter: date
    months: Sequence[int]
    spans: Mapping[date, tuple[int, int]]
    bases: Bases
    links: Links
    nests: Sequence[Nested] = ()
    drawn: int = 0

    @property
    def new(self) -> list[Rounding]:
        """Followers that are told anything now."""
        return [each for each in self.followers if each.new(self.months)]

    @property
    def tables(self) -> dict[str, Rounding]:
        """All of them by name."""
        return {each.name: each for each in (self.table, *self.followers)}

    def relations(self, known: Collection[str] | None = None) -> list[Relation]:
        """What deadlines should keep to beside other tables that are drawn or told."""
        among = {
            name: each for name, each in self.tables.items() if known is None or name in known
        }
        stands = self.months[-1] == self.bases.stands_at
        every = [
            run for one in self.followers for run in self.links[one.name, self.quarter].runs
        ]
        runs = [one for one in every if {one.fewer.table, one.more.table} <= among.keys()]
        return [
            *relations(self.nests, among, self.months, stands=stands),
            *(
                Relation(one.fewer, one.more, one.levels, closer=self._is_closer(one))
                for one in runs
            ),
        ]

    def draw(self, table: Rounding, again: int) -> np.random.Generator:
        """The dice of a table for one try at this quarter."""
        return table.draw(self.quarter, again + self.drawn * (TRIES + DRAWS))

    def said(self, each: Rounding) -> Follower:
        """A follower as it is told so far."""
        months = each.new(self.months) or list(self.months)
        return Follower(each.counts, months, each.stocks, self.links[each.name, self.quarter])

    def narrowed(self) -> int:
        """How many totals have less room, all tables together, than the base promises."""
        if not self.followers:
            return 0
        said = self._told()
        found = self._added_up([replace(each, link=each.link.by_month) for each in said])
        unit, first = self.bases.unit, self.months[0]
        led, base = self.table.counts[:, self.months, :] * unit, self.bases.base * unit
        for each, by in zip(said, self._off()[1:], strict=True):
            left = each.left(self.table.totals * unit) if first else None
            off = Further(by[first], _furthest(self.loose(self.table)), left)
            own = each.told[:, list(self.months), :]
            found += given_away(each.link.floors, led, own, base, off)
        return found + self._gives_away([each for each in self.relations() if not each.closer])

    def closely(self) -> int:
        """How many have less room for who looks closer: by days, at runs, at what is not done.

        Earlier quarters are not drawn again: where counts are few, they may leave no way.
        """
        by_days = self._added_up(self._told()) if self.followers else 0
        closer = [each for each in self.relations() if each.closer]
        return by_days + self._gives_away(closer)

    def _told(self) -> list[Follower]:
        """All followers as their readers are told them, in cases."""
        unit = self.bases.unit
        said = [self.said(each) for each in self.followers]
        hidden = [self._hidden(each) for each in self.followers]
        return [
            replace(each, told=_without(each.told * unit, months))
            for each, months in zip(said, hidden, strict=True)
        ]

    def _off(self) -> list[dict[int, Off]]:
        return [self._further(each) for each in (self.table, *self.followers)]

    def _added_up(self, said: Sequence[Follower]) -> int:
        """How many totals have less room beside the added totals of all others."""
        unit, spans = self.bases.unit, list(self.spans.values())
        hidden = set().union(*(self._hidden(each) for each in self.followers))
        stood = sorted(self.bases.stood_at & set(range(spans[0][0], self.months[0])) - hidden)
        led, base = self.table.totals * unit, self.bases.base * unit
        return narrowed(led, said, spans, base, self._off(), stood)

    def _is_closer(self, run: Run) -> bool:
        first = self.months[0]
        sides = (run.fewer, run.more)
        return any(month < first for side in sides for month, _ in side.parts())

    def _gives_away(self, every: Sequence[Relation]) -> int:
        if not every:
            return 0
        tables, spans = self.tables, set(self.spans.values())
        further = {name: _furthest(self.loose(each)) for name, each in tables.items()}
        bases = self.bases
        windows = Windows(tables, bases.unit, bases.base * bases.unit, further, spans)
        return nesting_gives_away(every, windows)

    def loose(self, each: Rounding) -> tuple[Off, Off]:
        """By how many bases sums and totals of it are further off than its cells."""
        piece = each.piece(self.months, self.bases.base)
        return looseness(piece, each.counts[:, self.months, :])

    def _further(self, each: Rounding) -> dict[int, Off]:
        """By how many bases totals of each month's quarter are further off than cells are."""
        off = {**each.off, self.quarter: self.loose(each)}
        known = {
            month: off[quarter][1]
            for quarter, span in self.spans.items()
            for month in range(*span)
        }
        return known | dict.fromkeys(self._hidden(each), Off(FREE, FREE))

    def _hidden(self, each: Rounding) -> set[int]:
        """Months of the spans of which readers are told nothing of a table."""
        spans = (range(*span) for on, span in self.spans.items() if on in each.untold)
        return {month for span in spans for month in span}

    def withhold(self, seen: Links, *, closely: bool = True) -> None:
        """Leave tables of this quarter untold with which the others would tell too much.

        To every reader, and `closely` to who looks at days too. It follows from numbers alone
        that are rounded already, those drawn and those that they are made of, and from what
        every reader knows: that a rule is for every case (`seen`).
        """
        kept = [each for each in self.followers if not each.new(self.months)]
        least = self._told_by(kept, seen)
        for each in self.new:
            less = self._told_by([*kept, each], seen)
            if less[0] > least[0] or (closely and less[1] > least[1]):
                each.untold |= {self.quarter}
            else:
                kept.append(each)
                least = less

    def _told_by(self, followers: Sequence[Rounding], seen: Links) -> tuple[int, int]:
        """How many have less room beside these, as every reader knows, and who looks closer."""
        known, closer = (
            replace(
                self,
                followers=followers,
                links={name: link.known(by_days=by_days) for name, link in seen.items()},
            )
            for by_days in (False, True)
        )
        return known.narrowed(), closer.closely()


def _furthest(loose: tuple[Off, Off]) -> Off:
    """As far as sums or totals are."""
    sums, totals = loose
    return sums.beside(totals)


def _without(told: Counts, months: Collection[int]) -> Counts:
    """Counts (level, month, cell) with nothing in these months."""
    told[:, list(months), :] = 0
    return told
