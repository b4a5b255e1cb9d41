import polars as pl

from etl.repeats import Repeats


def lines_of(*chunks: str) -> list[int]:
    """Lines that are found to be repeats, in chunks of rows of one letter each."""
    place, frames = 0, []
    for chunk in chunks:
        lines = range(place + 2, place + 2 + len(chunk))
        frames.append(
            pl.DataFrame({"line": lines, "c0": list(chunk), "c1": ["x"] * len(chunk)})
        )
        place += len(chunk)
    repeats = Repeats()
    for frame in frames:
        repeats.look_at(frame)
    return repeats.lines(lambda: frames).to_list()


def test_a_row_of_an_earlier_chunk_is_found_again():
    assert lines_of("abc", "dae", "fgb") == [6, 10]


def test_the_first_of_a_kind_stays_however_often_it_comes():
    assert lines_of("aab", "ba", "a") == [3, 5, 6, 7]


def test_without_a_repeat_no_chunk_is_asked_for_again():
    repeats = Repeats()
    repeats.look_at(pl.DataFrame({"line": [2, 3], "c0": ["a", "b"]}))
    assert repeats.lines(lambda: 1 / 0).is_empty()
