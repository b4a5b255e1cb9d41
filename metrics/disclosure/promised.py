"""What earlier releases promised their readers, which a policy changed since must keep.

A quarter keeps its numbers. To tell it by another method, base, threshold or bands would be a
second look at the same cases, by which the two together tell more than either.
"""

from collections.abc import Sequence

import polars as pl

from metrics.disclosure.ledger import Ledger
from metrics.disclosure.policy import Policy, PolicyError
from metrics.disclosure.tables import Table

WITHHELD = "suppression|"
REMEDY = (
    "keep it as it was; where nobody has read those releases, withdraw them; else begin a new"
    " workspace with data of days that no release tells of"
)


def refuse_second_look(
    exact: pl.DataFrame,
    policy: Policy,
    layers: Sequence[str],
    tables: Sequence[Table],
    ledger: Ledger,
) -> None:
    """Refuse to tell what was told already in another way, or under another name.

    `layers` are those of the audience's counts and of those they rest on. Raises PolicyError
    naming what was told, and what to do.
    """
    refuse_other_promises(policy, layers[-1], ledger)
    refuse_new_names(exact, tables, [ledger.told(name) for name in layers])


def refuse_other_promises(policy: Policy, layer: str, ledger: Ledger) -> None:
    """Refuse a layer of counts beside those that were told by another promise.

    Raises PolicyError naming what was told, and what to do.
    """
    told = ledger.layers()
    for other, audiences in sorted(told.items()):
        if other == layer:
            continue
        names = ", ".join(sorted(audiences))
        if _bands(other) != _bands(layer):
            raise PolicyError(
                f"audience {policy.audience}: {names} was told counts {_words(other)}, in other"
                f" bands of days; the two together would tell more than either; {REMEDY}"
            )
        if policy.audience in audiences:
            raise PolicyError(
                f"audience {policy.audience} was told counts {_words(other)}; the same counts"
                f" {_words(layer)} would tell more together. Keep [audiences.{policy.audience}]"
                " as it was, and declare an audience of another name for the new promise; or"
                " withdraw its releases, where nobody has read them"
            )
        if WITHHELD in {layer[: len(WITHHELD)], other[: len(WITHHELD)]}:
            raise PolicyError(
                f"audience {policy.audience}: {names} was told counts {_words(other)}; the same"
                f" counts {_words(layer)} would tell more together; {REMEDY}"
            )
        finer, coarser = sorted((_number(other), _number(layer)))
        if coarser % finer:
            raise PolicyError(
                f"audience {policy.audience}: {names} was told counts {_words(other)}, and"
                f" bases {finer} and {coarser} do not divide each other, so that the two"
                f" together would tell more than either; use a multiple of {_number(other)}"
            )


def refuse_new_names(
    exact: pl.DataFrame, tables: Sequence[Table], told: Sequence[pl.DataFrame]
) -> None:
    """Refuse a part that counts months of which another one was told that is gone since.

    They may be one rule by two names: told again under the second, its cases would be drawn a
    second time. Raises PolicyError naming both, and what to do.
    """
    for table in tables:
        for cells in told:
            before = cells.filter(pl.col("metric") == table.metric)
            gone = sorted(set(before["part"]) - set(table.parts))
            new = set(table.parts) - set(before["part"])
            if not gone or not new:
                continue
            again = exact.filter(
                (pl.col("metric") == table.metric)
                & pl.col("part").is_in(list(new))
                & pl.col("month").is_in(before["month"].unique().to_list())
                & (pl.col("n") > 0)
            )
            if again.height:
                raise PolicyError(
                    f"rule {gone[0]!r} was told and is no longer declared, and rule"
                    f" {min(again['part'])!r} counts the same months: were it the same rule,"
                    " the two would tell more together. Give it the name that it had, or have"
                    f" the new one begin after {max(before['month']):%B %Y}, with"
                    " in_force_from"
                )


def _words(layer: str) -> str:
    if layer.startswith(WITHHELD):
        return f"exactly, with those below {_number(layer)} withheld"
    return f"in multiples of {_number(layer)}"


def _number(layer: str) -> int:
    return int(layer.removeprefix(WITHHELD).split("|")[0])


def _bands(layer: str) -> str:
    return layer.rsplit("|", 1)[1]
