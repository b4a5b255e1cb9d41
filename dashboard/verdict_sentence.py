"""The grammar of the sentence that says how many commitments were met."""

from dashboard.phrases import capital, in_words

UNJUDGED = ("too_few", "cannot_say", "not_assessable", "no_data", "withheld")


def verdict_sentence(verdicts: list[str], when: str) -> str:
    """How many commitments were met, of those verdicts, in the quarter called `when`."""
    n = len(verdicts)
    failed = verdicts.count("not_met")
    near = verdicts.count("just_missed")
    unjudged = sum(verdicts.count(code) for code in UNJUDGED)
    if n == 0:
        return f"No commitment has been declared, so none is judged in {when}."
    if unjudged == n:
        if n == 1:
            return f"The only commitment cannot be judged in {when}."
        return f"{none_of(n)} can be judged in {when}."
    if failed == n and n > 1:
        return f"{none_of(n)} was met in {when}."
    if failed + near == 0:
        return all_met(n, unjudged, verdicts.count("met_narrowly"), when)
    clauses = [
        (failed, f"{was(failed)} not met"),
        (near, f"{was(near)} just missed"),
        (unjudged, "could not be judged"),
    ]
    return missed_sentence(n, [clause for clause in clauses if clause[0]], when)


def missed_sentence(n: int, clauses: list[tuple[int, str]], when: str) -> str:
    """Say 'One of six commitments was not met in Q3 2026, and two were just missed'."""
    (first, verb), *others = clauses
    said = [f"{capital(some_of(first, n))} {verb} in {when}"]
    said += [f"{in_words(k)} {verb}" for k, verb in others]
    if len(said) == 1:
        return f"{said[0]}."
    return f"{', '.join(said[:-1])}, and {said[-1]}."


def all_met(n: int, unjudged: int, narrowly: int, when: str) -> str:
    """The sentence of a quarter in which nothing that was judged was missed."""
    met = n - unjudged
    sentence = f"{capital(some_of(met, n))} {was(met)} met in {when}"
    if narrowly and met == 1:
        sentence = f"{capital(some_of(met, n))} was narrowly met in {when}"
    elif narrowly:
        which = "all" if narrowly == met else in_words(narrowly)
        sentence += f", {which} of them narrowly"
    if unjudged:
        sentence += f"; {in_words(unjudged)} could not be judged"
    return f"{sentence}."


def some_of(k: int, n: int) -> str:
    """Say 'two of six commitments', 'both commitments' or 'all six commitments'."""
    if k < n:
        return f"{in_words(k)} of {in_words(n)} commitments"
    if n < 3:
        return ("the only commitment", "both commitments")[n - 1]
    return f"all {in_words(n)} commitments"


def plural_commitments(n: int) -> str:
    """Say 'Six commitments', for a heading."""
    return f"{capital(in_words(n))} {'commitment' if n == 1 else 'commitments'}"


def none_of(n: int) -> str:
    """Say 'None of the six commitments' or 'Neither of the two commitments'."""
    if n == 1:
        return "No commitment"
    return f"{'Neither' if n == 2 else 'None'} of the {in_words(n)} commitments"


def was(n: int) -> str:
    """The verb for that many."""
    return "was" if n == 1 else "were"
