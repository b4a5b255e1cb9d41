"""What holds for the words of any result, near its target and far from it."""

import re

from hypothesis import assume, given
from hypothesis import strategies as st

from dashboard.phrases import VERDICT_WORDS, change_text, half_up, in_words, share, target
from dashboard.verdict_sentence import UNJUDGED, verdict_sentence

counts = st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
targets = st.integers(1, 1000).map(lambda tenths: tenths / 1000)
verdicts = st.lists(st.sampled_from(sorted(VERDICT_WORDS)), min_size=1, max_size=12)
NUMBER = (
    r"(?:all|none|neither|both|the only|\d+|one|two|three|four|five|six|seven|eight|nine|ten)"
)


def printed(words: str) -> float:
    """The number a reader sees."""
    number = float(words.removesuffix("%").rsplit(" ", 1)[-1])
    return number - 0.01 if words.startswith(("just under", "under")) else number


@given(counts, targets)
def test_a_result_reads_as_below_its_target_exactly_when_it_is(
    kn: tuple[int, int], goal: float
):
    k, n = kn
    assume(abs(k / n - goal) > 1e-9 or k / n == goal)
    seen = printed(share(k / n, beside=goal))
    assert (seen < float(target(goal).removesuffix("%"))) == (k / n < goal)


@given(counts)
def test_only_all_reads_as_all_and_only_none_as_none(kn: tuple[int, int]):
    k, n = kn
    assert (share(k / n) == "100%") == (k == n)
    assert (share(k / n) == "0%") == (k == 0)


@given(counts, targets)
def test_a_printed_share_is_within_a_point_of_the_truth(kn: tuple[int, int], goal: float):
    k, n = kn
    assert abs(printed(share(k / n, beside=goal)) - 100 * k / n) <= 0.51


@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from(["", "usual", "better", "worse"]))
def test_a_trend_word_is_never_without_a_signal(before: float, now: float, signal: str):
    moved, trend = change_text(before, now, signal)
    assert bool(trend) == bool(signal)
    step = half_up(now * 100) - half_up(before * 100)
    assert moved.startswith("up" if step > 0 else "down" if step < 0 else "unchanged")


@given(verdicts)
def test_the_headline_is_one_sentence_with_the_quarter_in_it(codes: list[str]):
    sentence = verdict_sentence(codes, "Q3 2026")
    assert sentence[0].isupper() or sentence[0].isdigit()
    assert sentence.endswith(".")
    assert sentence.count(".") == 1
    assert sentence.count("Q3 2026") == 1


@given(verdicts)
def test_the_headline_never_hides_a_commitment_that_was_missed(codes: list[str]):
    sentence = verdict_sentence(codes, "Q3 2026").lower()
    failed, near = codes.count("not_met"), codes.count("just_missed")
    if failed:
        assert "not met" in sentence or "was met" in sentence
        assert f"{in_words(failed)} " in sentence or failed == len(codes)
    assert ("just missed" in sentence) == (near > 0)


@given(verdicts)
def test_the_headline_calls_nothing_met_that_could_not_be_judged(codes: list[str]):
    sentence = verdict_sentence(codes, "Q3 2026").lower()
    unjudged = sum(code in UNJUDGED for code in codes)
    assert ("judged" in sentence) == (unjudged > 0)


@given(verdicts)
def test_one_takes_the_singular_and_more_the_plural(codes: list[str]):
    sentence = verdict_sentence(codes, "Q3 2026").lower()
    assert not re.search(r"\bone were\b", sentence)
    assert not re.search(
        r"\b(two|three|four|five|six|seven|eight|nine|ten|\d+) was\b", sentence
    )
    assert re.match(NUMBER, sentence)
