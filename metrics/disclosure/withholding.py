"""A cube for readers who need exact counts: what is small is withheld, and what gives it away.

Everything is told by quarter. The cells of a metric and part in a quarter, at every level, and
the sums that are read beside them are one system; zeros are withheld like other small counts,
so that a gap does not say that there is somebody in it.

Metrics that count the same cases are tried together: one that narrows what is withheld of those
before it is withheld wholly in the quarters that are told now.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from scipy import sparse

from metrics.disclosure.across import Part, tells_more
from metrics.disclosure.fates import Months, told_quarters
from metrics.disclosure.linked import Booleans, Key, Linked
from metrics.disclosure.nesting import nested_in
from metrics.disclosure.pairs import Pair, paired
from metrics.disclosure.protect import Declared, Ground, Layer, with_late
from metrics.disclosure.ranges import Floats, nothing_known
from metrics.disclosure.runs import Run, Sides, runs_of
from metrics.disclosure.sensitive import few
from metrics.disclosure.suppression import suppressed, wanted
from metrics.disclosure.tables import (
    KEY,
    NO_DURATION,
    SCHEMA,
    Counts,
    banded,
    grid_of,
    refuse_undeclared,
)
from metrics.disclosure.withheld import MOST_WITHHELD

INSIDERS = 2  # cases that a coalition knows: so much more room a withheld count is given
SUM = "+"  # joins the outcomes of a sum, which is told as a cell of its own


def withheld_over(
    cells: pl.DataFrame, policy_layer: Layer, declared: Declared, told: pl.DataFrame
) -> pl.DataFrame:
    """Every declared cell and sum by quarter: n, null where it is withheld, and n_true.

    `policy_layer.base` is the threshold. What was told before stays as it was, and what has
    come since is booked in the first quarter that is new. Raises ProtectionError where a cell
    is not declared.
    """
    refuse_undeclared(cells, declared.tables)
    ground = _ground(cells, policy_layer, declared, told)
    calendar = told_quarters(declared.months, declared.quarters, declared.looks)
    made = [
        _of_part(ground, pair, part, told, calendar)
        for pair in paired(declared.tables)
        for part in pair.table.parts
    ]
    _withhold_again(made, ground, calendar)
    return pl.concat(_frames(ground, each, told) for each in made).sort(KEY)


def by_quarter(cells: pl.DataFrame, declared: Declared) -> pl.DataFrame:
    """The counts of each quarter, on its first month."""
    quarter = pl.col("month").replace_strict(dict(declared.quarters), return_dtype=pl.Date())
    return cells.with_columns(quarter.alias("month")).group_by(KEY).agg(pl.col("n").sum())


def _ground(
    cells: pl.DataFrame, layer: Layer, declared: Declared, told: pl.DataFrame
) -> Ground:
    quarters = {on: on for on in sorted({declared.quarters[on] for on in declared.months})}
    plain = ~pl.col("outcome").str.contains(SUM, literal=True)
    return Ground(
        layer=layer,
        grid=grid_of(declared.levels, list(quarters)),
        declared=replace(
            declared,
            quarters=quarters,
            is_settled=False,
            looks=(),
        ),
        cells=banded(by_quarter(cells, declared), layer.bands),
        told=told.filter(plain & pl.col("month").is_in(list(quarters))),
    )


@dataclass(frozen=True, slots=True)
class System:
    """Cells and sums of one quarter at every level, with the place in a release of each.

    `places` are metric, outcome and band; None for cases that only the whole counts, which
    have no name and are never told. `never` are those that the calendar or a rule has none for.
    """

    tables: Linked
    places: tuple[tuple[str, str, int] | None, ...]
    levels: int
    never: Booleans

    @property
    def unnamed(self) -> Booleans:
        """Cells that are never told."""
        return np.tile([place is None for place in self.places], self.levels)

    @property
    def late(self) -> Counts:
        """Of each cell how many have no name: of the last one of a level, which counts all."""
        values = self.tables.values.reshape(self.levels, -1)
        late = np.zeros_like(values)
        late[:, -1] = values @ np.array([place is None for place in self.places])
        return late.ravel()

    @property
    def weights(self) -> Floats:
        """How much more readers lose with the organisation's counts, and with those of shares.

        A share is of a sum, and of the outcome that is declared first; the count of all cases
        is worth most.
        """
        metric, outcome, _ = self.places[0] or ("", "", 0)
        of_share = [
            4.0 if place and (SUM in place[1] or place[:2] == (metric, outcome)) else 1.0
            for place in self.places
        ]
        of_whole = [8.0 if place and place[0] != metric else 1.0 for place in self.places]
        of_level = np.where(np.arange(self.levels) == 0, 10.0, 1.0)
        weights: Floats = np.kron(of_level, np.maximum(of_share, of_whole)).astype(np.float64)
        return weights


def _system(ground: Ground, pair: Pair, truth: Counts, never: Booleans) -> System:
    """Rows are levels, columns cells and sums; levels add up to all, cells to their sums."""
    sums, places = _sums(pair, ground.layer.bands)
    values = np.hstack([truth, truth @ sums.T])
    cells, wide = truth.shape[1], values.shape[1]
    faces = sparse.kron(ground.grid.faces(), sparse.eye_array(wide))
    added = np.hstack([sums, -np.eye(len(sums), dtype=np.int64)])
    of_sums = sparse.kron(sparse.eye_array(len(truth)), added)
    equations = sparse.csr_array(sparse.vstack([faces, of_sums]), dtype=np.float64)
    columns = pair.columns(ground.layer.bands)
    named: list[tuple[str, str, int] | None] = [
        (pair.table.metric, outcome, band) for outcome, band in columns
    ]
    if pair.whole:
        named[cells - 1] = None
    named += places
    keys: tuple[Key, ...] = tuple(
        (*level, str(column)) for level in ground.grid.levels for column in range(wide)
    )
    known = np.hstack([never, never.astype(int) @ sums.T == sums.sum(axis=1)]).ravel()
    return System(Linked(keys, values.ravel(), equations), tuple(named), len(truth), known)


def _sums(pair: Pair, bands: Sequence[int]) -> tuple[Counts, list[tuple[str, str, int] | None]]:
    """Sums that are told (sum, cell), each with its place: outcomes over bands, subtotals."""
    columns = pair.columns(bands)
    table = pair.table
    kept: list[tuple[str, ...]] = [*dict.fromkeys(table.subtotals)]
    kept += [(outcome,) for outcome in table.outcomes] if table.timed else []
    rows = [[int(outcome in wanted) for outcome, _ in columns] for wanted in kept]
    places: list[tuple[str, str, int] | None] = [
        (table.metric, name_of(outcomes), NO_DURATION) for outcomes in kept
    ]
    if pair.whole:
        rows.append([1] * len(columns))
        places.append((pair.whole.metric, pair.whole.outcomes[0], NO_DURATION))
    return np.array(rows, dtype=np.int64).reshape(len(rows), len(columns)), places


def name_of(outcomes: Sequence[str]) -> str:
    """The outcome under which a sum of outcomes, or of one over its bands, is told."""
    return SUM.join(outcomes) if len(outcomes) > 1 else f"{SUM}{outcomes[0]}"


def hidden_in(system: System, threshold: int) -> Booleans:
    """What is withheld; if it is most of what is not small, all levels, to tell the total."""
    tables, unpublished = system.tables, system.unnamed
    hidden = _protected(system, threshold, unpublished)
    could = ~few(tables.values, threshold) & ~unpublished
    if not could.any() or hidden[could].mean() <= MOST_WITHHELD:
        return hidden
    unpublished = unpublished.copy()
    unpublished[len(system.places) :] = True  # only the row of all levels together is told
    return _protected(system, threshold, unpublished)


def _protected(system: System, threshold: int, unpublished: Booleans) -> Booleans:
    """A small count may be none, or enough and what a coalition knows.

    Whether or not a reader thinks of what the calendar leaves no case for, and knows how many
    came too late to have a name: in the first quarter nobody did.
    """
    tables, late = system.tables, system.unnamed
    want = wanted(
        tables, few(tables.values, threshold), threshold=threshold, unpublished=unpublished
    )
    want = replace(want, high=want.high + INSIDERS, costs=want.costs * system.weights)
    hidden = suppressed(tables, want).hidden
    if not (system.never | late).any():
        return hidden
    known = nothing_known(len(tables.keys))
    known.high[system.never] = 0
    known.low[late] = known.high[late] = tables.values[late]
    sensitive = want.sensitive & ~system.never & ~late
    low = np.maximum(want.low, system.late)  # all cases of a level are no fewer than those
    want = replace(want, low=low, sensitive=sensitive, unpublished=hidden)
    return suppressed(tables, want, known).hidden


def _frame(
    ground: Ground, part: str, month: int, system: System, hidden: Booleans
) -> pl.DataFrame:
    """The cells of one quarter as rows, those without a name left out."""
    values = system.tables.values.reshape(system.levels, -1)
    gone = hidden.reshape(system.levels, -1)
    rows = [
        {
            "metric": place[0],
            "part": part,
            "breakdown": breakdown,
            "level": level,
            "month": ground.grid.months[month],
            "outcome": place[1],
            "band": place[2],
            "n": None if gone[row, column] else int(values[row, column]),
            "n_true": int(values[row, column]),
        }
        for row, (breakdown, level) in enumerate(ground.grid.levels)
        for column, place in enumerate(system.places)
        if place is not None
    ]
    return pl.DataFrame(rows, schema={**SCHEMA, "n_true": pl.Int64()})


@dataclass(frozen=True, slots=True)
class _Made:
    """One metric and part: its systems by quarter, and which quarters are `new`.

    `part` is the same for the system of all metrics together.
    """

    pair: Pair
    name: str
    part: Part
    systems: Sequence[System]
    new: Sequence[int]


def _of_part(
    ground: Ground, pair: Pair, part: str, told: pl.DataFrame, calendar: Months
) -> _Made:
    """Quarter after quarter: as told before, or protected by itself now."""
    truth = with_late(ground, pair, part)
    columns = pair.columns(ground.layer.bands)
    outside = np.array([pair.table.is_outside(part, level) for level in ground.grid.levels])
    outside &= ~truth.any(axis=(1, 2))
    never = _never(pair, columns, calendar) & ~truth.any(axis=0) | outside[:, None, None]
    new = [at for at, known in enumerate(ground.is_told(pair.table.metric, part)) if not known]
    systems = [
        _system(ground, pair, truth[:, at], never[:, at]) for at in range(truth.shape[1])
    ]
    gone = [
        hidden_in(system, ground.layer.base)
        if at in new
        else _gone(ground, part, at, system, told)
        for at, system in enumerate(systems)
    ]
    sums, _ = _sums(pair, ground.layer.bands)
    hidden = np.stack([each.reshape(len(truth), -1) for each in gone], axis=1)
    stocks = [at for at, column in enumerate(columns) if column[0] in pair.table.stocks]
    delay = pair.table.delays.get(part)
    name = f"{pair.table.metric} {part}".strip()
    own = Part(
        columns,
        truth,
        sums,
        hidden,
        never,
        stocks,
        [at for at, day in enumerate(calendar.told) if day == calendar.starts[at + 1] - 1],
        delay=delay,
        arrives=pair.table.arrivals.get(part),
        after_closing=pair.table.after_closing,
        name=name,
    )
    return _Made(pair, part, own, systems, new)


def _never(pair: Pair, columns: Sequence[tuple[str, int]], calendar: Months) -> Booleans:
    """Cells (quarter, cell) of more days than there were from the quarter's first one on.

    Of a table of times that counts cases when they are received.
    """
    days = np.array(calendar.told) - np.array(calendar.starts[:-1])
    bands = np.array([band for _, band in columns])
    found: Booleans = bands[None, :] > days[:, None]
    return found if pair.whole and pair.table.timed else np.zeros_like(found)


def _gone(
    ground: Ground, part: str, quarter: int, system: System, told: pl.DataFrame
) -> Booleans:
    """What was withheld when it was told."""
    rows = told.filter(
        (pl.col("part") == part) & (pl.col("month") == ground.grid.months[quarter])
    )
    names = ("breakdown", "level", "metric", "outcome", "band", "n")
    known = {(*place,) for *place, n in rows.select(names).iter_rows() if n is not None}
    return np.array(
        [
            place is None or (*level, *place) not in known
            for level in ground.grid.levels
            for place in system.places
        ]
    )


def _withhold_again(made: Sequence[_Made], ground: Ground, calendar: Months) -> None:
    """Of parts that follow others tell none that narrows what is withheld: not at all, then."""
    led = {(each.pair.whole or each.pair.table).metric: each.part for each in made}
    beside = [each.part for each in made if each.pair.table.follows is None]
    tables = {each.pair.table.metric: each for each in made}
    nests = [
        nested.by_quarter()
        for each in tables.values()
        for nested in nested_in(each.pair.table, each.part.columns, ground.grid)
    ]
    runs: list[Run] = []
    levels, faces, few_are = ground.grid.levels, ground.grid.faces(), ground.layer.base
    for each in made:
        part = each.part
        part.follows = led.get(each.pair.table.follows or "")
        if part.follows is None:
            continue
        runs += _runs(part, part.follows, levels, calendar)
        nothing = _hidden_in(part.hidden, each.new, 0)
        is_vague = part.delay is not None and part.delay.is_vague
        # Told as it is, or else of all levels together, or else not at all.
        told = (part.hidden, _hidden_in(part.hidden, each.new, 1))
        for hidden in told if each.new and not is_vague else ():
            part.hidden = hidden
            among = (part, beside, levels, faces, few_are, nests, runs)
            if not tells_more(*among, untold=nothing):
                break
        else:
            part.hidden = nothing
        beside.append(part)


def _hidden_in(hidden: Booleans, quarters: Sequence[int], levels: int) -> Booleans:
    """The same, with nothing told in these quarters but of the first so many levels."""
    found = hidden.copy()
    found[levels:, list(quarters)] = True
    return found


def _runs(
    part: Part, led: Part, levels: Sequence[tuple[str, str]], calendar: Months
) -> Iterator[Run]:
    """What a rule for the closing tells of the times until then, quarter by quarter.

    What has come may be of cases that came late, of which no time is told.
    """
    if part.delay is None or part.delay.closing is None:
        return
    stocks = [part.columns[at][0] for at in part.stocks]
    sides = Sides(part.name, led.name, part.columns, led.columns, stocks)
    holds = tuple(at for at, level in enumerate(levels) if part.delay.holds_at(level))
    rest = tuple(led.cells(lambda name, _: not name))
    for last in range(len(calendar)):
        known = replace(
            calendar, starts=calendar.starts[: last + 2], told=calendar.told[: last + 1]
        )
        for run in runs_of(part.delay.closing, sides, known, last, holds, stands=True):
            late = tuple((quarter, rest) for quarter in range(last + 1))
            is_back = run.more.table == led.name
            more = replace(run.more, months=(*run.more.months, *late)) if is_back else run.more
            yield replace(run, more=more)


def _frames(ground: Ground, made: _Made, told: pl.DataFrame) -> pl.DataFrame:
    """As told before, and what is told now."""
    whole = made.pair.whole
    names = [made.pair.table.metric, *([whole.metric] if whole else [])]
    before = told.filter(
        pl.col("metric").is_in(names)
        & (pl.col("part") == made.name)
        & pl.col("month").is_in(ground.grid.months)
    ).select(*KEY, "n", "n_true")
    fresh = [
        _frame(ground, made.name, at, made.systems[at], made.part.hidden[:, at].ravel())
        for at in made.new
    ]
    return pl.concat([before, *fresh])
