"""Which roundings an audience's counts go through, and what each has told already."""

import hashlib
import hmac
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

import polars as pl

from metrics.crosswalk import Heir
from metrics.disclosure.asking import is_asked_early
from metrics.disclosure.crossing import crossed, heirs
from metrics.disclosure.ledger import TOLD, Ledger
from metrics.disclosure.linking import Links
from metrics.disclosure.policy import Policy, PolicyError
from metrics.disclosure.promised import refuse_second_look
from metrics.disclosure.protect import Block, Declared, Layer, layer_over
from metrics.disclosure.tables import KEY, SCHEMA, grid_of
from metrics.disclosure.withholding import withheld_over
from metrics.keyed import keyed
from metrics.reach import AS_A_CELL, Loose, Off

REPORTS = "report_frequency"
WITHOUT_CAUSE = 8  # one quarter in so many is said to have exceptions, whether it has or not


@dataclass(frozen=True, slots=True)
class Protected:
    """The counts of one audience, and what must be kept in the ledger once they are told.

    `cells` have n, the published count, and n_true, the number of cases that it stands for.
    `fresh` holds by layer the cells that no release has told before; `loose` says by
    how many bases sums of some metrics in a quarter may be further from the truth than cells.
    `seeds` has the dice of each layer, for those who may know everything. `asked_early` where
    people were asked about cases that were not closed yet, or may have been. `withheld` says by
    layer of which metrics and parts in which quarters its readers are told nothing, now and
    later. It `is_short` where cases that came too late lack some of their deadlines, or may.
    `heirs` are levels that took over others since these were told.
    """

    layer: str
    cells: pl.DataFrame
    fresh: Mapping[str, pl.DataFrame]
    loose: Loose
    seeds: Mapping[str, bytes] = field(default_factory=dict)
    asked_early: bool = False
    withheld: Mapping[str, Collection[Block]] = field(default_factory=dict)
    is_short: bool = False
    heirs: tuple[Heir, ...] = ()


def commitment(seed: bytes) -> str:
    """A hash that nobody finds the seed from, and that no other seed has."""
    return hashlib.sha256(b"case-audit rounding seed" + seed).hexdigest()


def method_beside(policy: Policy, everybody: Sequence[Policy]) -> None:
    """Refuse suppression beside another way of protecting the same counts.

    Raises PolicyError: exact counts would narrow the rounded ones, and a second threshold
    would tell what the first withholds.
    """
    # Noise rules no count out, so that headlines beside them narrow nothing that is promised.
    apart = {"identity", "private"}
    protected = [other for other in (*everybody, policy) if other.method not in apart]
    for other in protected:
        mixed = other.method != policy.method and "suppression" in {other.method, policy.method}
        if mixed:
            raise PolicyError(
                f"audience {policy.audience}: suppression and rounding (audience"
                f" {other.audience}) of the same counts tell more together than either; use one"
                " of them for all protected audiences"
            )
        if (other.threshold, other.bands) != (policy.threshold, policy.bands) and (
            policy.method == "suppression"
        ):
            raise PolicyError(
                f"audience {policy.audience}: its threshold or bands differ from those of"
                f" {other.audience}; what one withholds the other would tell"
            )


def roundings(policy: Policy, everybody: Sequence[Policy]) -> list[int]:
    """Bases from the finest audience's to this one's: each is rounded from the one before.

    Raises PolicyError where two audiences' numbers together would tell more than one of them.
    """
    rounded = [other for other in everybody if other.method == "rounding"]
    for other in rounded:
        if other.bands != policy.bands:
            raise PolicyError(
                f"audience {policy.audience}: its bands of days differ from those of"
                f" {other.audience}; the two together would tell more than either"
            )
    bases = sorted({policy.base, *(other.base for other in rounded)})
    for finer, coarser in pairwise(bases):
        if coarser % finer:
            raise PolicyError(
                f"audience {policy.audience}: bases {finer} and {coarser} of two audiences do"
                f" not divide each other, so that the two together would tell more than"
                f" either; use {finer} and {finer * -(-coarser // finer)}"
            )
    return [base for base in bases if base <= policy.base]


def layer_name(base: int, bands: Sequence[int]) -> str:
    """The ledger's name of the counts with this base and these bands."""
    return f"{base}|{','.join(map(str, bands))}"


def layers_of(policy: Policy, everybody: Sequence[Policy]) -> list[str]:
    """The ledger's names of the counts that an audience is told, and of those they rest on."""
    if policy.method == "suppression":
        return [f"suppression|{layer_name(policy.threshold, policy.bands)}"]
    return [layer_name(base, policy.bands) for base in roundings(policy, everybody)]


def protected_by_layers(
    exact: pl.DataFrame,
    policy: Policy,
    *,
    everybody: Sequence[Policy],
    secret: bytes,
    declared: Declared,
    ledger: Ledger,
    renamed: Mapping[tuple[str, str], str],
) -> Protected:
    """The exact cells as this audience may see them, with what was told before as it was told.

    `renamed` is the crosswalk of reorganisations: (breakdown, old level) to the new level,
    whose cases it takes over.
    """
    method_beside(policy, everybody)
    refuse_second_look(exact, policy, layers_of(policy, everybody), declared.tables, ledger)
    if policy.method == "suppression":
        return _withheld(exact, policy, declared=declared, ledger=ledger, renamed=renamed)
    fresh: dict[str, pl.DataFrame] = {}
    made: list[pl.DataFrame] = []
    seeds: dict[str, bytes] = {}
    cells, unit, name = exact, 1, ""
    loose: Loose = {}
    withheld: dict[str, Collection[Block]] = {}
    links: Links | None = None
    for base in roundings(policy, everybody):
        name = layer_name(base, policy.bands)
        seeds[name] = hmac.new(secret, f"rounding|{name}".encode(), hashlib.sha256).digest()
        told = crossed(ledger.told(name), declared, renamed)
        coarser = _next_base(base, policy, everybody)
        layer = Layer(base, policy.bands, seeds[name], unit, coarser)
        found = layer_over(cells, layer, declared, told, links, ledger.withheld(name))
        withheld[name] = found.withheld
        links = found.links
        loose = _looser(loose, unit, base, found.loose)
        new = found.cells.join(told, on=("metric", "part", "month"), how="anti")
        fresh[name] = new.select(*TOLD)
        made.append(found.cells)
        cells, unit = found.cells.select(*KEY, "n"), base
    truth = made[0].select(*KEY, "n_true")
    counts = _untold(made[-1], withheld[name], declared).select(*KEY, "n").join(truth, on=KEY)
    early, short = _exceptions(links or {}, declared, secret)
    after = heirs(pl.concat(map(ledger.told, fresh)), declared, renamed)
    return Protected(name, counts, fresh, loose, seeds, early, withheld, short, after)


def _looser(finer: Loose, unit: int, base: int, added: Loose) -> Loose:
    """What the finer layer left loose, in bases of this one, and what this one adds."""

    def both(key: tuple[str, date]) -> Off:
        own, more = finer.get(key, AS_A_CELL), added.get(key, AS_A_CELL)
        month, quarter = (-(-by * unit // base) for by in (own.month, own.quarter))
        return Off(month + more.month, quarter + more.quarter)

    return {key: both(key) for key in {*finer, *added}}


def _untold(
    cells: pl.DataFrame, withheld: Collection[Block], declared: Declared
) -> pl.DataFrame:
    """The cells without the numbers of what is withheld."""
    hidden = pl.DataFrame(
        [
            (metric, part, month)
            for metric, part, quarter in withheld
            for month, of in declared.quarters.items()
            if of == quarter
        ],
        schema={name: SCHEMA[name] for name in ("metric", "part", "month")},
        orient="row",
    ).with_columns(is_hidden=pl.lit(value=True))
    return cells.join(
        hidden, on=("metric", "part", "month"), how="left", maintain_order="left"
    ).with_columns(n=pl.when(pl.col("is_hidden").is_null()).then("n"))


def _exceptions(links: Links, declared: Declared, secret: bytes) -> tuple[bool, bool]:
    """Whether it is said that cases may be asked about early, and that deadlines may lack.

    Who was asked early stays so in all later releases, and so must what is said without cause:
    said of one quarter alone, it would be told from a cause, which is said again and again.
    That deadlines lack is known of the newest quarter alone.
    """
    bounds = [bound for link in links.values() for bound in link.floors]
    early = is_asked_early(bounds, levels=len(grid_of(declared.levels, ()).levels))
    short = any(link.is_short for link in links.values())
    told = set(declared.quarters.values())
    return (
        early or any(said_without_cause(secret, "asked early", quarter) for quarter in told),
        short or said_without_cause(secret, "short", max(told)),
    )


def said_without_cause(secret: bytes, what: str, quarter: date) -> bool:
    """Whether a release is to say that there are exceptions although there may be none.

    That one case was asked about early, told beside no survey (0 to 4), would prove 1 to 4. So
    a secret key has it said of one quarter in eight, and to say it proves no case. It is the
    same for every audience: an exception is in the files of all, and so must be what is none.
    """
    drawn = int(keyed(secret, f"said without cause|{what}", f"{quarter}"), 16)
    return drawn % WITHOUT_CAUSE == 0


def _next_base(base: int, policy: Policy, everybody: Sequence[Policy]) -> int | None:
    """The smallest base above this one that some audience's counts are rounded to."""
    rounded = [other.base for other in (policy, *everybody) if other.method == "rounding"]
    return min((other for other in rounded if other > base), default=None)


def _withheld(
    exact: pl.DataFrame,
    policy: Policy,
    *,
    declared: Declared,
    ledger: Ledger,
    renamed: Mapping[tuple[str, str], str],
) -> Protected:
    """One layer: all who are told exact counts are told the same ones."""
    (name,) = layers_of(policy, ())
    before = ledger.told(name)
    told = crossed(before, declared, renamed)
    if told.height != before.height:
        raise PolicyError(
            f"audience {policy.audience}: levels whose counts were withheld have been merged,"
            " and the counts of the new one would tell them; publish to it by rounding"
        )
    layer = Layer(policy.threshold, policy.bands, b"")
    cells = withheld_over(exact, layer, declared, told)
    fresh = cells.join(told, on=("metric", "part", "month"), how="anti").select(*TOLD)
    counts = cells.select(*KEY, "n", "n_true")
    return Protected(name, counts, {name: fresh}, {}, heirs=heirs(before, declared, renamed))
