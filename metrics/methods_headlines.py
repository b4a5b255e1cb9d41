"""What METHODS.md says of headline numbers under differential privacy."""

from decimal import Decimal

from metrics.disclosure.headlines import GEOMETRIC, MOST, Headline
from metrics.disclosure.policy import Policy

EXAMPLE = Policy(
    audience="website",
    method="private",
    owner="Data protection officer",
    epsilon=Decimal("0.5"),
    budget=Decimal(12),
    headlines=(Headline("Cases received", "report_frequency", ("received",)),),
)


def headlines() -> str:
    """The paragraph on the method `private`."""
    sentence = EXAMPLE.method_sentence()
    return (
        f"**Headlines with noise** (`private`), here with epsilon {EXAMPLE.epsilon}:"
        f" {sentence[0].lower()}{sentence[1:]} There are {MOST} numbers at most, of cases of"
        " the whole organisation in a quarter. Each case counts once and by what is recorded"
        " of it alone, so that one case, with all that happened in it, moves a number by one"
        f" at most. OpenDP adds noise of the two-sided geometric distribution ({GEOMETRIC})."
        " What numbers cost adds up over headlines, quarters and audiences. It is a promise of"
        " another kind than the others: it bounds what is learnt of a case from these numbers,"
        " whatever else is known, and nothing of what other releases tell. Those lose nothing"
        " by it, for noise rules no count out."
    )
